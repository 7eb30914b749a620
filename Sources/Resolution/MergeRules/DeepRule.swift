internal import Diagnostics
internal import SiteModel

/// Maps are merged key by key, all the way down, so that strength is a matter of each leaf; what is no map is replaced.
enum DeepRule {
    static func combine(_ weaker: Fields.Entry, _ nearer: Fields.Entry, _ merger: inout Merger) -> Fields.Entry {
        switch (weaker.value.map, nearer.value.map) {
        case (let first?, let second?): return united(weaker, nearer, first, second, &merger)
        case (nil, nil): return ReplaceRule.combine(weaker, nearer, .deep)
        default:
            merger.report(.shapes(weaker, nearer, .warning))
            return replace(weaker, nearer, &merger)
        }
    }

    /// The nearer value in the place of the weaker one, except for leaves that are stronger than what would replace them.
    static func replace(_ weaker: Fields.Entry, _ nearer: Fields.Entry, _ merger: inout Merger) -> Fields.Entry {
        let (strength, other) = (nearer.value.origin.strength, weaker.value.origin.strength)
        switch (weaker.value.map, nearer.value.map) {
        case (let first?, let second?):
            guard let kept = first.leaves(where: { $0 > strength }) else { break }
            var result = united(weaker, nearer, kept, second, &merger)
            result.beat.insert(weaker.value, at: 0)
            return result
        case (let first?, nil):
            guard let kept = first.leaves(where: { $0 > strength }) else { break }
            var result = weaker
            result.value.content = .map(kept)
            result.beat = [nearer.value, weaker.value] + weaker.beat + nearer.beat
            return result
        case (nil, let second?) where !second.isEmpty:
            var result = nearer
            guard let kept = second.leaves(where: { $0 >= other }) else {
                result = weaker
                result.beat = [nearer.value] + weaker.beat + nearer.beat
                return result
            }
            result.value.content = .map(kept)
            result.rule = .merge(.deep)
            result.beat = [weaker.value] + weaker.beat + nearer.beat
            return result
        default: return ReplaceRule.combine(weaker, nearer, .deep)
        }
        var result = nearer
        result.rule = .merge(.replace)
        result.beat = [weaker.value] + weaker.beat + nearer.beat
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
        result.beat = weaker.beat + nearer.beat
        result.rule = .merge(.deep)
        return result
    }
}

extension Fields {
    /// The leaves of those strengths, in their maps; nil if there is none.
    func leaves(where isKept: (Strength) -> Bool) -> Fields? {
        let kept = entries.compactMap { entry -> Entry? in
            guard let fields = entry.value.map, !fields.isEmpty else {
                return isKept(entry.value.origin.strength) ? entry : nil
            }
            guard let inner = fields.leaves(where: isKept) else { return nil }
            var entry = entry
            entry.value.content = .map(inner)
            return entry
        }
        return kept.isEmpty ? nil : Fields(kept)
    }
}
