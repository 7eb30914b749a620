"""Sites with something of everything that a finding can have, each a map of paths to texts."""

NODE = "datastore: local\nnode: pve\napi_endpoint: https://10.0.0.1:8006\napi_token: null\n"

SITES = {
    # Nothing to find.
    "clean": {"site.yaml": "", "nodes/pve.yaml": NODE, "envs/dev.yaml": "vms: []\n"},
    # A fix with an edit, a suggestion, a label elsewhere, a warning of YAML 1.1.
    "fixes": {
        "site.yaml": "defaults: {timezone: Europe/Berlin}\n",
        "nodes/pve.yaml": NODE,
        "postures/dev.yaml": "fail2ban_enable: true\nssh_permit_root_login: no\nssh_port: 0o22\n",
        "vms/presets/small.yaml": "cores: 2\nmemory: 1024\ndisk: 10\n",
        "vms/web.yaml": "preset: smal\n",
        "envs/dev.yaml": (
            "posture: dev\nvms:\n  - {name: a, template: web, vmid: 100, ip: 10.0.0.5/24}\n"
            "  - {name: a, template: webb, vmid: 100, ip: 10.0.0.5/24}\n"
        ),
    },
    # What several files have to do with each other: places in two of them.
    "related": {
        "site.yaml": "",
        "nodes/pve.yaml": NODE,
        "presets/a.yaml": "extends: b\n",
        "presets/b.yaml": "extends: c\n",
        "presets/c.yaml": "extends: a\n",
        "envs/one.yaml": "vmid_base: 100\nvms: [{name: x, cores: 1}, {name: x2, cores: 1}]\nvms: []\n",
        "envs/two.yaml": "vmid_base: 100\nvms: [{name: y, cores: 1, ip: 10.0.0.0/24}, {name: z, cores: 1, mac: nonsense}]\n",
    },
    # Secrets in clear, in places that are wrong. `xyzzy` begins each of their values and must never be seen.
    "secrets": {
        "site.yaml": "",
        "nodes/pve.yaml": NODE.replace("null", "pvee"),
        "secrets.yaml": (
            "api_tokens:\n  pve: xyzzy-token\n  pve: xyzzy-again\npasswords:\n  vm_root: [xyzzy-list]\n"
            "ssh_keys: {joe: xyzzy-key}\nmore: !secret xyzzy.tag\n"
        ),
        "pillar/hosts/kt_web.sls": (
            "instances: {1: 10.0.0.1}\nssh: {passwd: xyzzy-roster, user: [a]}\ncomponents: [ngnix]\nlabels: {url: 'https://u:xyzzy-url@h/'}\n"
        ),
        "components/nginx.yaml": "requires: [base]\n",
        "envs/dev.yaml": "vms: []\n",
    },
    # Text of which an editor, a terminal and a log of GitHub's think differently: commands, percent signs, wide and joined letters.
    "text": {
        "site.yaml": "",
        "nodes/pve.yaml": NODE,
        "envs/dev.yaml": (
            'posture: "x\\n::error file=evil::owned\\r\\n::set-output name=a::b"\n'
            'vms:\n  - {name: "naïve ☃ 👩‍💻 %0A", template: "日本語%25,:", \U0001f427\U0001f427: 1, vm_preset: "\\e[31mred"}\n'
        ),
        "postures/dev.yaml": "# \U0001f427\U0001f427\nssh_port: \U0001f427\n'ключ': 1\n",
    },
    # What cannot be read as YAML at all.
    "syntax": {
        "site.yaml": "a: [1\n",
        "nodes/pve.yaml": "\tdatastore: x\n",
        "envs/dev.yaml": "vms: []\n---\nvms: []\n",
        "postures/dev.yaml": "a: *nowhere\n",
        "vms/empty.yaml": "[]\n",
    },
}
