import Diagnostics
import TestSupport
import Testing

/// What is found eight letters at a time is what is found one by one.
@Suite struct LetterSearchTests {
    /// Texts of every length around a few words of eight, of letters that differ in single bits from those that are looked for.
    private static func texts(_ seed: Int) -> [[UInt8]] {
        var random = SeededNumbers(seed)
        let letters: [UInt8] = [0x00, 0x01, 0x0A, 0x0B, 0x40, 0x41, 0x80, 0x8A, 0xC0, 0xFF]
        return (0..<140).map { count in (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 } }
    }

    @Test(arguments: 0..<8) func placesOfALetter(_ seed: Int) {
        for text in Self.texts(seed) {
            for letter: UInt8 in [0x00, 0x0A, 0x40, 0x80, 0xFF] {
                var places: [Int] = []
                text.span.forEachPlace(of: letter) { places.append($0) }
                #expect(places == text.indices.filter { text[$0] == letter })
                for start in [0, 1, 7, 8, text.count / 2, text.count, text.count + 3] {
                    #expect(text.span.firstPlace(of: letter, from: start) == places.first { $0 >= start })
                }
            }
        }
    }

    @Test func wordsInALine() {
        let line = Array("pillar/secrets/hosts".utf8)
        #expect(line.span.holds("secrets") && line.span.holds("pillar") && line.span.holds("hosts"))
        #expect(
            !line.span.holds("secrets.") && !line.span.holds("hostss") && !Array("secret".utf8).span.holds("secrets"))
    }

    @Test(arguments: 0..<4) func textsAroundBlocks(_ seed: Int) {
        var random = SeededNumbers(seed)
        for count in 0..<220 {
            var text = (0..<count).map { _ in UInt8(ascii: Bool.random(using: &random) ? "r" : "v") }
            let word = Array("resolve:".utf8)
            let isThere = count >= word.count && Bool.random(using: &random)
            if isThere {
                let place = Int.random(in: 0...(count - word.count), using: &random)
                text.replaceSubrange(place..<(place + word.count), with: word)
            }
            let source = Source(id: SourceID(index: 0), path: "a", bytes: text, isSecret: false)
            #expect(source.holds("resolve:", by: 4) == isThere)
            #expect(source.contains(UInt8(ascii: ":")) == isThere)
        }
    }
}
