package import Diagnostics
package import SiteModel
package import YAMLSyntax

/// One file of the site as its kind's table reads it: its fields, and the names in it that must exist elsewhere.
package struct BoundEntity: Sendable {
    package let id: EntityID
    package let path: String
    /// The start of the file, for what is missing in it.
    package let start: Span
    package var fields: Fields
    package let references: [Reference]
    package let secretReferences: [SecretReference]
    /// The numbers that it takes from pools.
    package let allocations: [PoolReference]
    /// The tags in it that speak of merging.
    package let tags: [WrittenTag]
    /// The passwords that stand in it in clear.
    package let passwords: [PasswordInClear]
    /// What it extends, in order.
    package let parents: [Reference]

    /// Whether tags stand in it.
    var isTagged: Bool { !tags.isEmpty }

    package var source: SourceID { start.source }
}

/// A password that stands where no secrets should: its value is a reference to that place, as if it were a secret.
package struct PasswordInClear: Sendable {
    package let steps: [Key]
    package let span: Span
    package let node: NodeID
}

/// A tag that speaks of merging, and the value that it stands before.
package struct WrittenTag: Sendable {
    package let tag: MergeTag
    package let span: Span
    package let value: Span
    /// The edit that removes it.
    let removal: Edit
}

/// A name in one entity that stands for another.
package struct Reference: Sendable {
    package let order: SearchOrder
    package let field: Key
    package let name: Key
    package let span: Span

    /// Whether it is what an entity extends.
    package var isParent: Bool { if case .parent = order { true } else { false } }
}

/// `!alloc POOL`
package struct PoolReference: Sendable {
    package let pool: Key
    package let span: Span
    /// What the field takes; nil if that may be any number.
    let range: ClosedRange<Int>?
}

/// What in an entity stands for a secret.
package struct SecretReference: Sendable {
    package enum Target: Sendable {
        /// A field's name of a key in a section of the secrets.
        case name(_ section: Key, Key)
        /// A path from the top, as `!secret` has it.
        case path([Key])
    }

    package let target: Target
    package let span: Span

    init(_ target: Target, span: Span) {
        self.target = target
        self.span = span
    }

    /// The keys that lead to it from the top of the secrets.
    package var steps: [Key] {
        switch target {
        case .name(let section, let name): [section, name]
        case .path(let steps): steps
        }
    }
}
