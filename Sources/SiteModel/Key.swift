public import Diagnostics
internal import Synchronization

/// A key of a map, or an entity's name: text that compares by its UTF-8 bytes.
///
/// `String ==` holds texts for equal that differ in their Unicode normal form; files and YAML maps do not. Every entry of
/// every map has a key, so it is two words without a reference: up to fifteen bytes stand in it, a longer text is kept once
/// for the process (`LongText`). Hence two keys are equal when their words are.
@usableFromInline
package struct Key: Hashable, Sendable, BitwiseCopyable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral
{
    /// The first eight bytes, the first of them highest, zero where there is none: so keys sort as their words do.
    @usableFromInline let head: UInt64
    /// The next seven bytes, and lowest how many there are in all; of a longer text its number and `longMark`.
    @usableFromInline let tail: UInt64

    @usableFromInline static let inlineBytes = 15
    @usableFromInline static let longMark: UInt64 = 0xFF

    @usableFromInline
    init(head: UInt64, tail: UInt64) {
        self.head = head
        self.tail = tail
    }

    package init(_ text: String) {
        let letters = text.utf8.span
        guard letters.count <= Self.inlineBytes else {
            self.init(long: text)
            return
        }
        self = Self.packed(letters).key
    }

    /// The text of these bytes, ill-formed UTF-8 repaired.
    package init(utf8 bytes: ArraySlice<UInt8>) {
        self = Key(short: bytes.span) ?? Key(String(decoding: bytes, as: UTF8.self))
    }

    /// The text of these bytes, if it is ASCII and stands in the key itself.
    @inlinable
    package init?(short bytes: Swift.Span<UInt8>) {
        guard bytes.count <= Self.inlineBytes else { return nil }
        let packed = Self.packed(bytes)
        guard packed.isASCII else { return nil }
        self = packed.key
    }

    /// The key of at most fifteen bytes.
    @inlinable @inline(__always)
    static func packed(_ bytes: Swift.Span<UInt8>) -> (key: Key, isASCII: Bool) {
        var head: UInt64 = 0
        var tail = UInt64(truncatingIfNeeded: bytes.count)
        var all: UInt8 = 0
        for index in 0..<min(bytes.count, 8) {
            all |= bytes[index]
            head |= UInt64(bytes[index]) &<< UInt64(56 &- 8 &* index)
        }
        if bytes.count > 8 {
            for index in 8..<bytes.count {
                all |= bytes[index]
                tail |= UInt64(bytes[index]) &<< UInt64(120 &- 8 &* index)
            }
        }
        return (Key(head: head, tail: tail), all < 0x80)
    }

    /// A number, in decimal.
    package init(_ number: Int) {
        guard (0...99_999_999).contains(number) else {
            self.init(String(number))
            return
        }
        var (digits, count, rest): (UInt64, UInt64, UInt64) = (0, 0, UInt64(number))
        repeat {
            digits = digits >> 8 | (0x30 + rest % 10) << 56
            (count, rest) = (count + 1, rest / 10)
        } while rest > 0
        self.init(head: digits, tail: count)
    }

    /// Inlined, so that a literal is two numbers to the compiler.
    @inlinable @inline(__always)
    package init(stringLiteral text: StaticString) {
        let count = text.utf8CodeUnitCount
        guard count <= Self.inlineBytes else {
            self.init(long: text.description)
            return
        }
        var head: UInt64 = 0
        var tail = UInt64(truncatingIfNeeded: count)
        for index in 0..<count {
            let byte = unsafe UInt64(truncatingIfNeeded: text.utf8Start[index])
            if index < 8 {
                head |= byte &<< UInt64(56 &- 8 &* index)
            } else {
                tail |= byte &<< UInt64(120 &- 8 &* index)
            }
        }
        self.init(head: head, tail: tail)
    }

    @usableFromInline
    init(long text: String) {
        var head: UInt64 = 0
        for byte in text.utf8.prefix(8) { head = head &<< 8 | UInt64(byte) }
        self.init(head: head, tail: LongText.number(of: text) << 8 | Self.longMark)
    }

    @usableFromInline var isLong: Bool { tail & 0xFF == Self.longMark }

    @usableFromInline package var text: String {
        if isLong { return LongText.text(tail >> 8) }
        return unsafe String(unsafeUninitializedCapacity: Self.inlineBytes) { buffer in
            let count = Int(tail & 0xFF)
            for index in 0..<count {
                let word = index < 8 ? head : tail
                unsafe buffer[index] = UInt8(truncatingIfNeeded: word &>> UInt64(56 &- 8 &* (index & 7)))
            }
            return count
        }
    }

    @usableFromInline package var description: String { text }

    /// Appends the text's UTF-8.
    package func append(to bytes: inout [UInt8]) {
        guard !isLong else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        let count = Int(tail & 0xFF)
        unsafe withUnsafeBytes(of: (head.bigEndian, tail.bigEndian)) { words in
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: words[..<count]))
        }
    }

    /// Lends the text's UTF-8.
    @inlinable package func withBytes(_ body: (Swift.Span<UInt8>) -> Void) {
        guard !isLong else { return body(text.utf8.span) }
        unsafe withUnsafeBytes(of: (head.bigEndian, tail.bigEndian)) { words in
            unsafe body(words.bindMemory(to: UInt8.self).span.extracting(first: Int(tail & 0xFF)))
        }
    }

    /// Whether a letter of ASCII stands in the text.
    package func holds(_ letter: UInt8) -> Bool {
        guard !isLong else { return text.utf8.contains(letter) }
        let letters = 0x0101_0101_0101_0101 &* UInt64(letter)
        // Lowest in the second word is a number. Behind a letter that is found, another may pass for it; before, none does.
        return Self.hasZero(head ^ letters) || Self.hasZero((tail ^ letters) | 0xFF)
    }

    /// Whether one of the bytes is zero.
    private static func hasZero(_ word: UInt64) -> Bool {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0
    }

    /// How many bytes of UTF-8 the text has.
    package var count: Int { isLong ? text.utf8.count : Int(tail & 0xFF) }

    /// The first byte of the text; 0 if there is none.
    @inlinable package var firstByte: UInt8 { UInt8(truncatingIfNeeded: head &>> 56) }

    @inlinable package var isEmpty: Bool { tail == 0 }

    @inlinable
    package static func == (left: Key, right: Key) -> Bool { left.head == right.head && left.tail == right.tail }

    @usableFromInline package static func < (left: Key, right: Key) -> Bool {
        if left.head != right.head { return left.head < right.head }
        if !left.isLong, !right.isLong { return left.tail < right.tail }
        return left.text.precedes(right.text)
    }

    /// Whether the text begins with a shorter one.
    @inlinable
    package func begins(with prefix: Key) -> Bool {
        // All but the last bits of the first word: a prefix of at most eight bytes stands there alone.
        let bits = UInt64(64 &- 8 &* (prefix.tail & 0xFF))
        return prefix.tail <= 8 ? (head ^ prefix.head) &>> bits == 0 || prefix.tail == 0 : text.hasPrefix(prefix.text)
    }

    /// `ssh_keys.joe` without `ssh_keys.` is `joe`; a name that does not begin so stays as it is.
    package func without(prefix: Key) -> Key {
        let prefix = prefix.text + "."
        return text.hasPrefix(prefix) ? Key(String(text.dropFirst(prefix.count))) : self
    }

    /// A hash that is the same in every run.
    @inlinable package var hash: UInt64 { HashedPlaces.hash(head, tail) }

    @inlinable
    package func hash(into hasher: inout Hasher) {
        hasher.combine(head)
        hasher.combine(tail)
    }

    /// What `Set` and `Dictionary` ask instead of the above, if it is there, as the standard library's own numbers have it: a sixth
    /// of the work. Its seed keeps their order as random as ever.
    @inlinable package func _rawHashValue(seed: Int) -> Int {
        Int(truncatingIfNeeded: HashedPlaces.hash(head ^ UInt64(truncatingIfNeeded: seed), tail))
    }
}

/// The texts of keys that are too long to stand in them, each once. They stay as long as the process: what a site has of
/// them is little, and a key needs no reference to count.
private enum LongText {
    private struct Table: ~Copyable {
        var texts: [String] = []
        var places = HashedPlaces(capacity: 0)
    }

    private static let table = Mutex(Table())
    /// Another in every run, so that nobody can choose texts that fall into one place. No order comes of it.
    private static let seed = UInt64(truncatingIfNeeded: Hasher().finalize())

    static func number(of text: String) -> UInt64 {
        let hash = HashedPlaces.hash(text.utf8.span, seed: seed)
        return table.withLock { table in
            if let known = table.places.place(hash, where: { table.texts[$0].isSame(as: text) }) {
                return UInt64(known)
            }
            table.texts.append(text)
            let texts = table.texts
            table.places.append { HashedPlaces.hash(texts[$0].utf8.span, seed: seed) }
            return UInt64(texts.count - 1)
        }
    }

    static func text(_ number: UInt64) -> String { table.withLock { $0.texts[Int(number)] } }
}
