"""Tests the bench itself, on the smallest site: that sites repeat to the byte, that nothing fails with the real program, and that wrong
answers do. No test looks at a time."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

import groups
import report
from groups import EDITED, FRESH, ONE_ENV, READ, SAME, SCAN, VALIDATE
from measure import Bench, Goal, Row
from sites import DISKS, SIZES, Site

HERE = os.path.dirname(os.path.abspath(__file__))


class Test:
    def __init__(self, resolve: str, folder: str):
        self.resolve, self.folder = resolve, folder
        self.complaints: list[str] = []

    def bench(self) -> Bench:
        self.complaints = []
        return Bench(os.path.join(self.folder, "bench"), 1, self.complaints.append)

    def program(self, script: str) -> str:
        """A program that stands in for `resolve`, in which $resolve is the real one."""
        path = os.path.join(self.folder, "stand-in")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nresolve='{self.resolve}'\nsite=$2\n{script}\n")
        os.chmod(path, 0o755)
        return path

    def failing(self, script: str) -> set[str]:
        """The rows of S that fail with a stand-in."""
        measured = groups.Groups(self.bench(), self.program(script)).measure("S")
        return {row.label for row in measured.rows if row.failure}

    # The tests

    def sites_repeat(self):
        """Every site has the same bytes in another process, whatever its hashes."""
        program = "import hashlib, sys; sys.dont_write_bytecode = True; sys.path.insert(0, sys.argv[1]); from selftest import digest; print(digest())"
        environment = {**os.environ, "PYTHONHASHSEED": "7"}
        other = subprocess.run([sys.executable, "-c", program, HERE], env=environment, capture_output=True, text=True, check=True)
        assert other.stdout.strip() == digest()

    def an_edit_is_undone(self):
        site = Site(os.path.join(self.folder, "edited"), SIZES["S"])
        site.write()
        path = site.path("envs", "env000.yaml")
        made = contents(path)
        site.set_disk(1)
        edited = contents(path)
        different = [pair for pair in zip(made.splitlines(), edited.splitlines()) if pair[0] != pair[1]]
        assert len(edited) == len(made) and len(different) == 1, different
        assert [vm["disk"] for vm in (site.vms("env000")[0], site.vms("env000", 1)[0])] == list(DISKS)
        site.set_disk(0)
        assert contents(path) == made

    def every_table_is_made(self):
        tables = groups.Groups(self.bench(), self.resolve)
        start, sealed = tables.start()
        measured = tables.measure("S")
        mistakes, errors = tables.errors("S")
        counts = tables.instructions([]) if shutil.which("valgrind") else []
        fleet = tables.fleet("S")
        assert self.complaints == [], self.complaints
        assert len(start) == 3 + sealed and len(measured.rows) == 8 and len(errors) == 5 and len(mistakes.errors) == 10
        assert len(fleet.rows) == 6
        assert measured.row(SCAN).ratios == [1] and all(row.peak > 0 for row in measured.rows)
        assert all(count > 100_000 for _, count, _ in counts), counts
        measured.name = "L"
        text = report.document(report.machine(tables.bench, self.resolve, True), 9, [
            report.group("Start", "", start), report.of_site(measured), report.peak([measured]), report.linearity([measured]),
            report.fleet([fleet, fleet]), report.group("Errors", "", errors), report.instructions(counts)])
        assert self.folder not in text and HERE not in text and "FAILED" not in text, text
        for line in text.splitlines():
            assert not line.startswith("|") or line.count("|") in (4, 6, 8), line

    def numbers_are_right(self):
        row = Row("x", Goal(2), seconds=[1, 3, 2], cpu=[1, 1, 1], ratios=[0.5, 3, 2.5])
        shown = report.group("x", "", [Row("first", seconds=[1], cpu=[1], ratios=[1]), row]).splitlines()[-1]
        assert re.split(r" *\| *", shown)[1:-1] == ["x", "≤ 2", "2.50", "0.500–3.00", "2000 ms", "1000 ms", "no"], shown
        assert Goal(2).holds(2) and not Goal(2).holds(2.1) and Goal(2, at_least=True).holds(2) and not Goal(2, at_least=True).holds(1.9)

    def wrong_answers_fail(self):
        builds, everything = {FRESH, SAME, EDITED}, {ONE_ENV, VALIDATE, FRESH, SAME, EDITED, groups.AGAIN}
        for script, expected in {
            # says nothing and does nothing
            "exit 0": everything - {VALIDATE},
            "exit 1": everything,
            # writes all files always
            'case $* in *build*) rm -rf "$site/dist" "$site/.resolve.lock";; esac; exec "$resolve" "$@"': {SAME, EDITED},
            # does not see an edit
            'case $* in *build*) [ ! -d "$site/dist" ] || exit 0;; esac; exec "$resolve" "$@"': {EDITED},
            # leaves out a file
            '"$resolve" "$@"; s=$?; rm -f "$site/dist/env003.tfvars.json"; exit $s': builds,
            # another value in one VM
            '"$resolve" "$@"; s=$?; [ ! -d "$site/dist" ] || sed -i "s/debian-12/debian-11/" "$site"/dist/*; exit $s': builds,
            # no JSON
            'case $* in *" env "*) "$resolve" "$@" | head -n 5;; *) exec "$resolve" "$@";; esac': {ONE_ENV, groups.AGAIN},
            # a finding where there is none
            'case $* in *validate*) echo note;; *) exec "$resolve" "$@";; esac': {VALIDATE},
        }.items():
            failing = self.failing(script)
            assert failing == expected, f"{script}: {failing} failed, not {expected}"

    def wrong_answers_of_a_fleet_fail(self):
        every = {groups.INVENTORY, groups.TARGETS, groups.HOOK_VALIDATE, groups.HOOK_BUILD, groups.DIFF}
        for script, expected in {
            # the hooks have findings, and the diff tells of nothing
            'case $* in *staged*) echo x;; *diff*) ;; *) exec "$resolve" "$@";; esac': every - {groups.INVENTORY, groups.TARGETS},
            # a host is missing, and all targets are
            'case $* in *inventory*) "$resolve" "$@" | sed "s/e000-vm001/x/";; *targets*) echo "[]";; *) exec "$resolve" "$@";; esac':
                {groups.INVENTORY, groups.TARGETS},
            # only the build works
            'case $* in *build\\ --quiet*) exec "$resolve" "$@";; esac; exit 1': every,
        }.items():
            fleet = groups.Groups(self.bench(), self.program(script)).fleet("S")
            failing = {row.label for row in fleet.rows if row.failure}
            assert failing == expected, f"{script}: {failing} failed, not {expected}"

    def missing_errors_fail(self):
        tables = groups.Groups(self.bench(), self.program('"$resolve" "$@" 2>&1 | sed "/env003/d"; exit 1'))
        tables.site("S", mistakes=True, kind="-mistakes")
        rows = tables.errors("S")[1]
        assert [row.failure is None for row in rows[-3:]] == [False] * 3, rows

    def a_failure_is_an_exit_status(self):
        environment = {**os.environ, "BENCH_CACHE": os.path.join(self.folder, "cache")}
        words = [sys.executable, os.path.join(HERE, "run"), "--sizes", "errors", "--rounds", "1"]
        run = subprocess.run([*words, "--resolve", self.program("exit 0")], env=environment, capture_output=True, text=True)
        assert run.returncode == 1 and "FAILED" in run.stdout, run
        refused = subprocess.run([*words, "--resolve", self.resolve, "--write"], env=environment, capture_output=True, text=True)
        assert refused.returncode == 2, refused


def contents(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def digest() -> str:
    text = hashlib.sha256()
    for name, size in SIZES.items():
        if name not in ("L", "H"):
            for path, made in [*Site("", size).texts.items(), *Site("", size, mistakes=True).texts.items()]:
                text.update(path.encode() + b"\0" + made + b"\0")
    return text.hexdigest()


def main(resolve: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        test = Test(resolve, folder)
        tests = [test.numbers_are_right, test.sites_repeat, test.an_edit_is_undone, test.every_table_is_made, test.wrong_answers_fail, test.wrong_answers_of_a_fleet_fail,
                 test.missing_errors_fail, test.a_failure_is_an_exit_status]
        for one in tests:
            try:
                one()
            except AssertionError as error:
                print(f"bench: FAILED: {one.__name__}: {error}", file=sys.stderr)
                return 1
            print(f"bench: ok: {one.__name__.replace('_', ' ')}")
    print(f"{len(tests)} passed, 0 failed")
    return 0
