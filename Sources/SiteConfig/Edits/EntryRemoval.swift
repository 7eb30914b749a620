internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

extension Loader {
    /// R0816 and R0817. What is only restated can be removed by an edit, where that is safe.
    func idleValues(of site: LinkedSite) -> [Diagnostic] {
        var findings = site.idleValues()
        var places: [SourceID: [Int]] = [:]
        for (index, found) in findings.enumerated() where found.code == .restated {
            if let source = found.primary?.span.source { places[source, default: []].append(index) }
        }
        for source in sources.sources {
            guard let indices = places[source.id], let removals = EntryRemovals(source, strictness) else { continue }
            let edits = removals.edits(of: indices.compactMap { findings[$0].primary?.span })
            for (index, edit) in zip(indices, edits) {
                if let edit { findings[index].fixes = [FixIt("remove it", [edit])] }
            }
        }
        return findings
    }
}

/// Removes entries of a file's maps, each by an edit of its own.
private struct EntryRemovals {
    private let tree: SyntaxTree
    private let lines: TextLines

    /// Nil where no entry may go: what stands behind an anchor may be read elsewhere, too.
    init?(_ source: Source, _ strictness: Strictness) {
        guard source.isAsWritten, !source.bytes.contains(UInt8(ascii: "&")),
            let tree = parse(source, strictness).tree
        else { return nil }
        self.tree = tree
        lines = TextLines(source.bytes)
    }

    /// The edits for entries by their keys; nil for each that cannot be made, or for all, if the text would say something
    /// else than what is left.
    func edits(of keys: [Span]) -> [Edit?] {
        var edits: [Edit?] = []
        var ways: [[Int]] = []
        for key in keys {
            guard let found = way(to: key, below: tree.root), let place = found.way.last,
                let removal = MapEdits(found.map, in: tree, lines).removal(of: [place]), removal.count == 1
            else {
                edits.append(nil)
                continue
            }
            edits.append(removal[0])
            ways.append(found.way)
        }
        return isTrue(edits.compactMap(\.self), ways) ? edits : edits.map { _ in nil }
    }

    /// Whether the text with all edits made says what the tree says without those entries.
    private func isTrue(_ edits: [Edit], _ ways: [[Int]]) -> Bool {
        let source = tree.source
        let changed = Source(
            id: source.id, path: source.path, bytes: edits.applied(to: source.bytes), isSecret: false)
        guard let after = parse(changed, .lenient).tree else { return false }
        // The last first, so that the others stay where they are.
        let ordered = ways.sorted { $1.lexicographicallyPrecedes($0) }
        var content = wholeValue(of: tree).content
        for way in ordered { content.remove(way[...]) }
        return content == wholeValue(of: after).content
    }

    /// The map with an entry of that key, and the places that lead to the entry.
    private func way(to key: Span, below node: NodeID) -> (map: NodeID, way: [Int])? {
        let entries = tree.writtenEntries(node)
        if let place = entries.firstIndex(where: { tree.span($0.key) == key }) { return (node, [place]) }
        for (place, child) in (entries.isEmpty ? tree.items(node) : entries.map(\.value)).enumerated() {
            let outer = tree.span(child)
            guard !tree.isAlias(child), outer.start <= key.start, key.end <= outer.end,
                let found = way(to: key, below: child)
            else { continue }
            return (found.map, [place] + found.way)
        }
        return nil
    }
}

extension Value.Content {
    /// Removes the entry at a place, counted at each level.
    fileprivate mutating func remove(_ way: ArraySlice<Int>) {
        guard let place = way.first else { return }
        let rest = way.dropFirst()
        switch self {
        case .map(let fields):
            var entries = fields.entries
            guard entries.indices.contains(place) else { return }
            if rest.isEmpty { entries.remove(at: place) } else { entries[place].value.content.remove(rest) }
            self = .map(Fields(entries))
        case .list(var items):
            guard items.indices.contains(place) else { return }
            self = .null
            items[place].content.remove(rest)
            self = .list(items)
        default: break
        }
    }
}
