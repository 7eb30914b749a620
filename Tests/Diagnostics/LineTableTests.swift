import Diagnostics
import Testing

@Suite struct LineTableTests {
    @Test(arguments: ["a\nb\nc", "a\r\nb\r\nc", "a\rb\rc"]) func everyKindOfLineBreakCounts(_ text: String) {
        let lines = table(text)
        #expect(["a", "b", "c"] == (1...3).map { String(decoding: lines.bytes(ofLine: $0), as: UTF8.self) })
        #expect(lines.bytes(ofLine: 4).isEmpty)
        #expect(lines.position(of: UInt32(text.utf8.count - 1)).line == 3)
    }

    @Test func columnsCountUnicodeScalarsAndNoByteOrderMark() {
        let lines = table("\u{FEFF}é☕x")
        #expect(lines.position(of: 3).column == 1)
        #expect((0...2).allSatisfy { lines.position(of: $0).column == 1 })
        #expect(lines.position(of: 8).column == 3)
    }

    private func table(_ text: String) -> LineTable {
        var sources = SourceMap()
        return LineTable(sources.add(path: "f", bytes: Array(text.utf8), isSecret: false))
    }
}
