import Diagnostics
import Testing
import YAMLSyntax

/// Keys are text, as PyYAML plus JSON would have it; equal ones are refused.
@Suite struct KeyTests {
    @Test(arguments: [
        ("a", "a"), ("'yes'", "yes"), ("\"\"", ""), ("!!str 0x1F", "0x1F"), ("<", "<"), ("=", "="), ("'<<'", "<<"),
        ("a b", "a b"), ("\"\\u00e9\"", "é"), ("2001-1-1", "2001-1-1"),
        // Integers are written in decimal.
        ("1", "1"), ("0x1F", "31"), ("017", "15"), ("1_000", "1000"), ("1:30", "90"), ("-0", "0"), ("+5", "5"),
        ("0b11", "3"), ("99999999999999999999", "99999999999999999999"),
        ("0xFFFFFFFFFFFFFFFFFF", "4722366482869645213695"),
        ("-9223372036854775808", "-9223372036854775808"), ("08", "08"),
        // What is neither text nor an integer is said.
        ("yes", "true"), ("No", "false"), ("~", "null"), ("NULL", "null"), ("!!null x", "null"),
        ("1.50", "1.5"), ("1.0", "1.0"), ("1.5e+3", "1500.0"), ("1.0e+16", "1e+16"), ("1.0e-5", "1e-05"),
        ("-.inf", "-Infinity"),
        (".nan", "NaN"), ("2001-01-01", "2001-01-01"), ("2001-12-14 01:02:03", "2001-12-14 01:02:03"),
    ]) func isText(_ key: String, _ text: String) throws {
        let tree = try Texts.tree("? \(key)\n: x\n")
        #expect(tree.keys(tree.root) == [text])
        #expect(try tree.string(tree.node(text)) == "x")
    }

    @Test(arguments: [
        ("yes", "a boolean"), ("OFF", "a boolean"), ("~", "null"), ("null", "null"), ("1.5", "a float"),
        (".inf", "a float"),
        ("2001-01-01", "a date"), ("1:30.5", "a float"),
    ]) func whatIsNeitherTextNorAnIntegerIsSaidAndMended(_ key: String, _ kind: String) throws {
        let file = "a: b\n\(key): x\n"
        let diagnostics = Texts.parsed(file).diagnostics
        #expect(diagnostics.map(\.code.id) == ["R0802"])
        #expect(diagnostics.first?.severity == .warning)
        #expect(diagnostics.first?.message.hasSuffix(kind) == true)
        let fix = try #require(diagnostics.first?.fixes.first)
        let mended = Texts.parsed(Texts.applying(fix, to: file))
        #expect(mended.diagnostics.isEmpty)
        #expect(mended.tree.map { $0.keys($0.root) } == ["a", key])
    }

    @Test(arguments: ["? \n: x\n", "?\n: x\n", "{? : x}"]) func anEmptyKeyIsNullAndHasNoFix(_ file: String) throws {
        let diagnostics = Texts.parsed(file).diagnostics
        #expect(diagnostics.map(\.code.id) == ["R0802"])
        #expect(diagnostics.first?.fixes.isEmpty == true)
        #expect(try Texts.tree(file).keys(try Texts.tree(file).root) == ["null"])
    }

    @Test(arguments: [
        ("a: 1\na: 2", "a"), ("{a: 1, a: 1}", "a"), ("a: 1\n'a': 2", "a"), ("a: 1\n\"\\x61\": 2", "a"),
        ("1: a\n0x1: b", "1"), ("1: a\n'1': b", "1"), ("'1': a\n1: b", "1"), ("0x1: a\n\"1\": b", "1"),
        ("01: a\n1: b", "1"),
        ("1: a\ntrue: b", "true"), ("true: a\n1.0: b", "1.0"), ("1.0: a\n1: b", "1"), ("0: a\nno: b", "false"),
        ("yes: a\ntrue: b", "true"), ("on: a\n'true': b", "true"), ("~: a\nnull: b", "null"),
        ("~: a\n'null': b", "null"),
        ("? \n: a\n~: b", "null"), ("1.50: a\n1.5: b", "1.5"), ("-0.0: a\n0: b", "0"),
        ("2001-01-01: a\n'2001-01-01': b", "2001-01-01"),
        ("é: a\nb: c\né: d", "é"), ("=: a\n'=': b", "="), ("a: {b: {c: 1, c: 2}}", "c"), ("a: &k b\n*k : c\nb: d", "b"),
        ("99999999999999999999: a\n'99999999999999999999': b", "99999999999999999999"), ("'<<': a\n\"<<\": b", "<<"),
    ])
    func equalOnesAreRefusedWithBothPlaces(_ text: String, _ key: String) {
        let errors = Texts.parsed(text).diagnostics.filter { $0.severity == .error }
        #expect(errors.map(\.code.id) == ["R0103"])
        #expect(errors.first?.message.contains("\"\(key)\"") == true)
        #expect(errors.first?.related.count == 1)
        let places = errors.flatMap { [$0.primary?.span.start, $0.related.first?.span.start].compactMap(\.self) }
        #expect(places.count == 2 && places[0] > places[1])
    }

    @Test(arguments: [
        "a: 1\nA: 2", "1: a\n'01': b", "1: a\n'true': b", "1.0: a\n'1': b", "\u{E9}: a\ne\u{301}: b", "'<<': a\nb: c",
        "a: {b: 1}\nc: {b: 1}", "0: a\n'': b", "~: a\n'~': b", "{1: a, 2: b, 1.5: c, yes': d}", "10: a\n8: b",
    ])
    func differentOnesAreNot(_ text: String) {
        #expect(Texts.parsed(text).tree != nil)
    }

    @Test func theThirdOfThreeIsSaidBesideTheFirst() {
        let errors = Texts.parsed("a: 1\na: 2\na: 3\n").diagnostics
        #expect(errors.map(\.primary?.span.start) == [5, 10])
        #expect(errors.map(\.related.first?.span.start) == [0, 0])
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", ["a=3", "b=2"]), ("a: 1\na: 2\na: 3\n", ["a=3"]), ("yes: 1\ntrue: 2\n", ["true=2"]),
        ("b: 0\n1: a\n0x1: c\n", ["b=0", "1=c"]), ("a: &x {k: 1, k: 2}\nb: {<<: *x}\n", ["a=", "b="]),
    ]) func lenientlyTheLastCounts(_ text: String, _ pairs: [String]) throws {
        let parsed = Texts.parsed(text, .lenient)
        let tree = try #require(parsed.tree)
        let equal = parsed.diagnostics.filter { $0.code.id == "R0103" }
        #expect(!equal.isEmpty && equal.allSatisfy { $0.severity == .warning })
        #expect(tree.pairs(tree.root) == pairs)
    }

    @Test func lenientlyTheLastCountsBehindAMergeToo() throws {
        let tree = try Texts.tree("a: &x {k: 1, k: 2}\nb: {<<: *x}\nc: {d: 1, <<: *x, d: 2}\n", .lenient)
        #expect(tree.pairs(try tree.node("b")) == ["k=2"])
        #expect(tree.pairs(try tree.node("c")) == ["k=2", "d=2"])
        #expect(try tree.string(tree.node("a", "k")) == "2")
    }
}
