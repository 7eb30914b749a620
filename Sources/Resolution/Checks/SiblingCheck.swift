package import Diagnostics
internal import SiteModel

// Components that no `requires` orders are siblings. Whether two of them disagree is found by trying: the pillar is merged
// once with the one before the other, and once the other way round. What differs, the order in which they are listed would
// decide; what something nearer or stronger settles comes out the same.

extension LinkedSite {
    /// Components of one minion that no `requires` orders and that set one key to different values: R0303; and components that
    /// require each other: R0302.
    package func siblingConflicts() -> [Diagnostic] {
        let graph = ComponentGraph(self)
        var conflicts: [Conflict] = []
        for group in hostGroups {
            for conflict in self.conflicts(of: group, graph) {
                if let known = conflicts.firstIndex(where: { $0.isSame(as: conflict) }) {
                    conflicts[known].join(conflict)
                } else {
                    conflicts.append(conflict)
                }
            }
        }
        return circlesOfRequirements() + conflicts.map(\.diagnostic)
    }

    /// The conflicts of all minions of a host group.
    private func conflicts(of group: BoundEntity, _ graph: ComponentGraph) -> [Conflict] {
        let instances = minions(of: group).minions.map(\.fields)
        let common = conflicts(of: group, nil, graph.components(of: group), graph)
        // An instance without components of its own has no conflict that the group has not, but it may settle one.
        let special = instances.filter { $0 != nil && (!common.isEmpty || $0?.contains("components") == true) }
        let plain = instances.isEmpty || instances.contains { $0 == nil } ? common : []
        return plain + special.flatMap { conflicts(of: group, $0, graph.components(of: group, $0), graph) }
    }

    /// The conflicts of one minion, or of those that are alike.
    func conflicts(
        of group: BoundEntity, _ instance: Fields?, _ components: [EntityID], _ graph: ComponentGraph
    ) -> [Conflict] {
        guard components.count > 1 else { return [] }
        let trial = SiblingTrial(self, group, instance, components, graph)
        var conflicts: [Conflict] = []
        for key in trial.sharedKeys {
            for (first, second) in trial.siblings(saying: key) {
                for path in trial.differences(at: key, first, second) {
                    let statements = [first, second].compactMap { trial.statement(of: $0, at: path) }
                    if statements.count == 2 { conflicts.add(path, statements, on: group) }
                }
            }
        }
        return conflicts
    }
}

/// The pillar of one minion, to be merged in several orders, a key at a time.
private struct SiblingTrial {
    private let components: [EntityID]
    private let graph: ComponentGraph
    private let ancestors: [PlaceSet]
    /// What stands above all components.
    private let nearer: [MergeLayer]
    private let rules: MergeRules
    /// The places of those that say something of a key.
    private let sayers: [Key: [Int]]
    /// The keys that several components say something of.
    let sharedKeys: [Key]

    init(
        _ site: LinkedSite, _ group: BoundEntity, _ instance: Fields?, _ components: [EntityID],
        _ graph: ComponentGraph
    ) {
        self.components = components
        self.graph = graph
        ancestors = graph.ancestors(among: components)
        nearer = site.pillarLayers(of: group, instance, [], graph)
        rules = site.rules[.pillar]
        var sayers: [Key: [Int]] = [:]
        var order: [Key] = []
        for place in components.indices {
            for key in graph.layers(of: [components[place]]).flatMap({ $0.fields.entries.map(\.key) }) {
                if sayers[key] == nil { order.append(key) }
                if sayers[key]?.last != place { sayers[key, default: []].append(place) }
            }
        }
        self.sayers = sayers
        sharedKeys = order.filter { sayers[$0]?.count ?? 0 > 1 }
    }

    /// Pairs that say something of a key, and that no `requires` orders.
    func siblings(saying key: Key) -> [(Int, Int)] {
        let places = sayers[key] ?? []
        return places.indices.flatMap { index in
            places[..<index].filter { !ancestors[places[index]].contains($0) && !ancestors[$0].contains(places[index]) }
                .map { ($0, places[index]) }
        }
    }

    /// Where the pillar is another if the second comes before the first, with all that it requires.
    func differences(at key: Key, _ first: Int, _ second: Int) -> [[Key]] {
        let isEarly: (Int) -> Bool = { $0 == second || ancestors[second].contains($0) }
        let turned = components.indices.filter(isEarly) + components.indices.filter { !isEarly($0) }
        let (usual, other) = (merged(Array(components.indices), key), merged(turned, key))
        // What is replaced whole differs as a whole.
        guard rules[key] == .deep else { return usual.isSame(as: other) ? [] : [[key]] }
        return usual.differences(from: other, at: [key])
    }

    private func merged(_ order: [Int], _ key: Key) -> Fields.Entry? {
        let layers = (graph.layers(of: order.map { components[$0] }) + nearer).compactMap { layer in
            layer.fields.entry(key).map { MergeLayer(Fields([$0]), isTagged: layer.isTagged) }
        }
        return merge(layers, by: rules).fields.entry(key)
    }

    /// What a component says at a path, or instead of a map on the way there, or in the place of all that is inherited there;
    /// nil if it says nothing of it.
    func statement(of place: Int, at path: [Key]) -> Conflict.Statement? {
        let entry = graph.layers(of: [components[place]]).reversed().lazy.compactMap { $0.fields.decision(at: path) }
            .first
        return entry.map { Conflict.Statement(component: components[place], entry: $0) }
    }
}

extension Fields {
    fileprivate func decision(at path: [Key]) -> Entry? {
        var found: Entry?
        var fields = self
        for step in path {
            guard let entry = fields.entry(step) else { return found?.value.origin.tag == .replace ? found : nil }
            guard let below = entry.value.map else { return entry }
            found = entry
            fields = below
        }
        return found
    }
}

extension Fields.Entry? {
    /// The paths at which two results are not the same.
    fileprivate func differences(from other: Fields.Entry?, at path: [Key]) -> [[Key]] {
        guard let left = self?.value.map, let right = other?.value.map else { return isSame(as: other) ? [] : [path] }
        let keys = left.entries.map(\.key) + right.entries.map(\.key).filter { !left.contains($0) }
        return keys.flatMap { left.entry($0).differences(from: right.entry($0), at: path + [$0]) }
    }
}

extension Fields.Entry? {
    fileprivate func isSame(as other: Fields.Entry?) -> Bool {
        guard let self, let other else { return self == nil && other == nil }
        return self.isSame(as: other)
    }
}

extension Fields.Entry {
    /// Equal but for the order of keys, and of items where lists were joined: that follows the layers' and is no conflict.
    fileprivate func isSame(as other: Fields.Entry) -> Bool {
        guard let left = value.list, let right = other.value.list, isJoined, other.isJoined else {
            return value.content.isSame(as: other.value.content)
        }
        var rest = right.map(\.content)
        return left.count == right.count
            && left.allSatisfy { item in
                guard let place = rest.firstIndex(where: { item.content.isSame(as: $0) }) else { return false }
                rest.remove(at: place)
                return true
            }
    }

    private var isJoined: Bool { [.merge(.union), .merge(.append)].contains(rule) }
}

extension Value.Content {
    /// Equal but for the order of keys.
    func isSame(as other: Value.Content) -> Bool {
        switch (self, other) {
        case (.map(let left), .map(let right)):
            left.entries.count == right.entries.count
                && left.entries.allSatisfy { entry in
                    right[entry.key].map { entry.value.content.isSame(as: $0.content) } ?? false
                }
        case (.list(let left), .list(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.content.isSame(as: $1.content) }
        default: self == other
        }
    }
}

/// A key with several values, all of them, and where that matters.
struct Conflict {
    /// What one component says.
    struct Statement {
        let component: EntityID
        let entry: Fields.Entry

        fileprivate var words: String {
            entry.isUnset ? "\(component.name) removes it" : "\(component.name) says \(entry.value.phrase)"
        }

        fileprivate var isSecret: Bool { if case .secret = entry.value.content { true } else { false } }
    }

    fileprivate let path: [Key]
    fileprivate var statements: [Statement]
    fileprivate var groups: [BoundEntity] = []

    /// The same conflict on another host group.
    mutating func join(_ other: Conflict) {
        groups += other.groups.filter { group in !groups.contains { $0.id == group.id } }
    }

    func isSame(as other: Conflict) -> Bool {
        path == other.path
            && Set(statements.map(\.entry.value.origin.span)) == Set(other.statements.map(\.entry.value.origin.span))
    }

    var diagnostic: Diagnostic {
        let labels = statements.compactMap { statement in
            statement.entry.value.origin.span.map { Label($0, statement.words) }
        }
        let names = statements.map { "\"\($0.component.name)\"" }
        let group = groups.first
        let others = groups.count > 1 ? " and \(groups.count - 1) more" : ""
        let areSecrets = statements.allSatisfy(\.isSecret)
        let areLists = statements.allSatisfy { $0.entry.value.list != nil }
        return Diagnostic(
            .siblings,
            "\(statements.count == 2 ? "two" : "\(statements.count)") components set \(SecretRef.path(path)) to different values, and nothing says which counts",
            at: labels.last?.span, labels.last?.text ?? "", related: Array(labels.dropLast()),
            notes: ["\(names.joined(separator: " and ")) meet on \(group?.path ?? "")\(others)"]
                + (areSecrets ? ["secrets are not compared: two of them are held for different"] : []),
            help: areSecrets
                ? "keep it in one file only, set it in \(group?.path ?? "the host group") or its secrets, or let one component require the other (the one that requires wins)"
                : "set it in \(group?.path ?? "the host group"), or let one component require the other (the one that requires wins), or write !force before one value or !default before the others"
                    + (areLists ? "; lists are joined by !union before each" : "")
        )
    }
}

extension [Conflict] {
    fileprivate mutating func add(_ path: [Key], _ statements: [Conflict.Statement], on group: BoundEntity) {
        guard let known = firstIndex(where: { $0.path == path }) else {
            append(Conflict(path: path, statements: statements, groups: [group]))
            return
        }
        for statement in statements
        where !self[known].statements.contains(where: { $0.component == statement.component }) {
            self[known].statements.append(statement)
        }
    }
}

extension Code {
    package static let siblings = Code(
        "R0303", "siblings that disagree",
        explanation: """
            Two components of one host group that no `requires` orders are equally near. Where they set one key to different \
            values, the order in which they happen to be listed would decide, so it is an error, unless something nearer, such as \
            the host group, or something stronger settles it. What a component extends is part of what it says.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- components/nginx.yaml --
            pillar: {limits: {nofile: 65536}}
            -- components/postgres.yaml --
            pillar: {limits: {nofile: 16384}}
            -- pillar/hosts/kt_web.sls --
            components: [nginx, postgres]
            """,
        fix: """
            Set the key in the host group, let one component require the other, or write `!force` before one of the values or \
            `!default` before the others.
            """)
}
