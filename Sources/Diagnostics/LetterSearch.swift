// Eight letters at a time, as the reader of blocks does it (`Letters`): nothing is inlined from one module into another that does
// not ask for it, so each has its own.

extension Swift.Span<UInt8> {
    /// The first place of a letter from an index on; nil if there is none.
    package func firstPlace(of letter: UInt8, from start: Int = 0) -> Int? {
        let letters = 0x0101_0101_0101_0101 &* UInt64(letter)
        var index = Swift.max(start, 0)
        while index &+ 8 <= count {
            let zeros = Self.zeros(in: word(at: index) ^ letters)
            if zeros != 0 { return index &+ zeros.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < count {
            if self[index] == letter { return index }
            index &+= 1
        }
        return nil
    }

    /// Calls a body with each place of a letter.
    package func forEachPlace(of letter: UInt8, _ body: (Int) -> Void) {
        let letters = 0x0101_0101_0101_0101 &* UInt64(letter)
        var index = 0
        while index &+ 8 <= count {
            var zeros = Self.allZeros(in: word(at: index) ^ letters)
            while zeros != 0 {
                body(index &+ zeros.trailingZeroBitCount / 8)
                zeros &= zeros &- 1
            }
            index &+= 8
        }
        while index < count {
            if self[index] == letter { body(index) }
            index &+= 1
        }
    }

    /// Whether a word stands in it; no more than a line should be looked through so.
    package func holds(_ word: String) -> Bool {
        let word = word.utf8.span
        var start = 0
        while start + word.count <= count {
            var index = 0
            while index < word.count, self[start + index] == word[index] { index += 1 }
            if index == word.count { return true }
            start += 1
        }
        return false
    }

    /// Whether two letters stand side by side, the first of them among the 64 from an index on. There has to be one more.
    @inline(__always)
    func holds(_ first: UInt8, _ second: UInt8, inBlockAt index: Int) -> Bool {
        precondition(index >= 0 && index &+ 65 <= count)
        var found: UInt8 = 0
        for offset in 0..<64 {
            let (left, right) = unsafe (self[unchecked: index &+ offset], self[unchecked: index &+ offset &+ 1])
            found |= (left == first ? 1 : 0) & (right == second ? 1 : 0)
        }
        return found != 0
    }

    /// Whether another has the same letters.
    @inlinable
    package func isSame(as other: Swift.Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var index = 0
        while index &+ 8 <= count {
            if word(at: index) != other.word(at: index) { return false }
            index &+= 8
        }
        for index in index..<count where self[index] != other[index] { return false }
        return true
    }

    /// Eight letters as one number, the first of them lowest.
    @inlinable @inline(__always)
    package func word(at index: Int) -> UInt64 {
        guard index >= 0, index &+ 8 <= count else { return 0 }
        return unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
    }

    /// The highest bit of each byte that is zero, and of no other.
    @inline(__always)
    private static func allZeros(in word: UInt64) -> UInt64 {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        return ~(((word & low) &+ low) | word | low)
    }

    /// The highest bit of each byte that is zero. (Behind a zero, a one may pass for another: only the first counts.)
    @inline(__always)
    private static func zeros(in word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}
