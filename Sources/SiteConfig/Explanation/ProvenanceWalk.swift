internal import Diagnostics
internal import SiteModel

/// Walks a finished document and collects, for each value without parts, what decided it.
///
/// Whatever stands inside a value that was replaced whole was decided where that value was: the rule and what was beaten
/// come from there.
struct ProvenanceWalk {
    private(set) var leaves: [Explanation.Leaf] = []
    private var path: [Explanation.PathStep] = []
    /// The lineages of the maps around, the outermost first.
    private var lineages: [[Lineage]] = []

    /// What decides the value that is visited.
    private struct Decision {
        var rule = Rule.merge(.replace)
        /// The value is a map that was merged key by key, so each entry was decided by itself.
        var isMerged = true
        var beat: [Value] = []
        var via: [Step] = []
        /// The keys that the value stands under, the outermost first.
        var keySpans: [Span] = []
    }

    mutating func visit(_ document: Value) { visit(document, Decision()) }

    private mutating func visit(_ value: Value, _ decision: Decision) {
        switch value.content {
        case .map(let fields) where !fields.isEmpty || !fields.removed.isEmpty:
            if fields.isEmpty { add(value, decision) }
            visit(fields, decision)
            addDropped(from: fields, value.origin, decision)
        case .list(let items) where !items.isEmpty || decision.rule == .ofItems && !decision.beat.isEmpty:
            if items.isEmpty { add(value, decision) }
            visit(items, decision)
            if decision.rule == .ofItems { addDropped(besides: items, value.origin, decision) }
        default: add(value, decision)
        }
    }

    private mutating func visit(_ fields: Fields, _ decision: Decision) {
        lineages.append(fields.lineage)
        for entry in fields.entries {
            path.append(Explanation.PathStep(text: entry.key.text))
            visit(entry.value, decide(entry, in: decision))
            path.removeLast()
        }
        for entry in fields.removed where !fields.contains(entry.key) && !entry.beat.isEmpty {
            path.append(Explanation.PathStep(text: entry.key.text))
            add(entry.value, decide(entry, in: decision), absence: entry.isUnset ? "!unset" : Self.replaced)
            path.removeLast()
        }
        lineages.removeLast()
    }

    /// The keys of maps that this one replaced, where it does not have them itself.
    private mutating func addDropped(from fields: Fields, _ origin: Origin, _ decision: Decision) {
        var dropped: [Key] = []
        let known = fields.removed.map(\.key)
        for entry in decision.beat.flatMap({ $0.map?.entries ?? [] })
        where !fields.contains(entry.key) && !known.contains(entry.key) && !dropped.contains(entry.key) {
            dropped.append(entry.key)
            var inner = decision
            inner.beat = decision.beat.compactMap { $0.map?[entry.key] }
            path.append(Explanation.PathStep(text: entry.key.text))
            add(Value(.null, origin), inner, absence: Self.replaced)
            path.removeLast()
        }
    }

    private static let replaced = "replaced whole"

    private func decide(_ entry: Fields.Entry, in decision: Decision) -> Decision {
        var result = decision
        // A beaten map stood against the entry with its own value of that key; anything else stood against all of it.
        result.beat = entry.beat + decision.beat.compactMap { beaten in beaten.map.map { $0[entry.key] } ?? beaten }
        if !entry.via.isEmpty { result.via = entry.via }
        if let span = entry.keySpan { result.keySpans.append(span) }
        guard decision.isMerged else { return result }
        let isDeep = decision.rule == .merge(.deep)
        result.rule = isDeep && entry.rule == .merge(.replace) ? .merge(.deep) : entry.rule
        // A map whose entries come from places of their own is as one that was merged key by key.
        result.isMerged = entry.rule == .merge(.deep) || (entry.rule == .ofItems && entry.value.map != nil)
        return result
    }

    private mutating func visit(_ items: [Value], _ decision: Decision) {
        let names = items.map(\.itemName)
        var counts: [String: Int] = [:]
        for name in names { counts[name ?? "", default: 0] += 1 }
        for (index, item) in items.enumerated() {
            // A name that two items have, or that looks like a place, would lead to another item.
            let name = names[index].flatMap { counts[$0] == 1 ? $0 : nil }
            path.append(Explanation.PathStep(text: name ?? String(index), index: index))
            visit(item, decision.rule == .ofItems ? Decision(keySpans: decision.keySpans) : decision)
            path.removeLast()
        }
    }

    /// The named items of lists that this one replaced, where it does not have them itself.
    private mutating func addDropped(besides items: [Value], _ origin: Origin, _ decision: Decision) {
        var known = Set(items.compactMap(\.itemName))
        for item in decision.beat.flatMap({ $0.list ?? [] }) {
            guard let name = item.itemName, known.insert(name).inserted else { continue }
            path.append(Explanation.PathStep(text: name))
            var inner = decision
            inner.beat = [item]
            add(Value(.null, origin), inner, absence: Self.replaced)
            path.removeLast()
        }
    }

    /// - Parameter absence: why there is no value; nil if there is one.
    private mutating func add(_ value: Value, _ decision: Decision, absence: String? = nil) {
        let origin = value.origin
        let isDefault = origin.layer == .builtIn && decision.rule == .ofItems
        var rule = absence ?? (isDefault ? Rule.whenAbsent : decision.rule).text
        if origin.layer != .commandLine, absence == nil {
            if let tag = origin.strength.tag { rule += ", \(tag.text)" }
        }
        leaves.append(
            Explanation.Leaf(
                path: path, value: absence == nil ? value : nil, origin: origin, keySpans: decision.keySpans,
                rule: rule,
                isFileName: decision.rule == .fileName,
                beat: once(decision.beat, butNot: origin.span), via: references(to: origin, decision.via)))
    }

    /// Each definition once: what survived of a map that was replaced stands in that map, too.
    private func once(_ beaten: [Value], butNot winner: Span?) -> [Value] {
        var seen: Set<Span> = winner.map { [$0] } ?? []
        // That nothing was there before is not worth a line.
        let told = beaten.filter { $0.origin.layer != .builtIn || $0.list?.isEmpty != true }
        let ranked = Strength.allCases.reversed().flatMap { strength in told.filter { $0.origin.strength == strength } }
        return ranked.flatMap(\.byContributor).filter { value in
            value.origin.span.map { seen.insert($0).inserted } ?? true
        }
    }

    // MARK: References

    /// The references that led to the file of a value, then those that led on from there.
    private func references(to origin: Origin, _ via: [Step]) -> [Step] {
        let source = via.isEmpty ? origin.span?.source : via[0].span?.source
        var steps: [Step] = []
        var waiting = source
        var seen: Set<SourceID> = []
        while let source = waiting, seen.insert(source).inserted, let step = step(to: source) {
            steps.insert(step, at: 0)
            waiting = step.span?.source
        }
        return steps + via
    }

    private func step(to source: SourceID) -> Step? {
        for lineage in lineages.reversed() {
            if let found = lineage.first(where: { $0.source == source }) { return found.step }
        }
        return nil
    }
}

extension Value {
    /// What an item of a list is called in paths; nil if it has no name, or one that looks like a place.
    fileprivate var itemName: String? { map?["name"]?.string.flatMap { Int($0) == nil ? $0 : nil } }

    /// A list that was joined from several files, file by file; anything else as it is.
    fileprivate var byContributor: [Value] {
        guard let items = list, Set(items.map(\.origin.span?.source)).count > 1 else { return [self] }
        var parts: [Value] = []
        for item in items {
            if let last = parts.last, last.origin.span?.source == item.origin.span?.source {
                parts[parts.count - 1].content = .list((last.list ?? []) + [item])
            } else {
                parts.append(Value(.list([item]), item.origin))
            }
        }
        return parts.reversed()
    }
}
