import Foundation
import SiteConfig
import TestSupport
import Testing

/// Few names in many folders, saying the same or not, extending each other: whatever has to stay, no output changes.
@Suite struct MigrationConflictTests {
    @Test(arguments: 0..<80) func nothingChanges(_ seed: Int) {
        var site = CrowdedSite(seed)
        let files = site.files()
        let compiler = SiteCompiler(MemoryFiles(files))
        let migration = compiler.migration()
        guard migration.report.isClean else {
            let isSound = compiler.validate().report.isClean
            #expect(!isSound && migration.changes.isEmpty)
            return
        }
        #expect(migration.differing.isEmpty, "\(migration.differing) \(files)")
        let changed = MigrationTests.applied(migration.changes, to: files)
        let after = SiteCompiler(MemoryFiles(changed))
        MigrationTests.expectSameOutputs(compiler, after)
        let again = String(decoding: after.migration().diff(), as: UTF8.self)
        #expect(again.isEmpty, "\(again) \(files)")
    }

    @Test(arguments: 0..<10) func whateverIsInterruptedIsHealed(_ seed: Int) {
        var site = CrowdedSite(1000 + seed)
        let files = site.files()
        let compiler = SiteCompiler(MemoryFiles(files))
        let changes = compiler.migration().changes
        for state in MigrationTests.states(changes, of: files) {
            let half = SiteCompiler(MemoryFiles(state))
            // A posture of v2/postures/ that says nothing of auth, nor anything nested, is not known until the folder is gone.
            if half.validate().report.codes.contains("R0408") { continue }
            MigrationTests.expectSameOutputs(compiler, half)
            let next = half.migration()
            let isClean = next.report.isClean
            #expect(isClean && next.differing.isEmpty, "\(next.report.text()) \(next.differing) \(files)")
            let whole = SiteCompiler(MemoryFiles(MigrationTests.applied(next.changes, to: state)))
            MigrationTests.expectSameOutputs(compiler, whole)
        }
    }

    @Test func someSitesMigrate() {
        let migrated = (0..<40).count { seed in
            var site = CrowdedSite(seed)
            return !SiteCompiler(MemoryFiles(site.files())).migration().changes.isEmpty
        }
        #expect(migrated > 15)
    }
}

/// Writes a site with a few names in every folder.
private struct CrowdedSite {
    private var random: SeededNumbers

    init(_ seed: Int) { random = SeededNumbers(seed) }

    mutating func files() -> [String: String] {
        var files = [
            "site.yaml": pick(["", "merge: {posture.ssh: replace}\n", "merge: {vm.tags: union}\n"]),
            "secrets.yaml": "auth: {site_token: s, node_tokens: {a: t}}\nssh_keys: {joe: key}\n",
            "nodes/pve.yaml": "datastore: local\napi_endpoint: https://localhost:8006\napi_token: null\n",
        ]
        addPresets(&files)
        addPostures(&files)
        addSpecs(&files)
        let presets = names(of: files, in: ["vms/presets", "presets", "v2/presets"])
        files["vms/t.yaml"] = presets.isEmpty ? "cores: 1\n" : "preset: \(pick(presets))\n"
        let vms = presets.map { "- {name: v\($0), vm_preset: \($0)}\n" }.joined()
        let posture = pick(["", "posture: base\n", "posture: dev\n"])
        files["envs/e.yaml"] = "\(posture)vms:\n- {name: t, template: t}\n" + vms
        let specs = names(of: files, in: ["specs", "v2/specs"])
        let nodes = presets.map { preset -> String in
            let spec = specs.isEmpty || chance(2) ? "" : ", spec: \(pick(specs))"
            return "- {name: n\(preset), type: vm, preset: \(preset)\(spec)}\n"
        }
        if !nodes.isEmpty { files["manifests/m.yaml"] = "schema_version: 2\nname: m\nnodes:\n" + nodes.joined() }
        let levels = presets.map { "- {name: l\($0), vm_preset: \($0)\(chance(6) ? ", post_scenario: x" : "")}\n" }
        if !levels.isEmpty { files["manifests/l.yaml"] = "name: l\nlevels:\n" + levels.joined() }
        return files
    }

    private mutating func addPresets(_ files: inout [String: String]) {
        for (place, name) in ["a", "vm-a", "b", "vm-b"].enumerated() {
            for folder in ["vms/presets", "presets", "v2/presets"] where chance(3) {
                let known = names(of: files, in: [folder]).filter { ["a", "vm-a", "b"].prefix(place).contains($0) }
                let parent = known.isEmpty || chance(2) ? "" : "extends: \(pick(known))\n"
                files["\(folder)/\(name).yaml"] = parent + "cores: \(pick([1, 1, 1, 2]))\n"
            }
        }
    }

    private mutating func addPostures(_ files: inout [String: String]) {
        for (place, name) in ["base", "dev", "prod"].enumerated() {
            let known = ["base", "dev"].prefix(place).filter { _ in chance(2) }
            if chance(2) {
                files["postures/\(name).yaml"] =
                    parents(known, files, "postures")
                    + pick(["ssh_port: 22\n", "ssh_port: 2222\n", "", "ssh: {port: 22}\n"])
                    + pick(["sudo_nopasswd: true\n", "fail2ban_enabled: false\n", "auth: {method: site_token}\n", ""])
            }
            if chance(2) {
                files["v2/postures/\(name).yaml"] =
                    parents(known, files, "v2/postures")
                    + pick(["auth: {method: network}\n", "auth: {method: site_token}\n", ""])
                    + pick(["ssh: {port: 22}\n", "", "", "packages: [a]\n", "fail2ban: {enabled: false}\n"])
            }
        }
    }

    private mutating func addSpecs(_ files: inout [String: String]) {
        for (place, name) in ["s", "t", "u"].enumerated() {
            for folder in ["specs", "v2/specs"] where chance(3) {
                let known = ["s", "t"].prefix(place).filter { _ in chance(3) }
                files["\(folder)/\(name).yaml"] =
                    parents(known, files, folder)
                    + pick([
                        "access: {users: [{name: joe}]}\n", "access: {users: [{name: joe, ssh_keys: [joe]}]}\n",
                        "access: {users: !append [{name: ann}]}\n", "identity: {hostname: x}\n",
                    ])
            }
        }
    }

    /// What exists, in that folder or another.
    private func parents(_ names: [String], _ files: [String: String], _ folder: String) -> String {
        let kind = folder.split(separator: "/").last ?? ""
        let known = names.filter { files["\(kind)/\($0).yaml"] != nil || files["v2/\(kind)/\($0).yaml"] != nil }
        return known.isEmpty ? "" : "extends: [\(known.joined(separator: ", "))]\n"
    }

    private func names(of files: [String: String], in folders: [String]) -> [String] {
        let found = folders.flatMap { folder in
            files.keys.filter { $0.hasPrefix(folder + "/") }.map { String($0.dropFirst(folder.count + 1).dropLast(5)) }
        }
        return Set(found).filter { !$0.contains("/") }.sorted()
    }

    private mutating func pick<T>(_ choices: [T]) -> T { choices.randomElement(using: &random) ?? choices[0] }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
}
