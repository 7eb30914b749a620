"""Synthetic sites: the same bytes every time, no finding in any of them, and what their outputs have to say.

A site is made as a tree for each file (`Site.files`) and written as YAML. What a VM comes to is told from the same trees in a few
lines (`Site.vms`): a second, plain account of the merge, which every output of a build is compared with.

Addresses, so that nothing meets:  VM v of env e  10.(0+).. and 172.16+..., 256 to an env;  nodes 10.16+;  hosts 10.20+ and 172.24+.
"""

from __future__ import annotations

import functools
import json
import os
import random
import re
import shutil
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    envs: int
    vms: int
    templates: int
    presets: int
    postures: int
    nodes: int
    hosts: int
    groups: int


SIZES = {
    "S": Size(envs=5, vms=2, templates=4, presets=2, postures=3, nodes=1, hosts=1, groups=1),
    "M": Size(envs=50, vms=40, templates=40, presets=10, postures=8, nodes=20, hosts=40, groups=20),
    "L": Size(envs=500, vms=200, templates=200, presets=20, postures=12, nodes=100, hosts=1000, groups=200),
    "H": Size(envs=5, vms=10, templates=20, presets=10, postures=3, nodes=20, hosts=20000, groups=5),
    "1k": Size(envs=5, vms=200, templates=200, presets=20, postures=3, nodes=1, hosts=10, groups=2),
    "10k": Size(envs=50, vms=200, templates=200, presets=20, postures=12, nodes=10, hosts=100, groups=20),
}
SEED = 4712
NODE = "node000"
DISKS = (144, 160)  # what `Site.set_disk` puts into the first VM of the first env, in turn

PACKAGES = """acl bash-completion bind9-dnsutils build-essential ca-certificates cryptsetup curl dstat ethtool gnupg haveged hdparm
    htop iftop iotop iproute2 jq less lldpd lsof lvm2 mc mdadm ncdu nfs-common nvme-cli openssl parted pv rsync screen smartmontools
    strace sysstat tcpdump tmux traceroute unattended-upgrades vim wget wireguard-tools xfsprogs zstd""".split()
IMAGES = ["debian-12", "debian-13", "ubuntu-24.04", "rocky-9", "fedora-43"]
METHODS = ["network", "site_token", "node_token"]
# name: what it requires
COMPONENTS = {
    "haproxy": [], "etcd": [], "postgres": ["etcd"], "rabbitmq": [], "minio": [], "prometheus": [], "alertmanager": ["prometheus"],
    "grafana": ["prometheus"], "loki": ["minio"], "keycloak": ["postgres"],
}
# A comment behind every value of such a key, as people write them.
COMMENTS = {"posture": "postures/NAME.yaml", "api_token": "in secrets.api_tokens", "disk": "GB", "vmid_base": "base + place in the list"}
IN_ONE_LINE = {"ports", "devices", "tags"}


def address(first: tuple[int, int], offset: int) -> str:
    return f"{first[0]}.{first[1] + (offset >> 16)}.{offset >> 8 & 255}.{offset & 255}"


def places(index: int) -> int:
    """An offset that avoids the first and the last addresses of every 256."""
    return index // 250 * 256 + index % 250 + 2


def vm_name(env: int, vm: int) -> str:
    return f"e{env:03d}-vm{vm:03d}"


class Site:
    """A site of a size. With `mistakes` every VM has one: a template that is misspelt, or a number that is a list."""

    def __init__(self, folder: str, size: Size, mistakes: bool = False):
        self.folder, self.size, self.mistakes = folder, size, mistakes

    def path(self, *names: str) -> str:
        return os.path.join(self.folder, *names)

    @functools.cached_property
    def files(self) -> dict[str, dict]:
        """Every file's tree."""
        return make(self.size, self.mistakes)

    @functools.cached_property
    def texts(self) -> dict[str, bytes]:
        return {path: text(path, tree).encode() for path, tree in self.files.items()}

    @property
    def envs(self) -> list[str]:
        return [f"env{index:03d}" for index in range(self.size.envs)]

    def write(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        for path, contents in self.texts.items():
            os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
            with open(self.path(path), "wb") as file:
                file.write(contents)

    def set_disk(self, turn: int):
        """A real edit, of the same length: the disk of the first VM of the first env. 0 is how the site was made."""
        path = "envs/env000.yaml"
        before, after = (f"    disk: {disk}  #".encode() for disk in (DISKS[0], DISKS[turn]))
        with open(self.path(path), "wb") as file:
            file.write(self.texts[path].replace(before, after, 1))

    def vms(self, env: str, turn: int = 0) -> list[dict]:
        """What the VMs of an env come to: preset, template, its own entry, and what the site fills in."""
        defaults, auth = self.files["site.yaml"]["defaults"], self.files["secrets.yaml"]["auth"]
        tree = self.files[f"envs/{env}.yaml"]
        method = self.files[f"v2/postures/{tree['posture']}.yaml"]["auth"]["method"]
        vms = []
        for place, entry in enumerate(tree["vms"]):
            template = self.files[f"vms/{entry['template']}.yaml"]
            preset = self.files.get(f"vms/presets/{template.get('preset')}.yaml", {})
            token = {"network": "", "site_token": auth["site_token"], "node_token": auth["node_tokens"].get(entry["name"])}[method]
            vm = {"bridge": defaults["bridge"], "gateway": defaults["gateway"], "vmid": tree["vmid_base"] + place, "auth_token": token}
            vm = {**vm, **preset, **template, **entry}
            vms.append({key: value for key, value in vm.items() if key not in ("template", "preset")})
        if env == "env000":
            vms[0]["disk"] = DISKS[turn]
        return vms

    @functools.cached_property
    def errors(self) -> set[tuple[str, int, str]]:
        """File, line and code of every error that has to be found."""
        found = set()
        for path, contents in self.texts.items():
            if self.mistakes and path.startswith("envs/"):
                for number, line in enumerate(contents.decode().split("\n"), 1):
                    if line.startswith("    template: ") and line.endswith("x"):
                        found.add((path, number, "R0201"))
                    if line.startswith("    vmid:"):
                        found.add((path, number + 1, "R0401"))
        return found


def make(size: Size, mistakes: bool) -> dict[str, dict]:
    choose = random.Random(SEED)
    letters = lambda count: "".join(choose.choice("0123456789abcdef") for _ in range(count))
    files: dict[str, dict] = {}
    files["site.yaml"] = {
        "defaults": {
            "timezone": "Europe/Berlin", "domain": "example.internal", "automation_user": "homestak", "ssh_user": "root",
            "bridge": "vmbr0", "gateway": "10.0.0.1", "packages": PACKAGES[:9], "pve_remove_subscription_nag": True,
            "spec_server": "https://specs.example.internal:44443",
        }
    }
    files["resolve.yaml"] = {"outputs": [{"emit": "env", "env": "*", "node": NODE, "to": "dist/{env}.tfvars.json"}]}

    nodes = [f"node{index:03d}" for index in range(size.nodes)]
    for index, node in enumerate(nodes):
        place = address((10, 16), places(index))
        files[f"nodes/{node}.yaml"] = {
            "node": node, "host": f"host{index % size.hosts:05d}", "api_endpoint": f"https://{place}:8006", "api_token": node,
            "datastore": choose.choice(["local-lvm", "local-zfs", "ceph"]), "ip": place,
        }
    for index in range(size.hosts):
        files[f"hosts/host{index:05d}.yaml"] = {
            "host": f"host{index:05d}", "domain": "example.internal",
            "network": {
                "interfaces": {
                    "vmbr0": {
                        "type": "bridge", "ports": ["eno1", "eno2"], "address": address((10, 20), places(index)) + "/11",
                        "gateway": "10.0.0.1",
                    },
                    "vmbr1": {"type": "bridge", "ports": ["eno3"], "address": address((172, 24), places(index)) + "/12"},
                }
            },
            "storage": {"zfs_pools": [{"name": "tank", "devices": ["/dev/nvme0n1", "/dev/nvme1n1"]}]},
            "hardware": {"cpu_cores": choose.choice([1024, 2048]), "memory_gb": choose.choice([2048, 4096])},
            "access": {"ssh_user": "root", "ssh_port": 22},
        }

    # Whoever starts from something says other values than it has, and some leave it as it is: else there would be findings.
    presets = [f"preset{index:02d}" for index in range(size.presets)]
    for index, preset in enumerate(presets):
        files[f"vms/presets/{preset}.yaml"] = {"cores": 1 << index % 4, "memory": 512 << index % 4, "disk": 10 + 2 * index}
    templates = [f"tmpl{index:03d}" for index in range(size.templates)]
    for index, template in enumerate(templates):
        tree = {"image": choose.choice(IMAGES)}
        if index < 2 * size.presets:
            tree["preset"] = presets[index % size.presets]
        elif index % 4:
            tree["preset"] = choose.choice(presets)
            if choose.random() < 0.5:
                tree["disk"] = choose.choice([64, 96, 128])
        else:
            tree.update(cores=choose.choice([2, 4]), memory=choose.choice([1024, 2048]), disk=choose.choice([64, 96]))
        if index % 3 == 0:
            tree["packages"] = choose.sample(PACKAGES, 4)
        files[f"vms/{template}.yaml"] = tree

    postures = ["dev"] + [f"posture{index:02d}" for index in range(1, size.postures)]
    methods = {posture: METHODS[index % 3] for index, posture in enumerate(postures)}
    for posture in postures:
        root, fail2ban, sudo = choose.choice(["yes", "no", "prohibit-password"]), choose.random() < 0.5, choose.random() < 0.5
        packages = choose.sample(PACKAGES, choose.randint(0, 4))
        files[f"postures/{posture}.yaml"] = {
            "ssh_port": 22, "ssh_permit_root_login": root, "ssh_password_authentication": "no", "sudo_nopasswd": sudo,
            "fail2ban_enabled": fail2ban, "packages": packages,
        }
        files[f"v2/postures/{posture}.yaml"] = {
            "auth": {"method": methods[posture]}, "ssh": {"port": 22, "permit_root_login": root, "password_authentication": "no"},
            "sudo": {"nopasswd": sudo}, "fail2ban": {"enabled": fail2ban}, "packages": packages,
        }

    fixed, tokens = [], {}
    for env in range(size.envs):
        posture = postures[env % size.postures]
        vms, static = [], []
        for vm in range(size.vms):
            entry = {"name": vm_name(env, vm), "template": choose.choice(templates)}
            second, kind, offset = choose.random() < 0.1, choose.random(), 1024 + env * 256 + vm
            if kind < 0.65:
                entry["ip"] = address((172, 16) if second else (10, 0), offset) + ("/12" if second else "/11")
                if not second:
                    static.append(address((10, 0), offset))
            elif kind < 0.75:
                entry["ip"] = "dhcp"
            left = size.envs * size.vms - (env * size.vms + vm)  # the last ones use each template as it is
            if left <= size.templates:
                entry["template"] = templates[left - 1]
            else:
                if choose.random() < 0.25:
                    entry["memory"] = choose.choice([1536, 3072, 6144])
                if choose.random() < 0.15 or (env, vm) == (0, 0):
                    entry["disk"] = choose.choice([200, 240, 320]) if env or vm else DISKS[0]
            if second:
                entry.update(bridge="vmbr1", gateway="172.16.0.1")
            if choose.random() < 0.1:
                entry["tags"] = ["web", "tier-1", "yes"]
            if mistakes and vm % 2:
                entry["vmid"] = [10000 + vm]
            elif mistakes:
                entry["template"] += "x"
            vms.append(entry)
            if methods[posture] == "node_token":
                tokens[entry["name"]] = letters(32) + "t"
        fixed.append(static)
        files[f"envs/env{env:03d}.yaml"] = {"posture": posture, "vmid_base": 10000 + env * 1000, "vms": vms}

    used: set[str] = set()
    for group in range(size.groups):
        for half in range(1 + group % 2):
            components = choose.sample(list(COMPONENTS), 3)
            used |= required(components)
            files[f"pillar/hosts/group{group:03d}_{('prod', 'lab')[half]}.sls"] = {
                "env": f"env{group % size.envs:03d}", "components": components,
                "instances": fixed[group % size.envs][half::2], "ssh": {"user": "admin", "sudo": True},
                "labels": {"team": f"team{group % 7}"},
            }

    for index, (component, requires) in enumerate(COMPONENTS.items()):
        if component not in used:
            continue
        files[f"components/{component}.yaml"] = {
            **({"requires": requires} if requires else {}), "states": [component],
            "ports": {"main": 8000 + index, "metrics": 9000 + index}, "metrics": [{"job": component, "port": 9000 + index}],
            "pillar": {component: {"workers": choose.choice([2, 4, 8]), "log_level": "info"}},
        }
    files["secrets.yaml"] = {
        "api_tokens": {node: f"root@pam!tofu={letters(8)}-{letters(4)}-{letters(4)}-{letters(12)}" for node in nodes},
        "passwords": {"vm_root": f"$6$rounds=4096${letters(16)}${letters(86)}"},
        "ssh_keys": {f"admin{index}@example": f"ssh-rsa {letters(372)} admin{index}@example" for index in range(4)},
        "auth": {"site_token": letters(39) + "s", "node_tokens": tokens},
    }
    return files


def required(components: list[str]) -> set[str]:
    return set(components).union(*(required(COMPONENTS[component]) for component in components))


# YAML as people write it: block style, plain scalars where they mean the same, a comment here and there.


def text(path: str, tree: dict, comments: bool = True) -> str:
    lines = [f"# {path}: made by bench/sites.py", "---"] if comments else []
    lines += block(tree, "", comments)
    return "\n".join(lines) + "\n"


PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./@-]*(:[A-Za-z0-9_./@-]+)*|\d+\.\d+\.\d+\.\d+(/\d+)?|ssh-rsa [0-9a-f]+ [a-z0-9@]+")
WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


@functools.lru_cache(maxsize=4096)
def plain(value: str) -> bool:
    return bool(PLAIN.fullmatch(value)) and value.lower() not in WORDS


def scalar(value) -> str:
    return value if isinstance(value, str) and plain(value) else json.dumps(value)


def block(tree: dict, indent: str, comments: bool) -> list[str]:
    lines = []
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            lines.append(f"{indent}{key}:")
            lines += block(value, indent + "  ", comments)
        elif isinstance(value, list) and value and not (comments and key in IN_ONE_LINE):
            lines.append(f"{indent}{key}:")
            for item in value:
                if isinstance(item, dict):
                    inner = block(item, indent + "    ", comments)
                    lines += [f"{indent}  - {inner[0][len(indent) + 4:]}", *inner[1:]]
                else:
                    lines.append(f"{indent}  - {scalar(item)}")
        elif isinstance(value, list):
            lines.append(f"{indent}{key}: [{', '.join(map(scalar, value))}]")
        elif isinstance(value, dict):
            lines.append(f"{indent}{key}: {{}}")
        else:
            behind = f"  # {COMMENTS[key]}" if comments and key in COMMENTS else ""
            lines.append(f"{indent}{key}: {scalar(value)}{behind}")
    return lines
