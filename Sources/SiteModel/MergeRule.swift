/// How a nearer layer's value meets a weaker one's of the same strength (DESIGN §3).
package enum MergeRule: String, Sendable, CaseIterable {
    /// The nearest value wins whole.
    case replace
    /// Lists are joined: first seen first, once each.
    case union
    /// Lists are joined, all items kept.
    case append
    /// Maps are merged key by key, all the way down; what is no map is replaced.
    case deep

    /// One sentence for the documentation.
    package var summary: String {
        switch self {
        case .replace: "the nearest value wins whole, lists and maps too"
        case .union: "lists are joined, the weaker first, each item once"
        case .append: "lists are joined, the weaker first, every item kept"
        case .deep: "maps are merged key by key, all the way down; what is no map is replaced"
        }
    }
}

/// The rules of one kind of merge, by field. Any other field is replaced.
package struct MergeRules: Sendable {
    private var exceptions: [Key: MergeRule] = [:]
    /// The rule of fields without one of their own.
    package let otherwise: MergeRule

    package init(_ fields: [Field] = [], otherwise: MergeRule = .replace) {
        self.otherwise = otherwise
        for field in fields where field.rule != otherwise { exceptions[field.name] = field.rule }
    }

    package init(_ table: FieldTable) { self.init(table.fields) }

    /// Whether any field is merged otherwise than the rest.
    package var hasExceptions: Bool { !exceptions.isEmpty || otherwise != .replace }

    package subscript(field: Key) -> MergeRule {
        get { exceptions.isEmpty ? otherwise : exceptions[field] ?? otherwise }
        set { exceptions[field] = newValue }
    }
}
