import TestSupport

/// Sites with something of every kind at random, and nothing wrong: the machines of `RandomFleet` with metrics and probes, and
/// beside them homestak's presets, templates, postures, specs and manifests. The same for the same seed.
struct RandomEstate {
    private var random: SeededNumbers
    private var files: [String: String]
    private var count = 100

    /// What every secret that is text begins with, and nothing else.
    static let secretText = FleetSite.secretText

    static func files(_ seed: Int) -> [String: String] {
        var estate = RandomEstate(seed)
        estate.addPresets()
        estate.addPostures()
        estate.addEnv()
        estate.addSpecs()
        estate.addSecrets()
        return estate.files
    }

    private init(_ seed: Int) {
        random = SeededNumbers(seed &+ 77_000)
        var fleet = RandomFleet.made(seed, isRight: true)
        let watched = RandomFleet.watched(seed)
        fleet.scraped = watched.scraped.filter { fleet.salt.component($0.component) != nil }
        // What a metric may name is there.
        for index in fleet.scraped.indices { fleet.scraped[index].ports = [("metrics", 9100 + index), ("http", 80)] }
        fleet.nodeMetrics = watched.nodeMetrics
        fleet.vmMetrics = watched.vmMetrics
        fleet.probes = watched.probes.filter { $0.job != "node" }
        // Several machines under one alias would be at one place.
        for index in fleet.salt.hostGroups.indices { fleet.salt.hostGroups[index].dropAlias() }
        files = fleet.files
    }

    private mutating func addPresets() {
        let isNearer = ["vms/presets/small.yaml", "presets/small.yaml"]
        files[pick(isNearer)] = "memory: \(unique())\ncores: \(number(8) + 1)\ntags: [a, b]\n"
        files["vms/presets/large.yaml"] =
            "extends: small\nmemory: \(unique())\nnetwork: {mtu: \(unique()), vlan: 4}\nlabel: {x: 1.50}\n"
        files["vms/base.yaml"] = "image: debian-13\npreset: small\nnotes: {a: [1, {b: c}], d: []}\n"
        files["vms/web.yaml"] =
            "extends: base\npreset: \(pick(["small", "large"]))\ndisk: \(unique())\n"
            + (chance(50) ? "motd: {$secret: passwords.app}\n" : "motd: \"\(unique())\"\n")
        if !files["site.yaml", default: ""].contains("\"defaults\"") {
            files["site.yaml", default: ""] +=
                "defaults: {domain: example.net, server_url: \"https://s.example.net\"}\n"
        }
        if chance(50) { files["site.yaml", default: ""] += "merge: {vm.network: deep, vm.tags: union}\n" }
    }

    private mutating func addPostures() {
        for name in ["dev", "hard"] {
            // Who has the first has machines that no secret knows.
            let method = pick(name == "dev" ? ["network", "site_token"] : ["network", "site_token", "node_token"])
            files["postures/\(name).yaml"] =
                "auth: {method: \(method)}\nssh: {port: \(unique()), permit_root_login: \"no\"}\npackages: [p\(unique())]\n"
                + (chance(50) ? "sudo: {nopasswd: true}\n" : "")
        }
    }

    private mutating func addEnv() {
        files["nodes/metal.yaml"] =
            "datastore: local-\(unique())\napi_endpoint: https://10.3.0.1:8006\nip: 10.3.0.1\napi_token: metal\n"
        var text = "posture: \(pick(["dev", "hard"]))\nvmid_base: \(10 * unique())\n"
        if chance(70) { text += "node: metal\n" }
        text += "vars: {region: r\(unique()), list: [1, 2, {a: b}]}\nvms:\n"
        for name in ["app1", "app2", "app10"] {
            text += "  - name: \(name)\n    \(pick(["template: web", "template: base", "vm_preset: large"]))\n"
            if chance(60) { text += "    ip: 10.4.0.\(count % 200 + 10)/24\n" }
            if chance(40) { text += "    motd: {$secret: \"passwords.app\"}\n" }
            if chance(40) { text += "    tags: [c\(unique())]\n" }
            if chance(30) { text += "    network: {vlan: \(unique())}\n" }
            count += 1
        }
        files["envs/apps.yaml"] = text
    }

    private mutating func addSpecs() {
        for name in ["edge", "core"] where chance(70) {
            files["specs/\(name).yaml"] = """
                access:
                  posture: \(pick(["dev", "hard"]))
                  users: [{name: ops, sudo: true, ssh_keys: \(pick(["[joe@lan]", "[]", "[joe@lan, amy]"]))}]
                platform: {packages: [htop, p\(unique())]}

                """
        }
        let specs = ["edge", "core"].filter { files["specs/\($0).yaml"] != nil }
        func spec() -> String { specs.first.map { "spec: \($0), " } ?? "" }
        files["manifests/nested.yaml"] = """
            schema_version: 2
            name: nested
            pattern: tiered
            nodes:
              - {name: inner, type: pve, preset: large, image: pve-9, vmid: \(unique())}
              - {name: leaf, type: vm, \(spec())preset: small, image: debian-13, vmid: \(unique()), parent: inner}

            """
    }

    /// `passwords`, `api_tokens`, `auth` and keys, beside what minions use.
    private mutating func addSecrets() {
        files["secrets.yaml", default: ""] += """
            passwords: {app: "\(Self.secretText) app \(unique())", vm_root: "\(Self.secretText) root"}
            api_tokens: {metal: "\(Self.secretText)!metal=\(unique())"}
            ssh_keys: {joe@lan: "\(Self.secretText) key joe", amy: "\(Self.secretText) key amy"}
            auth:
              site_token: "\(Self.secretText) site"
              node_tokens: {app1: "\(Self.secretText) one", app2: "\(Self.secretText) two", app10: "\(Self.secretText) ten",
                            lone: "\(Self.secretText) lone", inner: "\(Self.secretText) in", leaf: "\(Self.secretText) leaf"}
              signing_key: "\(String(repeating: "5e", count: 32))"

            """
    }

    /// Far from other numbers.
    private mutating func unique() -> Int {
        count += 1
        return 1000 + count
    }

    private mutating func pick<T>(_ choices: [T]) -> T { choices[number(choices.count)] }
    private mutating func chance(_ percent: Int) -> Bool { number(100) < percent }
    private mutating func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
}

extension SaltSite.HostGroup {
    fileprivate mutating func dropAlias() {
        fields = fields.droppingAlias
        if case .map(let instances) = self.instances {
            self.instances = .map(
                instances.map { instance in
                    var instance = instance
                    instance.fields = instance.fields?.droppingAlias
                    return instance
                })
        }
    }
}

extension [Said.Entry] {
    fileprivate var droppingAlias: [Said.Entry] {
        map { entry in
            guard entry.key == "ssh", case .map(let fields) = entry.said else { return entry }
            return Said.Entry("ssh", .map(fields.filter { $0.key != "host" }))
        }
    }
}
