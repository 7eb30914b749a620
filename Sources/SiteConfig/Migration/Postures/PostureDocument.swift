internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

/// A posture's file taken apart: what stands before its entries, the entries with their comments, what stands behind.
struct PostureDocument {
    let tree: SyntaxTree
    let isFlow: Bool
    /// The lines before the first entry, or before the line with the bracket.
    let header: [String]
    let footer: [String]
    var entries: [WrittenEntry]
    /// The column of the entries.
    let column: Int
    /// How much further a nested map is indented here.
    let step: Int
    /// In brackets: what stands before and behind them in their lines, and whether they are in one line.
    let brackets: (before: String, behind: String, isOneLine: Bool)
    let newline: String
    private let lines: TextLines

    static let sections: [Key] = ["auth", "ssh", "sudo", "fail2ban"]

    /// Nil if the text is written in a way that is not taken apart: `? key`, a tag or anchor before all of it.
    init?(_ tree: SyntaxTree) {
        self.tree = tree
        lines = TextLines(tree.source.bytes)
        newline = lines.newline
        guard !lines.hasOddBreaks else { return nil }
        let written = tree.writtenEntries(tree.root)
        isFlow = written.isEmpty || tree.isFlow(tree.root)
        guard tree.isBare(tree.root) else { return nil }
        if isFlow {
            let span = tree.span(tree.root)
            let (first, last) = (lines.number(at: Int(span.start)), lines.number(at: max(0, Int(span.end) - 1)))
            let isEmpty = span.start == span.end
            header = lines.texts(0..<(isEmpty ? lines.count : first))
            footer = lines.texts(min(lines.count, isEmpty ? lines.count : last + 1)..<lines.count)
            column = 0
            step = 2
            brackets = isEmpty ? ("", "", true) : lines.around(span, first == last)
            entries = []
            entries = Self.flowEntries(of: tree.root, tree)
        } else {
            guard let extents = lines.entries(of: tree.root, in: tree, 0..<lines.count),
                let first = extents.first, let last = extents.last
            else { return nil }
            header = lines.texts(0..<first.own.lowerBound)
            footer = lines.texts(last.own.upperBound..<lines.count)
            column = lines.indentation(first.own.lowerBound)
            step = Self.step(of: tree, lines)
            brackets = ("", "", false)
            entries = []
            for (entry, extent) in zip(written, extents) {
                guard let taken = block(entry, extent, takesApart: true) else { return nil }
                entries.append(taken)
            }
            // Comments at the top are the file's, until the entry below goes elsewhere.
            entries[0].above = []
            entries[0].comments = comments(in: lines.start(first.own.lowerBound)..<lines.start(first.own.upperBound))
        }
    }

    var isEmpty: Bool { entries.isEmpty }

    /// The comments directly above the first entry, which belong to it when it goes elsewhere.
    var firstComments: [String] {
        isFlow ? [] : header.reversed().prefix { $0.isComment }.reversed().map(\.trimmed)
    }

    /// All its comments, in order.
    var comments: [String] { tree.comments().map { tree.source.text(of: $0).trimmed } }

    // MARK: Entries

    private func block(_ entry: SyntaxTree.Entry, _ extent: EntryLines, takesApart: Bool) -> WrittenEntry? {
        let (key, value) = (tree.span(entry.key), tree.span(entry.value))
        let line = extent.own.lowerBound
        let indent = lines.indentation(line)
        let text = lines.text(line).utf8
        let keyEnd = Int(key.end) - lines.start(line)
        guard keyEnd <= text.count else { return nil }
        var written = WrittenEntry(
            name: Key(tree.string(entry.key)), above: lines.texts(extent.above).map(\.trimmed),
            key: tree.source.text(of: key), rest: String(decoding: text.dropFirst(keyEnd), as: UTF8.self),
            inline: tree.inlineText(entry.value))
        written.comments = comments(in: lines.start(extent.above.lowerBound)..<lines.start(extent.own.upperBound))
        written.isMovable = tree.isMovable(entry.key) && tree.isMovable(entry.value)
        written.more = extent.own.dropFirst().map { line in
            (lines.indentation(line) - indent, String(lines.text(line).drop { $0 == " " }))
        }
        guard takesApart, Self.sections.contains(written.name), tree.kind(entry.value) == .map,
            tree.isBare(entry.value), !tree.isAlias(entry.value), tree.count(entry.value) > 0
        else { return written }
        if tree.isFlow(entry.value) {
            written.section = WrittenEntry.Section(
                entries: Self.flowEntries(of: entry.value, tree), isFlow: true, indent: step,
                remark: lines.around(value, true).behind.remark)
        } else if lines.number(at: Int(value.start)) > line {
            written.section = blockSection(entry.value, extent.own.dropFirst(), written.rest, indent)
        }
        return written
    }

    private func blockSection(
        _ map: NodeID, _ range: Range<Int>, _ rest: String, _ indent: Int
    ) -> WrittenEntry.Section? {
        guard let extents = lines.entries(of: map, in: tree, range), let first = extents.first else { return nil }
        var entries: [WrittenEntry] = []
        for (entry, extent) in zip(tree.writtenEntries(map), extents) {
            guard let taken = block(entry, extent, takesApart: false) else { return nil }
            entries.append(taken)
        }
        // Comments behind the last entry stay below it.
        let left = (extents.last?.own.upperBound ?? range.upperBound)..<range.upperBound
        let column = lines.indentation(first.own.lowerBound)
        entries[entries.count - 1].more += left.map {
            (lines.indentation($0) - column, String(lines.text($0).drop { $0 == " " }))
        }
        return WrittenEntry.Section(
            entries: entries, isFlow: false, indent: column - indent,
            remark: rest.remark)
    }

    private func comments(in range: Range<Int>) -> [String] {
        tree.comments().filter { range.contains(Int($0.start)) }.map { tree.source.text(of: $0).trimmed }
    }

    /// The entries between brackets. A comment goes with the entry that it stands in or behind, else with the next one.
    private static func flowEntries(of map: NodeID, _ tree: SyntaxTree) -> [WrittenEntry] {
        let written = tree.writtenEntries(map)
        var entries = written.map { flowEntry($0, tree) }
        for comment in tree.comments() where tree.span(map).start < comment.start && comment.end < tree.span(map).end {
            let lines = TextLines(tree.source.bytes)
            let line = lines.number(at: Int(comment.start))
            let owner =
                written.lastIndex { entry in
                    let end = max(tree.span(entry.key).end, tree.span(entry.value).end)
                    return tree.span(entry.key).start < comment.start
                        && (comment.start < end || lines.number(at: Int(end) - 1) == line)
                } ?? written.firstIndex { tree.span($0.key).start > comment.start } ?? written.count - 1
            guard entries.indices.contains(owner) else { continue }
            entries[owner].above.append(tree.source.text(of: comment).trimmed)
            entries[owner].comments.append(tree.source.text(of: comment).trimmed)
        }
        return entries
    }

    private static func flowEntry(_ entry: SyntaxTree.Entry, _ tree: SyntaxTree) -> WrittenEntry {
        let inline = tree.inlineText(entry.value)
        let name = Key(tree.string(entry.key))
        var written = WrittenEntry(
            name: name, above: [], key: tree.source.text(of: tree.span(entry.key)), rest: ": \(inline)", inline: inline)
        written.isMovable = tree.isMovable(entry.key) && tree.isMovable(entry.value)
        if sections.contains(name), tree.kind(entry.value) == .map, tree.isBare(entry.value),
            tree.count(entry.value) > 0
        {
            written.section = WrittenEntry.Section(
                entries: flowEntries(of: entry.value, tree), isFlow: true, indent: 2, remark: "")
        }
        return written
    }

    private static func step(of tree: SyntaxTree, _ lines: TextLines) -> Int {
        for entry in tree.writtenEntries(tree.root) where !tree.isAlias(entry.value) {
            guard tree.kind(entry.value) == .map, !tree.isFlow(entry.value), tree.isBare(entry.value),
                let first = tree.writtenEntries(entry.value).first
            else { continue }
            return max(1, lines.column(of: first.key, tree) - lines.column(of: entry.key, tree))
        }
        return 2
    }
}

extension TextLines {
    func texts(_ range: Range<Int>) -> [String] { range.map(text) }

    /// What stands before and behind a span in its first and last line.
    fileprivate func around(_ span: Span, _ isOneLine: Bool) -> (before: String, behind: String, isOneLine: Bool) {
        let first = number(at: Int(span.start))
        let last = number(at: max(0, Int(span.end) - 1))
        let before = bytes[start(first)..<Int(span.start)]
        let end = start(last) + text(last).utf8.count
        let behind = bytes[min(Int(span.end), end)..<end]
        return (String(decoding: before, as: UTF8.self), String(decoding: behind, as: UTF8.self), isOneLine)
    }
}

extension String {
    /// Without the blanks around it.
    var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        let rest = drop(while: isBlank)
        return String(rest.prefix(rest.count - rest.reversed().prefix(while: isBlank).count))
    }

    var isComment: Bool { trimmed.hasPrefix("#") }

    /// Of what follows a section's key: the comment, with two spaces before it.
    fileprivate var remark: String { firstIndex(of: "#").map { "  " + self[$0...] } ?? "" }
}
