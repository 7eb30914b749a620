internal import SecretMemory
internal import YAMLSyntax

/// The values of a text of secrets in plain YAML, left where they stand in it: each is found when it is asked for, since most
/// targets need few of a site's.
final class PlainValues: Sendable {
    /// The text's keys, with stand-ins for the values.
    let keys: IndexedTree
    /// The text; behind it, those of its values that mean something else than what stands there.
    let text: SecretText
    /// Where these are.
    private let unusual: [NodeID: OpenedSecrets.Scalar]

    /// - Parameter tree: leaves its values in the text.
    init(_ tree: consuming SyntaxTree, _ text: SecretText) {
        guard tree.hasUnusualValues else {
            (keys, self.text, unusual) = (IndexedTree(tree), text, [:])
            return
        }
        var buffer = SecretBuffer(capacity: text.count + text.count / 4 + 256)
        var unusual: [NodeID: OpenedSecrets.Scalar] = [:]
        text.withBytes { letters in
            buffer.append(letters)
            tree.takeValues(from: letters) { node, text, value in
                unusual[node] =
                    value.map { OpenedSecrets.scalar($0, &buffer) }
                    ?? {
                        let range = buffer.append(text)
                        return (range.isEmpty ? .empty : .string, range)
                    }()
            }
        }
        (keys, self.text, self.unusual) = (IndexedTree(tree), buffer.finish(), unusual)
    }

    /// The value that keys, and places in lists, lead to, if they do.
    func scalar(at steps: [String]) -> OpenedSecrets.Scalar? {
        keys.node(at: steps).flatMap { scalar(at: $0) }
    }

    /// The value of a node, if it is one.
    func scalar(at node: NodeID) -> OpenedSecrets.Scalar? { keys.kind(node) == .scalar ? scalar(node) : nil }

    private func scalar(_ node: NodeID) -> OpenedSecrets.Scalar {
        if let known = unusual[node] { return known }
        guard keys.type(node) != .null else { return (.null, nil) }
        let range = keys.place(of: node)
        return (range.isEmpty ? .empty : .string, range)
    }

    /// All of them.
    var document: SecretNode { document(keys.tree.root) }

    private func document(_ node: NodeID) -> SecretNode {
        let tree = keys.tree
        let span = tree.span(node)
        switch tree.kind(node) {
        case .map:
            var entries: [SecretNode.Entry] = []
            entries.reserveCapacity(tree.count(node))
            for entry in tree.entrySequence(node) {
                entries.append(
                    SecretNode.Entry(
                        key: tree.string(entry.key), keySpan: tree.span(entry.key), value: document(entry.value)))
            }
            return SecretNode(.map(entries), at: span)
        case .list: return SecretNode(.list(tree.items(node).map { document($0) }), at: span)
        default:
            let (kind, range) = scalar(node)
            return SecretNode(.scalar(kind, range), at: span)
        }
    }
}
