package import Diagnostics
package import SecretMemory
package import YAMLSyntax

extension OpenedSecrets {
    /// Reads a text of secrets in plain YAML: a file that was never encrypted, or what a wholly encrypted one holds.
    ///
    /// - Parameters:
    ///   - source: the text's source, masked: spans lead into it.
    ///   - isShown: the file is only to be shown as it is, ciphertext included.
    /// - Returns: no secrets if it cannot be read, which has been reported.
    package static func readPlain(
        _ text: SecretText, _ source: Source, _ strictness: Strictness, isShown: Bool = false
    ) -> (secrets: OpenedSecrets?, diagnostics: [Diagnostic]) {
        var parsed = text.withBytes { parse(source, saying: $0, strictness) }
        guard let tree = parsed.tree.take() else { return (nil, parsed.diagnostics) }
        let isCiphertext = text.withBytes { tree.hasScalar(beginningWith: "ENC[AES256_GCM,", in: $0) }
        // Consumed, so that nobody else holds what is overwritten there.
        let secrets =
            tree.leavesValues
            ? OpenedSecrets(PlainValues(consume tree, text))
            : OpenedSecrets(wiping: consume tree, capacity: text.count)
        guard !isCiphertext || isShown else {
            return (nil, parsed.diagnostics + [.lostMetadata(source.path, at: .startOfFile(source.id))])
        }
        return (secrets, parsed.diagnostics)
    }

    /// All that a tree holds, moved into locked memory.
    private init(wiping tree: consuming SyntaxTree, capacity: Int) {
        let outline = tree.standIn.map { IndexedTree($0) }
        var buffer = SecretBuffer(capacity: capacity)
        let root = Self.node(tree.root, of: tree, &buffer)
        tree.wipe()
        self.init(documents: [root], text: buffer.finish(), outline: outline)
    }

    /// Single scalars of a file that is not one of secrets: passwords that stand there in clear.
    ///
    /// - Parameter scalars: where each stands, and its node.
    package init(_ tree: SyntaxTree, scalars: [(steps: [String], node: NodeID)]) {
        var buffer = SecretBuffer(capacity: 256)
        let leaves = scalars.map { scalar in
            (scalar.steps[...], SecretNode(Self.scalar(scalar.node, of: tree, &buffer), at: tree.span(scalar.node)))
        }
        let root = Self.nested(leaves, at: tree.span(tree.root))
        self.init(documents: [root], text: buffer.finish())
    }

    /// The maps that lead to leaves.
    private static func nested(_ leaves: [(steps: ArraySlice<String>, node: SecretNode)], at span: Span) -> SecretNode {
        if leaves.count == 1, leaves[0].steps.isEmpty { return leaves[0].node }
        var order: [String] = []
        // By their bytes: `String` holds keys for equal that differ in their Unicode normal form.
        var below: [[UInt8]: [(ArraySlice<String>, SecretNode)]] = [:]
        for (steps, node) in leaves {
            guard let first = steps.first else { continue }
            if below[Array(first.utf8)] == nil { order.append(first) }
            below[Array(first.utf8), default: []].append((steps.dropFirst(), node))
        }
        let entries = order.map { key in
            SecretNode.Entry(key: key, keySpan: span, value: nested(below[Array(key.utf8)] ?? [], at: span))
        }
        return SecretNode(.map(entries), at: span)
    }

    private static func node(_ id: NodeID, of tree: SyntaxTree, _ buffer: inout SecretBuffer) -> SecretNode {
        let span = tree.span(id)
        switch tree.kind(id) {
        case .map:
            var entries: [SecretNode.Entry] = []
            entries.reserveCapacity(tree.count(id))
            for entry in tree.entrySequence(id) {
                entries.append(
                    SecretNode.Entry(
                        key: tree.string(entry.key), keySpan: tree.span(entry.key),
                        value: node(entry.value, of: tree, &buffer)))
            }
            return SecretNode(.map(entries), at: span)
        case .list:
            var items: [SecretNode] = []
            for item in tree.itemSequence(id) { items.append(node(item, of: tree, &buffer)) }
            return SecretNode(.list(items), at: span)
        default: return SecretNode(scalar(id, of: tree, &buffer), at: span)
        }
    }

    private static func scalar(
        _ id: NodeID, of tree: SyntaxTree, _ buffer: inout SecretBuffer
    ) -> SecretNode.Content {
        if [.string, .timestamp].contains(tree.type(id)) {
            let range = buffer.append(tree.text(id).span)
            return .scalar(range.isEmpty ? .empty : .string, range)
        }
        let (kind, range) = scalar(tree.value(id), &buffer)
        return .scalar(kind, range)
    }

    /// What a value is, its text at a buffer's end.
    static func scalar(_ value: ScalarValue, _ buffer: inout SecretBuffer) -> Scalar {
        switch value {
        case .null: (.null, nil)
        case .bool(let value): (.bool, buffer.append((value ? "true" : "false").utf8))
        case .integer(let number): (.integer, buffer.append(String(number).utf8))
        case .bigInteger(let digits): (.integer, buffer.append(digits.utf8))
        case .float(let number):
            number.isFinite ? (.float, buffer.append(number.description.utf8)) : (.nonFinite, nil)
        case .string(let text): (.string, buffer.append(text.utf8))
        }
    }
}

extension SecretNode {
    /// The tree's shape, as what reads YAML takes it.
    package var shape: SyntaxTree.Shape {
        switch content {
        case .map(let entries): .map(entries.map { ($0.key, $0.keySpan, $0.value.shape) }, span)
        case .list(let items): .list(items.map(\.shape), span)
        case .scalar(let kind, _): .scalar(kind.standIn, span)
        }
    }
}

extension SecretNode.Kind {
    fileprivate var standIn: ScalarValue {
        switch self {
        case .string: .string("secret")
        case .empty: .string("")
        case .integer: .integer(0)
        case .float: .float(0.5)
        case .nonFinite: .float(.nan)
        case .bool: .bool(true)
        case .null: .null
        }
    }
}
