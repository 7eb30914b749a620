import Diagnostics
import Testing
import YAMLSyntax

/// What a tree tells quickly is what it tells.
@Suite struct TreeTests {
    static let texts = [
        "", "a: 1\nb: [c, {d: e}, []]\nf: {}\n", "a: &a {x: 1, z: 2}\nb: {y: 3, <<: *a, z: 4}\nc: [*a]\n",
        "a:\n- b\n- c: d\n  e:\n",
    ]

    @Test(arguments: texts) func sequencesAreTheArrays(_ text: String) throws {
        let tree = try Texts.tree(text)
        var waiting = [tree.root]
        while let node = waiting.popLast() {
            #expect(Array(tree.itemSequence(node)) == tree.items(node))
            #expect(tree.entrySequence(node).map(\.key) == tree.entries(node).map(\.key))
            #expect(tree.entrySequence(node).map(\.value) == tree.entries(node).map(\.value))
            #expect(tree.firstKey(node) == tree.writtenEntries(node).first?.key)
            waiting += tree.items(node) + tree.entries(node).map(\.value)
        }
    }

    @Test func aTextIsComparedByItsBytes() throws {
        let tree = try Texts.tree("é: \"b\\n\"\ne\u{301}: c\n")
        #expect(tree.keys(tree.root).map { Array($0.utf8).count } == [2, 3])
        #expect(tree.isText(try tree.node("é"), "b\n"))
        #expect(!tree.isText(try tree.node("é"), "b"))
        #expect(tree.isText(try tree.node("e\u{301}"), "c"))
        #expect(!tree.isText(tree.root, ""))
    }

    @Test(arguments: [
        ("a: b\n", []), ("a: !secret b\n", ["paths"]), ("a: {$secret: b}\n", ["paths", "dollars"]),
        ("a: {$x: b}\n", ["dollars"]),
        ("a: {'$secret': b}\n? c\n: d\n", ["paths", "dollars"]), ("a: !alloc b\n", ["pools"]),
        ("a: &a {}\nb: *a\n", ["aliases"]),
        ("a: &a {}\nb: {<<: *a}\n", ["merges", "aliases", "1.2"]), ("a: !raw b\n", ["tags"]),
        ("a: !force b\n", ["tags"]),
        ("a: yes\n", ["1.2"]), ("a: 12\nb: true\nc: 10.0.0.1\n", []), ("a: x@y\n", []), ("a: x:y@z\n", ["URLs"]),
        ("a: {? b : 'x:y@z'}\n", ["URLs"]), ("a: !!str b\n", []),
    ]) func whatOccursIsKnown(_ text: String, _ facts: [String]) throws {
        let tree = try Texts.tree(text)
        let known = [
            (tree.hasSecretPaths, "paths"), (tree.hasDollarKeys, "dollars"), (tree.hasPoolNumbers, "pools"),
            (tree.hasMerges, "merges"), (tree.hasAliases, "aliases"), (tree.hasTags, "tags"),
            (tree.mayDifferInYAML12, "1.2"), (tree.mayHavePasswordsInURLs, "URLs"),
        ]
        #expect(known.filter(\.0).map(\.1) == facts)
    }

    @Test func equalKeysAreMergesLeniently() throws {
        #expect(try Texts.tree("a: 1\na: 2\n", .lenient).hasMerges)
    }

    @Test(
        arguments: [
            ("0", .integer(0)), ("7", .integer(7)), ("-7", .integer(-7)), ("-0", .integer(0)), ("+7", .integer(7)),
            ("999999999999999999", .integer(999_999_999_999_999_999)),
            ("-999999999999999999", .integer(-999_999_999_999_999_999)),
            ("1000000000000000000", .integer(1_000_000_000_000_000_000)), ("9223372036854775807", .integer(.max)),
            ("9223372036854775808", .bigInteger("9223372036854775808")), ("007", .integer(7)), ("1_0", .integer(10)),
            ("true", .bool(true)), ("False", .bool(false)),
        ] as [(String, ScalarValue)]) func theUsualScalarsHaveTheirValue(_ text: String, _ value: ScalarValue) throws
    {
        #expect(try Texts.value(of: text) == value)
    }

    /// Whatever can be written with few letters, and longer texts of what numbers and times are made of.
    @Test func aTypeSeenQuicklyIsTheTypeByPattern() {
        let letters = Array("017.-+_:eoxbnNyTtfaS~<=!* /é".utf8)
        for first in letters {
            for second in letters {
                for third in letters { expectSameType([first, second, third]) }
                expectSameType([first, second])
            }
            expectSameType([first])
        }
        var state: UInt64 = 1
        let parts = [
            "true", "False", "NULL", "no", "12", "0", "1.5", "2001-01-01", "12:30", "0x1f", "e3", "e+3", ".inf", ".nan",
            "t01:02:03",
            "10.0.0.1", "/24", "x", " ", "-", ":",
        ].map { Array($0.utf8) }
        for _ in 0..<20_000 {
            var text: [UInt8] = []
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += parts[Int(state >> 33) % parts.count]
            }
            expectSameType(text)
        }
    }

    private func expectSameType(_ text: [UInt8]) {
        guard ScalarType.resolve(text[...]) != ScalarType.resolveByPattern(text[...]) else { return }
        Issue.record("\(String(decoding: text, as: UTF8.self).debugDescription)")
    }
}
