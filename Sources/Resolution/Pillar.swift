internal import Diagnostics
internal import SiteModel

/// The components that were loaded: what each requires, and the layers that it brings to a pillar (DESIGN §7).
struct ComponentGraph {
    private let site: LinkedSite
    /// What each requires, with what it inherits, in listed order.
    private var requirements: [EntityID: [EntityID]] = [:]
    /// For each, its pillar and its parents', which are layers of every pillar that it is in.
    private var layers: [EntityID: [(id: EntityID, layer: MergeLayer)]] = [:]

    init(_ site: LinkedSite) {
        self.site = site
        for place in site.catalogue.all(.component) {
            guard let component = site.entities[place.id] else { continue }
            requirements[component.id] = site.requirements(of: component).compactMap {
                site.entity($0.name, $0.order)?.id
            }
            layers[component.id] = site.layers(of: component).map { layer in
                let pillar = layer.entity.fields["pillar"]?.map ?? Fields()
                return (id: layer.entity.id, layer: layer.entity.layer(of: pillar, layer.lineage))
            }
        }
    }

    /// For each of some components, in their order, which of them it requires, directly or not: by their places.
    func ancestors(among components: [EntityID]) -> [PlaceSet] {
        let places = Dictionary(uniqueKeysWithValues: components.enumerated().map { ($0.element, $0.offset) })
        var ancestors = components.map { _ in PlaceSet(count: components.count) }
        // What one requires stands before it, but in a circle, which is an error.
        for (place, component) in components.enumerated() {
            for required in (requirements[component] ?? []).compactMap({ places[$0] }) {
                ancestors[place].insert(required)
                ancestors[place].formUnion(ancestors[required])
            }
        }
        return ancestors
    }

    /// The components of a host group in the order in which they are layers: depth-first in listed order, what a component
    /// requires before it, each once. A circle, which is R0302, is cut where it closes.
    ///
    /// - Parameter instance: what an instance says itself: its components come after the group's.
    func components(of group: BoundEntity, _ instance: Fields? = nil) -> [EntityID] {
        var order: [EntityID] = []
        var visited: Set<EntityID> = []
        let listed = names(in: site.inherited(group).entity.fields["components"]) + names(in: instance?["components"])
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

    /// The layers of components, the weakest first: what they say, each after what it extends and each once; then, above all of
    /// that, their secrets in the same order.
    func layers(of components: [EntityID]) -> [MergeLayer] {
        var seen: Set<EntityID> = []
        let family = components.flatMap { layers[$0] ?? [] }.filter { seen.insert($0.id).inserted }
        return family.map(\.layer) + family.compactMap { site.secretLayer(of: $0.id) }
    }

    private func names(in value: Value?) -> [EntityID] {
        (value?.list ?? []).compactMap { $0.name.flatMap { site.entity(Key($0), .kind(.component))?.id } }
    }
}

extension LinkedSite {
    /// A minion's pillar as layers, the weakest first: its components, each after what it extends and each once; their
    /// secrets in the same order; the host group after what it extends, and their secrets; the instance.
    ///
    /// - Parameter instance: what the instance says itself; nil if that is an address only.
    func pillarLayers(
        of group: BoundEntity, _ instance: Fields?, _ components: [EntityID], _ graph: ComponentGraph
    ) -> [MergeLayer] {
        let family = layers(of: group)
        let own = family.map { $0.entity.layer(of: $0.entity.fields.pillar(besides: .hostGroup), $0.lineage) }
        let nearest = instance.map { group.layer(of: $0.pillar(besides: .instance), nil) }
        return graph.layers(of: components)
            + own + family.compactMap { secretLayer(of: $0.entity.id) } + [nearest].compactMap(\.self)
    }

    /// The secrets of a component or a host group, if it has any whose keys are known.
    func secretLayer(of id: EntityID) -> MergeLayer? {
        guard let layer = secretLayers[id], case .keys(let keys) = layer.state else { return nil }
        let data = Fields(keys.fields.entries.filter { !$0.key.begins(with: "x-") })
        let source = data.entries.first?.keySpan?.source
        let lineage = source.map { Lineage($0, Step("secrets", at: nil, to: layer.path)) }
        return MergeLayer(data, isTagged: false, lineage)
    }

    /// The files of a minion's secrets whose keys are not known, in the order of the layers.
    func unknownLayers(of group: BoundEntity, _ components: [EntityID]) -> [String] {
        let owners = components.flatMap { ancestry.family(of: $0) } + ancestry.family(of: group.id)
        var seen: Set<EntityID> = []
        return owners.map(\.id).filter { seen.insert($0).inserted }.compactMap { id in
            guard let layer = secretLayers[id], case .unchecked = layer.state else { return nil }
            return layer.path
        }
    }
}

/// A set of small numbers, each below a count.
struct PlaceSet {
    private var words: [UInt64]

    init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

    mutating func insert(_ place: Int) { words[place / 64] |= 1 << UInt64(place % 64) }

    mutating func formUnion(_ other: PlaceSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    func contains(_ place: Int) -> Bool { words[place / 64] & 1 << UInt64(place % 64) != 0 }
}

extension Fields {
    /// What of a host group or an instance is pillar: every key that is none of its own, then `pillar:`.
    func pillar(besides table: FieldTable) -> Fields {
        let known = table.fields.map(\.name)
        let other = entries.filter { !known.contains($0.key) && !$0.key.begins(with: "x-") }
        return Fields(other + (self["pillar"]?.map?.entries ?? []))
    }
}
