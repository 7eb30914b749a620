/// Names one source text of a run. Ids are small and dense: the n-th source added to a `SourceMap` has id n.
@usableFromInline package struct SourceID: Hashable, Sendable {
    @usableFromInline package let index: UInt32

    @inlinable package init(index: UInt32) { self.index = index }
}

/// One text that was read: a file of the site, or what stood in for one.
///
/// Immutable, so that a span into it stays true for the whole run.
@usableFromInline package final class Source: Sendable {
    @usableFromInline package let id: SourceID
    /// As it is shown: relative to the site, `/` between the parts.
    package let path: String
    @usableFromInline package let bytes: [UInt8]
    /// What stands here may be a secret: no diagnostic quotes it (DESIGN §4, *Handling*).
    package let isSecret: Bool
    /// Single places of a file that should hold no secret, and does: their letters are gone, and their lines not shown.
    private let hidden: [Span]

    package init(id: SourceID, path: String, bytes: [UInt8], isSecret: Bool, hiding hidden: [Span] = []) {
        self.id = id
        self.path = path
        self.bytes = bytes
        self.isSecret = isSecret
        self.hidden = hidden
    }

    /// Whether it is the file as it is written, so that an edit of it is one of the file.
    package var isAsWritten: Bool { hidden.isEmpty && !isSecret }

    /// Whether a place may be told by its line only: a column, too, says how long a secret before it is.
    package func hidesColumns(of span: Span) -> Bool {
        if isSecret || hidden.isEmpty { return isSecret }
        let start = min(Int(span.start), bytes.count)
        let first = bytes[..<start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let last = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
        return hidden.contains { Int($0.start) <= last && Int($0.end) >= first }
    }

    /// The text of `span`, ill-formed UTF-8 repaired. Empty if the span lies outside.
    package func text(of span: Span) -> String {
        let end = min(Int(span.end), bytes.count)
        let start = min(Int(span.start), end)
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}

/// The sources of a run, by id. A renderer needs it to turn spans into lines.
package struct SourceMap: Sendable {
    package private(set) var sources: [Source] = []

    package init() {}

    /// Adds a text and returns it with its id.
    package mutating func add(path: String, bytes: [UInt8], isSecret: Bool) -> Source {
        let id = SourceID(index: UInt32(sources.count))
        let source = Source(id: id, path: path, bytes: bytes, isSecret: isSecret)
        sources.append(source)
        return source
    }

    /// Adds a text that holds secrets: only its shape is kept, so that places can be told and nothing can be shown.
    package mutating func add(path: String, masking bytes: borrowing Swift.Span<UInt8>) -> Source {
        add(path: path, bytes: Source.mask(bytes), isSecret: true)
    }

    /// The id that the next source will have, for a text that must be looked at before it is kept.
    package var nextID: SourceID { SourceID(index: UInt32(sources.count)) }

    /// Keeps a source that has the next id, or puts one in the place of another that has its id.
    package mutating func keep(_ source: Source) {
        if Int(source.id.index) < sources.count {
            sources[Int(source.id.index)] = source
        } else {
            sources.append(source)
        }
    }

    package subscript(id: SourceID) -> Source { sources[Int(id.index)] }
}

extension Source {
    /// The same text with an `x` for every letter of some ranges.
    package func masking(_ spans: [Span]) -> Source {
        var masked = bytes
        for span in spans {
            let range = Int(span.start)..<min(Int(span.end), bytes.count)
            let letters = Self.mask(Array(bytes[range]).span)
            masked.replaceSubrange(range, with: letters)
        }
        return Source(id: id, path: path, bytes: masked, isSecret: isSecret, hiding: hidden + spans)
    }

    /// Whether the text speaks of passwords, as a roster or Ansible names them.
    package var mentionsPasswords: Bool {
        mentions("passwd", by: 3) || (mentions("pass", by: 2) && mentions("ansible", by: 1))
    }

    /// Whether it speaks of passwords in any spelling that may be meant for that, or may have one in a URL.
    package var seemsToMentionPasswords: Bool {
        mentions("passw", by: 3) || mentions("pasw", by: 2) || contains(UInt8(ascii: "@"))
    }

    /// Whether a letter occurs.
    package func contains(_ letter: UInt8) -> Bool {
        let bytes = bytes
        return bytes.span.firstPlace(of: letter) != nil
    }

    /// Whether a text occurs, of at least two letters.
    ///
    /// - Parameter offset: where in it two letters stand side by side that are seldom seen so: these are looked for.
    package func holds(_ text: String, by offset: Int = 0) -> Bool {
        let (wanted, bytes) = (Array(text.utf8), bytes)
        let letters = bytes.span
        var start = 0
        while start < letters.count {
            if Self.hasPair(letters, start, wanted[offset], wanted[offset + 1]) {
                for index in start..<min(start + Self.blockSize, letters.count)
                where index >= offset && bytes[(index - offset)...].starts(with: wanted) { return true }
            }
            start += Self.blockSize
        }
        return false
    }

    /// Whether a word begins so, or a part of one behind a `_`: `nopasswd` is none.
    ///
    /// - Parameter offset: where in the word two letters stand side by side that are seldom seen so: these are looked for.
    private func mentions(_ word: String, by offset: Int) -> Bool {
        let word = Array(word.utf8)
        let bytes = bytes
        let letters = bytes.span
        var start = 0
        while start < letters.count {
            if Self.hasPair(letters, start, word[offset], word[offset + 1]) {
                for index in start..<min(start + Self.blockSize, letters.count) where begins(word, index - offset) {
                    return true
                }
            }
            start += Self.blockSize
        }
        return false
    }

    private func begins(_ word: [UInt8], _ index: Int) -> Bool {
        guard index >= 0, bytes[index...].starts(with: word) else { return false }
        return index == 0 || !(0x61...0x7A).contains(bytes[index - 1] | 0x20)
    }

    private static let blockSize = 64

    /// Whether two letters stand side by side, the first of them in the block that begins there.
    private static func hasPair(_ letters: Swift.Span<UInt8>, _ start: Int, _ first: UInt8, _ second: UInt8) -> Bool {
        if start + blockSize < letters.count { return letters.holds(first, second, inBlockAt: start) }
        for index in start..<(letters.count - 1) where letters[index] == first && letters[index + 1] == second {
            return true
        }
        return false
    }

    /// The same under another number.
    package func numbered(_ id: SourceID) -> Source {
        Source(
            id: id, path: path, bytes: bytes, isSecret: isSecret,
            hiding: hidden.map { Span(source: id, start: $0.start, end: $0.end) })
    }

    /// The same, held for secret.
    package var concealed: Source { Source(id: id, path: path, bytes: bytes, isSecret: true) }

    /// The same place in the run, saying another text, of which only the shape is kept.
    package func masking(_ bytes: borrowing Swift.Span<UInt8>) -> Source {
        Source(id: id, path: path, bytes: Self.mask(bytes), isSecret: true)
    }

    /// A text of the same lines and columns without the letters: an `x` for each, white space as it is. The letters are copied
    /// nowhere.
    package static func mask(_ bytes: borrowing Swift.Span<UInt8>) -> [UInt8] {
        var masked: [UInt8] = []
        masked.reserveCapacity(bytes.count)
        // Letter by letter, for what is lent may be in locked memory, and may stand nowhere else.
        for index in bytes.indices { masked.append(maskedLetter(bytes, index, before: masked.last ?? 0)) }
        return masked
    }

    /// Puts an `x` in the place of every letter. The array should have no other owner, who would keep them.
    package static func mask(_ bytes: inout [UInt8]) {
        var letters = bytes.mutableSpan
        var start = 0
        while start < letters.count {
            let end = min(start + blockSize, letters.count)
            if end - start < blockSize || !maskBlock(&letters, start) {
                for index in start..<end {
                    letters[index] = maskedLetter(letters.span, index, before: index > 0 ? letters[index - 1] : 0)
                }
            }
            start = end
        }
    }

    /// Masks a block of letters at once, if there is nothing special in it.
    private static func maskBlock(_ letters: inout MutableSpan<UInt8>, _ start: Int) -> Bool {
        precondition(start >= 0 && start <= letters.count - 64)
        var others: UInt8 = 0
        for index in 0..<64 {
            let letter = letters[start &+ index]
            others |= (letter & 0x80) | (letter == UInt8(ascii: "<") ? 1 : 0)
        }
        guard others == 0 else { return false }
        for index in 0..<64 {
            let letter = letters[start &+ index]
            let isBlank = letter == 0x20 || letter == 0x0A || letter == 0x0D || letter == 0x09
            letters[start &+ index] = isBlank ? letter : UInt8(ascii: "x")
        }
        return true
    }

    /// What stands for a letter.
    ///
    /// - Parameter before: what stands for the one before it.
    private static func maskedLetter(
        _ bytes: borrowing Swift.Span<UInt8>, _ index: Int, before: UInt8
    ) -> UInt8 {
        if startsConflict(bytes, index) { return UInt8(ascii: "<") }
        return switch bytes[index] {
        case 0x09, 0x0A, 0x0D, 0x20: bytes[index]
        case 0..<0x80: UInt8(ascii: "x")
        // Characters of several bytes keep their length: U+00A0, U+0800 and U+10000 stand for them.
        case 0x80..<0xC0: before == 0xF0 ? 0x90 : before >= 0xC2 ? 0xA0 : 0x80
        case 0xC0..<0xE0: 0xC2
        case 0xE0..<0xF0: 0xE0
        default: 0xF0
        }
    }

    /// Whether a sign belongs to the marker of a merge conflict, which is no secret.
    private static func startsConflict(_ bytes: borrowing Swift.Span<UInt8>, _ index: Int) -> Bool {
        guard bytes[index] == UInt8(ascii: "<") else { return false }
        var start = index
        while start > 0, bytes[start - 1] == UInt8(ascii: "<"), index - start < 7 { start -= 1 }
        guard start == 0 || bytes[start - 1] == 0x0A, bytes.count - start > 7 else { return false }
        return (start..<start + 7).allSatisfy { bytes[$0] == UInt8(ascii: "<") } && bytes[start + 7] == 0x20
    }
}
