private import Glibc

/// An IPv4 or IPv6 address, as the C library's `inet_pton` reads it: no leading zeros, no octet over 255.
package struct IPAddress: Hashable, Sendable {
    /// 4 or 16 bytes, in network order.
    package let bytes: [UInt8]

    /// Nil if `text` is no address.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        guard !text.utf8.contains(0) else { return nil }
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if unsafe inet_pton(family, text, &bytes) == 1 {
                self.bytes = bytes
                return
            }
        }
        return nil
    }

    package var isIPv4: Bool { bytes.count == 4 }
}

/// An address and the length of its network's prefix: 10.0.0.5/24.
package struct AddressWithPrefix: Hashable, Sendable {
    package let address: IPAddress
    package let prefix: Int

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]), (1...3).contains(parts[1].utf8.count),
            parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let prefix = Int(parts[1]),
            prefix <= address.bytes.count * 8
        else { return nil }
        self.address = address
        self.prefix = prefix
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
    /// The network's own address: all bits behind the prefix 0.
    package var network: [UInt8] { masked(address.bytes, setting: false) }

    /// The last address: all bits behind the prefix 1. In IPv4 it reaches every machine of the network.
    package var last: [UInt8] { masked(address.bytes, setting: true) }

    /// Whether the network has more than two addresses, so that its first and last are no machine's.
    package var hasBorders: Bool { prefix < address.bytes.count * 8 - 1 }

    /// Whether an address lies in the network.
    package func contains(_ other: IPAddress) -> Bool {
        other.bytes.count == address.bytes.count && masked(other.bytes, setting: false) == network
    }

    private func masked(_ bytes: [UInt8], setting: Bool) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(max(prefix - index * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> kept)
            return setting ? byte | ~mask : byte & mask
        }
    }
}
