import TestSupport

/// Where components contradict each other (DESIGN §3, *siblings*).
extension PillarModel {
    // MARK: What their order decides

    /// Whether a pillar would be another one if the components of a minion, or of its host group alone, were listed in
    /// another order that `requires` allows. Found by trying them all.
    func dependsOnOrder(_ group: SaltSite.HostGroup, _ instance: SaltSite.Instance?) -> Bool {
        let pillars = orders(of: components(of: group, instance)).map {
            pillar(layers(of: group, instance, components: $0)).unordered
        }
        return Set(pillars).count > 1
    }

    private func orders(of components: [String]) -> [[String]] {
        if components.isEmpty { return [[]] }
        let first = components.filter { requirements(of: $0).allSatisfy { !components.contains($0) } }
        return first.flatMap { one in orders(of: components.filter { $0 != one }).map { [one] + $0 } }
    }

    // MARK: What anyone might call a contradiction

    /// Two definitions that might be called contradictory.
    struct Doubt {
        /// A component of each side, or one that it extends.
        let owners: [String]
        /// What the host group would have to set.
        let path: [String]
        /// What the second owner would have to leave.
        let left: [String]
        let strength: Fold.Strength
    }

    /// What one layer says at one path.
    struct Statement {
        enum Content {
            case value(String)
            /// What stands there is to go: `!unset`, or `!replace` before a map.
            case nothing
            /// A map in which nothing stands, or only what is to go.
            case emptyMap
        }

        let path: [String]
        let content: Content
        let strength: Fold.Strength
        /// How it is joined to what is there, if it is.
        var join: Fold.Rule?
    }

    /// More than what is a contradiction by the contract: whatever components that `requires` does not order say of one
    /// path, themselves or by what they extend, unless the host group decides it. All instances are looked at as one.
    func doubts(of group: SaltSite.HostGroup) -> [Doubt] {
        let own = minions.filter { $0.group.stem == group.stem }.map(\.instance)
        var names: [String] = []
        for instance in [nil] + own { names += components(of: group, instance).filter { !names.contains($0) } }
        var found: [Doubt] = []
        for (index, one) in names.enumerated() {
            for other in names[..<index] where !isRequired(one, by: other) && !isRequired(other, by: one) {
                found += doubts(other, one) { componentPillar($0) }
                found += doubts(other, one) { secretLayer("components/\($0)") }
            }
        }
        let nearer = family(of: group).flatMap { statements(hostGroupPillar($0)) }
        return found.filter { doubt in
            !nearer.contains { statement in
                guard case .value = statement.content, statement.join == nil else { return false }
                return statement.path == doubt.path && statement.strength >= doubt.strength
            }
        }
    }

    private func isRequired(_ one: String, by other: String) -> Bool {
        requirements(of: other).contains { $0 == one || isRequired(one, by: $0) }
    }

    private func doubts(_ one: String, _ other: String, _ said: (String) -> [Said.Entry]) -> [Doubt] {
        var found: [Doubt] = []
        for left in family(of: one) {
            for right in family(of: other) where left != right {
                for first in statements(said(left)) {
                    for second in statements(said(right)) where disagree(first, second) {
                        let longer = first.path.count > second.path.count ? first.path : second.path
                        found.append(
                            Doubt(
                                owners: [left, right], path: longer, left: second.path,
                                strength: max(first.strength, second.strength)))
                    }
                }
            }
        }
        return found
    }

    private func disagree(_ one: Statement, _ other: Statement) -> Bool {
        guard one.path.starts(with: other.path) || other.path.starts(with: one.path) else { return false }
        switch (one.content, other.content) {
        case (.emptyMap, .emptyMap), (.emptyMap, .value), (.value, .emptyMap): return false
        case (.emptyMap, .nothing), (.nothing, .emptyMap): return true
        case (.nothing, .nothing): return one.path != other.path
        case (.nothing, .value): return one.strength >= other.strength
        case (.value, .nothing): return other.strength >= one.strength
        case (.value(let left), .value(let right)):
            let isJoined = one.join != nil && one.join == other.join
            return one.strength == other.strength && left != right && !isJoined
        }
    }

    private func statements(_ entries: [Said.Entry]) -> [Statement] {
        entries.flatMap { statements($0.said, [$0.key], .normal, nil) }
    }

    private func statements(
        _ said: Said, _ path: [String], _ strength: Fold.Strength, _ tag: Fold.Rule?
    ) -> [Statement] {
        let rule = path.count == 1 ? rule(ofPillar: path[0]) : .deep
        switch said {
        case .tagged(.force, let said): return statements(said, path, .force, tag)
        case .tagged(.default, let said): return statements(said, path, .fallback, tag)
        case .tagged(.append, let said): return statements(said, path, strength, .append)
        case .tagged(.union, let said): return statements(said, path, strength, .union)
        case .tagged(.replace, let said):
            let own = statements(said, path, strength, .replace)
            guard case .map = said else { return own }
            return [Statement(path: path, content: .nothing, strength: strength)] + own
        case .unset: return [Statement(path: path, content: .nothing, strength: strength)]
        case .map(let entries) where rule == .deep:
            let inside = entries.flatMap { statements($0.said, path + [$0.key], strength, nil) }
            let isEmpty = !inside.contains { if case .value = $0.content { true } else { false } }
            return inside + (isEmpty ? [Statement(path: path, content: .emptyMap, strength: strength)] : [])
        default:
            let join = [.append, .union].first { $0 == tag ?? rule }
            return [Statement(path: path, content: .value(said.yaml), strength: strength, join: join)]
        }
    }
}

extension OrderedJSON {
    /// What it says, without the order of keys, and of the items that lists were joined of.
    fileprivate var unordered: String {
        switch self {
        case .map(let entries):
            "{" + entries.map { "\($0.key): \($0.value.unordered)" }.sorted().joined(separator: ", ") + "}"
        case .list(let items): "[" + items.map(\.unordered).sorted().joined(separator: ", ") + "]"
        default: text
        }
    }
}
