internal import Diagnostics
private import Glibc

/// An IPv4 or IPv6 address, as the C library's `inet_pton` reads it: no leading zeros, no octet over 255.
package struct IPAddress: Hashable, Sendable {
    /// The bits in network order; of IPv4 the lowest 32.
    fileprivate var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }
    // In two, for a number of 128 bits wants memory of its own kind.
    private let high: UInt64
    private let low: UInt64
    package let isIPv4: Bool

    private init(_ bits: UInt128, isIPv4: Bool) {
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
        self.isIPv4 = isIPv4
    }

    /// Nil if `text` is no address.
    package init?(_ text: String) {
        if let plain = IPAddress(plain: text.utf8.span) { self = plain } else { self.init(any: text) }
    }

    /// Nil if `text` is no address.
    package init?(_ text: Substring) { self.init(String(text)) }

    private init?(any text: String) {
        // What begins otherwise is a name, which is no matter for the C library.
        guard let first = text.utf8.first, first == UInt8(ascii: ":") || first.isHexadecimal, !text.utf8.contains(0)
        else { return nil }
        var v4 = in_addr()
        if unsafe text.withCString({ unsafe inet_pton(AF_INET, $0, &v4) }) == 1 {
            self.init(UInt128(UInt32(bigEndian: v4.s_addr)), isIPv4: true)
            return
        }
        guard text.utf8.contains(UInt8(ascii: ":")) else { return nil }
        var v6 = in6_addr()
        guard unsafe text.withCString({ unsafe inet_pton(AF_INET6, $0, &v6) }) == 1 else { return nil }
        let bits: UInt128 = unsafe withUnsafeBytes(of: &v6) { unsafe $0.reduce(0) { $0 << 8 | UInt128($1) } }
        self.init(bits, isIPv4: false)
    }

    /// Four numbers from 0 to 255, as they are written without leading zeros; nil for any other text, which may still be an address.
    fileprivate init?(plain text: Swift.Span<UInt8>) {
        guard let (address, end) = Self.plain(text), end == text.count else { return nil }
        self = address
    }

    /// The same with a prefix, and where that begins.
    fileprivate static func plain(_ text: Swift.Span<UInt8>) -> (address: IPAddress, end: Int)? {
        var (bits, number, digits, dots): (UInt64, UInt64, Int, Int) = (0, 0, 0, 0)
        var index = 0
        while index < text.count {
            let letter = text[index]
            if letter &- 0x30 < 10, digits == 0 || number > 0 {
                number = number &* 10 &+ UInt64(letter &- 0x30)
                digits += 1
                if number > 255 { return nil }
            } else if letter == UInt8(ascii: "."), digits > 0, dots < 3 {
                bits = bits << 8 | number
                (number, digits, dots) = (0, 0, dots + 1)
            } else if letter == UInt8(ascii: "/") {
                break
            } else {
                return nil
            }
            index += 1
        }
        guard dots == 3, digits > 0 else { return nil }
        return (IPAddress(UInt128(bits << 8 | number), isIPv4: true), index)
    }

    /// What `Set` and `Dictionary` ask, as of a key.
    package func _rawHashValue(seed: Int) -> Int {
        let mixed = high ^ UInt64(truncatingIfNeeded: seed) ^ (isIPv4 ? 1 << 63 : 0)
        return Int(truncatingIfNeeded: HashedPlaces.hash(mixed, low))
    }

    /// 32 or 128.
    package var width: Int { isIPv4 ? 32 : 128 }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool {
        (0x30...0x39).contains(self) || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
    }
}

/// An address and the length of its network's prefix: 10.0.0.5/24.
package struct AddressWithPrefix: Hashable, Sendable {
    package let address: IPAddress
    package var prefix: Int { Int(length) }
    private let length: UInt8

    package init?(_ text: String) {
        let letters = text.utf8.span
        let plain = IPAddress.plain(letters)
        guard let slash = plain?.end ?? letters.firstPlace(of: UInt8(ascii: "/")),
            (1...3).contains(letters.count - slash - 1)
        else { return nil }
        var prefix = 0
        for index in (slash + 1)..<letters.count {
            guard (0x30...0x39).contains(letters[index]) else { return nil }
            prefix = prefix * 10 + Int(letters[index] - 0x30)
        }
        guard let address = plain?.address ?? IPAddress(String(decoding: text.utf8.prefix(slash), as: UTF8.self)),
            prefix <= address.width
        else { return nil }
        self.address = address
        length = UInt8(prefix)
    }

    /// Whether the Python resolver takes the text for an address: four numbers of one to three digits, a slash, and at
    /// most 32.
    package static func passesPythonResolver(_ text: String) -> Bool {
        func isNumber(_ text: Substring, _ digits: ClosedRange<Int>) -> Bool {
            digits.contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, isNumber(parts[1], 1...2), let prefix = Int(parts[1]), prefix <= 32 else {
            return false
        }
        let octets = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets.allSatisfy { isNumber($0, 1...3) }
    }
}

extension AddressWithPrefix {
    /// Whether it is the network's own address: all bits behind the prefix are 0.
    package var isFirst: Bool { address.bits & hostBits == 0 }

    /// Whether it is the network's last address: all bits behind the prefix are 1. In IPv4 it reaches every machine of it.
    package var isLast: Bool { address.bits & hostBits == hostBits }

    /// Whether the network has more than two addresses, so that its first and last are no machine's.
    package var hasBorders: Bool { prefix < address.width - 1 }

    /// Whether an address lies in the network.
    package func contains(_ other: IPAddress) -> Bool {
        other.isIPv4 == address.isIPv4 && (other.bits ^ address.bits) & ~hostBits == 0
    }

    /// The bits behind the prefix.
    private var hostBits: UInt128 { UInt128(1) << UInt128(address.width - prefix) &- 1 }
}
