internal import Diagnostics
internal import Resolution
internal import YAMLSyntax

extension Loader {
    /// Idle values with the edits that remove them: what is only restated, where that is safe.
    func removing(_ idle: [Diagnostic]) -> [Diagnostic] {
        var findings = idle
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
        let edits = keys.map { key -> Edit? in
            guard let found = entry(at: key, in: tree.root),
                let removal = MapEdits(found.map, in: tree, lines).removal(of: [found.place]), removal.count == 1
            else { return nil }
            return removal[0]
        }
        let removed = zip(keys, edits).compactMap { $1 == nil ? nil : $0.start }
        return isTrue(edits.compactMap(\.self), without: Set(removed)) ? edits : edits.map { _ in nil }
    }

    /// Whether the text with all edits made says what the tree says without the entries whose keys begin there.
    private func isTrue(_ edits: [Edit], without removed: Set<UInt32>) -> Bool {
        let source = tree.source
        let bytes = edits.applied(to: source.bytes)
        let changed = Source(id: source.id, path: source.path, bytes: bytes, isSecret: false)
        guard let after = parse(changed, .lenient).tree else { return false }
        return says(tree.root, without: removed, after, after.root)
    }

    private func says(_ node: NodeID, without removed: Set<UInt32>, _ after: SyntaxTree, _ other: NodeID) -> Bool {
        guard tree.kind(node) == after.kind(other), tree.type(node) == after.type(other),
            tree.tag(node) == after.tag(other), tree.text(node).elementsEqual(after.text(other))
        else { return false }
        let entries = tree.writtenEntries(node).filter { !removed.contains(tree.span($0.key).start) }
        let items = tree.items(node)
        return entries.elementsEqual(after.writtenEntries(other)) { left, right in
            says(left.key, without: removed, after, right.key) && says(left.value, without: removed, after, right.value)
        } && items.elementsEqual(after.items(other)) { says($0, without: removed, after, $1) }
    }

    /// The map with an entry of that key, and the entry's place in it.
    private func entry(at key: Span, in node: NodeID) -> (map: NodeID, place: Int)? {
        let entries = tree.writtenEntries(node)
        if let place = entries.firstIndex(where: { tree.span($0.key) == key }) { return (node, place) }
        for child in entries.isEmpty ? tree.items(node) : entries.map(\.value) {
            let outer = tree.span(child)
            guard !tree.isAlias(child), outer.start <= key.start, key.end <= outer.end else { continue }
            if let found = entry(at: key, in: child) { return found }
        }
        return nil
    }
}
