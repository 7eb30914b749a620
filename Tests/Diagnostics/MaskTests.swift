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
}
