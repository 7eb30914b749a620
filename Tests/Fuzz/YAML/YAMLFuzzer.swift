import Diagnostics
import YAMLSyntax

/// libFuzzer's entry: any bytes are read as a file, the whole tree is walked, and what is wrong is rendered.
///
/// The first byte chooses strict or lenient (bit 0), and whether the file holds secrets (bit 1). A crash, a hang, or
/// memory beyond the limit is a failure, and so is a promise of the reader that is not kept: see the functions below.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzYAML(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    let strictness: Strictness = start[0] & 1 == 0 ? .strict : .lenient
    let reading = Reading(bytes, strictness, isSecret: start[0] & 2 != 0)
    let agreement = Agreement(bytes, isSecret: reading.source.isSecret)
    promise(agreement.difference == nil, "two readers, two trees: \(agreement.difference ?? "")")
    reading.checkSpans()
    reading.render()
    if reading.source.isSecret { reading.checkSilence() } else { reading.checkFixes() }
    if let tree = reading.tree {
        var walk = Walk(tree)
        walk.visit(tree.root, depth: 1)
        walk.checkWritten(tree.root)
    }
    compare(reading, Reading(bytes, strictness, isSecret: !reading.source.isSecret))
    return 0
}

/// One file, read.
private struct Reading {
    let sources: SourceMap
    let source: Source
    let tree: SyntaxTree?
    let diagnostics: [Diagnostic]

    init(_ bytes: [UInt8], _ strictness: Strictness, isSecret: Bool) {
        var sources = SourceMap()
        source = sources.add(path: "fuzz.yaml", bytes: bytes, isSecret: isSecret)
        self.sources = sources
        let parsed = parse(source, strictness)
        tree = parsed.tree
        diagnostics = parsed.diagnostics + (parsed.tree?.versionLints() ?? [])
        promise((tree == nil) == parsed.diagnostics.hasErrors, "a tree despite an error, or none without one")
    }

    var labels: [Label] { diagnostics.flatMap { [$0.primary].compactMap(\.self) + $0.related } }

    func checkSpans() {
        for label in labels { promise(label.span.end <= source.bytes.count, "a span outside the file") }
        promise(diagnostics.allSatisfy { $0.primary != nil }, "a mistake without a place")
    }

    func render() {
        var text = TextRenderer(sources: sources, colour: false)
        _ = text.render(diagnostics.sorted(in: sources))
        var json = JSONRenderer(sources: sources)
        _ = json.render(diagnostics)
    }

    /// Nothing of a secret source is quoted. Looked for are its words of letters and digits, which no message has.
    func checkSilence() {
        var said = labels.map(\.text)
        for diagnostic in diagnostics {
            promise(diagnostic.fixes.isEmpty, "a fix-it in a secret source")
            said += [diagnostic.message, diagnostic.help ?? ""] + diagnostic.notes
        }
        let words = Set(said.flatMap { $0.split { !$0.isWordPart } })
        for word in source.text(of: Span(source: source.id, start: 0, end: UInt32(source.bytes.count)))
            .split(whereSeparator: { !$0.isWordPart }) where word.count >= 5
        {
            guard word.contains(where: \.isNumber), word.contains(where: \.isLetter) else { continue }
            promise(!words.contains(word), "a secret source is quoted")
        }
    }

    /// Every fix-it, when applied, removes its diagnostic.
    func checkFixes() {
        for diagnostic in diagnostics.prefix(8) {
            for fix in diagnostic.fixes {
                let mended = Reading(applied(fix), .lenient, isSecret: false)
                let isThere = mended.diagnostics.contains {
                    $0.code == diagnostic.code && $0.primary?.span.start == diagnostic.primary?.span.start
                }
                promise(!isThere, "a fix-it that changes nothing: \(diagnostic.message)")
            }
        }
    }

    private func applied(_ fix: FixIt) -> [UInt8] {
        var bytes = source.bytes
        for edit in fix.edits.sorted(by: { $0.span.start > $1.span.start }) {
            bytes.replaceSubrange(Int(edit.span.start)..<Int(edit.span.end), with: edit.replacement.utf8)
        }
        return bytes
    }
}

/// Visits what the program would, aliases and merge keys followed: the reader's limits alone keep that finite.
private struct Walk {
    let tree: SyntaxTree
    var visited = 0

    init(_ tree: SyntaxTree) { self.tree = tree }

    mutating func visit(_ node: NodeID, depth: Int) {
        visited += 1
        promise(visited <= 1_000_001 + tree.source.bytes.count, "aliases beyond the limit")
        promise(depth <= 129, "nesting beyond the limit")
        switch tree.kind(node) {
        case .map:
            for entry in tree.entries(node) {
                visited += 1
                _ = tree.string(entry.key)
                visit(entry.value, depth: depth + 1)
            }
        case .list:
            for item in tree.items(node) { visit(item, depth: depth + 1) }
        case .scalar:
            _ = tree.value(node)
            let text = tree.text(node)
            promise(ScalarType.resolve(text) == ScalarType.resolveByPattern(text), "a type seen quickly is another")
        case .alias: fatalError("an alias of an alias")
        }
    }

    /// As it is written: a node begins inside the one that holds it, behind the node before.
    func checkWritten(_ node: NodeID) {
        var last = tree.span(node).start
        for child in children(node) {
            let span = tree.span(child)
            promise(span.start >= last, "a node before the one that precedes it")
            last = span.end
            if tree.target(child) == child { checkWritten(child) }
        }
    }

    private func children(_ node: NodeID) -> [NodeID] {
        tree.items(node) + tree.writtenEntries(node).flatMap { [$0.key, $0.value] }
    }
}

/// Whether a file holds secrets changes what is said of it, never what is found; and the same bytes give the same.
///
/// Save for tags: those of ours are known outside the secrets only, and what stands behind one is then read otherwise. Of
/// a file with a tag that either reading refuses, what is not YAML is still refused by both.
private func compare(_ one: Reading, _ other: Reading) {
    let errors = [one, other].map { $0.diagnostics.filter { !$0.code.isLint } }
    if errors.joined().contains(where: { $0.code == .tag }) {
        let broken = errors.map { $0.contains { $0.code == .syntax } }
        promise(broken[0] == broken[1], "secrets change whether it is YAML")
    } else {
        promise(errors[0].map(\.code) == errors[1].map(\.code), "secrets change what is found")
        promise(errors[0].map(\.primary?.span) == errors[1].map(\.primary?.span), "secrets move what is found")
    }
}

extension Character {
    fileprivate var isWordPart: Bool { isLetter || isNumber || self == "_" }
}

/// Ends the run with what was promised and not kept. (An optimised `precondition` would not say which.)
private func promise(_ isKept: Bool, _ otherwise: @autoclosure () -> String) {
    if !isKept { fatalError(otherwise()) }
}
