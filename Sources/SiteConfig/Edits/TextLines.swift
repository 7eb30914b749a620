internal import Diagnostics
internal import YAMLSyntax

/// A text by its lines, counted from 0.
struct TextLines {
    let bytes: [UInt8]
    private let starts: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var starts = bytes.isEmpty ? [] : [0]
        for index in bytes.indices where bytes[index] == 0x0A && index + 1 < bytes.count { starts.append(index + 1) }
        self.starts = starts
    }

    var count: Int { starts.count }

    /// The line in which a byte stands; for the end of the text, the last line.
    func number(at offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    func start(_ line: Int) -> Int { line < starts.count ? starts[line] : bytes.count }

    /// A line's bytes with its line break.
    func whole(_ line: Int) -> ArraySlice<UInt8> { bytes[start(line)..<start(line + 1)] }

    /// A line without its line break.
    func text(_ line: Int) -> String {
        var line = whole(line)
        while line.last == 0x0A || line.last == 0x0D { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }

    /// How many spaces a line begins with.
    func indentation(_ line: Int) -> Int { whole(line).prefix { $0 == 0x20 }.count }

    func isBlank(_ line: Int) -> Bool { whole(line).allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

    func isComment(_ line: Int) -> Bool {
        whole(line).first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "#")
    }

    /// Whether a span stands in a line, before a place in it.
    func isWithin(_ span: Span, _ line: Int, before end: UInt32) -> Bool {
        start(line) <= Int(span.start) && span.start < span.end && span.end <= end
    }

    /// Whether nothing but spaces, and marks of list items, stands before a column.
    func isIndentation(_ line: Int, to column: Int) -> Bool {
        whole(line).prefix(column).allSatisfy { $0 == 0x20 || $0 == UInt8(ascii: "-") }
    }

    /// What the text breaks its lines with.
    var newline: String { bytes.firstIndex(of: 0x0A).map { $0 > 0 && bytes[$0 - 1] == 0x0D } == true ? "\r\n" : "\n" }

    /// Whether YAML sees a line break in it where an editor may not: a lone carriage return, U+0085, U+2028, U+2029.
    var hasOddBreaks: Bool {
        // A byte order mark counts as a column for YAML, and as none for an editor.
        bytes.starts(with: [0xEF, 0xBB, 0xBF])
            || bytes.indices.contains { index in
                let rest = bytes[index...]
                return switch bytes[index] {
                case 0x0D: rest.dropFirst().first != 0x0A
                case 0xC2: rest.starts(with: [0xC2, 0x85])
                case 0xE2: rest.starts(with: [0xE2, 0x80, 0xA8]) || rest.starts(with: [0xE2, 0x80, 0xA9])
                default: false
                }
            }
    }
}

/// The lines of an entry of a block map: comments and empty lines above it, then its own.
struct EntryLines {
    let above: Range<Int>
    let own: Range<Int>
}

extension TextLines {
    /// The lines of each entry of a block map, within those that belong to the map; nil if an entry does not begin its
    /// line (`? key`), or lines break in odd ways. The first one may follow the mark of a list's item.
    ///
    /// A comment below an entry belongs to it if it is indented more, else to the next one.
    func entries(of map: NodeID, in tree: SyntaxTree, _ range: Range<Int>) -> [EntryLines]? {
        let written = tree.writtenEntries(map)
        guard !hasOddBreaks, let first = written.first else { return nil }
        let column = column(of: first.key, tree)
        var result: [EntryLines] = []
        var end = range.lowerBound
        for (index, entry) in written.enumerated() {
            let line = number(at: Int(tree.span(entry.key).start))
            let isFirst = index == 0 && isIndentation(line, to: column)
            guard self.column(of: entry.key, tree) == column, isFirst || indentation(line) == column, line >= end
            else { return nil }
            let next =
                index + 1 < written.count
                ? number(at: Int(tree.span(written[index + 1].key).start)) : range.upperBound
            let own = line..<endOfEntry(entry, tree, column, before: next)
            result.append(EntryLines(above: end..<line, own: own))
            end = own.upperBound
        }
        return result
    }

    /// The column, in bytes, at which a node begins.
    func column(of node: NodeID, _ tree: SyntaxTree) -> Int {
        let offset = Int(tree.span(node).start)
        return offset - start(number(at: offset))
    }

    private func endOfEntry(_ entry: SyntaxTree.Entry, _ tree: SyntaxTree, _ column: Int, before next: Int) -> Int {
        let last = max(tree.span(entry.key).end, tree.span(entry.value).end)
        var end = number(at: Int(last) - 1) + 1
        // Empty lines behind block text may belong to it.
        let keepsBlanks = tree.endsInBlockText(entry.value)
        while end < next, isComment(end) && indentation(end) > column || keepsBlanks && isBlank(end) { end += 1 }
        return end
    }
}

extension SyntaxTree {
    /// Whether what is written last in a node is a `|` or `>` text.
    fileprivate func endsInBlockText(_ node: NodeID) -> Bool {
        if isAlias(node) { return false }
        if let last = items(node).last ?? writtenEntries(node).last?.value { return endsInBlockText(last) }
        return kind(node) == .scalar && [.literal, .folded].contains(style(node))
    }
}

extension [Edit] {
    /// The edits, and what keeps comments that stand in a column where they are: spaces before them come or go.
    func keepingColumns(of tree: SyntaxTree) -> [Edit] {
        let lines = TextLines(tree.source.bytes)
        let columns = tree.comments().compactMap { comment -> Edit? in
            let line = lines.number(at: Int(comment.start))
            let growth = filter { lines.isWithin($0.span, line, before: comment.start) }.reduce(0) { sum, edit in
                sum + edit.replacement.count - tree.source.text(of: edit.span).count
            }
            let blanks = lines.bytes[lines.start(line)..<Int(comment.start)].reversed().prefix { $0 == 0x20 }.count
            guard growth != 0, blanks > 2, blanks - growth >= 2 else { return nil }
            let span = Span(source: comment.source, start: comment.start - UInt32(blanks), end: comment.start)
            return Edit(span, String(repeating: " ", count: blanks - growth))
        }
        return self + columns
    }

    /// The text with the edits made. They must not overlap; of several at one place the first comes first.
    func applied(to bytes: [UInt8]) -> [UInt8] {
        let ordered = enumerated().sorted {
            ($0.element.span.start, $0.element.span.end, $0.offset)
                < ($1.element.span.start, $1.element.span.end, $1.offset)
        }.map(\.element)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 64)
        var end = 0
        for edit in ordered {
            result += bytes[end..<Swift.max(end, Int(edit.span.start))]
            result += edit.replacement.utf8
            end = Swift.max(end, Int(edit.span.end))
        }
        return result + bytes[end...]
    }
}
