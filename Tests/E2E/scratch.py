"""Scratch repositories of git, the program run in them with nothing of the caller's environment, and checks one by one."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

PROGRAM = os.path.realpath(os.environ["RESOLVE"])
TIMEOUT = 120
IDENTITY = {"GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z"}


class Result:
    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()

    def __str__(self):
        return f"exit {self.status}\n--- stdout\n{self.out}--- stderr\n{self.err}"


class Scratch:
    """A folder of one run: a home without any configuration, a bin folder with `resolve`, and repositories."""

    def __init__(self, *paths):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="resolve-e2e-")).resolve()
        self.home, self.bin = self.folder / "home", self.folder / "bin"
        self.home.mkdir()
        self.bin.mkdir()
        (self.bin / "resolve").symlink_to(PROGRAM)
        self.path = ":".join([str(self.bin), *map(str, paths), "/usr/bin", "/bin"])
        self.count = 0

    def environment(self, **more):
        fixed = {"HOME": str(self.home), "PATH": self.path, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
        git = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        return {**fixed, **git, **IDENTITY, **more}

    def run(self, words, folder, **variables):
        """What a command says, without a terminal and without input."""
        done = subprocess.run(
            [str(word) for word in words], cwd=folder, env=self.environment(**variables), stdin=subprocess.DEVNULL,
            capture_output=True, timeout=TIMEOUT, check=False)
        return Result(done)

    def repository(self, files=(), copy=None, name=None):
        """A new repository of git with a first commit: a copy of a folder, files, or both."""
        self.count += 1
        repository = Repository(self, self.folder / (name or f"repository-{self.count}"))
        if copy:
            shutil.copytree(copy, repository.folder, dirs_exist_ok=True, symlinks=True)
        repository.write(dict(files))
        repository.git("init", "-q")
        repository.commit("the site")
        return repository

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Repository:
    def __init__(self, scratch, folder):
        self.scratch, self.folder = scratch, folder
        folder.mkdir(parents=True, exist_ok=True)

    def __truediv__(self, path):
        return self.folder / path

    def git(self, *words, status=0, **variables):
        names = ("-c", "user.name=test", "-c", "user.email=test@example.net", "-c", "init.defaultBranch=main")
        result = self.scratch.run(["git", *names, *words], self.folder, **variables)
        assert status is None or result.status == status, f"git {' '.join(words)}: {result}"
        return result

    def write(self, files):
        """Files by their path; None removes one."""
        for path, text in files.items():
            file = self.folder / path
            if text is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def replace(self, path, old, new):
        text = (self.folder / path).read_text()
        assert old in text, f"{path} has no {old!r}"
        (self.folder / path).write_text(text.replace(old, new))

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD").out.strip()

    def resolve(self, *words, status=0, folder=".", **variables):
        result = self.scratch.run(["resolve", *words], self.folder / folder, **variables)
        assert status is None or result.status == status, f"resolve {' '.join(map(str, words))} should exit {status}: {result}"
        return result

    def files(self, below="."):
        """Every file and its bytes, git's own aside."""
        top = self.folder / below
        found = (path for path in sorted(top.rglob("*")) if path.is_file() and ".git" not in path.relative_to(self.folder).parts)
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in found}


def says(result, *texts, where="err"):
    """That all of these stand in what was said."""
    said = {"err": result.err, "out": result.out, "both": result.out + result.err}[where]
    for text in texts:
        assert text in said, f"does not say {text!r}: {result}"


def run_checks(checks, *arguments):
    """Runs each check, named in the order of their file, and ends the program. Words of the command line after `--` choose some."""
    chosen = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    failed = 0
    for check in checks:
        name = check.__name__.removeprefix("check_").replace("_", " ")
        if chosen and not any(word in name for word in chosen):
            continue
        try:
            check(*arguments)
            print(f"  ok: {name}", flush=True)
        except Exception as error:
            failed += 1
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.name == check.__name__]
            place = f" (line {frames[-1].lineno})" if frames else ""
            print(f"  FAILED: {name}{place}: {type(error).__name__}: {error}", flush=True)
    if failed:
        print(f"{failed} failed")
    sys.exit(1 if failed else 0)
