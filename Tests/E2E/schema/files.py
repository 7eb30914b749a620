"""A site's files: which kind each is of, and what it says as JSON."""

import json
import os
import re
import subprocess

import yaml

TAG = re.compile(rb"(?<![\w!])!(secret|alloc|raw|unset|append|union|deep|replace|default|force)\b")
NAME = re.compile("[A-Za-z0-9][A-Za-z0-9._@-]*")
UNSET = object()


class Loader(yaml.CSafeLoader):
    """PyYAML's safe loader; timestamps stay text, and a tag of resolve's becomes what a schema speaks of."""


def tagged(loader, tag, node):
    if tag == "secret":
        return {"$secret": node.value}
    if tag == "alloc":
        return 1000
    if tag == "unset":
        return UNSET
    if isinstance(node, yaml.ScalarNode):
        plain = loader.resolve(yaml.ScalarNode, node.value, (not node.style, bool(node.style)))
        return loader.construct_object(yaml.ScalarNode(plain, node.value, style=node.style), deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: node.value)
Loader.add_multi_constructor("!", tagged)


def as_json(value):
    """The value with its keys as text, and without what `!unset` takes away."""
    if isinstance(value, dict):
        items = ((key if isinstance(key, str) else json.dumps(key), item) for key, item in value.items())
        return {key: as_json(item) for key, item in items if item is not UNSET}
    return [as_json(item) for item in value] if isinstance(value, list) else value


def kinds(program):
    """Each kind with the folders and names of its files, from `resolve schema`."""
    lines = subprocess.run([program, "schema"], capture_output=True, text=True, check=True).stdout.splitlines()
    return {line.split()[0]: [pattern_of(glob) for glob in line.split()[1:]] for line in lines}


def pattern_of(glob):
    text = re.escape(glob).replace(r"\*", "[^/]*")
    return re.compile(re.sub(r"\\{(\w+),(\w+)\\}", r"(\1|\2)", text))


class Kinds:
    def __init__(self, program):
        self.patterns = kinds(program)

    def of(self, path):
        """The kind of a file, by its path in the site; None for a file that is not read."""
        name = os.path.basename(path)
        stem = name.rsplit(".", 1)[0]
        if not NAME.fullmatch(stem) or name.startswith("TEMPLATE") or stem.endswith(".example"):
            return None
        found = [kind for kind, patterns in self.patterns.items() if any(pattern.fullmatch(path) for pattern in patterns)]
        return found[0] if found else None

    def files(self, site):
        """The kind and path of each file of a site that is read, sorted. A plain file beside encrypted secrets may not be."""
        secrets = [name for name in os.listdir(site) if name.startswith("secrets.")]
        for folder, _, names in sorted(os.walk(site)):
            for name in sorted(names):
                path = os.path.relpath(os.path.join(folder, name), site)
                if (kind := self.of(path)) and (kind != "secrets" or len(secrets) == 1):
                    yield kind, os.path.join(folder, name)


def has_tags(path):
    with open(path, "rb") as file:
        return bool(TAG.search(file.read()))


def tagged_value(path):
    with open(path, "rb") as file:
        return as_json(yaml.load(file, Loader=Loader))


def value(program, path):
    """What a file says: as `resolve read` has it, but by PyYAML where tags say more. None where JSON has no such number."""
    if has_tags(path):
        return tagged_value(path)
    read = subprocess.run([program, "read", path], capture_output=True, text=True, check=False)
    if read.returncode and "R0701" in read.stderr:
        return None
    if read.returncode:
        raise SystemExit(f"cannot read {path}: {read.stderr}")
    return json.loads(read.stdout)
