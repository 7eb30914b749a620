/// What a machine becomes, with its references filled in: what homestak's server hands out.
package struct Specification: Sendable {
    /// In the order of the file; what was filled in comes last.
    package var fields: Fields

    package init(_ fields: Fields) { self.fields = fields }
}
