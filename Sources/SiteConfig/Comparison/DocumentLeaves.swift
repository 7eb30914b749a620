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
            let known = ContentSet(others)
            let new = list.indices.filter { !known.contains(list[$0].content) }
            return new.isEmpty ? places : new.flatMap { items[$0] }
        }
    }

    private(set) var leaves: [Leaf] = []
    private var indices: [[Key]: Int] = [:]

    /// A list while its items are being gathered.
    private struct Gathering {
        let origin: Origin
        var values: [Value] = []
        var items: [[Span]] = []
        /// Each place once, in the order of the items.
        var places: [Span] = []
        var seen: Set<Span> = []

        mutating func add(_ value: Value, _ places: [Span]) {
            values.append(value)
            items.append(places)
            self.places += places.filter { seen.insert($0).inserted }
        }
    }

    init(_ document: Value) {
        var walk = ProvenanceWalk()
        walk.visit(document)
        /// The lists, by the indices of their leaves.
        var lists: [Int: Gathering] = [:]
        for leaf in walk.leaves {
            guard let value = leaf.value else { continue }
            let isItem = leaf.path.last.map { $0.index.map(String.init) == $0.text } ?? false
            let path = leaf.path.map(\.text)
            let written = leaf.via.reversed().filter(\.isWritten).compactMap(\.span)
            let places = [value.origin.span].compactMap(\.self) + written
            if isItem {
                let index = index(ofListAt: Array(path.dropLast()), value.origin)
                lists[index, default: Gathering(origin: leaves[index].value.origin)].add(value, places)
            } else {
                add(value, path, places)
            }
        }
        for (index, list) in lists {
            leaves[index] = Leaf(
                path: leaves[index].path, value: Value(.list(list.values), list.origin), places: list.places,
                items: list.items)
        }
    }

    private mutating func add(_ value: Value, _ path: [String], _ places: [Span]) {
        indices[path.map { Key($0) }] = leaves.count
        leaves.append(Leaf(path: path, value: value, places: places))
    }

    /// - Parameter origin: of its first item.
    private mutating func index(ofListAt path: [String], _ origin: Origin) -> Int {
        if let index = indices[path.map { Key($0) }] { return index }
        add(Value(.list([]), origin), path, [])
        return leaves.count - 1
    }

    /// The paths below which secrets stand.
    var pathsAboveSecrets: Set<[String]> {
        var paths: Set<[String]> = []
        for leaf in leaves where leaf.value.hasSecret {
            for count in leaf.path.indices { paths.insert(Array(leaf.path.prefix(count))) }
        }
        return paths
    }

    /// A value with all that stands below a key.
    func values(below path: [String]) -> Value {
        Value(
            .list(leaves.filter { $0.path.count > path.count && $0.path.starts(with: path) }.map(\.value)), .nowhere)
    }

    subscript(path: [String]) -> Leaf? { indices[path.map { Key($0) }].map { leaves[$0] } }
}

/// What a list holds, to be asked for one by one.
struct ContentSet {
    /// As bytes: equal texts of other letters are others.
    private var texts: Set<[UInt8]> = []
    private var numbers: Set<Int> = []
    private var others: [Value.Content] = []

    init(_ values: [Value]) {
        for value in values {
            switch value.content {
            case .string(let text): texts.insert(Array(text.utf8))
            case .integer(let number): numbers.insert(number)
            default: others.append(value.content)
            }
        }
    }

    func contains(_ content: Value.Content) -> Bool {
        switch content {
        case .string(let text): texts.contains(Array(text.utf8))
        case .integer(let number): numbers.contains(number)
        default: others.contains(content)
        }
    }
}
