import Diagnostics
import Testing
import YAMLSyntax

/// Nothing of a source that may hold secrets is quoted, whatever is wrong with it (DESIGN §4, *Handling*).
@Suite struct SecretSourceTests {
    /// Each file has the word `hunter2` where its mistake is.
    static let mistakes = [
        // Syntax.
        "a: hunter2: b", "a: \"hunter2", "a: 'hunter2\nb: c", "a:\n\thunter2: b", "a: [hunter2", "hunter2\na: b",
        "a: @hunter2", "a: `hunter2`", "a: %hunter2", "a: \"\\hunter2\"", "%hunter2\n---\na: b\nc", "a: &hunter2*",
        "a: !hunter2!x b", "%TAG !hunter2 x\n---\na: b", "%YAML hunter2\n---\na: b", "a: |hunter2\n b",
        "a: !<hunter2 b",
        "a: hunter2\u{1}", "hunter2: \u{7F}", "a: {hunter2: [}", "- hunter2\na: b",
        // What the reader checks itself.
        "hunter2: a\nhunter2: b", "a: {hunter2: a, 'hunter2': b}", "a: *hunter2", "a: &hunter3 1\nb: *hunter2",
        "a: &hunter2 [*hunter2]", "a: &hunter2 1\nb: &hunter2 2", "*hunter2 : a", "a: &hunter2 {<<: *hunter2}",
        "a: !hunter2 b", "a: !!hunter2 b", "a: !<tag:hunter2> b", "a: !hunter2 [b]", "!hunter2 a: b",
        "%TAG !h! tag:hunter2,2000:\n---\na: !h!x b", "a: !!binary hunter2", "a: !!set {hunter2}",
        "a: !!int hunter2", "a: !!float hunter2", "a: !!bool hunter2", "a: !!timestamp hunter2", "!!int hunter2: a",
        "<<: hunter2", "<<: [hunter2]", "a: &a hunter2\n<<: *a", "<<: {hunter2: 1}\n<<: {a: 1}", "? [hunter2]\n: a",
        "{hunter2: 1}: a", "hunter2: {{ hunter2 }}", "hunter2", "- hunter2", "a: hunter2\n---\nhunter2: b",
        "a: {hunter2: =}", "hunter2: 0x_", "hunter2: 2001-13-45",
        "!!null hunter2: a", "hunter2: {!!null 'hunter2': a}",
    ]
    /// Here the mistake itself is the secret: a number, a date, or a word of YAML's own.
    static let telling = [
        ("a: 2001-13-45", "2001-13-45"), ("2001-12-14: a", "2001-12-14"), ("1979.25: a", "1979.25"),
        ("a: !!int 1979x", "1979x"),
        ("a: 0644", "0644"), ("a: 0644", "420"), ("a: 52:54:00:12:34:56", "52:54"),
        ("a: 52:54:00:12:34:56", "41135085296"),
        ("a: " + String(repeating: "9", count: 4301), "99999"), ("4711: a\n0x1267: b", "4711"),
        ("4711: a\n0x1267: b", "1267"),
        ("yes: 1\nyes: 2", "yes"), ("a: 0x_", "0x_"),
    ]

    @Test(arguments: mistakes) func noMistakeQuotesIt(_ text: String) {
        for strictness in [Strictness.strict, .lenient] {
            let parsed = Texts.parsed(text, strictness, isSecret: true)
            #expect(!parsed.diagnostics.isEmpty)
            for diagnostic in parsed.diagnostics { expectSilence(of: diagnostic, about: ["hunter"]) }
        }
    }

    @Test(arguments: telling) func noMistakeTellsTheValue(_ text: String, _ secret: String) throws {
        for strictness in [Strictness.strict, .lenient] {
            let parsed = Texts.parsed(text, strictness, isSecret: true)
            let found = parsed.diagnostics + (parsed.tree?.versionLints() ?? [])
            for diagnostic in found { expectSilence(of: diagnostic, about: [secret]) }
        }
    }

    @Test(arguments: mistakes) func theRenderersAreSilentToo(_ text: String) {
        var sources = SourceMap()
        let source = sources.add(path: "secrets.yaml", bytes: Array(text.utf8), isSecret: true)
        let diagnostics = parse(source, .strict).diagnostics
        var shown = TextRenderer(sources: sources, colour: false)
        var json = JSONRenderer(sources: sources)
        let output = shown.render(diagnostics) + String(decoding: json.render(diagnostics), as: UTF8.self)
        #expect(!output.contains("hunter"))
        #expect(output.contains("secrets.yaml"))
    }

    @Test(arguments: mistakes) func whatIsFoundIsTheSame(_ text: String) {
        let open = Texts.parsed(text, isSecret: false)
        let secret = Texts.parsed(text, isSecret: true)
        #expect(open.diagnostics.map(\.code) == secret.diagnostics.map(\.code))
        #expect(open.diagnostics.map(\.primary?.span) == secret.diagnostics.map(\.primary?.span))
        #expect((open.tree == nil) == (secret.tree == nil))
    }

    @Test(arguments: ["a: *hunter2", "hunter2: a\nhunter2: b", "a: !hunter2 b", "a: &hunter2 1\nb: &hunter2 2"])
    func anOrdinarySourceIsQuoted(_ text: String) {
        #expect(Texts.parsed(text).diagnostics.first?.message.contains("hunter2") == true)
    }

    private func expectSilence(of diagnostic: Diagnostic, about secrets: [String]) {
        #expect(diagnostic.fixes.isEmpty)
        let labels = [diagnostic.primary].compactMap(\.self) + diagnostic.related
        let said = [diagnostic.message, diagnostic.help ?? ""] + diagnostic.notes + labels.map(\.text)
        for secret in secrets {
            #expect(said.allSatisfy { !$0.contains(secret) }, "said of \(diagnostic.code.id): \(said)")
        }
    }
}
