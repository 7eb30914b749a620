/// A MAC address (EUI-48): six bytes, written as pairs of hexadecimal digits between `:` or `-`.
package struct MACAddress: Hashable, Sendable {
    package let bytes: [UInt8]

    /// Nil if `text` is none.
    package init?(_ text: String) {
        let separator: Character = text.contains("-") ? "-" : ":"
        let pairs = text.split(separator: separator, omittingEmptySubsequences: false)
        guard pairs.count == 6 else { return nil }
        var bytes: [UInt8] = []
        for pair in pairs {
            guard pair.utf8.count == 2, pair.allSatisfy(\.isHexDigit), let byte = UInt8(pair, radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    /// Whether it is a group's, which no single machine can have.
    package var isGroup: Bool { bytes[0] & 1 == 1 }
}
