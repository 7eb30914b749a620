"""compare.py RESOLVE [--seed N] [--documents N]: `resolve read` against PyYAML's safe loader over libyaml.

Random documents: scalars of YAML 1.1's grammar as values and keys, with and without tags and quotes, and sound documents
with a few letters changed. Both must read the same values in the same order, integers exact, or both must refuse.
What `resolve` refuses on purpose (duplicate keys, several documents, tags that no output has, a top level that is no map,
infinities) does not count.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import yaml

ON_PURPOSE = {"R0103", "R0104", "R0105", "R0106", "R0701"}
SCALARS = """yes No on OFF y 0644 0o7 017 08 0_8 1_000 1__ 0_ 1:30 -1:30 12:30:45 12:30:45.5 190:20:30.15 1:60 1e3 1e+3 1.e+3 .5 -.5 5.
1.5e+3 1.0e-5 .1_2 0x1F -0x1 0x_ 0X1F 0b1 0b12 0b_ 00 -0 +12 08.5 ~ null nULL .inf -.INF +.inf .nan = << 2001-12-14 2001-13-45 2001-1-1
2001-12-14t21:59:43.10-05:00 2001-12-14T1:59:43Z 2001-12-14T24:00:00 52:54:00:12:34:56 99999999999999999999 0777_7 __ ! & * ? - | > '' ""
[] {} {a:b} *a 'it''s' "\\x41\\u00e9" text a#b a:b é ☕ 100%""".split()
TAGS = ["! ", "!!str ", "!!int ", "!!float ", "!!bool ", "!!null ", "!!timestamp ", "!!map ", "!!seq ", "&a ", "&a !!int "]
LETTERS = list(" \n\t:-?#&*!|>'\"%@`{}[],.0123456789abxyeON_+~=<\r") + ["\u0085", "\u2028", "é", "\ufeff", "\x07"]
SOUND = """# a remark
base: &base
  cores: 2
  tags: [web, "a: b", 'it''s']
  note: |
    first
      second
vms:
- <<: *base
  name: web
  ip: 10.0.0.5/24
- name: >-
    folded
    text
  nested: {a: [1, {b: ~}], "c d": 0x1F}
? key
: value
last: "tab\\t \\u00e9 \\
  joined"
"""


class Loader(yaml.CSafeLoader):
    """PyYAML's safe loader; timestamps are checked and stay text."""


def timestamp(loader, node):
    yaml.constructor.SafeConstructor.construct_yaml_timestamp(loader, node)
    return node.value


Loader.add_constructor("tag:yaml.org,2002:timestamp", timestamp)


def document(chance):
    kind = chance.random()
    if kind < 0.4:
        return mutated(chance, SOUND)
    if kind < 0.7:
        key = chance.choice(["k", tagged(chance)])
        return f"first: {tagged(chance)}\n{key} : 1\nlist: [{tagged(chance)}, {tagged(chance)}]\n"
    lines = [
        f"{chance.choice([f'k{index}', chance.choice(SCALARS)])}: {chance.choice(SCALARS)}\n" for index in range(chance.randint(1, 6))
    ]
    return "".join(lines)


def tagged(chance):
    scalar = chance.choice(SCALARS)
    if chance.random() < 0.2:
        scalar = json.dumps(scalar, ensure_ascii=False)
    return chance.choice(TAGS) + scalar


def mutated(chance, text):
    letters = list(text)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(letters))
        change = chance.random()
        if change < 0.4:
            letters.insert(place, chance.choice(LETTERS))
        elif change < 0.7:
            letters.pop(place)
        else:
            letters[place] = chance.choice(SCALARS + LETTERS)
    return "".join(letters)


def as_json(value):
    """The value with its keys as Python's JSON writer has them."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else json.dumps(key): as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list) else value


def same(left, right):
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def disagreement(program, path, text):
    content = text.encode("utf-8")
    with open(path, "wb") as file:
        file.write(content)
    ours = subprocess.run([program, "read", path], capture_output=True, timeout=30, check=False)
    if ours.returncode not in (0, 1):
        return f"ended with {ours.returncode}"
    try:
        value = yaml.load(content, Loader=Loader)
        theirs = {} if value is None else as_json(value)
    except Exception as error:  # PyYAML raises all kinds: whatever it is, it has refused
        return None if ours.returncode == 1 else f"accepted, but PyYAML says {error}"
    if ours.returncode == 1:
        said = ours.stderr.decode("utf-8", "replace")
        if ON_PURPOSE & set(re.findall(r"error\[(R\d+)\]", said)) or "two merge keys" in said:
            return None
        return f"refused, but PyYAML reads {theirs!r}: {said}"
    read = json.loads(ours.stdout)
    return None if same(theirs, read) else f"read {read!r}, but PyYAML reads {theirs!r}"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--documents", type=int, default=3000)
    options = arguments.parse_args()
    if not yaml.__with_libyaml__:
        sys.exit("this PyYAML has no libyaml, so there is nothing to compare with")
    chance = random.Random(options.seed)
    texts = [document(chance) for _ in range(options.documents)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        tasks = ((options.program, os.path.join(folder, f"{index}.yaml"), text) for index, text in enumerate(texts))
        found = list(pool.map(lambda task: disagreement(*task), tasks))
    for text, why in zip(texts, found):
        if why:
            print(f"{text!r}\n    {why}")
    failed = sum(why is not None for why in found)
    print(f"{len(texts) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
