"""The peer, reclass-rs: the same VMs as an inventory of its own. As a program it renders one.

    peer.py INVENTORY [NODES]     prints the number of nodes; writes their parameters to a file, as JSON
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

VERSION = "0.11.0"


def environment(folder: str) -> str:
    """A Python that has the peer."""
    python = os.path.join(folder, VERSION, "bin", "python")
    if not os.path.exists(os.path.join(folder, VERSION, "installed")):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", os.path.join(folder, VERSION)], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", f"reclass-rs=={VERSION}"], check=True)
        open(os.path.join(folder, VERSION, "installed"), "w").close()
    return python


def write(site, folder: str):
    """One node for each VM. Its classes are the layers of the merge, weakest first; what an env gives its VMs, number and token, is in
    the node, for a class cannot count."""
    from sites import text

    shutil.rmtree(folder, ignore_errors=True)

    def put(path: str, tree: dict):
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
            file.write(text(path, tree, comments=False))

    defaults = site.files["site.yaml"]["defaults"]
    put("classes/site.yml", {"parameters": {key: defaults[key] for key in ("bridge", "gateway")}})
    for path, tree in site.files.items():
        kind, _, name = path.removesuffix(".yaml").rpartition("/")
        if kind == "vms/presets":
            put(f"classes/preset/{name}.yml", {"parameters": tree})
        elif kind == "vms":
            own = {key: value for key, value in tree.items() if key != "preset"}
            put(f"classes/template/{name}.yml", {**({"classes": [f"preset.{tree['preset']}"]} if "preset" in tree else {}), "parameters": own})
    for env in site.envs:
        for entry, vm in zip(site.files[f"envs/{env}.yaml"]["vms"], site.vms(env)):
            own = {key: vm[key] for key in (*entry, "vmid", "auth_token") if key != "template"}
            put(f"nodes/{env}/{entry['name']}.yml", {"classes": ["site", f"template.{entry['template']}"], "parameters": own})


def main():
    import reclass_rs

    config = reclass_rs.Reclass(inventory_path=sys.argv[1])
    inventory = config.inventory()
    print(len(inventory.nodes))
    if len(sys.argv) > 2:
        nodes = inventory.as_dict()["nodes"]
        with open(sys.argv[2], "w", encoding="utf-8") as file:
            json.dump({name: {key: value for key, value in node["parameters"].items() if key != "_reclass_"} for name, node in nodes.items()}, file)


if __name__ == "__main__":
    main()
