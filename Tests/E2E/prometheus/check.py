"""The targets of examples/site-config, as files, promtool and Prometheus have them, against what they should be.

    check.py files             file_sd/ has one file for each job of prometheus.yml, of the right shape; and what --env keeps
    check.py discovered DIR    what promtool printed for each job
    check.py server URL STATE  what a server has, before or after `run` changed the site; waits for it
    check.py stamps            inode, time and digest of each file, as JSON; with FILE JOB…: only these files differ from it
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

NETWORKS = {"lab": "10.10.0", "staging": "10.20.0", "prod": "10.30.0"}
# Each host group's instances: number or colour, and the last part of the address.
INSTANCES = {
    ("backend", "lab"): {"1": 21},
    ("backend", "staging"): {"blue": 21, "green": 22},
    ("backend", "prod"): {"1": 21, "2": 22, "3": 23},
    ("haproxy", "lab"): {"1": 11},
    ("haproxy", "staging"): {"1": 11},
    ("haproxy", "prod"): {"1": 11, "2": 12},
    ("minio", "staging"): {"1": 51},
    ("minio", "prod"): {"1": 51, "2": 52, "3": 53, "4": 54},
    ("postgres", "lab"): {"1": 31},
    ("postgres", "staging"): {"1": 31, "2": 32},
    ("postgres", "prod"): {"1": 31, "2": 32, "3": 33},
    ("redis", "lab"): {"1": 41},
    ("redis", "staging"): {"1": 41},
    ("redis", "prod"): {"1": 41, "2": 42},
}
# What is scraped of a host group's machines: component, job, port, path, scheme and labels of the metric's own.
SCRAPED = {
    "backend": [("backend-api", 8081, "/actuator/prometheus", "http", {"framework": "spring"})],
    "haproxy": [("haproxy", 8404, "/metrics", "http", {})],
    "minio": [("minio", 9000, "/minio/v2/metrics/node", "http", {"scope": "node"})],
    "postgres": [("postgres", 9187, "/metrics", "http", {})],
    "redis": [("redis", 9121, "/metrics", "http", {})],
}
PATRONI = [("etcd", 2379, "/metrics", "https", {}), ("patroni", 8008, "/metrics", "http", {})]
LABELS = {
    "backend": {"tier": "app", "team": "shop"},
    "haproxy": {"tier": "edge"},
    "minio": {"tier": "data"},
    "postgres": {"tier": "data"},
    "redis": {"tier": "data"},
}
VMS = {
    "lab-haproxy-1": 11, "lab-backend-1": 21, "lab-postgres-1": 31, "lab-redis-1": 41, "lab-sandbox": 90,
    "prod-postgres-1": 31, "prod-postgres-2": 32, "prod-postgres-3": 33,
}  # fmt: skip
PROBES = [
    ("https://shop.example.org/", "http_2xx", "http", "home"),
    ("https://shop.example.org/login", "http_2xx", "http", "login"),
    ("https://shop.example.org/search?q=socks", "http_2xx", "http", "search"),
    ("https://shop.example.org/cart", "http_2xx", "http", "cart"),
    ("https://pay.example.net/health", "http_json", "api", "payment"),
    ("shop.example.org:443", "tcp_connect", "tcp", "home"),
]


def expected(state="before"):
    """By job: the labels that remain of each target, and where it is scraped."""
    jobs = {job: [] for job in ("etcd", "patroni", "node", "pve", "promtail", "blackbox")}

    def add(job, address, labels, path="/metrics", scheme="http"):
        jobs.setdefault(job, [])
        labels = {"instance": address, "job": job, **labels}
        jobs[job].append((labels, f"{scheme}://{address}{path}"))

    for (group, env), instances in INSTANCES.items():
        for instance, number in instances.items():
            if state == "after" and (group, env, instance) == ("minio", "prod", "4"):
                continue
            ip = f"{NETWORKS[env]}.{number}" if (group, env) != ("redis", "prod") else f"[2001:db8:30::{number}]"
            labels = {"minion": f"{env}-{group}-{instance}", "group": group, "label": env, "env": env, **LABELS[group]}
            if not instance.isdigit():
                labels["color"] = instance
            if state == "after" and group == "redis":
                labels["shard"] = "7"
            scraped = [("node-exporter", 9100, "/metrics", "http", {}), *SCRAPED[group]]
            if (group, env, state) == ("postgres", "prod", "before"):
                scraped += PATRONI
            for component, port, path, scheme, own in scraped:
                job = "node" if component == "node-exporter" else component
                add(job, f"{ip}:{port}", {**labels, "component": component, **own}, path, scheme)
    for host, ip in {"nas": "10.10.0.5", "pve-a": "10.10.0.2", "pve-b": "10.30.0.2"}.items():
        add("node", f"{ip}:9100", {"host": host})
        if host != "nas":
            add("pve", f"{ip}:9221", {"node": host, "cluster": "home"}, "/pve")
    for vm, number in VMS.items():
        env = vm.split("-")[0]
        add("promtail", f"{NETWORKS[env]}.{number}:9080", {"vm": vm, "env": env})
    for url, module, kind, step in PROBES:
        labels = {"instance": url, "job": "blackbox", "probe_kind": kind, "parcours": step}
        asked = urllib.parse.urlencode({"module": module, "target": url})
        jobs["blackbox"].append((labels, f"http://127.0.0.1:9115/probe?{asked}"))
    return {job: sorted(targets, key=str) for job, targets in jobs.items()}


def ordered(targets):
    """With labels in the order of `expected`, which does not matter."""
    return sorted(((dict(sorted(labels.items())), url) for labels, url in targets), key=str)


def differences(got, wanted):
    for job in sorted({*got, *wanted}):
        ours, theirs = ordered(wanted.get(job, [])), ordered(got.get(job, []))
        yield from (f"  {job}: missing {target}" for target in ours if target not in theirs)
        yield from (f"  {job}: too much {target}" for target in theirs if target not in ours)
        if len(theirs) != len(ours):
            yield f"  {job}: {len(theirs)} targets, not {len(ours)}"


def same(what, got, wanted):
    lines = list(differences(got, wanted))
    if lines:
        sys.exit("\n".join([f"{what}:", *lines]))


def resolve(*words):
    done = subprocess.run(["resolve", "targets", *words], capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def files():
    configured = re.findall(r"job_name: (\S+)", pathlib.Path("prometheus.yml").read_text())
    written = {path.name for path in pathlib.Path("file_sd").iterdir()}
    wanted = {f"{job}.json" for job in expected()}
    if not set(f"{job}.json" for job in configured) == written == wanted:
        sys.exit(f"file_sd/ has {sorted(written)}, prometheus.yml {sorted(configured)}")
    everything = []
    for job, targets in expected().items():
        groups = json.loads(pathlib.Path(f"file_sd/{job}.json").read_text())
        everything += groups
        for group in groups:
            assert list(group) == ["targets", "labels"], group
            assert all(isinstance(value, str) and value for value in group["labels"].values()), group
            assert "job" not in group["labels"] and group["targets"], group
        labels = [json.dumps(group["labels"], ensure_ascii=False) for group in groups]
        assert len(set(labels)) == len(labels), f"{job}: one label set twice"
        assert sum(len(group["targets"]) for group in groups) == len(targets), job
        assert resolve(job) == (0, groups, ""), f"resolve targets {job} says something else than its file"
    key = json.dumps
    assert sorted(resolve()[1], key=key) == sorted(everything, key=key), "resolve targets is not all the files"

    # An env's are its minions and VMs; machines and probes are of none.
    minions = [group["labels"].get("minion") for group in resolve("node", "--env", "staging")[1]]
    assert len(minions) == 7 and all(minion.startswith("staging-") for minion in minions), minions
    assert [group["labels"]["vm"] for group in resolve("promtail", "--env", "prod")[1]] == [
        f"prod-postgres-{number}" for number in (1, 2, 3)
    ]
    for job, env in (("minio", "lab"), ("blackbox", "prod"), ("pve", "prod"), ("promtail", "staging")):
        assert resolve(job, "--env", env) == (0, [], ""), f"{job} of {env}"
    status, printed, said = resolve("minoi")
    assert status == 1 and printed is None and "minio" in said, (status, printed, said)


def discovered(folder):
    got = {}
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.suffix == ".err":
            continue
        got[path.name] = []
        for target in json.loads(path.read_text()):
            labels = target["labels"]
            url = f"{labels['__scheme__']}://{labels['__address__']}{labels['__metrics_path__']}"
            asked = {name[8:]: value for name, value in sorted(labels.items()) if name.startswith("__param_")}
            url += f"?{urllib.parse.urlencode(asked)}" if asked else ""
            got[path.name].append(({k: v for k, v in labels.items() if not k.startswith("__")}, url))
    same("promtool", got, expected())


def server(api, state):
    """A server reads a changed file within seconds; it has half a minute here."""
    wanted, lines = expected(state), ["no answer"]
    for _ in range(120):
        time.sleep(0.25)
        try:
            with urllib.request.urlopen(api, timeout=5) as answer:
                targets = json.load(answer)["data"]["activeTargets"]
        except urllib.error.URLError:
            continue
        got = {}
        for target in targets:
            got.setdefault(target["scrapePool"], []).append((target["labels"], target["scrapeUrl"]))
        lines = list(differences(got, wanted))
        if not lines:
            return
    sys.exit("\n".join([f"{state}: Prometheus has other targets:", *lines]))


def stamps(file=None, *changed):
    now = {}
    for path in sorted(pathlib.Path("file_sd").iterdir()):
        status = path.stat()
        now[path.name] = [status.st_ino, status.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()]
    if file is None:
        print(json.dumps(now))
        return
    before = json.loads(pathlib.Path(file).read_text())
    differ = sorted(name for name in {**before, **now} if before.get(name) != now.get(name))
    if differ != [f"{job}.json" for job in changed]:
        sys.exit(f"changed: {differ}, and should be {list(changed)}")


if __name__ == "__main__":
    {"files": files, "discovered": discovered, "server": server, "stamps": stamps}[sys.argv[1]](*sys.argv[2:])
