extension RandomSaltSite {
    /// Settles what components might contradict each other in: in the host group, or one of them gives in.
    mutating func settle() {
        while let (index, doubt) = firstDoubt() {
            let group = site.hostGroups[index]
            let isFree = !group.fields.contains { $0.key == doubt.path[0] || $0.key == "pillar" }
            if isFree, chance(40) {
                let value = said(shape(at: doubt.path[...], in: .map(shapes)), isTagged: true)
                let said = doubt.strength == .force ? .tagged(.force, value) : value
                let whole = doubt.path.dropFirst().reversed().reduce(said) { .map([.init($1, $0)]) }
                site.hostGroups[index].fields.append(.init("pillar", .map([.init(doubt.path[0], whole)])))
            } else {
                drop(doubt.left, of: doubt.owners[1])
            }
        }
    }

    private func shape(at path: ArraySlice<String>, in shape: Shape) -> Shape {
        guard case .map(let shapes) = shape, let key = path.first,
            let inner = shapes.first(where: { $0.key == key })?.shape
        else { return shape }
        return self.shape(at: path.dropFirst(), in: inner)
    }

    private func firstDoubt() -> (group: Int, doubt: PillarModel.Doubt)? {
        let model = PillarModel(site: site)
        for (index, group) in site.hostGroups.enumerated() {
            if let doubt = model.doubts(of: group).first { return (index, doubt) }
        }
        return nil
    }

    private mutating func drop(_ path: [String], of component: String) {
        for index in site.components.indices where site.components[index].name == component {
            let fields = site.components[index].fields
            guard let pillar = fields.said("pillar") else { continue }
            site.components[index].fields = fields.setting("pillar", pillar.without(path[...]) ?? .map([]))
        }
        for index in site.secretLayers.indices where site.secretLayers[index].entity == "components/\(component)" {
            site.secretLayers[index].entries.removeAll { $0.key == path[0] }
        }
    }
}

extension Said {
    /// Without what says `!unset`, and the maps in which nothing else stands.
    var withoutUnset: Said? {
        switch self {
        case .unset: nil
        case .tagged(let tag, let said): said.withoutUnset.map { .tagged(tag, $0) }
        case .map(let entries):
            entries.compactMap { entry in entry.said.withoutUnset.map { Entry(entry.key, $0) } }.asMap
        default: self
        }
    }

    /// Without what stands at a path, or on the way to it if that is no map.
    fileprivate func without(_ path: ArraySlice<String>) -> Said? {
        switch self {
        case .tagged(.replace, _): nil
        case .tagged(let tag, let said): said.without(path).map { .tagged(tag, $0) }
        case .map(let entries) where !path.isEmpty:
            entries.compactMap { entry in
                guard entry.key == path.first else { return entry }
                return entry.said.without(path.dropFirst()).map { Entry(entry.key, $0) }
            }.asMap
        default: nil
        }
    }
}

extension [Said.Entry] {
    /// A map, if something is in it.
    var asMap: Said? { isEmpty ? nil : .map(self) }
}
