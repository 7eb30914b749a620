import Diagnostics
import Testing
import YAMLSyntax

@Suite struct ParseTests {
    @Test func emptyFileIsAnEmptyMap() throws {
        let tree = try #require(self.tree(of: ""))
        #expect(tree.kind(tree.root) == .map)
        #expect(tree.entries(tree.root).isEmpty)
    }

    @Test func spansAreBytesBehindLettersOfSeveral() throws {
        let tree = try #require(self.tree(of: "é: ☕\nname: 'wéb'\n"))
        let value = try #require(tree.value(of: "name", in: tree.root))
        #expect(tree.source.text(of: tree.span(value)) == "'wéb'")
        #expect(tree.string(value) == "wéb")
    }

    private func tree(of text: String) -> SyntaxTree? {
        var sources = SourceMap()
        return parse(sources.add(path: "test.yaml", bytes: Array(text.utf8), isSecret: false), .strict).tree
    }
}
