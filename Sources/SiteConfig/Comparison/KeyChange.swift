internal import Diagnostics
internal import SiteModel

/// A key of an output that says something else than before.
struct KeyChange {
    let path: [String]
    /// Nil for a key that is new.
    let before: Value?
    /// Nil for a key that is gone.
    let after: Value?
    /// The line of the site that makes the difference; nil where none can be told.
    let cause: Cause?

    /// A line of the site.
    struct Cause: Hashable {
        let file: String
        let line: Int
        let standing: Standing

        enum Standing {
            case there
            /// It was there, and is no more.
            case gone
            /// It is as it was: what makes the difference is elsewhere.
            case same
        }
    }
}

/// One of two states of an output, and the texts that its values come from.
struct ComparedState {
    let leaves: DocumentLeaves
    let sources: SourceMap

    init(_ document: Value, _ sources: SourceMap) {
        leaves = DocumentLeaves(document)
        self.sources = sources
    }
}

/// Finds what changed between two states of outputs, and which lines of the site did it.
///
/// - Invariant: secrets are compared by `isSameSecret`, so no value of one is looked at here.
struct KeyComparison {
    private let isSameSecret: (SecretRef, SecretRef) -> Bool
    private let placeOfSecret: (SecretRef) -> Span?
    private var oldLines: LineSets
    private var newLines: LineSets
    /// Whether the earlier state comes from another reading of the site, whose lines can be told from those of today.
    private let knowsEarlierSite: Bool

    /// - Parameter old: the texts of the earlier site; nil where only its outputs are known.
    /// - Parameter placeOfSecret: where a secret stands now.
    init(
        _ old: SourceMap?, _ new: SourceMap, placeOfSecret: @escaping (SecretRef) -> Span? = { _ in nil },
        isSameSecret: @escaping (SecretRef, SecretRef) -> Bool
    ) {
        self.placeOfSecret = placeOfSecret
        knowsEarlierSite = old != nil
        oldLines = LineSets(old ?? SourceMap())
        newLines = LineSets(new)
        self.isSameSecret = isSameSecret
    }

    /// The changes, in the order of the new document; what is gone comes last.
    mutating func changes(from old: DocumentLeaves, to new: DocumentLeaves) -> [KeyChange] {
        var changes: [KeyChange] = []
        for leaf in new.leaves {
            let before = old[leaf.path]
            if let before, isSame(before.value.content, leaf.value.content) { continue }
            let earlier = before.map { $0.value.concealed(against: leaf.value) }
            let later = leaf.value.concealed(against: before?.value)
            changes.append(KeyChange(path: leaf.path, before: earlier, after: later, cause: cause(of: leaf, before)))
        }
        let gone = old.leaves.filter { new[$0.path] == nil }
        let besideSecrets = gone.isEmpty ? [] : new.pathsAboveSecrets
        for leaf in gone {
            let now = besideSecrets.contains(leaf.path) ? new.values(below: leaf.path) : nil
            changes.append(
                KeyChange(
                    path: leaf.path, before: leaf.value.concealed(against: now), after: nil, cause: causeOfLoss(leaf)))
        }
        return changes
    }

    /// Whether two values say the same, in the same order.
    func isSame(_ left: Value.Content, _ right: Value.Content) -> Bool {
        switch (left, right) {
        case (.secret(let left), .secret(let right)): isSameSecret(left, right)
        case (.list(let left), .list(let right)):
            left.elementsEqual(right) { isSame($0.content, $1.content) }
        case (.map(let left), .map(let right)):
            left.entries.elementsEqual(right.entries) {
                $0.key == $1.key && isSame($0.value.content, $1.value.content)
            }
        default: left == right
        }
    }

    // MARK: Causes

    /// The line that sets the value if that is new, else the nearest reference on the way to it that is, else a line that had
    /// set it and is gone, else where it stands now.
    private mutating func cause(of leaf: DocumentLeaves.Leaf, _ before: DocumentLeaves.Leaf?) -> KeyChange.Cause? {
        guard knowsEarlierSite else { return leaf.places.first.map { newLines.cause($0, .there) } }
        // Another value under the same name: its own line, of which nothing but the place is told.
        if case .secret(let now) = leaf.value.content, case .secret(let then)? = before?.value.content,
            now.path == then.path,
            let place = placeOfSecret(now) ?? leaf.places.first
        {
            return newLines.cause(place, .there)
        }
        for place in leaf.places(besides: before) where !oldLines.has(newLines.line(place)) {
            return newLines.cause(place, .there)
        }
        if let loss = before.flatMap({ causeOfLoss($0, besides: leaf) }) { return loss }
        // The items of a list stand anywhere: none of their lines says why one is there now.
        return leaf.value.list == nil ? leaf.places.first.map { newLines.cause($0, .same) } : nil
    }

    private mutating func causeOfLoss(
        _ leaf: DocumentLeaves.Leaf, besides after: DocumentLeaves.Leaf? = nil
    ) -> KeyChange.Cause? {
        guard knowsEarlierSite else { return nil }
        for place in leaf.places(besides: after) where !newLines.has(oldLines.line(place)) {
            return oldLines.cause(place, .gone)
        }
        return nil
    }
}

extension Value {
    /// The value as it may be shown beside another state of it: what is a secret there was one in clear here, or will be.
    fileprivate func concealed(against other: Value?) -> Value {
        let isAmongSecrets = other?.hasSecret ?? false
        switch content {
        case .null, .bool, .secret: return self
        case .string(let text) where URLPassword.isIn(text): return Self.inClear
        case .list, .map: break
        default: return isAmongSecrets ? Self.inClear : self
        }
        switch content {
        case .list(let items):
            let known = ContentSet(other?.list ?? [])
            let shown = items.map { item in
                known.contains(item.content) && item.string.map(URLPassword.isIn) != true
                    ? item : item.concealed(against: other)
            }
            return Value(.list(shown), origin)
        case .map(let fields):
            let shown = fields.entries.map {
                Fields.Entry($0.key, $0.value.concealed(against: other?.map?[$0.key] ?? other))
            }
            return Value(.map(Fields(shown)), origin)
        default: return self
        }
    }

    private static let inClear = Value(.secret(SecretRef(["in-clear"], .unknown)), .nowhere)

    /// Whether a secret stands in it.
    var hasSecret: Bool {
        switch content {
        case .secret: true
        case .list(let items): items.contains(where: \.hasSecret)
        case .map(let fields): fields.entries.contains { $0.value.hasSecret }
        default: false
        }
    }
}

/// The lines of a site's files.
private struct LineSets {
    struct Line {
        let file: String
        let text: ArraySlice<UInt8>
    }

    private let sources: SourceMap
    private var tables: LineTables
    private var sets: [String: Set<[UInt8]>] = [:]
    private let bySource: [String: SourceID]

    init(_ sources: SourceMap) {
        self.sources = sources
        tables = LineTables(sources)
        bySource = Dictionary(sources.sources.map { ($0.path, $0.id) }) { first, _ in first }
    }

    mutating func cause(_ span: Span, _ standing: KeyChange.Cause.Standing) -> KeyChange.Cause {
        let line = tables[span.source].position(of: span.start).line
        return KeyChange.Cause(file: sources[span.source].path, line: line, standing: standing)
    }

    mutating func line(_ span: Span) -> Line {
        let table = tables[span.source]
        return Line(file: sources[span.source].path, text: table.bytes(ofLine: table.position(of: span.start).line))
    }

    /// Whether the file of that name has such a line, wherever it stands.
    mutating func has(_ line: Line) -> Bool {
        guard let source = bySource[line.file] else { return false }
        if sets[line.file] == nil {
            sets[line.file] = Set(
                sources[source].bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Self.trimmed))
        }
        return sets[line.file]?.contains(Self.trimmed(line.text)) ?? false
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> [UInt8] {
        Array(line.drop { $0 == 0x20 }.reversed().drop { $0 == 0x0D || $0 == 0x0A || $0 == 0x20 }.reversed())
    }
}
