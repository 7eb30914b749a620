package import Diagnostics
package import SecretMemory
package import YAMLSyntax

/// What a file held, verified.
package struct OpenedSecrets: Sendable {
    private let content: Content
    /// The file held bytes, no tree: the only scalar of the only document.
    package let isBinary: Bool
    /// The first document as what reads YAML takes it, without its values; nil where that is to be made of the document.
    private let outline: IndexedTree?

    private enum Content: Sendable {
        case documents([SecretNode], SecretText)
        case plain(PlainValues)
    }

    /// What a scalar is, and where its plaintext lies in `text`, if it has one.
    package typealias Scalar = (kind: SecretNode.Kind, range: Range<Int>?)

    package init(documents: [SecretNode], text: SecretText, isBinary: Bool = false, outline: IndexedTree? = nil) {
        content = .documents(documents, text)
        self.isBinary = isBinary
        self.outline = outline
    }

    init(_ values: PlainValues) {
        content = .plain(values)
        isBinary = false
        outline = values.keys
    }

    /// One tree a document, their scalars' ranges in `text`. Of a file in clear they are made anew for whoever asks.
    package var documents: [SecretNode] {
        switch content {
        case .documents(let documents, _): documents
        case .plain(let values): [values.document]
        }
    }

    package var text: SecretText {
        switch content {
        case .documents(_, let text): text
        case .plain(let values): values.text
        }
    }

    /// The value that keys, and places in lists, lead to, if they do. A file of several documents has their numbers as the first
    /// steps.
    package func scalar(at steps: [String]) -> Scalar? {
        switch content {
        case .plain(let values): return values.scalar(at: steps)
        case .documents(let documents, _):
            let node =
                documents.count == 1
                ? documents[0].node(at: steps)
                : steps.first.flatMap { Int($0) }.flatMap { documents.indices.contains($0) ? documents[$0] : nil }?
                    .node(at: steps.dropFirst())
            guard case .scalar(let kind, let range) = node?.content else { return nil }
            return (kind, range)
        }
    }

    /// A map of a file in clear, in which single values are looked up. A reference of whoever looks, so that what threads share is not
    /// counted with each look.
    package final class Section {
        private let values: PlainValues
        private let map: IndexedTree.Map

        fileprivate init?(of values: PlainValues, at steps: [String]) {
            guard let node = values.keys.node(at: steps), values.keys.kind(node) == .map else { return nil }
            self.values = values
            map = values.keys.map(node)
        }

        /// The value of a key, if it has one.
        package func scalar(named name: String) -> Scalar? { map.value(of: name).flatMap { values.scalar(at: $0) } }
    }

    /// The map that keys, and places in lists, lead to; nil where it is none, or looked up in another way.
    package func section(at steps: [String]) -> Section? {
        if case .plain(let values) = content { Section(of: values, at: steps) } else { nil }
    }

    /// What a file of bytes held.
    package var bytes: SecretText {
        guard let root = documents.first,
            case .scalar(_, let range?) = root.entries.first?.value.content ?? root.content
        else { return text }
        return text.withBytes(range) { SecretText(SecretBytes(copying: $0)) }
    }

    /// The keys of the first document, with stand-ins for the values; nil if there is none.
    package func outline(of source: Source) -> IndexedTree? {
        outline ?? documents.first.map { IndexedTree(SyntaxTree($0.shape, of: source)) }
    }
}
