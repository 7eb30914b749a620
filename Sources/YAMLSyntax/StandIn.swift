package import Diagnostics

extension SyntaxTree {
    /// The shape of a file whose values are not to be had, or not to be seen: an encrypted one, or one with secrets.
    package indirect enum Shape: Sendable {
        case map([(key: String, keySpan: Span, value: Shape)], Span)
        case list([Shape], Span)
        /// A scalar that stands in for one of the same type.
        case scalar(ScalarValue, Span)
    }

    /// A tree of that shape, so that what reads trees reads encrypted files, too.
    package init(_ shape: Shape, of source: Source) {
        self.init(source: source)
        append(shape)
    }

    /// Makes this, which left the values in the text, a tree of stand-ins such as `standIn`: the values that mean something else than
    /// what stands there go to whom they belong, and the tree's copy of them is overwritten.
    ///
    /// - Parameters:
    ///   - text: what was read.
    ///   - take: takes a text with escapes, or one of several lines; or the value of what is no text.
    package mutating func takeValues(
        from text: Swift.Span<UInt8>, _ take: (NodeID, Swift.Span<UInt8>, ScalarValue?) -> Void
    ) {
        for index in unusual where nodes[Int(index)].type == .string {
            let node = nodes[Int(index)]
            let range = Int(node.text)..<Int(node.text + node.count)
            take(NodeID(index: index), decoded.span.extracting(range), nil)
            for place in range { decoded[place] = UInt8(ascii: "x") }
        }
        // Behind that, since now the texts may move.
        for index in unusual where nodes[Int(index)].type != .string {
            let node = nodes[Int(index)]
            guard node.type != .timestamp else {
                nodes[Int(index)].type = .string
                continue
            }
            var letters = [UInt8](repeating: 0, count: Int(node.count))
            for place in letters.indices { letters[place] = text[Int(node.text) + place] }
            let value = ScalarValue.make(letters[...], as: node.type) ?? .null
            for place in letters.indices { letters[place] = 0 }
            take(NodeID(index: index), letters.span, value)
            let standIn = Self.standIn(for: value)
            nodes[Int(index)].text = UInt32(decoded.count)
            nodes[Int(index)].count = UInt32(standIn.text.utf8.count)
            nodes[Int(index)].flags.insert(.isDecoded)
            decoded += standIn.text.utf8
        }
        unusual = []
    }

    /// Whether there are values for `takeValues`.
    package var hasUnusualValues: Bool { !unusual.isEmpty }

    /// Where a value that was left in the text stands in it.
    package func place(of id: NodeID) -> Range<Int> {
        let node = nodes[Int(id.index)]
        return Int(node.text)..<Int(node.text + node.count)
    }

    /// The tree of a file with secrets without its values: each scalar stands in for one of the same type, keys stay.
    ///
    /// Nil where a node means more than stands there: an alias, a merge key, a tag.
    package var standIn: SyntaxTree? {
        guard !hasAliases, !hasMerges, !hasTags else { return nil }
        var result = SyntaxTree(source: source)
        result.hasDollarKeys = hasDollarKeys
        result.hasSecretPaths = hasSecretPaths
        result.nodes.reserveCapacity(nodes.count)
        result.decoded.reserveCapacity(decoded.count / 2)
        let isKey = keys
        for (index, node) in nodes.enumerated() {
            guard node.kind == .scalar else {
                result.nodes.append(
                    Node(
                        kind: node.kind, start: node.start, end: node.end, count: node.count, next: node.next))
                continue
            }
            let span = Span(source: source.id, start: node.start, end: node.end)
            if isKey[index] {
                let start = UInt32(result.decoded.count)
                result.decoded += text(of: node)
                result.append(scalar: start, node.count, .string, span)
            } else {
                result.append(standInFor(node), span)
            }
        }
        return result
    }

    /// Which nodes are keys.
    private var keys: [Bool] {
        var isKey = [Bool](repeating: false, count: nodes.count)
        for (index, node) in nodes.enumerated() where node.kind == .map {
            var place = index + 1
            while place < node.next {
                isKey[place] = true
                place = Int(nodes[Int(nodes[place].next)].next)
            }
        }
        return isKey
    }

    /// A value of the type of a scalar, and text only where that has a letter.
    private func standInFor(_ node: Node) -> ScalarValue {
        switch node.type {
        case .null, .merge, .sign: .null
        case .bool: .bool(true)
        case .integer: .integer(0)
        case .float: ScalarValue.make(text(of: node), as: .float) ?? .null
        case .string, .timestamp: .string(node.count == 0 ? "" : "secret")
        }
    }

    private mutating func append(_ shape: Shape) {
        let index = nodes.count
        switch shape {
        case .map(let entries, let span):
            nodes.append(Node(kind: .map, start: span.start, end: span.end, count: UInt32(entries.count), next: 0))
            for entry in entries {
                append(entry.key, .string, entry.keySpan)
                note(key: entry.key.utf8.span)
                append(entry.value)
            }
            nodes[index].next = UInt32(nodes.count)
        case .list(let items, let span):
            nodes.append(Node(kind: .list, start: span.start, end: span.end, count: UInt32(items.count), next: 0))
            for item in items { append(item) }
            nodes[index].next = UInt32(nodes.count)
        case .scalar(let value, let span): append(value, span)
        }
    }

    private static func standIn(for value: ScalarValue) -> (text: String, type: ScalarType) {
        switch value {
        case .null: ("null", .null)
        case .bool: ("true", .bool)
        case .integer, .bigInteger: ("0", .integer)
        case .float(let number): (number.isFinite ? "0.5" : ".nan", .float)
        case .string(let text): (text.isEmpty ? "" : "secret", .string)
        }
    }

    private mutating func append(_ value: ScalarValue, _ span: Span) {
        let standIn = Self.standIn(for: value)
        append(standIn.text, standIn.type, span)
    }

    private mutating func append(_ text: String, _ type: ScalarType, _ span: Span) {
        let start = UInt32(decoded.count)
        decoded += text.utf8
        append(scalar: start, UInt32(text.utf8.count), type, span)
    }

    private mutating func append(scalar start: UInt32, _ count: UInt32, _ type: ScalarType, _ span: Span) {
        nodes.append(
            Node(
                kind: .scalar, type: type, flags: .isDecoded, start: span.start, end: span.end, text: start,
                count: count, next: UInt32(nodes.count) + 1))
    }
}
