package import Diagnostics
internal import SiteModel

extension LinkedSite {
    /// Components of one host group that no `requires` orders, and that set one key to different values of equal strength:
    /// R0303; and components that require each other: R0302. What a nearer layer or a stronger value settles is no conflict.
    package func siblingConflicts() -> [Diagnostic] {
        let graph = ComponentGraph(self)
        var conflicts: [Conflict] = []
        var leaves = LeavesOfComponents()
        for group in hostGroups {
            // Instances that add no components have the group's; what they say themselves may settle a conflict for them alone.
            let instances = minions(of: group).minions.map(\.fields).filter { $0?["components"] != nil }
            for instance in [nil] + instances {
                let components = graph.components(of: group, instance)
                let merged = merge(pillarLayers(of: group, instance, components, graph), by: rules[.pillar]).fields
                for conflict in self.conflicts(of: group, components, graph, merged, &leaves) {
                    if let known = conflicts.firstIndex(where: { $0.isSame(as: conflict) }) {
                        conflicts[known].join(conflict)
                    } else {
                        conflicts.append(conflict)
                    }
                }
            }
        }
        return Ancestry.circlesOfRequirements(entities, catalogue) + conflicts.map(\.diagnostic)
    }

    /// The conflicts of one minion, or of those that are alike.
    ///
    /// - Parameter merged: the pillar that they have.
    func conflicts(
        of group: BoundEntity, _ components: [EntityID], _ graph: ComponentGraph, _ merged: Fields,
        _ known: inout LeavesOfComponents
    ) -> [Conflict] {
        guard components.count > 1 else { return [] }
        var conflicts: [Conflict] = []
        for band in ComponentGraph.Band.allCases {
            let leaves = components.map { known.leaves(of: $0, band, graph) }
            for (index, later) in components.enumerated() where !leaves[index].isEmpty {
                for (other, earlier) in components[..<index].enumerated() where !leaves[other].isEmpty {
                    let clashes = leaves[index].clashes(with: leaves[other]).filter {
                        !isJoined($0) && isOpen($0, in: merged)
                    }
                    guard !clashes.isEmpty, !graph.isOrdered(earlier, later) else { continue }
                    for clash in clashes { conflicts.add(clash, earlier, later, on: group) }
                }
            }
        }
        return conflicts
    }

    /// Lists that a rule joins do not compete.
    private func isJoined(_ clash: Clash) -> Bool {
        guard clash.first.list != nil, clash.second.list != nil else { return false }
        let tag = clash.second.origin.tag?.rule ?? clash.first.origin.tag?.rule
        let rule = tag ?? clash.path.first.map { rules[.pillar][$0] }
        return (rule == .union || rule == .append) && (clash.path.count == 1 || tag != nil)
    }

    /// Whether one of the two is what comes out: otherwise something else decides.
    private func isOpen(_ clash: Clash, in merged: Fields) -> Bool {
        var value: Value? = Value(.map(merged), .nowhere)
        for step in clash.path { value = value?.map?[step] }
        guard let span = value?.origin.span else { return false }
        return span == clash.first.origin.span || span == clash.second.origin.span
    }
}

/// What components say, worked out once for all that run them.
struct LeavesOfComponents {
    private var known: [ComponentGraph.Band: [EntityID: PillarLeaves]] = [:]

    fileprivate mutating func leaves(
        of component: EntityID, _ band: ComponentGraph.Band, _ graph: ComponentGraph
    ) -> PillarLeaves {
        if let leaves = known[band]?[component] { return leaves }
        let leaves = PillarLeaves(graph.pillar(of: component, band))
        known[band, default: [:]][component] = leaves
        return leaves
    }
}

/// Two values for one key.
private struct Clash {
    let path: [Key]
    let first: Value
    let second: Value
}

/// The values of a pillar that are no maps, or empty ones, by their paths.
private struct PillarLeaves {
    private var order: [[Key]] = []
    private var values: [[Key]: Value] = [:]
    /// The maps that lead to them.
    private var maps: [[Key]: Value] = [:]

    init(_ pillar: Fields) { add(pillar, below: []) }

    var isEmpty: Bool { order.isEmpty }

    private mutating func add(_ fields: Fields, below path: [Key]) {
        for entry in fields.entries {
            if let inner = entry.value.map, !inner.isEmpty {
                maps[path + [entry.key]] = entry.value
                add(inner, below: path + [entry.key])
            } else {
                order.append(path + [entry.key])
                values[path + [entry.key]] = entry.value
            }
        }
    }

    /// Where both say something of one key, equally strongly, and not the same: there, or on the way there.
    func clashes(with other: PillarLeaves) -> [Clash] {
        order.compactMap { path in clash(at: path, in: other, isOther: true) }
            + other.order.compactMap { path in clash(at: path, in: other, isOther: false) }
    }

    private func clash(at path: [Key], in other: PillarLeaves, isOther: Bool) -> Clash? {
        let (own, their) = isOther ? (self, other.values) : (other, values)
        guard let leaf = own.values[path] else { return nil }
        for length in 1...path.count {
            let prefix = Array(path[..<length])
            guard let rival = their[prefix], rival.origin.strength == leaf.origin.strength else { continue }
            // Equal paths are found once, from the one side.
            if length == path.count, !isOther || rival.content == leaf.content { return nil }
            // What stands on the way to the leaf is a map.
            let value = length == path.count ? leaf : own.maps[prefix] ?? leaf
            return isOther
                ? Clash(path: prefix, first: rival, second: value) : Clash(path: prefix, first: value, second: rival)
        }
        return nil
    }
}

/// A key with several values, all of them, and where that matters.
struct Conflict {
    let path: [Key]
    fileprivate var definitions: [(component: EntityID, value: Value)]
    fileprivate var groups: [BoundEntity] = []

    /// The same conflict on another host group.
    mutating func join(_ other: Conflict) {
        groups += other.groups.filter { group in !groups.contains { $0.id == group.id } }
    }

    private var hasSecrets: Bool {
        definitions.allSatisfy { if case .secret = $0.value.content { true } else { false } }
    }

    func isSame(as other: Conflict) -> Bool {
        path == other.path
            && Set(definitions.map(\.value.origin.span)) == Set(other.definitions.map(\.value.origin.span))
    }

    var diagnostic: Diagnostic {
        let labels = definitions.compactMap { definition in
            definition.value.origin.span.map {
                Label($0, "\(definition.component.name) says \(definition.value.phrase)")
            }
        }
        let names = definitions.map { "\"\($0.component.name)\"" }
        let group = groups.first
        let others = groups.count > 1 ? " and \(groups.count - 1) more" : ""
        return Diagnostic(
            .siblings,
            "\(definitions.count == 2 ? "two" : "\(definitions.count)") components set \(SecretRef.path(path)) to different values, and nothing says which counts",
            at: labels.last?.span, labels.last?.text ?? "", related: Array(labels.dropLast()),
            notes: ["\(names.joined(separator: " and ")) meet on \(group?.path ?? "")\(others)"]
                + (hasSecrets ? ["secrets are not compared: two of them are held for different"] : []),
            help: hasSecrets
                ? "keep it in one file only, set it in \(group?.path ?? "the host group") or its secrets, or let one component require the other (the one that requires wins)"
                : "set it in \(group?.path ?? "the host group"), or let one component require the other (the one that requires wins), or write !force before one value or !default before the others"
        )
    }
}

extension [Conflict] {
    fileprivate mutating func add(
        _ clash: Clash, _ first: EntityID, _ second: EntityID, on group: BoundEntity
    ) {
        let definitions = [(first, clash.first), (second, clash.second)]
        guard let known = firstIndex(where: { $0.path == clash.path }) else {
            append(Conflict(path: clash.path, definitions: definitions, groups: [group]))
            return
        }
        for (component, value) in definitions
        where !self[known].definitions.contains(where: { $0.component == component }) {
            self[known].definitions.append((component, value))
        }
    }
}

extension Code {
    package static let siblings = Code(
        "R0303", "siblings that disagree",
        explanation: """
            Two components of one host group that no `requires` orders are equally near. Where they set one key to different \
            values, the order in which they happen to be listed would decide, so it is an error, unless something nearer, such as \
            the host group, or something stronger settles it.
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
