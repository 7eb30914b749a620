import Diagnostics
import Testing
import YAMLSyntax

/// What a hostile file may cost: it is refused, and fast.
@Suite(.timeLimit(.minutes(1))) struct LimitTests {
    private static func nested(_ depth: Int, _ open: String, _ close: String) -> String {
        "a: " + String(repeating: open, count: depth) + String(repeating: close, count: depth) + "\n"
    }

    @Test(arguments: [("[", "]"), ("{a: ", "}")]) func nestingHasALimit(_ open: String, _ close: String) {
        #expect(Texts.parsed(Self.nested(127, open, close)).tree != nil)
        #expect(Texts.codes(Self.nested(128, open, close)) == ["R0110"])
        #expect(Texts.codes(Self.nested(130, open, close)) == ["R0110"])
        #expect(Texts.codes(Self.nested(100_000, open, close)) == ["R0110"])
        #expect(Texts.codes("a: " + String(repeating: open, count: 100_000)) == ["R0110"])
    }

    @Test func nestingInBlocksHasTheSameLimit() {
        func blocks(_ depth: Int) -> String {
            (0..<depth).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        }
        #expect(Texts.parsed(blocks(128)).tree != nil)
        #expect(Texts.codes(blocks(130)) == ["R0110"])
        #expect(Texts.codes("a: \n " + String(repeating: "- ", count: 130) + "x\n") == ["R0110"])
    }

    @Test func nestingCountsThroughAliases() throws {
        func chain(_ length: Int, _ link: (Int) -> String) -> String {
            "a0: &a0 {}\n" + (1..<length).map { "a\($0): &a\($0) \(link($0 - 1))\n" }.joined()
        }
        #expect(Texts.parsed(chain(127) { "[*a\($0)]" }).tree != nil)
        #expect(Texts.codes(chain(200) { "[*a\($0)]" }) == ["R0110"])
        #expect(Texts.codes(chain(200) { "{b: *a\($0)}" }) == ["R0110"])
        #expect(Texts.codes(chain(200) { "{<<: *a\($0)}" }) == ["R0110"])
        let deep = "a: &a " + String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(
            Texts.codes(deep + "\nb: " + String(repeating: "[", count: 40) + "*a" + String(repeating: "]", count: 40))
                == ["R0110"])
    }

    private static func laughs(_ levels: Int, _ first: String, _ level: (String) -> String) -> String {
        "a0: &a0 \(first)\n"
            + (1...levels).map { index in
                let aliases = Array(repeating: "*a\(index - 1)", count: 10).joined(separator: ", ")
                return "a\(index): &a\(index) \(level(aliases))\n"
            }.joined()
    }

    @Test func aliasesMayNotExplode() {
        #expect(Texts.parsed(Self.laughs(5, "x") { "[\($0)]" }).tree != nil)
        #expect(Texts.codes(Self.laughs(9, "x") { "[\($0)]" }) == ["R0110"])
        #expect(Texts.codes(Self.laughs(60, "x") { "[\($0)]" }) == ["R0110"])
    }

    @Test func mergesMayNotExplode() {
        #expect(Texts.codes(Self.laughs(9, "{x: 1}") { "{<<: [\($0)]}" }) == ["R0110"])
        #expect(Texts.codes(Self.laughs(60, "{x: 1}") { "{<<: [\($0)], y: [\($0)]}" }) == ["R0110"])
    }

    @Test func theLimitOfAliasesIsAMillionNodes() {
        let thousand = "a: &a [" + Array(repeating: "x", count: 999).joined(separator: ", ") + "]\n"
        func file(_ aliases: Int) -> String {
            thousand + "b: [" + Array(repeating: "*a", count: aliases).joined(separator: ", ") + "]\n"
        }
        #expect(Texts.parsed(file(1000)).tree != nil)
        #expect(Texts.codes(file(1001)) == ["R0110"])
    }

    @Test func aRefusedFileNamesThePlace() {
        let text = Self.laughs(9, "x") { "[\($0)]" }
        let place = Texts.parsed(text).diagnostics.first?.primary?.span
        #expect(place.map { Texts.written(text, $0).hasPrefix("*a") } == true)
    }

    @Test func aFileHasAtMost16MiB() {
        let line = Array("# x\n".utf8)
        let most = Array(repeatElement(line, count: 4 << 20).joined())
        #expect(most.count == 16 << 20)
        #expect(Texts.parsed(most).tree != nil)
        let more = Texts.parsed(most + [UInt8(ascii: "\n")])
        #expect(more.tree == nil)
        #expect(more.diagnostics.map(\.code.id) == ["R0110"])
    }

    @Test func manyOfAnythingIsReadInAboutLinearTime() {
        let count = 50_000
        let texts: [String] = [
            (0..<count).map { "k\($0): v\n" }.joined(),
            "a: [" + (0..<count).map { "é\($0)" }.joined(separator: ", ") + "]\n",
            (0..<count).map { "k\($0): &a\($0) v\n" }.joined(),
            "a: &a x\nb: [" + Array(repeating: "*a", count: count).joined(separator: ", ") + "]\n",
            "a: \"" + String(repeating: "\\x41", count: count) + "\"\n",
            "a: |\n" + String(repeating: "  é\n", count: count),
            "a:\n" + String(repeating: "- {b: [c]}\n", count: count),
        ]
        for text in texts { #expect(Texts.parsed(text).tree != nil) }
    }
}
