package import Diagnostics
package import SiteModel

/// One file of the site as its kind's table reads it: its fields, and the names in it that must exist elsewhere.
package struct BoundEntity: Sendable {
    package let id: EntityID
    package let path: String
    /// The start of the file, for what is missing in it.
    package let start: Span
    package var fields: Fields
    package let references: [Reference]
    package let secretReferences: [SecretReference]
}

/// A name in one entity that stands for another.
package struct Reference: Sendable {
    package let order: SearchOrder
    package let field: Key
    package let name: Key
    package let span: Span
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
