package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// A manifest as a graph, defaults filled in (DESIGN §6, *manifest*). Levels of version 1 are read as a chain.
    ///
    /// - Returns: no manifest if it has no machines, which is reported; the numbers, too, that its nodes take from pools.
    package func manifest(
        _ entity: BoundEntity
    ) -> (manifest: ManifestGraph?, wanted: [Allocation], diagnostics: [Diagnostic]) {
        let fields = entity.fields
        let isGraph = fields["schema_version"]?.integer == 2
        let field: Key = isGraph ? "nodes" : "levels"
        let other: Key = isGraph ? "levels" : "nodes"
        var diagnostics: [Diagnostic] = []
        if let stray = fields.entry(other) { diagnostics.append(.strayNodes(stray, isGraph, fields)) }
        guard let list = fields.entry(field), let items = list.value.list, !items.isEmpty else {
            // Values of another shape have been reported, and so have the nodes of the other version.
            let isReported = fields[field].map { $0.list == nil } ?? fields.contains(other)
            return (nil, [], diagnostics + (isReported ? [] : [.noNodes(entity, field, isGraph)]))
        }
        let machines = items.map { $0.map ?? Fields() }
        let mode = fields["execution"]?.map?.entry("default_mode") ?? .builtIn("default_mode", "push")
        let nodes =
            isGraph
            ? machines.map { node(of: $0, mode) }
            : machines.indices.map { level($0, of: machines, mode) }
        let graph = NodeGraph(
            nodes.map { ($0["name"] ?? Value(.null, .nowhere), $0["parent"].flatMap { $0.isNull ? nil : $0 }) })
        diagnostics += graph.diagnostics
        let owners = nodes.map { owner($0, in: entity.group) }
        let allocated = allocate(nodes, to: owners)
        diagnostics += allocated.diagnostics
        let finished = allocated.vms.enumerated().map { place, fields in
            ManifestGraph.Node(fields.placed(at: graph.depths[place]), parent: graph.parents[place])
        }
        diagnostics += checkSiblings(finished)
        let manifest = ManifestGraph(
            head: head(of: entity, mode), nodes: finished, list: list, createOrder: graph.order,
            group: entity.group, lineage: fields.lineage)
        return (manifest, allocated.wanted, diagnostics)
    }

    /// What is wrong with a manifest, and with what would be made for its roots.
    package func checkManifest(_ entity: BoundEntity) -> [Diagnostic] {
        let compiled = manifest(entity)
        // An env is checked by itself.
        let roots = compiled.manifest?.nodes.filter { $0.parent == nil && $0.fields["env"]?.name == nil } ?? []
        guard let manifest = compiled.manifest, !compiled.diagnostics.hasErrors else { return compiled.diagnostics }
        let made = roots.map { root($0, of: manifest, issuedAt: nil) }
        return compiled.diagnostics + made.flatMap(\.diagnostics)
            + checkTogether(made.flatMap(\.machines.vms).map { VM($0) }, strictness)
    }

    /// What runs on one node, as a manifest of its own, its children promoted to roots.
    ///
    /// Reports R0201 for a node that is not there or on which nothing runs, R0413 for one that version 2 cannot say.
    package func subtree(of manifest: ManifestGraph, below name: String) -> (
        manifest: ManifestGraph?, diagnostics: [Diagnostic]
    ) {
        guard let top = manifest.nodes.firstIndex(where: { Key($0.name) == Key(name) }) else {
            return (nil, [.noSuchNode(name, manifest)])
        }
        let graph = NodeGraph(manifest.nodes.map { ($0.fields["name"] ?? .null, $0.fields["parent"]?.unlessNull) })
        let places = graph.descendants(of: top)
        guard !places.isEmpty else { return (nil, [.noDescendants(name, manifest.nodes[top])]) }
        let nodes = places.map { place -> ManifestGraph.Node in
            var node = manifest.nodes[place]
            if node.parent == top { node.fields.set("parent", .null) }
            return node
        }
        var result = manifest
        result.nodes = nodes
        let title = manifest.head["name"]?.name ?? ""
        result.head.set("name", .string("\(name)-subtree", .nowhere))
        result.head.set("description", .string("What runs on \(name) of \(title)", .nowhere))
        result.createOrder = Array(nodes.indices)
        let foreign = nodes.flatMap { node -> [Diagnostic] in
            let starts: [Key] = ["template", "env"]
            return starts.compactMap { node.fields.entry($0) }.map { .levelOnly($0, node) }
        }
        return (result, foreign)
    }

    /// What is made for a root on the node that the manifest is applied to: a VM, or those of an env.
    package func root(
        _ node: ManifestGraph.Node, of manifest: ManifestGraph, issuedAt time: Int?
    ) -> (machines: Deployment.Machines, wanted: [Allocation], diagnostics: [Diagnostic]) {
        var machines = Deployment.Machines(lineage: manifest.lineage)
        if let name = node.fields["env"]?.name {
            guard let env = entity(Key(name), .kind(.env)) else { return (machines, [], []) }
            let inherited = inherited(env)
            let compiled = self.machines(of: inherited.entity, shiftedBy: node.offset)
            return (self.machines(compiled), compiled.wanted, inherited.diagnostics + compiled.diagnostics)
        }
        let method = authMethod(spec: node.fields["spec"], posture: nil, issuedAt: time)
        let compiled = vm(node, method)
        let allocated = allocate([compiled.vm], to: [owner(compiled.vm, in: manifest.group)])
        machines.vms = allocated.vms
        machines.list = manifest.list.named("vms")
        machines.lineage += method.lineage
        return (machines, allocated.wanted, method.diagnostics + compiled.diagnostics + allocated.diagnostics)
    }

    // MARK: Parts

    private func head(of entity: BoundEntity, _ mode: Fields.Entry) -> Fields {
        let written = entity.fields
        var settings = Fields()
        for setting in Self.settings { settings.set(written["settings"]?.map?.entry(setting.key) ?? setting) }
        let name = Value.string(entity.id.name.text, Origin(entity.start, .manifest))
        return Fields([
            written.entry("name") ?? Fields.Entry("name", name, rule: .fileName),
            written.entry("description") ?? .builtIn("description", ""),
            written.entry("pattern") ?? .builtIn("pattern", "flat"),
            Fields.Entry(
                "execution", Value(.map(Fields([mode])), written["execution"]?.origin ?? .nowhere), rule: .ofItems),
            Fields.Entry(
                "settings", Value(.map(settings), written["settings"]?.origin ?? .nowhere), rule: .ofItems),
        ])
    }

    private static let settings: [Fields.Entry] = [
        Fields.Entry("verify_ssh", Value(.bool(true), .builtIn), rule: .whenAbsent),
        Fields.Entry("cleanup_on_failure", Value(.bool(true), .builtIn), rule: .whenAbsent),
        Fields.Entry("timeout_buffer", Value(.integer(60), .builtIn), rule: .whenAbsent),
        .builtIn("on_error", "stop"),
    ]

    /// A node of version 2, `null` for what is absent.
    private func node(of written: Fields, _ mode: Fields.Entry) -> Fields {
        var fields = Fields([written.entry("name"), written.entry("type")].compactMap(\.self))
        for key in ["parent", "spec", "preset", "image", "vmid", "disk"] as [Key] {
            fields.set(written.entry(key) ?? .absent(key))
        }
        fields.set((written["execution"]?.map?.entry("mode") ?? mode.inherited).named("execution_mode"))
        return fields
    }

    /// A level of version 1, which runs on the one before it: whatever has another on it is a hypervisor.
    private func level(_ place: Int, of levels: [Fields], _ mode: Fields.Entry) -> Fields {
        let written = levels[place]
        let setup = written["post_scenario"]
        let isHypervisor = place + 1 < levels.count || setup?.name == "pve-setup"
        let type = Value.string(isHypervisor ? "pve" : "vm", setup?.origin ?? written["name"]?.origin ?? .builtIn)
        let words = place + 1 < levels.count ? "the next level runs on it" : "post_scenario"
        var fields = Fields([written.entry("name")].compactMap(\.self))
        fields.set(Fields.Entry("type", type, rule: .derived(words)))
        let above = place > 0 ? levels[place - 1]["name"] : nil
        fields.set(above.map { Fields.Entry("parent", $0, rule: .derived("the level before")) } ?? .absent("parent"))
        fields.set(.absent("spec"))
        fields.set((written.entry("vm_preset") ?? .absent("vm_preset")).named("preset"))
        for key in ["template", "env"] as [Key] {
            if let entry = written.entry(key), !entry.value.isNull { fields.set(entry) }
        }
        if fields.contains("env"), let offset = written.entry("vmid_offset") { fields.set(offset) }
        for key in ["image", "vmid", "disk"] as [Key] { fields.set(written.entry(key) ?? .absent(key)) }
        fields.set(mode.inherited.named("execution_mode"))
        return fields
    }

    /// Two machines of one number on one hypervisor: R0602.
    private func checkSiblings(_ nodes: [ManifestGraph.Node]) -> [Diagnostic] {
        let groups = Dictionary(grouping: nodes.indices) { nodes[$0].parent ?? -1 }
        return groups.keys.sorted().flatMap { group in
            checkTwins((groups[group] ?? []).map { VM(nodes[$0].fields) }, strictness, in: [.vmid])
        }
    }
}

extension Fields {
    /// A node's fields with its depth, in the order in which they are written.
    fileprivate func placed(at depth: Int) -> Fields {
        let origin = Origin(self["parent"]?.origin.span ?? self["name"]?.origin.span, .manifest)
        let words = depth == 0 ? "a root" : "its parent's + 1"
        var fields = Fields()
        for entry in entries {
            if entry.key == "parent" {
                fields.set(Fields.Entry("depth", Value(.integer(depth), origin), rule: .derived(words)))
            }
            fields.set(entry)
        }
        return fields
    }
}

extension BoundEntity {
    /// What stands for a manifest in `allocations.yaml`: one that is no file of the site has no name there.
    fileprivate var group: String {
        id.folder.isEmpty ? LinkedSite.noGroup : "\(id.folder)/\(id.name)"
    }
}

extension Fields.Entry {
    /// A field that nothing says: null.
    fileprivate static func absent(_ key: Key) -> Fields.Entry {
        Fields.Entry(key, Value(.null, .builtIn), rule: .whenAbsent)
    }

    /// What a node has from its manifest.
    fileprivate var inherited: Fields.Entry { Fields.Entry(key, value, rule: .whenAbsent) }
}

extension Value {
    fileprivate static let null = Value(.null, .nowhere)

    fileprivate var unlessNull: Value? { isNull ? nil : self }
}

extension Diagnostic {
    fileprivate static func noNodes(_ entity: BoundEntity, _ field: Key, _ isGraph: Bool) -> Diagnostic {
        let isEmpty = entity.fields.contains(field)
        return Diagnostic(
            .missingField, isEmpty ? "this manifest's \(field) is empty" : "this manifest has no \(field)",
            at: entity.fields.entry(field)?.keySpan ?? entity.start,
            help: isGraph
                ? "list its machines: `nodes: [{name: web1, type: vm, preset: vm-small}]`"
                : "write `schema_version: 2` and list its machines under `nodes`")
    }

    fileprivate static func strayNodes(_ stray: Fields.Entry, _ isGraph: Bool, _ fields: Fields) -> Diagnostic {
        let version = fields["schema_version"]?.origin.span
        return Diagnostic(
            .missingField, isGraph && fields.contains("nodes") ? .warning : .error,
            isGraph
                ? "`levels` belong to version 1, and this manifest is of version 2"
                : "`nodes` belong to version 2, and this manifest is of version 1", at: stray.keySpan,
            related: version.map { [Label($0, "its version")] } ?? [],
            help: isGraph
                ? fields.contains("nodes")
                    ? "nothing reads them here: remove them" : "write `schema_version: 1`, or make them nodes"
                : version == nil ? "add `schema_version: 2`" : "write `schema_version: 2`")
    }

    fileprivate static func noSuchNode(_ name: String, _ manifest: ManifestGraph) -> Diagnostic {
        let near = Suggestions.near(name, among: manifest.nodes.map(\.name))
        return Diagnostic(
            .dangling, "no node named \"\(name)\" in this manifest, for --subtree", at: manifest.list.keySpan,
            help: near.isEmpty ? nil : "did you mean \(near.asChoices)?")
    }

    fileprivate static func noDescendants(_ name: String, _ node: ManifestGraph.Node) -> Diagnostic {
        Diagnostic(
            .dangling, "nothing runs on \"\(name)\", so there is no subtree", at: node.fields["name"]?.origin.span,
            help: "name a node that others have as their parent")
    }

    fileprivate static func levelOnly(_ entry: Fields.Entry, _ node: ManifestGraph.Node) -> Diagnostic {
        Diagnostic(
            .levelOnly, "\"\(node.name)\" starts from \(entry.key), which no manifest of version 2 can say",
            at: entry.value.origin.span, help: "give the level a vm_preset and an image instead")
    }
}

extension Code {
    package static let levelOnly = Code(
        "R0413", "a level that version 2 cannot say",
        explanation: """
            `--subtree` writes a manifest of version 2, whose nodes have a preset. A level of version 1 may start from a \
            template or stand for an env instead; that would be lost.
            """,
        example: """
            $ resolve manifest lab --subtree outer
            -- site.yaml --
            -- vms/web.yaml --
            image: debian-12
            -- presets/vm-large.yaml --
            cores: 4
            -- manifests/lab.yaml --
            schema_version: 1
            name: lab
            levels:
              - {name: outer, vm_preset: vm-large}
              - {name: web, template: web}
            """,
        fix: "Give the level a `vm_preset` and an `image`.")
}
