/// The strings of JSON (RFC 8259): UTF-8 as it is, only what must be escaped is.
package enum JSONText {
    /// Appends `text` in quotes.
    package static func append(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(text, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// The same, at once if nothing in it must be escaped.
    package static func append(text: String, to bytes: inout [UInt8]) {
        guard text.utf8.span.isPlainJSON else { return append(text.utf8, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
        bytes += text.utf8
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends `text` as it stands between quotes.
    package static func appendEscaped(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in text {
            if let escape = escape(of: byte) { bytes += escape } else { bytes.append(byte) }
        }
    }

    /// How a byte is written that cannot stand in a string as it is; nil for all others.
    package static func escape(of byte: UInt8) -> [UInt8]? {
        switch byte {
        case UInt8(ascii: "\""): [UInt8(ascii: "\\"), UInt8(ascii: "\"")]
        case UInt8(ascii: "\\"): [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
        case 0x08: [UInt8(ascii: "\\"), UInt8(ascii: "b")]
        case 0x0C: [UInt8(ascii: "\\"), UInt8(ascii: "f")]
        case 0x0A: [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case 0x0D: [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        case 0x09: [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        case 0..<0x20: Array("\\u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        default: nil
        }
    }

    /// `text` in quotes, for a place where a string is wanted.
    package static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(text.utf8, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let hex = Array("0123456789abcdef".utf8)
}

extension Swift.Span<UInt8> {
    /// Whether it stands in a string of JSON as it is.
    package var isPlainJSON: Bool {
        var index = 0
        while index &+ 8 <= count {
            if Self.mayBeEscaped(in: word(at: index)) { return false }
            index &+= 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
            index &+= 1
        }
        return true
    }

    /// Whether one of eight bytes is a quote, a backslash, or below a space.
    @inline(__always)
    private static func mayBeEscaped(in word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let found =
            ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
            | ((word &- ones &* 0x20) & ~word)
        return found & 0x8080_8080_8080_8080 != 0
    }
}
