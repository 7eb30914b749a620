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
        /// Of a list, the places of each item.
        var items: [[Span]] = []

        /// Where it stands; of a list only the items that another state of it does not have.
        func places(besides other: Leaf?) -> [Span] {
            guard let list = value.list, let others = other?.value.list, items.count == list.count else {
                return places
            }
            let new = list.indices.filter { index in !others.contains { $0.content == list[index].content } }
            return new.isEmpty ? places : new.flatMap { items[$0] }
        }
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
            add(Value(.list([value]), value.origin), path, places)
            leaves[leaves.count - 1].items = [places]
            return
        }
        let list = leaves[index]
        leaves[index] = Leaf(
            path: path, value: Value(.list((list.value.list ?? []) + [value]), list.value.origin),
            places: list.places + places.filter { !list.places.contains($0) }, items: list.items + [places])
    }

    /// A value with all that stands below a key, if there are secrets among it; nil if there are none.
    func secrets(below path: [String]) -> Value? {
        let values = leaves.filter { $0.path.count > path.count && $0.path.starts(with: path) }.map(\.value)
        return values.isEmpty ? nil : Value(.list(values), .nowhere)
    }

    subscript(path: [String]) -> Leaf? { indices[path.map { Key($0) }].map { leaves[$0] } }
}
