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
            line(depth, dim("    over \(value) from \(places.phrase(beaten.origin))"))
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
        case .secret(let secret): "‹secret:\(secret.path)›".terminalSafe
        }
    }
}

/// Turns spans into places for people and for JSON.
struct Places {
    private let sources: SourceMap
    private var tables: LineTables

    init(_ sources: SourceMap) {
        self.sources = sources
        tables = LineTables(sources)
    }

    mutating func position(_ span: Span) -> LineTable.Position { tables[span.source].position(of: span.start) }

    /// The lines that a span touches.
    mutating func lines(_ span: Span) -> ClosedRange<Int> {
        let last = max(span.start, span.end > span.start ? span.end - 1 : span.end)
        let first = position(span).line
        return first...max(first, tables[span.source].position(of: last).line)
    }

    func path(_ span: Span) -> String { sources[span.source].path }

    // MARK: For people

    mutating func phrase(_ origin: Origin, _ rule: String? = nil, isFileName: Bool = false) -> String {
        let remarks = [origin.layer.name] + (rule.map { [$0] } ?? [])
        switch (origin.span, origin.layer) {
        case (nil, .builtIn): return rule.map { "resolve itself (\($0))" } ?? "resolve itself"
        case (nil, .commandLine): return "the command line"
        case (nil, _): return "the \(origin.layer.name)"
        case (let span?, _): return "\(place(span, isWhole: isFileName)) (\(remarks.joined(separator: "; ")))"
        }
    }

    mutating func phrase(_ step: Step) -> String {
        guard let span = step.span else { return "\(step.field) → \(step.target)" }
        guard step.isWritten else { return "\(path(span)) without \(step.field) → \(step.target)" }
        return "\(place(span)) \(step.field) → \(step.target)"
    }

    mutating func place(_ span: Span, isWhole: Bool = false) -> String {
        if isWhole { return path(span) }
        let position = position(span)
        return "\(path(span)):\(position.line):\(position.column)"
    }

    // MARK: For JSON

    mutating func value(_ leaf: Explanation.Leaf) -> Value {
        var fields: Fields = ["path": .string(DottedPath.text(leaf.path.map(\.text)), .nowhere)]
        if let value = leaf.value { fields.set("value", value) }
        describe(leaf.origin, isWhole: leaf.isFileName, &fields)
        fields.set("rule", .string(leaf.rule, .nowhere))
        let beat = leaf.beat.map { beaten -> Value in
            var fields: Fields = ["value": beaten]
            describe(beaten.origin, &fields)
            return Value(.map(fields), .nowhere)
        }
        fields.set("beat", Value(.list(beat), .nowhere))
        fields.set("via", Value(.list(leaf.via.map { value($0) }), .nowhere))
        return Value(.map(fields), .nowhere)
    }

    private mutating func value(_ step: Step) -> Value {
        var fields: Fields = ["field": .string(step.field.text, .nowhere)]
        describe(step.span, isWhole: !step.isWritten, &fields)
        fields.set("to", .string(step.target, .nowhere))
        return Value(.map(fields), .nowhere)
    }

    private mutating func describe(_ origin: Origin, isWhole: Bool = false, _ fields: inout Fields) {
        fields.set("layer", .string(origin.layer.name, .nowhere))
        describe(origin.span, isWhole: isWhole, &fields)
    }

    private mutating func describe(_ span: Span?, isWhole: Bool, _ fields: inout Fields) {
        let position = isWhole ? nil : span.map { self.position($0) }
        fields.set("file", span.map { .string(path($0), .nowhere) } ?? Value(.null, .nowhere))
        fields.set("line", Value(position.map { .integer($0.line) } ?? .null, .nowhere))
        fields.set("column", Value(position.map { .integer($0.column) } ?? .null, .nowhere))
    }
}
