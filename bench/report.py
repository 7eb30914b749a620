"""Tables: the same on the terminal as in RESULTS.md, which says nothing of when and where it was measured but the kind of machine."""

from __future__ import annotations

import os
import platform
import re
import shutil
import statistics
import subprocess

from groups import (
    DIFF, FRESH, HOOK_BUILD, HOOK_VALIDATE, INVENTORY, LINEAR, PEAK_GOALS, SAME, SCAN, TARGETS, VALIDATE, Measured,
)
from measure import Bench, Goal, Row, compiler


def count(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ")


def ratio(number: float) -> str:
    return f"{number:.{3 if number < 1 else 2 if number < 10 else 1 if number < 100 else 0}f}"


def time(seconds: float) -> str:
    if seconds >= 10:
        return f"{seconds:.1f} s"
    milliseconds = seconds * 1000
    return f"{milliseconds:.{2 if milliseconds < 10 else 1 if milliseconds < 100 else 0}f} ms"


def size(number: float) -> str:
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{number / 1e3:.0f} KB"


def aim(goal: Goal | None) -> str:
    return f"{'≥' if goal.at_least else '≤'} {goal.limit:g}" if goal else ""


def holds(goal: Goal | None, number: float) -> str:
    return ("yes" if goal.holds(number) else "no") if goal else ""


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]

    def line(cells: list[str]) -> str:
        aligned = [cells[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:])]
        return f"| {' | '.join(aligned)} |"

    rule = f"|{'-' * (widths[0] + 2)}|{'|'.join('-' * (width + 1) + ':' for width in widths[1:])}|"
    return "\n".join([line(header), rule, *map(line, rows)])


def group(title: str, said: str, rows: list[Row]) -> str:
    """A table of commands that ran in turn. Ratios are to the first."""
    lines = []
    for row in rows:
        if row.failure:
            lines.append([row.label, aim(row.goal), "FAILED", "", "", "", ""])
        elif not row.ratios:
            lines.append([row.label, aim(row.goal), "", "", time(row.median), time(statistics.median(row.cpu)), ""])
        else:
            first = row is rows[0]
            lines.append([
                row.label, aim(row.goal), "1" if first else ratio(row.ratio),
                "" if first else f"{ratio(min(row.ratios))}–{ratio(max(row.ratios))}", time(row.median), time(statistics.median(row.cpu)),
                holds(row.goal, row.ratio),
            ])
    return section(title, said, table(["", "goal", "ratio", "min–max", "median", "processor", "holds"], lines))


def section(title: str, said: str, body: str) -> str:
    return f"## {title}\n\n{said}\n\n{body}\n"


def of_site(measured: Measured) -> str:
    site = measured.site
    return group(
        f"{measured.name}: {count(site.size.envs * site.size.vms)} VMs",
        f"{count(len(site.texts))} files, {size(measured.bytes)} of YAML, {count(site.size.envs)} envs of {site.size.vms} VMs. "
        "Ratios are to libyaml's scan.", measured.rows)


def peak(all_measured: list[Measured]) -> str:
    lines = []
    for measured in all_measured:
        for row in measured.rows:
            if not row.failure:
                goal = PEAK_GOALS.get((measured.name, row.label))
                times = row.peak / measured.bytes
                lines.append([f"{measured.name}: {row.label}", aim(goal), ratio(times), f"{row.peak / 2**20:.1f} MiB", holds(goal, times)])
    return section("Peak memory", "The largest resident set of any round, as a multiple of the bytes of the site's YAML.",
                   table(["", "goal", "× input", "peak", "holds"], lines))


def linearity(all_measured: list[Measured]) -> str:
    lines = []
    for measured in all_measured:
        if measured.name in LINEAR:
            vms = measured.site.size.envs * measured.site.size.vms
            cells = [f"{count(vms)} VMs", size(measured.bytes)]
            for label in (SCAN, VALIDATE, FRESH, SAME):
                row = measured.row(label)
                if row.failure:
                    cells.append("FAILED")
                else:
                    cells.append(time(row.median) + ("" if label == SCAN or not row.ratios else f", {ratio(row.ratio)} ×"))
            build = measured.row(FRESH)
            lines.append([*cells, "" if build.failure else f"{build.median / vms * 1e6:.2f} µs"])
    said = "The median time, and the ratio to the scan of the same site, which stays the same where time grows as the site does."
    return section("How it grows", said, table(["", "input", SCAN, VALIDATE, FRESH, SAME, "a VM of a fresh build"], lines))


def fleet(all_measured: list[Measured]) -> str:
    lines = []
    for label in (SCAN, INVENTORY, TARGETS, HOOK_VALIDATE, HOOK_BUILD, DIFF):
        rows = [measured.row(label) for measured in all_measured]
        cells = ["FAILED" if row.failure else time(row.median) + ("" if label == SCAN or not row.ratios else f", {ratio(row.ratio)} ×")
                 for row in rows]
        lines.append([label, *cells])
    vms = [f"{count(one.site.size.envs * one.site.size.vms)} VMs" for one in all_measured]
    said = ("A site in a repository of git, with its outputs: what is made of all of it, what hooks run before each commit, and what tells a "
            "change. The median time, and the ratio to the scan of the same site.")
    return section("A whole fleet, in git", said, table(["", *vms], lines))


def instructions(counts: list[tuple[str, int | None, int | None]]) -> str:
    lines = [[label, "FAILED" if number is None else count(number), ratio(number / scan) if number and scan else ""]
             for label, number, scan in counts]
    return section("Instructions", "Counted by callgrind. They repeat to about one in a thousand, on a busy machine, too.",
                   table(["", "instructions", "× scan"], lines))


def machine(bench: Bench, resolve: str, built_here: bool) -> str:
    """The kind of machine and the programs. No name, no path, no date."""
    def said(*words: str) -> str:
        run = subprocess.run(words, capture_output=True, text=True, env=bench.environment)
        return (run.stdout.splitlines() or [""])[0].strip()

    def field(path: str, name: str) -> str:
        with open(path, encoding="utf-8") as file:
            found = re.search(rf"^{name}\s*:\s*(.+)$", file.read(), re.M)
        return found.group(1).strip() if found else "unknown"

    memory = round(int(field("/proc/meminfo", "MemTotal").split()[0]) / 2**20)
    with open(resolve, "rb") as file:
        linked = "dynamic" if b"/ld-linux" in file.read(8192) else "static"
    facts = [
        f"{field('/proc/cpuinfo', 'model name')}, {len(os.sched_getaffinity(0))} cores, {memory} GiB of memory",
        f"{platform.system()} {platform.release()}, {platform.machine()}",
        f"libyaml {said(bench.floor(), 'version')}, scanned by a program of {said(compiler(), '--version')}, `-O2`",
        f"resolve {said(resolve, '--version')}, {linked}, {size(os.path.getsize(resolve))}",
        f"Python {platform.python_version()}" + (f", {said('valgrind', '--version')}" if shutil.which("valgrind") else ""),
    ]
    swift = re.search(r"Swift version [\d.]+", said("swift", "--version")) if built_here and shutil.which("swift") else None
    if swift:
        facts[3] += f", built with {swift.group()}"
    return "\n".join(f"* {fact}" for fact in facts)


def document(about: str, rounds: int, sections: list[str]) -> str:
    return f"""# How fast it is

Written by `make bench`. Commands ran in turn, {rounds} rounds after one that does not count ({rounds * 3} for the start); whole processes, one at a time. A ratio is taken
within its round: the table has the median of the ratios and their range, then the median time and processor time. "Fresh" is without outputs, lock and
cache: those of the round before are moved away, since some file systems make files slowly where others were just deleted. `validate` and "one env" have no cache either. Every answer was compared with what it has to be.

{about}

""" + "\n".join(sections)
