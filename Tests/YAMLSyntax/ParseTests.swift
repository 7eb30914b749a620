import Diagnostics
import Testing
import YAMLSyntax

@Suite struct ParseTests {
    @Test(arguments: ["", "# only a remark\n", "---\n", "\u{FEFF}", "\n\n"]) func emptyFileIsAnEmptyMap(_ text: String)
        throws
    {
        let tree = try #require(Texts.parsed(text).tree)
        #expect(tree.kind(tree.root) == .map)
        #expect(tree.entries(tree.root).isEmpty)
    }

    @Test(arguments: ["- a", "text", "~", "[]", "12", "'quoted'"]) func anythingElseThanAMapIsRefused(_ text: String) {
        #expect(Texts.parsed(text).diagnostics.map(\.code.id) == ["R0105"])
    }

    @Test(arguments: [
        ("é: ☕\nname: 'wéb'\n", "'wéb'"), ("\u{FEFF}name: x\n", "x"), ("a: b\r\nname: c d # e\r\n", "c d"),
        ("{a: b, name: [1, 2]}", "[1, 2]"),
        ("name:\n  - a\n  - b\n\nnext: c\n", "- a\n  - b"),
        ("name: |\n  text\n  more\n\nnext: c\n", "|\n  text\n  more"),
        ("name: {x: y}\n", "{x: y}"), ("name:\n  x: y\n", "x: y"), ("name: &a b\n", "&a b"),
        ("name: \"a\\n\\\n  b\"\n", "\"a\\n\\\n  b\""),
    ]) func spanIsWhatIsWritten(_ text: String, _ written: String) throws {
        let tree = try #require(Texts.parsed(text).tree)
        let value = try #require(tree.value(of: "name", in: tree.root))
        #expect(tree.source.text(of: tree.span(value)) == written)
    }

    @Test func keysAreText() throws {
        let tree = try #require(Texts.parsed("0x1F: a\nyes: b\n~: c\n1.50: d\n'on': e\n2001-01-01: f\n=: g\n").tree)
        #expect(
            tree.entries(tree.root).map { tree.string($0.key) } == [
                "31", "true", "null", "1.5", "on", "2001-01-01", "=",
            ])
    }

    @Test(arguments: [
        "a: 1\na: 2", "1: a\n0x1: b", "1: a\n'1': b", "1: a\ntrue: b", "1.0: a\n1: b", "yes: a\ntrue: b",
        "{a: 1, a: 1}", "~: a\nnull: b",
    ])
    func equalKeysAreRefusedWithBothPlaces(_ text: String) {
        let errors = Texts.parsed(text).diagnostics.filter { $0.severity == .error }
        #expect(errors.map(\.code.id) == ["R0103"])
        #expect(errors.first?.related.count == 1)
    }

    @Test func lenientlyTheLastOfEqualKeysCounts() throws {
        let parsed = Texts.parsed("a: 1\nb: 2\na: 3\n", .lenient)
        let tree = try #require(parsed.tree)
        #expect(parsed.diagnostics.map(\.severity) == [.warning])
        #expect(tree.entries(tree.root).map { tree.string($0.value) } == ["3", "2"])
    }

    @Test func mergedKeysComeFirstAndOwnKeysWin() throws {
        let tree = try #require(
            Texts.parsed("a: &a {x: 1, z: 1}\nb: &b {y: 2, z: 2}\nc: {y: 9, <<: [*a, *b], w: 0}\n").tree)
        let entries = tree.entries(try #require(tree.value(of: "c", in: tree.root)))
        #expect(entries.map { tree.string($0.key) + tree.string($0.value) } == ["y9", "z1", "x1", "w0"])
    }

    @Test func aliasMayBeAKey() throws {
        let tree = try #require(Texts.parsed("a: &k 0x10\n*k : v\n").tree)
        #expect(tree.entries(tree.root).map { tree.string($0.key) } == ["a", "16"])
        #expect(tree.value(try #require(tree.value(of: "a", in: tree.root))) == .integer(16))
    }

    @Test(arguments: [
        ("a: *b", "R0107"), ("a: &a [*a]", "R0107"), ("a: &x 1\nb: &x 2", "R0107"), ("a: &a {<<: *a}", "R0107"),
        ("<<: 1", "R0108"),
        ("<<: [1]", "R0108"), ("a: &a {}\nb: {<<: *a, <<: *a}", "R0108"), ("a: 1\n---\nb: 2", "R0104"),
        ("[a]: b", "R0111"), ("a: {{ b }}", "R0111"),
        ("a: b: c", "R0101"), ("a: \"b", "R0101"), ("a:\n\tb: c", "R0101"), ("a: \u{1}", "R0102"), ("a: !x b", "R0106"),
    ]) func mistakeHasItsCode(_ text: String, _ code: String) {
        let parsed = Texts.parsed(text)
        #expect(parsed.tree == nil)
        #expect(parsed.diagnostics.contains { $0.code.id == code && $0.severity == .error })
        #expect(parsed.diagnostics.allSatisfy { $0.primary != nil })
    }

    @Test func nestingHasALimitAlsoThroughAliases() {
        func nested(_ depth: Int) -> String {
            "a: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(Texts.parsed(nested(127)).tree != nil)
        #expect(Texts.parsed(nested(128)).diagnostics.map(\.code.id) == ["R0110"])
        let chain = "a0: &a0 []\n" + (1..<200).map { "a\($0): &a\($0) [*a\($0 - 1)]\n" }.joined()
        #expect(Texts.parsed(chain).diagnostics.map(\.code.id) == ["R0110"])
    }

    @Test func aliasesMayNotExplode() {
        let levels = (1...8).map {
            "a\($0): &a\($0) [" + Array(repeating: "*a\($0 - 1)", count: 10).joined(separator: ", ") + "]\n"
        }
        #expect(Texts.parsed("a0: &a0 x\n" + levels.joined()).diagnostics.map(\.code.id) == ["R0110"])
        let merges = (1...8).map {
            "a\($0): &a\($0) {<<: [" + Array(repeating: "*a\($0 - 1)", count: 10).joined(separator: ", ") + "]}\n"
        }
        #expect(Texts.parsed("a0: &a0 {x: 1}\n" + merges.joined()).diagnostics.map(\.code.id) == ["R0110"])
    }

    @Test func aFileBeyondTheLimitIsRefused() {
        #expect(Texts.parsed(String(repeating: " ", count: (16 << 20) + 1)).diagnostics.map(\.code.id) == ["R0110"])
    }
}
