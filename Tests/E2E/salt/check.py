"""What salt-ssh printed, against what it should have; and the modules, without ssh.

    check.py pings MINION…              test.ping answered by exactly these          (salt-ssh's JSON on stdin)
    check.py pillar web|db              the pillar of kt_web_2, of kt_db_1           (salt-ssh's JSON on stdin)
    check.py applied MINION=SLS,SLS…    these states and no others ran, in this order  (salt-ssh's JSON on stdin)
    check.py files WEB DB               what the states wrote
    check.py rosters WORK               rosters, and modules that cannot do their work
"""

import json
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from comparing import same  # noqa: E402

# As they were encrypted: kt_web.sops.yaml with SOPS, postgres.yaml.age with age.
STATUS_TOKEN = r"""{{ 6 * 7 }} it's "quoted" C:\new {% raw %} größe ☃"""
PASSWORD = r"""{{ grains.id }} it's "quoted" back\slash {# gone? #} naïve 密"""
PILLARS = {
    "web": {"kt_web_2": {"worker_processes": 8, "worker_connections": 1024, "status_token": STATUS_TOKEN}},
    "db": {"kt_db_1": {"version": 15, "max_connections": 300, "password": PASSWORD}},
}
FILES = (
    {
        "host": "kt_web_1 in prod\n",
        "monitoring.token": "example-monitoring-token\n",
        "nginx.conf": "worker_processes 4;\nevents { worker_connections 1024; }\n",
        "nginx.token": STATUS_TOKEN + "\n",
        "certbot.ini": "email = hostmaster@example.net\ndomains = www.example.net, example.net\n",
    },
    {
        "host": "kt_db_1 in prod\n",
        "monitoring.token": "example-monitoring-token\n",
        "postgresql.conf": "max_connections = 300\n",
        "postgres.password": PASSWORD + "\n",
    },
)


def pings(*minions):
    same("test.ping", json.load(sys.stdin), dict.fromkeys(minions, True))


def pillar(name):
    same("pillar.get", json.load(sys.stdin), PILLARS[name])


def applied(*expected):
    order = {}
    for minion, states in json.load(sys.stdin).items():
        if not isinstance(states, dict):
            sys.exit(f"{minion}: {states}")
        failed = {name: state["comment"] for name, state in states.items() if state["result"] is not True}
        same(f"{minion}: what failed", failed, {})
        ran = [state["__sls__"] for state in sorted(states.values(), key=lambda state: state["__run_num__"])]
        order[minion] = list(dict.fromkeys(ran))
        same(f"{minion}: mixed", ran, sorted(ran, key=order[minion].index))
    same("states", order, {minion: names.split(",") for minion, names in (word.split("=") for word in expected)})


def files(*folders):
    for folder, expected in zip(map(pathlib.Path, folders), FILES):
        same(folder.name, {path.name: path.read_bytes().decode() for path in folder.iterdir()}, expected)
        for name in expected:
            if name.endswith((".token", ".password")):
                same(name, oct((folder / name).stat().st_mode & 0o777), "0o600")


# Host groups whose text YAML 1.1, YAML 1.2 or Jinja would like to take for something else.
GROUP = r"""#!yaml
instances:
  1: 2001:db8::1
  2: {ip: db.example.net, ssh: {port: 2200, ssh_options: [ServerAliveInterval=30, 'SetEnv=A="b c"']}}
  blue: 203.0.113.9
ssh:
  user: "yes"
  port: 22
  timeout: 90
  sudo: true
  tty: false
  set_path: "$PATH:/usr/local/bin"
  cmd_umask: 0077
  remote_port_forwards: "8080:localhost:80"
  grains:
    truth: "yes"
    mode: "0644"
    version: "1.10"
    exponent: "1e3"
    time: "1:30"
    day: "2024-01-01"
    nothing: "~"
    empty: ""
    spaces: "  two  "
    comment: "a # b"
    equals: "="
    merge: "<<"
    quotes: "it's \"quoted\""
    backslash: 'C:\new\x41'
    template: !raw "{{ 1 + 1 }} {% raw %} {# gone? #}"
    lines: "one\ntwo\n\n  three\t"
    next_line: "a\u0085b"
    separators: "a\u2028b\u2029c"
    control: "a\u0007b\u007f"
    mark: "\uFEFFa"
    letters: "größe ☃ 🎲 e\u0301"
    number: 644
    large: 12345678901234567890123
    small: -0.5
    whole: 1.0
    tiny: 1.0e-7
    "on": true
    "no": false
    none: null
    list: [1, "1", [], {}]
    map: {a: {b: "c: d"}}
    keys: {"1.10": a, "yes": b, "~": c, "": d, "x\u0085y": e, "# f": g, "- h": i, "j: k": l, größe: m, "<<": n, "=": o}
  minion_opts: {log_level: "off"}
"""
NAMES = """instances: {7: a.example.net, "010": b.example.net, 1e3: 203.0.113.1, "true": "::1", "1.10": 203.0.113.2, "null": c.example.net}
naming: "{instance}"
"""
COMMON = {
    "user": "yes", "port": 22, "timeout": 90, "sudo": True, "tty": False, "set_path": "$PATH:/usr/local/bin",
    "cmd_umask": 63, "remote_port_forwards": "8080:localhost:80", "minion_opts": {"log_level": "off"},
    "grains": {
        "truth": "yes", "mode": "0644", "version": "1.10", "exponent": "1e3", "time": "1:30", "day": "2024-01-01", "nothing": "~",
        "empty": "", "spaces": "  two  ", "comment": "a # b", "equals": "=", "merge": "<<", "quotes": "it's \"quoted\"",
        "backslash": r"C:\new\x41", "template": "{{ 1 + 1 }} {% raw %} {# gone? #}", "lines": "one\ntwo\n\n  three\t",
        "next_line": "a\u0085b", "separators": "a\u2028b\u2029c", "control": "a\u0007b\u007f", "mark": "\ufeffa",
        "letters": "größe ☃ 🎲 e\u0301", "number": 644, "large": 12345678901234567890123, "small": -0.5, "whole": 1.0, "tiny": 1e-07,
        "on": True, "no": False, "none": None, "list": [1, "1", [], {}], "map": {"a": {"b": "c: d"}},
        "keys": {
            "1.10": "a", "yes": "b", "~": "c", "": "d", "x\u0085y": "e", "# f": "g", "- h": "i", "j: k": "l", "größe": "m", "<<": "n",
            "=": "o",
        },
    },
}  # fmt: skip
ROSTER = {
    "odd_1": {"host": "2001:db8::1", **COMMON},
    "odd_2": {"host": "db.example.net", **COMMON, "port": 2200, "ssh_options": ["ServerAliveInterval=30", 'SetEnv=A="b c"']},
    "odd_blue": {"host": "203.0.113.9", **COMMON},
    "7": {"host": "a.example.net"},
    "010": {"host": "b.example.net"},
    "1e3": {"host": "203.0.113.1"},
    "true": {"host": "::1"},
    "1.10": {"host": "203.0.113.2"},
    "null": {"host": "c.example.net"},
}


def rosters(work):
    import salt.config
    import salt.loader
    import salt.roster

    site = pathlib.Path(work) / "odd"
    (site / "pillar/hosts").mkdir(parents=True)
    (site / "site.yaml").touch()
    (site / "pillar/hosts/odd.sls").write_text(GROUP, "utf-8")
    (site / "pillar/hosts/name.sls").write_text(NAMES, "utf-8")
    compiled = [["resolve", "--site", site, "roster", "--format", form] for form in ("json", "yaml")]
    as_json, as_yaml = (subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout for command in compiled)
    same("resolve roster --format json", json.loads(as_json), ROSTER)
    opts = salt.config.client_config("etc/master")
    opts.pop("roster_defaults")
    opts["roster_file"] = str(site / "roster")
    (site / "roster").write_bytes(as_yaml)
    same("Salt's flat roster", salt.roster.Roster(opts, "flat").targets("*", "glob"), ROSTER)

    # The module: the master's keys say which site and program, and its defaults are below.
    program = opts["resolve_command"] = [str(pathlib.Path(work) / "bin/resolve"), "--quiet"]
    opts["resolve_site"] = str(site)
    same("the module", salt.roster.Roster(opts, "resolve").targets("*", "glob"), ROSTER)
    opts["roster_defaults"] = {"port": 1, "priv": "key"}
    same("one target", salt.roster.Roster(opts, "resolve").targets("odd_2", "glob"), {"odd_2": {"priv": "key", **ROSTER["odd_2"]}})

    # A module that does not get what it needs says so, and nothing that may be secret.
    spoken = site / "spoken"
    for printed in (b"", b"[]", b"null", b'"hunter2"', b"hunter2: {", b"\xff hunter2"):
        spoken.write_bytes(printed)
        opts["resolve_command"] = ["sh", "-c", 'cat "$0"', str(spoken)]
        opts["resolve_site"] = None
        refused("roster", lambda: salt.roster.Roster(opts, "resolve").targets("*", "glob"))
        refused("pillar", lambda: salt.loader.pillars(opts, {})["resolve"]("odd_1", {}))
    opts["resolve_command"], opts["resolve_site"] = program, str(site)
    pillars = salt.loader.pillars(opts, {})
    same("the pillar's module", pillars["resolve"]("odd_blue", {})["host"]["instance"], "blue")
    for name in ("odd_3", "-C", "--help"):
        refused("pillar of a minion that is not there", lambda: pillars["resolve"](name, {}))


def refused(what, call):
    import salt.exceptions

    try:
        call()
    except (salt.exceptions.SaltClientError, salt.exceptions.CommandExecutionError) as error:
        if "hunter2" in str(error):
            sys.exit(f"{what}: shows what may be secret: {error}")
    else:
        sys.exit(f"{what}: went through")


if __name__ == "__main__":
    os.umask(0o077)
    globals()[sys.argv[1]](*sys.argv[2:])
