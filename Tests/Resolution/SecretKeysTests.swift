import Diagnostics
import Resolution
import SiteModel
import TestSupport
import Testing
import YAMLSyntax

/// What is asked of secrets one by one is what the binder makes of the whole file, and nothing that it has to say is lost.
@Suite struct SecretKeysTests {
    static let texts = [
        "",
        "api_tokens:\n  pve: a\n  \"other\": 'b'\npasswords: {vm_root: x}\nauth:\n  site_token: a\n  node_tokens:\n    v: x\n",
        "auth: {signing_key: x, other: [a, {b: 1}, [c]]}\ndb: {password: x, port: 5432, none: ~, ratio: 0.5, on: yes}\n",
        "ssh_keys: {'joe@host.lan': 'ssh-ed25519 AAAA', \"ann\": ''}\n", "api_tokens:\n", "api_tokens: {pve: 7}\n",
        "api_tokens: [a]\n", "auth: x\n", "auth: {site_token: {a: b}}\n", "auth: {sitetoken: a}\n",
        "api_tokns: {a: b}\n",
        "x-note: {a: b}\nx-: c\n", "a: {$alloc: pool}\n", "a: {$secret: b}\n", "a: !!str 1\nb: &b [x]\nc: *b\n",
        "a: &a {x: 1}\nb: {<<: *a, y: 2}\n", "a: 1\na: 2\n", "passwd: x\na: {password: [x, {passwd: y}]}\n",
        (0..<40).map { "k\($0): v\n" }.joined(),
        "auth:\n  node_tokens:\n" + (0..<70).map { "    vm\($0): t\($0)\n" }.joined()
            + "    é: ''\n    '1': \"a\\n\"\n",
    ]

    @Test(arguments: texts) func sayTheSame(_ text: String) { Self.check(Array(text.utf8)) }

    @Test(arguments: 0..<8) func ofRandomTextsToo(_ seed: Int) {
        var edits = YAMLEdits(of: Self.texts.map { Array($0.utf8) }, seed: UInt64(seed * 1000 + 23))
        for _ in 0..<300 { Self.check(edits.next()) }
    }

    @Test func theSitesOwnAreNotBoundWhole() {
        // Else all of this tests nothing.
        for text in [1, 2, 3, 11].map({ Self.texts[$0] }) { #expect(Self.check(Array(text.utf8)), "\(text)") }
    }

    /// - Returns: whether the binder has nothing to say of it.
    @discardableResult
    private static func check(_ bytes: [UInt8]) -> Bool {
        var isQuiet = false
        for strictness in [Strictness.strict, .lenient] {
            var sources = SourceMap()
            let source = sources.add(path: "secrets.yaml", masking: bytes.span)
            guard let tree = outline(of: bytes, source, strictness) else { continue }
            let outline = IndexedTree(tree)
            let name = String(decoding: bytes, as: UTF8.self).debugDescription
            let bound = bind(outline.tree, as: .secrets, strictness)
            let read = SecretKeys.read(outline, strictness)
            isQuiet = bound.diagnostics.isEmpty
            check(read.keys, read.diagnostics, bound.entity.fields, bound.diagnostics, name)
            let layer = bindSecretLayer(outline.tree, named: "secrets/hosts/web.yaml")
            let readLayer = SecretKeys.read(outline, named: "secrets/hosts/web.yaml")
            check(readLayer.keys, readLayer.diagnostics, layer.fields, layer.diagnostics, name)
        }
        return isQuiet
    }

    /// The tree as it is when the values are taken out of it.
    private static func outline(of bytes: [UInt8], _ source: Source, _ strictness: Strictness) -> SyntaxTree? {
        guard var tree = parse(source, saying: bytes.span, strictness).tree else { return nil }
        guard tree.leavesValues else { return tree.standIn }
        tree.takeValues(from: bytes.span) { _, _, _ in }
        return tree
    }

    private static func check(
        _ keys: SecretKeys, _ said: [Diagnostic], _ fields: Fields, _ expected: [Diagnostic], _ name: String
    ) {
        #expect(said.map { "\($0)" } == expected.map { "\($0)" }, "\(name)")
        var paths: [(steps: [Key], value: Value)] = fields.entries.map { ([$0.key], $0.value) }
        var count = 0
        while let (steps, value) = paths.popLast(), count < 200 {
            count += 1
            #expect(keys.value(at: steps).map(describe) == describe(value), "\(steps) of \(name)")
            #expect(keys.value(at: steps + ["nothing"]) == nil || value.map?.contains("nothing") == true)
            if let map = value.map { paths += map.entries.map { (steps + [$0.key], $0.value) } }
            for (index, item) in (value.list ?? []).enumerated() { paths.append((steps + [Key(index)], item)) }
        }
        #expect(keys.value(at: []) == nil)
        #expect(keys.value(at: ["nothing", "there"]) == nil || fields.contains("nothing"))
        // Now all of it, after which the same is said of single ones.
        #expect(describe(keys.fields) == describe(fields), "\(name)")
        for entry in fields.entries {
            #expect(keys.value(at: [entry.key]).map(describe) == describe(entry.value), "\(name)")
        }
    }

    private static func describe(_ value: Value) -> String {
        let origin = value.origin
        let head = "\(String(describing: origin.span)) \(origin.layer) \(origin.strength) \(origin.isRaw)"
        switch value.content {
        case .map(let fields): return "\(head) {\(describe(fields))}"
        case .list(let items): return "\(head) [\(items.map(describe).joined(separator: ", "))]"
        default: return "\(head) \(value.content)"
        }
    }

    private static func describe(_ fields: Fields) -> String {
        fields.entries.map { "\($0.key) at \(String(describing: $0.keySpan)): \(describe($0.value))" }
            .joined(separator: ", ")
    }
}
