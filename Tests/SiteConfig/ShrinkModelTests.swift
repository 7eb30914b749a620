import SiteConfig
import TestSupport
import Testing

/// What a build refuses to take away, compared with a model that has only the outputs of before and after.
@Suite struct ShrinkModelTests {
    @Test(arguments: 0..<4) func lossesAreAsTheModel(_ part: Int) throws {
        for seed in (part * 12)..<(part * 12 + 12) {
            var random = SeededNumbers(seed)
            let (before, after) = (ShrinkingSite(&random).files, ShrinkingSite(&random).files)
            let isPruning = Bool.random(using: &random)
            let old = try Written(before)
            var files = after
            files[Build.lockName] = old.lock
            let new = try Written(files, BuildRequest(allowsShrinking: true, isPruning: isPruning))
            let losses = old.losses(to: new, isPruning: isPruning)
            let build = SiteCompiler(MemoryFiles(files)).build(BuildRequest(isPruning: isPruning))
            let story = "seed \(seed), \(losses): \(build.report.text())\n\(before)\n\(files)"
            #expect(build.report.codes.contains("R0717") == !losses.isEmpty, "\(story)")
            #expect(build.report.isClean == losses.isEmpty && build.outputs.isEmpty == !losses.isEmpty, "\(story)")
            // A check says what differs, whatever that is.
            let check = SiteCompiler(MemoryFiles(files)).build(BuildRequest(isPruning: isPruning, isCheck: true))
            #expect(check.report.isClean, "\(story)")
        }
    }

    @Test func withoutALockNothingIsLost() {
        let site = [
            "site.yaml": "", "envs/e.yaml": "vms: []\n", "resolve.yaml": "outputs: [{emit: vars, env: e, to: o}]\n",
        ]
        #expect(SiteCompiler(MemoryFiles(site)).build(BuildRequest()).report.isClean)
    }
}

/// The outputs of a build, taken apart.
private struct Written {
    /// By the outputs' paths the machines that OpenTofu makes of them; none where they make none.
    private(set) var vms: [String: Set<String>] = [:]
    /// How much is in an output.
    private(set) var counts: [String: Int] = [:]
    let paths: Set<String>
    let lock: String
    /// Ids by address and port; nil where no output speaks of minions.
    private(set) var minions: [String: Set<String>]?

    init(_ files: [String: String], _ request: BuildRequest = BuildRequest()) throws {
        let compiler = SiteCompiler(MemoryFiles(files))
        let build = compiler.build(request)
        #expect(build.report.isClean, "\(build.report.text()) \(files)")
        lock = String(decoding: try build.lockBytes(isPruned: false), as: UTF8.self)
        paths = Set(build.outputs.map(\.path))
        for output in build.outputs {
            let kind = output.command.split(separator: " ")[0]
            let bytes = output.document.bytes(.redacted)
            let json = try kind == "nodegroups" || kind == "tops" ? BlockYAML.parsed(bytes) : OrderedJSON.parsed(bytes)
            if ["roster", "pillar", "tops", "nodegroups", "inventory", "targets"].contains(kind), minions == nil {
                minions = try Self.minions(compiler)
            }
            switch kind {
            case "env", "manifest":
                let machines = json[kind == "env" ? "vms" : "nodes"]?.items ?? []
                vms[output.path] = Set(machines.compactMap { $0["name"]?.string })
                counts[output.path] = machines.count
            case "roster": counts[output.path] = json.entries.count
            case "nodegroups": counts[output.path] = json["ssh_list_nodegroups"]?.entries.count
            case "inventory": counts[output.path] = json["_meta"]?["hostvars"]?.entries.count
            case "targets":
                counts[output.path] = json.items.reduce(0) { $0 + ($1["targets"]?.items.count ?? 0) }
            default: break
            }
        }
    }

    private static func minions(_ compiler: SiteCompiler) throws -> [String: Set<String>] {
        let document = try #require(compiler.compile(.roster(.init(form: .json))).document)
        var places: [String: Set<String>] = [:]
        for (id, fields) in try OrderedJSON.parsed(document.bytes(.redacted)).entries {
            places["\(fields["host"]?.string ?? "") \(fields["port"]?.text ?? "22")", default: []].insert(id)
        }
        return places
    }

    /// What is no more, in words.
    func losses(to new: Written, isPruning: Bool) -> [String] {
        var losses: [String] = []
        for path in paths.intersection(new.paths).sorted() {
            if !(vms[path] ?? []).subtracting(new.vms[path] ?? []).isEmpty { losses.append("\(path) loses VMs") }
            if (counts[path] ?? 0) > 0, new.counts[path] == 0 { losses.append("\(path) is empty") }
        }
        if isPruning {
            for path in paths.subtracting(new.paths) where vms[path]?.isEmpty == false { losses.append("\(path) goes") }
        }
        for (place, ids) in minions ?? [:] {
            for id in new.minions?[place] ?? [] where !ids.contains(id) { losses.append("\(ids) is \(id)") }
        }
        return losses
    }
}

/// A small site whose machines are chosen from few, so that two of them are nearly alike.
private struct ShrinkingSite {
    private(set) var files = [
        "site.yaml": "",
        "nodes/pve.yaml": "datastore: local\napi_token: null\nip: 10.9.0.1\napi_endpoint: https://10.9.0.1:8006\n",
        "components/web.yaml": "metrics: [{port: 9100}]\n",
    ]

    init(_ random: inout SeededNumbers) {
        func some(_ all: [String], _ percent: Int) -> [String] {
            all.filter { _ in Int.random(in: 0..<100, using: &random) < percent }
        }
        // Some have one machine at most, so that the last of something goes.
        let share = Bool.random(using: &random) ? 75 : 15
        for env in ["e1", "e2"] {
            let vms = some(["a", "b", "c"], share).map { "{name: \($0)-\(env), cores: 2}" }
            files["envs/\(env).yaml"] = "vms: [\(vms.joined(separator: ", "))]\n"
        }
        let machines = some(["n1", "n2", "n3"], 75) + ["n0"]
        let nodes = machines.enumerated().map { "{name: \($1), type: vm, vmid: \(900 + $0)}" }
        files["manifests/m.yaml"] =
            "schema_version: 2\nname: m\nnodes: [\(nodes.joined(separator: ", "))]\n"
        var place = 0
        for group in ["kt_web", "ap_db"] where Int.random(in: 0..<10, using: &random) > 0 {
            let keys = some(["1", "2", "blue"], share)
            let instances = keys.map { key in
                // Rarely another address than it would have.
                place += Int.random(in: 0..<8, using: &random) == 0 ? 2 : 1
                let port = Int.random(in: 0..<10, using: &random) == 0 ? ", ssh: {port: 2222}" : ""
                return "\(key): {ip: 10.0.0.\(place)\(port)}"
            }
            let naming = Int.random(in: 0..<10, using: &random) == 0 ? "naming: \"{group}.{label}.{instance}\"\n" : ""
            let env = Int.random(in: 0..<3, using: &random) == 0 ? "env: e1\n" : ""
            files["pillar/hosts/\(group).sls"] =
                naming + env + "components: [web]\ninstances: {\(instances.joined(separator: ", "))}\n"
        }
        let outputs = [
            "emit: env, env: [e1, e2], to: \"dist/{env}.json\"", "emit: manifest, manifest: m, to: dist/m.json",
            "emit: vars, env: e1, to: dist/vars.json", "emit: roster, format: json, to: dist/roster.json",
            "emit: nodegroups, to: dist/groups.yaml", "emit: inventory, env: e1, to: dist/hosts.json",
            "emit: targets, to: \"dist/{job}.json\"", "emit: targets, to: dist/all.json",
            "emit: pillar, minion: \"*\", to: \"dist/pillar/{minion}\"",
        ]
        let chosen = some(outputs, 85).map { "  - {\($0)}\n" }.joined()
        files["resolve.yaml"] = chosen.isEmpty ? "outputs: []\n" : "outputs:\n" + chosen
    }
}
