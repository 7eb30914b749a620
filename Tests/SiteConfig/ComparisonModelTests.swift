import Foundation
import SiteConfig
import TestSupport
import Testing

/// `diff` and `impact` over pairs of sites, compared with a model that has only the outputs of the single commands.
@Suite struct ComparisonModelTests {
    /// A site and one that a few changes lead to, both without mistakes.
    private static func pair(_ seed: Int) -> (old: [String: String], new: [String: String])? {
        let old = seed % 3 == 0 ? RandomSaltSite.made(seed).files : RandomEstate.files(seed)
        var mutation = SiteMutation(seed)
        var new = old
        var count = 0
        for _ in 0..<12 where count < 1 + seed % 3 {
            let changed = mutation.any(of: new)
            guard isRight(changed) else { continue }
            new = changed
            count += 1
        }
        return count > 0 && isRight(old) ? (old, new) : nil
    }

    private static func isRight(_ files: [String: String]) -> Bool {
        SiteCompiler(MemoryFiles(files)).validate().report.isClean
    }

    @Test(arguments: 0..<8) func changesAreAsTheModel(_ seed: Int) throws {
        guard let (old, new) = Self.pair(seed) else { return }
        let told = try Told(from: old, to: new)
        let model = ComparisonModel(from: old, to: new)
        let story = "\(told.comparison.text)\n\(old.differences(from: new))"
        #expect(told.comparison.report.isClean && told.comparison.earlierReport.isClean)
        #expect(told.changes.keys.sorted() == model.changes.keys.sorted(), "\(story)")
        for (place, change) in told.changes {
            #expect(change == model.changes[place], "\(place)\n\(story)")
        }
        #expect(told.added == model.added && told.removed == model.removed, "\(story)")
        #expect(told.comparison.isEmpty == (model.outputs.isEmpty && told.comparison.minions.text.isEmpty))
        #expect(!told.shown.contains(RandomEstate.secretText))
        try Self.checkImpact(told, model, story)
        Self.checkLines(told, old, new, story)
        let mirror = try Told(from: new, to: old)
        Self.checkMirror(told, mirror)
        let machines = (Self.machines(of: old), Self.machines(of: new))
        try Self.checkHosts(told, from: machines.0, to: machines.1, story)
        try Self.checkHosts(mirror, from: machines.1, to: machines.0, story)
    }

    /// Exactly the outputs that differ, and the machines that they speak of.
    private static func checkImpact(_ told: Told, _ model: ComparisonModel, _ story: String) throws {
        let impact = try #require(told.comparison.impact(since: "HEAD", "c0ffee"))
        let json = try OrderedJSON.parsed(impact.json)
        #expect(json["since"]?.string == "HEAD" && json["commit"]?.string == "c0ffee")
        let outputs = (json["outputs"]?.items ?? []).compactMap { $0["command"]?.string }
        #expect(Set(outputs) == model.outputs && outputs.count == model.outputs.count, "\(story)")
        let hosts = (json["hosts"]?.items ?? []).compactMap { $0["name"]?.string }
        #expect(Set(hosts).count == hosts.count)
        for host in hosts where !told.hosts.contains(host) {
            // An output that is new, or gone, says no more than that.
            #expect(!model.added.isEmpty || !model.removed.isEmpty, "\(host) is in no change\n\(story)")
        }
        // A manifest's machines are none of the site's.
        let missing = told.hosts.subtracting(hosts).subtracting(["inner", "leaf"])
        #expect(missing.isEmpty, "\(story)\n\(impact.text)")
        let text = impact.text + String(decoding: impact.json, as: UTF8.self)
        #expect(!text.contains(RandomEstate.secretText))
    }

    /// A machine is new where there was none of its name, and gone where there is none any more.
    private static func checkHosts(
        _ told: Told, from old: Set<String>, to new: Set<String>, _ story: String
    ) throws {
        let impact = try #require(told.comparison.impact(since: "HEAD", "c0ffee"))
        let hosts = try OrderedJSON.parsed(impact.json)["hosts"]?.items ?? []
        let changes = Dictionary(
            uniqueKeysWithValues: hosts.map { ($0["name"]?.string ?? "", $0["change"]?.string ?? "") })
        for name in new.subtracting(old) { #expect(changes[name] == "added", "\(name)\n\(story)") }
        for name in old.subtracting(new) { #expect(changes[name] == "removed", "\(name)\n\(story)") }
        for name in old.intersection(new) { #expect(changes[name] != "removed", "\(name)\n\(story)") }
    }

    /// Nodes, physical machines, VMs and minions, by name.
    private static func machines(of files: [String: String]) -> Set<String> {
        let compiler = SiteCompiler(MemoryFiles(files))
        let envs = compiler.list("envs")?.entries.map(\.name) ?? []
        let node = compiler.list("nodes")?.entries.first?.name
        let vms = envs.compactMap { compiler.compile(.env(.init(name: $0, node: node))).document }.flatMap { document in
            ((try? OrderedJSON.parsed(document.bytes(.redacted)))?["vms"]?.items ?? []).compactMap {
                $0["name"]?.string
            }
        }
        let listed = ["nodes", "hosts"].flatMap { compiler.list($0)?.entries.map(\.name) ?? [] }
        return Set(vms + listed + (compiler.minions().listing?.entries.map(\.name) ?? []))
    }

    /// The line that is named is there, in the state in which it is said to be.
    private static func checkLines(
        _ told: Told, _ old: [String: String], _ new: [String: String], _ story: String
    ) {
        for (place, cause) in told.causes {
            let (here, there) = cause.isGone ? (old, new) : (new, old)
            let lines = (here[cause.file] ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.indices.contains(cause.line - 1), "\(place): \(cause)\n\(story)")
            guard lines.indices.contains(cause.line - 1) else { continue }
            // A line that is gone is one that there is no more.
            let isCommon = (there[cause.file] ?? "").split(separator: "\n").contains(lines[cause.line - 1])
            #expect(!(cause.isGone && isCommon), "\(place): \(cause)\n\(story)")
        }
    }

    /// What came is what went, the other way.
    private static func checkMirror(_ told: Told, _ mirror: Told) {
        #expect(told.added == mirror.removed && told.removed == mirror.added)
        #expect(Set(told.changes.keys) == Set(mirror.changes.keys))
        for (place, change) in told.changes {
            #expect(mirror.changes[place]?.before == change.after && mirror.changes[place]?.after == change.before)
        }
    }

    @Test(arguments: 0..<2) func aSiteIsAsItIs(_ seed: Int) throws {
        let files = RandomEstate.files(seed)
        let told = try Told(from: files, to: files)
        #expect(told.comparison.isEmpty && told.comparison.text.isEmpty && told.changes.isEmpty)
        let impact = try #require(told.comparison.impact(since: "HEAD", "c0ffee"))
        #expect(impact.text.isEmpty)
        // Comments and blank lines say nothing.
        let commented = files.mapValues { "# A word.\n\n" + $0 }
        if Self.isRight(commented) {
            #expect(try Told(from: files, to: commented).comparison.isEmpty)
        }
    }

    /// A change of one scalar is what did it, for every key that says something else for it.
    @Test(arguments: [1, 2, 4]) func oneChangedLineIsTheCause(_ seed: Int) throws {
        let old = RandomEstate.files(seed)
        var mutation = SiteMutation(seed + 500)
        var seen = 0
        for _ in 0..<5 {
            let changed = mutation.scalar(of: old)
            // What a minion is called has many causes, and none is said.
            let line = (old[changed.path] ?? "").split(separator: "\n", omittingEmptySubsequences: false)[
                changed.line - 1]
            guard !line.contains("naming"), Self.isRight(changed.files) else { continue }
            let told = try Told(from: old, to: changed.files)
            for (place, change) in told.changes where change.before != nil && change.after != nil {
                let isNamed = told.causes[place].map { $0.file == changed.path && $0.line == changed.line } ?? false
                #expect(isNamed, "\(place) by \(told.causes[place] as Any)\n\(old.differences(from: changed.files))")
                seen += 1
            }
        }
        #expect(seen > 0)
    }

    /// So is the line of a reference, for what it leads to.
    @Test(arguments: 0..<2) func anotherReferenceIsTheCause(_ seed: Int) throws {
        let old = RandomEstate.files(seed)
        var seen = 0
        for (before, after) in [
            ("template: web", "template: base"), ("preset: large", "preset: small"), ("posture: dev", "posture: hard"),
        ] {
            for path in ["envs/apps.yaml", "vms/web.yaml"] {
                var lines = (old[path] ?? "").components(separatedBy: "\n")
                guard let line = lines.firstIndex(where: { $0.contains(before) }) else { continue }
                lines[line] = lines[line].replacing(before, with: after)
                let new = old.merging([path: lines.joined(separator: "\n")]) { $1 }
                // What is there already tells no two lines apart.
                guard Self.isRight(new), !(old[path] ?? "").contains(lines[line]) else { continue }
                let told = try Told(from: old, to: new)
                for (place, change) in told.changes where change.before != nil && change.after != nil {
                    let cause = told.causes[place]
                    #expect(cause == Told.Cause(file: path, line: line + 1, isGone: false), "\(place)\n\(told.shown)")
                    seen += 1
                }
            }
        }
        #expect(seen > 0)
    }

    @Test func theLineOfAPortIsTheCause() throws {
        let old = [
            "site.yaml": "", "components/web.yaml": "ports: {metrics: 9100}\nmetrics: [{}]\n",
            "pillar/hosts/kt.sls": "components: [web]\ninstances: {1: 10.0.0.1}\n",
        ]
        let new = old.merging(["components/web.yaml": "ports: {metrics: 9101}\nmetrics: [{}]\n"]) { $1 }
        let told = try Told(from: old, to: new)
        #expect(!told.changes.isEmpty)
        for place in told.changes.keys where told.changes[place]?.before == nil {
            #expect(told.causes[place] == Told.Cause(file: "components/web.yaml", line: 1, isGone: false))
        }
    }

    /// A machine more is new, one less is gone, and of the others nothing is said.
    @Test(arguments: 0..<2) func machinesComeAndGo(_ seed: Int) throws {
        let old = RandomEstate.files(seed)
        var new = old
        new["envs/apps.yaml"]? += "  - name: extra\n    vm_preset: large\n    ip: 10.4.9.9/24\n"
        new["pillar/hosts/zz_late.sls"] = "env: apps\ninstances: {7: 10.4.9.10}\n"
        #expect(Self.isRight(new))
        for (before, after, change) in [(old, new, "added"), (new, old, "removed")] {
            let told = try Told(from: before, to: after)
            let impact = try #require(told.comparison.impact(since: "HEAD", "c0ffee"))
            let json = try OrderedJSON.parsed(impact.json)
            let expected = [("extra", "vm"), ("zz_late_7", "minion")].map { name, kind in
                "{\"name\": \"\(name)\", \"kind\": \"\(kind)\", \"env\": \"apps\", \"change\": \"\(change)\"}"
            }
            #expect(json["hosts"]?.items.map(\.text) == expected, "\(impact.text)")
            let envs = (json["envs"]?.items ?? []).compactMap(\.string)
            #expect(envs == ["apps"] && json["removed_envs"]?.items.isEmpty == true)
            #expect(told.comparison.text.contains("zz_late_7 is \(change == "added" ? "new" : "gone")"))
        }
        // Of an env that is gone, all of it.
        var without = old
        without["envs/apps.yaml"] = nil
        let impact = try Told(from: old, to: without).comparison.impact(since: "HEAD", "c0ffee")
        let json = try OrderedJSON.parsed(#require(impact).json)
        let gone = (json["hosts"]?.items ?? []).filter { $0["change"]?.string == "removed" }
        #expect(gone.compactMap { $0["name"]?.string } == ["app1", "app2", "app10"])
        #expect((json["removed_envs"]?.items ?? []).compactMap(\.string) == ["apps"])
    }

    /// Names that no output has are nobody's affair.
    @Test(arguments: 0..<2) func aFileMayBeCalledOtherwise(_ seed: Int) throws {
        let old = RandomEstate.files(seed)
        var new: [String: String] = [:]
        for (path, text) in old {
            var text = text
            // Only where they are references.
            if path.hasPrefix("vms/") || path.hasPrefix("envs/apps") || path.hasPrefix("manifests/") {
                for (name, other) in [("small", "tiny"), ("large", "huge"), ("base", "stem"), ("web", "front")] {
                    for field in ["preset", "template", "extends"] {
                        text = text.replacing("\(field): \(name)", with: "\(field): \(other)")
                    }
                }
            }
            var renamed = path
            for (name, other) in [("presets/small.", "presets/tiny."), ("presets/large.", "presets/huge.")] {
                renamed = renamed.replacing(name, with: other)
            }
            if path == "vms/base.yaml" { renamed = "vms/stem.yaml" }
            if path == "vms/web.yaml" { renamed = "vms/front.yaml" }
            new[renamed] = text
        }
        // A manifest says the name of its preset.
        (new["manifests/nested.yaml"], new["presets/unread.yaml"]) = (nil, nil)
        var without = old
        without["manifests/nested.yaml"] = nil
        #expect(Self.isRight(new), "\(SiteCompiler(MemoryFiles(new)).validate().report.text(errorsOnly: true))")
        let told = try Told(from: without, to: new)
        #expect(told.comparison.text.isEmpty, "\(told.comparison.text)")
        let impact = try #require(told.comparison.impact(since: "HEAD", "c0ffee"))
        let files = try OrderedJSON.parsed(impact.json)["files"]?.items.compactMap { $0["file"]?.string } ?? []
        #expect(files.contains("vms/stem.yaml") && files.contains("vms/base.yaml"))
    }

    /// With a mistake in what is there now, nothing is compared; with one in what was there, what can be.
    @Test(arguments: 0..<2) func mistakes(_ seed: Int) throws {
        let right = RandomEstate.files(seed)
        var wrong = right
        wrong["envs/apps.yaml"]? += "posture: nosuch\n"
        wrong["envs/other.yaml"] = "vms: [{name: x, vm_preset: nosuch}]\n"
        let broken = try Told(from: right, to: wrong)
        #expect(!broken.comparison.report.isClean && broken.changes.isEmpty)
        #expect(broken.comparison.impact(since: "HEAD", "c0ffee") == nil)
        let mended = try Told(from: wrong, to: right)
        #expect(mended.comparison.report.isClean && !mended.comparison.earlierReport.isClean)
        // Its variables could be made, and it is gone.
        #expect(mended.changes.keys.allSatisfy { $0.command.hasPrefix("inventory") }, "\(mended.shown)")
        #expect(mended.removed.contains("vars other"), "\(mended.shown)")
        // Inventories are compared env by env, for there was none of all; that of what has errors is none that came.
        #expect(mended.added.isEmpty, "\(mended.added)")
        #expect(
            mended.removed.allSatisfy { !$0.hasPrefix("inventory") || $0 == "inventory other" }, "\(mended.removed)")
        #expect(mended.comparison.notes.contains { $0.contains("env apps") }, "\(mended.comparison.notes)")
    }
}

/// What `diff` says.
private struct Told {
    struct Cause: Hashable {
        let file: String
        let line: Int
        let isGone: Bool
    }

    let comparison: SiteComparison
    private(set) var changes: [ComparisonModel.Place: ComparisonModel.Change] = [:]
    private(set) var causes: [ComparisonModel.Place: Cause] = [:]
    private(set) var hosts: Set<String> = []
    private(set) var added: Set<String> = []
    private(set) var removed: Set<String> = []

    init(from old: [String: String], to new: [String: String]) throws {
        comparison = SiteCompiler(MemoryFiles(new)).compare(since: SiteCompiler(MemoryFiles(old)))
        for item in try OrderedJSON.parsed(comparison.json)["changes"]?.items ?? [] {
            let command = item["command"]?.string ?? ""
            guard let path = item["path"]?.string else {
                if item["change"]?.string == "added" { added.insert(command) }
                if item["change"]?.string == "removed" { removed.insert(command) }
                continue
            }
            let place = ComparisonModel.Place(command: command, path: path)
            #expect(changes[place] == nil, "\(place) twice")
            let change = ComparisonModel.Change(before: item["before"]?.text, after: item["after"]?.text)
            changes[place] = change
            let kind = change.before == nil ? "added" : change.after == nil ? "removed" : "changed"
            #expect(item["change"]?.string == kind, "\(place)")
            // Prometheus's targets are addresses, not machines.
            let isTarget = item["command"]?.string?.hasPrefix("targets") == true
            if !isTarget, let host = item["host"]?.string { hosts.insert(host) }
            if let file = item["file"]?.string, case .number(let line)? = item["line"], let line = Int(line) {
                causes[place] = Cause(file: file, line: line, isGone: item["is_gone"]?.text == "true")
            }
        }
    }

    /// All that a person or a program is shown.
    var shown: String {
        comparison.text + String(decoding: comparison.json, as: UTF8.self) + comparison.notes.joined()
            + comparison.report.text() + comparison.earlierReport.text()
    }
}

extension [String: String] {
    /// The lines that differ, for a person.
    fileprivate func differences(from other: [String: String]) -> String {
        Set(keys).union(other.keys).sorted().filter { self[$0] != other[$0] }.map { path in
            let (old, new) = ((self[path] ?? "").split(separator: "\n"), (other[path] ?? "").split(separator: "\n"))
            let gone = old.filter { !new.contains($0) }.map { "- \($0)\n" }
            return "\(path)\n" + gone.joined() + new.filter { !old.contains($0) }.map { "+ \($0)\n" }.joined()
        }.joined()
    }
}
