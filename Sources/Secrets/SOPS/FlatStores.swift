internal import Diagnostics

/// Reads a SOPS file in dotenv form: `KEY=VALUE`, nothing trimmed or unquoted, `\n` for a line break.
enum DotenvStore {
    private static let prefix = "sops_"

    /// The document, its metadata put back under `sops`.
    static func read(_ source: Source) -> (document: SOPSNode, diagnostics: [Diagnostic]) {
        var entries: [SOPSNode.Entry] = []
        var metadata = FlatMap()
        var comments: [String] = []
        var seen: Set<[UInt8]> = []
        var diagnostics: [Diagnostic] = []
        for line in Line.all(of: source, keepingReturns: true) {
            if line.text.isEmpty { continue }
            if line.text.utf8.first == UInt8(ascii: "#") {
                comments.append(String(line.text.dropFirst()))
                continue
            }
            guard let equals = line.text.firstIndex(of: "=") else {
                diagnostics.append(.malformed("a line without =", at: line.span))
                continue
            }
            let key = String(line.text[..<equals])
            let value = String(line.text[line.text.index(after: equals)...]).replacing("\\n", with: "\n")
            if key.hasPrefix(prefix) {
                metadata.set(String(key.dropFirst(prefix.count)), value, at: line.span)
                continue
            }
            if !seen.insert(Array(key.utf8)).inserted {
                diagnostics.append(.malformed("a key that stands twice", at: line.span))
            }
            var node = SOPSNode(.scalar(.string(value)), at: line.span)
            node.comments = comments
            comments = []
            entries.append(SOPSNode.Entry(key: key, keySpan: line.span, value: node))
        }
        let whole = Span(source: source.id, start: 0, end: UInt32(source.bytes.count))
        entries.append(SOPSNode.Entry(key: "sops", keySpan: whole, value: metadata.tree(at: whole)))
        return (SOPSNode(.map(entries), at: whole), diagnostics)
    }
}

/// Reads a SOPS file in INI form: sections of keys; the unnamed one is `DEFAULT`, always there and first.
struct INIStore {
    private let source: Source
    private var sections: [(name: String, span: Span, entries: [SOPSNode.Entry])]
    /// The section that is open.
    private var current = 0
    private var seenSections: Set<[UInt8]> = []
    /// The keys of the section that is open.
    private var seenKeys: Set<[UInt8]> = []
    private var metadata = FlatMap()
    private var diagnostics: [Diagnostic] = []
    /// Lines of comment, to belong to the key or section that follows.
    private var commentLines: [String] = []
    /// The comment that stands before the next key in SOPS's tree: the section's, or, oddly, that of the key before.
    private var comment: String?

    static func read(_ source: Source) -> (document: SOPSNode, diagnostics: [Diagnostic]) {
        var store = INIStore(source)
        store.readLines()
        let whole = Span(source: source.id, start: 0, end: UInt32(source.bytes.count))
        var entries = store.sections.filter { $0.name != "sops" }.map { section in
            SOPSNode.Entry(
                key: section.name, keySpan: section.span, value: SOPSNode(.map(section.entries), at: section.span))
        }
        entries.append(SOPSNode.Entry(key: "sops", keySpan: whole, value: store.metadata.tree(at: whole)))
        return (SOPSNode(.map(entries), at: whole), store.diagnostics)
    }

    private init(_ source: Source) {
        self.source = source
        sections = [("DEFAULT", .startOfFile(source.id), [])]
    }

    private mutating func readLines() {
        var lines = Line.all(of: source)[...]
        while let line = lines.popFirst() {
            let text = Self.trimmed(line.text)
            guard let first = text.first else { continue }
            if first == "#" || first == ";" {
                commentLines.append(text)
            } else if first == "[" {
                openSection(text, line)
            } else {
                readKey(text, line, &lines)
            }
        }
    }

    private mutating func openSection(_ text: String, _ line: Line) {
        guard text.hasSuffix("]"), text.utf8.count > 2 else {
            return diagnostics.append(.malformed("a section's name that is not closed", at: line.span))
        }
        let name = String(text.dropFirst().dropLast())
        guard seenSections.insert(Array(name.utf8)).inserted else {
            return diagnostics.append(
                name == "sops"
                    ? .pastedTogether(at: line.span) : .malformed("a section that stands twice", at: line.span))
        }
        comment = takeComment()
        seenKeys = name == "DEFAULT" ? Set(sections[0].entries.map { Array($0.key.utf8) }) : []
        current = name == "DEFAULT" ? 0 : sections.count
        if current > 0 { sections.append((name, line.span, [])) }
    }

    private mutating func readKey(_ text: String, _ line: Line, _ lines: inout ArraySlice<Line>) {
        let name = Self.quotedName(text)
        let rest = name.map { text[$0.end...] } ?? text[...]
        guard let equals = rest.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
            return diagnostics.append(.malformed("a line without =", at: line.span))
        }
        let key = name?.name ?? Self.trimmed(String(text[..<equals]))
        let value = value(Self.trimmed(String(text[text.index(after: equals)...])), line, &lines)
        if sections[current].name == "sops" {
            // Line breaks are escaped, doubly by some versions.
            let plain = value.replacing("\\\\n", with: "\n").replacing("\\n", with: "\n")
            return metadata.set(key, plain, at: line.span)
        }
        if !seenKeys.insert(Array(key.utf8)).inserted {
            diagnostics.append(.malformed("a key that stands twice", at: line.span))
        }
        var node = SOPSNode(.scalar(.string(value)), at: line.span)
        node.comments = comment.map { [$0] } ?? []
        comment = takeComment()
        sections[current].entries.append(SOPSNode.Entry(key: key, keySpan: line.span, value: node))
    }

    /// A value without its quotes; between three of them it may run over lines.
    private mutating func value(_ text: String, _ line: Line, _ lines: inout ArraySlice<Line>) -> String {
        let quotes = "\"\"\""
        if text.hasPrefix(quotes) {
            var value = String(text.dropFirst(3))
            while !value.hasSuffix(quotes), let more = lines.popFirst() { value += "\n" + more.text }
            if !value.hasSuffix(quotes) { diagnostics.append(.malformed("quotes that are not closed", at: line.span)) }
            return String(value.dropLast(3))
        }
        if let plain = Self.unquoted(text) { return plain }
        let value = text.prefix { $0 != "#" && $0 != ";" }
        if value.endIndex < text.endIndex { commentLines.append(String(text[value.endIndex...])) }
        return Self.trimmed(String(value))
    }

    /// The lines as one comment, without the signs of the first.
    private mutating func takeComment() -> String? {
        guard let first = commentLines.first?.first else { return nil }
        defer { commentLines = [] }
        return String(commentLines.joined(separator: "\n").drop { $0 == first || $0 == " " })
    }

    /// A key's name in quotes, in which signs have no meaning, and where it ends.
    private static func quotedName(_ text: String) -> (name: String, end: String.Index)? {
        guard let quote = text.first, quote == "\"" || quote == "`" else { return nil }
        let start = text.index(after: text.startIndex)
        guard let end = text[start...].firstIndex(of: quote) else { return nil }
        return (String(text[start..<end]), text.index(after: end))
    }

    /// The text between quotes, if no such quote stands inside.
    private static func unquoted(_ text: String) -> String? {
        guard text.utf8.count > 1, let quote = text.first, "\"'`".contains(quote), text.last == quote else {
            return nil
        }
        let inside = text.dropFirst().dropLast()
        return inside.contains(quote) ? nil : String(inside)
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return String(
            decoding: Array(text.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed()), as: UTF8.self)
    }
}

/// A line and its place, without its end. Lines end in LF or CRLF.
private struct Line {
    let text: String
    let span: Span

    /// - Parameter keepingReturns: whether a CR before the LF belongs to the line.
    static func all(of source: Source, keepingReturns: Bool = false) -> [Line] {
        var lines: [Line] = []
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var start = source.bytes.starts(with: mark) ? mark.count : 0
        while start < source.bytes.count {
            let end = source.bytes[start...].firstIndex(of: 0x0A) ?? source.bytes.count
            let text = source.bytes[start..<end]
            lines.append(
                Line(
                    text: String(
                        decoding: text.last == 0x0D && !keepingReturns ? text.dropLast() : text, as: UTF8.self),
                    span: Span(source: source.id, start: UInt32(start), end: UInt32(end))))
            start = end + 1
        }
        return lines
    }
}

/// Metadata in a flat form, `age__list_0__map_enc`, made a tree again.
private struct FlatMap {
    private final class Tree {
        var leaf: (text: String, span: Span)?
        var keys: [String] = []
        var below: [String: Tree] = [:]
        var items: [Int: Tree] = [:]
    }

    private enum Step {
        case key(String)
        case place(Int)
    }

    private let root = Tree()

    mutating func set(_ path: String, _ value: String, at span: Span) {
        var tree = root
        for step in Self.steps(path) {
            let next: Tree
            switch step {
            case .key(let key):
                next = tree.below[key] ?? Tree()
                if tree.below.updateValue(next, forKey: key) == nil { tree.keys.append(key) }
            case .place(let place):
                next = tree.items[place] ?? Tree()
                tree.items[place] = next
            }
            tree = next
        }
        tree.leaf = (value, span)
    }

    func tree(at span: Span) -> SOPSNode { Self.node(root, span) }

    private static func steps(_ path: String) -> [Step] {
        var steps: [Step] = []
        // Metadata is four levels deep: what goes deeper is none.
        for part in path.split(separator: "__map_", maxSplits: 8, omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "__list_", maxSplits: 8, omittingEmptySubsequences: false)
            for (nested, piece) in pieces.enumerated() {
                if nested > 0, let place = Int(piece), (0..<Metadata.mostKeys).contains(place) {
                    steps.append(.place(place))
                } else if nested == 0 {
                    steps.append(.key(String(piece)))
                }
            }
        }
        return steps
    }

    private static func node(_ tree: Tree, _ span: Span) -> SOPSNode {
        if let leaf = tree.leaf { return SOPSNode(.scalar(.string(leaf.text)), at: leaf.span) }
        if !tree.items.isEmpty {
            let items = tree.items.keys.sorted().compactMap { tree.items[$0] }
            return SOPSNode(.list(items.map { node($0, span) }), at: span)
        }
        let entries = tree.keys.compactMap { key in
            tree.below[key].map { SOPSNode.Entry(key: key, keySpan: span, value: node($0, span)) }
        }
        return SOPSNode(.map(entries), at: span)
    }
}
