"""SOPS files: what the real sops writes is read as sops itself reads it."""

import json
import random
import re

import documents
import sops_tampering
from documents import Map
from sops_cases import KINDS, Case, Encryption, Keys, SOPSCannot, documents_for, json_fault
from tools import in_parallel, payload_fault, refusal_fault, success_fault


def check_all(checks, cases):
    """Encrypts and compares every case. Gives the note for the group's line."""
    cannot = []

    def check(case):
        try:
            case.encrypt()
        except SOPSCannot as reason:
            # Nothing to compare with. It must not pass for a wrong document all the same.
            cannot.append(str(reason))
            result = case.tools.decrypt(case.path, case.encryption.identities(case.keys))
            wrong = result.status == 0 and case.meaning is not None and json_fault(result.out, case.meaning)
            fault = f"sops cannot read this, and the program prints another document: {wrong}" if wrong else None
            checks.expect(fault, case.shown() if fault else case.name)
            return
        fault = case.fault()
        checks.expect(fault, case.shown() if fault else case.name)

    in_parallel(checks, check, cases)
    for reason in cannot:
        print(f"note: {reason}")
    return f"; {len(cannot)} of its own files sops itself cannot read" if cannot else ""


def check_random_documents(tools, checks, keys, work, seed, count):
    cases = []
    for name, kind, text, meaning, chance in documents_for(seed, count):
        cases.append(Case(tools, keys, work, name, kind, text, meaning, Encryption(chance, keys)))
    return check_all(checks, cases)


def check_edges(tools, checks, keys, work):
    """Every edge case twice: all encrypted, and all in clear but for the MAC."""
    chance, clear = random.Random(4), {"encrypted_regex": "^\\x00$"}
    cases = []
    for name, text in documents.EDGES.items():
        for how, rule in (("encrypted", {}), ("clear", clear)):
            if not (rule and name in documents.UNREADABLE):
                encryption = Encryption(chance, keys, rule, False, groups=1)
                cases.append(Case(tools, keys, work, f"{name}, {how}", "yaml", text, None, encryption))
    return check_all(checks, cases)


def check_rules(tools, checks, keys, work):
    """Every rule with every format, with the MAC over everything and over the encrypted values."""
    cases = []
    for kind in KINDS:
        for number, rule in enumerate(documents.RULES):
            for mac_only in (False, True):
                chance = random.Random(f"rules/{kind}/{number}")
                text, meaning = KINDS[kind](chance)
                name = f"rule-{number}-{kind}-{mac_only}"
                cases.append(Case(tools, keys, work, name, kind, text, meaning, Encryption(chance, keys, rule, mac_only)))
    return check_all(checks, cases)


def check_binary(tools, checks, keys, work):
    chance = random.Random(5)
    payloads = [b"", b"\0", b"text\n", b"\xff\xfe", b'{"data": "1"}'] + [chance.randbytes(size) for size in range(1, 3000, 200)]

    def check(numbered):
        number, payload = numbered
        source = random.Random(number)
        plain, path = work / f"binary-{number}", work / f"binary-{number}.enc"
        plain.write_bytes(payload)
        encryption = Encryption(source, keys, mac_only=False)
        configuration = encryption.write(work / f"binary-{number}.sops.yaml", keys)
        path.write_bytes(tools.sops_encrypt(plain, "binary", configuration))
        checks.expect(payload_fault(tools.decrypt(path, encryption.identities(keys)), payload), f"{path.name} ({encryption})")

    in_parallel(checks, check, enumerate(payloads))


# Who can open a file


def check_key_groups(tools, checks, keys, work):
    """One group and several, with every threshold: as many keys as needed, more, and one too few."""
    chance = random.Random(6)
    cases = []
    for groups, threshold in ((1, 1), (2, 2), (3, 2), (3, 3), (4, 2), (4, 3), (4, 4)):
        text, meaning = documents.yaml(chance)
        encryption = Encryption(chance, keys, {}, False, groups, threshold)
        cases.append(Case(tools, keys, work, f"groups-{groups}-{threshold}", "yaml", text, meaning, encryption))

    def check(case):
        case.encrypt()
        fault = case.fault()
        checks.expect(fault, case.shown() if fault else str(case))
        every = [keys.files[group[-1]] for group in case.encryption.groups]
        result = tools.decrypt(case.path, [keys.stranger, *every])
        checks.expect(success_fault(result) or json_fault(result.out, case.expected), f"{case}: more keys than needed")
        too_few = case.encryption.identities(keys)[:-1]
        closed = [group for group in case.encryption.groups if not {keys.files[member] for member in group} & set(too_few)]
        wanted = [
            re.escape(keys.recipients[member].removeprefix("ssh-ed25519 ").split()[0]) for group in closed for member in group
        ]
        for name, identities in (("one key too few", too_few), ("a key that opens nothing", [*too_few, keys.stranger])):
            fault = refusal_fault(tools.decrypt(case.path, identities), case.planted(), [2], wanted)
            checks.expect(fault, f"{case}: {name}")

    in_parallel(checks, check, cases)


def check_where_identities_come_from(tools, checks, keys, work):
    """Every place in which sops and `resolve` both look for identities."""
    secret = "zebra-quilt-marble"
    native, ssh = keys.files[0], keys.files[4]
    config, xdg, home = (work / "homes" / name for name in ("config", "xdg", "ssh"))
    for source, target in (
        (native, config / ".config/sops/age/keys.txt"),
        (native, xdg / "configuration/sops/age/keys.txt"),
        (ssh, home / ".ssh/id_ed25519"),
    ):
        target.parent.mkdir(parents=True)
        target.write_bytes(source.read_bytes())
        target.chmod(0o600)
    failing = {"SOPS_AGE_KEY_FILE": "/nonexistent", "SOPS_AGE_KEY_CMD": "false"}
    plain, path, configuration = work / "places.plain", work / "places.enc", work / "places.sops.yaml"
    plain.write_text(f"password: {secret}\n")
    for name, recipient, variables in (
        ("SOPS_AGE_KEY", 0, {"SOPS_AGE_KEY": keys.texts[0]}),
        ("SOPS_AGE_KEY_FILE", 0, {"SOPS_AGE_KEY_FILE": str(native)}),
        ("SOPS_AGE_KEY_CMD", 0, {"SOPS_AGE_KEY_CMD": f"cat '{native}'"}),
        ("SOPS_AGE_SSH_PRIVATE_KEY_FILE", 4, {"SOPS_AGE_SSH_PRIVATE_KEY_FILE": str(ssh)}),
        ("~/.config/sops/age/keys.txt", 0, {"HOME": str(config)}),
        ("$XDG_CONFIG_HOME/sops/age/keys.txt", 0, {"XDG_CONFIG_HOME": str(xdg / "configuration")}),
        ("~/.ssh/id_ed25519", 4, {"HOME": str(home)}),
        ("places that fail beside one that fits", 0, {**failing, "SOPS_AGE_KEY": keys.texts[0]}),
    ):
        configuration.write_text(json.dumps({"creation_rules": [{"age": keys.recipients[recipient]}]}))
        path.write_bytes(tools.sops_encrypt(plain, "yaml", configuration))
        theirs = tools.sops_decrypt(path, "yaml", None, **variables)
        if theirs.status != 0:
            raise RuntimeError(f"{name}: sops finds no identity there: {theirs.message}")
        ours = tools.decrypt(path, **variables)
        checks.expect(success_fault(ours, [secret.encode()]) or json_fault(ours.out, Map([("password", secret)])), name)
    mentions = [re.escape(keys.recipients[0]), r"SOPS_AGE_KEY", r"keys\.txt"]
    nowhere = refusal_fault(tools.decrypt(path), [secret.encode()], [2], mentions)
    checks.expect(nowhere, "nowhere: the refusal says what is wanted and where it looked")


def check(tools, checks, work, seed, count):
    keys = Keys(tools, work)
    failed = 0
    for name, part, more in (
        ("sops random documents", check_random_documents, (seed, count)),
        ("sops edge cases of YAML", check_edges, ()),
        ("sops rules", check_rules, ()),
        ("sops binary files", check_binary, ()),
        ("sops recipients and key groups", check_key_groups, ()),
        ("sops identities", check_where_identities_come_from, ()),
        ("sops tampering", sops_tampering.check_tampering, ()),
        ("sops tampering with random documents", sops_tampering.check_tampered_random_documents, (seed, count // 4)),
        ("sops files to refuse", sops_tampering.check_refused_files, ()),
    ):
        note = part(tools, checks, keys, work, *more)
        failed += checks.group(name, note or "")
    return failed
