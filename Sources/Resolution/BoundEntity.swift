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
    private let mentions: Mentions

    /// What else stands in a file, mostly nothing: in one place, since entities are copied often, and each list would be one more
    /// reference to count.
    private final class Mentions: Sendable {
        let references: [Reference]
        let secretReferences: [SecretReference]
        let allocations: [PoolReference]
        let tags: [WrittenTag]
        let passwords: [PasswordInClear]
        let parents: [Reference]
        let repeatsValues: Bool

        init(
            _ references: [Reference], _ secretReferences: [SecretReference], _ allocations: [PoolReference],
            _ tags: [WrittenTag], _ passwords: [PasswordInClear], _ parents: [Reference], repeatsValues: Bool
        ) {
            self.references = references
            self.secretReferences = secretReferences
            self.allocations = allocations
            self.tags = tags
            self.passwords = passwords
            self.parents = parents
            self.repeatsValues = repeatsValues
        }
    }

    init(
        id: EntityID, path: String, start: Span, fields: Fields, references: [Reference],
        secretReferences: [SecretReference], allocations: [PoolReference], tags: [WrittenTag],
        passwords: [PasswordInClear], parents: [Reference], repeatsValues: Bool
    ) {
        self.id = id
        self.path = path
        self.start = start
        self.fields = fields
        mentions = Mentions(
            references, secretReferences, allocations, tags, passwords, parents, repeatsValues: repeatsValues)
    }

    package var references: [Reference] { mentions.references }
    package var secretReferences: [SecretReference] { mentions.secretReferences }
    /// The numbers that it takes from pools.
    package var allocations: [PoolReference] { mentions.allocations }
    /// The tags in it that speak of merging.
    package var tags: [WrittenTag] { mentions.tags }
    /// The passwords that stand in it in clear.
    package var passwords: [PasswordInClear] { mentions.passwords }
    /// What it extends, in order.
    package var parents: [Reference] { mentions.parents }
    /// Whether a value may be written once and said in several places, by an alias or a merge key.
    var repeatsValues: Bool { mentions.repeatsValues }

    /// The same without a field, and without the names that it says.
    func without(_ field: Key) -> BoundEntity {
        BoundEntity(
            id: id, path: path, start: start, fields: fields.without([field]), references: [],
            secretReferences: secretReferences, allocations: allocations, tags: tags, passwords: passwords,
            parents: parents, repeatsValues: repeatsValues)
    }

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
