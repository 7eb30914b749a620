import Diagnostics
import SecretMemory
import Secrets
import TestSupport
import Testing
import YAMLSyntax

/// The outline of a file of secrets is the one that its keys and kinds come to, and nothing of a value is in it. Values that were left
/// where they stand are those that the tree says.
@Suite struct OutlineTests {
    static let texts = [
        "", "a: b\n", "a: {b: PLANTED, c: [PLANTED, '', {d: 'PLANTED'}], e: {}}\n", "- PLANTED\n- a: 1\n",
        "a: 1\nb: -0.5\nc: .inf\nd: .nan\ne: 99999999999999999999\nf: 0x1F\ng: yes\nh: ~\ni:\nj: ''\nk: 2001-01-01\n",
        "1: a\n'2': b\nx: |\n  PLANTED\n  PLANTED\ny: \"PLANTED\\n\"\n", "$secret: a\n", "a: {$secret: PLANTED}\n",
        "a: &a PLANTED\nb: *a\n", "a: &a {x: PLANTED}\nb: {<<: *a}\n", "a: !raw PLANTED\n", "a: !secret PLANTED\n",
        "a: !alloc PLANTED\n", "a: !!str 1\nb: !!int '7'\n", "PLANTED\n", "é: PLANTED\ne\u{301}: b\n",
        "a: 'it''s PLANTED'\nb: \"\\tPLANTED \\\"x\\\"\"\nc: |-\n  é PLANTED\nd: 1_000\ne: 0o17\nf: 010\n",
        (0..<40).map { "key\($0): 'PLANTED \($0)'\n" }.joined() + "last: [1, PLANTED, {x: \"a\\\\b\"}]\n",
        "a: ENC[AES256_GCM,data:PLANTED]\nb: 'ENC[AES256_GCM,'\n", "a: ENC[AES256_GCM\n",
    ]

    @Test(arguments: texts) func isThatOfTheKeys(_ text: String) { Self.check(Array(text.utf8)) }

    @Test(arguments: 0..<8) func ofRandomTextsToo(_ seed: Int) {
        var edits = YAMLEdits(of: Self.texts.map { Array($0.utf8) }, seed: UInt64(seed * 1000 + 17))
        for _ in 0..<400 { Self.check(edits.next()) }
    }

    /// Only ciphertext makes a file an encrypted one that lost its metadata.
    @Test func ciphertextIsSeen() {
        for text in ["a: ENC[AES256_GCM,x\n", "ENC[AES256_GCM,: a\n", "a: ['b', \"ENC[AES256_GCM,\\n\"]\n"] {
            #expect(Self.read(text).secrets == nil, "\(text)")
        }
        for text in ["a: xENC[AES256_GCM,x\n", "a: ENC[AES256_GCM\n", "a: b # ENC[AES256_GCM,\n"] {
            #expect(Self.read(text).secrets != nil, "\(text)")
        }
    }

    private static func read(_ text: String) -> (secrets: OpenedSecrets?, diagnostics: [Diagnostic]) {
        var sources = SourceMap()
        let source = sources.add(path: "secrets.yaml", masking: text.utf8.span)
        return OpenedSecrets.readPlain(SecretText(SecretBytes(copying: text.utf8.span)), source, .strict)
    }

    private static func check(_ bytes: [UInt8]) {
        var sources = SourceMap()
        let source = sources.add(path: "secrets.yaml", masking: bytes.span)
        let text = SecretText(SecretBytes(copying: bytes.span))
        let read = OpenedSecrets.readPlain(text, source, .strict, isShown: true)
        guard let secrets = read.secrets, let root = secrets.documents.first else { return }
        let name = "\(String(decoding: bytes, as: UTF8.self).debugDescription)"
        guard let outline = secrets.outline(of: source) else {
            Issue.record("no outline: \(name)")
            return
        }
        let shape = SyntaxTree(root.shape, of: source)
        #expect(describe(outline.tree.root, of: outline.tree) == describe(shape.root, of: shape), "\(name)")
        var waiting = [outline.tree.root]
        while let node = waiting.popLast() {
            waiting += outline.tree.items(node) + outline.tree.writtenEntries(node).map(\.value)
            if outline.tree.kind(node) == .scalar {
                #expect(!outline.tree.string(node).contains("PLANTED"), "\(name)")
            }
        }
        checkValues(secrets, root, bytes, name)
    }

    /// What is said of a node that the binder could ask for.
    private static func describe(_ node: NodeID, of tree: SyntaxTree) -> [String] {
        let head = "\(tree.kind(node)) \(tree.count(node)) \(tree.span(node)) \(tree.isText(node))"
        switch tree.kind(node) {
        case .map:
            return tree.entries(node).reduce(into: [head]) { lines, entry in
                lines.append("\(tree.string(entry.key)) \(tree.span(entry.key))")
                lines += describe(entry.value, of: tree)
            }
        case .list: return tree.items(node).reduce(into: [head]) { $0 += describe($1, of: tree) }
        default:
            let value =
                switch tree.value(node) {
                case .string(let text): text.isEmpty ? "empty" : "text"
                case .float(let number): number.isFinite ? "float" : "no number"
                case let value: "\(value)"
                }
            return ["\(head) \(tree.type(node)) \(value)"]
        }
    }

    /// Every value is found by its steps, and is what a tree that copies values says.
    private static func checkValues(_ secrets: OpenedSecrets, _ root: SecretNode, _ bytes: [UInt8], _ name: String) {
        var sources = SourceMap()
        let open = sources.add(path: "open.yaml", bytes: bytes, isSecret: true)
        guard let tree = parseWithLibYAML(open, saying: bytes.span, .strict).tree else {
            Issue.record("libyaml does not read \(name)")
            return
        }
        var waiting: [(SecretNode, NodeID, [String])] = [(root, tree.root, [])]
        while let (secret, node, steps) = waiting.popLast() {
            switch secret.content {
            case .map(let entries):
                #expect(secrets.scalar(at: steps) == nil)
                for (entry, other) in zip(entries, tree.entries(node)) {
                    #expect(entry.key.utf8.elementsEqual(tree.text(other.key)))
                    waiting.append((entry.value, other.value, steps + [entry.key]))
                }
            case .list(let items):
                for (index, pair) in zip(items, tree.items(node)).enumerated() {
                    waiting.append((pair.0, pair.1, steps + [String(index)]))
                }
            case .scalar(let kind, let range):
                let found = secrets.scalar(at: steps)
                #expect(found?.kind == kind && found?.range == range, "\(steps) of \(name)")
                #expect(text(of: range, in: secrets) == text(of: node, in: tree), "\(steps) of \(name)")
            }
        }
        #expect(secrets.scalar(at: ["none", "of", "these"]) == nil)
    }

    private static func text(of range: Range<Int>?, in secrets: OpenedSecrets) -> [UInt8]? {
        range.map { secrets.text.withBytes($0) { letters in letters.indices.map { letters[$0] } } }
    }

    private static func text(of node: NodeID, in tree: SyntaxTree) -> [UInt8]? {
        switch tree.value(node) {
        case .null: nil
        case .bool(let value): Array("\(value)".utf8)
        case .integer(let number): Array(String(number).utf8)
        case .bigInteger(let digits): Array(digits.utf8)
        case .float(let number): number.isFinite ? Array(number.description.utf8) : nil
        case .string: Array(tree.text(node))
        }
    }
}
