import Diagnostics
import Testing

/// A masked text keeps its lines and columns, and nothing else: wherever in the file a letter stands.
@Suite struct MaskTests {
    private func masked(_ text: [UInt8]) -> [UInt8] {
        var sources = SourceMap()
        return sources.add(path: "test.yaml", masking: text.span).bytes
    }

    @Test(arguments: [
        ("a: b\tc\r\n \n", "xx x\tx\r\n \n"), ("é☕😀", "\u{A0}\u{800}\u{10000}"), ("<<<<<<< a\n<a", "<<<<<<< x\nxx"),
        ("\u{0}\u{7F}~", "xxx"),
    ]) func lettersBecomeOne(_ text: String, _ expected: String) {
        for count in 0..<140 {
            let blanks = [UInt8](repeating: 0x0A, count: count)
            #expect(masked(blanks + Array(text.utf8) + blanks) == blanks + Array(expected.utf8) + blanks)
        }
    }

    /// Of `<` only those stay that are the seven of a conflict: at a line's start, with a blank behind them.
    @Test(arguments: 0..<20) func conflictsStay(_ seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        for _ in 0..<60 {
            var text: [UInt8] = []
            while text.count < 90 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let pieces = ["<", "<<<<<<<", "<<<<<<< ", "\n", "\n<<<<<<<", " ", "a"]
                text += pieces[Int(state >> 33) % pieces.count].utf8
            }
            var expected = text.map { [0x0A, 0x20].contains($0) ? $0 : UInt8(ascii: "x") }
            for start in text.indices where start == 0 || text[start - 1] == 0x0A {
                guard text[start...].starts(with: "<<<<<<< ".utf8) else { continue }
                for index in start..<start + 7 { expected[index] = UInt8(ascii: "<") }
            }
            #expect(masked(text) == expected)
        }
    }

    @Test func aTextIsFoundWhereverItStands() {
        for count in 0..<200 {
            let blanks = [UInt8](repeating: 0x70, count: count)
            for (rest, isThere) in [("sops", true), ("sop", false), ("ops", false), ("spops sops", true)] {
                let source = Source(
                    id: SourceID(index: 0), path: "a", bytes: blanks + Array(rest.utf8), isSecret: true)
                for offset in 0..<3 { #expect(source.holds("sops", by: offset) == isThere) }
            }
        }
    }
}
