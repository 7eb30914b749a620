"""SOPS files that were tampered with, or that were never to be opened: all are refused."""

import json
import random
import re

from sops_cases import Case, Encryption, documents_for
from tools import in_parallel, refusal_fault, success_fault

WORDS = ["zebra-quilt-marble-one", "zebra-quilt-marble-two", "zebra-quilt-marble-three", "zebra-quilt-marble-four"]
PLANTED = [word.encode() for word in WORDS]
FLAT = "third{to}{2}\nfourth{to}{3}\nshown_unencrypted{to}clearly\ncount_unencrypted{to}7\nlast{to}end\n"
PLAIN = {
    "yaml": """\
db:
  password: {0}
  user: {1}
list:
  - {2}
  - {3}
port: 5432
shown_unencrypted: clearly
count_unencrypted: 7
last: end
""",
    "json": """\
{{"db": {{"password": "{0}", "user": "{1}"}}, "list": ["{2}", "{3}"], "port": 5432,
 "shown_unencrypted": "clearly", "count_unencrypted": 7, "last": "end"}}
""",
    "dotenv": "password={0}\nuser={1}\n" + FLAT.replace("{to}", "="),
    "ini": "[db]\npassword = {0}\nuser = {1}\n[more]\n" + FLAT.replace("{to}", " = "),
    "binary": "{0}\n{1}\n",
}
VALUE = re.compile(r"ENC\[AES256_GCM,data:([^,]*),iv:([^,]*),tag:([^,]*),type:(\w+)\]")


def swapped(text, first, second):
    """The text with two of its matches in each other's place."""
    (a, b), (c, d) = first.span(), second.span()
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def other_letter(chance, letter):
    return chance.choice([other for other in "ABCDEFGHabcdefgh0123456789" if other != letter])


def with_letter_changed(chance, text, match, field):
    """One base64 letter of a value's data, IV or tag changed."""
    start = match.start(field)
    # Not the last letters before the padding, whose last bits may mean nothing.
    place = start + chance.randrange(max(1, len(match[field].rstrip("=")) - 1))
    return text[:place] + other_letter(chance, text[place]) + text[place + 1 :]


def line_of(text, match):
    return text.rfind("\n", 0, match.start()) + 1, text.index("\n", match.end()) + 1


def without(text, kind, name):
    """The file without one entry of its metadata."""
    if kind in ("json", "binary"):
        data = json.loads(text)
        del data["sops"][name]
        return json.dumps(data)
    return re.sub(rf"(?m)^(sops_|    )?{name} *[:=].*\n", "", text)


def tamperings(chance, kind, text, mac_only):
    """(name, changed text): what anyone can do to a file without its key."""
    values = list(VALUE.finditer(text))
    mac = next(match for match in values if len(match[1]) > 150)
    values.remove(mac)

    def replaced(name, pattern, by):
        changed, count = re.subn(pattern, by, text, count=1, flags=re.MULTILINE)
        if not count:
            raise RuntimeError(f"{kind}: nothing to change for: {name}")
        return name, changed

    def put(match, new):
        return text[: match.start()] + new + text[match.end() :]

    key = {"dotenv": "sops_"}.get(kind, "")
    to = {"yaml": ": ", "json": ": ", "binary": ": ", "dotenv": "=", "ini": " *= "}[kind]
    quoted = '"?'
    empty = '""' if kind == "yaml" else ""
    begin = rf"^(\s*{quoted}{key}%s{quoted}{to}{quoted})"

    for name, match in (("a value", values[0]), ("the MAC", mac)):
        for part, field in (("data", 1), ("IV", 2), ("tag", 3)):
            yield f"a letter of the {part} of {name}", with_letter_changed(chance, text, match, field)
    yield "another type", put(values[0], values[0][0].replace("type:str", "type:blob"))
    yield "a value passed off as a comment", put(values[0], values[0][0].replace("type:str", "type:comment"))
    yield "clear text in place of an encrypted value", put(values[0], "put in by hand")
    yield "an empty string in place of an encrypted value", put(values[0], empty)
    yield "the MAC as a value", put(values[0], mac[0])
    yield "a value as the MAC", put(mac, values[0][0])
    yield "an empty MAC", put(mac, empty)
    yield "no MAC", without(text, kind, "mac")
    yield replaced("another time of change", begin % "lastmodified" + r"20\d\d", r"\g<1>1999")
    if mac_only:
        yield replaced("the MAC's extent changed", begin % "mac_only_encrypted" + "true", r"\1false")
        yield "the MAC's extent dropped", without(text, kind, "mac_only_encrypted")
    elif kind == "yaml":
        yield replaced("the MAC's extent added", r"^    version:", "    mac_only_encrypted: true\n    version:")
    # Cuts up to the MAC; what follows it is the rule's name and the version, which no MAC protects.
    for place in sorted({0, 1, *(chance.randrange(mac.end()) for _ in range(12)), mac.start(), mac.end() - 1}):
        yield f"cut at letter {place}", text[:place]
    if kind in ("yaml", "json", "dotenv"):
        yield "a conflict between two branches", "<<<<<<< HEAD\n" + text + "=======\n" + text + ">>>>>>> other\n"
    armored = re.search(r"YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0\+.{30}", text).end()
    yield "the recipient's part damaged", text[:armored] + other_letter(chance, text[armored]) + text[armored + 1 :]
    if kind == "binary":
        return

    yield "two values swapped", swapped(text, values[0], values[1])
    yield "two values swapped, items of a list where there is one", swapped(text, values[2], values[3])
    yield "a value copied to another key", put(values[1], values[0][0])
    for match, name in ((values[0], "a value"), (values[-2], "another value")):
        start, end = line_of(text, match)
        if kind == "json" and not text[match.end() :].startswith('",'):
            start, end = line_of(text, values[0])
        yield f"{name} deleted", text[:start] + text[end:]
        again = text[start:end].replace("password", "passwort").replace("fourth", "fifth")
        yield f"{name} twice, under another name", text[:end] + again + text[end:]
    yield replaced("a key renamed", "password", "passwort")
    if not mac_only:
        yield replaced("a clear value altered", "clearly", "Clearly")
        yield replaced("a clear number altered", rf"(count_unencrypted{quoted}{to}{quoted})7", r"\g<1>8")
        yield replaced("a clear value deleted", r"^.*shown_unencrypted.*\n", "")
        yield replaced("a clear value added", r"(^.*)(shown_unencrypted)(.*\n)", r"\1\2\3\1added_unencrypted\3")
    yield replaced("the rule changed", "unencrypted_suffix", "encrypted_suffix")
    yield replaced("the rule's suffix changed", rf"({key}unencrypted_suffix{quoted}{to}{quoted})_unencrypted", r"\g<1>d")
    yield replaced(
        "another rule beside it",
        rf"^(\s*{quoted}{key})unencrypted_suffix({quoted}{to}{quoted})_unencrypted(\"?,?)\n",
        r"\g<0>\1encrypted_suffix\2_x\3\n",
    )


def changed_files(tools, checks, keys, work):
    """(name, path, changed text, format) of everything to refuse; each file is read once as it was."""
    chance = random.Random(7)
    for kind in PLAIN:
        for mac_only in (False,) if kind == "binary" else (False, True):
            name = f"tampered-{kind}-{'mac-only' if mac_only else 'whole'}"
            case = planted_case(tools, keys, work, name, kind, mac_only)
            checks.expect(success_fault(tools.decrypt(case.path, [keys.files[0]]), PLANTED), f"{case}: untouched")
            text = case.path.read_text()
            for number, (what, changed) in enumerate(tamperings(chance, kind, text, mac_only)):
                if changed == text:
                    raise RuntimeError(f"{case}: {what}: nothing was changed")
                yield f"{case}: {what}", work / f"{name}-{number}.enc", changed, kind


def planted_case(tools, keys, work, name, kind="yaml", mac_only=False, encryption=None):
    encryption = encryption or Encryption.to_one(keys, mac_only)
    case = Case(tools, keys, work, name, kind, PLAIN[kind].format(*WORDS), None, encryption)
    case.seal()
    return case


def check_tampering(tools, checks, keys, work):
    def check(item):
        name, path, changed, kind = item
        path.write_text(changed)
        if tools.sops_decrypt(path, kind, keys.texts[0]).status == 0:
            raise RuntimeError(f"{name}: sops itself accepts this, so the test is wrong\n{changed}")
        fault = refusal_fault(tools.decrypt(path, [keys.files[0]]), PLANTED)
        checks.expect(fault, f"{name}\n--- file\n{changed[:5000]}\n---\n" if fault else name)

    in_parallel(checks, check, list(changed_files(tools, checks, keys, work)))


def check_tampered_random_documents(tools, checks, keys, work, seed, count):
    """One letter of one value of a random document, comments aside: those are outside the MAC."""

    def check(document):
        name, kind, text, meaning, chance = document
        case = Case(tools, keys, work, f"letter-{name}", kind, text, meaning, Encryption(chance, keys, groups=1))
        case.seal()
        text = case.path.read_bytes().decode()
        values = [match for match in VALUE.finditer(text) if match[4] != "comment"]
        # In a file of several documents only the first one's metadata counts; so no value after the first MAC.
        until = 1 + next(index for index, match in enumerate(values) if len(match[1]) > 150)
        match = chance.choice(values[:until])
        case.path.write_bytes(with_letter_changed(chance, text, match, chance.choice([1, 2, 3])).encode())
        fault = refusal_fault(tools.decrypt(case.path, case.encryption.identities(keys)), case.planted())
        checks.expect(fault, f"{case.shown()} changed: {match[0]}" if fault else case.name)

    in_parallel(checks, check, documents_for(f"tampered/{seed}", count))


def with_other_keys(text, **keys):
    data = json.loads(text)
    data["sops"].update(keys)
    return json.dumps(data)


PGP = {
    "created_at": "2026-01-01T00:00:00Z",
    "enc": "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n",
    "fp": "ABCDEF",
}


def check_refused_files(tools, checks, keys, work):
    """Files that are well-formed and yet not to be opened."""
    one, two = (planted_case(tools, keys, work, name).path.read_text() for name in ("refused-1", "refused-2"))
    as_json = planted_case(tools, keys, work, "refused-json", "json").path.read_text()
    groups = planted_case(
        tools, keys, work, "refused-groups", encryption=Encryption(random.Random(9), keys, {}, False, groups=3, threshold=2)
    )
    lowered = groups.path.read_text().replace("shamir_threshold: 2", "shamir_threshold: 1")
    recipient, key = re.escape(keys.recipients[0]), [keys.files[0]]
    for name, text, identities, statuses, mentions in (
        ("another identity", one, [keys.stranger], [2], [recipient, keys.stranger.name]),
        ("no identity", one, [], [2], [recipient]),
        ("two files pasted together as documents", one + "---\n" + two, key, [1, 2], []),
        ("two files pasted together", one + two, key, [1, 2], []),
        ("only PGP", with_other_keys(as_json, age=[], pgp=[PGP]), key, [1, 2], ["pgp"]),
        ("nobody can open it", with_other_keys(as_json, age=[]), key, [1, 2], []),
        ("a lowered threshold, and one key", lowered, groups.encryption.identities(keys)[:1], [1, 2], []),
        ("not encrypted", PLAIN["yaml"].format(*WORDS), key, [1, 2], []),
        ("not encrypted JSON", PLAIN["json"].format(*WORDS), key, [1, 2], []),
        ("a sops block that is none", f'a: {WORDS[0]}\nsops: "text"\n', key, [1, 2], []),
        ("an empty file", "", key, [1, 2], []),
    ):
        path = work / "refused.enc"
        path.write_text(text)
        checks.expect(refusal_fault(tools.decrypt(path, identities), PLANTED, statuses, mentions), name)
