internal import Diagnostics
internal import Resolution
internal import SecretMemory
internal import Secrets
internal import SiteModel
internal import YAMLSyntax

/// A file with secrets, the site's own or the secret layer of a minion's pillar: its keys, and its values once it is opened.
struct SiteSecrets {
    /// The file that references into it name; nil for the site's own.
    let name: Key?
    /// What references are checked against.
    var state: SecretsState = .absent
    /// The values, verified.
    var opened: OpenedSecrets?
    /// The file to open when an output needs a value.
    private(set) var sealed: SealedSource?

    init(named name: Key? = nil) { self.name = name }

    struct SealedSource: Sendable {
        let file: SealedFile
        let source: Source

        var documentCount: Int { if case .sops(let file) = file { file.outlines.count } else { 1 } }

        /// Whether its keys can be read without opening it: a SOPS file that is a tree.
        var outline: SecretNode? {
            if case .sops(let file) = file, file.format != .binary { file.outlines.first } else { nil }
        }
    }

    /// A file as it was found.
    enum Found: Sendable {
        case plain(OpenedSecrets, Source)
        case sealed(SealedSource)
    }

    /// The secrets are those of a file that is open to everybody.
    ///
    /// - Parameter keys: what it says, if that is known.
    mutating func take(
        _ secrets: OpenedSecrets, _ source: Source, _ strictness: Strictness, _ keys: Keys? = nil
    ) -> [Diagnostic] {
        opened = secrets
        guard let keys = keys ?? secrets.outline(of: source).map({ Keys(of: $0, named: name, strictness) }) else {
            return []
        }
        return take(keys)
    }

    /// The secrets are those of an encrypted file, for the time being only its keys.
    mutating func take(_ sealed: SealedSource, _ strictness: Strictness) -> [Diagnostic] {
        self.sealed = sealed
        guard let outline = sealed.outline else {
            state = .unchecked
            return []
        }
        let keys = IndexedTree(SyntaxTree(outline.shape, of: sealed.source))
        return take(Keys(of: keys, named: name, strictness))
    }

    private mutating func take(_ keys: Keys) -> [Diagnostic] {
        state = .keys(keys.keys)
        return keys.diagnostics
    }

    /// What a file of secrets says, without its values.
    struct Keys: Sendable {
        let keys: SecretKeys
        let diagnostics: [Diagnostic]

        /// - Parameter name: the file's, if it is a layer of pillars.
        init(of tree: IndexedTree, named name: Key?, _ strictness: Strictness) {
            (keys, diagnostics) =
                name.map { SecretKeys.read(tree, named: $0) } ?? SecretKeys.read(tree, strictness)
        }
    }
}

extension OpenedSecrets {
    /// The places where two files say something else, by their paths.
    func differences(from other: OpenedSecrets) -> [String] {
        guard let left = documents.first, let right = other.documents.first else { return [] }
        return differences(left, right, other.text, at: [])
    }

    private func differences(
        _ left: SecretNode, _ right: SecretNode, _ otherText: SecretText, at path: [String]
    ) -> [String] {
        switch (left.content, right.content) {
        case (.map(let entries), .map(let others)):
            let shared = entries.flatMap { entry -> [String] in
                let path = path + [entry.key]
                guard let other = right[entry.key] else { return [DottedPath.text(path)] }
                return differences(entry.value, other, otherText, at: path)
            }
            return shared + others.filter { left[$0.key] == nil }.map { DottedPath.text(path + [$0.key]) }
        case (.list(let items), .list(let others)):
            guard items.count == others.count else { return [DottedPath.text(path)] }
            return zip(items, others).enumerated().flatMap { index, pair in
                differences(pair.0, pair.1, otherText, at: path + [String(index)])
            }
        case (.scalar(let kind, let range), .scalar(let otherKind, let otherRange)):
            let isEqual = kind.isLike(otherKind) && says(range, otherRange, otherText)
            return isEqual ? [] : [DottedPath.text(path)]
        default: return [DottedPath.text(path)]
        }
    }

    private func says(_ range: Range<Int>?, _ otherRange: Range<Int>?, _ otherText: SecretText) -> Bool {
        guard let range, let otherRange else { return range == nil && otherRange == nil }
        return text.withBytes(range) { left in
            otherText.withBytes(otherRange) { SecretBytes(copying: left).equals($0) }
        }
    }
}

extension SecretNode.Kind {
    /// An integer that SOPS's JSON stored as a float is the same number.
    fileprivate func isLike(_ other: SecretNode.Kind) -> Bool {
        self == other || ([.integer, .float].contains(self) && [.integer, .float].contains(other))
    }
}
