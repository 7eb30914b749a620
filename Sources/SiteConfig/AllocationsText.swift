internal import Diagnostics
internal import SiteModel

/// The text of `allocations.yaml`: a line for each number, sorted by their bytes, an empty line between two pools. So what two
/// branches add is seldom side by side, and merges cleanly.
///
/// Comments stay above the lines that they stand above.
struct AllocationsText {
    private let bytes: [UInt8]
    /// What stands before the first line.
    private var head: [UInt8] = []
    private var lines: [(key: Key, text: [UInt8])] = []

    private static let title = """
        # The numbers that pools gave out: pool/owner/field. Kept by `resolve alloc --write`; commit it.

        """

    /// - Parameter entries: what the file says.
    init(_ bytes: [UInt8], _ entries: Fields) {
        self.bytes = bytes
        let text = TextLines(bytes)
        let places = entries.entries.map { entry in entry.keySpan.map { text.number(at: Int($0.start)) } ?? -1 }
        guard Set(places).count == places.count, !places.contains(-1), !isFlow(text, places) else {
            // Several in a line: as they would be written anew.
            head = Array(Self.title.utf8)
            lines = entries.entries.map { ($0.key, Self.line($0.key, $0.value.integer ?? 0)) }
            return
        }
        guard let first = places.min() else {
            head = bytes.isEmpty ? Array(Self.title.utf8) : bytes
            return
        }
        var start = first
        while start > 0, text.isComment(start - 1), start > 1 { start -= 1 }
        // A comment at the very top is of the file, not of the line below.
        if start == 1, text.isComment(0) { start = first }
        head = Array(bytes[..<text.start(start)])
        for (index, entry) in entries.entries.enumerated() {
            let end = index + 1 < places.count ? places[index] + 1 : text.count
            lines.append((entry.key, Array(bytes[text.start(start)..<text.start(end)])))
            start = end
        }
    }

    /// Whether the entries stand between braces.
    private func isFlow(_ text: TextLines, _ places: [Int]) -> Bool {
        places.contains { text.text($0).hasPrefix("{") || text.text($0).hasPrefix(" ") }
    }

    func text(adding added: [(line: Key, number: Int)], removing removed: [Key]) -> [UInt8] {
        guard !added.isEmpty || !removed.isEmpty else { return bytes }
        let kept = lines.filter { !removed.contains($0.key) }
        let all = (kept + added.map { (key: $0.line, text: Self.line($0.line, $0.number)) }).sorted { $0.key < $1.key }
        var text = all.isEmpty ? head : Self.ended(head)
        for (index, line) in all.enumerated() {
            if index > 0, Self.pool(all[index - 1].key) != Self.pool(line.key) { text.append(0x0A) }
            text += Self.ended(Array(line.text.drop { [0x0A, 0x0D, 0x20].contains($0) }))
        }
        return text
    }

    private static func pool(_ line: Key) -> Substring { line.text.prefix { $0 != "/" } }

    private static func ended(_ text: [UInt8]) -> [UInt8] {
        text.isEmpty || text.last == 0x0A ? text : text + [0x0A]
    }

    private static func line(_ key: Key, _ number: Int) -> [UInt8] { Array("\(quoted(key)): \(number)\n".utf8) }

    /// The key as YAML reads it back, in quotes where a name has letters that mean something.
    private static func quoted(_ key: Key) -> String {
        let isPlain = key.text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            part == "-" || Catalogue.isName(String(part))
        }
        return isPlain ? key.text : JSONText.quoted(key.text)
    }
}
