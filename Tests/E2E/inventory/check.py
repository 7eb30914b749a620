"""What Ansible saw of examples/site-config (as `run` changes it), against what it should have.

    check.py seen SCOPE FILE       the groups and the variables in a play, of an env or of all
    check.py same FILE…            ansible-inventory printed the same for every form
    check.py script SCOPE LIST     --list has every group, in the shape that no version of Ansible warns about
    check.py hosts LIST FILE…      --host prints what --list has
    check.py haproxy SCOPE FOLDER  what the template became
    check.py site FOLDER           makes a site whose secrets look like numbers, booleans and dates
    check.py odd FILE              they came as the texts that they are
"""

import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from comparing import same  # noqa: E402

PASSWORD = r"""{{ lookup('env', 'HOME') }} it's "quoted" back\slash {% raw %} {# gone? #} naïve 密"""
TOKEN = "{{ not a template }}"
ENVS = ("lab", "staging", "prod")
# Behind `!unsafe` in YAML some versions of Ansible forget the quotes around such a text.
ODD = [
    "00012345", "0644", "0x1f", "0b1", "1_000", "1:30", "1.10", "1e3", "-0", "+.inf", ".nan", "2001-01-01",
    "2020-01-01T00:00:00Z", "2001-12-14 21:59:43.10 -5", "yes", "No", "ON", "off", "true", "FALSE", "null", "Null", "~",
    "=", "<<", "y", "n", "hunter2", "12{{ 1 }}", "{% x", "{# y", "a: b", "- a", "!tag", "&a", "*a", "12\n", " 12", "%",
]

BACKENDS = {
    "lab": ["lab-backend-1"],
    "prod": ["prod-backend-1", "prod-backend-2", "prod-backend-3", "prod-backend-10"],
    "staging": ["staging-backend-blue", "staging-backend-green"],
}
PROXIES = {"lab": ["lab-haproxy-1"], "prod": ["prod-haproxy-1", "prod-haproxy-2"], "staging": ["staging-haproxy-1"]}
MINIOS = {"lab": [], "prod": [f"prod-minio-{n}" for n in (1, 2, 3, 4)], "staging": ["staging-minio-1"]}
POSTGRES = {
    "lab": ["lab-postgres-1"],
    "prod": ["prod-postgres-1", "prod-postgres-2", "prod-postgres-3"],
    "staging": ["staging-postgres-1", "staging-postgres-2"],
}
REDISES = {"lab": ["lab-redis-1"], "prod": ["prod-redis-1", "prod-redis-2"], "staging": ["staging-redis-1"]}
KINDS = {"backend": BACKENDS, "haproxy": PROXIES, "minio": MINIOS, "postgres": POSTGRES, "redis": REDISES}
SERVED = {  # the lines of HAProxy's servers
    "lab": ["lab-backend-1 10.10.0.21:8080 check"],
    "prod": [
        "prod-backend-1 10.30.0.21:8080 check",
        "prod-backend-2 10.30.0.22:8080 check",
        "prod-backend-3 10.30.0.23:8080 check",
        "prod-backend-10 10.30.0.30:8080 check",
    ],
    "staging": [
        "staging-backend-blue staging-backend-blue.incus:8080 check",
        "staging-backend-green backend-green-v2.incus:8080 check backup",
    ],
}
ADDRESSES = {
    "lab-backend-1": "10.10.0.21", "lab-haproxy-1": "10.10.0.11", "lab-postgres-1": "10.10.0.31",
    "lab-redis-1": "10.10.0.41", "lab-sandbox": "10.10.0.90", "nas": "10.10.0.5",
    "prod-backend-1": "10.30.0.21", "prod-backend-2": "10.30.0.22", "prod-backend-3": "10.30.0.23",
    "prod-backend-10": "10.30.0.30", "prod-haproxy-1": "10.30.0.11", "prod-haproxy-2": "10.30.0.12",
    "prod-minio-1": "10.30.0.51", "prod-minio-2": "10.30.0.52", "prod-minio-3": "10.30.0.53",
    "prod-minio-4": "10.30.0.54", "prod-postgres-1": "10.30.0.31", "prod-postgres-2": "10.30.0.32",
    "prod-postgres-3": "10.30.0.33", "prod-redis-1": "2001:db8:30::41", "prod-redis-2": "2001:db8:30::42",
    "pve-a": "10.10.0.2", "pve-b": "10.30.0.2",
}  # fmt: skip
# What Ansible adds to every host's variables, and what `run` gives to the playbook.
ITS_OWN = {
    "ansible_check_mode", "ansible_config_file", "ansible_diff_mode", "ansible_facts", "ansible_forks",
    "ansible_inventory_sources", "ansible_playbook_python", "ansible_run_tags", "ansible_skip_tags",
    "ansible_verbosity", "ansible_version", "group_names", "groups", "hostvars", "inventory_dir", "inventory_file",
    "inventory_hostname", "inventory_hostname_short", "omit", "playbook_dir", "seen",
}  # fmt: skip


def expected_groups(scope):
    """Each group's hosts in the order of a play: its own, then those of its children."""
    envs = [env for env in sorted(ENVS) if scope in ("all", env)]
    groups = {"ungrouped": []}
    for kind, hosts in KINDS.items():
        for env in ENVS:
            if not (kind, env) == ("minio", "lab"):
                groups[f"{kind}_{env}"] = hosts[env] if env in envs else []
        groups[kind] = [host for env in envs for host in hosts[env]]
    minions = {env: [host for kind in KINDS for host in KINDS[kind][env]] for env in envs}
    machines = ["nas", "pve-a", "pve-b"] if scope == "all" else []
    for env in ENVS:
        # prod's databases and all of lab are VMs, too; one of lab's is nothing else.
        groups[f"env_{env}"] = (minions[env] + ["lab-sandbox"] * (env == "lab")) if env in envs else []
    every = [host for env in envs for host in minions[env]]
    groups["backend_api"] = groups["backend"]
    groups["monitored"] = every + machines
    groups["physical"] = machines
    groups["nodes"] = machines[1:]
    groups["etcd"] = groups["patroni"] = groups["postgres_prod"]
    groups["vms"] = groups["env_lab"] + groups["postgres_prod"]
    groups["data"] = groups["minio"] + groups["postgres"] + groups["redis"]
    groups["postgres_primary"] = [host for host in groups["postgres"] if host.endswith("-1")]
    groups["postgres_replicas"] = [host for host in groups["postgres"] if not host.endswith("-1")]
    groups["tls"] = sorted(groups["haproxy"] + groups["minio"])
    groups["critical"] = groups["env_prod"] + groups["nodes"]
    groups["types"] = groups["haproxy"] + groups["nodes"]
    groups["containers"] = groups["env_staging"]
    groups["controller"] = machines[:1]
    groups["all"] = every + ["lab-sandbox"] * ("lab" in envs) + machines
    return groups


# Groups whose hosts are their own alone, or those of children in the order of their names: here the order is checked, too.
ORDERED = {"backend", "backend_api", "backend_prod", "backend_staging", "haproxy", "minio", "postgres", "redis", "data"}
ORDERED |= {"tls", "postgres_primary", "postgres_replicas", "etcd", "patroni", "nodes", "physical"}


def expected_variables(host, groups):
    """What `host` has, of its own and from the groups that it is in."""
    env = host.split("-")[0] if host.split("-")[0] in ENVS else None
    is_in = {name for name, hosts in groups.items() if host in hosts}
    yield "ansible_python_interpreter", "/usr/bin/python3"
    yield "file_mode", "0644"
    yield "ntp_servers", ["ntp1.example.net", "ntp2.example.net"]
    yield "http_proxy", None
    yield "backup_directory", f"/srv/backup/{host}"

    if env == "staging":
        yield "ansible_connection", "community.general.incus"
        yield "ansible_incus_remote", "staging"
        yield "ansible_incus_project", "shop"
        yield "ansible_incus_host", "backend-green-v2" if host == "staging-backend-green" else host
    else:
        yield "ansible_host", ADDRESSES[host]
        yield "ansible_user", {"lab": "debian", "prod": "deploy", None: "admin" if host == "nas" else "root"}[env]
    if host == "nas":
        yield "ansible_connection", "local"
        yield "ansible_port", 2222
    if env == "prod":
        yield "ansible_become", True
        if is_in & {"backend", "haproxy"}:
            yield "ansible_port", 2222

    if env:
        yield "env_name", env
        yield "public_name", {"prod": "shop.example.org"}.get(env, f"shop.{env}.example.org")
    if env == "staging":
        yield "backend_active", "blue"
    if env == "prod":
        yield "alerting", {"url": "https://alerts.example.net/hook", "token": TOKEN}
    if "critical" in is_in:
        yield "alert_after_minutes", 5
    if "monitored" in is_in:
        yield "node_exporter_port", 9100
    if "haproxy" in is_in:
        yield "haproxy_config", "/etc/haproxy/haproxy.cfg"
        yield "haproxy_stats_port", 8404
    if "tls" in is_in:
        yield "tls_directory", "/etc/ssl/site"
        yield "tls_renew_days", 21
    if "data" in is_in:
        yield "backup_enabled", True
        yield "backup_keep_days", 30 if "postgres" in is_in else 7
    if "postgres" in is_in:
        yield "postgres_version", 15
        yield "postgres_password", "example-superuser-password"
    if "postgres_prod" in is_in:
        yield "postgres_max_connections", 400
    if "backend" in is_in:
        yield "java", {"heap_mb": 4096 if host == "prod-backend-3" else 1024, "gc": "g1"}
        yield "backend_port", 8080
        yield "backend_health", "/actuator/health"
        yield "database", {"host": f"{env}-postgres-1", "port": 5432, "user": "shop", "password": PASSWORD}
        yield "container_format", "{{.Names}} {{.Status}}"
    if host.startswith("staging-backend-"):
        yield "color", host.removeprefix("staging-backend-")
    if "types" in is_in:
        text = "0644|1.10|yes|null|2024-01-01|~|1_000|0x1F|12:30|| padded |ünïcödé 密"
        yield "text", text.split("|")
        yield "quotes", "it's \"quoted\" back\\slash\ttab\nline"
        yield "raw", ["{{ 6 * 7 }}", {"deep": "{% raw"}]
        yield "numbers", [0, -1, 8080, 9007199254740993, 1.5, 1.0]
        yield "others", [True, False, None, [], {}]
        yield "secrets", [PASSWORD, {"token": TOKEN}]


def read(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def seen(scope, path):
    document, groups = read(path), expected_groups(scope)
    got = {name: hosts if name in ORDERED else sorted(hosts) for name, hosts in document["groups"].items()}
    same(f"{path}: groups", got, {name: hosts if name in ORDERED else sorted(hosts) for name, hosts in groups.items()})
    hosts = document["hostvars"]
    same(f"{path}: hosts", sorted(set(hosts) - {"localhost"}), sorted(groups["all"]))
    for host in groups["all"]:
        variables = {name: value for name, value in hosts[host].items() if name not in ITS_OWN}
        filled_in = variables.pop("filled_in", None)
        same(f"{path}: variables of {host}", variables, dict(expected_variables(host, groups)))
        if host in groups["types"]:
            # From 2.19 on a template of a number is a number; before, it is text.
            same(f"{path}: filled_in of {host}", filled_in["name"], host.upper())
            same(f"{path}: filled_in of {host}", str(filled_in["number"]), "42")
        names = sorted(name for name in groups if host in groups[name] and name != "all")
        same(f"{path}: group_names of {host}", hosts[host]["group_names"], names)


def all_the_same(first, *others):
    def sets(document):
        for name, group in document.items():
            if name != "_meta":
                for key in ("hosts", "children"):
                    group[key] = sorted(group.get(key, []))
        return document

    for other in others:
        same(f"{other}, beside {first}", sets(read(other)), sets(read(first)))


def script(scope, path):
    document, groups = read(path), expected_groups(scope)
    del groups["ungrouped"]
    same(f"{path}: groups", sorted({*document} - {"_meta"}), sorted(groups))
    same(f"{path}: hosts", sorted(document["_meta"]["hostvars"]), sorted(groups["all"]))
    for name, group in document.items():
        keys = {"_meta": ["hostvars"]}.get(name, [key for key in ("children", "hosts", "vars") if key in group])
        same(f"{path}: keys of {name}", sorted(group), keys)
        if not keys:
            sys.exit(f"{path}: {name} is empty, which Ansible takes for a host")


def own(listed, *paths):
    for path in paths:
        same(path, read(path), read(listed)["_meta"]["hostvars"][pathlib.Path(path).name])


def site(folder):
    place = pathlib.Path(folder)
    for name in ("groups", "pillar/hosts"):
        (place / name).mkdir(parents=True)
    (place / "site.yaml").touch()
    texts = {f"s{number}": text for number, text in enumerate(ODD)}
    (place / "secrets.yaml").write_text(json.dumps({"odd": texts}), encoding="utf-8")
    (place / "pillar/hosts/odd.sls").write_text("instances: {1: 127.0.0.1}\n", encoding="utf-8")
    odd = "".join(f"    - !secret odd.{name}\n" for name in texts)
    raw = "".join(f"    - !raw {json.dumps(text)}\n" for text in ODD)
    (place / "groups/all.yaml").write_text(f"vars:\n  odd:\n{odd}  raw:\n{raw}", encoding="utf-8")


def odd(path):
    """Before 2.19 ansible-inventory prints the mark of what is no template."""
    document = read(path)
    for name in ("odd", "raw"):
        plain = [item["__ansible_unsafe"] if isinstance(item, dict) else item for item in document[name]]
        same(f"{path}: {name}", plain, ODD)


def haproxy(scope, folder):
    written = {path.stem: path for path in pathlib.Path(folder).glob("*.cfg")}
    envs = ENVS if scope == "all" else [scope]
    same(folder, sorted(written), sorted(host for env in envs for host in PROXIES[env]))
    for env in envs:
        for host in PROXIES[env]:
            lines = [line.strip() for line in written[host].read_text(encoding="utf-8").splitlines()]
            same(f"{host}: servers", [line[7:] for line in lines if line.startswith("server ")], SERVED[env])
            same(f"{host}: taking turns", "balance roundrobin" in lines, env != "staging")
            same(f"{host}: mode", oct(written[host].stat().st_mode & 0o7777), "0o644")
            name = "shop.example.org" if env == "prod" else f"shop.{env}.example.org"
            same(f"{host}: certificate", f"bind :443 ssl crt /etc/ssl/site/{name}.pem" in lines, True)


if __name__ == "__main__":
    commands = {
        "seen": seen, "same": all_the_same, "script": script, "hosts": own, "haproxy": haproxy, "site": site, "odd": odd,
    }  # fmt: skip
    commands[sys.argv[1]](*sys.argv[2:])
