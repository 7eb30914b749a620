package import SiteModel

/// Merges layers, the weakest first: one left fold, so the result depends on the layers alone (DESIGN §3).
///
/// A key keeps the place where it first appeared. Every entry of the result remembers what it beat.
package func merge(_ layers: [Fields], by table: FieldTable) -> Fields {
    guard var result = layers.first else { return Fields() }
    for layer in layers.dropFirst() {
        for entry in layer.entries {
            if let weaker = result.entry(entry.key) {
                result.set(table.rule(of: entry.key).combine(weaker, entry))
            } else {
                result.set(entry)
            }
        }
    }
    return result
}

extension MergeRule {
    /// One step of the fold: what a nearer layer's entry makes of the one so far.
    package func combine(_ weaker: Fields.Entry, _ nearer: Fields.Entry) -> Fields.Entry {
        switch self {
        case .replace: ReplaceRule.combine(weaker, nearer)
        case .union: UnionRule.combine(weaker, nearer)
        }
    }
}
