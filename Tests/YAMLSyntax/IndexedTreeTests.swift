import Diagnostics
import Testing
import YAMLSyntax

/// A key is found by its hash as it is by looking at all.
@Suite struct IndexedTreeTests {
    @Test(arguments: [0, 1, 31, 32, 33, 500]) func findsEveryKey(_ count: Int) throws {
        let names = (0..<count).map {
            $0 % 3 == 0 ? "k\($0)" : $0 % 3 == 1 ? "a longer key than others, \($0)" : "é\($0)"
        }
        let text = "m:\n" + names.map { "  '\($0)': [x]\n" }.joined() + "n: [{a: b}]\n"
        for isSecret in [false, true] {
            let tree = try #require(Texts.parsed(text, isSecret: isSecret).tree)
            let index = IndexedTree(tree)
            for name in names {
                let found = try #require(index.node(at: ["m", name]))
                #expect(found == tree.value(of: "m", in: tree.root).flatMap { tree.value(of: name, in: $0) })
                #expect(index.node(at: ["m", name, "0"]) != nil)
                #expect(index.node(at: ["m", name, "1"]) == nil)
            }
            #expect(index.node(at: ["n", "0", "a"]) != nil)
            for steps in [["m", "k"], ["m", ""], ["n", "a"], ["n", "-1"], ["n", "0", "a", "b"], ["o"]] {
                #expect(index.node(at: steps) == nil)
            }
            #expect(index.node(at: []) == tree.root)
        }
    }

    @Test func equalLookingKeysAreTwo() throws {
        let text = (0..<40).map { "k\($0): x\n" }.joined() + "\u{E9}: one\ne\u{301}: two\n"
        let tree = try #require(Texts.parsed(text).tree)
        let index = IndexedTree(tree)
        #expect(index.value(of: "\u{E9}", in: tree.root).map(tree.string) == "one")
        #expect(index.value(of: "e\u{301}", in: tree.root).map(tree.string) == "two")
    }
}
