internal import Diagnostics
internal import SiteModel

/// Writes an explanation as a tree: each value with what set it, what it beat, and the references walked to get there.
struct ExplanationTree {
    private var places: Places
    private let isColoured: Bool
    private var text = ""
    /// The steps that the lines above stand under.
    private var shown: [String] = []

    init(_ sources: SourceMap, isColoured: Bool) {
        places = Places(sources)
        self.isColoured = isColoured
    }

    mutating func render(_ leaves: [Explanation.Leaf]) -> String {
        for leaf in leaves { add(leaf) }
        return text
    }

    private mutating func add(_ leaf: Explanation.Leaf) {
        let steps = leaf.path.map { DottedPath.text([$0.text]) }
        let common = zip(steps.dropLast(), shown).prefix { $0.0 == $0.1 }.count
        for depth in common..<max(common, steps.count - 1) { line(depth, steps[depth]) }
        shown = Array(steps.dropLast())
        let depth = steps.count - 1
        let value = leaf.value.map(Self.text) ?? "absent"
        line(depth, bold(steps.last ?? "") + ": \(value)")
        line(depth, dim("    from \(places.phrase(leaf.origin, leaf.rule, isFileName: leaf.isFileName))"))
        for beaten in leaf.beat {
            let value = beaten.origin.tag == .unset ? "!unset" : Self.text(beaten)
            line(
                depth,
                dim(
                    "    over \(value) from \(places.phrase(beaten.origin, beaten.origin.layer == .commandLine ? nil : beaten.origin.strength.tag?.text))"
                ))
        }
        for step in leaf.via { line(depth, dim("    via \(places.phrase(step))")) }
    }

    private mutating func line(_ depth: Int, _ words: String) {
        text += String(repeating: "  ", count: depth) + words + "\n"
    }

    private func bold(_ text: String) -> String {
        isColoured ? "\u{1B}[1m\(text.terminalSafe)\u{1B}[0m" : text.terminalSafe
    }

    private func dim(_ text: String) -> String {
        isColoured ? "\u{1B}[2m\(text.terminalSafe)\u{1B}[0m" : text.terminalSafe
    }

    /// A value on one line, as JSON has it; a secret by its name.
    static func text(_ value: Value) -> String {
        switch value.content {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .bigInteger(let digits): digits
        case .float(let number): number.description
        case .string(let text): JSONText.quoted(text).terminalSafe
        case .list(let items): "[\(items.map(text).joined(separator: ", "))]"
        case .map(let fields):
            "{\(fields.entries.map { "\(JSONText.quoted($0.key.text).terminalSafe): \(text($0.value))" }.joined(separator: ", "))}"
        case .secret(let secret): "‹\(secret.claims == nil ? "secret" : "token"):\(secret.path)›".terminalSafe
        case .pooled(let pool): "!alloc \(pool)".terminalSafe
        }
    }
}
