import Diagnostics
import Testing
import YAMLSyntax

/// Anchors, aliases and merge keys.
@Suite struct AliasTests {
    @Test func anAliasIsWhatItsAnchorIs() throws {
        let tree = try Texts.tree("a: &m {x: [1, yes]}\nb: *m\nc: [*m, *m]\nd: &s 0x10\ne: *s\n")
        #expect(try tree.kind(tree.node("b")) == .map)
        #expect(try tree.count(tree.node("b")) == 1)
        #expect(try tree.items(tree.node("b", "x")).map(tree.value) == [.integer(1), .bool(true)])
        #expect(try tree.items(tree.node("c")).allSatisfy { tree.keys($0) == ["x"] })
        #expect(try tree.value(tree.node("e")) == .integer(16))
        #expect(try tree.style(tree.node("e")) == .plain)
    }

    @Test(arguments: [
        ("a: &k x\n*k : y\n", ["a", "x"]), ("a: &k 0x10\n*k : v\n", ["a", "16"]),
        ("a: &k 'yes'\n*k : v\n", ["a", "yes"]),
        ("a: &k yes\n*k : v\n", ["a", "true"]), ("a: &k\n*k : v\n", ["a", "null"]), ("&k 010: a\nb: c\n", ["8", "b"]),
        ("a: &k \"\\x41\"\n? *k\n: v\n", ["a", "A"]), ("{a: &k b, *k : c}", ["a", "b"]),
        ("a: &k |\n  x\n*k : v\n", ["a", "x\n"]),
    ]) func mayBeAKey(_ text: String, _ keys: [String]) throws {
        let tree = try Texts.tree(text)
        #expect(tree.keys(tree.root) == keys)
    }

    @Test(
        arguments: [
            ("&k 0x1F: a\nb: *k\n", .integer(31)), ("&k yes: a\nb: *k\n", .bool(true)), ("&k ~: a\nb: *k\n", .null),
            ("&k 1.50: a\nb: *k\n", .float(1.5)), ("&k 010: a\nb: *k\n", .integer(8)),
            ("&k 1:30: a\nb: *k\n", .integer(90)),
            ("&k '1': a\nb: *k\n", .string("1")), ("&k 2001-01-01: a\nb: *k\n", .string("2001-01-01")),
            ("&k 99999999999999999999: a\nb: *k\n", .bigInteger("99999999999999999999")),
        ] as [(String, ScalarValue)]) func ofAKeyIsTheKeysValue(_ text: String, _ value: ScalarValue) throws
    {
        let tree = try Texts.tree(text)
        #expect(tree.value(try tree.node("b")) == value)
    }

    @Test func anAnchorIsKnownOnlyBehindIt() {
        #expect(Texts.codes("a: *x\nb: &x 1\n") == ["R0107"])
        #expect(Texts.codes("a: [*x, &x 1]\n") == ["R0107"])
    }

    @Test func aMisspeltAliasHasASuggestion() throws {
        let found = try #require(Texts.parsed("a: &small 1\nb: &large 2\nc: *smal\n").diagnostics.first)
        #expect(found.message.contains("\"smal\""))
        #expect(found.help?.contains("*small") == true)
        #expect(found.help?.contains("*large") == false)
    }

    @Test func anAliasInsideItsOwnAnchorNamesBothPlaces() throws {
        let text = "x: 1\na: &a\n  b:\n    - *a\n"
        let found = try #require(Texts.parsed(text).diagnostics.first)
        #expect(found.primary.map { Texts.written(text, $0.span) } == "*a")
        #expect(found.related.map(\.span.start) == [8])
    }

    // MARK: Merge keys

    @Test(arguments: [
        ("{<<: *a}", ["x=1", "z=1"]),
        // Merged keys come first, wherever the merge key stands, and own keys win in their place.
        ("{w: 0, <<: *a}", ["x=1", "z=1", "w=0"]), ("{z: 9, <<: *a, w: 0}", ["x=1", "z=9", "w=0"]),
        // Of a list the first wins, and its keys come last.
        ("{<<: [*a, *b]}", ["y=2", "z=1", "x=1"]), ("{<<: [*b, *a]}", ["x=1", "z=2", "y=2"]),
        ("{y: 9, <<: [*a, *b], w: 0}", ["y=9", "z=1", "x=1", "w=0"]), ("{<<: *l}", ["y=2", "z=1", "x=1"]),
        ("{<<: [{x: 5}, *a]}", ["x=5", "z=1"]), ("{<<: [*a, *a]}", ["x=1", "z=1"]), ("{<<: [], w: 0}", ["w=0"]),
        // Maps that are written, and merged maps that merge.
        ("{<<: {x: 7}, w: 0}", ["x=7", "w=0"]), ("{<<: {<<: *a, x: 3}, w: 0}", ["x=3", "z=1", "w=0"]),
        ("{<<: *m}", ["x=1", "z=4"]), ("{<<: [*m, *b]}", ["y=2", "z=4", "x=1"]), ("{<<: {}}", []),
        // Only a plain `<<` merges.
        ("{'<<': 1, x: 2}", ["<<=1", "x=2"]), ("{\"<<\": 1, <<: *a}", ["x=1", "z=1", "<<=1"]),
        ("{!!str <<: 1}", ["<<=1"]),
        ("{? <<: *a}", ["x=1", "z=1"]),
    ]) func mergingIsPyYAMLs(_ map: String, _ pairs: [String]) throws {
        let anchors = """
            a: &a {x: 1, z: 1}
            b: &b {y: 2, z: 2}
            l: &l [*a, *b]
            m: &m {<<: *a, z: 4}

            """
        let map = map == "{? <<: *a}" ? "\n  ? <<\n  : *a" : map
        let tree = try Texts.tree(anchors + "c: \(map)\n")
        #expect(tree.pairs(try tree.node("c")) == pairs)
    }

    @Test func aBlockMapMergesLikeAFlowMap() throws {
        let tree = try Texts.tree("a: &a\n  x: 1\n  y: 2\nb:\n  w: 0\n  <<: *a\n  y: 3\n")
        #expect(tree.pairs(try tree.node("b")) == ["x=1", "y=3", "w=0"])
        #expect(try tree.string(tree.node("b", "y")) == "3")
        #expect(try tree.writtenEntries(tree.node("b")).map { tree.isMergeKey($0.key) } == [false, true, false])
    }

    @Test func anOverriddenKeyIsNoDuplicate() {
        #expect(Texts.codes("a: &a {x: 1}\nb: {<<: *a, x: 2}\nc: {x: 2, <<: *a}\n").isEmpty)
    }

    @Test func theTopMayMerge() throws {
        let tree = try Texts.tree("x-a: &a {y: 1}\n<<: *a\ny: 2\n")
        #expect(tree.keys(tree.root) == ["y", "x-a"])
        #expect(try tree.string(tree.node("y")) == "2")
    }
}
