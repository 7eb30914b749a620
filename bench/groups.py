"""What is measured, what has to come out, and the goals."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass

import peer
from measure import Answer, Bench, Command, Failed, Goal, Row
from sites import DISKS, NODE, SIZES, Site

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FRESH, SAME, EDITED = "build, fresh directory", "build, nothing changed", "build, one env changed"
SCAN, READ, VALIDATE, ONE_ENV, AGAIN = "libyaml scan", "reading the files", "validate", "one env", "one env, after a build"
# Ratios to the first row of the same table.
GOALS = {
    ("L", FRESH): Goal(1.6), ("L", SAME): Goal(0.05), ("L", EDITED): Goal(0.1), ("L", VALIDATE): Goal(1.5), ("H", VALIDATE): Goal(1.5),
    ("L", ONE_ENV): Goal(0.25),
    ("start", "--version"): Goal(6), ("start", "one env of S"): Goal(8), ("start", "one env of S, SOPS secrets"): Goal(15),
    ("peer", "reclass-rs"): Goal(30, at_least=True),
}
PEAK_GOALS = {("L", FRESH): Goal(4)}  # in bytes of the input
SHOWN = ("S", "M", "L", "H")
LINEAR = ("1k", "10k", "L")
FLEET_ROUNDS = 3  # A round of L takes as long as many of its builds.
INVENTORY, TARGETS = "inventory --list", "targets"
HOOK_VALIDATE, HOOK_BUILD, DIFF = "validate --staged", "build --check --staged", "diff HEAD, one env changed"


class Compiled:
    """A site and the program under test: its commands, each with a check of what it answers."""

    def __init__(self, bench: Bench, resolve: str, name: str, site: Site, options: tuple[str, ...] = ()):
        self.bench, self.resolve, self.name, self.site, self.options = bench, resolve, name, site, options
        self.turn = 0
        self.right: set[tuple[str, int, bytes]] = set()
        self.before: dict[str, tuple] = {}

    def words(self, *words: str) -> list[str]:
        return [self.resolve, "--site", self.site.folder, *self.options, *words]

    # Commands

    def floor(self, label: str, mode: str) -> Command:
        made = [len(self.site.texts), sum(map(len, self.site.texts.values()))]

        def check(answer: Answer):
            if (counted := [int(word) for word in answer.output().split()[:2]]) != made:
                raise Failed(f"read {counted[0]} files of {counted[1]} bytes, not {made[0]} of {made[1]}: remove {self.bench.folder}")

        return Command(label, [self.bench.floor(), mode, self.site.folder], check=check)

    def validate(self) -> Command:
        def check(answer: Answer):
            if answer.output() or answer.complaint():
                raise Failed("has findings, or says something else")

        return self.command(VALIDATE, self.words("validate"), self.bench.forget, check)

    def one_env(self, label: str = ONE_ENV, cold: bool = True) -> Command:
        def check(answer: Answer):
            self.check_output("env000", answer.output())

        return self.command(label, self.words("env", "env000", "--node", NODE), self.bench.forget if cold else lambda: None, check)

    def build_fresh(self) -> Command:
        return self.command(FRESH, self.words("build"), self.remove_built, lambda answer: self.check_build(None))

    def build_same(self) -> Command:
        return self.command(SAME, self.words("build"), self.look, lambda answer: self.check_build([]))

    def build_edited(self) -> Command:
        return self.command(EDITED, self.words("build"), self.edit, lambda answer: self.check_build(["env000.tfvars.json"]))

    # What reads the whole fleet

    def inventory(self) -> Command:
        def check(answer: Answer):
            hosts = json.loads(answer.output())["_meta"]["hostvars"]
            missing = [vm["name"] for env in self.site.envs for vm in self.site.vms(env) if "/" in vm.get("ip", "") and vm["name"] not in hosts]
            if missing:
                raise Failed(f"{len(missing)} VMs are not in it, {missing[0]} one of them")

        return self.command(INVENTORY, self.words("inventory", "--list"), lambda: None, self.once(check))

    def targets(self) -> Command:
        def check(answer: Answer):
            if not (found := json.loads(answer.output())) or any(not group["targets"] for group in found):
                raise Failed("has no targets")

        return self.command(TARGETS, self.words("targets"), lambda: None, self.once(check))

    def staged_validate(self) -> Command:
        def check(answer: Answer):
            if answer.output() or answer.complaint():
                raise Failed("has findings, or says something else")

        return self.command(HOOK_VALIDATE, self.words("validate", "--staged"), lambda: None, check)

    def staged_build(self) -> Command:
        def check(answer: Answer):
            if answer.output() or f"compared {len(self.site.envs)} outputs: all current" not in read(answer.err):
                raise Failed("does not find all current")

        return self.command(HOOK_BUILD, self.words("build", "--check", "--staged"), lambda: None, check)

    def diff(self) -> Command:
        def check(answer: Answer):
            text = answer.output().decode()
            if f"{DISKS[0]} → {DISKS[1]}" not in text or "dist/env000.tfvars.json" not in text or "env001" in text:
                raise Failed("does not tell what changed, or more")

        def edit():
            self.turn = 1
            self.site.set_disk(1)

        return self.command(DIFF, self.words("diff", "HEAD"), edit, check)

    def once(self, check):
        """To read the answer takes longer than to make it; what has the same bytes was read."""
        def checked(answer: Answer):
            known = ("", 0, hashlib.sha256(answer.output()).digest())
            if known not in self.right:
                check(answer)
                self.right.add(known)

        return checked

    def command(self, label: str, words: list[str], before, check) -> Command:
        return Command(label, words, before, check, goal=GOALS.get((self.name, label)))

    # Before a command

    def remove_built(self):
        self.bench.forget()
        for name in ("dist", ".resolve.lock"):
            self.bench.put_aside(self.site.path(name))

    def look(self):
        self.before = self.listing()

    def edit(self):
        self.turn = 1 - self.turn
        self.site.set_disk(self.turn)
        self.look()

    def restore(self):
        self.turn = 0
        self.site.set_disk(0)

    # What has to come out

    def listing(self) -> dict[str, tuple]:
        if not os.path.isdir(self.site.path("dist")):
            return {}
        with os.scandir(self.site.path("dist")) as entries:
            return {entry.name: (entry.inode(), entry.stat().st_mtime_ns, entry.stat().st_size) for entry in entries}

    def check_build(self, touched: list[str] | None):
        """`touched`: the files that differ from those of before the build."""
        files = self.listing()
        expected = {f"{env}.tfvars.json" for env in self.site.envs}
        if set(files) != expected:
            raise Failed(f"{len(set(files) & expected)} of {len(expected)} files are there, and {len(set(files) - expected)} others")
        if touched is not None and (changed := sorted(name for name in files if files[name] != self.before.get(name))) != touched:
            raise Failed(f"wrote {len(changed)} files in place of {len(touched)}")
        for env in self.site.envs:
            with open(self.site.path("dist", f"{env}.tfvars.json"), "rb") as file:
                self.check_output(env, file.read())

    def check_output(self, env: str, text: bytes):
        turn = self.turn if env == "env000" else 0
        known = (env, turn, hashlib.sha256(text).digest())
        if known in self.right:
            return
        try:
            output = json.loads(text)
        except ValueError as error:
            raise Failed(f"{env}: no JSON: {error}") from None
        expected = self.site.vms(env, turn)
        if output.get("node") != NODE or len(output.get("vms", [])) != len(expected):
            raise Failed(f"{env}: not {len(expected)} VMs on {NODE}")
        for got, vm in zip(output["vms"], expected):
            if got != vm:
                different = sorted(key for key in {**got, **vm} if got.get(key) != vm.get(key))
                raise Failed(f"{env}: {vm['name']} has another {', '.join(different)}")
        self.right.add(known)


@dataclass
class Measured:
    """The rows of one site, and what they are seen against."""

    name: str
    site: Site
    rows: list[Row]

    @property
    def bytes(self) -> int:
        return sum(map(len, self.site.texts.values()))

    def row(self, label: str) -> Row:
        return next(row for row in self.rows if row.label == label)


class Groups:
    def __init__(self, bench: Bench, resolve: str):
        self.bench, self.resolve = bench, resolve

    def site(self, name: str, mistakes: bool = False, kind: str = "") -> Site:
        """A site of the bench's folder, made if it is not there."""
        os.makedirs(self.bench.path("sites"), exist_ok=True)
        site = Site(self.bench.path("sites", name + kind), SIZES[name], mistakes)
        if not os.path.exists(site.folder + ".made"):
            site.write()
            open(site.folder + ".made", "w").close()
        return site

    def sops_site(self) -> tuple[Site, str] | None:
        """S with its secrets encrypted by the real sops, for the identity of the example, which is made up; nothing without sops."""
        example = os.path.join(ROOT, "examples", "homestak")
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        installed = os.path.join(os.environ.get("RESOLVE_E2E_VENV") or os.path.join(cache, "resolve-e2e"), "bin", "sops")
        sops = shutil.which("sops") or shutil.which(installed)
        if not sops:
            return None
        site = self.site("S", kind="-sops")
        plain, encrypted = site.path("secrets.yaml"), site.path("secrets.yaml.enc")
        if os.path.exists(plain):
            with open(os.path.join(example, ".sops.yaml"), encoding="utf-8") as file:
                recipient = re.search(r"age1\w+", file.read()).group()
            with open(encrypted, "wb") as file:
                subprocess.run([sops, "--config", "/dev/null", "--encrypt", "--age", recipient, "--input-type", "yaml", "--output-type",
                                "yaml", plain], env=self.bench.environment, stdout=file, check=True)
            os.remove(plain)
        return site, os.path.join(example, "throwaway-identity.txt")

    def compiled(self, name: str) -> Compiled:
        compiled = Compiled(self.bench, self.resolve, name, self.site(name))
        compiled.restore()
        return compiled

    # The groups

    def measure(self, name: str) -> Measured:
        compiled = self.compiled(name)
        commands = [compiled.floor(SCAN, "events")]
        if name in SHOWN:
            commands += [compiled.floor(READ, "read"), compiled.one_env()]
        commands += [compiled.validate(), compiled.build_fresh(), compiled.build_same()]
        if name in SHOWN:
            commands += [compiled.build_edited(), compiled.one_env(AGAIN, cold=False)]
        try:
            return Measured(name, compiled.site, self.bench.rows(commands))
        finally:
            compiled.restore()

    def fleet(self, name: str) -> Measured:
        """A site in a repository of git, with its outputs: what its hooks run, what is made of all of it, and what a change is
        compared by."""
        compiled = Compiled(self.bench, self.resolve, name, self.site(name, kind="-git"))
        compiled.restore()
        subprocess.run(compiled.words("build", "--quiet"), env=self.bench.environment, check=True, stdout=subprocess.DEVNULL)
        git = ["git", "-C", compiled.site.folder, "-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0"]
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--allow-empty", "-m", "as built"], ["repack", "-q", "-a", "-d"]):
            subprocess.run([*git, *words], env=self.bench.environment, check=True)
        commands = [compiled.floor(SCAN, "events"), compiled.inventory(), compiled.targets(), compiled.staged_validate(),
                    compiled.staged_build(), compiled.diff()]
        try:
            return Measured(name, compiled.site, self.bench.rows(commands, min(self.bench.rounds, FLEET_ROUNDS)))
        finally:
            compiled.restore()

    def start(self) -> tuple[list[Row], bool]:
        """Also says whether there was a site with SOPS secrets."""
        def version(answer: Answer):
            if not re.match(rb"\d+\.\d+", answer.output()):
                raise Failed("is no version")

        commands = [
            Command("/bin/true", ["/bin/true"]),
            Command("--version", [self.resolve, "--version"], check=version, goal=GOALS["start", "--version"]),
            Compiled(self.bench, self.resolve, "start", self.compiled("S").site).one_env("one env of S"),
        ]
        if sops := self.sops_site():
            site, identity = sops
            commands.append(Compiled(self.bench, self.resolve, "start", site, ("--identity", identity)).one_env("one env of S, SOPS secrets"))
        return self.bench.rows(commands, self.bench.rounds * 3), bool(sops)

    def errors(self, name: str = "10k") -> tuple[Site, list[Row]]:
        site = self.site(name, mistakes=True, kind="-mistakes")
        compiled, sound = Compiled(self.bench, self.resolve, "errors", site), self.compiled(name)

        def same(found):
            if len(found) != len(site.errors) or set(found) != site.errors:
                raise Failed(f"{len(set(found) & site.errors)} of {len(site.errors)} errors reported, and {len(set(found) - site.errors)} others")

        def text(answer: Answer):
            places = re.findall(r"^error\[(\w+)\]: .*\n +--> ([^:\n]+):(\d+):", answer.output().decode() + read(answer.err), re.M)
            same([(file, int(line), code) for code, file, line in places])

        def lines(answer: Answer):
            found = [json.loads(line) for line in answer.output().splitlines()]
            same([(one["file"], one["line"], one["code"]) for one in found if one["severity"] == "error"])

        def sarif(answer: Answer):
            results = [one for run in json.loads(answer.output())["runs"] for one in run["results"] if one["level"] == "error"]
            places = [(one["locations"][0]["physicalLocation"], one["ruleId"]) for one in results]
            same([(place["artifactLocation"]["uri"], place["region"]["startLine"], code) for place, code in places])

        def command(label: str, check, *words: str) -> Command:
            def parsed(answer: Answer):
                try:
                    check(answer)
                except (ValueError, KeyError, IndexError, TypeError) as error:
                    raise Failed(f"not the form it should have: {error}") from None

            return Command(label, compiled.words("validate", *words), self.bench.forget, parsed, status=1)

        without = sound.validate()
        without.label = "validate, the site without mistakes"
        return site, self.bench.rows([
            compiled.floor(SCAN, "events"), without, command("validate", text),
            command("validate --format json", lines, "--format", "json"), command("validate --format sarif", sarif, "--format", "sarif"),
        ])

    def instructions(self, names: list[str]) -> list[tuple[str, int | None, int | None]]:
        """What, how many, and those of the scan of the same site. None where a command has failed."""
        counts = []
        # Valgrind reads a program's debug information, and gives up on what it does not know.
        stripped = self.bench.path("here", "resolve")
        subprocess.run(["strip", "-o", stripped, self.resolve], check=True)
        for name in names:
            compiled = self.compiled(name)
            compiled.resolve = stripped
            scan = None
            try:
                commands = [compiled.floor(SCAN, "events"), compiled.validate(), compiled.build_fresh(), compiled.build_same(),
                            compiled.build_edited(), compiled.one_env()]
                for command in commands:
                    count = self.count(f"{name}: {command.label}", command)
                    scan = count if command is commands[0] else scan
                    counts.append((f"{name}: {command.label}", count, scan))
            finally:
                compiled.restore()
        return counts + [("--version", self.count("--version", Command("--version", [stripped, "--version"])), None)]

    def count(self, label: str, command: Command) -> int | None:
        try:
            return self.bench.instructions(command)
        except Failed as failed:
            self.bench.report(f"FAILED: instructions of {label}: {failed}")
            return None

    def peer(self) -> list[Row]:
        """reclass-rs has the same VMs in an inventory of its own, and must come to the same values."""
        compiled = self.compiled("M")
        python = peer.environment(self.bench.path("..", "peer"))
        inventory, nodes = self.bench.path("inventory-M"), self.bench.path("here", "nodes.json")
        if not os.path.isdir(inventory):
            peer.write(compiled.site, inventory + ".part")
            os.rename(inventory + ".part", inventory)
        expected = {vm["name"]: vm for env in compiled.site.envs for vm in compiled.site.vms(env)}

        def check(answer: Answer):
            with open(nodes, encoding="utf-8") as file:
                got = json.load(file)
            wrong = sorted(name for name in {**got, **expected} if got.get(name) != expected.get(name))
            if wrong:
                raise Failed(f"{len(wrong)} VMs are not what resolve makes of them, {wrong[0]} one of them")

        def same_once(answer: Answer):
            # Written apart from the timed run, for to write it takes as long as the merge.
            self.bench.answer(Command("nodes", [python, peer.__file__, inventory, nodes], check=check))

        first: list[bool] = []

        def checked(answer: Answer):
            if answer.output().strip() != str(len(expected)).encode():
                raise Failed(f"has not {len(expected)} nodes")
            if not first:
                first.append(True)
                same_once(answer)

        return self.bench.rows([
            compiled.build_fresh(), Command("reclass-rs", [python, peer.__file__, inventory], check=checked, goal=GOALS["peer", "reclass-rs"]),
            Command("Python alone", [python, "-c", "pass"]),
        ])


def read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
