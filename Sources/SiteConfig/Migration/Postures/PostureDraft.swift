internal import Diagnostics
internal import SiteModel
internal import YAMLSyntax

/// A posture in the nested form, made from one document or from two that agree.
struct PostureDraft {
    private let base: PostureDocument
    private var header: [String]
    private var footer: [String]
    private var items: [WrittenEntry] = []
    /// Comments that are in it.
    private var known: Set<Key>
    /// Whether something had to move that cannot.
    private(set) var isBroken = false
    private(set) var isChanged = false

    init(_ base: PostureDocument) {
        self.base = base
        header = base.header
        footer = base.footer
        known = Set(base.comments.map { Key($0) })
        nest()
    }

    // MARK: Entries

    /// Brings the flat keys into their sections: where a section stands, else where its first flat key stood.
    private mutating func nest() {
        let written = base.entries
        for entry in written {
            guard let place = Self.place(of: entry.name) else {
                items.append(entry)
                continue
            }
            isChanged = true
            if items.contains(where: { $0.name == place.section }) { continue }
            if !written.contains(where: { $0.name == place.section }) {
                items.append(newSection(place.section, for: entry))
            }
        }
        for entry in written {
            guard let place = Self.place(of: entry.name) else { continue }
            put(entry.renamed(place.key), in: place.section, wins: true)
        }
    }

    /// Takes in what another document of the posture says: what is here already is not said again.
    mutating func unite(with other: PostureDocument) {
        var entries = other.entries
        if !entries.isEmpty {
            entries[0].above = other.firstComments + entries[0].above
            entries[0].comments = other.firstComments + entries[0].comments
        }
        isChanged = true
        isBroken = isBroken || !entries.allSatisfy(\.isMovable)
        for entry in entries {
            if let place = Self.place(of: entry.name) {
                if index(of: place.section) == nil { items.append(newSection(place.section, for: entry)) }
                put(entry.renamed(place.key), in: place.section, wins: false)
            } else if let index = index(of: entry.name) {
                guard let section = entry.section, items[index].section != nil else {
                    salvage(entry.comments, above: index)
                    continue
                }
                let inner = Set(section.entries.flatMap(\.comments).map { Key($0) })
                salvage(entry.comments.filter { !inner.contains(Key($0)) }, above: index)
                for child in section.entries { put(child, in: entry.name, wins: false) }
            } else {
                append(entry)
            }
        }
        let ending = fresh(other.footer.filter(\.isComment).map(\.trimmed))
        footer += ending
        known.formUnion(ending.map { Key($0) })
        let left = fresh(other.comments)
        header += left.map { base.isFlow ? $0 : pad(base.column) + $0 }
        known.formUnion(left.map { Key($0) })
    }

    private static func place(of name: Key) -> (flat: Key, section: Key, key: Key)? {
        FieldTable.flatPostureKeys.first { $0.flat == name }
    }

    private func index(of name: Key) -> Int? { items.firstIndex { $0.name == name } }

    /// A section of its own. Empty lines above its first entry are above it.
    private func newSection(_ name: Key, for entry: WrittenEntry) -> WrittenEntry {
        let blanks = entry.above.prefix { $0.isEmpty }
        return WrittenEntry(section: name, above: Array(blanks), indent: base.step, isFlow: base.isFlow)
    }

    private mutating func append(_ entry: WrittenEntry) {
        var entry = entry
        entry.above = fresh(entry.above)
        items.append(entry)
        known.formUnion(entry.comments.map { Key($0) })
    }

    /// Puts an entry into a section; of two with one key, the flat one wins within a document.
    private mutating func put(_ entry: WrittenEntry, in name: Key, wins: Bool) {
        guard let place = index(of: name), var section = items[place].section, items[place].isMovable, entry.isMovable
        else {
            isBroken = true
            return
        }
        var entry = entry
        entry.above = Array(entry.above.drop { $0.isEmpty })
        guard let twin = section.entries.firstIndex(where: { $0.name == entry.name }) else {
            if !wins { entry.above = fresh(entry.above) }
            known.formUnion(entry.comments.map { Key($0) })
            section.entries.append(entry)
            section.isChanged = true
            items[place].section = section
            return
        }
        if wins {
            let loser = section.entries[twin]
            entry.above = loser.above + lines(loser.comments, without: loser.above) + entry.above
            section.entries[twin] = entry
            section.isChanged = true
            items[place].section = section
        } else {
            salvage(entry.comments, at: twin, in: place)
        }
    }

    // MARK: Comments

    /// Comments of an entry that is not said again, above the one that stays.
    private mutating func salvage(_ comments: [String], at child: Int, in place: Int) {
        let new = fresh(comments)
        guard !new.isEmpty else { return }
        if items[place].section?.isFlow == true { return salvage(new, above: place) }
        items[place].section?.entries[child].above += new
        items[place].section?.isChanged = true
        known.formUnion(new.map { Key($0) })
    }

    private mutating func salvage(_ comments: [String], above place: Int) {
        let new = fresh(comments)
        known.formUnion(new.map { Key($0) })
        if place == 0, !base.isFlow {
            header += new.map { pad(base.column) + $0 }
        } else {
            items[place].above += new
        }
    }

    private func fresh(_ comments: [String]) -> [String] { comments.filter { $0.isEmpty || !known.contains(Key($0)) } }

    private func lines(_ comments: [String], without above: [String]) -> [String] {
        comments.filter { !above.contains($0) }
    }

    // MARK: Text

    /// The text; nil if it cannot be written so that it means what it meant.
    var bytes: [UInt8]? {
        guard !isBroken else { return nil }
        guard isChanged else { return base.tree.source.bytes }
        let lines = header + body + footer
        return Array(lines.map { $0 + base.newline }.joined().utf8)
    }

    private var body: [String] {
        guard base.isFlow else { return items.flatMap { block($0, base.column) } }
        guard !items.isEmpty else { return [] }
        let (before, behind, isOneLine) = base.brackets
        if isOneLine, items.allSatisfy(fitsLine) {
            return [before + "{" + items.map(\.inlineText).joined(separator: ", ") + "}" + behind]
        }
        return [before + "{"] + items.flatMap(flowLines) + ["}" + behind]
    }

    /// An entry between brackets that have a line for each.
    private func flowLines(_ item: WrittenEntry) -> [String] {
        let inner = item.section?.entries.flatMap(\.above) ?? []
        let above: [String] = (item.above + inner).map { $0.isEmpty ? "" : pad(base.step) + $0 }
        return above + [pad(base.step) + item.inlineText + ","]
    }

    private func fitsLine(_ item: WrittenEntry) -> Bool {
        item.above.allSatisfy(\.isEmpty) && item.section?.entries.allSatisfy { $0.above.allSatisfy(\.isEmpty) } != false
    }

    private func block(_ entry: WrittenEntry, _ column: Int) -> [String] {
        let above = entry.above.map { $0.isEmpty ? "" : pad(column) + $0 }
        guard let section = entry.section, section.isChanged else {
            let more: [String] = entry.more.map { line in
                line.text.trimmed.isEmpty ? "" : pad(max(0, column + line.indent)) + line.text
            }
            return above + [pad(column) + entry.key + entry.rest] + more
        }
        if section.isFlow, section.entries.allSatisfy(\.isPlain) {
            return above + [pad(column) + entry.inlineText + section.remark]
        }
        let inner = section.entries.flatMap { block($0, column + max(1, section.indent)) }
        return above + [pad(column) + entry.key + ":" + section.remark] + inner
    }

    private func pad(_ count: Int) -> String { String(repeating: " ", count: count) }
}
