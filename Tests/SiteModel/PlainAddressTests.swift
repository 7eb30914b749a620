import Glibc
import SiteModel
import TestSupport
import Testing

/// Addresses that are written plainly are read without the C library, to the same end.
@Suite struct PlainAddressTests {
    private static func isAddress(_ text: String) -> Bool {
        var v4 = in_addr()
        var v6 = in6_addr()
        return inet_pton(AF_INET, text, &v4) == 1 || inet_pton(AF_INET6, text, &v6) == 1
    }

    @Test(arguments: 0..<8) func sameAsTheCLibrary(_ seed: Int) {
        var random = SeededNumbers(seed)
        let pieces = [
            "0", "1", "9", "00", "01", "10", "25", "99", "100", "199", "249", "255", "256", "1000", ".", ".", ".", ":",
            "a", "",
        ]
        for _ in 0..<4000 {
            var text = (0..<4).map { _ in pieces.randomElement(using: &random) ?? "" }.joined(separator: ".")
            if Int.random(in: 0..<3, using: &random) == 0 {
                text +=
                    ["/", "/8", "/24", "/32", "/33", "/024", "/-1", " ", "\0", "x"].randomElement(using: &random) ?? ""
            }
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            #expect((IPAddress(text) != nil) == (Self.isAddress(text) && !text.utf8.contains(0)), "\(text)")
            let prefix =
                parts.count == 2 && (1...3).contains(parts[1].utf8.count)
                    && parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(parts[1]) : nil
            let isSound = Self.isAddress(String(parts[0])) && (prefix ?? 999) <= 32
            #expect((AddressWithPrefix(text) != nil) == isSound, "\(text)")
        }
    }

    @Test func equalAndContained() throws {
        let address = try #require(AddressWithPrefix("10.0.7.11/12"))
        #expect(address.prefix == 12 && address.address == IPAddress("10.0.7.11"))
        let last = try #require(IPAddress("10.15.255.255"))
        let next = try #require(IPAddress("10.16.0.0"))
        #expect(address.contains(last) && !address.contains(next))
        #expect(IPAddress("::a00:70b") != address.address)
    }

    @Test func numbersAsKeys() {
        for number in [0, 9, 10, 99, 100, 12_345_678, 99_999_999, 100_000_000, -1, -10, .max, .min] {
            #expect(Key(number) == Key(String(number)) && Key(number).text == String(number))
        }
    }
}
