internal import SiteModel

/// The nearest value wins whole, lists and maps too; of two strengths the higher wins, wherever it stands.
enum ReplaceRule {
    static func combine(
        _ weaker: Fields.Entry, _ nearer: Fields.Entry, _ rule: MergeRule = .replace
    ) -> Fields.Entry {
        guard nearer.value.origin.strength >= weaker.value.origin.strength else {
            var winner = weaker
            winner.decide(by: weaker.rule, over: [nearer.value] + nearer.beat + weaker.beat, via: weaker.via)
            return winner
        }
        var winner = nearer
        guard nearer.hasBeaten else {
            winner.decide(by: .merge(rule), overcoming: weaker)
            return winner
        }
        winner.decide(by: .merge(rule), over: nearer.beat + [weaker.value] + weaker.beat, via: nearer.via)
        return winner
    }
}
