import Diagnostics
import Testing
import YAMLSyntax

/// A node's span is what is written of it, in bytes, whatever the line ends, letters and styles.
@Suite struct SpanTests {
    @Test(arguments: [
        // Scalars.
        ("name: x", "x"), ("name:   x   # y\n", "x"), ("name: c d # e\n", "c d"), ("name: 'wéb'\n", "'wéb'"),
        ("name: \"a\\n\\\n  b\"\n", "\"a\\n\\\n  b\""), ("name: a\n  b\n\n  c\n", "a\n  b\n\n  c"),
        ("name: 'a\n  b'\n", "'a\n  b'"), ("name: ''\n", "''"), ("name:\n  x\n", "x"), ("? name\n: x\n", "x"),
        ("name: &a b\n", "&a b"), ("name: !!str b\n", "!!str b"), ("name: !!str &a 'b'\n", "!!str &a 'b'"),
        ("name: &a\n  b\n", "&a\n  b"),
        // Blocks end with their last line that is not blank.
        ("name: |\n  text\n  more\n\nnext: c\n", "|\n  text\n  more"), ("name: >-\n  a\n  b\n", ">-\n  a\n  b"),
        ("name: |+\n  a\n\n\n", "|+\n  a"), ("name: |2-\n    a\n", "|2-\n    a"),
        ("name: | # x\n  a\nb: c\n", "| # x\n  a"),
        ("name: |\nb: c\n", "|"), ("name: |", "|"), ("name: &a |\n  b\n", "&a |\n  b"),
        // Flow collections.
        ("{a: b, name: [1, 2]}", "[1, 2]"), ("name: {x: y}\n", "{x: y}"), ("name: []\n", "[]"), ("name: { }\n", "{ }"),
        ("name: [a,\n  [b], # c\n  {d: e}\n  ]\n", "[a,\n  [b], # c\n  {d: e}\n  ]"), ("name: &a [b]\n", "&a [b]"),
        ("name: !!map {a: b} # c\n", "!!map {a: b}"),
        // Block collections end with their last entry.
        ("name:\n  - a\n  - b\n\nnext: c\n", "- a\n  - b"), ("name:\n- a\n- b\n", "- a\n- b"),
        ("name:\n  x: y\n", "x: y"),
        ("name:\n  x: y\n  z: w # v\n# u\n", "x: y\n  z: w"),
        ("name:\n  - - a\n    - b\n  - c\n", "- - a\n    - b\n  - c"),
        ("name:\n  - a: b\n    c: d\n", "- a: b\n    c: d"), ("name:\n  x: |\n    y\n\nz: 1\n", "x: |\n    y"),
        ("name: &a\n  x: y\n", "&a\n  x: y"),
        // Bytes, not letters, with whatever line end.
        ("é: ☕\nname: x\n", "x"), ("\u{FEFF}name: x\n", "x"), ("\u{FEFF}é: '☕'\nname: wéb\n", "wéb"),
        ("a: b\r\nname: c d # e\r\n", "c d"), ("é: 😀\r\nname: |\r\n  ☕\r\n  x\r\nz: y\r\n", "|\r\n  ☕\r\n  x"),
        ("a: b\rname: c\rd: e\r", "c"), ("a: \"\u{85}\u{2028}\"\nname: x\n", "x"), ("# ☕ é\nname: [é, ☕]\n", "[é, ☕]"),
        ("é: {ö: 'ü', name: 1}\nname: ß # ☕\n", "ß"), ("name:\r\n  - é\r\n  - ☕\r\n\r\nx: y\r\n", "- é\r\n  - ☕"),
    ]) func isWhatIsWritten(_ text: String, _ written: String) throws {
        let tree = try Texts.tree(text)
        #expect(tree.written(try tree.node("name")) == written)
    }

    @Test(arguments: [
        ("a: x\n", "a"), ("'a': x\n", "'a'"), ("\"\\x61\": x\n", "\"\\x61\""), ("? a\n: x\n", "a"), ("{a: x}", "a"),
        ("&k a: x\n", "&k a"), ("!!str a: x\n", "!!str a"), ("\u{FEFF}a: x\r\n", "a"), ("{a}", "a"), ("? a\n", "a"),
    ]) func ofAKeyIsTheKey(_ text: String, _ written: String) throws {
        let tree = try Texts.tree(text)
        #expect(tree.entries(tree.root).map { tree.written($0.key) } == [written])
        #expect(tree.keys(tree.root) == ["a"])
    }

    @Test(arguments: ["a:\nb: 1\n", "a: # x\nb: 1\n", "a:\r\nb: 1\r\n", "{a: , b: 1}", "{a, b: 1}", "? a\n? b\n"])
    func ofAnEmptyValueIsEmptyAndBehindItsKey(_ text: String) throws {
        let tree = try Texts.tree(text)
        let value = tree.span(try tree.node("a"))
        let keys = tree.entries(tree.root).map { tree.span($0.key) }
        #expect(value.start == value.end)
        #expect(keys[0].end <= value.start && value.end <= keys[1].start)
    }

    @Test func ofAnAliasIsTheAlias() throws {
        let tree = try Texts.tree("é: &a [1]\nb: *a\nc: [ *a ]\n")
        #expect(tree.written(try tree.node("b")) == "*a")
        #expect(tree.items(try tree.node("c")).map(tree.written) == ["*a"])
        #expect(tree.written(tree.target(try tree.node("b"))) == "&a [1]")
    }

    @Test func ofAListsItemsIsEachItem() throws {
        let tree = try Texts.tree("a:\n- x\n- 'y'\n-\n  z: 1\n- - w\n- [v, u]\n-\n- |\n  t\n")
        #expect(
            tree.items(try tree.node("a")).map(tree.written) == ["x", "'y'", "z: 1", "- w", "[v, u]", "", "|\n  t"])
    }

    @Test func ofASingleFlowPairIsThePair() throws {
        let tree = try Texts.tree("a: [b: c, ? d : e, f]\n")
        #expect(tree.items(try tree.node("a")).map(tree.written) == ["b: c", "? d : e", "f"])
    }

    @Test(
        arguments: [
            ("a: 1\nb: [x\n", 11), ("é: ☕\nb: 'x\n", 11), ("a: b: c\n", 4), ("\u{FEFF}é: b: c\n", 8),
            ("a: 1\r\n\tb: 2\r\n", 6), ("a: \u{1}\n", 3), ("é: \u{7F}\n", 4),
        ] as [(String, UInt32)]) func ofWhatIsNoYAMLIsWhereTheMistakeIs(_ text: String, _ offset: UInt32)
    {
        #expect(Texts.parsed(text).diagnostics.first?.primary?.span.start == offset)
    }

    @Test func everyNodeLiesInsideTheFile() throws {
        for text in [
            "a: {b: [c, {d: e}], f: |\n  g\n}\n", "a: &x [{b: c}]\nd: {<<: {e: f}, g: *x}\n", "a:\n - b:\n  - c",
        ] {
            guard let tree = Texts.parsed(text).tree else { continue }
            check(tree, tree.root, inside: 0..<UInt32(text.utf8.count))
        }
    }

    private func check(_ tree: SyntaxTree, _ node: NodeID, inside range: Range<UInt32>) {
        let span = tree.span(node)
        #expect(range.lowerBound <= span.start && span.end <= range.upperBound)
        guard tree.target(node) == node else { return }
        let children = tree.items(node) + tree.writtenEntries(node).flatMap { [$0.key, $0.value] }
        for child in children { check(tree, child, inside: range) }
    }
}
