/// Strings in double quotes that YAML 1.1 and 1.2 read alike: JSON's, and what YAML does not take as it is or takes for
/// the end of a line is escaped, too.
package enum YAMLText {
    /// Appends `text` in quotes.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        let letters = Array(text.utf8)
        bytes.append(UInt8(ascii: "\""))
        var index = 0
        while index < letters.count {
            let escape = escape(letters.span, at: index)
            if let escape { bytes += escape.text } else { bytes.append(letters[index]) }
            index += escape?.length ?? 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether PyYAML would take a text for something else than text, were it not in quotes. Behind a tag of its own
    /// ansible-core 2.19 forgets the quotes: `!unsafe "0644"` is 420 there.
    ///
    /// Says yes of some texts, too, that are none, but never of one with a brace in it.
    package static func looksLikeNoText(_ letters: borrowing Swift.Span<UInt8>) -> Bool {
        // A pattern that ends with the text also ends before its last line break.
        let hasBreak = letters.count > 0 && letters[letters.count - 1] == UInt8(ascii: "\n")
        let count = hasBreak ? letters.count - 1 : letters.count
        guard count > 0 else { return true }
        if "+-.0123456789".utf8.contains(letters[0]) {
            return (0..<count).allSatisfy { index in
                (0x61...0x7A).contains(letters[index] | 0x20) || (0x30...0x39).contains(letters[index])
                    || "+-.:_ \t".utf8.contains(letters[index])
            }
        }
        return words.contains { word in
            word.count == count && word.indices.allSatisfy { word[$0] == letters[$0] | 0x20 }
        }
    }

    /// In small letters; those that have none are as they are with that bit set.
    private static let words: [[UInt8]] = [
        "y", "n", "yes", "no", "true", "false", "on", "off", "null", "~", "=", "<<", "!", "&", "*",
    ].map { $0.utf8.map { $0 | 0x20 } }

    /// How the letter that begins at a place is written, and how many bytes of UTF-8 it has; nil if its first byte stands as
    /// it is.
    package static func escape(
        _ letters: borrowing Swift.Span<UInt8>, at index: Int
    ) -> (text: [UInt8], length: Int)? {
        func byte(_ offset: Int) -> UInt8 { index + offset < letters.count ? letters[index + offset] : 0 }
        if let escape = JSONText.escape(of: byte(0)) { return (escape, 1) }
        switch (byte(0), byte(1), byte(2)) {
        case (0x7F, _, _): return (code(0x7F), 1)
        // The C1 controls, the next line (U+0085) among them.
        case (0xC2, 0x80...0x9F, _): return (code(UInt16(byte(1))), 2)
        // The line and the paragraph separator, which end a line in YAML 1.1.
        case (0xE2, 0x80, 0xA8...0xA9): return (code(0x2000 + UInt16(byte(2) - 0x80)), 3)
        case (0xEF, 0xBB, 0xBF): return (code(0xFEFF), 3)
        case (0xEF, 0xBF, 0xBE...0xBF): return (code(0xFFC0 + UInt16(byte(2) - 0x80)), 3)
        default: return nil
        }
    }

    private static func code(_ scalar: UInt16) -> [UInt8] {
        let digits = String(scalar, radix: 16)
        return Array("\\u".utf8) + Array(String(repeating: "0", count: 4 - digits.utf8.count).utf8) + Array(digits.utf8)
    }

    /// A number as JSON has it, so that YAML 1.1 does not take it for text: it wants a point before an exponent.
    package static func float(_ text: String) -> String {
        guard let exponent = text.firstIndex(of: "e"), !text[..<exponent].contains(".") else { return text }
        return text[..<exponent] + ".0" + text[exponent...]
    }
}
