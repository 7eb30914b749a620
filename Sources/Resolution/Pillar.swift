internal import SiteModel

/// The components of a site: what each requires and brings, worked out once for all host groups.
struct ComponentGraph {
    private let site: LinkedSite
    /// What each requires, with what it inherits, in listed order.
    private var requirements: [EntityID: [EntityID]] = [:]
    /// For each, all that it requires, directly or not.
    private var ancestors: [EntityID: Set<EntityID>] = [:]
    /// For each, what it brings alone.
    private var pillars: [EntityID: Fields] = [:]
    /// For each, its layers, which are those of the fold.
    private var layers: [EntityID: [(id: EntityID, layer: MergeLayer)]] = [:]

    init(_ site: LinkedSite) {
        self.site = site
        let components = site.catalogue.all(.component).compactMap { site.entities[$0.id] }
        for component in components {
            requirements[component.id] = names(in: site.inherited(component).entity.fields["requires"])
            let family = site.layers(of: component).map { layer in
                let pillar = layer.entity.fields["pillar"]?.map ?? Fields()
                return (id: layer.entity.id, layer: layer.entity.layer(of: pillar, layer.lineage))
            }
            layers[component.id] = family
            pillars[component.id] = merge(family.map(\.layer), by: site.rules[.pillar]).fields
        }
        for component in components {
            var reached: Set<EntityID> = []
            var waiting = requirements[component.id] ?? []
            while let next = waiting.popLast() {
                guard reached.insert(next).inserted else { continue }
                waiting += (requirements[next] ?? []).filter { !reached.contains($0) }
            }
            ancestors[component.id] = reached
        }
    }

    /// Whether one of the two requires the other, directly or not.
    func isOrdered(_ first: EntityID, _ second: EntityID) -> Bool {
        ancestors[first]?.contains(second) == true || ancestors[second]?.contains(first) == true
    }

    func pillar(of component: EntityID) -> Fields { pillars[component] ?? Fields() }

    /// The components of a host group in the order in which they are layers: depth-first in listed order, what a component
    /// requires before it, each once (DESIGN §7). A circle, which is R0302, is cut where it closes.
    func components(of group: BoundEntity) -> [EntityID] {
        var order: [EntityID] = []
        var visited: Set<EntityID> = []
        let listed = names(in: site.inherited(group).entity.fields["components"])
        var waiting = listed.reversed().map { (id: $0, isReady: false) }
        while let next = waiting.popLast() {
            if next.isReady {
                order.append(next.id)
                continue
            }
            guard visited.insert(next.id).inserted else { continue }
            waiting.append((next.id, true))
            waiting += (requirements[next.id] ?? []).reversed().filter { !visited.contains($0) }.map { ($0, false) }
        }
        return order
    }

    /// The pillar of a host group as layers, the weakest first: its components, each after what it extends and each once, then
    /// what the group extends, then the group.
    func pillarLayers(of group: BoundEntity, _ components: [EntityID]) -> [MergeLayer] {
        var seen: Set<EntityID> = []
        let brought = components.flatMap { layers[$0] ?? [] }.filter { seen.insert($0.id).inserted }
        return brought.map(\.layer)
            + site.layers(of: group).map { $0.entity.layer(of: $0.entity.pillar, $0.lineage) }
    }

    private func names(in value: Value?) -> [EntityID] {
        (value?.list ?? []).compactMap { $0.name.flatMap { site.entity(Key($0), .kind(.component))?.id } }
    }
}

extension LinkedSite {
    /// The host groups, by name.
    var hostGroups: [BoundEntity] { catalogue.all(.hostGroup).compactMap { entities[$0.id] } }
}

extension BoundEntity {
    /// What of a host group is pillar: `pillar:`, and every key that is none of its own.
    fileprivate var pillar: Fields {
        let known = FieldTable.hostGroup.fields.map(\.name)
        let other = fields.entries.filter { !known.contains($0.key) && !$0.key.text.hasPrefix("x-") }
        return Fields(other + (fields["pillar"]?.map?.entries ?? []))
    }
}
