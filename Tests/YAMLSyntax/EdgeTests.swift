import Diagnostics
import Testing
import YAMLSyntax

/// Mistakes of the reader that were found by trying, each mended.
@Suite struct EdgeTests {
    @Test func theLeastIntegerMayBeAKey() throws {
        let tree = try Texts.tree("-9223372036854775808: a\nb: c\n")
        #expect(tree.keys(tree.root) == ["-9223372036854775808", "b"])
    }

    @Test(arguments: [".nan", ".NaN", ".NAN"]) func notANumberIsTheSameInBothVersions(_ text: String) throws {
        #expect(try Texts.tree("a: \(text)\n").versionLints().isEmpty)
    }

    @Test(arguments: ["1_0.0e+20", "0.0_00001"]) func aNumberWithoutAPlainFormHasNoFix(_ text: String) throws {
        let lint = try #require(try Texts.tree("a: \(text)\n").versionLints().first)
        #expect(lint.fixes.isEmpty)
    }

    @Test(arguments: ["&a yes: 1\nb: *a\n", "!!bool yes: 1\n", "a: &x 1.5\n*x : 1\n"])
    func anOddKeyWithAnAnchorATagOrAnAliasHasNoFix(_ text: String) throws {
        let finding = try #require(Texts.parsed(text).diagnostics.first)
        #expect(finding.code.id == "R0802")
        #expect(finding.fixes.isEmpty)
    }

    @Test(arguments: [
        ("b: &b {}\nc: {<<: *b, '<<': 1, '<<': 2}\n", "R0103"), ("b: &b {}\nc: {'<<': 1, <<: *b, <<: *b}\n", "R0108"),
    ]) func equalKeysAreFoundBesideAMergeKey(_ text: String, _ code: String) {
        #expect(Texts.codes(text) == [code])
    }

    @Test(arguments: [
        ("name:\n  x: [1, 2]\n", "x: [1, 2]"), ("name:\n- {a: b}\n\nc: d\n", "- {a: b}"),
        ("name:\n  a: b\n  # [c]", "a: b"),
    ]) func theSpanOfABlockEndsWithItsLastEntry(_ text: String, _ written: String) throws {
        let tree = try Texts.tree(text)
        #expect(tree.written(try tree.node("name")) == written)
    }

    @Test func aSurrogateIsNotUTF8() {
        #expect(Texts.parsed([0x61, 0x3A, 0x20, 0xED, 0xA0, 0x80]).diagnostics.map(\.code.id) == ["R0102"])
    }
}
