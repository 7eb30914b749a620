internal import Diagnostics

/// A SOPS document as SOPS itself sees it, whatever the file's format: maps in file order, lists, scalars as go-yaml
/// or Go's JSON resolves them, and the comments that stand before each item.
struct SOPSNode: Sendable {
    let span: Span
    var content: Content
    /// The comments before it on its level, without their sign.
    var comments: [String] = []

    indirect enum Content: Sendable {
        case map([Entry])
        case list([SOPSNode])
        case scalar(Scalar)
    }

    struct Entry: Sendable {
        let key: String
        let keySpan: Span
        var value: SOPSNode
    }

    enum Scalar: Sendable, Equatable {
        case null
        case bool(Bool)
        case integer(Int)
        case float(Double)
        /// Also ciphertext: whether it is one is for the document's rules to say.
        case string(String)
        /// RFC 3339, as Go prints it.
        case time(String)
    }

    init(_ content: Content, at span: Span) {
        self.content = content
        self.span = span
    }

    var entries: [Entry]? { if case .map(let entries) = content { entries } else { nil } }
    var items: [SOPSNode]? { if case .list(let items) = content { items } else { nil } }
    var scalar: Scalar? { if case .scalar(let scalar) = content { scalar } else { nil } }
    var string: String? { if case .string(let text) = scalar { text } else { nil } }

    subscript(key: String) -> SOPSNode? { entries?.first { $0.key.utf8.elementsEqual(key.utf8) }?.value }

    /// Whether both say the same, wherever they stand.
    func says(_ other: SOPSNode) -> Bool {
        switch (content, other.content) {
        case (.map(let left), .map(let right)):
            left.elementsEqual(right) { $0.key == $1.key && $0.value.says($1.value) }
        case (.list(let left), .list(let right)): left.elementsEqual(right) { $0.says($1) }
        case (.scalar(let left), .scalar(let right)): left == right
        default: false
        }
    }

    /// How long its keys and comments are together.
    var letters: Int {
        let own = comments.reduce(0) { $0 + $1.utf8.count }
        switch content {
        case .map(let entries): return entries.reduce(own) { $0 + $1.key.utf8.count + $1.value.letters }
        case .list(let items): return items.reduce(own) { $0 + $1.letters }
        case .scalar: return own
        }
    }

    /// The document without one of its keys.
    func removing(_ key: String) -> SOPSNode {
        guard let entries else { return self }
        var copy = self
        copy.content = .map(entries.filter { !$0.key.utf8.elementsEqual(key.utf8) })
        return copy
    }
}

extension SOPSNode.Scalar {
    /// What SOPS hashes, and prints, for a scalar that it does not encrypt.
    var text: String {
        switch self {
        case .null: ""
        case .bool(let value): value ? "True" : "False"
        case .integer(let number): String(number)
        case .float(let number): GoFloat.text(number)
        case .string(let text), .time(let text): text
        }
    }
}
