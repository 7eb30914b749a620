"""check.py RESOLVE CHECK_JSONSCHEMA ROOT: the schemas against the examples, broken files, the golden cases and slips by chance."""

import copy
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import yaml
from broken import PATHS, ROWS, SITE
from files import Kinds, has_tags, tagged_value, value

RESOLVE, CHECK, ROOT = sys.argv[1:]
KINDS = Kinds(RESOLVE)
SLIPS = 400
SEED = 1


def refused(kind, paths):
    """Those of the files that the schema of a kind refuses, with the first reason."""
    if not paths:
        return {}
    schema = os.path.join(ROOT, "schema", f"{kind}.schema.json")
    run = subprocess.run(
        [CHECK, "--schemafile", schema, "--default-filetype", "yaml", "--output-format", "json", *paths],
        capture_output=True, text=True, check=False)
    found = json.loads(run.stdout)
    if found.get("parse_errors") or run.returncode not in (0, 1):
        sys.exit(f"check-jsonschema could not check files of the kind {kind}: {run.stdout}{run.stderr}")
    reasons = {}
    for error in found["errors"]:
        reasons.setdefault(error["filename"], f"{error['path']}: {error['message']}")
    return reasons


def validates(site):
    run = subprocess.run([RESOLVE, "validate", site], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1, 2):
        sys.exit(f"resolve ended with {run.returncode}: {run.stderr}")
    return run.returncode == 0, run.stderr


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def put(site, files):
    for path, text in files.items():
        write(os.path.join(site, path), text)


class Pile:
    """Files to be checked together, and what each is for people."""

    def __init__(self, folder):
        self.folder = folder
        self.names = {}

    def add(self, kind, content, name, ending="json"):
        path = os.path.join(self.folder, kind, f"{len(self.names)}.{ending}")
        write(path, content)
        self.names[path] = (kind, name)
        return path

    def refused(self):
        found = {}
        for kind in sorted({kind for kind, _ in self.names.values()}):
            found.update(refused(kind, [path for path, (other, _) in self.names.items() if other == kind]))
        return found

    def must_pass(self, what, least):
        for path, reason in self.refused().items():
            with open(path, encoding="utf-8") as file:
                print(f"{what}: {self.names[path][1]} is refused: {reason}\n{file.read()}")
            sys.exit(1)
        if len(self.names) < least:
            sys.exit(f"{what}: only {len(self.names)} files were checked")
        print(f"{what}: {len(self.names)} files accepted")


def check_examples(folder):
    """Every file of every example, as it stands; those with tags of ours as JSON."""
    pile = Pile(folder)
    examples = os.path.join(ROOT, "examples")
    sites = sorted(path for path, _, names in os.walk(examples) if "site.yaml" in names)
    for site in sites:
        accepted, said = validates(site)
        if not accepted:
            sys.exit(f"{site} is not accepted: {said}")
        files = list(KINDS.files(site))
        sealed = os.path.join(site, "secrets.yaml.enc")
        if os.path.exists(sealed):
            files.append(("secrets", sealed))
        for kind, path in files:
            if has_tags(path):
                pile.add(kind, json.dumps(tagged_value(path)), path)
            else:
                with open(path, encoding="utf-8") as file:
                    pile.add(kind, file.read(), path, ending="yaml")
    pile.must_pass("examples", 100)


def check_broken(folder):
    """Each row's first text is refused by the schema and by `validate`, its second one accepted by both."""
    pile = Pile(os.path.join(folder, "files"))
    cases = [(kind, rule, text, is_sound) for kind, rule, *texts in ROWS for text, is_sound in zip(texts, [False, True])]

    def verdict(number, kind, text):
        site = os.path.join(folder, f"site-{number}")
        put(site, {**SITE, PATHS[kind]: text})
        return validates(site)

    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda case: verdict(case[0], case[1][0], case[1][2]), enumerate(cases)))
    wrong = []
    for (kind, rule, text, is_sound), (accepted, said) in zip(cases, verdicts):
        if accepted != is_sound:
            wrong.append(f"validate {'accepts' if accepted else 'refuses'} {kind}, {rule}: {text}\n{said}")
        pile.add(kind, text, (rule, is_sound), ending="yaml")
    found = pile.refused()
    for path, (kind, (rule, is_sound)) in pile.names.items():
        if (path in found) == is_sound:
            with open(path, encoding="utf-8") as file:
                wrong.append(f"the schema {'refuses' if is_sound else 'accepts'} {kind}, {rule}: {file.read()}\n{found.get(path)}")
    missing = set(KINDS.patterns) - {kind for kind, *_ in ROWS}
    if missing:
        wrong.append(f"no broken file of the kinds {sorted(missing)}")
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"broken files: {len(ROWS)} refused, {len(ROWS)} without the mistake accepted, by validate and by the schemas")


def golden_sites(folder):
    """The files of each golden case as a site."""
    cases = os.path.join(ROOT, "Tests", "Goldens", "cases")
    for path, _, names in sorted(os.walk(cases)):
        for name in sorted(names):
            with open(os.path.join(path, name), encoding="utf-8") as file:
                text = file.read()
            site = os.path.join(folder, os.path.relpath(os.path.join(path, name), cases).replace("/", "-"))
            parts = re.split(r"^-- (.*) --\n", text, flags=re.MULTILINE)
            for header, content in zip(parts[1::2], parts[2::2]):
                if header.startswith("$ "):
                    break
                content = re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), content)
                if header.endswith(" (no newline)"):
                    header, content = header.removesuffix(" (no newline)"), content.removesuffix("\n")
                write(os.path.join(site, header), content)
            if os.path.isdir(site):
                yield site


def check_goldens(folder):
    """Every file of every golden site that `validate` accepts."""
    pile = Pile(os.path.join(folder, "files"))
    sites = 0
    for site in golden_sites(os.path.join(folder, "sites")):
        if not validates(site)[0]:
            continue
        sites += 1
        for kind, path in KINDS.files(site):
            if kind == "secrets" and is_age(path):
                continue
            content = value(RESOLVE, path)
            if content is not None:
                pile.add(kind, json.dumps(content), os.path.relpath(path, folder))
    if sites < 100:
        sys.exit(f"golden cases: only {sites} sites are accepted")
    pile.must_pass(f"golden cases, {sites} sites", 600)


def is_age(path):
    with open(path, "rb") as file:
        return file.read(64).startswith((b"age-encryption.org/", b"-----BEGIN AGE"))


OTHERS = [None, True, 0, -1, 65536, 2.5, "", "x", "a b", "10.0.0.1", "10.0.0.1/24", [], ["x"], [1], {}, {"x": 1}, {"x-y": 1}]


def places(content, path=()):
    """Every place within a value."""
    yield path
    for key, item in content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else []:
        yield from places(item, (*path, key))


def slip(chance, content):
    """The value with one thing in it changed, taken away or put in."""
    content = copy.deepcopy(content)
    path = chance.choice([place for place in places(content) if place])
    owner = content
    for step in path[:-1]:
        owner = owner[step]
    kind = chance.random()
    if kind < 0.15:
        del owner[path[-1]]
    elif kind < 0.3 and isinstance(owner, dict):
        owner[chance.choice(["x-mine", "unheard_of", "ssh_user", "automation_user", "packer_release", "include"])] = chance.choice(OTHERS)
    else:
        owner[path[-1]] = chance.choice(OTHERS)
    return content


def check_slips(folder):
    """Whatever `validate` accepts of the golden sites' files, and of the rows' sound ones, with a slip in them, the schemas accept."""
    chance = random.Random(SEED)
    sound = []
    for site in golden_sites(os.path.join(folder, "sites")):
        if validates(site)[0]:
            files = [(kind, path) for kind, path in KINDS.files(site) if not has_tags(path) and not (kind == "secrets" and is_age(path))]
            sound += [(site, os.path.relpath(path, site), kind, content) for kind, path in files if (content := value(RESOLVE, path))]
    rows = os.path.join(folder, "rows")
    put(rows, SITE)
    sound += [(rows, PATHS[kind], kind, content) for kind, _, _, text in ROWS if (content := yaml.safe_load(text))] * 2
    tries = [(number, *chance.choice(sound)) for number in range(SLIPS)]
    slips = [(number, site, path, kind, json.dumps(slip(chance, content), ensure_ascii=False)) for number, site, path, kind, content in tries]

    def verdict(number, site, path, kind, text):
        copy_of = os.path.join(folder, f"slip-{number}")
        shutil.copytree(site, copy_of)
        write(os.path.join(copy_of, path), text)
        return validates(copy_of)

    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda one: verdict(*one), slips))
    accepted, refused_ones = Pile(os.path.join(folder, "accepted")), Pile(os.path.join(folder, "refused"))
    for (number, site, path, kind, text), (is_accepted, said) in zip(slips, verdicts):
        pile = accepted if is_accepted else refused_ones
        pile.add(kind, text, f"{os.path.basename(site)}, {path}" if is_accepted else said)
    accepted.must_pass(f"slips by chance, seed {SEED}, that validate accepts", SLIPS // 10)
    both = refused_ones.refused()
    print(f"slips by chance that validate refuses: {len(refused_ones.names)}, of which the schemas refuse {len(both)}")
    if len(both) < len(refused_ones.names) // 2:
        sys.exit("the schemas refuse suspiciously few of them")


with tempfile.TemporaryDirectory() as work:
    for number, check in enumerate([check_examples, check_broken, check_goldens, check_slips]):
        check(os.path.join(work, str(number)))
