import SiteModel
import TestSupport
import Testing

/// Sorting by the first sixteen bytes is sorting by all.
@Suite struct ByteOrderTests {
    private static func texts(_ seed: Int) -> [String] {
        var random = SeededNumbers(seed)
        let letters: [Character] = ["a", "b", "\0", "z", "é", "\u{301}", "😀", "."]
        return (0..<120).map { _ in
            let common = String(repeating: "a", count: [0, 7, 14, 15, 16, 17].randomElement(using: &random) ?? 0)
            let count = Int.random(in: 0...4, using: &random)
            return common + String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
        }
    }

    @Test(arguments: 0..<12) func theOrderOfAllBytes(_ seed: Int) {
        let texts = Self.texts(seed)
        let naive = texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(texts.inByteOrder.map { Array($0.utf8) } == naive.map { Array($0.utf8) })
    }

    @Test(arguments: 0..<4) func equalsKeepTheirOrder(_ seed: Int) {
        let items = (Self.texts(seed) + Self.texts(seed)).enumerated().map { (place: $0, text: $1) }
        let sorted = items.sorted { $0.text }
        for (first, second) in zip(sorted, sorted.dropFirst()) where first.text.isSame(as: second.text) {
            #expect(first.place < second.place)
        }
    }
}

extension Array {
    fileprivate func sorted(_ text: (Element) -> String) -> [Element] { sorted(byBytesOf: text) }
}
