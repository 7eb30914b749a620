public import Diagnostics

/// Names a node of a tree: its place in the arena.
@usableFromInline package struct NodeID: Hashable, Sendable {
    @usableFromInline let index: UInt32

    @inlinable init(index: UInt32) { self.index = index }
}

/// One file as it was written: maps, lists and scalars with their spans, aliases and merge keys not yet followed.
///
/// A flat arena: the nodes stand in the order of the text, each knows where its subtree ends, and scalars are ranges of
/// the source (or of `decoded`, where escapes or folding changed them). A tree that exists obeys every rule of
/// DESIGN §1, *Reading YAML*: keys are unique, aliases are defined and finite, scalars have a meaning.
@usableFromInline package struct SyntaxTree: Sendable {
    @usableFromInline package let source: Source
    /// The file says `%YAML 1.1`.
    package internal(set) var declaresYAML11 = false
    @usableFromInline var nodes: [Node] = []
    @usableFromInline var decoded: [UInt8] = []
    /// Where the tags that speak of merging are written, by the place of their nodes in the arena.
    var tagSpans: [UInt32: Span] = [:]
    /// Whether `!raw` stands anywhere.
    var hasRawTexts = false
    /// Of a secret source: its values were left in the text that it was read from, and the tree knows their places only. What it
    /// says of them is then what the source has there: of a masked one, nothing.
    package internal(set) var leavesValues = false
    /// If so, the nodes of the values that mean something else than what stands there, until they were taken.
    var unusual: [UInt32] = []
    /// Where the keys of large maps stand in the arena, by the maps' own places and the fingerprints of the keys: of a secret
    /// source, if its reader knows them.
    var keyPlaces: [UInt32: HashedPlaces] = [:]

    // What occurs in the file at all, so that nobody need look for what does not.

    /// Whether a node may be a path into the secrets: `!secret` or a key `$secret` stands somewhere.
    package internal(set) var hasSecretPaths = false
    /// Whether `!alloc` stands anywhere.
    package internal(set) var hasPoolNumbers = false
    /// Whether a key begins with `$`, as `$secret` and `$alloc` do.
    package internal(set) var hasDollarKeys = false
    /// Whether `entries` may say something else than `writtenEntries`: a merge key, or (leniently) a key that stands twice.
    package internal(set) var hasMerges = false
    /// Whether an alias stands anywhere; if not, each node is its own target.
    package internal(set) var hasAliases = false
    /// Whether a plain scalar is of a form that YAML 1.2 may read otherwise; if not, `versionLints` finds nothing.
    package internal(set) var mayDifferInYAML12 = false

    init(source: Source) { self.source = source }

    @usableFromInline struct Node: Sendable, BitwiseCopyable, Equatable {
        @usableFromInline var kind: Kind
        @usableFromInline var style = ScalarStyle.plain
        /// What a scalar means; of a key, what it was before it became text.
        @usableFromInline var type = ScalarType.string
        @usableFromInline var flags: Flags = []
        @usableFromInline var start: UInt32
        @usableFromInline var end: UInt32
        /// A scalar's text: a range of the source or of `decoded`. A map's or list's number of entries. An alias's target.
        @usableFromInline var text: UInt32 = 0
        @usableFromInline var count: UInt32 = 0
        /// The node after this one's subtree.
        @usableFromInline var next: UInt32

        /// The tag of ours that the node has.
        var tag: OwnTag? {
            get { OwnTag(rawValue: flags.rawValue >> Flags.tagShift) }
            set { flags = Flags(rawValue: flags.rawValue & 0x0F | (newValue?.rawValue ?? 0) << Flags.tagShift) }
        }
    }

    @usableFromInline package enum Kind: UInt8, Sendable, BitwiseCopyable {
        case scalar, list, map
        case alias
    }

    @usableFromInline struct Flags: OptionSet, Sendable, BitwiseCopyable {
        @usableFromInline let rawValue: UInt8

        @inlinable init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The text is in `decoded`.
        @inlinable static var isDecoded: Flags { Flags(rawValue: 1) }
        /// A map with a merge key `<<`.
        @inlinable static var hasMerge: Flags { Flags(rawValue: 2) }
        /// The key `<<` itself.
        static let isMergeKey = Flags(rawValue: 4)
        /// A key that is neither text nor an integer, which has been said.
        static let isOddKey = Flags(rawValue: 8)
        /// The upper four bits hold the node's tag, if it is one of ours.
        static let tagShift = 4
    }

    package var root: NodeID { NodeID(index: 0) }

    /// Overwrites the scalars of a secret source that were copied into the tree. The tree must not be used any more, and nobody else hold it.
    package mutating func wipe() {
        for index in decoded.indices { decoded[index] = 0 }
    }
}

extension SyntaxTree {
    /// The node that `id` stands for: itself, or what an alias names.
    @inlinable package func target(_ id: NodeID) -> NodeID {
        let node = nodes[Int(id.index)]
        return node.kind == .alias ? NodeID(index: node.text) : id
    }

    /// What the node is, aliases followed.
    @inlinable package func kind(_ id: NodeID) -> Kind { nodes[Int(target(id).index)].kind }

    /// Where the node is written; of an alias, where the alias is.
    @inlinable package func span(_ id: NodeID) -> Span {
        let node = nodes[Int(id.index)]
        return Span(source: source.id, start: node.start, end: node.end)
    }

    @inlinable package func style(_ id: NodeID) -> ScalarStyle { nodes[Int(target(id).index)].style }

    @inlinable package func type(_ id: NodeID) -> ScalarType { nodes[Int(target(id).index)].type }

    @inlinable func text(of node: Node) -> ArraySlice<UInt8> {
        let range = Int(node.text)..<Int(node.text &+ node.count)
        return node.flags.contains(.isDecoded) ? decoded[range] : source.bytes[range]
    }

    /// The bytes of a scalar, quotes and escapes undone; of a key, the key as text.
    @inlinable package func text(_ id: NodeID) -> ArraySlice<UInt8> {
        let node = nodes[Int(target(id).index)]
        return node.kind == .scalar ? text(of: node) : []
    }

    /// Lends the bytes of a scalar, quotes and escapes undone; none of what is no scalar.
    @inlinable package func withText<Result>(_ id: NodeID, _ body: (Swift.Span<UInt8>) -> Result) -> Result {
        let node = nodes[Int(target(id).index)]
        guard node.kind == .scalar else { return body(decoded.span.extracting(0..<0)) }
        let range = Int(node.text)..<Int(node.text &+ node.count)
        if node.flags.contains(.isDecoded) { return body(decoded.span.extracting(range)) }
        let bytes = source.bytes
        return body(bytes.span.extracting(range))
    }

    package func string(_ id: NodeID) -> String {
        // A tree's texts are UTF-8; what is not is repaired all the same.
        withText(id) { bytes in try? String(copying: UTF8Span(validating: bytes)) }
            ?? String(decoding: text(id), as: UTF8.self)
    }

    /// How many entries a list has, or a map as it is written.
    @inlinable package func count(_ id: NodeID) -> Int {
        let node = nodes[Int(target(id).index)]
        return node.kind == .scalar ? 0 : Int(node.count)
    }

    /// The items of a list. Nothing if it is none.
    package func items(_ id: NodeID) -> [NodeID] {
        let list = nodes[Int(target(id).index)]
        guard list.kind == .list else { return [] }
        var items: [NodeID] = []
        items.reserveCapacity(Int(list.count))
        var index = target(id).index + 1
        while index < list.next {
            items.append(NodeID(index: index))
            index = nodes[Int(index)].next
        }
        return items
    }

    @usableFromInline package struct Entry: Sendable {
        @usableFromInline package let key: NodeID
        @usableFromInline package let value: NodeID

        @inlinable init(key: NodeID, value: NodeID) {
            self.key = key
            self.value = value
        }
    }

    /// `items` without an array of its own.
    @inlinable package func itemSequence(_ id: NodeID) -> ItemSequence {
        let place = target(id).index
        let list = nodes[Int(place)]
        return ItemSequence(nodes: nodes, place: place &+ 1, end: list.kind == .list ? list.next : 0)
    }

    /// `entries` without an array of its own, where nothing is merged.
    @inlinable package func entrySequence(_ id: NodeID) -> EntrySequence {
        let place = target(id).index
        let map = nodes[Int(place)]
        if map.flags.contains(.hasMerge) {
            return EntrySequence(nodes: nodes, place: 0, end: 0, merged: entries(id)[...])
        }
        return EntrySequence(nodes: nodes, place: place &+ 1, end: map.kind == .map ? map.next : 0)
    }

    @usableFromInline package struct ItemSequence: Sequence, IteratorProtocol {
        @usableFromInline let nodes: [Node]
        @usableFromInline var place: UInt32
        @usableFromInline let end: UInt32

        @inlinable init(nodes: [Node], place: UInt32, end: UInt32) {
            self.nodes = nodes
            self.place = place
            self.end = end
        }

        @inlinable package mutating func next() -> NodeID? {
            guard place < end else { return nil }
            defer { place = nodes[Int(place)].next }
            return NodeID(index: place)
        }
    }

    @usableFromInline package struct EntrySequence: Sequence, IteratorProtocol {
        @usableFromInline let nodes: [Node]
        @usableFromInline var place: UInt32
        @usableFromInline let end: UInt32
        @usableFromInline var merged: ArraySlice<Entry>

        @inlinable init(nodes: [Node], place: UInt32, end: UInt32, merged: ArraySlice<Entry> = []) {
            self.nodes = nodes
            self.place = place
            self.end = end
            self.merged = merged
        }

        @inlinable package mutating func next() -> Entry? {
            guard place < end else { return merged.popFirst() }
            let key = place
            let value = nodes[Int(key)].next
            place = nodes[Int(value)].next
            return Entry(key: NodeID(index: key), value: NodeID(index: value))
        }
    }

    /// The entries of a map, merged ones first, as PyYAML has them: a later value of a key takes the earlier one's place.
    /// Nothing if it is no map.
    @usableFromInline package func entries(_ id: NodeID) -> [Entry] {
        let written = writtenEntries(id)
        guard nodes[Int(target(id).index)].flags.contains(.hasMerge) else { return written }
        var merged: [Entry] = []
        for entry in written where isMergeKey(entry.key) {
            // The last of a list is the weakest, so it comes first and the others override it.
            let sources = kind(entry.value) == .list ? items(entry.value).reversed() : [entry.value]
            for source in sources { merged += entries(source) }
        }
        return overriding(merged + written.filter { !isMergeKey($0.key) })
    }

    /// The entries as they stand in the file, a merge key among them.
    package func writtenEntries(_ id: NodeID) -> [Entry] {
        let map = nodes[Int(target(id).index)]
        guard map.kind == .map else { return [] }
        var entries: [Entry] = []
        entries.reserveCapacity(Int(map.count))
        var index = target(id).index + 1
        while index < map.next {
            let value = nodes[Int(index)].next
            entries.append(Entry(key: NodeID(index: index), value: NodeID(index: value)))
            index = nodes[Int(value)].next
        }
        return entries
    }

    /// The value of `key` in a map, if the map has it.
    package func value(of key: String, in id: NodeID) -> NodeID? {
        let map = nodes[Int(target(id).index)]
        guard !map.flags.contains(.hasMerge) else {
            return entries(id).last { text($0.key).elementsEqual(key.utf8) }?.value
        }
        // Keys are unique.
        for entry in entrySequence(id) where isText(entry.key, key) { return entry.value }
        return nil
    }

    /// Whether a node is a text with a letter in it.
    package func isText(_ id: NodeID) -> Bool {
        let node = nodes[Int(target(id).index)]
        return node.kind == .scalar && node.type == .string && node.count > 0
    }

    /// Whether a scalar's text is this one, byte for byte.
    package func isText(_ id: NodeID, _ text: String) -> Bool {
        let node = nodes[Int(target(id).index)]
        guard node.kind == .scalar, Int(node.count) == text.utf8.count else { return false }
        let letters = self.text(of: node)
        return letters.span.isSame(as: text.utf8.span)
    }

    /// The first key of a map as it is written; nil if it has none, or is no map.
    package func firstKey(_ id: NodeID) -> NodeID? {
        let map = target(id)
        let node = nodes[Int(map.index)]
        return node.kind == .map && node.count > 0 ? NodeID(index: map.index + 1) : nil
    }

    /// Whether the text of any scalar begins so.
    ///
    /// - Parameter text: what was read, of a tree that left the values in it.
    package func hasScalar(beginningWith prefix: String, in text: Swift.Span<UInt8>) -> Bool {
        let (prefix, decoded) = (prefix.utf8.span, decoded.span)
        return nodes.contains { node in
            guard node.kind == .scalar, Int(node.count) >= prefix.count else { return false }
            let start = Int(node.text)
            let isDecoded = node.flags.contains(.isDecoded)
            return prefix.indices.allSatisfy {
                prefix[$0] == (isDecoded ? decoded[start + $0] : text[start + $0])
            }
        }
    }

    /// Whether a URL with a password may stand in a scalar: an `@`, and a colon before it. If not, nobody need look for one.
    package var mayHavePasswordsInURLs: Bool {
        guard source.isSecret || source.contains(UInt8(ascii: "@")) else { return false }
        return nodes.contains { node in
            guard node.kind == .scalar else { return false }
            let text = text(of: node)
            guard let sign = text.lastIndex(of: UInt8(ascii: "@")) else { return false }
            return text[..<sign].contains(.colon)
        }
    }

    /// The path into the secrets that a node stands for: of `!secret db.password` or `{$secret: db.password}`.
    ///
    /// Not of a secret source, whose own text is no path.
    package func secretPath(_ id: NodeID) -> NodeID? {
        guard hasSecretPaths, !source.isSecret else { return nil }
        let node = nodes[Int(target(id).index)]
        if node.kind == .scalar { return node.tag == .secret ? target(id) : nil }
        guard node.kind == .map else { return nil }
        return value(of: "$secret", in: id)
    }

    package func isMergeKey(_ id: NodeID) -> Bool { nodes[Int(id.index)].flags.contains(.isMergeKey) }

    private func overriding(_ entries: [Entry]) -> [Entry] {
        var places: [ArraySlice<UInt8>: Int] = [:]
        var result: [Entry] = []
        for entry in entries {
            if let place = places[text(entry.key)] {
                result[place] = entry
            } else {
                places[text(entry.key)] = result.count
                result.append(entry)
            }
        }
        return result
    }
}

extension SyntaxTree {
    /// The keys of a map whose end is not yet set.
    func keysOfOpenMap(_ id: NodeID, end: UInt32) -> [NodeID] {
        var keys: [NodeID] = []
        var index = id.index + 1
        while index < end {
            keys.append(NodeID(index: index))
            index = nodes[Int(nodes[Int(index)].next)].next
        }
        return keys
    }
}
