package import Diagnostics

/// The tags that this compiler knows beside YAML's own (DESIGN §2 and §3).
package enum OwnTag: UInt8, Sendable, CaseIterable {
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
