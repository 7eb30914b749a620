"""A whole site with its secrets encrypted by the real tools: the same bytes as with plain secrets, and nothing without a key."""

import json
import pathlib
import re
import shutil
import stat

import age_checks
from tools import payload_fault, refusal_fault, success_fault

EXAMPLE = pathlib.Path(__file__).resolve().parents[3] / "examples" / "homestak"
SUBJECTS = [["env", env, "--node", node] for env in ("dev", "staging", "prod") for node in ("pve", "pve2")] + [["vars", "dev"]]


# What the example's references look for. Made up; the words are looked for in messages.
SECRETS = """\
# A comment, so that sops has one to encrypt.
api_tokens:                   # by node
  pve: "root@pam!tofu=zebra-0001"
  pve2: "root@pam!tofu=quilt-0002"
passwords:
  vm_root: "$6$marble$hash-that-matches-nothing"
ssh_keys:
  # Public keys, with dots and more in their names.
  jderose@father: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIzebra0001 jderose@father"
  backup@nas: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIquilt0002 backup@nas"
  carol@host.lan: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAImarble03 carol@host.lan"
auth:
  site_token: marble-site-token
  node_tokens:
    web1: zebra-node-token-1
    web2: quilt-node-token-2
    db1: marble-node-token-3
    metrics1: 'violet "node" token: 4'
"""
PLANTED = [b"zebra", b"quilt", b"marble", b"violet", b"hash-that-matches-nothing"]


class Site:
    """A copy of the example without its secrets; a test puts its own there."""

    def __init__(self, tools, work, name):
        self.tools, self.path = tools, work / name
        shutil.copytree(EXAMPLE, self.path, ignore=shutil.ignore_patterns("secrets*", ".sops.yaml", "*identit*"))
        self.secrets = self.path / "secrets.yaml"

    def resolve(self, *words, **variables):
        return self.tools.execute([self.tools.program, "--site", self.path, *words], **variables)


class Setting:
    """The keys, the plain site to compare with, and the encrypted ones."""

    def __init__(self, tools, work):
        self.tools, self.work = tools, work
        self.key, self.stranger, self.ssh = work / "keys.txt", work / "stranger.txt", work / "home/.ssh/id_ed25519"
        self.ssh.parent.mkdir(parents=True)
        self.recipient, self.strange = tools.new_age_key(self.key), tools.new_age_key(self.stranger)
        self.ssh_recipient = tools.new_ssh_key(self.ssh)
        self.plain = work / "plain.yaml"
        self.plain.write_text(SECRETS)

    def with_sops(self, name, file, recipient, kind="yaml"):
        site = Site(self.tools, self.work, name)
        configuration = self.work / f"{name}.sops.yaml"
        configuration.write_text(json.dumps({"creation_rules": [{"age": recipient}]}))
        (site.path / file).write_bytes(self.tools.sops_encrypt(self.plain, "yaml", configuration, kind))
        return site

    def with_age(self, name, file, recipients, armor=False):
        site = Site(self.tools, self.work, name)
        self.tools.age_encrypt(SECRETS.encode(), site.path / file, recipients, armor)
        return site


def check_same_bytes(checks, setting, plain):
    """Every output is what the plain secrets give, wherever the key comes from."""
    key, home = ["-i", setting.key], {"HOME": str(setting.ssh.parent.parent)}
    both = [setting.ssh_recipient, setting.recipient]
    for site, options, variables in (
        (setting.with_sops("sops", "secrets.yaml.enc", setting.recipient), key, {}),
        (setting.with_sops("sops-renamed", "secrets.enc.yaml", setting.recipient), [], {"SOPS_AGE_KEY_FILE": str(setting.key)}),
        (setting.with_sops("sops-json", "secrets.yaml.enc", setting.recipient, "json"), key, {}),
        (setting.with_sops("sops-ssh", "secrets.yaml.enc", setting.ssh_recipient), [], home),
        (setting.with_sops("sops-plain-name", "secrets.yaml", setting.recipient), key, {}),
        (setting.with_age("age", "secrets.yaml.age", [setting.recipient]), key, {}),
        (setting.with_age("age-armored", "secrets.yaml.enc", both, armor=True), ["-i", setting.stranger, *key], {}),
        (setting.with_age("age-ssh", "secrets.yaml.age", both), [], home),
    ):
        for subject in SUBJECTS:
            fault = payload_fault(site.resolve(*options, *subject, **variables), plain[tuple(subject)], PLANTED)
            checks.expect(fault, f"{site.path.name}: {' '.join(subject)}")
        after = site.resolve(*SUBJECTS[0], *options, **variables)
        checks.expect(
            payload_fault(after, plain[tuple(SUBJECTS[0])], PLANTED), f"{site.path.name}: the identity after the command"
        )


def check_without_identity(checks, setting, redacted):
    """What needs no secret needs no key; what does names who could open the file, and says where keys were looked for."""
    sops = setting.with_sops("closed-sops", "secrets.yaml.enc", setting.recipient)
    age = setting.with_age("closed-age", "secrets.yaml.age", [setting.recipient])
    trap = setting.work / "key-command-ran"
    command = {"SOPS_AGE_KEY_CMD": f"touch '{trap}'"}
    for site, wanted in ((sops, re.escape(setting.recipient)), (age, age_checks.NATIVE)):
        name = site.path.name
        for subject in SUBJECTS:
            where = [wanted, "SOPS_AGE_KEY", r"keys\.txt"]
            checks.expect(
                refusal_fault(site.resolve(*subject), PLANTED, [2], where),
                f"{name}: {' '.join(subject)} without an identity",
            )
            shown = site.resolve(*subject, "--redact", **command)
            fault = success_fault(shown, PLANTED)
            if not fault and site is sops and shown.out != redacted[tuple(subject)]:
                fault = f"other bytes than with plain secrets:\n{shown.out.decode()}"
            if not fault and json.loads(shown.out).get("api_token") != json.loads(redacted[tuple(subject)]).get("api_token"):
                fault = "its token is not the redacted one"
            if not fault and any(secret in shown.out for secret in PLANTED):
                fault = "it shows a secret"
            checks.expect(fault, f"{name}: {' '.join(subject)} --redact")
        another = site.resolve("-i", setting.stranger, *SUBJECTS[0])
        mentions = [wanted, re.escape(setting.strange), re.escape(setting.stranger.name)]
        checks.expect(refusal_fault(another, PLANTED, [2], mentions), f"{name}: another identity")
        checks.expect(success_fault(site.resolve("validate", **command), PLANTED), f"{name}: validate")
        checks.expect(
            "the command that gives keys was run" if trap.exists() else None, f"{name}: --redact and validate run no key command"
        )


def check_references(checks, setting):
    """Keys stay readable in a SOPS file, so a reference to one that is not there is found without any identity."""
    for name, good in (("sops-reference", True), ("sops-dangling", False)):
        site = setting.with_sops(name, "secrets.yaml.enc", setting.recipient)
        node = site.path / "nodes" / "pve.yaml"
        text = "".join(line for line in node.read_text().splitlines(True) if not line.startswith("api_token:"))
        node.write_text(text + f"api_token: {'pve2' if good else 'absent'}\n")
        result = site.resolve("validate")
        fault = success_fault(result) if good else refusal_fault(result, PLANTED, [1], ["absent"])
        checks.expect(fault, f"{name}: validate")


def check_damage(checks, setting):
    """A damaged file is wrong content, also where most of it could be read."""
    subject = SUBJECTS[0]
    sops = setting.with_sops("damaged-sops", "secrets.yaml.enc", setting.recipient)
    file = sops.path / "secrets.yaml.enc"
    text = file.read_text()
    tokens = re.findall(r"(?m)^    pve2?: (ENC\[.*)$", text)
    for name, changed in (
        ("a changed letter", text.replace(tokens[0], tokens[0].replace("data:", "data:AAAA"))),
        ("two tokens swapped", text.replace(tokens[0], "%").replace(tokens[1], tokens[0]).replace("%", tokens[1])),
        ("no MAC", re.sub(r"(?m)^    mac:.*\n", "", text)),
        ("a deleted token", re.sub(r"(?m)^    pve2:.*\n", "", text)),
    ):
        file.write_text(changed)
        checks.expect(refusal_fault(sops.resolve("-i", setting.key, *subject), PLANTED, [1]), f"SOPS, {name}")
    age = setting.with_age("damaged-age", "secrets.yaml.age", [setting.recipient])
    file = age.path / "secrets.yaml.age"
    data = file.read_bytes()
    for name, changed in (
        ("cut", data[:-1]),
        ("its last byte changed", data[:-1] + bytes([data[-1] ^ 1])),
        ("a byte more", data + b"\n"),
    ):
        file.write_bytes(changed)
        checks.expect(refusal_fault(age.resolve("-i", setting.key, *subject), PLANTED, [1]), f"age, {name}")


def check_two_files(checks, setting, plain):
    """A plain file beside an encrypted one: the encrypted one is the truth, and a difference is told without its value."""
    subject, key = SUBJECTS[0], ["-i", setting.key]
    site = setting.with_sops("beside", "secrets.yaml.enc", setting.recipient)
    site.secrets.write_text(SECRETS)
    checks.expect(payload_fault(site.resolve(*key, *subject), plain[tuple(subject)], PLANTED), "equal files")
    unopened = site.resolve(*subject)
    fault = payload_fault(unopened, plain[tuple(subject)], PLANTED)
    checks.expect(fault or (None if unopened.err.strip() else "no warning"), "no identity: the plain one, with a warning")
    other = "another-token-by-hand"
    site.secrets.write_text(SECRETS.replace("marble-site-token", other))
    differing = refusal_fault(site.resolve(*key, *subject), [*PLANTED, other.encode()], [1], ["site_token"])
    checks.expect(differing, "a differing key is named")
    site.secrets.unlink()
    shutil.copy(site.path / "secrets.yaml.enc", site.path / "secrets.enc.yaml")
    checks.expect(refusal_fault(site.resolve(*key, *subject), PLANTED, [1, 2], [r"secrets\.enc\.yaml"]), "two encrypted files")


def check_written_file(checks, setting, plain):
    site, target = setting.with_age("written", "secrets.yaml.age", [setting.recipient]), setting.work / "out.tfvars.json"
    fault = success_fault(site.resolve("-i", setting.key, *SUBJECTS[0], "-o", target), PLANTED)
    if not fault and target.read_bytes() != plain[tuple(SUBJECTS[0])]:
        fault = "other bytes than on stdout"
    if not fault and stat.S_IMODE(target.stat().st_mode) != 0o600:
        fault = f"others can read it: {stat.S_IMODE(target.stat().st_mode):o}"
    checks.expect(fault, "-o FILE")


def check(tools, checks, work):
    setting = Setting(tools, work)
    original = Site(tools, work, "plain")
    original.secrets.write_text(SECRETS)
    plain, redacted = {}, {}
    for subject in SUBJECTS:
        plain[tuple(subject)] = tools.must([tools.program, "--site", original.path, *subject])
        redacted[tuple(subject)] = tools.must([tools.program, "--site", original.path, *subject, "--redact"])
    failed = 0
    for name, part, more in (
        ("site, same bytes as with plain secrets", check_same_bytes, (plain,)),
        ("site, without an identity", check_without_identity, (redacted,)),
        ("site, references into SOPS without an identity", check_references, ()),
        ("site, damaged secrets", check_damage, ()),
        ("site, plain and encrypted side by side", check_two_files, (plain,)),
        ("site, written to a file", check_written_file, (plain,)),
    ):
        part(checks, setting, *more)
        failed += checks.group(name)
    return failed
