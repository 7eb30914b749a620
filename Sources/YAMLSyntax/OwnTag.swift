package import Diagnostics

/// The tags that this compiler knows beside YAML's own (DESIGN §2 and §3).
@usableFromInline package enum OwnTag: UInt8, Sendable, CaseIterable {
    /// A path into the secrets.
    case secret = 1
    /// Text that looks like Jinja and is not.
    case raw
    /// How the value meets what is inherited.
    case append, union, deep, replace
    /// How strongly it insists.
    case `default`, force
    /// Removes what is inherited.
    case unset
    /// A number of a pool.
    case alloc

    /// As it is written: `!append`.
    package var text: String { "!" + name }

    private var name: String {
        switch self {
        case .secret: "secret"
        case .raw: "raw"
        case .append: "append"
        case .union: "union"
        case .deep: "deep"
        case .replace: "replace"
        case .default: "default"
        case .force: "force"
        case .unset: "unset"
        case .alloc: "alloc"
        }
    }

    init?(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "!"), let tag = Self.allCases.first(where: { $0.text == text }) else {
            return nil
        }
        self = tag
    }

    /// - Parameter text: the tag as it is written.
    init?(_ text: Letters) {
        guard text.count <= 8, let tag = Self.allCases.first(where: { $0.word == text.word(0) }) else { return nil }
        self = tag
    }

    /// The tag as it is written, in one number.
    private var word: UInt64 { text.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

    /// Whether it says how the value meets others, so that it does not belong to the value itself.
    var speaksOfMerging: Bool { ![.secret, .raw, .alloc].contains(self) }

    /// Whether a plain scalar behind it means what it would mean without.
    var leavesType: Bool { ![.secret, .alloc].contains(self) }
}

extension SyntaxTree {
    /// The tag of ours that a node has, aliases followed.
    package func tag(_ id: NodeID) -> OwnTag? { nodes[Int(target(id).index)].tag }

    /// The pool that a node takes its number from.
    package func pool(_ id: NodeID) -> String? {
        let node = target(id)
        return nodes[Int(node.index)].tag == .alloc ? string(node) : nil
    }

    /// Where that tag is written; nil if there is none.
    package func tagSpan(_ id: NodeID) -> Span? { tagSpans[target(id).index] }

    /// Whether a node has a tag that speaks of merging, or `!raw`.
    package var hasTags: Bool { !tagSpans.isEmpty || hasRawTexts }
}
