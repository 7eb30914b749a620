internal import Diagnostics

/// Reads the plain, everyday part of YAML straight into the arena: five times as fast as libyaml makes events.
///
/// It never says what is wrong. At the first thing that is not certain to mean here what it means to libyaml it gives
/// up, and libyaml reads the file from the start. So it knows only: maps and lists in blocks, also `- key: value` and lists
/// as far to the left as their key; plain and quoted scalars on one line, and `|` texts; lists and maps in brackets on one
/// line; the tags of ours; comments; `---` at the start. Whatever would be reported, equal keys above all, it leaves to
/// libyaml, too. That both make the same tree of what it does read is tested with random edits (`Tests/Fuzz/YAML`).
struct BlockReader: ~Copyable {
    /// It cannot say for certain what the text means.
    enum GivesUp: Error { case here }

    /// A collection in a block that is still open.
    struct Level: BitwiseCopyable {
        let index: Int
        /// The column of its entries; of the document, which holds the first map, -1.
        let indent: Int
        let isList: Bool
        /// A list that stands as far to the left as its key.
        var isIndentless = false
        var count: UInt32 = 0
        /// Behind a key's colon, or an item's dash, whose value is still to come; else nil.
        var waiting: Int?
        /// Where the keys of a map begin among `keys`.
        let firstKey: Int
    }

    /// A tag before a list or map that begins on a line below.
    struct Tag {
        let tag: OwnTag
        let start: Int
        let end: Int
    }

    var tree: SyntaxTree
    /// The tree's nodes, until it is finished.
    var nodes: Buffer<SyntaxTree.Node>
    /// The tree's decoded texts: of a secret source its keys, too.
    var decoded: Buffer<UInt8>
    /// The values of a secret source that mean something else than what stands in it.
    var unusual = Buffer<UInt32>(capacity: 16)
    let isSecret: Bool
    var top = Level(index: 0, indent: -1, isList: false, waiting: 0, firstKey: 0)
    var outer = Buffer<Level>(capacity: 16)
    var waitingTag: Tag?
    /// The fingerprints of all keys of the maps that are open.
    var keys = Buffer<UInt64>(capacity: 64)
    /// Where the node ends that was completed last.
    var lastEnd = 0

    /// The tree of a text; nil if it takes libyaml to tell.
    static func read(_ source: Source, saying text: Letters) -> SyntaxTree? {
        guard text.isPlainText() else { return nil }
        var tree: SyntaxTree?
        let nodes = Buffer<SyntaxTree.Node>.array(capacity: text.count / 8 + 8) { nodes in
            var reader = BlockReader(source, text.count, nodes)
            do throws(GivesUp) { try reader.read(text) } catch { return nil }
            reader.tree.decoded = reader.decoded.array
            reader.tree.unusual = reader.unusual.array
            tree = reader.tree
            return reader.nodes
        }
        tree?.nodes = nodes
        return tree
    }

    private init(_ source: Source, _ count: Int, _ nodes: consuming Buffer<SyntaxTree.Node>) {
        tree = SyntaxTree(source: source)
        isSecret = source.isSecret
        self.nodes = nodes
        tree.leavesValues = isSecret
        // About as much as is keys. One that grows wipes what it leaves.
        decoded = Buffer(capacity: isSecret ? count / 4 + 64 : 64, isSecret: isSecret)
    }

    // MARK: Lines

    private mutating func read(_ text: Letters) throws(GivesUp) {
        var at = 0
        var isStarted = false
        while at < text.count {
            let line = at
            at = text.skippingSpaces(at)
            let first = text.letter(at)
            if first == .newline {
                at += 1
                continue
            }
            if first == .hash {
                at = text.endOfLine(at) + 1
                continue
            }
            if at == line, Self.isMark(text, at) {
                guard first == .dash, !isStarted, nodes.count == 0 else { throw .here }
                isStarted = true
                at = try Self.endOfEntry(text, at + 3) + 1
                continue
            }
            at = try entries(text, line, at) + 1
        }
        while outer.count > 0 { try close(text) }
        guard nodes.count == 0 else { return }
        guard !isStarted else { throw .here }
        nodes.append(SyntaxTree.Node(kind: .map, start: 0, end: 0, next: 1))
    }

    /// Whether `---` or `...` stands there by itself.
    private static func isMark(_ text: Letters, _ at: Int) -> Bool {
        let sign = text.letter(at)
        guard sign == .dash || sign == UInt8(ascii: ".") else { return false }
        return text.letter(at + 1) == sign && text.isIndicator(sign, at + 2)
    }

    /// Reads what a line says, and the lines of a text that begins on it.
    ///
    /// - Returns: the index of the last line's end.
    private mutating func entries(_ text: Letters, _ line: Int, _ start: Int) throws(GivesUp) -> Int {
        var at = start
        var isItem = text.isIndicator(.dash, at)
        try findLevel(text, at, column: at - line, isItem: isItem)
        while isItem {
            try beginEntry(text, behind: at + 1)
            at = text.skippingSpaces(at + 1)
            let letter = text.letter(at)
            if letter == .newline { return at }
            if letter == .hash { return text.endOfLine(at) }
            isItem = text.isIndicator(.dash, at)
            if isItem {
                try open(.list, at, column: at - line)
            } else if let found = try Self.scalar(text, at) {
                guard found.isKey else {
                    try add(found, text)
                    return try Self.endOfEntry(text, found.end)
                }
                try open(.map, at, column: at - line)
                return try entry(found, text)
            } else {
                at = try value(text, at)
                return try Self.endOfEntry(text, at)
            }
        }
        guard let key = try Self.scalar(text, at), key.isKey else { throw .here }
        return try entry(key, text)
    }

    /// Closes what ends before a line, and opens what begins with it.
    private mutating func findLevel(_ text: Letters, _ at: Int, column: Int, isItem: Bool) throws(GivesUp) {
        while column < top.indent { try close(text) }
        if column > top.indent {
            // Else it goes on with the scalar before it, or fits no block.
            guard top.waiting != nil, !(isItem && outer.count == 0) else { throw .here }
            try open(isItem ? .list : .map, at, column: column)
        } else if top.isList, !isItem {
            guard top.isIndentless else { throw .here }
            try close(text)
        } else if !top.isList, isItem {
            guard top.waiting != nil else { throw .here }
            try open(.list, at, column: column, isIndentless: true)
        }
    }

    /// A key and its value, as far as that stands on the line.
    private mutating func entry(_ key: Scalar, _ text: Letters) throws(GivesUp) -> Int {
        try beginEntry(text, behind: key.next + 1)
        try addKey(key, text)
        let at = text.skippingSpaces(key.next + 1)
        let letter = text.letter(at)
        if letter == .newline { return at }
        if letter == .hash { return text.endOfLine(at) }
        let end = try value(text, at)
        return try Self.endOfEntry(text, end)
    }

    /// The end of a line that has nothing more to say, save for a comment.
    private static func endOfEntry(_ text: Letters, _ start: Int) throws(GivesUp) -> Int {
        let at = text.skippingSpaces(start)
        let letter = text.letter(at)
        if letter == .newline { return at }
        guard letter == .hash, at > start else { throw .here }
        return text.endOfLine(at)
    }

    // MARK: Levels

    private mutating func beginEntry(_ text: Letters, behind mark: Int) throws(GivesUp) {
        if let waiting = top.waiting { try addNull(at: waiting) }
        top.count &+= 1
        top.waiting = mark
    }

    private mutating func open(
        _ kind: SyntaxTree.Kind, _ at: Int, column: Int, isIndentless: Bool = false
    ) throws(GivesUp) {
        guard outer.count < Self.mostLevels else { throw .here }
        top.waiting = nil
        outer.append(top)
        top = Level(
            index: nodes.count, indent: column, isList: kind == .list, isIndentless: isIndentless,
            firstKey: keys.count)
        try append(SyntaxTree.Node(kind: kind, start: UInt32(at), end: UInt32(at), next: 0), takingTag: true)
    }

    private mutating func close(_ text: Letters) throws(GivesUp) {
        if let waiting = top.waiting { try addNull(at: waiting) }
        guard let next = outer.popLast() else { throw .here }
        complete(top.index, top.count, end: lastEnd)
        if !top.isList { try checkKeys(of: top.index, from: top.firstKey) }
        top = next
    }

    /// Fewer than the limit, which counts brackets, too: what comes near it is left to libyaml.
    static let mostLevels = Limits.nesting / 2

    // MARK: The arena

    /// A list or map is complete.
    @inline(__always)
    mutating func complete(_ index: Int, _ count: UInt32, end: Int) {
        let next = UInt32(truncatingIfNeeded: nodes.count)
        nodes[index].end = UInt32(truncatingIfNeeded: end)
        nodes[index].count = count
        nodes[index].next = next
    }

    private mutating func addNull(at mark: Int) throws(GivesUp) {
        guard waitingTag == nil else { throw .here }
        top.waiting = nil
        let place = UInt32(mark)
        let node = SyntaxTree.Node(
            kind: .scalar, type: .null, start: place, end: place, text: place, next: UInt32(nodes.count + 1))
        nodes.append(node)
        lastEnd = mark
    }

    /// Adds a node, with the tag that waits for it.
    mutating func append(_ node: SyntaxTree.Node, takingTag: Bool) throws(GivesUp) {
        guard takingTag, let tag = waitingTag else {
            nodes.append(node)
            return
        }
        waitingTag = nil
        var node = node
        note(tag, on: &node)
        nodes.append(node)
    }

    /// A tag of ours. One that speaks of merging does not belong to the value's span.
    mutating func note(_ tag: Tag, on node: inout SyntaxTree.Node) {
        node.tag = tag.tag
        tree.note(tag.tag)
        guard tag.tag.speaksOfMerging else { return }
        tree.tagSpans[UInt32(nodes.count)] = Span(
            source: tree.source.id, start: UInt32(tag.start), end: UInt32(tag.end))
    }

    /// Makes sure that the keys of a map, from one place on, are different. (Two may only seem to be equal: libyaml tells.)
    mutating func checkKeys(of map: Int, from first: Int) throws(GivesUp) {
        let count = keys.count - first
        if count > 16 {
            try checkManyKeys(of: map, from: first)
        } else if count > 1 {
            for index in (first + 1)..<keys.count {
                let key = keys[index]
                for other in first..<index where keys[other] == key { throw .here }
            }
        }
        keys.removeAll(from: first)
    }

    private mutating func checkManyKeys(of map: Int, from first: Int) throws(GivesUp) {
        var places = HashedPlaces(capacity: keys.count - first)
        var node = map + 1
        for index in first..<keys.count {
            guard places.putNew(node, keys[index]) else { throw .here }
            let value = Int(nodes[node].next)
            node = Int(nodes[value].next)
        }
        // Secrets are looked up by their names, and few by few out of thousands.
        if isSecret { tree.keyPlaces[UInt32(map)] = places }
    }
}
