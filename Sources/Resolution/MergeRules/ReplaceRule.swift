internal import SiteModel

/// The nearest value wins whole, lists and maps too; of two strengths the higher wins, wherever it stands.
enum ReplaceRule {
    static func combine(
        _ weaker: Fields.Entry, _ nearer: Fields.Entry, _ rule: MergeRule = .replace
    ) -> Fields.Entry {
        let nearerWins = nearer.value.origin.strength >= weaker.value.origin.strength
        var winner = nearerWins ? nearer : weaker
        let loser = nearerWins ? weaker : nearer
        winner.decide(
            by: nearerWins ? .merge(rule) : weaker.rule, over: [loser.value] + weaker.beat + nearer.beat,
            via: winner.via)
        return winner
    }
}
