import Diagnostics
import YAMLSyntax

/// libFuzzer's entry: any bytes are read as a file, the whole tree is walked, and what is wrong is rendered.
///
/// The first byte chooses strict or lenient, and whether the file holds secrets. A crash, a hang, or memory beyond the
/// limit is a failure; so is a span outside the file, or a secret's text in a message.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzYAML(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    var sources = SourceMap()
    let source = sources.add(path: "fuzz.yaml", bytes: bytes, isSecret: start[0] & 2 != 0)
    let parsed = parse(source, start[0] & 1 == 0 ? .strict : .lenient)
    if let tree = parsed.tree {
        var budget = 100_000
        walk(tree, tree.root, &budget)
    }
    let diagnostics = parsed.diagnostics + (parsed.tree?.versionLints() ?? [])
    for diagnostic in diagnostics {
        for label in [diagnostic.primary].compactMap(\.self) + diagnostic.related {
            precondition(Int(label.span.end) <= bytes.count, "a span outside the file")
        }
    }
    var text = TextRenderer(sources: sources, colour: false)
    _ = text.render(diagnostics.sorted(in: sources))
    var json = JSONRenderer(sources: sources)
    _ = json.render(diagnostics)
    return 0
}

/// Visits every node that the program would, aliases and merge keys followed.
private func walk(_ tree: SyntaxTree, _ node: NodeID, _ budget: inout Int) {
    budget -= 1
    guard budget > 0 else { return }
    precondition(Int(tree.span(node).end) <= tree.source.bytes.count, "a span outside the file")
    switch tree.kind(node) {
    case .map:
        for entry in tree.entries(node) {
            _ = tree.string(entry.key)
            walk(tree, entry.value, &budget)
        }
    case .list:
        for item in tree.items(node) { walk(tree, item, &budget) }
    default:
        _ = tree.value(node)
        _ = tree.string(node)
    }
}
