import Diagnostics
import Testing

@Suite struct GitHubRendererTests {
    private let code = Code("R9999", "a test", explanation: "", example: "", fix: "")

    @Test func aCommandNamesThePlaceAndSaysAllOnOneLine() {
        let (sources, source) = sources("é: ☕x\n")
        let found = Diagnostic(
            code, .warning, "wrong", at: span(source, 4, 8), "here", related: [Label(span(source, 0, 2), "there")],
            notes: ["n"], help: "h")
        #expect(
            render([found], sources, prefix: "a,b/c:1/")
                == "::warning file=a%2Cb/c%3A1/f.yaml,line=1,col=4,endLine=1,endColumn=6,title=R9999::"
                + "wrong%0Ahere%0Aa,b/c:1/f.yaml:1: there%0Anote: n%0Ahelp: h\n")
    }

    @Test func severitiesAreGitHubsWords() {
        let (sources, source) = sources("a\n")
        let found = [Severity.error, .warning, .note].map { Diagnostic(code, $0, "x", at: span(source, 0, 1)) }
        let words = render(found, sources).split(separator: "\n").map { $0.dropFirst(2).prefix { $0 != " " } }
        #expect(words == ["error", "warning", "notice"])
    }

    /// A name of the site with a line break in it must not begin a command, nor end the properties of one.
    @Test func whatTheSiteSaysStaysData() {
        var sources = SourceMap()
        let source = sources.add(
            path: "a\n::set-output name=x::y,line=9%.yaml", bytes: Array("a\n".utf8), isSecret: false)
        let text = render(
            [
                Diagnostic(
                    code, "no \"x\n::set-output name=y::z\r\n::stop-commands::t%0A\u{85}\u{2028}\u{1B}[31m\"",
                    at: span(source, 0, 1), "l\n::error::x", help: "h\r::error::y")
            ], sources)
        #expect(text.split(separator: "\n").count == 1)
        #expect(!text.contains("\r") && !text.unicodeScalars.contains("\u{1B}") && !text.contains("\u{2028}"))
        #expect(
            text.hasPrefix("::error file=a%0A%3A%3Aset-output name=x%3A%3Ay%2Cline=9%25.yaml,line=1,col=1,endLine=1,"))
        #expect(text.contains("%0A::set-output name=y::z\\u{d}%0A::stop-commands::t%250A\\u{85}"))
    }

    @Test func columnsStandOnlyWithinOneLine() {
        let (sources, source) = sources("a: [\n1]\n")
        #expect(
            render([Diagnostic(code, "x", at: span(source, 3, 7))], sources)
                == "::error file=f.yaml,line=1,endLine=2,title=R9999::x\n")
    }

    @Test func aSecretIsToldByItsLineOnly() {
        var map = SourceMap()
        let secret = map.add(path: "f.yaml", bytes: Array("a: 1\nb: hunter2\n".utf8), isSecret: true)
        let plain = map.add(path: "g.yaml", bytes: Array("a: 1\nb: xxxxxxx\nc: d\n".utf8), isSecret: false)
        map.keep(plain.masking([span(plain, 8, 15)]))
        var hidden = Diagnostic(code, "c", at: span(plain, 16, 17))
        hidden.hidesText = true
        let found = [
            Diagnostic(code, "a", at: span(secret, 8, 15)), Diagnostic(code, "b", at: span(plain, 0, 15)), hidden,
        ]
        #expect(
            render(found, map) == """
                ::error file=f.yaml,line=2,title=R9999::a
                ::error file=g.yaml,line=1,title=R9999::b
                ::error file=g.yaml,line=3,title=R9999::c

                """)
    }

    @Test func whatHasNoPlaceStandsInTheSitesFile() {
        #expect(
            render([Diagnostic(code, "x", at: nil)], SourceMap(), prefix: "s/")
                == "::error file=s/site.yaml,line=1,title=R9999::x\n")
        var renderer = GitHubRenderer(sources: SourceMap(), prefix: "s/")
        #expect(
            String(decoding: renderer.render([], failures: ["cannot read a\n::b"]), as: UTF8.self)
                == "::error title=resolve::cannot read a%0A::b\n")
    }

    private func span(_ source: Source, _ start: UInt32, _ end: UInt32) -> Span {
        Span(source: source.id, start: start, end: end)
    }

    private func sources(_ text: String) -> (SourceMap, Source) {
        var sources = SourceMap()
        let source = sources.add(path: "f.yaml", bytes: Array(text.utf8), isSecret: false)
        return (sources, source)
    }

    private func render(_ found: [Diagnostic], _ sources: SourceMap, prefix: String = "") -> String {
        var renderer = GitHubRenderer(sources: sources, prefix: prefix)
        return String(decoding: renderer.render(found), as: UTF8.self)
    }
}
