package import Diagnostics

// How a file is written, for those who rewrite it.

extension SyntaxTree {
    /// Whether a map or list is written with brackets.
    package func isFlow(_ id: NodeID) -> Bool {
        let first = source.text(of: span(id)).utf8.first
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    /// Whether the node is an alias, whatever it stands for.
    package func isAlias(_ id: NodeID) -> Bool { source.text(of: span(id)).utf8.first == UInt8(ascii: "*") }

    /// Whether the node is written as itself: no alias, and no anchor or tag before it.
    package func isBare(_ id: NodeID) -> Bool {
        let marks = "&*!".utf8
        guard tag(id) == nil, let first = source.text(of: span(id)).utf8.first else { return tag(id) == nil }
        return !marks.contains(first)
    }

    /// The edit that gives a key another name, its quotes kept.
    package func renaming(_ key: NodeID, to name: String) -> Edit {
        let span = span(key)
        let quote = source.text(of: span).first.flatMap { "'\"".contains($0) ? String($0) : nil } ?? ""
        return Edit(span, quote + name + quote)
    }

    /// Whether the node and all below it are bare, and no merge key stands there: such a piece means the same elsewhere.
    package func isMovable(_ id: NodeID) -> Bool {
        isBare(id) && items(id).allSatisfy(isMovable)
            && writtenEntries(id).allSatisfy { !isMergeKey($0.key) && isMovable($0.key) && isMovable($0.value) }
    }

    /// Where the comments are, from `#` to the end of the line.
    package func comments() -> [Span] {
        var found: [Span] = []
        var end = 0
        // In the text's order: what lies between scalars is structure, blanks and comments.
        for node in nodes where node.kind == .scalar || node.kind == .alias {
            guard Int(node.start) >= end else { continue }
            addComments(in: end..<Int(node.start), to: &found)
            let isBlock = node.style == .literal || node.style == .folded
            if isBlock { addComments(in: Int(node.start)..<endOfLine(Int(node.start)), to: &found) }
            end = max(end, Int(node.end))
        }
        addComments(in: end..<max(end, source.bytes.count), to: &found)
        return found
    }

    private func addComments(in gap: Range<Int>, to found: inout [Span]) {
        let before = " \t\r\n,[]{}\u{FEFF}".utf8
        var index = gap.lowerBound
        while index < gap.upperBound {
            let isStart = index == gap.lowerBound || before.contains(source.bytes[index - 1])
            guard source.bytes[index] == UInt8(ascii: "#"), isStart else {
                index += 1
                continue
            }
            let end = endOfLine(index)
            found.append(Span(source: source.id, start: UInt32(index), end: UInt32(end)))
            index = end
        }
    }

    private func endOfLine(_ start: Int) -> Int {
        var end = start
        while end < source.bytes.count, source.bytes[end] != 0x0A, source.bytes[end] != 0x0D { end += 1 }
        return end
    }
}
