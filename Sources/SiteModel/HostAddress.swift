/// Where a machine is reached: an IPv4 or IPv6 address, or a host name.
package struct HostAddress: Hashable, Sendable {
    /// As it is compared: an IP address by its bits, a name in small letters.
    private enum Form: Hashable {
        case address(IPAddress)
        case name(String)
    }

    private let form: Form

    /// Nil if the text is neither.
    package init?(_ text: String) {
        if let address = IPAddress(text) {
            form = .address(address)
        } else if Self.isHostName(text) {
            form = .name(text.lowercased())
        } else {
            return nil
        }
    }

    package static func isOne(_ text: String) -> Bool { HostAddress(text) != nil }

    /// RFC 1123 §2.1, and underscores, which names in ssh's configuration have. What ends in a number is a mistyped address.
    private static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(text.utf8.count), labels.last?.utf8.allSatisfy(isDigit) == false else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isDigit($0) || isLetter($0) || "-_".utf8.contains($0) }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
