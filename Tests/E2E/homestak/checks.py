"""What homestak's tools expect, worked out in Python: tokens as its server verifies them, orders as its operator walks."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import random
import subprocess
import sys

import yaml

RESOLVE = os.environ["RESOLVE"]
EXAMPLES = pathlib.Path(sys.argv[1])


def run(*words, site, status=0):
    done = subprocess.run([RESOLVE, "--site", str(site), *words], capture_output=True, text=True, check=False)
    assert done.returncode == status, (words, done.returncode, done.stderr)
    return json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.stdout


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims(token, key, identity):
    """As the server does before it hands out a spec."""
    payload, signature = token.split(".")
    expected = hmac.new(bytes.fromhex(key), payload.encode(), hashlib.sha256).digest()
    assert hmac.compare_digest(expected, decoded(signature)), "the signature"
    found = json.loads(decoded(payload))
    assert found["v"] == 1 and found["n"] == identity, found
    return found


def check_tokens():
    site = pathlib.Path("tokens")
    for folder in ("nodes", "presets", "specs", "postures"):
        (site / folder).mkdir(parents=True)
    (site / "site.yaml").write_text("defaults: {server_url: 'https://controller:44443'}\n")
    (site / "nodes/pve.yaml").write_text(
        "{datastore: local, api_token: null, api_endpoint: 'https://localhost:8006'}\n")
    (site / "presets/vm-small.yaml").write_text("cores: 1\n")
    (site / "postures/dev.yaml").write_text("auth: {method: network}\n")
    for spec in ("edge", "a.b-c_d@e"):
        (site / f"specs/{spec}.yaml").write_text("schema_version: 1\n")
    for size in (32, 64, 100):
        key = random.randbytes(size).hex()
        (site / "secrets.yaml").write_text(f"auth: {{signing_key: '{key}'}}\n")
        for name in ("edge1", "with \"quotes\" and \\", "Ünïcode ☃", "x" * 300):
            for spec in ("edge", "a.b-c_d@e"):
                time = random.randrange(0, 95_617_584_001)
                document = run(
                    "vm", name, "--vmid", "9001", "--preset", "vm-small", "--spec", spec, "--issued-at", str(time),
                    site=site)
                found = claims(document["vms"][0]["auth_token"], key, name)
                assert found == {"v": 1, "n": name, "s": spec, "iat": time}, found
    os.environ["SOURCE_DATE_EPOCH"] = "1700000000"
    token = run("vm", "web", "--vmid", "9001", "--preset", "vm-small", "--spec", "edge", site=site)
    assert claims(token["vms"][0]["auth_token"], key, "web")["iat"] == 1700000000
    del os.environ["SOURCE_DATE_EPOCH"]


def order(nodes):
    """Breadth-first from the roots, in the order of the file."""
    queue = [node for node in nodes if node.get("parent") is None]
    for node in queue:
        queue += [child for child in nodes if child.get("parent") == node["name"]]
    return [node["name"] for node in queue]


def check_manifests():
    site = pathlib.Path("manifests-site")
    (site / "manifests").mkdir(parents=True)
    (site / "site.yaml").write_text("{}\n")
    for _ in range(20):
        nodes = []
        for index in range(random.randrange(1, 40)):
            node = {"name": f"n{index}", "type": random.choice(["vm", "ct", "pve"])}
            if nodes and random.random() < 0.7:
                node["parent"] = random.choice(nodes)["name"]
            nodes.append(node)
        random.shuffle(nodes)
        text = yaml.safe_dump({"schema_version": 2, "name": "m", "nodes": nodes}, sort_keys=False,
                              default_flow_style=random.choice([True, False, None]))
        (site / "manifests/m.yaml").write_text(text)
        orders = run("manifest", "m", "--order", site=site)
        assert orders["create_order"] == order(nodes), text
        assert orders["destroy_order"] == order(nodes)[::-1]
        top = random.choice(nodes)["name"]
        if any(node.get("parent") == top for node in nodes):
            subtree = run("manifest", "m", "--subtree", top, site=site)
            inner = pathlib.Path("inner.json")
            inner.write_text(json.dumps(subtree))
            assert run("manifest", "--file", str(inner), "--order", site=site)["create_order"] == order(
                subtree["nodes"])
            assert {node["name"] for node in subtree["nodes"]} == set(order(
                [{**node, "parent": None if node["name"] == top else node.get("parent")} for node in nodes
                 if node["name"] == top or node.get("parent") is not None]))- {top}, top
    chain = [{"name": f"n{index}", "type": "pve", **({"parent": f"n{index - 1}"} if index else {})}
             for index in range(10000)]
    (site / "manifests/m.yaml").write_text(json.dumps({"schema_version": 2, "name": "m", "nodes": chain}))
    assert run("manifest", "m", "--order", site=site)["create_order"] == [node["name"] for node in chain]


def check_allocations():
    """PyYAML reads the same numbers, each once."""
    lines = yaml.safe_load((EXAMPLES / "testbed/allocations.yaml").read_text())
    assert len(set(lines.values())) == len(lines) == 6
    assert list(lines) == sorted(lines)
    vms = run("env", "test", site=EXAMPLES / "testbed")["vms"]
    assert {vm["ssh_port"] for vm in vms} | {vm["spice_port"] for vm in vms} == set(lines.values())


check_tokens()
check_manifests()
check_allocations()
