internal import Diagnostics
internal import SiteModel

/// Maps are merged key by key, all the way down, so that strength is a matter of each leaf; what is no map is replaced.
enum DeepRule {
    static func combine(_ weaker: Fields.Entry, _ nearer: Fields.Entry, _ merger: inout Merger) -> Fields.Entry {
        switch (weaker.value.map, nearer.value.map) {
        case (let first?, let second?): return united(weaker, nearer, first, second, &merger)
        case (nil, nil): return ReplaceRule.combine(weaker, nearer, .deep)
        default:
            // What is unset has no shape.
            if !weaker.isUnset { merger.report(.shapes(weaker, nearer, .warning)) }
            return replace(weaker, nearer, &merger)
        }
    }

    /// The nearer value in the place of the weaker one, except for leaves that are stronger than what would replace them.
    static func replace(_ weaker: Fields.Entry, _ nearer: Fields.Entry, _ merger: inout Merger) -> Fields.Entry {
        let (strength, other) = (nearer.value.origin.strength, weaker.value.origin.strength)
        switch (weaker.value.map, nearer.value.map) {
        case (let first?, let second?):
            guard let kept = first.leaves(dropping: nearer.value.origin, where: { $0 > strength }) else { break }
            var result = united(weaker, nearer, kept, second, &merger)
            result.decide(by: result.rule, over: [weaker.value] + result.beat)
            return result
        case (let first?, nil):
            guard let kept = first.leaves(dropping: nearer.value.origin, where: { $0 > strength }) else { break }
            var result = weaker
            result.value.content = .map(kept)
            result.decide(by: weaker.rule, over: [nearer.value, weaker.value] + weaker.beat + nearer.beat)
            return result
        case (nil, let second?) where !second.isEmpty && !(nearer.value.origin.tag == .replace && strength >= other):
            var result = nearer
            guard let kept = second.leaves(dropping: weaker.value.origin, where: { $0 >= other }) else {
                result = weaker
                result.decide(by: weaker.rule, over: [nearer.value] + weaker.beat + nearer.beat)
                return result
            }
            result.value.content = .map(kept)
            result.decide(by: .merge(.deep), over: [weaker.value] + weaker.beat + nearer.beat)
            return result
        default: return ReplaceRule.combine(weaker, nearer, .deep)
        }
        var result = nearer
        result.decide(by: .merge(.replace), over: [weaker.value] + weaker.beat + nearer.beat)
        return result
    }

    private static func united(
        _ weaker: Fields.Entry, _ nearer: Fields.Entry, _ first: Fields, _ second: Fields, _ merger: inout Merger
    ) -> Fields.Entry {
        var fields = first
        for entry in second.entries {
            if let known = fields.entry(entry.key) {
                fields.set(merger.combine(known, entry, .deep))
            } else {
                fields.set(entry)
            }
        }
        var result = nearer
        result.value.content = .map(fields)
        result.value.origin.strength = max(weaker.value.origin.strength, nearer.value.origin.strength)
        result.join(weaker, by: .deep)
        return result
    }
}

extension Fields {
    /// The leaves of those strengths, in their maps; nil if there is none. The others are listed as removed, by what `origin`
    /// says.
    func leaves(dropping origin: Origin, where isKept: (Strength) -> Bool) -> Fields? {
        var kept: [Entry] = []
        var dropped: [Entry] = []
        for entry in entries {
            if let fields = entry.value.map, !fields.isEmpty {
                if let inner = fields.leaves(dropping: origin, where: isKept) {
                    var entry = entry
                    entry.value.content = .map(inner)
                    kept.append(entry)
                    continue
                }
            } else if isKept(entry.value.origin.strength) {
                kept.append(entry)
                continue
            }
            dropped.append(
                Entry(entry.key, Value(.null, origin), rule: .merge(.replace), beat: [entry.value] + entry.beat))
        }
        guard !kept.isEmpty else { return nil }
        var fields = Fields(kept)
        fields.removed = removed + dropped
        return fields
    }
}
