package import Diagnostics
package import SiteModel

/// One layer of a merge.
package struct MergeLayer: Sendable {
    package var fields: Fields
    /// Whether tags may stand in it.
    let isTagged: Bool
    /// How its file came to take part; nil for the file that the others are layers of.
    let lineage: Lineage?
    /// The file; nil for what stands in none, and for a part of one.
    let source: SourceID?

    package init(_ fields: Fields, isTagged: Bool = true, _ lineage: Lineage? = nil, of source: SourceID? = nil) {
        self.fields = fields
        self.isTagged = isTagged
        self.lineage = lineage
        self.source = source ?? lineage?.source
    }
}

extension BoundEntity {
    /// Some of its fields as a layer.
    func layer(of fields: Fields, _ lineage: Lineage?) -> MergeLayer {
        MergeLayer(fields, isTagged: isTagged, lineage, of: source)
    }
}

/// Merges layers, the weakest first: one left fold, so the result depends on the layers alone (DESIGN §3).
///
/// A key keeps the place where it first appeared. Every entry of the result remembers what it beat. Reports R0304.
///
/// - Parameter kept: a field of which the parts are themselves to be merged, so that their `!unset` must stay.
package func merge(
    _ layers: [MergeLayer], by rules: MergeRules, keeping kept: Key? = nil
) -> (fields: Fields, diagnostics: [Diagnostic]) {
    guard let first = layers.first else { return (Fields(), []) }
    var merger = Merger()
    var result = first.fields
    let isTagged = layers.contains(where: \.isTagged)
    if rules.hasExceptions || isTagged {
        for entry in result.entries { result.set(entry.merged(by: rules[entry.key])) }
    }
    for layer in layers.dropFirst() {
        for entry in layer.fields.entries {
            let rule = rules[entry.key]
            if let weaker = result.entry(entry.key) {
                result.set(merger.combine(weaker, entry, rule))
            } else {
                result.set(rule == .replace && !isTagged ? entry : entry.merged(by: rule))
            }
        }
    }
    if rules.hasExceptions || isTagged { result.makeUnionsUnique() }
    if isTagged { result = result.withoutUnset(keeping: kept) }
    result.lineage = layers.compactMap(\.lineage)
    return (result, merger.diagnostics)
}

/// The steps of a fold, and what is to be said of them.
struct Merger {
    private(set) var diagnostics: [Diagnostic] = []

    /// What a nearer layer's entry makes of the one so far: strength first, then the rule.
    mutating func combine(
        _ weaker: Fields.Entry, _ nearer: Fields.Entry, _ fieldRule: MergeRule
    ) -> Fields.Entry {
        if nearer.isUnset { return Unset.combine(weaker, nearer, isDeep: fieldRule == .deep) }
        if weaker.isUnset, weaker.value.origin.strength <= .normal { return Unset.follow(weaker, nearer, fieldRule) }
        switch nearer.value.origin.tag?.rule ?? fieldRule {
        case .replace where fieldRule == .deep: return DeepRule.replace(weaker, nearer, &self)
        case .replace: return ReplaceRule.combine(weaker, nearer)
        case .union: return ListRule.union.combine(weaker, nearer, &self)
        case .append: return ListRule.append.combine(weaker, nearer, &self)
        case .deep: return DeepRule.combine(weaker, nearer, &self)
        }
    }

    mutating func report(_ found: Diagnostic) { diagnostics.append(found) }
}

extension Fields.Entry {
    /// The entry of one layer alone, in a field of that rule.
    func merged(by fieldRule: MergeRule) -> Fields.Entry {
        let rule = value.origin.tag?.rule ?? fieldRule
        var entry = self
        entry.decide(by: value.origin.layer == .builtIn ? .whenAbsent : .merge(rule), over: beat, via: via)
        return entry
    }
}

extension Fields {
    /// A union has each item once, also where one layer alone says it.
    fileprivate mutating func makeUnionsUnique() {
        for entry in entries where entry.rule == .merge(.union) {
            guard let items = entry.value.list else { continue }
            var unique = entry
            unique.value.content = .list(ListRule.once(items))
            set(unique)
        }
    }

    /// The fields, those that `!unset` took away listed apart, at every depth.
    fileprivate func withoutUnset(keeping kept: Key? = nil) -> Fields {
        var kept = Fields(
            entries.compactMap { entry in
                if entry.isUnset { return nil }
                var entry = entry
                if entry.key != kept { entry.value = entry.value.withoutUnset }
                return entry
            })
        kept.removed = removed + entries.filter(\.isUnset)
        kept.lineage = lineage
        return kept
    }
}

extension Value {
    fileprivate var withoutUnset: Value {
        switch content {
        case .map(let fields): Value(.map(fields.withoutUnset()), origin)
        case .list(let items): Value(.list(items.map(\.withoutUnset)), origin)
        default: self
        }
    }
}

extension Diagnostic {
    /// A map that meets something else, or a list that is to be joined with what is none.
    static func shapes(_ weaker: Fields.Entry, _ nearer: Fields.Entry, _ severity: Severity) -> Diagnostic {
        let help =
            severity == .error
            ? "remove the tag to replace it, or make both lists"
            : nearer.value.origin.layer == .secrets
                ? "make both the same shape, or call one of them otherwise"
                : "write `\(nearer.key): !replace …` if that is meant, or make both the same shape"
        let verb = severity == .error ? "is to be joined with" : "takes the place of"
        let weight = weaker.value.shape == nearer.value.shape ? "another" : weaker.value.shape
        return Diagnostic(
            .shapes, severity, "\(nearer.key): \(nearer.value.shape) \(verb) \(weight)",
            at: nearer.value.origin.span ?? nearer.keySpan,
            related: weaker.value.origin.span.map { [Label($0, "\(weaker.value.shape) stands here")] } ?? [],
            help: help)
    }
}

extension Value {
    fileprivate var shape: String {
        switch content {
        case .list: "a list"
        case .map: "a map"
        case .null: "null"
        case .secret: "a secret"
        default: "a single value"
        }
    }
}

extension Code {
    package static let shapes = Code(
        "R0304", "shapes that do not merge",
        explanation: """
            Where a field is merged deep, a single value that takes the place of a map drops all that the map held, and a map \
            that takes the place of a value is seldom meant either: a warning, unless `!replace` says so. `!append` and `!union` \
            on a list are errors where what is inherited is no list.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- vms/base.yaml --
            tags: {role: web}
            -- vms/web.yaml --
            extends: base
            tags: !append [web]
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vms:
              - {name: web, template: web}
            """,
        fix: "Make both the same shape, or write `!replace` where the whole is to be replaced.")
}
