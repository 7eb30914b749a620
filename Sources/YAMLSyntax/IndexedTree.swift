package import Diagnostics
internal import Synchronization

/// A tree in which single keys are looked up: those of a large map by their hashes, from the first that is asked for, or
/// by those that the reader of a secret text had taken already.
package final class IndexedTree: Sendable {
    package let tree: SyntaxTree
    /// Where the keys of large maps stand in the arena.
    private let places = Mutex<[NodeID: HashedPlaces]>([:])
    /// More keys than that are found by their hashes.
    private static let few = 32

    package init(_ tree: SyntaxTree) { self.tree = tree }

    package static let root = NodeID(index: 0)

    // Asked of the tree in its place: whoever takes it out of here counts a reference for each of its parts, which threads share.

    package func kind(_ node: NodeID) -> SyntaxTree.Kind { tree.kind(node) }

    package func type(_ node: NodeID) -> ScalarType { tree.type(node) }

    package func place(of node: NodeID) -> Range<Int> { tree.place(of: node) }

    package func span(_ node: NodeID) -> Span { tree.span(node) }

    package func isText(_ node: NodeID) -> Bool { tree.isText(node) }

    /// The value of a key, if the node is a map that has it.
    package func value(of key: String, in map: NodeID) -> NodeID? { self.map(map).value(of: key) }

    /// A map in which many keys are looked up.
    package func map(_ node: NodeID) -> Map {
        let isLarge = tree.count(node) > Self.few && !tree.hasMerges && !tree.hasAliases && tree.kind(node) == .map
        return Map(owner: self, node: node, places: isLarge ? places(of: node) : nil)
    }

    /// A map of the tree, where its keys stand at hand.
    package struct Map: Sendable {
        fileprivate let owner: IndexedTree
        fileprivate let node: NodeID
        /// Nil for one that has few, or is none.
        fileprivate let places: HashedPlaces?

        /// The value of a key, if it has that.
        package func value(of key: String) -> NodeID? {
            guard let places else { return owner.tree.value(of: key, in: node) }
            let letters = key.utf8.span
            let hash = letters.fingerprint(0, letters.count)
            let place = places.place(hash) { owner.tree.isText(NodeID(index: UInt32($0)), key) }
            return place.map { NodeID(index: owner.tree.nodes[$0].next) }
        }
    }

    /// The node that keys, and places in lists, lead to.
    package func node(at steps: some Sequence<String>) -> NodeID? {
        var node = tree.root
        for step in steps {
            switch tree.kind(node) {
            case .map:
                guard let value = value(of: step, in: node) else { return nil }
                node = value
            case .list:
                guard let item = item(step, of: node) else { return nil }
                node = item
            default: return nil
            }
        }
        return node
    }

    /// The item of a list that a step of a path names.
    package func item(_ step: String, of list: NodeID) -> NodeID? {
        let items = tree.items(list)
        guard let index = Int(step), items.indices.contains(index) else { return nil }
        return items[index]
    }

    private func places(of map: NodeID) -> HashedPlaces {
        if let places = tree.keyPlaces[map.index] { return places }
        return places.withLock { known in
            if let places = known[map] { return places }
            var places = HashedPlaces(capacity: tree.count(map))
            for entry in tree.entrySequence(map) {
                let letters = tree.text(entry.key)
                places.put(Int(entry.key.index), letters.span.fingerprint(0, letters.count))
            }
            known[map] = places
            return places
        }
    }
}
