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
        case .scalar(let value, let span):
            switch value {
            case .null: append("null", .null, span)
            case .bool: append("true", .bool, span)
            case .integer, .bigInteger: append("0", .integer, span)
            case .float(let number): append(number.isFinite ? "0.5" : ".nan", .float, span)
            case .string(let text): append(text.isEmpty ? "" : "secret", .string, span)
            }
        }
    }

    private mutating func append(_ text: String, _ type: ScalarType, _ span: Span) {
        let start = UInt32(decoded.count)
        decoded += text.utf8
        nodes.append(
            Node(
                kind: .scalar, type: type, flags: .isDecoded, start: span.start, end: span.end, text: start,
                count: UInt32(text.utf8.count), next: UInt32(nodes.count) + 1))
    }
}
