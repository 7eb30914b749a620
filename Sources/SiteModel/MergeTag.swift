/// What a tag says about merging (DESIGN §3).
@usableFromInline package enum MergeTag: UInt8, Sendable, CaseIterable {
    case append, union, deep, replace
    case `default`, force
    case unset

    /// The rule that it asks for; nil if it is none of those.
    package var rule: MergeRule? {
        switch self {
        case .append: .append
        case .union: .union
        case .deep: .deep
        case .replace: .replace
        case .default, .force, .unset: nil
        }
    }

    package var strength: Strength? {
        switch self {
        case .default: .fallback
        case .force: .force
        default: nil
        }
    }

    /// One sentence for the documentation.
    package var summary: String {
        switch self {
        case .append: "before a list: it is joined to what is inherited, every item kept"
        case .union: "before a list: it is joined to what is inherited, each item once"
        case .deep: "before a map: it is merged with what is inherited, key by key"
        case .replace: "it replaces what is inherited, where the field's rule is another"
        case .default: "it gives way to any value without the tag, in whatever layer; in a deep field, leaf by leaf"
        case .force: "it beats any value without the tag, in whatever layer, !unset too; in a deep field, leaf by leaf"
        case .unset: "it removes what is inherited, and has no value; what resolve itself supplies stays"
        }
    }

    /// As it is written.
    package var text: String {
        switch self {
        case .append: "!append"
        case .union: "!union"
        case .deep: "!deep"
        case .replace: "!replace"
        case .default: "!default"
        case .force: "!force"
        case .unset: "!unset"
        }
    }
}
