import Diagnostics
import Testing
import YAMLSyntax

/// Texts as files.
enum Texts {
    static func parsed(
        _ text: String, _ strictness: Strictness = .strict, isSecret: Bool = false
    ) -> (tree: SyntaxTree?, diagnostics: [Diagnostic]) {
        parsed(Array(text.utf8), strictness, isSecret: isSecret)
    }

    static func parsed(
        _ bytes: [UInt8], _ strictness: Strictness = .strict, isSecret: Bool = false
    ) -> (tree: SyntaxTree?, diagnostics: [Diagnostic]) {
        var sources = SourceMap()
        return parse(sources.add(path: "test.yaml", bytes: bytes, isSecret: isSecret), strictness)
    }

    static func tree(_ text: String, _ strictness: Strictness = .strict) throws -> SyntaxTree {
        try #require(parsed(text, strictness).tree, "refused: \(text.debugDescription)")
    }

    /// The codes of what is wrong with a text, in the order in which it was found.
    static func codes(_ text: String, _ strictness: Strictness = .strict) -> [String] {
        parsed(text, strictness).diagnostics.map(\.code.id)
    }

    /// What a scalar means as the value of a key.
    static func value(of scalar: String) throws -> ScalarValue {
        let tree = try tree("a: \(scalar)\n")
        return tree.value(try tree.node("a"))
    }

    /// `text` with the edits of `fix` made.
    static func applying(_ fix: FixIt, to text: String) -> String {
        var bytes = Array(text.utf8)
        for edit in fix.edits.sorted(by: { $0.span.start > $1.span.start }) {
            bytes.replaceSubrange(Int(edit.span.start)..<Int(edit.span.end), with: edit.replacement.utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension SyntaxTree {
    /// The value under the keys of `path`, from the top.
    func node(_ path: String...) throws -> NodeID {
        try path.reduce(root) { node, key in try #require(value(of: key, in: node), "no key \(key)") }
    }

    func written(_ node: NodeID) -> String { source.text(of: span(node)) }

    func keys(_ node: NodeID) -> [String] { entries(node).map { string($0.key) } }

    /// The entries of a map of scalars as `key=value`.
    func pairs(_ node: NodeID) -> [String] { entries(node).map { string($0.key) + "=" + string($0.value) } }
}
