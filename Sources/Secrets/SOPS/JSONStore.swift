internal import Diagnostics

/// Reads a SOPS file in JSON (RFC 8259) as Go does: integers are exact to 64 bits, other numbers are doubles.
struct JSONStore {
    private let source: Source
    private let bytes: [UInt8]
    private var index: Int
    private var depth = 0
    private var failure: Diagnostic?

    /// The document, or what is wrong with it.
    static func read(_ source: Source) -> (document: SOPSNode?, diagnostics: [Diagnostic]) {
        var store = JSONStore(source)
        let node = store.value()
        store.skipSpace()
        if store.failure == nil, store.index < store.bytes.count { store.fail("something stands behind the document") }
        if let failure = store.failure { return (nil, [failure]) }
        return (node, [])
    }

    private init(_ source: Source) {
        self.source = source
        bytes = source.bytes
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        index = bytes.starts(with: mark) ? mark.count : 0
    }

    private func span(from start: Int) -> Span {
        Span(source: source.id, start: UInt32(start), end: UInt32(min(index, bytes.count)))
    }

    private mutating func fail(_ reason: String) {
        guard failure == nil else { return }
        let place = min(index, bytes.count)
        failure = .malformed(reason, at: Span(source: source.id, start: UInt32(place), end: UInt32(place)))
        index = bytes.count
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func take(_ letter: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: letter) else { return false }
        index += 1
        return true
    }

    // MARK: Values

    private mutating func value() -> SOPSNode {
        skipSpace()
        let start = index
        let content = content()
        return SOPSNode(content, at: span(from: start))
    }

    private mutating func content() -> SOPSNode.Content {
        guard depth < 128 else {
            fail("more than 128 levels of nesting")
            return .scalar(.null)
        }
        switch next {
        case UInt8(ascii: "{"): return .map(entries())
        case UInt8(ascii: "["): return .list(items())
        case UInt8(ascii: "\""): return .scalar(.string(string()))
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return .scalar(number())
        }
    }

    private mutating func word(_ word: String, _ scalar: SOPSNode.Scalar) -> SOPSNode.Content {
        guard bytes[index...].starts(with: word.utf8) else {
            fail("no JSON value")
            return .scalar(.null)
        }
        index += word.utf8.count
        return .scalar(scalar)
    }

    private mutating func entries() -> [SOPSNode.Entry] {
        index += 1
        depth += 1
        defer { depth -= 1 }
        var entries: [SOPSNode.Entry] = []
        var seen: Set<[UInt8]> = []
        if take("}") { return entries }
        repeat {
            skipSpace()
            let start = index
            guard next == UInt8(ascii: "\"") else {
                fail("a key in quotes is wanted")
                return entries
            }
            let key = string()
            let keySpan = span(from: start)
            if !seen.insert(Array(key.utf8)).inserted {
                index = start
                fail(depth == 1 && key == "sops" ? "two SOPS files in one" : "a key that stands twice in one map")
            }
            guard take(":") else {
                fail("a colon is wanted")
                return entries
            }
            entries.append(SOPSNode.Entry(key: key, keySpan: keySpan, value: value()))
        } while take(",")
        if !take("}") { fail("a bracket is not closed, or a comma is missing") }
        return entries
    }

    private mutating func items() -> [SOPSNode] {
        index += 1
        depth += 1
        defer { depth -= 1 }
        var items: [SOPSNode] = []
        if take("]") { return items }
        repeat { items.append(value()) } while failure == nil && take(",")
        if !take("]") { fail("a bracket is not closed, or a comma is missing") }
        return items
    }

    private mutating func number() -> SOPSNode.Scalar {
        let letters = Array("+-.eE".utf8)
        let text = bytes[index...].prefix { (0x30...0x39).contains($0) || letters.contains($0) }
        let string = String(decoding: text, as: UTF8.self)
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
        let isWellFormed =
            digits.first.map { (0x30...0x39).contains($0) } == true && GoFloat.isNumber(string)
            && !(digits.count > 1 && digits.first == 0x30 && (0x30...0x39).contains(digits.dropFirst().first ?? 0))
            && !string.hasSuffix(".") && !string.contains(".e") && !string.contains(".E")
        guard isWellFormed else {
            fail("no JSON value")
            return .null
        }
        index += text.count
        if let integer = Int(string) { return .integer(integer) }
        guard let number = GoFloat.value(string) else {
            fail("a number that is too large")
            return .null
        }
        return .float(number)
    }

    // MARK: Strings

    private mutating func string() -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): escape(&text)
            case 0..<0x20:
                index -= 1
                fail("a control character in a string")
                return ""
            default: text.append(byte)
            }
        }
        fail("a string that is never closed")
        return ""
    }

    private mutating func escape(_ text: inout [UInt8]) {
        let letter = next
        index += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter ?? 0)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += Array(String(Character(unicodeEscape())).utf8)
        default: fail("an unknown escape")
        }
    }

    /// A scalar, from one escape or a pair of surrogates; a lone surrogate is U+FFFD, as in Go.
    private mutating func unicodeEscape() -> Unicode.Scalar {
        let high = hexadecimal()
        guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) ?? "\u{FFFD}" }
        guard bytes[min(index, bytes.count)...].starts(with: "\\u".utf8) else { return "\u{FFFD}" }
        let before = index
        index += 2
        let low = hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else {
            index = before
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hexadecimal() -> UInt32 {
        let digits = bytes[min(index, bytes.count)...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else {
            fail("an unknown escape")
            return 0xFFFD
        }
        index += 4
        return value
    }
}
