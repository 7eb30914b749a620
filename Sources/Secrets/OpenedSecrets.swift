package import SecretMemory

/// What a file held, verified.
package struct OpenedSecrets: Sendable {
    /// One tree a document, their scalars' ranges in `text`.
    package let documents: [SecretNode]
    package let text: SecretText
    /// The file held bytes, no tree: the only scalar of the only document.
    package let isBinary: Bool

    /// What a file of bytes held.
    package var bytes: SecretText {
        guard let root = documents.first,
            case .scalar(_, let range?) = root.entries.first?.value.content ?? root.content
        else { return text }
        return text.withBytes(range) { SecretText(SecretBytes(copying: $0)) }
    }

    package init(documents: [SecretNode], text: SecretText, isBinary: Bool = false) {
        self.documents = documents
        self.text = text
        self.isBinary = isBinary
    }
}
