internal import Diagnostics
internal import SiteModel

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
        case (nil, .builtIn): return rule.map { "the default (\($0))" } ?? "the default"
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
