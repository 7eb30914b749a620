internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

extension SiteReading {
    /// Turns manifests of levels into manifests of nodes, where every level is a machine of its own.
    func planUpgrades(_ plan: inout MigrationPlan) {
        for place in site.catalogue.all(.manifest) {
            guard let manifest = entity(place), manifest.fields["schema_version"]?.integer != 2,
                !Loader.holdsSecrets(place.path), let tree = tree(of: manifest)
            else { continue }
            var upgrade = ManifestUpgrade(tree)
            upgrade.run(manifest)
            for edit in upgrade.edits { plan.edit(place.path, edit) }
            plan.remarks += upgrade.remarks
        }
    }
}

/// The change of one manifest from version 1 to version 2.
private struct ManifestUpgrade {
    private let tree: SyntaxTree
    private let lines: TextLines
    private(set) var edits: [Edit] = []
    private(set) var remarks: [Diagnostic] = []

    init(_ tree: SyntaxTree) {
        self.tree = tree
        lines = TextLines(tree.source.bytes)
    }

    /// All of it, or a remark on what stands in the way.
    mutating func run(_ manifest: BoundEntity) {
        guard let levels = manifest.fields["levels"]?.list?.compactMap(\.map), !levels.isEmpty else { return }
        if let obstacle = levels.compactMap(Self.obstacle).first {
            remarks = [.staysOfLevels(manifest, obstacle)]
            return
        }
        guard let edits = headEdits().flatMap({ head in levelEdits(levels).map { head + $0 } }) else {
            remarks = [.isWrittenOddly(manifest)]
            return
        }
        self.edits = edits
        for level in levels {
            guard let arguments = level.entry("post_scenario_args"), arguments.value.list?.isEmpty == false else {
                continue
            }
            remarks.append(.argumentsGo(arguments))
        }
    }

    /// What of a level version 2 cannot say.
    private static func obstacle(in level: Fields) -> Fields.Entry? {
        let foreign: [Key] = ["template", "env", "vmid_offset"]
        for key in foreign { if let entry = level.entry(key), !entry.value.isNull { return entry } }
        if let scenario = level.entry("post_scenario"), !scenario.value.isNull, scenario.value.name != "pve-setup" {
            return scenario
        }
        return level["vm_preset"]?.isNull == false ? nil : level.entry("name")
    }

    /// `schema_version: 2`, and `nodes` instead of `levels`.
    private func headEdits() -> [Edit]? {
        let entries = tree.writtenEntries(tree.root)
        guard let levels = entries.first(where: { tree.string($0.key) == "levels" }), tree.isBare(levels.key),
            tree.isBare(tree.root)
        else { return nil }
        let renaming = tree.renaming(levels.key, to: "nodes")
        guard let version = entries.first(where: { tree.string($0.key) == "schema_version" }) else {
            return versionInsertion(entries).map { [$0, renaming] }
        }
        guard tree.isBare(version.value) else { return nil }
        return [Edit(tree.span(version.value), "2"), renaming]
    }

    private func versionInsertion(_ entries: [SyntaxTree.Entry]) -> Edit? {
        guard let first = entries.first else { return nil }
        let start = tree.span(first.key).start
        let place = Span(source: tree.source.id, start: start, end: start)
        let column = lines.column(of: first.key, tree)
        if tree.isFlow(tree.root) { return Edit(place, "schema_version: 2, ") }
        guard lines.indentation(lines.number(at: Int(start))) == column else { return nil }
        return Edit(place, "schema_version: 2" + lines.newline + String(repeating: " ", count: column))
    }

    private func levelEdits(_ levels: [Fields]) -> [Edit]? {
        guard let list = tree.value(of: "levels", in: tree.root), tree.isBare(list) else { return nil }
        let items = tree.items(list)
        var edits: [Edit] = []
        var above: String?
        for (place, item) in items.enumerated() {
            guard tree.isBare(item), !tree.isAlias(item), let name = tree.value(of: "name", in: item),
                tree.isBare(name),
                let level = edit(item, levels[place], isLast: place == items.count - 1, above: above)
            else { return nil }
            edits += level
            above = tree.inlineText(name)
        }
        return edits
    }

    private func edit(_ item: NodeID, _ level: Fields, isLast: Bool, above: String?) -> [Edit]? {
        let entries = tree.writtenEntries(item)
        let map = MapEdits(item, in: tree, lines)
        let isHypervisor = !isLast || level["post_scenario"]?.name == "pve-setup"
        let going = ["post_scenario", "post_scenario_args", "template", "env", "vmid_offset"]
        let places = entries.indices.filter { going.contains(tree.string(entries[$0].key)) }
        let isTaken = entries.contains { ["type", "parent", "preset"].contains(tree.string($0.key)) }
        guard !isTaken, entries.allSatisfy({ !tree.isMergeKey($0.key) && tree.isBare($0.key) }),
            let name = entries.first(where: { tree.string($0.key) == "name" }),
            let preset = entries.first(where: { tree.string($0.key) == "vm_preset" }),
            let removal = places.isEmpty ? [] : map.removal(of: places),
            let insertion = map.insertion(
                of: ["type: \(isHypervisor ? "pve" : "vm")"] + (above.map { ["parent: \($0)"] } ?? []), behind: name)
        else { return nil }
        return [tree.renaming(preset.key, to: "preset"), insertion] + removal
    }
}

extension Diagnostic {
    fileprivate static func staysOfLevels(_ manifest: BoundEntity, _ obstacle: Fields.Entry) -> Diagnostic {
        let isMissing = obstacle.key == "name"
        return Diagnostic(
            .staysBehind, .warning, "\(manifest.path) stays a manifest of version 1", at: obstacle.keySpan,
            isMissing
                ? "this level has no vm_preset"
                : "version 2 has no \(obstacle.key)\(obstacle.key == "post_scenario" ? " but pve-setup" : "")",
            help: isMissing || ["template", "env"].contains(obstacle.key)
                ? "give each level a vm_preset and an image, then migrate again"
                : "remove it, if the level can do without, then migrate again")
    }

    fileprivate static func isWrittenOddly(_ manifest: BoundEntity) -> Diagnostic {
        Diagnostic(
            .staysBehind, .warning, "\(manifest.path) stays a manifest of version 1", at: manifest.start,
            notes: [
                "anchors, aliases, `<<`, comments between brackets, a byte order mark, or keys of version 2 are in what would have to be rewritten"
            ],
            help: "write each level as a plain block that begins with its name, then migrate again")
    }

    fileprivate static func argumentsGo(_ arguments: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .changedMeaning, .note, "post_scenario_args go: a node of version 2 has none", at: arguments.keySpan,
            help: "what homestak does on a node of type pve, it does without them")
    }
}
