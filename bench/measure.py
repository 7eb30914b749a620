"""Runs commands in turn and keeps what each took. What gives a wrong answer has no time: it has failed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import statistics
import subprocess
from dataclasses import dataclass, field
from typing import Callable

LONGEST = 900  # seconds


class Failed(Exception):
    """What is wrong with an answer, in a few words."""


@dataclass(frozen=True)
class Goal:
    limit: float
    at_least: bool = False

    def holds(self, ratio: float) -> bool:
        return ratio >= self.limit if self.at_least else ratio <= self.limit


@dataclass
class Answer:
    """What a command said and took."""

    status: int
    out: str
    err: str
    seconds: float = 0
    cpu: float = 0
    peak: int = 0  # bytes

    def output(self) -> bytes:
        with open(self.out, "rb") as file:
            return file.read()

    def complaint(self) -> str:
        with open(self.err, encoding="utf-8", errors="replace") as file:
            return " ".join(file.read().split())[:200]


@dataclass
class Command:
    label: str
    words: list[str]
    before: Callable[[], None] = lambda: None  # not timed
    check: Callable[[Answer], None] = lambda answer: None  # raises Failed; not timed
    status: int = 0
    goal: Goal | None = None


@dataclass
class Row:
    """What a command took in each round, and how many times what the first command of the same round took."""

    label: str
    goal: Goal | None = None
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    peak: int = 0
    failure: str | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


def compiler() -> str:
    return os.environ.get("CC") or next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), "cc")


class Bench:
    """The folder where everything is kept, and how commands are run there: nothing of the user's surroundings is seen."""

    def __init__(self, folder: str, rounds: int, report: Callable[[str], None]):
        self.folder, self.rounds, self.report = folder, rounds, report
        self.cache, self.home = self.path("xdg-cache"), self.path("home")
        self.aside, self.moved = self.path("aside"), 0
        self.tidy()
        for path in (folder, self.home, self.path("here")):
            os.makedirs(path, exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.home, "XDG_CACHE_HOME": self.cache, "XDG_CONFIG_HOME": self.path("home", ".config"),
            "TMPDIR": self.path("here"), "LC_ALL": "C", "GIT_CEILING_DIRECTORIES": folder,
        }

    def path(self, *names: str) -> str:
        return os.path.normpath(os.path.join(self.folder, *names))

    def floor(self) -> str:
        """The program of floor.c, compiled."""
        program, source = self.path("floor"), os.path.join(os.path.dirname(os.path.abspath(__file__)), "floor.c")
        if not os.path.exists(program):
            subprocess.run([compiler(), "-O2", "-o", program + ".part", source, "-lyaml"], check=True)
            os.rename(program + ".part", program)
        return program

    def put_aside(self, path: str):
        """Moves what was built away. To delete it would make the next build slower: ext4 without a journal passes over the places of
        files that were just deleted, one by one, for each file that it makes."""
        if os.path.exists(path):
            os.makedirs(self.aside, exist_ok=True)
            self.moved += 1
            os.rename(path, os.path.join(self.aside, str(self.moved)))

    def tidy(self):
        """Deletes what was put aside."""
        shutil.rmtree(self.aside, ignore_errors=True)

    def forget(self):
        """Removes what `resolve` keeps between runs."""
        shutil.rmtree(self.cache, ignore_errors=True)

    def once(self, words: list[str]) -> Answer:
        out, err = self.path("here", "out"), self.path("here", "err")
        run = subprocess.run(
            [self.floor(), "run", out, err, *words], env=self.environment, cwd=self.path("here"), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=LONGEST)
        if run.returncode:
            raise Failed(run.stderr.strip())
        nanoseconds, microseconds, kibibytes, status = map(int, run.stdout.split())
        return Answer(status, out, err, nanoseconds / 1e9, microseconds / 1e6, kibibytes * 1024)

    def answer(self, command: Command, run: Callable[[list[str]], Answer] | None = None) -> Answer:
        """Runs a command, and raises `Failed` if it answers wrongly."""
        command.before()
        try:
            answer = (run or self.once)(command.words)
        except subprocess.TimeoutExpired:
            raise Failed(f"took more than {LONGEST} s") from None
        if answer.status != command.status:
            raise Failed(f"exit status {answer.status}: {answer.complaint()}")
        command.check(answer)
        return answer

    def rows(self, commands: list[Command], rounds: int | None = None) -> list[Row]:
        """A B C A B C …, after one round that does not count. A ratio is taken within its round, so that a slow spell of the machine
        falls on both sides of it."""
        rows = [Row(command.label, command.goal) for command in commands]
        for number in range((rounds or self.rounds) + 1):
            first = None
            for command, row in zip(commands, rows):
                if row.failure:
                    continue
                try:
                    answer = self.answer(command)
                except Failed as failed:
                    row.failure = str(failed)
                    self.report(f"FAILED: {row.label}: {row.failure} ({shlex.join(command.words)})")
                    continue
                if row is rows[0]:
                    first = answer.seconds
                if number:
                    row.seconds.append(answer.seconds)
                    row.cpu.append(answer.cpu)
                    row.peak = max(row.peak, answer.peak)
                    if first:
                        row.ratios.append(answer.seconds / first)
        return rows

    # Instructions

    def instructions(self, command: Command) -> int:
        """How many instructions a command executes, by callgrind: nearly the same each time, on a busy machine, too."""
        counted = 0

        def run(words: list[str]) -> Answer:
            nonlocal counted
            out, err, log = (self.path("here", name) for name in ("out", "err", "callgrind"))
            with open(out, "wb") as output, open(err, "wb") as errors:
                status = subprocess.run(
                    ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file=" + log, *words],
                    env={**self.environment, "SWIFT_DETERMINISTIC_HASHING": "1"}, cwd=self.path("here"), stdin=subprocess.DEVNULL,
                    stdout=output, stderr=errors, timeout=LONGEST).returncode
            with open(log, encoding="utf-8", errors="replace") as file:
                found = re.search(r"Collected : (\d+)", file.read())
            if not found:
                raise Failed("callgrind has counted nothing: valgrind --tool=callgrind " + shlex.join(words))
            counted = int(found.group(1))
            return Answer(status, out, err)

        self.answer(command, run)
        return counted
