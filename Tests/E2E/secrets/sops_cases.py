"""A document that the real sops has encrypted, and what it must be read as."""

import json
import random
import re

import documents
from documents import Map
from tools import success_fault

KINDS = {"yaml": documents.yaml, "json": documents.json_document, "dotenv": documents.dotenv, "ini": documents.ini}
SHARES = {"yaml": 0.6, "json": 0.2, "dotenv": 0.1, "ini": 0.1}


class Keys:
    def __init__(self, tools, work):
        self.files = [work / f"key{number}.txt" for number in range(4)] + [work / "id_ed25519"]
        self.recipients = [tools.new_age_key(path) for path in self.files[:4]] + [tools.new_ssh_key(self.files[4])]
        self.stranger = work / "stranger.txt"
        tools.new_age_key(self.stranger)
        self.texts = [re.search(r"AGE-SECRET-KEY-\S+", path.read_text())[0] for path in self.files[:4]]


# JSON, compared with the order of keys and the types of numbers


def pairs(items):
    names = [name for name, _ in items]
    if len(set(names)) != len(names):
        raise ValueError("a key stands twice in one object")
    return Map(items)


def no_constant(token):
    raise ValueError(f"{token} is not JSON")


def integer(text):
    return -0.0 if text == "-0" else int(text)


def read_json(data):
    return json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=no_constant, parse_int=integer)


def difference(want, got, at="$"):
    """The first place where `got` is not `want`, or None. A double may be written as 2 or as 2.0; an integer only as 2."""
    if isinstance(want, Map):
        if not isinstance(got, Map):
            return f"{at}: {got!r:.80} is no object"
        if [name for name, _ in want] != [name for name, _ in got]:
            return f"{at}: keys {[name for name, _ in got]} instead of {[name for name, _ in want]}"
        steps = [(f"{at}[{name!r}]", old, new) for (name, old), (_, new) in zip(want, got)]
    elif isinstance(want, list):
        if not isinstance(got, list) or isinstance(got, Map) or len(want) != len(got):
            return f"{at}: {got!r:.80} instead of {len(want)} items"
        steps = [(f"{at}[{index}]", old, new) for index, (old, new) in enumerate(zip(want, got))]
    else:
        if isinstance(want, float) and type(got) in (int, float):
            same = float(got).hex() == want.hex()  # to the last bit, and the sign of zero
        else:
            same = type(got) is type(want) and got == want
        return None if same else f"{at}: {got!r:.80} instead of {want!r:.80}"
    return next(filter(None, (difference(old, new, place) for place, old, new in steps)), None)


def json_fault(data, want):
    try:
        return difference(want, read_json(data))
    except (ValueError, RecursionError) as error:
        return f"stdout is not the JSON that was expected: {error}"


# How a document is encrypted


class Encryption:
    """Who can open a file, and which rule chose its values: a .sops.yaml and the identities that suffice."""

    def __init__(self, chance, keys, rule=None, mac_only=None, groups=None, threshold=None):
        self.rule = chance.choice(documents.RULES) if rule is None else rule
        self.mac_only = chance.random() < 0.3 if mac_only is None else mac_only
        members = list(range(len(keys.files)))
        chance.shuffle(members)
        if groups is None:
            groups = chance.choice([1, 1, 1, 2, 3])
        self.groups = [members[start::groups][: chance.randint(1, 2)] for start in range(groups)]
        self.threshold = (threshold or chance.randint(2, groups)) if groups > 1 else 1
        chosen = chance.sample(self.groups, self.threshold)
        self.openers = [chance.choice(group) for group in chosen]

    @classmethod
    def to_one(cls, keys, mac_only=False):
        """To the first key alone, by the default rule."""
        encryption = cls(random.Random(0), keys, {}, mac_only, groups=1)
        encryption.groups, encryption.openers = [[0]], [0]
        return encryption

    def write(self, path, keys):
        rule = dict(self.rule, **({"mac_only_encrypted": True} if self.mac_only else {}))
        groups = [[keys.recipients[member] for member in group] for group in self.groups]
        if len(groups) > 1:
            rule.update(shamir_threshold=self.threshold, key_groups=[{"age": group} for group in groups])
        else:
            rule["age"] = ",".join(groups[0])
        path.write_text(json.dumps({"creation_rules": [rule]}))
        return path

    def identities(self, keys):
        return [keys.files[opener] for opener in self.openers]

    def for_sops(self, keys):
        """The same identities, in the variables that sops reads."""
        variables = {"SOPS_AGE_SSH_PRIVATE_KEY_FILE": str(keys.files[4])} if 4 in self.openers else {}
        native = "\n".join(keys.texts[opener] for opener in self.openers if opener < 4)
        return {**variables, "SOPS_AGE_KEY": native} if native else variables

    def __str__(self):
        rule = json.dumps(self.rule) + (", MAC only over encrypted values" if self.mac_only else "")
        return rule + (
            f", {self.threshold} of {len(self.groups)} key groups"
            if len(self.groups) > 1
            else f", {len(self.groups[0])} recipients"
        )


class SOPSCannot(Exception):
    """sops refuses its own file. The message says why."""


class Case:
    """One document, encrypted; `expected` is what sops says it holds."""

    def __init__(self, tools, keys, work, name, kind, text, meaning, encryption):
        self.tools, self.keys, self.name, self.kind, self.encryption = tools, keys, name, kind, encryption
        self.plain, self.path = work / f"{name}.plain", work / f"{name}.enc"
        self.plain.write_bytes(text.encode())
        self.configuration = encryption.write(work / f"{name}.sops.yaml", keys)
        self.meaning = meaning

    def seal(self):
        self.path.write_bytes(self.tools.sops_encrypt(self.plain, self.kind, self.configuration))

    def encrypt(self):
        """Encrypts, and learns from sops what the file holds."""
        self.seal()
        shown = self.from_sops("json")
        if self.kind == "yaml" and isinstance(self.meaning, list) and not isinstance(self.meaning, Map):
            self.expected = self.all_documents()
        else:
            self.expected = read_json(shown)
        if self.meaning is None:
            return
        wrong = difference(self.meaning, self.expected)
        if wrong:
            raise RuntimeError(f"sops reads another value than this test in {self}: {wrong}")
        self.expected = self.meaning  # which also knows a double from an integer

    def from_sops(self, output):
        result = self.tools.sops_decrypt(self.path, self.kind, None, output, **self.encryption.for_sops(self.keys))
        if result.status != 0:
            raise SOPSCannot(f"{self}: sops cannot read its own file: {result.message[:60]}")
        return result.out

    def all_documents(self):
        """Every document of a YAML file as JSON. sops prints only the first one so; hence each goes through it alone."""
        parts = re.split(r"(?m)^---\n", self.from_sops("yaml").decode())
        clear, single = self.plain.with_suffix(".clear.yaml"), self.plain.with_suffix(".single")
        clear.write_text(json.dumps({"creation_rules": [{"age": self.keys.recipients[0], "encrypted_regex": "^\\x00$"}]}))
        found = []
        for part in parts:
            single.write_bytes(part.encode())
            converted = read_json(self.tools.sops_encrypt(single, "yaml", clear, output="json"))
            found.append(Map(item for item in converted if item[0] != "sops"))
        return found

    def fault(self):
        result = self.tools.decrypt(self.path, self.encryption.identities(self.keys))
        return success_fault(result, self.planted()) or json_fault(result.out, self.expected)

    def planted(self):
        """What must never be in a message: the words of the document that stand nowhere else."""
        return re.findall(rb"[a-z]{1,9}-[0-9a-f]{10}", self.plain.read_bytes())

    def __str__(self):
        return f"{self.name} ({self.kind}, {self.encryption})"

    def shown(self):
        """For the failure's report."""
        plain, encrypted = self.plain.read_bytes().decode(), self.path.read_bytes().decode()
        return f"{self}\n--- document\n{plain[:3000]}\n--- encrypted\n{encrypted[:6000]}\n---\n"


def documents_for(seed, count):
    """Random documents: (name, kind, text, meaning, random source)."""
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        kind = chance.choices(list(SHARES), list(SHARES.values()))[0]
        text, meaning = KINDS[kind](chance)
        if kind == "yaml" and chance.random() < 0.2:
            more = [KINDS[kind](chance) for _ in range(chance.randint(1, 2))]
            text, meaning = "---\n".join([text] + [other for other, _ in more]), [meaning] + [other for _, other in more]
        yield f"document-{number}", kind, text, meaning, chance
