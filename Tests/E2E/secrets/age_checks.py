"""age files: everything the real age writes is read back exactly, and nothing that was changed is."""

import base64
import random
import struct

from tools import in_parallel, leak, payload_fault, refusal_fault

SIZES = [0, 1, 65535, 65536, 65537, 200000]  # around the border of a chunk, and several chunks
PASSPHRASE = "correct horse ünd battery"
FLIPS, CUTS = 12, 10  # per region of a file; per file
NATIVE = r"X25519|age key"  # a bare age file does not name its recipients; a message says their kind
MARK = b"zebra-quilt-marble-"


class Keys:
    """One key of each kind, and one that opens nothing."""

    def __init__(self, tools, work):
        self.native, self.second, self.stranger = work / "native.txt", work / "second.txt", work / "stranger.txt"
        self.ssh, self.rsa, self.protected = work / "id_ed25519", work / "id_rsa", work / "id_protected"
        self.recipients = {key: tools.new_age_key(key) for key in (self.native, self.second, self.stranger)}
        self.recipients[self.ssh] = tools.new_ssh_key(self.ssh)
        self.recipients[self.rsa] = tools.new_ssh_key(self.rsa, "rsa")
        self.recipients[self.protected] = tools.new_ssh_key(self.protected, passphrase=PASSPHRASE)
        self.pkcs8 = work / "pkcs8.pem"
        self.pkcs8.write_text(pkcs8(self.ssh.read_text()))
        self.commented = work / "commented.txt"
        self.commented.write_text(f"# two keys, with remarks\n\n{self.stranger.read_text()}\n{self.native.read_text()}")
        self.locked = work / "locked.age"
        tools.age_encrypt_with_passphrase(self.native, self.locked, PASSPHRASE)
        self.passphrase, self.other_passphrase = work / "passphrase", work / "other-passphrase"
        self.passphrase.write_text(PASSPHRASE)
        self.other_passphrase.write_text("wrong horse")


def pkcs8(openssh):
    """The other form in which an Ed25519 key comes. An OpenSSH file without passphrase ends in its private half, in clear."""
    data = base64.b64decode("".join(openssh.split("\n")[1:-2]))
    name = struct.pack(">I", 11) + b"ssh-ed25519"
    start = data.rindex(name) + len(name) + 4 + 32  # past the public key
    seed = data[start + 4 : start + 36]
    der = bytes.fromhex("302e020100300506032b657004220420") + seed
    return f"-----BEGIN PRIVATE KEY-----\n{base64.b64encode(der).decode()}\n-----END PRIVATE KEY-----\n"


def check_round_trips(tools, checks, keys, work):
    chance = random.Random(1)
    ways = {
        "X25519": ([keys.native], [[keys.native], [keys.commented], [keys.stranger, keys.native]]),
        "ssh-ed25519": ([keys.ssh], [[keys.ssh], [keys.pkcs8], [keys.stranger, keys.ssh]]),
        "several recipients": ([keys.second, keys.ssh, keys.rsa, keys.native], [[keys.native], [keys.second], [keys.ssh]]),
    }
    cases = []
    for size in SIZES:
        payload = chance.randbytes(size)
        for name, (to, openers) in ways.items():
            for armor in (False, True):
                path = work / f"{name.replace(' ', '-')}-{size}{'.asc' if armor else '.age'}"
                tools.age_encrypt(payload, path, [keys.recipients[key] for key in to], armor)
                cases += [
                    (f"{path.name} with {'+'.join(key.name for key in opener)}", path, opener, payload) for opener in openers
                ]

    def check(case):
        name, path, opener, payload = case
        checks.expect(payload_fault(tools.decrypt(path, opener), payload), name)

    in_parallel(checks, check, cases)


def check_passphrases(tools, checks, keys, work):
    chance = random.Random(2)
    payloads = {size: chance.randbytes(size) for size in (0, 65537)}
    hidden = [PASSPHRASE.encode(), b"wrong horse"]
    for size, payload in payloads.items():
        plain, path = work / f"plain-{size}", work / f"passphrase-{size}.age"
        plain.write_bytes(payload)
        tools.age_encrypt_with_passphrase(plain, path, PASSPHRASE)
        checks.expect(
            payload_fault(tools.decrypt(path, [], keys.passphrase), payload, hidden), f"{path.name} with its passphrase"
        )
    checks.expect(refusal_fault(tools.decrypt(path, [], keys.other_passphrase), hidden, [2]), "a wrong passphrase")
    checks.expect(refusal_fault(tools.decrypt(path, [keys.native]), hidden, [2], ["scrypt|passphrase"]), "no passphrase at all")

    locked = work / "for-locked.age"
    tools.age_encrypt(payloads[65537], locked, [keys.recipients[keys.native]])
    checks.expect(
        payload_fault(tools.decrypt(locked, [keys.locked], keys.passphrase), payloads[65537], hidden),
        "an encrypted identity file",
    )
    checks.expect(
        refusal_fault(tools.decrypt(locked, [keys.locked], keys.other_passphrase), hidden, [2]),
        "an encrypted identity file, wrong passphrase",
    )
    checks.expect(
        refusal_fault(tools.decrypt(locked, [keys.locked]), hidden, [2]),
        "an encrypted identity file, no passphrase and no terminal",
    )

    for name, path, options in (("a file", path, []), ("an identity file", locked, ["-i", keys.locked])):
        target = work / "from-terminal"
        status, shown = tools.on_terminal(
            [tools.program, "secrets", "decrypt", *options, path], [(b"passphrase", PASSPHRASE)], target
        )
        fault = f"exit {status}: {shown!r}" if status != 0 else leak(shown, hidden)
        if not fault and target.read_bytes() != payloads[65537]:
            fault = "wrong plaintext"
        checks.expect(fault, f"the passphrase of {name}, asked on the terminal")


def check_refused_keys(tools, checks, keys, work):
    payload = MARK * 10

    def encrypted(name, *to):
        path = work / name
        tools.age_encrypt(payload, path, [keys.recipients[key] for key in to])
        return path

    mine, both = encrypted("mine.age", keys.native), encrypted("both.age", keys.rsa, keys.ssh)
    rsa, protected = encrypted("rsa.age", keys.rsa), encrypted("protected.age", keys.protected)
    recipient = work / "recipient.txt"
    recipient.write_text(keys.recipients[keys.native] + "\n")
    broken = work / "broken.txt"
    broken.write_text(keys.native.read_text().replace("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1Q"))
    for name, path, identities, mentions in (
        ("an ssh-rsa recipient, its own key", rsa, [keys.rsa], ["ssh-rsa"]),
        ("an ssh-rsa recipient, another key", rsa, [keys.native], ["ssh-rsa"]),
        ("a key protected by a passphrase", protected, [keys.protected], ["passphrase|protected|encrypted"]),
        ("another key", mine, [keys.stranger], [NATIVE, keys.stranger.name]),
        ("another kind of key", mine, [keys.ssh], [NATIVE]),
        ("no key", mine, [], [NATIVE]),
        ("a recipient in place of an identity", mine, [recipient], ["recipient"]),
        ("a damaged identity", mine, [broken], [broken.name]),
        ("no such identity file", mine, [work / "absent.txt"], ["absent.txt"]),
        ("no such file", work / "absent.age", [keys.native], ["absent.age"]),
        ("a file that is not encrypted", recipient, [keys.native], []),
    ):
        statuses = [2] if path in (mine, rsa, protected) else [1, 2]
        checks.expect(refusal_fault(tools.decrypt(path, identities), [MARK], statuses, mentions), name)
    checks.expect(payload_fault(tools.decrypt(both, [keys.ssh]), payload), "an ssh-rsa recipient beside one that fits")
    checks.expect(payload_fault(tools.decrypt(mine, [broken, keys.native]), payload), "a damaged identity beside one that fits")

    command = [tools.program, "secrets", "decrypt", "-i", keys.native, mine]
    status, shown = tools.on_terminal(command, [])
    checks.expect(f"it shows the plaintext, exit {status}" if MARK in shown else None, "a terminal as output, without --reveal")
    status, shown = tools.on_terminal([*command, "--reveal"], [])
    checks.expect(f"exit {status}: {shown!r}" if status != 0 or MARK not in shown else None, "a terminal as output, --reveal")


# Changed files


def planted(size):
    """Text that would be recognised in a message, whatever piece of it is shown."""
    return (MARK * (size // len(MARK) + 1))[:size]


def regions(data):
    """The parts of a binary age file, by name, as (start, end)."""
    mac = data.index(b"\n--- ") + 1
    header_end = data.index(b"\n", mac) + 1
    stanza = data.index(b"-> ")
    body = data.index(b"\n", stanza) + 1
    parts = {
        "version": (0, stanza),
        "stanza": (stanza, body),
        "body": (body, mac),
        "MAC": (mac, header_end),
        "nonce": (header_end, header_end + 16),
    }
    chunk, start, number = 65536 + 16, header_end + 16, 1
    while start < len(data):
        end = min(start + chunk, len(data))
        parts[f"chunk {number}"] = (start, end - 16)
        parts[f"tag {number}"] = (end - 16, end)
        start, number = end, number + 1
    return parts


def changes(chance, data, armored):
    """(name, changed bytes): flipped bits in every region, cuts, and what is appended or repeated."""
    # An armored file's last newline may become other white space, and is none of the flipped bytes.
    parts = {"armor": (0, len(data) - 1)} if armored else regions(data)
    for name, (start, end) in parts.items():
        for _ in range(FLIPS * (5 if armored else 1)) if end > start else ():
            place, bit = chance.randrange(start, end), 1 << chance.randrange(8)
            yield f"bit {bit} at byte {place} ({name}) flipped", data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]
    borders = {place for part in parts.values() for place in part} - {len(data)}
    if armored:
        borders -= {len(data) - 1}
    for place in sorted(borders | {chance.randrange(len(data) - 1) for _ in range(CUTS)}):
        yield f"cut at byte {place}", data[:place]
    for name, tail in (
        ("a letter", b"x"),
        ("a zero byte", b"\0"),
        ("16 bytes", b"\0" * 16),
        ("itself", data),
        ("its end", data[-40:]),
    ):
        yield f"{name} appended", data + tail
    if not armored:
        yield "a newline appended", data + b"\n"
    if "chunk 2" in parts:
        first, second, third = (slice(parts[f"chunk {n}"][0], parts[f"tag {n}"][1]) for n in (1, 2, 3))
        head = data[: first.start]
        yield "its first chunk dropped", head + data[first.stop :]
        yield "its last chunk dropped", data[: third.start]
        yield "its first chunks swapped", head + data[second] + data[first] + data[third]
        yield "its last chunk repeated", data + data[third]


def check_changed_files(tools, checks, keys, work):
    chance = random.Random(3)
    cases = []
    for name, size, key, armor in (
        ("small", 100, keys.native, False),
        ("chunks", 150000, keys.native, False),
        ("ssh", 70, keys.ssh, False),
        ("armored", 500, keys.native, True),
    ):
        path = work / f"whole-{name}.age"
        tools.age_encrypt(planted(size), path, [keys.recipients[key]], armor)
        for number, (change, data) in enumerate(changes(chance, path.read_bytes(), armor)):
            cases.append((f"{name}: {change}", work / f"changed-{name}-{number}.age", data, key))

    def check(case):
        name, path, data, key = case
        path.write_bytes(data)
        if tools.age_accepts(path, [key]).status == 0:
            raise RuntimeError(f"{name}: age itself accepts this, so the test is wrong")
        checks.expect(refusal_fault(tools.decrypt(path, [key]), [MARK, b"quilt"]), name)
        path.unlink()

    in_parallel(checks, check, cases)


def check(tools, checks, work):
    keys = Keys(tools, work)
    failed = 0
    for name, part in (
        ("age round trips", check_round_trips),
        ("age passphrases", check_passphrases),
        ("age keys that do not fit", check_refused_keys),
        ("age files that were changed", check_changed_files),
    ):
        part(tools, checks, keys, work)
        failed += checks.group(name)
    return failed
