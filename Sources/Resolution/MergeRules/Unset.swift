internal import SiteModel

/// `!unset` removes what is inherited: all of normal strength and less, down to what `resolve` itself supplies.
enum Unset {
    static func combine(_ weaker: Fields.Entry, _ unset: Fields.Entry, isDeep: Bool) -> Fields.Entry {
        if isDeep, let fields = weaker.value.map, !fields.isEmpty {
            guard let kept = fields.leaves(dropping: unset.value.origin, where: { $0 > unset.value.origin.strength })
            else {
                return removed(weaker, unset)
            }
            var result = weaker
            result.value.content = .map(kept)
            result.decide(by: weaker.rule, over: [unset.value, weaker.value] + weaker.beat)
            return result
        }
        guard weaker.value.origin.strength <= unset.value.origin.strength else {
            var result = weaker
            result.decide(by: weaker.rule, over: [unset.value] + weaker.beat)
            return result
        }
        return removed(weaker, unset)
    }

    /// What is set after an `!unset` counts as if it stood alone.
    static func follow(_ unset: Fields.Entry, _ nearer: Fields.Entry, _ rule: MergeRule) -> Fields.Entry {
        var result = nearer.merged(by: rule)
        result.decide(by: result.rule, over: nearer.beat + [unset.value] + unset.beat, via: nearer.via)
        return result
    }

    private static func removed(_ weaker: Fields.Entry, _ unset: Fields.Entry) -> Fields.Entry {
        var inherited = [weaker.value] + weaker.beat
        var result = unset
        guard let place = inherited.firstIndex(where: { $0.origin.layer == .builtIn }) else {
            result.decide(by: .merge(.replace), over: inherited)
            return result
        }
        result.value = inherited.remove(at: place)
        if unset.value.origin.strength > .normal { result.value.origin.strength = unset.value.origin.strength }
        result.keySpan = nil
        result.decide(by: .whenAbsent, over: [unset.value] + inherited)
        return result
    }
}
