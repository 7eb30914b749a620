internal import Diagnostics
internal import Emitters
internal import Resolution
internal import Secrets
internal import SiteModel

/// Where the values of an output come from (DESIGN §12).
///
/// Made of the output itself, so it cannot tell another story than the output's. Holds no plaintext of a secret.
public struct Explanation: Sendable {
    /// All that was found, warnings included.
    public let report: Report
    let leaves: [Leaf]
    let sources: SourceMap

    /// One value without parts: a scalar, a secret, an empty list or map; or a key that was inherited and is not there.
    struct Leaf: Sendable {
        let path: [PathStep]
        /// Nil if `!unset` removed it, or the map around it was replaced.
        let value: Value?
        let origin: Origin
        /// Where the key is written that it stands under.
        let keySpan: Span?
        let rule: String
        let isFileName: Bool
        let beat: [Value]
        let via: [Step]
    }

    /// One step to a value: a key, or an item of a list.
    struct PathStep: Sendable {
        let text: String
        /// Of an item that is named: its place.
        var index: Int?
    }

    /// As JSON: an array of `{path, value, layer, file, line, column, rule, beat: [{value, layer, file, line, column}], via:
    /// [{field, file, line, column, to}]}`, one for each value. `line` and `column` count from 1, `column` in Unicode
    /// scalars; `file` is null and `layer` `default` for what `resolve` supplies. A key that was removed has no `value`,
    /// and is only there if nothing else was asked for.
    public var json: [UInt8] {
        var places = Places(sources)
        let isRemoved = leaves.allSatisfy { $0.value == nil }
        let items = leaves.filter { $0.value != nil || isRemoved }.map { places.value($0) }
        return Document(JSONWriter.document(Value(.list(items), .nowhere)).output, nil).bytes(.redacted)
    }

    /// As a tree for people.
    ///
    /// - Parameter isColoured: whether to colour it for a terminal.
    public func text(isColoured: Bool = false) -> String {
        var tree = ExplanationTree(sources, isColoured: isColoured)
        return tree.render(leaves)
    }

    /// How many values it tells of.
    public var count: Int { leaves.count }
}

extension SiteCompiler {
    /// Tells where each value of a target's output comes from. Opens no secrets.
    ///
    /// - Parameter path: which values, dotted; items of lists by index or by their `name`; `*` is any one step. Nil for all.
    /// - Returns: nothing explained where the report has errors; R0201 for a path that leads nowhere.
    public func explain(_ target: Target, path: String? = nil) -> Explanation {
        let draft = draft(target, nil)
        var diagnostics = draft.loader.diagnostics + draft.findings
        var leaves: [Explanation.Leaf] = []
        if let document = draft.subject.flatMap({ Registry.document(of: $0) }) {
            var walk = ProvenanceWalk()
            walk.visit(document)
            leaves = walk.leaves
            if let path { leaves = select(path, leaves, &diagnostics) }
        }
        let report = report(on: draft.loader, diagnostics, usage: draft.usage)
        return Explanation(report: report, leaves: report.isClean ? leaves : [], sources: draft.loader.sources)
    }

    private func select(
        _ path: String, _ leaves: [Explanation.Leaf], _ diagnostics: inout [Diagnostic]
    ) -> [Explanation.Leaf] {
        guard let pattern = PathPattern(path) else {
            diagnostics.append(.badPath(path))
            return []
        }
        let found = leaves.filter { pattern.matches($0.path) }
        if found.isEmpty { diagnostics.append(.noPath(path, pattern.nearest(in: leaves.map(\.path)))) }
        return found
    }
}

extension Diagnostic {
    fileprivate static func badPath(_ path: String) -> Diagnostic {
        Diagnostic(
            .dangling, "\"\(path)\" is no path", at: nil,
            help: "write vms.web1.memory; a step with a dot in it goes in quotes: ssh_keys.\"joe@host.lan\"")
    }

    fileprivate static func noPath(_ path: String, _ nearest: PathPattern.Nearest) -> Diagnostic {
        let step = Suggestions.near(nearest.missing, among: nearest.choices)
        let place = nearest.reached.isEmpty ? "the output" : nearest.reached
        let choices = nearest.choices.prefix(12).joined(separator: ", ")
        let help =
            !step.isEmpty
            ? "did you mean \(step.asChoices)?"
            : nearest.choices.isEmpty
                ? "\(place) is a single value" : "\(place) has: \(choices)\(nearest.choices.count > 12 ? ", …" : "")"
        return Diagnostic(.dangling, "nothing at \"\(path)\" in the output", at: nil, help: help)
    }
}
