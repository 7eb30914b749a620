extension ScalarType {
    /// The type of a plain scalar, `resolve`'s answer, where it is quickly seen, always has a value, and is the same to YAML 1.2;
    /// else nil. An integer of these, read and written again, is the same text.
    static func ofCommon(_ text: Letters, _ start: Int, _ end: Int) -> ScalarType? {
        guard start < end else { return .null }
        let first = text.letter(start)
        if first < 0x40 {
            guard signs & (1 << UInt64(first)) != 0 else { return .string }
            if first.isDigit { return ofNumber(text, start, start, end) }
            let second = end - start > 1 ? text.letter(start + 1) : .newline
            switch first {
            case .dash: return second.isDigit ? ofNumber(text, start, start + 1, end) : second == dot ? nil : .string
            case UInt8(ascii: "+"): return second.isDigit || second == dot ? nil : .string
            case dot: return second.isDigit || second | 0x20 == 0x69 || second | 0x20 == 0x6E ? nil : .string
            case UInt8(ascii: "<"): return second == first && end - start == 2 ? nil : .string
            default: return end - start == 1 ? nil : .string
            }
        }
        guard first < 0x80, letters & (1 << UInt64(first - 0x40)) != 0 else { return .string }
        return end - start > 5 ? .string : ofWord(text, start, end)
    }

    private static let dot = UInt8(ascii: ".")

    /// What something else than text may begin with: `! & * + - .`, digits, `< =`.
    private static let signs: UInt64 =
        1 << 0x21 | 1 << 0x26 | 0b11 << 0x2A | 0b11 << 0x2D | 0x3FF << 0x30 | 0b11 << 0x3C
    /// `F N O T Y`, small ones, too, and `~`.
    private static let letters: UInt64 =
        (1 << 0x06 | 1 << 0x0E | 1 << 0x0F | 1 << 0x14 | 1 << 0x19) * 0x1_0000_0001 | 1 << 0x3E

    private static func ofWord(_ text: Letters, _ start: Int, _ end: Int) -> ScalarType? {
        let count = end - start
        let word = text.word(start) & ((1 << UInt64(8 * count)) - 1)
        switch word {
        case 0x7E: return .null
        case 0x6C6C_756E, 0x6C6C_754E, 0x4C4C_554E: return .null
        case 0x6575_7274, 0x6575_7254, 0x4555_5254: return .bool
        case 0x65_736C_6166, 0x65_736C_6146, 0x45_534C_4146: return .bool
        default: break
        }
        // What is left of the words, `yes`, `no`, `on` and `off`, differs; so longer and shorter ones are text.
        return count == 2 || count == 3 ? nil : .string
    }

    /// - Parameter digits: where the first digit is.
    private static func ofNumber(_ text: Letters, _ start: Int, _ digits: Int, _ end: Int) -> ScalarType? {
        var index = digits + 1
        while index < end, text.letter(index).isDigit { index += 1 }
        if index == end {
            let isCanonical = text.letter(digits) != UInt8(ascii: "0") || end - start == 1
            return isCanonical && end - digits <= 18 ? .integer : nil
        }
        // `0o17`, `0x1F`, `0b11`: no other number has these letters, or hexadecimal ones.
        let sign = text.letter(digits) == UInt8(ascii: "0") && index == digits + 1 ? text.letter(index) : .space
        if sign == UInt8(ascii: "o") || sign == UInt8(ascii: "x") || sign == UInt8(ascii: "b") { return nil }
        let point = index
        var dots = 0
        var isDecimal = true
        while index < end {
            let letter = text.letter(index)
            if letter == dot {
                dots += 1
                // No number, no time has two.
                if dots == 2 { return .string }
            } else if !letter.isDigit {
                guard isOfNumber(letter) else { return .string }
                isDecimal = false
            }
            index += 1
        }
        return isDecimal && point < end - 1 && end - start < 18 ? .float : nil
    }

    /// Whether a number or a time may have the letter behind its first digit.
    private static func isOfNumber(_ letter: UInt8) -> Bool {
        switch letter {
        case .colon, .dash, UInt8(ascii: "+"), UInt8(ascii: "_"), UInt8(ascii: "e"), UInt8(ascii: "E"),
            UInt8(ascii: "t"),
            UInt8(ascii: "T"), UInt8(ascii: "Z"), .space, 0x09:
            return true
        default: return false
        }
    }
}
