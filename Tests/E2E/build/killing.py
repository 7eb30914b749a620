"""Runs a program under strace and kills it, or lets the system refuse, at one of its calls that change files."""

import os
import re
import subprocess

CALLS = (
    "open", "openat", "creat", "write", "pwrite64", "writev", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat",
    "rmdir", "chmod", "fchmod", "fchmodat", "ftruncate", "link", "linkat", "symlinkat", "copy_file_range", "sendfile", "fsync", "fdatasync",
)  # fmt: skip
LINE = re.compile(r"^(\d+) +(\w+)\((.*)")


def traced(words, folder, environment, trace, inject=()):
    command = ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={','.join(CALLS)}", "-e", "signal=none"]
    for rule in inject:
        command += ["-e", f"inject={rule}"]
    done = subprocess.run(
        [*command, "--", *map(str, words)], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        timeout=120, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def changing_calls(trace):
    """(call, its number) of each call of a trace that changes files; strace counts the calls of each name in each thread by themselves."""
    counts = {}
    for line in trace.read_text(errors="replace").splitlines():
        if not (match := LINE.match(line)):
            continue
        thread, call, arguments = match.groups()
        number = counts[thread, call] = counts.get((thread, call), 0) + 1
        if call in ("open", "openat") and not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", arguments):
            continue
        if call in ("write", "writev", "pwrite64") and re.match(r"[012],", arguments):
            continue
        yield call, number


def opened_files(trace, folder):
    """The paths below a folder that a trace opens."""
    found = re.findall(r'open(?:at)?\((?:AT_FDCWD, )?"([^"]*)"', trace.read_text(errors="replace"))
    paths = [os.path.join(folder, path) for path in found]
    return sorted({os.path.relpath(path, folder) for path in paths if os.path.realpath(path).startswith(f"{folder}/")})
