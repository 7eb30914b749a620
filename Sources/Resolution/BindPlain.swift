internal import SiteModel
internal import YAMLSyntax

// What is bound without going there. Beside `Bind.swift`: most values of a site are texts and numbers of VMs, and names of
// templates, of which there is nothing to see but what they are.

extension Binder {
    /// Whether there is nothing to see of a value but what it is: a text where one is wanted, a number where anything may stand.
    /// Then it is no matter where in the file it stands, so nobody need go there.
    func isPlainScalar(_ node: NodeID, of sort: FieldTable.Sort, at place: Place) -> Bool {
        guard isPlain, tree.kind(node) == .scalar, !place.isOfPassword, place.layer != .hostGroup else { return false }
        switch sort {
        case .text: return tree.type(node) == .string
        case .address: return true
        case .any: return tree.type(node) == .integer
        case .reference, .other: return false
        }
    }

    /// Where the name that a value is looks; nil if it is no plain name.
    func plainReference(_ node: NodeID, of sort: FieldTable.Sort, at place: Place) -> SearchOrder? {
        guard case .reference(let order) = sort, isPlain, tree.isText(node), !place.isOfPassword,
            place.layer != .hostGroup
        else { return nil }
        return order
    }
}
