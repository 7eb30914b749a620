package import Diagnostics
package import SecretMemory
package import YAMLSyntax

/// What a file held, verified.
package struct OpenedSecrets: Sendable {
    /// One tree a document, their scalars' ranges in `text`.
    package let documents: [SecretNode]
    package let text: SecretText
    /// The file held bytes, no tree: the only scalar of the only document.
    package let isBinary: Bool
    /// The first document as what reads YAML takes it, without its values, or nothing where that is to be made of the document. In
    /// an array, so that it is one reference to whoever copies this.
    private let outline: [SyntaxTree]

    /// What a file of bytes held.
    package var bytes: SecretText {
        guard let root = documents.first,
            case .scalar(_, let range?) = root.entries.first?.value.content ?? root.content
        else { return text }
        return text.withBytes(range) { SecretText(SecretBytes(copying: $0)) }
    }

    package init(documents: [SecretNode], text: SecretText, isBinary: Bool = false, outline: SyntaxTree? = nil) {
        self.documents = documents
        self.text = text
        self.isBinary = isBinary
        self.outline = [outline].compactMap(\.self)
    }

    /// The keys of the first document, with stand-ins for the values; nil if there is none.
    package func outline(of source: Source) -> SyntaxTree? {
        outline.first ?? documents.first.map { SyntaxTree($0.shape, of: source) }
    }
}
