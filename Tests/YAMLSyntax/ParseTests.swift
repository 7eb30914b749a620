import Diagnostics
import Testing
import YAMLSyntax

/// What a file may be as a whole, and what each mistake is called.
@Suite struct ParseTests {
    @Test(arguments: [
        "", "\n\n", " ", "# only a remark\n", "---\n", "---\n...\n", "--- # remark\n", "\u{FEFF}", "\u{FEFF}# é\n",
        "{}",
        "--- {}\n", "%YAML 1.1\n---\n", "\r\n\r\n", "!!map {}", "&a {}", "!!null\n",
    ]) func anEmptyFileIsAnEmptyMap(_ text: String) throws {
        let tree = try Texts.tree(text)
        #expect(tree.kind(tree.root) == .map)
        #expect(tree.entries(tree.root).isEmpty)
        #expect(tree.count(tree.root) == 0)
        #expect(Int(tree.span(tree.root).end) <= text.utf8.count)
    }

    @Test(arguments: [
        ("- a", "a list"), ("[]", "a list"), ("[a: b]", "a list"), ("text", "a single value"), ("~", "a single value"),
        ("null", "a single value"), ("12", "a single value"), ("'quoted'", "a single value"), ("''", "a single value"),
        ("|\n  text\n", "a single value"), ("--- text\n", "a single value"), ("a:b", "a single value"),
    ]) func anythingElseThanAMapIsRefused(_ text: String, _ kind: String) {
        let diagnostics = Texts.parsed(text).diagnostics
        #expect(diagnostics.map(\.code.id) == ["R0105"])
        #expect(diagnostics.first?.primary?.text == kind)
    }

    @Test(arguments: ["a: 1\n---\nb: 2", "a: 1\n---\n", "---\na: 1\n--- b\n", "a: 1\n...\n---\n- b", "--- a\n--- b\n"])
    func severalDocumentsAreRefused(_ text: String) throws {
        let parsed = Texts.parsed(text)
        #expect(parsed.tree == nil)
        let found = try #require(parsed.diagnostics.first { $0.code.id == "R0104" })
        #expect(found.primary.map { Texts.written(text, $0.span) } == "---")
    }

    @Test func oneDocumentMayBeMarked() throws {
        for text in ["---\na: 1\n", "a: 1\n...\n", "---\na: 1\n...\n# end\n", "%YAML 1.1\n--- # x\na: 1\n"] {
            let tree = try Texts.tree(text)
            #expect(tree.pairs(tree.root) == ["a=1"])
        }
    }

    @Test func theVersionIsKnown() throws {
        #expect(try Texts.tree("%YAML 1.1\n---\na: 1\n").declaresYAML11)
        #expect(try !Texts.tree("%YAML 1.2\n---\na: 1\n").declaresYAML11)
        #expect(try !Texts.tree("a: 1\n").declaresYAML11)
    }

    @Test(arguments: [
        ("a: b: c", "R0101"), ("a: \"b", "R0101"), ("a: 'b", "R0101"), ("a:\n\tb: c", "R0101"), ("a: [b", "R0101"),
        ("a: {b: c", "R0101"), ("a: b\n c: d", "R0101"), ("a: @b", "R0101"), ("a: `b`", "R0101"), ("a: %b", "R0101"),
        ("a: \"\\q\"", "R0101"), ("a: \"\\ud83d\"", "R0101"), ("a:\n - b\nc", "R0101"), ("a: &", "R0101"),
        ("a: *", "R0101"), ("a: ]", "R0101"), ("%YAML 3.0\n---\na: b", "R0101"), ("a: !<x", "R0101"),
        ("a: !x! b", "R0101"),
        ("a: &b *b", "R0101"), ("a: |9x\n b", "R0101"), ("a: 1\n...\nb", "R0101"),
        ("a: \u{1}", "R0102"), ("a: \u{7F}", "R0102"), ("\0", "R0102"),
        ("a: !x b", "R0106"), ("!x a: b", "R0106"), ("!x {a: b}", "R0106"), ("a: !x [b]", "R0106"), ("a: !x", "R0106"),
        ("a: *b", "R0107"), ("*b : a", "R0107"), ("a: &a [*a]", "R0107"), ("a: &a {b: *a}", "R0107"),
        ("a: &x 1\nb: &x 2", "R0107"), ("a: &a {<<: *a}", "R0107"), ("&a {b: {c: [*a]}}", "R0107"),
        ("<<: 1", "R0108"), ("<<:", "R0108"), ("<<: [1]", "R0108"), ("<<: [{}, [{}]]", "R0108"), ("<<: <<", "R0108"),
        ("a: &a 1\nb: {<<: *a}", "R0108"), ("a: &a [1]\nb: {<<: *a}", "R0108"), ("a: &a 1\nb: {<<: [*a]}", "R0108"),
        ("a: &a {}\nb: {<<: *a, <<: *a}", "R0108"), ("a: &a {}\nb: {<<: *a, c: 1, <<: {}}", "R0108"),
        ("a: 2001-13-45", "R0109"), ("2001-13-45: a", "R0109"), ("0x_: a", "R0109"), ("a: [=]", "R0109"),
        ("[a]: b", "R0111"), ("a: {{ b }}", "R0111"), ("? {a: b}\n: c", "R0111"), ("? - a\n: b", "R0111"),
        ("a: &a []\n*a : b", "R0111"), ("{[a]: b}", "R0111"),
    ]) func aMistakeHasItsCodeAndItsPlace(_ text: String, _ code: String) {
        let parsed = Texts.parsed(text)
        #expect(parsed.tree == nil)
        #expect(parsed.diagnostics.contains { $0.code.id == code && $0.severity == .error })
        for diagnostic in parsed.diagnostics {
            #expect(diagnostic.primary.map { Int($0.span.end) <= text.utf8.count } == true)
        }
    }

    @Test func lenientChangesNoMistakeButEqualKeys() {
        for text in ["a: b: c", "[a]", "a: !x b", "a: *b", "<<: 1", "a: =", "a: 1\n---\nb: 1", "[a]: b"] {
            #expect(Texts.parsed(text, .lenient).tree == nil)
            #expect(Texts.codes(text, .lenient) == Texts.codes(text, .strict))
        }
    }

    @Test func everyMistakeOfAFileIsFoundAtOnce() {
        let text = "a: *b\nc: !x d\ne: =\nf: 2001-13-45\n[g]: h\na: i\n<<: j\n"
        #expect(
            Texts.codes(text).sorted() == ["R0103", "R0106", "R0107", "R0108", "R0109", "R0109", "R0111"])
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x20, 0xFF], 3), ([0x61, 0x3A, 0x20, 0xC3], 3), ([0x61, 0x3A, 0x20, 0xC3, 0x28], 4),
            ([0xEF, 0xBB, 0xBF, 0x61, 0x3A, 0x20, 0xF8], 6),
            ([0x61, 0x3A, 0x20, 0xC0, 0xAF], 3), ([0xFF, 0xFE, 0x61, 0x00], 0), ([0xFE, 0xFF, 0x00, 0x61], 0),
        ] as [([UInt8], UInt32)]) func onlyUTF8IsRead(_ bytes: [UInt8], _ offset: UInt32) throws
    {
        let parsed = Texts.parsed(bytes)
        #expect(parsed.tree == nil)
        #expect(parsed.diagnostics.map(\.code.id) == ["R0102"])
        #expect(parsed.diagnostics.first?.primary?.span.start == offset)
    }

    @Test func theSameTextGivesTheSameDiagnostics() {
        let text = "a: &x 1\nb: &y 2\nc: &z 3\nd: [*w, *xx, *yy]\n1: e\ntrue: f\n"
        #expect(Texts.parsed(text).diagnostics == Texts.parsed(text).diagnostics)
    }
}

extension Texts {
    static func written(_ text: String, _ span: Span) -> String {
        String(decoding: Array(text.utf8)[Int(span.start)..<min(Int(span.end), text.utf8.count)], as: UTF8.self)
    }
}
