internal import Diagnostics

/// The comments of a YAML file, each with the item that go-yaml would give it to. libyaml drops them.
///
/// Only the comment rules of SOPS ask for them. A comment behind a value belongs to that value; one on a line of its own
/// to the next item, unless it is indented deeper: then it trails what stands before it.
struct CommentIndex {
    struct Place {
        let offset: UInt32
        /// An entry of a map; else an item of a list.
        let isEntry: Bool
    }

    private var comments: [UInt32: (ofItem: [String], ofEntry: [String])] = [:]

    init(_ source: Source, scalars: [Range<UInt32>], items: [Place]) {
        guard !items.isEmpty else { return }
        var next = 0
        var measured: (item: Int, indent: UInt32) = (-1, 0)
        for comment in Self.scan(source.bytes, skipping: scalars) {
            while next < items.count, items[next].offset < comment.start { next += 1 }
            if comment.isBehindText {
                guard next > 0, items[next - 1].offset >= comment.lineStart else { continue }
                add(comment.text, to: items[next - 1])
            } else if next < items.count {
                if measured.item != next { measured = (next, Self.indent(of: items[next].offset, in: source.bytes)) }
                if comment.start - comment.lineStart <= measured.indent { add(comment.text, to: items[next]) }
            }
        }
    }

    /// The comments before the item that begins at `offset`.
    func before(_ offset: UInt32, isEntry: Bool) -> [String] {
        guard let found = comments[offset] else { return [] }
        return isEntry ? found.ofEntry : found.ofItem
    }

    private mutating func add(_ text: String, to place: Place) {
        if place.isEntry {
            comments[place.offset, default: ([], [])].ofEntry.append(text)
        } else {
            comments[place.offset, default: ([], [])].ofItem.append(text)
        }
    }

    // MARK: Scanning

    private struct Comment {
        let start: UInt32
        let lineStart: UInt32
        let text: String
        let isBehindText: Bool
    }

    private static func scan(_ bytes: [UInt8], skipping scalars: [Range<UInt32>]) -> [Comment] {
        var comments: [Comment] = []
        var index = 0
        var scalar = 0
        var lineStart = 0
        while index < bytes.count {
            while scalar < scalars.count, Int(scalars[scalar].upperBound) <= index { scalar += 1 }
            if scalar < scalars.count, Int(scalars[scalar].lowerBound) <= index {
                let end = Int(scalars[scalar].upperBound)
                if let newline = bytes[index..<end].lastIndex(of: 0x0A) { lineStart = newline + 1 }
                index = end
                continue
            }
            if bytes[index] == 0x0A { lineStart = index + 1 }
            let isComment =
                bytes[index] == UInt8(ascii: "#")
                && (index == lineStart || bytes[index - 1] == 0x20 || bytes[index - 1] == 0x09)
            guard isComment else {
                index += 1
                continue
            }
            let end = bytes[index...].firstIndex(of: 0x0A) ?? bytes.count
            let text = bytes[(index + 1)..<end]
            let isBehindText = bytes[lineStart..<index].contains { $0 != 0x20 && $0 != 0x09 }
            comments.append(
                Comment(
                    start: UInt32(index), lineStart: UInt32(lineStart),
                    text: String(decoding: text.last == 0x0D ? text.dropLast() : text, as: UTF8.self),
                    isBehindText: isBehindText))
            index = end
        }
        return comments
    }

    /// The column where the text of a line begins.
    private static func indent(of offset: UInt32, in bytes: [UInt8]) -> UInt32 {
        let start = (bytes[..<Int(offset)].lastIndex(of: 0x0A) ?? -1) + 1
        return UInt32(bytes[start...].prefix { $0 == 0x20 }.count)
    }
}
