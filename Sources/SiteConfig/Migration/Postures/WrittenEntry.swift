internal import Diagnostics
internal import SiteModel
internal import YAMLSyntax

/// An entry of a map as it is written, lifted out of its place with its comments.
struct WrittenEntry {
    let name: Key
    /// Comments and empty lines above it, without indentation.
    var above: [String]
    /// As it is written, with its quotes.
    var key: String
    /// What follows the key in its line: `: 22  # a comment`.
    var rest: String
    /// Its further lines, with how much more than the entry they are indented.
    var more: [(indent: Int, text: String)] = []
    /// The value as it stands between brackets.
    var inline: String
    /// The comments above it and in it.
    var comments: [String] = []
    /// Whether it means the same in another place: no anchor, alias, tag or merge key is in it.
    var isMovable = true
    /// Of a section: what it holds.
    var section: Section?

    /// A map within the document that is taken apart, too.
    struct Section {
        var entries: [WrittenEntry]
        let isFlow: Bool
        /// How much more than the section its entries are indented.
        var indent: Int
        /// A comment behind its key.
        var remark: String
        /// Whether it differs from what is written.
        var isChanged = false
    }

    /// The same under another key, quotes kept.
    func renamed(_ name: Key) -> WrittenEntry {
        let quote = key.first.flatMap { "'\"".contains($0) ? String($0) : nil } ?? ""
        var entry = WrittenEntry(name: name, above: above, key: quote + name.text + quote, rest: rest, inline: inline)
        entry.more = more
        entry.comments = comments
        entry.isMovable = isMovable
        return entry
    }

    /// A new section.
    init(section name: Key, above: [String], indent: Int, isFlow: Bool) {
        self.init(name: name, above: above, key: name.text, rest: ":", inline: "")
        section = Section(entries: [], isFlow: isFlow, indent: indent, remark: "", isChanged: true)
    }

    init(name: Key, above: [String], key: String, rest: String, inline: String) {
        self.name = name
        self.above = above
        self.key = key
        self.rest = rest
        self.inline = inline
    }

    /// Whether it fits between brackets on one line with nothing lost.
    var isPlain: Bool { above.allSatisfy(\.isEmpty) && more.isEmpty && !rest.contains("#") }

    /// `key: value`
    var inlineText: String {
        guard let section, section.isChanged else { return "\(key): \(inline)" }
        return "\(key): {\(section.entries.map(\.inlineText).joined(separator: ", "))}"
    }
}

extension SyntaxTree {
    /// A value as it can stand between brackets, on one line.
    func inlineText(_ node: NodeID) -> String {
        let text = source.text(of: span(node))
        switch kind(node) {
        case .map:
            if isFlow(node), isOneLine(text) { return text }
            return "{"
                + writtenEntries(node).map { "\(inlineText($0.key)): \(inlineText($0.value))" }.joined(separator: ", ")
                + "}"
        case .list:
            if isFlow(node), isOneLine(text) { return text }
            return "[" + items(node).map(inlineText).joined(separator: ", ") + "]"
        default:
            if text.isEmpty { return "null" }
            let isBlockText = [.literal, .folded].contains(style(node))
            let isSafe = style(node) != .plain || !text.utf8.contains { ",[]{}".utf8.contains($0) }
            return isOneLine(text) && isSafe && !isBlockText ? text : JSONText.quoted(string(node))
        }
    }

    private func isOneLine(_ text: String) -> Bool { !text.utf8.contains { $0 == 0x0A || $0 == 0x0D } }
}
