internal import Diagnostics
internal import Emitters
internal import Resolution
internal import SiteModel

/// What a line of the site decides in an output: `explain` the other way round (DESIGN §12).
public struct Decided: Sendable {
    /// All that was found, warnings included.
    public let report: Report
    /// What to say beside the values: that there are none, and why. Nil if there is nothing to say.
    public let remark: String?
    private let findings: [Finding]

    struct Finding: Sendable {
        let leaf: Explanation.Leaf
        /// The reference on the line that leads to the value; nil if the line sets it.
        let step: Step?
    }

    init(_ report: Report, _ findings: [Finding] = [], remark: String? = nil) {
        self.report = report
        self.findings = findings
        self.remark = remark?.terminalSafe
    }

    /// A line for each value: its path, the value, and, where the line leads to it by a reference, which.
    public var text: String {
        findings.map { finding in
            let path = DottedPath.text(finding.leaf.path.map(\.text)).terminalSafe
            let value = finding.leaf.value.map(ExplanationTree.text) ?? "absent"
            let through = finding.step.map { "  (through \($0.field) → \($0.target))".terminalSafe } ?? ""
            return "\(path): \(value)\(through)\n"
        }.joined()
    }

    /// An array of `{path, value, how}`, `how` being `sets` or `leads to`. A value that the line removes has no `value`.
    public var json: [UInt8] {
        let items = findings.map { finding -> Value in
            let path = DottedPath.text(finding.leaf.path.map(\.text))
            var fields: Fields = ["path": .string(path, .nowhere)]
            if let value = finding.leaf.value { fields.set("value", value) }
            fields.set("how", .string(finding.step == nil ? "sets" : "leads to", .nowhere))
            return Value(.map(fields), .nowhere)
        }
        return Document(JSONWriter.document(Value(.list(items), .nowhere)).output).bytes(.redacted)
    }
}

extension SiteCompiler {
    /// Tells which values of a target's output a line of the site sets or leads to. Opens no secrets.
    ///
    /// - Parameters:
    ///   - file: relative to the site.
    ///   - line: counted from 1.
    ///   - path: which values are asked for, as `explain` takes it; nil for all.
    /// - Returns: R0201 in the report for a file that the site does not have, or a line that the file does not have.
    public func decided(by file: String, line: Int, in target: Target, path: String? = nil) -> Decided {
        let explanation = explain(target, path: path)
        guard explanation.report.isClean else { return Decided(explanation.report) }
        guard let source = explanation.sources.sources.first(where: { $0.path == file }) else {
            let loader = Loader(files, strictness)
            let paths = loader.catalogue.paths
            guard paths.contains(file) else {
                let diagnostics = [Diagnostic.noFile(file, near: Suggestions.near(file, among: paths))]
                return Decided(report(on: loader, diagnostics, usage: nil))
            }
            return Decided(explanation.report, remark: "\(file) takes no part in this output")
        }
        var places = Places(explanation.sources)
        let end = Span(source: source.id, start: UInt32(source.bytes.count), end: UInt32(source.bytes.count))
        let last = places.position(end).line
        guard line <= last else {
            return Decided(report(on: Loader(files, strictness), [.noLine(file, line, last)], usage: nil))
        }
        let search = LineSearch(source.id, line, explanation.rules, &places)
        let findings = explanation.leaves.compactMap { search.finding($0, &places) }
        let remark = findings.isEmpty ? search.remark("\(file):\(line)", explanation.leaves, &places) : nil
        return Decided(explanation.report, findings, remark: remark)
    }
}

/// Looks for what one line has to do with values.
private struct LineSearch {
    private let source: SourceID
    private let line: Int
    /// The site's own merge rules on the line.
    private var rules: [SiteRule] = []

    init(_ source: SourceID, _ line: Int, _ rules: [SiteRule], _ places: inout Places) {
        self.source = source
        self.line = line
        for rule in rules where stands(rule.span, &places) { self.rules.append(rule) }
    }

    func finding(_ leaf: Explanation.Leaf, _ places: inout Places) -> Decided.Finding? {
        if !leaf.isFileName, stands(leaf.origin.span, &places) || isUnderKey(leaf, &places) {
            return Decided.Finding(leaf: leaf, step: nil)
        }
        // What an unset removed would be there without the line.
        for beaten in leaf.beat where beaten.origin.tag == .unset && stands(beaten.origin.span, &places) {
            let step = Step("!unset", at: beaten.origin.span, to: "removes what is inherited")
            return Decided.Finding(leaf: leaf, step: step)
        }
        if let rule = rules.first(where: { $0.decides(leaf) }) {
            let target = "\(rule.subject.rawValue).\(rule.field): \(rule.rule.rawValue)"
            return Decided.Finding(leaf: leaf, step: Step("merge", at: rule.span, to: target))
        }
        for step in leaf.via where step.isWritten && stands(step.span, &places) {
            return Decided.Finding(leaf: leaf, step: step)
        }
        return nil
    }

    func remark(_ place: String, _ leaves: [Explanation.Leaf], _ places: inout Places) -> String {
        for leaf in leaves where leaf.beat.contains(where: { stands($0.origin.span, &places) }) {
            let path = DottedPath.text(leaf.path.map(\.text))
            return "\(place) decides nothing in this output: at \(path) it gives way to \(places.phrase(leaf.origin))"
        }
        return "\(place) decides nothing in this output"
    }

    private func stands(_ span: Span?, _ places: inout Places) -> Bool {
        guard let span, span.source == source else { return false }
        return places.lines(span).contains(line)
    }

    /// Whether the line has the key that the value stands under.
    private func isUnderKey(_ leaf: Explanation.Leaf, _ places: inout Places) -> Bool {
        for key in leaf.keySpans where key.source == leaf.origin.span?.source && stands(key, &places) { return true }
        return false
    }
}

extension SiteRule {
    /// Whether a value is what it is by this rule.
    fileprivate func decides(_ leaf: Explanation.Leaf) -> Bool {
        let steps = leaf.path.map(\.text)
        let name: String? =
            switch subject {
            case .vm: steps.count > 2 && steps[0] == "vms" ? steps[2] : nil
            case .posture, .env: steps.first
            default: nil
            }
        return name.map { Key($0) } == field && leaf.rule.hasPrefix(rule.rawValue)
    }
}

extension Diagnostic {
    fileprivate static func noFile(_ file: String, near: [String]) -> Diagnostic {
        Diagnostic(
            .dangling, "the site has no file \(file)", at: nil,
            help: near.isEmpty ? "name it relative to the site: envs/dev.yaml:12" : "did you mean \(near.asChoices)?")
    }

    fileprivate static func noLine(_ file: String, _ line: Int, _ last: Int) -> Diagnostic {
        Diagnostic(.dangling, "\(file) has \(last) lines, so no line \(line)", at: nil)
    }
}
