/// A text as the reader of blocks walks over it.
typealias Letters = Swift.Span<UInt8>

extension Letters {
    /// The letter at an index; behind the end a line ends.
    ///
    /// This, `word` and what looks at many at once read without the standard library's check: each makes its own.
    @inline(__always)
    func letter(_ index: Int) -> UInt8 {
        guard UInt(bitPattern: index) < UInt(bitPattern: count) else { return .newline }
        return unsafe self[unchecked: index]
    }

    /// The eight letters from an index on as one number, the first of them lowest; behind the end are zeros.
    @inline(__always)
    func word(_ index: Int) -> UInt64 {
        if index >= 0, index &+ 8 <= count {
            return unsafe UInt64(
                littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
        }
        var word: UInt64 = 0
        for offset in 0..<Swift.max(0, Swift.min(8, count - index)) {
            word |= UInt64(self[index + offset]) << UInt64(8 * offset)
        }
        return word
    }

    /// The first index from here on that holds no space.
    @inline(__always)
    func skippingSpaces(_ index: Int) -> Int {
        var index = index
        while letter(index) == .space { index &+= 1 }
        return index
    }

    /// The index of the line's end.
    func endOfLine(_ index: Int) -> Int {
        var index = index
        while index < count {
            let zeros = Self.zeros(in: word(index) ^ 0x0A0A_0A0A_0A0A_0A0A)
            if zeros != 0 { return index + zeros.trailingZeroBitCount / 8 }
            index += 8
        }
        return count
    }

    /// The first index from here on that holds one of three letters, or stands near the end of the text.
    @inline(__always)
    func skippingOthers(than first: UInt8, _ second: UInt8, _ third: UInt8, _ index: Int) -> Int {
        let (first, second, third) = (
            SIMD16(repeating: first), SIMD16(repeating: second), SIMD16(repeating: third)
        )
        var index = index
        while index >= 0, index &+ 16 <= count {
            let block = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: SIMD16<UInt8>.self)
            let found = (block .== first) .| (block .== second) .| (block .== third)
            let words = unsafe unsafeBitCast(found, to: SIMD2<UInt64>.self)
            if words[0] != 0 { return index &+ words[0].trailingZeroBitCount / 8 }
            if words[1] != 0 { return index &+ 8 &+ words[1].trailingZeroBitCount / 8 }
            index &+= 16
        }
        return index
    }

    /// The highest bit of each byte that is zero. (Behind a zero, a one may pass for another: only the first counts.)
    @inline(__always)
    private static func zeros(in word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    /// Whether a sign stands there as an indicator: with a blank or the line's end behind it.
    @inline(__always)
    func isIndicator(_ sign: UInt8, _ index: Int) -> Bool {
        guard letter(index) == sign else { return false }
        let next = letter(index &+ 1)
        return next == .space || next == .newline
    }

    /// A number that is the same for equal runs of letters, and hardly ever for others.
    @inline(__always)
    func fingerprint(_ start: Int, _ end: Int) -> UInt64 {
        var result = UInt64(truncatingIfNeeded: end - start)
        var index = start
        while index < end {
            var word = word(index)
            if end - index < 8 { word &= (1 << UInt64(8 * (end - index))) - 1 }
            result = (result ^ word) &* 0x9E37_79B9_7F4A_7C15
            result ^= result >> 29
            index &+= 8
        }
        return result
    }

    /// Whether there is nothing but printable characters and line feeds: no tab, no carriage return or another break of
    /// lines, no byte order mark, and all of it UTF-8.
    func isPlainText() -> Bool {
        var index = 0
        while index < count {
            if index &+ 64 <= count, isASCII(index) {
                index &+= 64
                continue
            }
            let end = Swift.min(index + 64, count)
            while index < end {
                guard let length = lengthOfCharacter(index) else { return false }
                index += length
            }
        }
        return true
    }

    /// Whether the next 64 are printable characters of ASCII, and line feeds. (Without branches, so that many are looked at
    /// at once.)
    @inline(__always)
    private func isASCII(_ index: Int) -> Bool {
        precondition(index >= 0 && index &+ 64 <= count)
        var others: UInt8 = 0
        for offset in 0..<64 {
            let letter = unsafe self[unchecked: index &+ offset]
            others |= (letter &- 0x20 > 0x5E ? 1 : 0) & (letter == .newline ? 0 : 1)
        }
        return others == 0
    }

    /// How long the character is that begins there; nil if libyaml would not print it, or break a line at it.
    private func lengthOfCharacter(_ index: Int) -> Int? {
        let first = self[index]
        if first < 0x80 { return first == .newline || (first >= 0x20 && first < 0x7F) ? 1 : nil }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first <= 0xF4, index + length <= count else { return nil }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            guard self[index + offset] & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(self[index + offset] & 0x3F)
        }
        let isShortest = length == 2 || value >= (length == 3 ? 0x800 : 0x10000)
        let isSpecial = value < 0xA0 || value == 0x2028 || value == 0x2029 || value == 0xFEFF
        let isCharacter = value <= 0xD7FF || (value >= 0xE000 && value <= 0xFFFD) || value >= 0x10000
        return isShortest && isCharacter && !isSpecial && value <= 0x10FFFF ? length : nil
    }
}

extension UInt8 {
    static let newline = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let hash = UInt8(ascii: "#")
    static let dash = UInt8(ascii: "-")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")
}
