internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

/// The text of `allocations.yaml`: a line for each number, sorted by their bytes, an empty line between two pools. So what two
/// branches add is seldom side by side, and merges cleanly.
///
/// Comments stay above the lines that they stand above. What is written otherwise than a number a line is written anew.
struct AllocationsText {
    private let bytes: [UInt8]
    private let entries: [(key: Key, number: Int)]

    private static let title =
        "# The numbers that pools gave out: pool/owner/field. Kept by `resolve alloc --write`; commit it."

    /// - Parameter fields: what the file says.
    init(_ bytes: [UInt8], _ fields: Fields) {
        self.bytes = bytes
        entries = fields.entries.compactMap { entry in entry.value.integer.map { (entry.key, $0) } }
    }

    /// The text with other lines; nil if YAML cannot say one of them, which only a very odd name brings about.
    func text(adding added: [(line: Key, number: Int)], removing removed: [Key]) -> [UInt8]? {
        guard !added.isEmpty || !removed.isEmpty else { return bytes }
        let gone = Set(removed)
        let wanted = entries.filter { !gone.contains($0.key) } + added.map { (key: $0.line, number: $0.number) }
        let anew = {
            Self.joined([Array((Self.title + "\n").utf8)], wanted.map { ($0.key, Self.line($0.key, $0.number, "\n")) })
        }
        let texts = [edited(added, gone), anew()]
        // What is written must be what is read again.
        return texts.compactMap(\.self).first { Self.says($0, wanted) }
    }

    /// The lines that are there, edited; nil if there is more or less to them than a number a line.
    private func edited(_ added: [(line: Key, number: Int)], _ gone: Set<Key>) -> [UInt8]? {
        let text = TextLines(bytes)
        guard !text.hasOddBreaks, let parts = Self.parts(of: text),
            Set(parts.lines.map(\.key)) == Set(entries.map(\.key))
        else { return nil }
        let new = added.map { ($0.line, Self.line($0.line, $0.number, text.newline)) }
        let lines = parts.lines.filter { !gone.contains($0.key) } + new
        return Self.joined(parts.head, lines, text.newline) + parts.foot.flatMap(\.self)
    }

    private typealias Line = (key: Key, text: [UInt8])

    /// What stands before the first number, each line of one with the comments above it, and what stands behind the last.
    private static func parts(of text: TextLines) -> (head: [[UInt8]], lines: [Line], foot: [[UInt8]])? {
        var head: [[UInt8]] = []
        var lines: [Line] = []
        var pending: [[UInt8]] = []
        for number in 0..<text.count {
            let line = Array(text.whole(number))
            let words = text.text(number)
            if text.isBlank(number) || text.isComment(number) {
                pending.append(line)
            } else if lines.isEmpty, words == "---" || words.hasPrefix("%") {
                head += pending + [line]
                pending = []
            } else if let key = key(of: words) {
                if lines.isEmpty { split(&pending, into: &head) }
                lines.append((key, pending.filter { !isBlank($0) }.flatMap(\.self) + line))
                pending = []
            } else {
                return nil
            }
        }
        return lines.isEmpty ? (head + pending, [], []) : (head, lines, pending)
    }

    /// A comment at the very top is of the file, and so is all above an empty line: the rest is of the line below.
    private static func split(_ pending: inout [[UInt8]], into head: inout [[UInt8]]) {
        let end = pending.lastIndex(where: isBlank).map { $0 + 1 } ?? (head.isEmpty ? min(1, pending.count) : 0)
        head += pending[..<end]
        pending.removeFirst(end)
    }

    private static func isBlank(_ line: [UInt8]) -> Bool { line.allSatisfy { [0x20, 0x09, 0x0D, 0x0A].contains($0) } }

    /// The key of a line that says `key: number`, perhaps with a comment.
    private static func key(of text: String) -> Key? {
        let source = Source(id: SourceID(index: 0), path: "", bytes: Array(text.utf8), isSecret: false)
        guard let first = text.utf8.first, first != 0x20, first != 0x09, let tree = parse(source, .strict).tree,
            case let entries = tree.writtenEntries(tree.root), entries.count == 1, !tree.isFlow(tree.root),
            tree.kind(entries[0].value) == .scalar, !tree.isMergeKey(entries[0].key)
        else { return nil }
        return Key(tree.string(entries[0].key))
    }

    private static func joined(_ head: [[UInt8]], _ lines: [Line], _ newline: String = "\n") -> [UInt8] {
        let sorted = lines.sorted { $0.key < $1.key }
        var text = head.flatMap { ended($0, newline) }
        for (index, line) in sorted.enumerated() {
            if index > 0, pool(sorted[index - 1].key) != pool(line.key) { text += newline.utf8 }
            text += ended(line.text, newline)
        }
        return text
    }

    private static func pool(_ line: Key) -> Substring { line.text.slashedParts[0] }

    private static func ended(_ text: [UInt8], _ newline: String) -> [UInt8] {
        text.isEmpty || text.last == 0x0A ? text : text + newline.utf8
    }

    private static func line(_ key: Key, _ number: Int, _ newline: String) -> [UInt8] {
        Array("\(quoted(key)): \(number)\(newline)".utf8)
    }

    /// Whether a text, read, says just that.
    private static func says(_ bytes: [UInt8], _ wanted: [(key: Key, number: Int)]) -> Bool {
        let source = Source(id: SourceID(index: 0), path: "", bytes: bytes, isSecret: false)
        guard let tree = parse(source, .strict).tree else { return false }
        let fields = bind(tree, as: .allocations, .strict).entity.fields
        return fields.entries.count == wanted.count
            && wanted.allSatisfy { fields[$0.key]?.integer == $0.number }
    }

    /// The key as YAML reads it back, in quotes where a name has letters that mean something.
    private static func quoted(_ key: Key) -> String {
        let isPlain = key.text.slashedParts.allSatisfy { part in
            String(part) == LinkedSite.noGroup || Catalogue.isName(String(part))
        }
        guard !isPlain else { return key.text }
        let odd: [ClosedRange<UInt32>] = [0x7F...0x9F, 0x2028...0x2029, 0xFEFF...0xFEFF, 0xFFFE...0xFFFF]
        return JSONText.quoted(key.text).unicodeScalars.map { scalar in
            guard odd.contains(where: { $0.contains(scalar.value) }) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
