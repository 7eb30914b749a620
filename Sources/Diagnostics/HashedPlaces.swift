/// Where elements of a list stand, by a hash of each: what a dictionary would tell, in sixteen to thirty-two bytes for each.
///
/// The hashes are the same in every run, so they may choose a place here and nothing that is seen.
@usableFromInline package struct HashedPlaces: Sendable {
    /// Places plus one, and above them half of the hash, so that an element is seldom looked at in vain; zero where there is none.
    /// A power of two, at most half of it in use (linear probing).
    @usableFromInline var slots: [UInt64]
    private var count: Int
    @inlinable static var upper: UInt64 { 0xFFFF_FFFF_0000_0000 }

    /// For that many elements.
    package init(_ count: Int, hash: (Int) -> UInt64) {
        self.init(capacity: count)
        self.count = count
        for place in 0..<count { put(place, hash(place)) }
    }

    /// For at most so many elements, which may stand anywhere; `put` adds them.
    package init(capacity: Int) {
        var size = 64
        while size < capacity * 2 { size *= 2 }
        slots = [UInt64](repeating: 0, count: size)
        count = 0
    }

    /// Adds the next element.
    package mutating func append(hash: (Int) -> UInt64) {
        count += 1
        if count * 2 > slots.count { self = HashedPlaces(count, hash: hash) } else { put(count - 1, hash(count - 1)) }
    }

    /// Says where an element stands.
    package mutating func put(_ place: Int, _ hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = hash & Self.upper | UInt64(place + 1)
    }

    /// Says where an element stands, unless one stands already whose hash is the same, or almost: what that means the caller has
    /// to find out.
    ///
    /// - Returns: whether it was put there.
    package mutating func putNew(_ place: Int, _ hash: UInt64) -> Bool {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            guard (slots[slot] ^ hash) & Self.upper != 0 else { return false }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = hash & Self.upper | UInt64(place + 1)
        return true
    }

    /// The first place with that hash at which the element is the right one.
    @inlinable
    package func place(_ hash: UInt64, where isRight: (Int) -> Bool) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            if (slots[slot] ^ hash) & Self.upper == 0 {
                let place = Int(slots[slot] & ~Self.upper) - 1
                if isRight(place) { return place }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Mixes two words into a hash.
    @inlinable
    package static func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let product = (first ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: second ^ 0xD1B5_4A32_D192_ED03)
        return product.high ^ product.low
    }

    /// The hash of a text.
    package static func hash(_ text: Swift.Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
        var sum = seed
        for index in text.indices { sum = (sum ^ UInt64(text[index])) &* 0x0100_0000_01B3 }
        return hash(sum, UInt64(text.count))
    }

    /// The hash of a text that may be long: eight bytes at a time.
    package static func hash(long text: Swift.Span<UInt8>, seed: UInt64) -> UInt64 {
        // In two, since a processor need not wait for the one to go on with the other.
        var (first, second) = (seed, ~seed)
        var index = 0
        while index &+ 16 <= text.count {
            first = hash(first, text.word(at: index))
            second = hash(second, text.word(at: index &+ 8))
            index &+= 16
        }
        while index < text.count {
            first = hash(first, UInt64(text[index]))
            index &+= 1
        }
        return hash(first ^ UInt64(text.count), second)
    }

    /// The same of a text that stands in no one piece.
    @inlinable
    package static func hash(_ text: some Collection<UInt8>) -> UInt64 {
        var sum: UInt64 = 0
        for byte in text { sum = (sum ^ UInt64(byte)) &* 0x0100_0000_01B3 }
        return hash(sum, UInt64(text.count))
    }
}
