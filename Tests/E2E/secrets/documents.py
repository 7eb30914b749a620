"""Random documents for SOPS: their text, and what they mean where JSON alone would not say it (2 or 2.0).

A map is `Map`, a list of (key, value), because the order of keys counts. Everything is drawn from the random source that is
given, so a seed names a document.
"""

import json
import math


class Map(list):
    """A map as its list of (key, value), in order."""


# What go-yaml makes of a plain scalar. SOPS reads with go-yaml, so this is neither YAML 1.1 nor 1.2.
PLAIN = [
    ("0", 0), ("1", 1), ("-1", -1), ("42", 42), ("+12", 12), ("5432", 5432), ("-2147483648", -(2**31)), ("4294967296", 2**32),
    ("9007199254740993", 2**53 + 1), ("9223372036854775807", 2**63 - 1), ("-9223372036854775808", -(2**63)),
    ("0777", 511), ("-0777", -511), ("0o17", 15), ("0x1F", 31), ("-0x1F", -31), ("0X1f", 31), ("0b101", 5), ("1_000", 1000),
    ("1.5", 1.5), ("-2.5", -2.5), ("2.0", 2.0), ("1e3", 1000.0), ("1.e3", 1000.0), ("1e21", 1e21), ("1234567.0", 1234567.0),
    ("1e20", 1e20), (".5", 0.5), ("-.5", -0.5), ("5.", 5.0), ("08", 8.0), ("0.1", 0.1), ("1.5e-9", 1.5e-9), ("1e300", 1e300),
    ("6.02E+23", 6.02e23), ("5e-324", 5e-324), ("1.7976931348623157e308", 1.7976931348623157e308), ("99999999999999999999", 1e20),
    ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False),
    ("~", None), ("null", None), ("NULL", None), ("", None),
    ("yes", "yes"), ("No", "No"), ("on", "on"), ("y", "y"), ("1:30", "1:30"), ("0o8", "0o8"), ("1e400", "1e400"), ("=", "="),
    ("10.0.12.1/24", "10.0.12.1/24"), ("52:54:00:12:34:56", "52:54:00:12:34:56"), ("a#b", "a#b"), ("☃", "☃"),
    ("2001-12-14", "2001-12-14T00:00:00Z"), ("2001-1-2", "2001-01-02T00:00:00Z"), ("2001-13-45", "2001-13-45"),
    ("2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00"), ("2001-12-14 21:59:43", "2001-12-14T21:59:43Z"),
    ("2001-12-14T1:2:3.123456789Z", "2001-12-14T01:02:03.123456789Z"), ("2001-12-14 21:59:43.1 -5", "2001-12-14 21:59:43.1 -5"),
    ("!!str 123", "123"), ("!!str true", "true"), ("!!str 2001-01-01", "2001-01-01"), ('!!int "7"', 7), ("!!float 3", 3.0),
    ("!!binary aGVsbG8=", "hello"), ("!custom 12", "12"), ('!custom "x"', "x"), ('""', ""), ("''", ""), ("{}", Map()), ("[]", []),
]  # fmt: skip

WORDS = "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima".split()
ODD = ["ü", "é\u0301", "☃", "日本語", "😀", "\u00a0", "\u2028", "\ufeff", "\t", "\x07", "\x7f", "\u0085"]
ODD += ["'", '"', "\\", "#", ": ", "- ", "%", "@"]
KEY_BEGINNINGS = ["", "", "secret_", "pub_", "pass"]
KEY_ENDINGS = ["", "", "_s", "_p", "_unencrypted"]
ODD_KEYS = ["a:b", "c.d", "e f", "ü", "", "1", "true", "null", "yes", "x: y", "- z", "#k", "it's", '"q"', "日本", "a\tb"]
ODD_KEYS += ["key_s:", "[0]", "~"]

# Rules of .sops.yaml, some with patterns that only RE2's own syntax explains. The keys and comments here are made to meet them.
RULES = [
    {},
    {"encrypted_suffix": "_s"},
    {"unencrypted_suffix": "_p"},
    {"encrypted_regex": "^(secret_|pass)"},
    {"encrypted_regex": "(?i)^SECRET_|[[:alpha:]]_s\\z"},
    {"encrypted_regex": "^(?P<kind>pub|pass)\\pL*"},
    {"unencrypted_regex": "^pub_"},
    {"unencrypted_regex": "_(p|s)$|^(?:1|\\x{fc})$|kilo{1,2}"},
    {"encrypted_comment_regex": "sec"},
    {"unencrypted_comment_regex": "(?i)PUB\\b"},
]


def word(chance):
    """Text that stands nowhere else, so that it can be looked for in messages."""
    return f"{chance.choice(WORDS)}-{chance.getrandbits(40):010x}"


def key(chance, taken):
    while True:
        if chance.random() < 0.15:
            name = chance.choice(ODD_KEYS)
        else:
            name = chance.choice(KEY_BEGINNINGS) + chance.choice(WORDS) + chance.choice(KEY_ENDINGS)
        if name not in taken:
            taken.add(name)
            return name


def string(chance):
    """One line of text, or several, easy or odd."""
    pieces = [word(chance)] + [chance.choice(ODD + WORDS) for _ in range(chance.choice([0, 0, 1, 4]))]
    chance.shuffle(pieces)
    if chance.random() < 0.2:
        pieces.insert(1, "\n")
    elif chance.random() < 0.1:
        pieces.insert(0, chance.choice([" ", "ENC[", "!"]))
    text = "".join(pieces)
    # In clear, sops writes several lines that begin with white space so that it cannot read them back. EDGES has such.
    return text if "\n" not in text or not text[0].isspace() else "." + text


def number(chance):
    if chance.random() < 0.5:
        return chance.randrange(-(2**63), 2**63) >> chance.randrange(63)
    return chance.choice([chance.uniform(-1000, 1000), chance.uniform(-1, 1) * 10.0 ** chance.randint(-300, 300)])


def double_quoted(text):
    """YAML's double quotes. JSON's will not do: it writes letters beyond U+FFFF as two surrogates."""
    marks = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(marks.get(c) or (c if " " <= c <= "~" or "¡" <= c <= "ſ" else f"\\U{ord(c):08x}") for c in text) + '"'


def is_plain(text):
    letters = text.replace("-", "").replace("_", "")
    return letters.isalnum() and letters.isascii() and text[0].isalpha() and text not in ("true", "null")


# YAML


class YAMLWriter:
    """Writes one random document, block style with some flow style, with comments wherever YAML lets them stand."""

    def __init__(self, chance, comments=0.2):
        self.chance = chance
        self.comments = comments
        self.lines = []

    def document(self):
        self.comment(0)
        value = self.map_at(0, 3)
        return "\n".join(self.lines) + "\n", value

    def comment(self, indent):
        while self.chance.random() < self.comments:
            words = [self.chance.choice(["sec", "pub", "note", "ü", "x: y", "- z", '"'])] + [self.chance.choice(WORDS)]
            self.lines.append(" " * indent + "# " + " ".join(words))
            if self.chance.random() < 0.1:
                self.lines.append("")

    def map_at(self, indent, depth):
        result, taken = Map(), {"sops"}
        for _ in range(self.chance.randint(1, 5)):
            name = key(self.chance, taken)
            self.comment(indent)
            shown = name if is_plain(name) and self.chance.random() < 0.9 else self.quoted(name)
            result.append((name, self.value_after(" " * indent + shown + ":", indent, depth)))
        self.comment(indent)
        return result

    def list_at(self, indent, depth):
        result = []
        for _ in range(self.chance.randint(1, 4)):
            self.comment(indent)
            result.append(self.value_after(" " * indent + "-", indent, depth))
        self.comment(indent)
        return result

    def value_after(self, start, indent, depth):
        kind = self.chance.random()
        if depth and kind < 0.18:
            self.lines.append(start)
            return self.map_at(indent + self.chance.choice([2, 4]), depth - 1)
        if depth and kind < 0.32:
            self.lines.append(start)
            return self.list_at(indent + 2, depth - 1)
        if kind < 0.38:
            return self.literal(start, indent)
        text, value = self.flow(depth) if kind < 0.46 else self.scalar()
        behind = (
            f"  # {self.chance.choice(['sec', 'pub', 'see'])} {self.chance.choice(WORDS)}"
            if self.chance.random() < self.comments / 2
            else ""
        )
        self.lines.append(f"{start} {text}".rstrip() + behind)
        return value

    def literal(self, start, indent):
        lines = [self.chance.choice(["", "  "]) + string(self.chance).split("\n")[-1] for _ in range(self.chance.randint(1, 4))]
        lines = ["".join(c for c in line if c.isprintable() and c != "\ufeff") for line in lines]
        lines[0] = "first" + lines[0]  # a block's indentation is its first line's
        chomping = self.chance.choice(["|", "|-", "|+"])
        self.lines.append(f"{start} {chomping}")
        self.lines += [(" " * (indent + 2) + line) if line.strip() else "" for line in lines]
        lines = [line if line.strip() else "" for line in lines]
        text = "\n".join(lines)
        return {"|": text.rstrip("\n") + "\n", "|-": text.rstrip("\n"), "|+": text + "\n"}[chomping]

    def flow(self, depth):
        if not depth or self.chance.random() < 0.3:
            return self.quoted_scalar()
        parts = [self.flow(depth - 1) for _ in range(self.chance.randint(0, 3))]
        if self.chance.random() < 0.5:
            return "[" + ", ".join(text for text, _ in parts) + "]", [value for _, value in parts]
        taken, names = set(), []
        for _ in parts:
            names.append(key(self.chance, taken))
        text = ", ".join(f"{self.quoted(name)}: {text}" for name, (text, _) in zip(names, parts))
        return "{" + text + "}", Map((name, value) for name, (_, value) in zip(names, parts))

    def scalar(self):
        kind = self.chance.random()
        if kind < 0.45:
            return self.chance.choice(PLAIN)
        if kind < 0.6:
            value = number(self.chance)
            return repr(value), value
        return self.quoted_scalar()

    def quoted_scalar(self):
        value = string(self.chance)
        return (value if is_plain(value) and self.chance.random() < 0.5 else self.quoted(value)), value

    def quoted(self, text):
        if text.isprintable() and self.chance.random() < 0.5:
            return "'" + text.replace("'", "''") + "'"
        return double_quoted(text)


def yaml(chance):
    return YAMLWriter(chance).document()


# JSON


def json_value(chance, depth):
    kind = chance.random()
    if depth and kind < 0.25:
        taken = {"sops"}
        return Map((key(chance, taken), json_value(chance, depth - 1)) for _ in range(chance.randint(0, 4)))
    if depth and kind < 0.4:
        return [json_value(chance, depth - 1) for _ in range(chance.randint(0, 4))]
    if kind < 0.6:
        # This SOPS reads every number of a JSON file as a double.
        return float(chance.choice([chance.randint(-9, 9), 2**53 + 1, 2**63 - 1, 1e20, 1e21, number(chance), number(chance)]))
    if kind < 0.75:
        return chance.choice([True, False, None, ""])
    return string(chance)


def as_json(value, chance):
    """JSON text of a value. Whole numbers are written as integers, as people write them."""
    if isinstance(value, Map):
        return "{" + ", ".join(f"{as_json(name, chance)}: {as_json(item, chance)}" for name, item in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_json(item, chance) for item in value) + "]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63 and math.copysign(1, value) > 0:
        return str(int(value))
    return json.dumps(value, ensure_ascii=chance.random() < 0.5)


def json_document(chance):
    taken = {"sops"}
    value = Map((key(chance, taken), json_value(chance, 3)) for _ in range(chance.randint(1, 6)))
    return as_json(value, chance) + "\n", value


# dotenv and INI: all values are strings, so what SOPS prints as JSON says it all


def line_of_text(chance):
    text = "".join(chance.choice(["", "", " "]) + piece for piece in string(chance).split("\n"))
    return "".join(c for c in text if c.isprintable() and c not in "\ufeff")


def dotenv(chance):
    lines, taken = [], set()
    for _ in range(chance.randint(1, 8)):
        if chance.random() < 0.3:
            lines.append(chance.choice(["# sec note", "#pub", "", "# A=B"]))
        name = chance.choice(KEY_BEGINNINGS).upper() + key(chance, taken).upper() if chance.random() < 0.5 else key(chance, taken)
        name = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "_.")) or "EMPTY"
        if name in taken - {name} or any(line.startswith(name + "=") for line in lines):
            continue
        value = chance.choice(
            [
                line_of_text(chance),
                "",
                "a=b=c",
                '"quoted ' + word(chance) + '"',
                " padded ",
                "one\\ntwo " + word(chance),
                "1",
                "true",
            ]
        )
        lines.append(f"{name}={value}")
    return "\n".join(lines) + "\n", None


def ini(chance):
    lines = []
    for section in [None] + chance.sample(
        ["main", "pub_web", "secret_db", "with space", "dotted.name", "ü"], chance.randint(1, 3)
    ):
        if section:
            lines.append(f"[{section}]")
        taken = set()
        for _ in range(chance.randint(0, 4)):
            if chance.random() < 0.3:
                lines.append(chance.choice(["; sec note", "# pub", "", "; a = b"]))
            name = chance.choice(KEY_BEGINNINGS) + chance.choice(WORDS) + chance.choice(KEY_ENDINGS)
            if name in taken:
                continue
            taken.add(name)
            plain = "".join(c for c in line_of_text(chance) if c not in "\"'`\\#;%") + word(chance)
            value = chance.choice(
                [plain.strip(), "", "1", "true", "a = b", '"quoted words"', "ü ☃", "http://host:80/x?y=z", "{json: 1}"]
            )
            lines.append(f"{name} = {value}" + chance.choice(["", "", "  ; sec behind"]))
    return "\n".join(lines) + "\n", None


# Documents with what random ones would rarely have; those of UNREADABLE sops can write in clear but not read again.

EDGES = {
    "every plain scalar": "".join(f"k{index}: {text}\n" for index, (text, _) in enumerate(PLAIN)),
    "every plain scalar, clear": "".join(f"k{index}_unencrypted: {text}\n" for index, (text, _) in enumerate(PLAIN)),
    "anchors, aliases and merge keys": "base: &b {x: 1, y: [2]}\ncopy: *b\nmerged:\n  <<: *b\n  z: &s text\nagain: *s\nlist: [*b, *s]\n",
    "keys of several lines and long ones": '? |\n  two\n  lines\n: 1\n"n\\nl": 2\n' + "k" * 150 + ": 3\n" + '"' + "k " * 300 + '": 4\n',
    "Windows line ends": "# c\r\na: 1\r\nb: |\r\n  x\r\n  y\r\nc:\r\n  - d # e\r\n",
    "a byte order mark": "\ufeffa: 1\nb: two\n",
    "a marked start and end": "%YAML 1.1\n--- # c\n# d\na: yes\n...\n",
    "folded text": "a: >\n  one\n  two\n\n  three\n    four\nb: >-\n  five\n  six\nc: plain\n  over lines\nd: \"q\n  over lines \\\n  joined\"\n",
    "white space at the start": 'a: "\\n x"\nb: ["  y\\nz", "\\n\\n", "\\tt\\n"]\nc: {d: "\\n"}\n',
    "white space at the end": 'a: "x  "\nb: |+\n  y\n\n\nc: "  z"\nd: "\\n"\ne: " "\nf: "\\t"\n',
    "deep": "".join("  " * depth + f"k{depth}:\n" for depth in range(40)) + "  " * 40 + "- - - - leaf\n",
    "long": "".join(f"k{index}: [{index}, {index}.5, v{index}]\n" for index in range(400)),
    "a long text": "a: " + "word " * 20000 + "end\nb: '" + "x" * 70000 + "'\n",
    "comments everywhere": "# a\n\n# b\na: 1 # c\n# d\nl:\n  # e\n  - 1 # f\n  # g\n  - # h\n    # i\n    k: v # j\n    # k\n  # l\n# m\nz: []  # n\n# o\n",
    "comments only in lists": "l:\n- # a\n  - b\n  # c\n-\n  # d\n  e: f\n  # g\n# h\nm: [1, # i\n  2 # j\n  ]\n",
    "an empty map": "{}\n",
    "empty things": 'a: ""\nb: {}\nc: []\nd:\ne: [[], {}, "", ~]\nf: {g: {}, h: ""}\n',
    "what looks encrypted or like an option": "a: 'ENC'\nb: 'ENC[AES256_GCM'\nc_unencrypted: 'ENC[...]'\nd: 'sops'\ne: {sops: 1}\n",
}  # fmt: skip
UNREADABLE = {"white space at the start"}
