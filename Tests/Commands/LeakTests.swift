import Foundation
import TestSupport
import Testing

/// The plaintext of planted secrets stands in no message, whatever is wrong with the file that holds them.
///
/// Keys are names and are shown, but a key without a value may be a secret whose key was forgotten: it is not.
@Suite struct LeakTests {
    static let planted = "PLANTED-5f1c9"

    /// Sound and broken forms of `secrets.yaml`, each with the planted word where a value, key, tag or anchor stands.
    static let forms: [String] = [
        "api_tokens: {pve: WORD}\n",
        "api_tokens:\n  pve: WORD: x\n",
        "api_tokens:\n  pve: \"WORD\n",
        "api_tokens:\n\tpve: WORD\n",
        "api_tokens:\n  pve: WORD\n  pve: WORD\n",
        "api_tokens: {WORD, WORD}\n",
        "api_tokens: [WORD]\n",
        "api_tokens: WORD\n",
        "WORD\n",
        "- WORD\n",
        "api_tokens:\n  pve: *WORD\n",
        "api_tokens:\n  pve: &WORD a\n  b: &WORD c\n",
        "api_tokens:\n  pve: !WORD a\n",
        "api_tokens:\n  pve: &WORD [*WORD]\n",
        "api_tokens:\n  <<: WORD\n",
        "api_tokens:\n  ? [WORD]\n  : WORD\n",
        "api_tokens:\n  pve: 12345678901234\npasswords: {vm_root: yes}\nssh_keys: {a: [WORD]}\n",
        "api_token: {pve: WORD}\n",
        "api_tokens: {pve: !!int WORD}\n",
        "a: WORD\n---\nb: WORD\n",
        "api_tokens: {pve: \"WORD\u{1}\"}\n",
        "sops: {mac: WORD}\napi_tokens: {pve: WORD}\n",
        "$ANSIBLE_VAULT;1.1;AES256\nWORD\n",
        "auth: {site_token: {a: WORD}, node_tokens: WORD}\n",
    ]
    static let commands = [
        "resolve env dev --redact", "resolve env dev -o out.json", "resolve vars dev --redact", "resolve validate",
        "resolve validate --format json", "resolve validate --format sarif", "resolve validate --format github",
        "resolve validate --quiet --lenient --format sarif",
        "resolve validate --format sarif -o out.sarif; cat out.sarif",
        "resolve read secrets.yaml --redact", "resolve list envs",
        "resolve env nosuch --redact", "resolve --lenient env dev --redact", "resolve --lenient validate --format json",
        "resolve vm x --vmid 900 --preset none --redact", "resolve --color always validate",
        "resolve secrets check", "resolve secrets check --format json", "resolve secrets recipients",
        "resolve secrets decrypt secrets.yaml", "resolve explain env dev", "resolve explain vars dev --format json",
        "resolve explain env dev --reveal --lenient", "resolve where secrets.yaml:1 env dev",
        "resolve --lenient where secrets.yaml:2 env dev --format json",
        "resolve spec web --redact", "resolve spec web", "resolve manifest lab --node pve --redact",
        "resolve vm x --vmid 900 --preset small --spec web --issued-at 1", "resolve explain spec web",
        "resolve host pve --redact",
        "resolve manifest --file secrets.yaml", "resolve alloc", "resolve migrate",
    ]

    @Test(arguments: forms) func noMessageHoldsASecret(_ form: String) throws {
        let files: KeyValuePairs = [
            "site.yaml": "", "nodes/pve.yaml": "datastore: local\n",
            "envs/dev.yaml": "posture: dev\nvms: [{name: web}, {name: web}]\n",
            "postures/dev.yaml": "auth: {method: node_token}\n",
            "presets/small.yaml": "cores: 1\n", "specs/web.yaml": "access: {users: [{name: a, ssh_keys: [a]}]}\n",
            "manifests/lab.yaml":
                "schema_version: 2\nname: lab\nnodes: [{name: x, type: vm, spec: web, preset: small}]\n",
            "secrets.yaml": form.replacing("WORD", with: Self.planted),
        ]
        try Program.withFolder(files.map { (path: $0.key, text: $0.value) }) { folder in
            for command in Self.commands {
                let printed = try Program.output(command, in: folder)
                #expect(!printed.contains(Self.planted), "`\(command)` printed:\n\(printed)")
                #expect(!printed.contains("12345678901234"), "`\(command)` printed:\n\(printed)")
            }
        }
    }

    /// Files that should hold no secret and hold one, with something to be said of the same line.
    static let clear: [String: [String]] = [
        "pillar/hosts/kt_web.sls": [
            "ssh: {passwd: WORD, sudo: yes}  # resolve: allow R0801 yes\ninstances: {1: 203.0.113.10}\n",
            "ssh: {passwd: WORD\ninstances: {1: 203.0.113.10}\n",
            "ssh: {paswd: WORD, passwd: yes}\ninstances: {1: {ip: 203.0.113.10, ssh: {passwd: WORD}}}\n",
            "vars: {ansible_password: WORD, ansible_password: WORD, a: no}  # resolve: alow R0801\n",
            "extends: base\nssh: {passwd: WORD, user: deploy}\ninstances: {1: {ip: 203.0.113.10, ssh: {passwd: WORD}}}\n",
            "repo: https://joe:WORD@example.org/x\nb: no\ninstances: {1: {ip: 203.0.113.10, repo: !force {a: 1}}}\n",
        ],
        "groups/web.yaml": [
            "vars: {ansible_password: WORD, ansible_user: on}\n", "vras: {ansible_password: WORD}\n",
            "vars: {ansible_become_pass: &WORD WORD, b: [*WORD}\n",
        ],
        "nodes/pve.yaml": ["datastore: local\napi_token: root@pam!tf=WORD\n"],
    ]

    @Test func noFormatOfValidateHoldsAPasswordInClear() throws {
        for (path, forms) in Self.clear {
            for form in forms {
                let files = [
                    (path: "site.yaml", text: ""), (path: "pillar/hosts/base.sls", text: "ssh: {user: deploy}\n"),
                    (path: path, text: form.replacing("WORD", with: Self.planted)),
                ]
                try Program.withFolder(files) { folder in
                    for format in ["text", "json", "sarif", "github"] {
                        let printed = try Program.output("resolve validate --format \(format)", in: folder)
                        #expect(!printed.contains(Self.planted), "\(path) as \(format):\n\(printed)")
                        #expect(printed.contains(path), "nothing is said of \(path) as \(format):\n\(form)")
                    }
                }
            }
        }
    }

    /// A link to the secrets is a file of secrets, whatever its own name.
    @Test func noMessageHoldsWhatALinkLeadsTo() throws {
        let files = [
            (path: "site.yaml", text: "pools: {ssh: {from: 1, to: 9}}\n"),
            (path: "nodes/pve.yaml", text: "datastore: local\n"),
            (path: "envs/dev.yaml", text: "vms: [{name: web, ssh_port: !alloc ssh}]\n"),
            (path: "elsewhere/x", text: ""),
            (path: "manifests/x", text: ""), (path: "secrets.yaml", text: "auth: {signing_key: \(Self.planted)}\n"),
        ]
        try Program.withFolder(files) { folder in
            for link in ["manifests/m.yaml", "elsewhere/link.yaml", "hosts.yaml", "envs/bad.yaml", "allocations.yaml"] {
                try FileManager.default.createSymbolicLink(
                    at: folder.appendingPathComponent(link),
                    withDestinationURL: folder.appendingPathComponent("secrets.yaml"))
            }
            let commands = [
                "resolve validate", "resolve validate --format json", "resolve validate --format sarif",
                "resolve validate --format github", "resolve manifest m", "resolve manifest --file elsewhere/link.yaml",
                "resolve env dev",
                "resolve env bad", "resolve alloc", "resolve migrate", "resolve read elsewhere/link.yaml --redact",
                "resolve explain env dev", "resolve list manifests",
            ]
            for command in commands {
                let printed = try Program.output(command, in: folder)
                #expect(!printed.contains(Self.planted), "`\(command)` printed:\n\(printed)")
            }
        }
    }
}
