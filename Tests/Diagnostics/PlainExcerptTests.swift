import Diagnostics
import Testing

/// A line of plain ASCII is shown without a look at each sign, and as any other line.
@Suite struct PlainExcerptTests {
    /// A letter that is not ASCII, behind all that is marked, makes it such another line.
    @Test(arguments: 0..<12) func asAnyOtherLine(_ length: Int) {
        let line = String("name: web 1".prefix(length))
        for start in 0...(length + 1) {
            for end in start...(length + 3) {
                let plain = shown(line + "\nnext: 1\n", start, end)
                let other = shown(line + "é\nnext: 1\n", start, min(end, length))
                if end <= length {
                    // Blanks at the end of a line are not shown; there, the letter is the end.
                    let without = other.replacing("é", with: "").replacing(#/ +\n/#, with: "\n")
                    #expect(plain == without, "\(start)..<\(end) of \(line)")
                } else {
                    // What goes on behind the line is marked to its end.
                    #expect(plain.contains("^") && !plain.contains("é"))
                }
            }
        }
    }

    private static let code = Code("R9999", "a test", explanation: "", example: "", fix: "")

    private func shown(_ text: String, _ start: Int, _ end: Int) -> String {
        var sources = SourceMap()
        let source = sources.add(path: "envs/dev.yaml", bytes: Array(text.utf8), isSecret: false)
        let span = Span(source: source.id, start: UInt32(start), end: UInt32(end))
        var renderer = TextRenderer(sources: sources, colour: false)
        return renderer.render([Diagnostic(Self.code, .error, "wrong", at: span, "here", help: "mend it")])
    }
}
