package import Diagnostics

/// Reads one YAML file (DESIGN §1, *Reading YAML*).
///
/// Returns the tree, or nil if the file has an error. Reports R0101–R0111, and R0802 for odd keys.
package func parse(_ source: Source, _ strictness: Strictness) -> (tree: SyntaxTree?, diagnostics: [Diagnostic]) {
    let bytes = source.bytes
    return parse(source, saying: bytes.span, strictness)
}

/// Reads a YAML file whose text is not its source's: that of a secret file, whose source is masked.
package func parse(
    _ source: Source, saying text: Swift.Span<UInt8>, _ strictness: Strictness
) -> (tree: SyntaxTree?, diagnostics: [Diagnostic]) {
    guard source.bytes.count <= Limits.fileSize else {
        return (nil, [.tooLarge(source)])
    }
    if let tree = BlockReader.read(source, saying: text) { return (tree, []) }
    return parseWithLibYAML(source, saying: text, strictness)
}

/// What `BlockReader` makes of a text by itself; nil if it leaves it to libyaml. For the tests that hold both to each other.
package func parseWithBlockReader(_ source: Source, saying text: Swift.Span<UInt8>) -> SyntaxTree? {
    BlockReader.read(source, saying: text)
}

/// Reads a YAML file as libyaml does, whatever is in it.
package func parseWithLibYAML(
    _ source: Source, saying text: Swift.Span<UInt8>, _ strictness: Strictness
) -> (tree: SyntaxTree?, diagnostics: [Diagnostic]) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var builder = TreeBuilder(source, strictness)
    let prefix = source.bytes.starts(with: mark) ? mark.count : 0
    if let problem = LibYAML.parse(text, of: source, skipping: prefix, into: &builder) {
        builder.diagnostics.append(.syntax(problem, in: source))
    }
    return builder.finish()
}

/// What a file may be at most.
enum Limits {
    static let fileSize = 16 << 20
    static let nesting = 128
    static let aliasedNodes = 1_000_000
    static let aliasedBytes = 64 << 20
}

/// Builds the arena from libyaml's events and checks what libyaml does not.
private struct TreeBuilder: EventReceiver {
    private var tree: SyntaxTree
    private let source: Source
    private let strictness: Strictness
    var diagnostics: [Diagnostic] = []
    private(set) var wantsMore = true
    private var documents = 0
    private var open: [Collection] = []
    private var anchors: [String: Anchor] = [:]
    private var aliasedNodes = 0
    private var aliasedBytes = 0
    /// The end of the node that was completed last.
    private var lastComplete: UInt32 = 0

    private struct Collection {
        let index: UInt32
        let anchor: String?
        /// In a map: whether the next node is a key.
        var wantsKey: Bool
        /// The key that waits for its value is `<<`.
        var mergesNext = false
        /// Nodes that aliases below stand for, beyond the aliases themselves.
        var aliased = 0
        /// Bytes that aliases below stand for.
        var aliasedBytes = 0
        /// Levels below this one, aliases followed.
        var height = 0
        /// Written with brackets.
        let isFlow: Bool
        /// Where the last entry ends.
        var lastEnd: UInt32
    }

    private struct Anchor {
        let index: UInt32
        var isOpen: Bool
        var size = 1
        var bytes = 0
        var height = 0
    }

    init(_ source: Source, _ strictness: Strictness) {
        self.source = source
        self.strictness = strictness
        tree = SyntaxTree(source: source)
        tree.nodes.reserveCapacity(source.bytes.count / 12 + 1)
        // A secret text must not move, for what it left behind would stay.
        if source.isSecret { tree.decoded.reserveCapacity(source.bytes.count + 1024) }
    }

    mutating func finish() -> (tree: SyntaxTree?, diagnostics: [Diagnostic]) {
        if tree.nodes.isEmpty {
            tree.nodes.append(SyntaxTree.Node(kind: .map, start: 0, end: 0, next: 1))
        } else if !diagnostics.hasErrors, tree.nodes[0].kind != .map {
            let root = tree.nodes[0]
            if root.kind == .scalar, root.type == .null, root.count == 0 {
                tree.nodes = [SyntaxTree.Node(kind: .map, start: root.start, end: root.end, next: 1)]
                tree.nodes[0].tag = root.tag
            } else {
                diagnostics.append(.topLevel(tree.span(tree.root), isList: root.kind == .list))
            }
        }
        guard !diagnostics.hasErrors else {
            if source.isSecret { tree.wipe() }
            return (nil, diagnostics)
        }
        return (tree, diagnostics)
    }

    // MARK: Events

    mutating func documentStart(at offset: UInt32, version: (major: Int, minor: Int)?) {
        documents += 1
        if documents > 1 {
            diagnostics.append(.severalDocuments(span(offset, offset + 3)))
            wantsMore = false
        }
        if let version, version == (1, 1) { tree.declaresYAML11 = true }
    }

    mutating func scalar(
        _ text: borrowing Swift.Span<UInt8>, _ properties: EventProperties, style: ScalarStyle, isPlain: Bool
    ) {
        var node = SyntaxTree.Node(
            kind: .scalar, style: style, start: properties.start, end: properties.end, next: nextIndex + 1)
        if let tag = ownTag(properties) { mark(&node, tag, properties) }
        store(text, in: &node)
        if style == .literal || style == .folded { trimEnd(of: &node) }
        node.type = type(of: node, properties, isPlain: isPlain)
        if isAtKey {
            makeKey(&node)
        } else {
            checkValue(node)
            if open.last?.mergesNext == true { diagnostics.append(.mergeWantsMap(span(node.start, node.end))) }
        }
        if let anchor = properties.anchor { define(anchor, at: nextIndex, node, isOpen: false) }
        append(node)
        advance()
    }

    mutating func sequenceStart(_ properties: EventProperties) { start(.list, properties) }

    mutating func sequenceEnd(at offset: UInt32) { end(at: offset) }

    mutating func mappingStart(_ properties: EventProperties) { start(.map, properties) }

    mutating func mappingEnd(at offset: UInt32) {
        if let index = open.last?.index { checkKeys(of: NodeID(index: index)) }
        end(at: offset)
    }

    mutating func alias(_ name: String, start: UInt32, end: UInt32) {
        tree.hasAliases = true
        let place = span(start, end)
        var node = SyntaxTree.Node(kind: .alias, start: start, end: end, next: nextIndex + 1)
        guard let anchor = anchors[name] else {
            diagnostics.append(.undefinedAlias(name, place, in: source, known: anchors.keys.sorted()))
            append(node)
            return advance()
        }
        if anchor.isOpen {
            diagnostics.append(.aliasInsideItself(name, place, in: source, span(of: anchor.index)))
            append(node)
            return advance()
        }
        let target = tree.nodes[Int(anchor.index)]
        node.text = anchor.index
        if isAtKey {
            if target.kind == .scalar {
                node = target
                node.start = start
                node.end = end
                node.next = nextIndex + 1
                makeKey(&node)
            } else {
                diagnostics.append(.keyIsNoText(place))
            }
        } else {
            if open.last?.mergesNext == true { checkMerge(of: anchor.index, at: place) }
            account(for: anchor, at: place)
        }
        append(node)
        advance()
    }

    // MARK: The arena

    private var nextIndex: UInt32 { UInt32(tree.nodes.count) }

    private var isAtKey: Bool { open.last?.wantsKey == true }

    private func span(_ start: UInt32, _ end: UInt32) -> Span { Span(source: source.id, start: start, end: end) }

    private func span(of index: UInt32) -> Span { tree.span(NodeID(index: index)) }

    private mutating func append(_ node: SyntaxTree.Node) {
        tree.nodes.append(node)
        lastComplete = node.end
    }

    private mutating func start(_ kind: SyntaxTree.Kind, _ properties: EventProperties) {
        let place = span(properties.start, properties.end)
        if isAtKey { diagnostics.append(.keyIsNoText(place)) }
        let index = nextIndex
        var node = SyntaxTree.Node(kind: kind, start: properties.start, end: properties.end, next: index + 1)
        if let tag = ownTag(properties), tag.speaksOfMerging {
            mark(&node, tag, properties)
        } else {
            checkTag(properties.tag, of: kind, at: place)
        }
        if let anchor = properties.anchor { define(anchor, at: index, node, isOpen: true) }
        append(node)
        open.append(
            Collection(
                index: index, anchor: properties.anchor, wantsKey: kind == .map, isFlow: properties.isFlow,
                lastEnd: properties.end))
        if open.count > Limits.nesting {
            diagnostics.append(.tooDeep(place))
            wantsMore = false
        }
    }

    private mutating func end(at offset: UInt32) {
        guard let closed = open.popLast() else { return }
        let index = Int(closed.index)
        tree.nodes[index].next = nextIndex
        // A block collection ends, for libyaml, where the next thing begins; for people, with its last entry.
        tree.nodes[index].end = closed.isFlow ? offset : closed.lastEnd
        lastComplete = tree.nodes[index].end
        if tree.nodes[index].kind == .map { tree.nodes[index].count /= 2 }
        if let anchor = closed.anchor {
            anchors[anchor]?.isOpen = false
            anchors[anchor]?.size = tree.nodes.count - index + closed.aliased
            anchors[anchor]?.bytes = Int(tree.nodes[index].end - tree.nodes[index].start) + closed.aliasedBytes
            anchors[anchor]?.height = closed.height
        }
        if open.last?.mergesNext == true { checkMerge(of: closed.index, at: span(of: closed.index)) }
        if !open.isEmpty {
            open[open.count - 1].aliased += closed.aliased
            open[open.count - 1].aliasedBytes += closed.aliasedBytes
            open[open.count - 1].height = max(open[open.count - 1].height, closed.height + 1)
        }
        advance()
    }

    /// A node is complete: its parent has one more, and a map turns from key to value or back.
    private mutating func advance() {
        guard let parent = open.last else { return }
        tree.nodes[Int(parent.index)].count += 1
        open[open.count - 1].lastEnd = max(parent.lastEnd, lastComplete)
        guard tree.nodes[Int(parent.index)].kind == .map else { return }
        open[open.count - 1].wantsKey = !parent.wantsKey
        if !parent.wantsKey { open[open.count - 1].mergesNext = false }
    }

    private mutating func store(_ text: borrowing Swift.Span<UInt8>, in node: inout SyntaxTree.Node) {
        node.count = UInt32(text.count)
        if !source.isSecret, let place = source.place(of: text, in: node) {
            node.text = place
            return
        }
        node.text = UInt32(tree.decoded.count)
        node.flags.insert(.isDecoded)
        for index in text.indices { tree.decoded.append(text[index]) }
    }

    /// A block scalar's mark runs on to the next token.
    private func trimEnd(of node: inout SyntaxTree.Node) {
        while node.end > node.start + 1, Self.blanks.contains(source.bytes[Int(node.end) - 1]) { node.end -= 1 }
    }

    // MARK: Checks

    private mutating func resolve(_ letters: ArraySlice<UInt8>) -> ScalarType {
        if let type = ScalarType.ofCommon(letters.span, 0, letters.count) { return type }
        tree.mayDifferInYAML12 = true
        return ScalarType.resolveByPattern(letters)
    }

    private mutating func type(of node: SyntaxTree.Node, _ properties: EventProperties, isPlain: Bool) -> ScalarType {
        let letters = tree.text(of: node)
        // `!` alone asks for what the value would be without a tag, quoted or not.
        guard let tag = properties.tag, tag != "!" else { return isPlain ? resolve(letters) : .string }
        if let own = node.tag {
            return own.leavesType && node.style == .plain ? resolve(letters) : .string
        }
        guard let type = ScalarType(tag: tag) else {
            checkTag(tag, of: .scalar, at: span(node.start, node.end))
            return .string
        }
        return type
    }

    /// The tag of ours that a node has. Keys have none, nor has what stands in the secrets.
    private func ownTag(_ properties: EventProperties) -> OwnTag? {
        guard let tag = properties.tag, !isAtKey, !source.isSecret else { return nil }
        return OwnTag(tag)
    }

    /// Notes a tag of ours. One that speaks of merging does not belong to the value's span: it may be removed, the value stays.
    private mutating func mark(_ node: inout SyntaxTree.Node, _ tag: OwnTag, _ properties: EventProperties) {
        node.tag = tag
        if open.last?.mergesNext == true {
            diagnostics.append(.tagOfMerge(tag.text, span(properties.start, properties.end)))
        }
        tree.note(tag)
        guard tag.speaksOfMerging else { return }
        let bytes = source.bytes
        var index = Int(properties.start)
        let end = min(Int(properties.end), bytes.count)
        var written = span(properties.start, properties.end)
        while index < end, bytes[index] == UInt8(ascii: "!") || bytes[index] == UInt8(ascii: "&") {
            let start = index
            while index < end, !Self.blanks.contains(bytes[index]) { index += 1 }
            if bytes[start] == UInt8(ascii: "!") { written = span(UInt32(start), UInt32(index)) }
            skipBlanks(&index, end)
        }
        tree.tagSpans[nextIndex] = written
        node.start = index < end || tag != .unset ? UInt32(min(index, end)) : written.start
    }

    /// White space, and comments behind it.
    private func skipBlanks(_ index: inout Int, _ end: Int) {
        while index < end {
            if source.bytes[index] == UInt8(ascii: "#") {
                while index < end, source.bytes[index] != 0x0A { index += 1 }
            } else if Self.blanks.contains(source.bytes[index]) {
                index += 1
            } else {
                return
            }
        }
    }

    private static let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]

    private mutating func checkTag(_ tag: String?, of kind: SyntaxTree.Kind, at place: Span) {
        guard let tag, tag != "!" else { return }
        switch (tag, kind) {
        case ("tag:yaml.org,2002:map", .map), ("tag:yaml.org,2002:seq", .list): return
        default: diagnostics.append(.unknownTag(tag, place, in: source))
        }
    }

    private mutating func checkValue(_ node: SyntaxTree.Node) {
        guard node.type != .string, ScalarValue.make(tree.text(of: node), as: node.type) == nil else { return }
        let place = span(node.start, node.end)
        if node.type == .integer, node.count > ScalarValue.mostDigits {
            diagnostics.append(.tooManyDigits(place))
        } else {
            diagnostics.append(.unreadableScalar(place, in: source, node.type, isPlain: node.style == .plain))
        }
    }

    /// A key is text, as PyYAML plus JSON would have it: `0x1` is "1", `yes` is "true".
    private mutating func makeKey(_ node: inout SyntaxTree.Node) {
        let place = span(node.start, node.end)
        switch node.type {
        case .string: return tree.note(key: tree.text(of: node).span)
        case .merge:
            node.flags.insert(.isMergeKey)
            node.type = .string
            open[open.count - 1].mergesNext = true
            tree.nodes[Int(open[open.count - 1].index)].flags.insert(.hasMerge)
            tree.hasMerges = true
            return
        case .sign:
            // As a key, PyYAML takes `=` for text.
            guard tree.text(of: node).elementsEqual("=".utf8) else { return checkValue(node) }
            node.type = .string
            return
        case .null, .bool, .float, .timestamp:
            node.flags.insert(.isOddKey)
            diagnostics.append(.oddKey(place, in: source, node.type, isPlain: node.style == .plain))
        case .integer: break
        }
        guard let value = ScalarValue.make(tree.text(of: node), as: node.type) else { return checkValue(node) }
        let key = value.keyText
        guard !key.utf8.elementsEqual(tree.text(of: node)) else { return }
        node.text = UInt32(tree.decoded.count)
        node.count = UInt32(key.utf8.count)
        node.flags.insert(.isDecoded)
        tree.decoded += key.utf8
    }

    private mutating func checkKeys(of map: NodeID) {
        let keys = tree.keysOfOpenMap(map, end: nextIndex)
        guard keys.count > 1 else { return }
        var texts: [ArraySlice<UInt8>: NodeID] = [:]
        var numbers: [Double: NodeID] = [:]
        texts.reserveCapacity(keys.count)
        var mergeKey: NodeID?
        for key in keys {
            if tree.isMergeKey(key) {
                if let first = mergeKey { diagnostics.append(.twoMergeKeys(tree.span(key), first: tree.span(first))) }
                mergeKey = mergeKey ?? key
                continue
            }
            if let first = texts[tree.text(key)] {
                reportEqual(key, first, in: map)
                continue
            }
            texts[tree.text(key)] = key
            // Python holds 1, 1.0 and true for one key, so such a map would lose an entry there.
            guard let number = tree.value(key).number else { continue }
            if let first = numbers[number] { reportEqual(key, first, in: map) } else { numbers[number] = key }
        }
    }

    private mutating func reportEqual(_ key: NodeID, _ first: NodeID, in map: NodeID) {
        tree.nodes[Int(map.index)].flags.insert(.hasMerge)
        tree.hasMerges = true
        diagnostics.append(
            .duplicateKey(tree.string(key), tree.span(key), first: tree.span(first), in: source, strictness))
    }

    // MARK: Anchors

    private mutating func define(_ name: String, at index: UInt32, _ node: SyntaxTree.Node, isOpen: Bool) {
        if let first = anchors[name] {
            diagnostics.append(.duplicateAnchor(name, span(node.start, node.end), in: source, span(of: first.index)))
        }
        anchors[name] = Anchor(index: index, isOpen: isOpen, bytes: Int(node.end - node.start))
    }

    /// Counts what an alias stands for: neither breadth nor depth may explode when aliases are followed.
    private mutating func account(for anchor: Anchor, at place: Span) {
        guard !open.isEmpty else { return }
        aliasedNodes += anchor.size
        aliasedBytes += anchor.bytes
        open[open.count - 1].aliasedBytes += anchor.bytes
        open[open.count - 1].aliased += anchor.size
        let isCollection = tree.nodes[Int(anchor.index)].kind != .scalar
        let height = isCollection ? anchor.height + 1 : 0
        open[open.count - 1].height = max(open[open.count - 1].height, height)
        if aliasedNodes > Limits.aliasedNodes || aliasedBytes > Limits.aliasedBytes {
            diagnostics.append(.aliasesExplode(place))
            wantsMore = false
        } else if open.count + height > Limits.nesting {
            diagnostics.append(.tooDeep(place))
            wantsMore = false
        }
    }

    private mutating func checkMerge(of index: UInt32, at place: Span) {
        let id = NodeID(index: index)
        let isMap = tree.kind(id) == .map
        let isListOfMaps = tree.kind(id) == .list && tree.items(id).allSatisfy { tree.kind($0) == .map }
        if !isMap, !isListOfMaps { diagnostics.append(.mergeWantsMap(place)) }
    }
}
