internal import Diagnostics
internal import SiteModel

/// What a document says, key by key, to be compared with what another says there.
///
/// A list without names in it is one value: what goes into the middle of it does not change all that follows.
struct DocumentLeaves {
    struct Leaf {
        let path: [String]
        let value: Value
        /// Where it stands in the site: the value, then the references that led there, the nearest first.
        let places: [Span]
    }

    private(set) var leaves: [Leaf] = []
    private var indices: [[Key]: Int] = [:]

    init(_ document: Value) {
        var walk = ProvenanceWalk()
        walk.visit(document)
        for leaf in walk.leaves {
            guard let value = leaf.value else { continue }
            let isItem = leaf.path.last.map { $0.index.map(String.init) == $0.text } ?? false
            let path = leaf.path.map(\.text)
            let written = leaf.via.reversed().filter(\.isWritten).compactMap(\.span)
            let places = [value.origin.span].compactMap(\.self) + written
            if isItem { addItem(value, of: Array(path.dropLast()), places) } else { add(value, path, places) }
        }
    }

    private mutating func add(_ value: Value, _ path: [String], _ places: [Span]) {
        indices[path.map { Key($0) }] = leaves.count
        leaves.append(Leaf(path: path, value: value, places: places))
    }

    private mutating func addItem(_ value: Value, of path: [String], _ places: [Span]) {
        guard let index = indices[path.map { Key($0) }] else {
            return add(Value(.list([value]), value.origin), path, places)
        }
        let list = leaves[index]
        leaves[index] = Leaf(
            path: path, value: Value(.list((list.value.list ?? []) + [value]), list.value.origin),
            places: list.places + places.filter { !list.places.contains($0) })
    }

    subscript(path: [String]) -> Leaf? { indices[path.map { Key($0) }].map { leaves[$0] } }
}
