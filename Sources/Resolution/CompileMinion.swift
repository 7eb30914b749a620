package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// The names of the components that a minion lists: what it runs, but for what those require.
    package func listedComponents(of minion: Minion, in group: BoundEntity) -> [Value] {
        (inherited(group).entity.fields["components"]?.list ?? []) + (minion.fields?["components"]?.list ?? [])
    }

    /// Whose secrets are layers of a minion's pillar: its components and its host group, and what those extend.
    package func ownersOfSecrets(for minion: Minion, in group: BoundEntity) -> [EntityID] {
        let components = ComponentGraph(self).components(of: group, minion.fields)
        return (components.flatMap { ancestry.family(of: $0) } + ancestry.family(of: group.id)).map(\.id)
    }

    /// What the states of one minion read (DESIGN §7). Reports R0303, R0304, R0416.
    package func data(of minion: Minion, in group: BoundEntity) -> (data: MinionData, diagnostics: [Diagnostic]) {
        let graph = ComponentGraph(self)
        let components = graph.components(of: group, minion.fields)
        let merged = merge(pillarLayers(of: group, minion.fields, components, graph), by: rules[.pillar])
        var pillar = merged.fields
        var diagnostics = merged.diagnostics + pillarKeys(of: group, minion.fields) + hiddenKeys(in: pillar)
        let conflicts = conflicts(of: group, minion.fields, components, graph).map(\.diagnostic)
        diagnostics = diagnostics.besides(conflicts) + conflicts + circlesOfRequirements()
        for path in unknownLayers(of: group, components) {
            let unknown = SecretRef(["*"], in: Key(path), .unknown)
            pillar.set(Key(unknown.path), Value(.secret(unknown), Origin(nil, .secrets)))
        }
        let states = states(of: components)
        var host = pillar["host"]?.map ?? Fields()
        for entry in self.host(minion, components, states).entries { host.set(entry) }
        pillar.set(Fields.Entry("host", Value(.map(host), .nowhere), rule: .ofItems))
        pillar.lineage += componentLineage(of: minion, in: group, components)
        return (MinionData(pillar: pillar, states: states), diagnostics)
    }

    /// What of a host group's pillar, or of one of its instances', cannot be: R0304, R0416.
    func checkPillar(of group: BoundEntity, _ instance: Fields?, _ graph: ComponentGraph) -> [Diagnostic] {
        let layers = pillarLayers(of: group, instance, graph.components(of: group, instance), graph)
        let merged = merge(layers, by: rules[.pillar])
        return merged.diagnostics + pillarKeys(of: group, instance) + hiddenKeys(in: merged.fields)
    }

    /// The states of components, in their order, each once.
    private func states(of components: [EntityID]) -> Value {
        var states: [Value] = []
        for component in components.compactMap({ entities[$0] }) {
            let own = Value.string(component.id.name.text, Origin(component.start, .component))
            states += inherited(component).entity.fields["states"]?.list ?? [own]
        }
        return Value(.list(ListRule.once(states)), .nowhere)
    }

    /// What tells a minion who it is.
    private func host(_ minion: Minion, _ components: [EntityID], _ states: Value) -> Fields {
        let file = entities[minion.hostGroup]
        let origin = Origin(file?.start, .hostGroup)
        let names = components.map { id in Value.string(id.name.text, Origin(entities[id]?.start, .component)) }
        return Fields([
            Fields.Entry("id", .string(minion.id.text, Origin(minion.span, .instance)), rule: .derived("naming")),
            Fields.Entry("group", .string(minion.group, origin), rule: .fileName),
            Fields.Entry("label", .string(minion.label, origin), rule: .fileName),
            Fields.Entry("instance", minion.instance, rule: .derived("its key")),
            Fields.Entry("env", minion.env),
            minion.address.named("ip"),
            Fields.Entry("components", Value(.list(names), .nowhere), rule: .ofItems),
            Fields.Entry("states", states, rule: .ofItems),
        ])
    }

    /// How the components came to take part: by the host group, by the instance, or by another that requires them.
    private func componentLineage(of minion: Minion, in group: BoundEntity, _ components: [EntityID]) -> [Lineage] {
        var lineage: [Lineage] = []
        var known: Set<EntityID> = []
        func add(_ field: Key, _ names: [Value]) {
            for name in names {
                guard let target = name.name.flatMap({ entity(Key($0), .kind(.component)) }),
                    known.insert(target.id).inserted
                else { continue }
                lineage.append(Lineage(target.source, Step(field, at: name.origin.span, to: target.path)))
            }
        }
        add("components", listedComponents(of: minion, in: group))
        for component in components.reversed().compactMap({ entities[$0] }) {
            let inherited = inherited(component).entity
            add("requires", inherited.fields["requires"]?.list ?? [])
            lineage += inherited.fields.lineage
        }
        return lineage
    }

    /// Keys of a pillar that `resolve` sets itself: R0416.
    private func hiddenKeys(in pillar: Fields) -> [Diagnostic] {
        guard let host = pillar.entry("host") else { return [] }
        guard let fields = host.value.map else { return [.hiddenKey(host, "host")] }
        return fields.entries.filter { Self.hostKeys.contains($0.key) }.map { .hiddenKey($0, "host.\($0.key)") }
    }

    private static let hostKeys: [Key] = ["id", "group", "label", "instance", "env", "ip", "components", "states"]

    /// Keys that stand beside `pillar:` and in it, so that one of the two would be lost: R0416.
    private func pillarKeys(of group: BoundEntity, _ instance: Fields?) -> [Diagnostic] {
        let own = layers(of: group).map { ($0.entity.fields, FieldTable.hostGroup) }
        return (own + [instance].compactMap { $0.map { ($0, FieldTable.instance) } }).flatMap { fields, table in
            (fields["pillar"]?.map?.entries ?? []).compactMap { inner in
                let known = table.fields.contains { $0.name == inner.key }
                return known ? nil : fields.entry(inner.key).map { .twicePillar(inner, $0) }
            }
        }
    }
}

extension Diagnostic {
    fileprivate static func hiddenKey(_ entry: Fields.Entry, _ path: String) -> Diagnostic {
        Diagnostic(
            .pillarKey, "\(path) is set by resolve in every pillar", at: entry.keySpan ?? entry.value.origin.span,
            "this would be lost",
            help: path == "host"
                ? "an instance's address is `ip`; as pillar use another key, or a map with keys of its own"
                : "use another key")
    }

    fileprivate static func twicePillar(_ inner: Fields.Entry, _ outer: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .pillarKey, "\(inner.key) stands under pillar: and beside it", at: inner.keySpan,
            related: outer.keySpan.map { [Label($0, "beside it")] } ?? [],
            help: "write it once; `pillar:` is for keys that have another meaning here")
    }
}

extension Code {
    package static let pillarKey = Code(
        "R0416", "a pillar key that would be lost",
        explanation: """
            The pillar has `host` with what a dispatcher state wants to know: id, group, label, instance, env, ip, components \
            and states. What the site says under those keys would be lost. So would a key that stands under `pillar:` and \
            beside it.
            """,
        example: """
            $ resolve pillar kt_web_1
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            instances: {1: 203.0.113.10}
            host: {id: web-one}
            """,
        fix: "Use another key, or write it once.")
}
