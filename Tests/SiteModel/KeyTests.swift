import SiteModel
import TestSupport
import Testing

/// Keys are two words; what is done with the words is what would be done with the text.
@Suite struct KeyTests {
    private static func texts(_ seed: Int) -> [String] {
        var random = SeededNumbers(seed)
        let letters: [Character] = ["a", ".", "/", "~", "\"", "-", "\u{01}", "\u{7F}", "é"]
        return (0..<40).flatMap { count in
            (0..<6).map { _ in String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" }) }
        }
    }

    @Test(arguments: 0..<6) func appendedIsItsText(_ seed: Int) {
        for text in Self.texts(seed) {
            var bytes: [UInt8] = [1]
            Key(text).append(to: &bytes)
            #expect(bytes == [1] + Array(text.utf8))
        }
    }

    @Test(arguments: 0..<6) func lettersInIt(_ seed: Int) {
        for text in Self.texts(seed) {
            for letter: UInt8 in [0x01, 0x22, 0x2D, 0x2E, 0x2F, 0x61, 0x7E, 0x7F] {
                #expect(Key(text).holds(letter) == text.utf8.contains(letter), "\(letter) in \(text)")
            }
        }
    }
}
