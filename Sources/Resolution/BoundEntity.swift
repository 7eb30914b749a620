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

/// A name in an entity that stands for a key in a section of the secrets.
package struct SecretReference: Sendable {
    package let section: Key
    package let name: Key
    package let span: Span
}
