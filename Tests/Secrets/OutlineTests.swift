import Diagnostics
import SecretMemory
import Secrets
import TestSupport
import Testing
import YAMLSyntax

/// The outline of a file of secrets is made from its tree at once; it is the one that its keys and kinds come to, and nothing of a
/// value is in it.
@Suite struct OutlineTests {
    static let texts = [
        "", "a: b\n", "a: {b: PLANTED, c: [PLANTED, '', {d: 'PLANTED'}], e: {}}\n", "- PLANTED\n- a: 1\n",
        "a: 1\nb: -0.5\nc: .inf\nd: .nan\ne: 99999999999999999999\nf: 0x1F\ng: yes\nh: ~\ni:\nj: ''\nk: 2001-01-01\n",
        "1: a\n'2': b\nx: |\n  PLANTED\n  PLANTED\ny: \"PLANTED\\n\"\n", "$secret: a\n", "a: {$secret: PLANTED}\n",
        "a: &a PLANTED\nb: *a\n", "a: &a {x: PLANTED}\nb: {<<: *a}\n", "a: !raw PLANTED\n", "a: !secret PLANTED\n",
        "a: !alloc PLANTED\n", "a: !!str 1\nb: !!int '7'\n", "PLANTED\n", "é: PLANTED\ne\u{301}: b\n",
    ]

    @Test(arguments: texts) func isThatOfTheKeys(_ text: String) { Self.check(Array(text.utf8)) }

    @Test(arguments: 0..<8) func ofRandomTextsToo(_ seed: Int) {
        var edits = YAMLEdits(of: Self.texts.map { Array($0.utf8) }, seed: UInt64(seed * 1000 + 17))
        for _ in 0..<400 { Self.check(edits.next()) }
    }

    private static func check(_ bytes: [UInt8]) {
        var sources = SourceMap()
        let source = sources.add(path: "secrets.yaml", masking: bytes.span)
        var plain = PlainSecrets(SecretText(SecretBytes(copying: bytes.span)), source, .strict)
        let outline = plain.outline
        guard let secrets = plain.open(isShown: true), let root = secrets.documents.first, let outline else { return }
        let text = "\(String(decoding: bytes, as: UTF8.self).debugDescription)"
        let difference = outline.difference(from: SyntaxTree(root.shape, of: source))
        #expect(difference == nil, "\(text): \(difference ?? "")")
        var waiting = [outline.root]
        while let node = waiting.popLast() {
            waiting += outline.items(node) + outline.writtenEntries(node).map(\.value)
            if outline.kind(node) == .scalar { #expect(!outline.string(node).contains("PLANTED"), "\(text)") }
        }
    }
}
