internal import SiteModel
internal import YAMLSyntax

// What is bound without going there. Beside `Bind.swift`: most values of a site are texts and numbers of VMs, and names of
// templates, of which there is nothing to see but what they are.

extension Binder {
    /// Whether there is nothing to see of a value but what it is: a text where one is wanted, a number where anything may stand.
    /// Then it is no matter where in the file it stands, so nobody need go there.
    func isPlainScalar(_ node: NodeID, of field: Field, at place: Place) -> Bool {
        guard isPlain, tree.kind(node) == .scalar, !place.isOfPassword, !field.isOfPassword, place.layer != .hostGroup
        else { return false }
        switch field.type {
        case .text: return tree.type(node) == .string
        case .addressWithPrefix: return true
        case .any, .visible: return tree.type(node) == .integer
        default: return false
        }
    }

    /// Where the name that a value is looks; nil if it is no plain name.
    func plainReference(_ node: NodeID, of field: Field, at place: Place) -> SearchOrder? {
        guard isPlain, tree.isText(node), !place.isOfPassword, !field.isOfPassword, place.layer != .hostGroup else {
            return nil
        }
        switch field.type {
        case .reference(let order), .nullable(.reference(let order)): return order
        default: return nil
        }
    }
}

extension Fields {
    /// Whether a key has a text without a tag that is not empty: then nothing is wrong with it.
    func saysPlainly(_ key: Key) -> Bool {
        withValue(key) { $0.origin.tag == nil && $0.string?.isEmpty == false } == true
    }
}
