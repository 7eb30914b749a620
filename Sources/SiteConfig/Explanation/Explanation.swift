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
    /// The merge rules that the site sets itself.
    let rules: [SiteRule]

    /// One value without parts: a scalar, a secret, an empty list or map; or a key that was inherited and is not there.
    struct Leaf: Sendable {
        let path: [PathStep]
        /// Nil if `!unset` removed it, or the map around it was replaced.
        let value: Value?
        let origin: Origin
        /// Where the keys are written that it stands under, the outermost first.
        let keySpans: [Span]
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
        return Document(JSONWriter.document(Value(.list(items), .nowhere)).output).bytes(.redacted)
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
        let draft = draft(target, newLoader())
        var diagnostics = draft.loader.diagnostics + draft.findings
        var leaves: [Explanation.Leaf] = []
        // What the format cannot hold is no output that could be explained.
        diagnostics += draft.subject.map { Registry.emit($0).diagnostics } ?? []
        if let document = draft.subject.flatMap({ Registry.document(of: $0) }) {
            var walk = ProvenanceWalk()
            walk.visit(document)
            // An output without a value is itself one; of it there is nothing to tell.
            leaves = walk.leaves.filter { !$0.path.isEmpty }
            // Without an output no path leads anywhere, and that is not the path's fault.
            if let path, !diagnostics.hasErrors { leaves = select(path, leaves, draft.loader.sources, &diagnostics) }
        }
        let report = report(on: draft.loader, diagnostics, usage: draft.usage)
        return Explanation(
            report: report, leaves: report.isClean ? leaves : [], sources: draft.loader.sources,
            rules: draft.loader.site.rules.own)
    }

    private func select(
        _ path: String, _ leaves: [Explanation.Leaf], _ sources: SourceMap, _ diagnostics: inout [Diagnostic]
    ) -> [Explanation.Leaf] {
        guard let pattern = PathPattern(path) else {
            diagnostics.append(.badPath(path))
            return []
        }
        let found = leaves.filter { pattern.matches($0.path) }
        if found.isEmpty {
            var places = Places(sources)
            let end = leaves.first { pattern.leadsBeyond($0.path) }
            let absence = end?.value == nil ? end.map { places.phrase($0.origin, $0.rule) } : nil
            diagnostics.append(.noPath(path, pattern.nearest(in: leaves.map(\.path)), absence: absence))
        }
        return found
    }
}

extension Diagnostic {
    fileprivate static func badPath(_ path: String) -> Diagnostic {
        Diagnostic(
            .dangling, "\"\(path)\" is no path", at: nil,
            help: "write vms.web1.memory; a step with a dot in it goes in quotes: ssh_keys.\"joe@host.lan\"")
    }

    /// - Parameter absence: what removed the last value that the path comes to; nil if none was removed.
    fileprivate static func noPath(_ path: String, _ nearest: PathPattern.Nearest, absence: String?) -> Diagnostic {
        let near = Suggestions.near(nearest.missing, among: nearest.choices).map { DottedPath.text([$0]) }
        let place = nearest.reached.isEmpty ? "the output" : nearest.reached
        let choices = nearest.choices.prefix(12).map { DottedPath.text([$0]) }.joined(separator: ", ")
        let help: String
        if let absence {
            help = "\(place) is absent: removed by \(absence)"
        } else if nearest.missing.contains("*") {
            help = "`*` stands for one whole step"
        } else if nearest.missing.contains("[") {
            help = "an item of a list is a step of its own: vms.0"
        } else if !near.isEmpty {
            help = "did you mean \(near.asChoices)?"
        } else if nearest.choices.isEmpty {
            help = "\(place) is a single value"
        } else {
            help = "\(place) has: \(choices)\(nearest.choices.count > 12 ? ", …" : "")"
        }
        return Diagnostic(.dangling, "nothing at \"\(path)\" in the output", at: nil, help: help)
    }
}
