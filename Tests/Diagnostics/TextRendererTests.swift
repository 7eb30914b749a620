import Diagnostics
import Testing

@Suite struct TextRendererTests {
    private let code = Code("R9999", "a test", explanation: "", example: "", fix: "")

    @Test func marksThePlaceUnderLettersOfAnyWidthInBytes() {
        #expect(
            rendered("é: ☕x\n", from: 4, to: 7) == """
                error[R9999]: wrong
                  --> f.yaml:1:4
                   |
                 1 | é: ☕x
                   |    ^ here

                """)
    }

    @Test func tabsStayTabsSoThatTheMarkStandsBelow() {
        #expect(rendered("\ta: b\n", from: 4, to: 5).contains("\n   | \t   ^ here\n"))
    }

    @Test func longLinesAreCutAroundThePlace() {
        let text = rendered(
            String(repeating: "x", count: 5000) + "y" + String(repeating: "z", count: 5000), from: 5000, to: 5001)
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count < 200 })
        let mark = lines[4].firstIndex(of: "^").map { lines[4].distance(from: lines[4].startIndex, to: $0) }
        let letter = lines[3].firstIndex(of: "y").map { lines[3].distance(from: lines[3].startIndex, to: $0) }
        #expect(mark != nil && mark == letter)
    }

    @Test func whatWouldMoveTheCursorIsShownEscaped() {
        let text = rendered("a: \u{1B}[31mred\u{7}\u{202E}\n", from: 0, to: 1)
        #expect(text.contains(#"a: \u{1b}[31mred\u{7}\u{202e}"#))
        #expect(!text.unicodeScalars.contains("\u{1B}"))
    }

    @Test func aPlaceBehindTheEndIsShownAtTheEnd() {
        #expect(rendered("a: b", from: 4, to: 4).contains(" 1 | a: b\n   |     ^ here\n"))
        #expect(rendered("", from: 0, to: 0).contains("--> f.yaml:1:1"))
    }

    @Test func secretSourceShowsPathAndLineOnly() {
        #expect(
            rendered("a: 1\nb: hunter2\n", from: 8, to: 15, isSecret: true)
                == "error[R9999]: wrong\n  --> f.yaml:2 here\n")
    }

    @Test func findingsAreSortedByFileAndPlaceAndSaidOnce() {
        var sources = SourceMap()
        let b = sources.add(path: "b.yaml", bytes: Array("x\ny\n".utf8), isSecret: false)
        let a = sources.add(path: "a.yaml", bytes: Array("x\n".utf8), isSecret: false)
        func at(_ source: Source, _ offset: UInt32) -> Diagnostic {
            Diagnostic(code, "wrong", at: Span(source: source.id, start: offset, end: offset + 1))
        }
        let everywhere = Diagnostic(code, "wrong", at: nil)
        let sorted = [at(b, 2), at(b, 0), at(a, 0), everywhere, at(b, 2)].sorted(in: sources)
        #expect(sorted == [everywhere, at(a, 0), at(b, 0), at(b, 2)])
    }

    @Test func jsonLineHasEveryKey() {
        var sources = SourceMap()
        let source = sources.add(path: "f.yaml", bytes: Array("a: no\n".utf8), isSecret: false)
        let span = Span(source: source.id, start: 3, end: 5)
        let fix = FixIt("quote it", [Edit(span, "\"no\"")])
        var renderer = JSONRenderer(sources: sources)
        let line = renderer.render([
            Diagnostic(code, .warning, "is \"no\" meant?", at: span, notes: ["n"], help: "h", fixes: [fix])
        ])
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"code": "R9999", "severity": "warning", "message": "is \"no\" meant?", "file": "f.yaml", "line": 1, "#
                + #""column": 4, "end_line": 1, "end_column": 6, "notes": ["n"], "help": "h", "fixes": [{"title": "quote it", "#
                + #""edits": [{"file": "f.yaml", "line": 1, "column": 4, "end_line": 1, "end_column": 6, "replacement": "\"no\""}]}]}"#
                + "\n")
    }

    private func rendered(_ text: String, from start: UInt32, to end: UInt32, isSecret: Bool = false) -> String {
        var sources = SourceMap()
        let source = sources.add(path: "f.yaml", bytes: Array(text.utf8), isSecret: isSecret)
        var renderer = TextRenderer(sources: sources, colour: false)
        return renderer.render([Diagnostic(code, "wrong", at: Span(source: source.id, start: start, end: end), "here")])
    }
}
