internal import Diagnostics
internal import YAMLSyntax

/// Changes of one map's entries, in whichever form it is written. Nil where they cannot be made safely.
struct MapEdits {
    private let tree: SyntaxTree
    private let map: NodeID
    private let lines: TextLines
    private let entries: [SyntaxTree.Entry]

    init(_ map: NodeID, in tree: SyntaxTree, _ lines: TextLines) {
        self.tree = tree
        self.map = map
        self.lines = lines
        entries = tree.writtenEntries(map)
    }

    // MARK: Insertion

    /// Puts `key: value` behind an entry.
    func insertion(of new: [String], behind entry: SyntaxTree.Entry) -> Edit? {
        guard !tree.isAlias(map), !lines.hasOddBreaks else { return nil }
        if tree.isFlow(map) {
            let end = end(of: entry)
            return Edit(span(end, end), new.map { ", " + $0 }.joined())
        }
        guard isWholeLine(entry) else { return nil }
        let line = lines.number(at: start(of: entry))
        let column = start(of: entry) - lines.start(line)
        guard lines.isIndentation(line, to: column) else { return nil }
        let place = lines.start(line) + lines.whole(line).prefix { $0 != 0x0A && $0 != 0x0D }.count
        let indent = lines.newline + String(repeating: " ", count: column)
        return Edit(span(place, place), new.map { indent + $0 }.joined())
    }

    /// Whether an entry begins and ends in one line, so that another can follow.
    func isWholeLine(_ entry: SyntaxTree.Entry) -> Bool {
        let isBlockText =
            tree.kind(entry.value) == .scalar && [.literal, .folded].contains(tree.style(entry.value))
        return !isBlockText && tree.span(entry.value).end >= tree.span(entry.key).end
            && lines.number(at: start(of: entry)) == lines.number(at: end(of: entry) - 1)
    }

    // MARK: Removal

    /// Removes entries, by their places in the map. In block form a comment in them stays, as a line of its own.
    func removal(of places: [Int]) -> [Edit]? {
        guard places.count < entries.count, !tree.isAlias(map) else { return nil }
        if tree.isFlow(map) { return flowRemoval(places) }
        guard let first = entries.first, let last = entries.last,
            let extents = lines.entries(
                of: map, in: tree, lines.number(at: start(of: first))..<lines.number(at: end(of: last) - 1) + 1)
        else { return nil }
        // The first entry of a list's item shares its line with the mark of the item.
        let isInItem = lines.indentation(extents[0].own.lowerBound) < lines.column(of: first.key, tree)
        guard !(isInItem && places.contains(0)) else { return nil }
        return places.map { removal(of: extents[$0].own, indent: lines.column(of: first.key, tree)) }
    }

    private func removal(of own: Range<Int>, indent: Int) -> Edit {
        let span = span(lines.start(own.lowerBound), lines.start(own.upperBound))
        let comments = tree.comments().filter { $0.start >= span.start && $0.end <= span.end }
        let pad = String(repeating: " ", count: indent)
        return Edit(span, comments.map { pad + tree.source.text(of: $0) + lines.newline }.joined())
    }

    private func flowRemoval(_ places: [Int]) -> [Edit]? {
        var spans: [Span] = []
        for place in entries.indices where places.contains(place) && !(place > 0 && places.contains(place - 1)) {
            let next = entries.indices.first { $0 > place && !places.contains($0) } ?? entries.count
            spans.append(
                place > 0
                    ? span(end(of: entries[place - 1]), end(of: entries[next - 1]))
                    : span(start(of: entries[0]), start(of: entries[next])))
        }
        let comments = tree.comments()
        let hasComment = spans.contains { span in
            comments.contains { $0.start < span.end && $0.end > span.start }
        }
        return hasComment ? nil : spans.map { Edit($0, "") }
    }

    private func start(of entry: SyntaxTree.Entry) -> Int { Int(tree.span(entry.key).start) }

    private func end(of entry: SyntaxTree.Entry) -> Int {
        Int(max(tree.span(entry.key).end, tree.span(entry.value).end))
    }

    private func span(_ start: Int, _ end: Int) -> Span {
        Span(source: tree.source.id, start: UInt32(start), end: UInt32(end))
    }
}
