internal import SiteModel

extension LinkedSite {
    /// The host groups, by name.
    var hostGroups: [BoundEntity] { catalogue.all(.hostGroup).compactMap { entities[$0.id] } }

    /// The components of a host group in the order in which they are layers: depth-first in listed order, what a component
    /// requires before it, each once (DESIGN §7). A circle, which `componentCircles` reports, is cut where it closes.
    func components(of group: BoundEntity) -> [BoundEntity] {
        var order: [BoundEntity] = []
        var visited: Set<EntityID> = []
        var waiting = names(in: inherited(group).entity.fields["components"]).reversed().map {
            (name: $0, isReady: false)
        }
        while let next = waiting.popLast() {
            guard let component = entity(next.name, .kind(.component)) else { continue }
            if next.isReady {
                order.append(component)
                continue
            }
            guard visited.insert(component.id).inserted else { continue }
            waiting.append((next.name, true))
            waiting += requirements(of: component).reversed().map { ($0, false) }
        }
        return order
    }

    /// The names of what a component requires, with what it inherits.
    func requirements(of component: BoundEntity) -> [Key] {
        names(in: inherited(component).entity.fields["requires"])
    }

    private func names(in value: Value?) -> [Key] { (value?.list ?? []).compactMap { $0.name.map { Key($0) } } }

    /// The pillar of a host group as layers, the weakest first: its components, each with what it inherits, then the group.
    func pillarLayers(of group: BoundEntity) -> (
        components: [(component: BoundEntity, pillar: Fields)], layers: [MergeLayer]
    ) {
        let components = components(of: group).map { component in
            let pillars = layers(of: component).map { layer in
                layer.entity.layer(of: layer.entity.fields["pillar"]?.map ?? Fields(), layer.lineage)
            }
            return (component, merge(pillars, by: rules[.pillar]).fields)
        }
        let own = layers(of: group).map { layer in
            layer.entity.layer(of: layer.entity.pillar, layer.lineage)
        }
        return (components, components.map { MergeLayer($0.1) } + own)
    }
}

extension BoundEntity {
    /// What of a host group is pillar: `pillar:`, and every key that is none of its own.
    fileprivate var pillar: Fields {
        let known = FieldTable.hostGroup.fields.map(\.name)
        let other = fields.entries.filter { !known.contains($0.key) && !$0.key.text.hasPrefix("x-") }
        return Fields(other + (fields["pillar"]?.map?.entries ?? []))
    }
}
