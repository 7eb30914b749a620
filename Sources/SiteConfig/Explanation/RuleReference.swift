internal import Emitters
internal import Resolution
internal import SiteModel

/// How everything is merged, from the tables that the merge itself goes by: what `resolve explain --rules` prints.
struct RuleReference {
    /// One row: how a field is merged.
    struct Row {
        let subject: MergeSubject
        /// `*` for every other field.
        let field: String
        let rule: MergeRule
        let whenAbsent: String?
        /// The place that sets it, if the site does.
        let setBy: String?
    }

    /// In the order in which they are printed.
    static let subjects: [MergeSubject] = [.vm, .posture, .env, .node, .component, .hostGroup, .pillar, .spec]

    private let rows: [Row]

    /// - Parameter own: what the site says itself.
    init(_ own: [(subject: MergeSubject, field: Key, rule: MergeRule, place: String)], only: MergeSubject? = nil) {
        rows = Self.subjects.filter { only == nil || only == $0 }.flatMap { subject -> [Row] in
            let ours = own.filter { $0.subject == subject }
            let fields = subject.fields.filter { field in
                field.name != "extends" && (field.rule != subject.rules.otherwise || field.whenAbsent != nil)
                    && !ours.contains { $0.field == field.name }
            }
            return fields.map {
                Row(subject: subject, field: $0.name.text, rule: $0.rule, whenAbsent: $0.whenAbsent, setBy: nil)
            }
                + ours.map { row in
                    let field = subject.fields.first { $0.name == row.field }
                    return Row(
                        subject: subject, field: row.field.text, rule: row.rule, whenAbsent: field?.whenAbsent,
                        setBy: row.place)
                } + [Row(subject: subject, field: "*", rule: subject.rules.otherwise, whenAbsent: nil, setBy: nil)]
        }
    }

    var text: String {
        let subjects = Self.subjects.filter { subject in rows.contains { $0.subject == subject } }
        let sections = subjects.map { subject -> String in
            "\(subject.rawValue): \(subject.layers)\n" + rows.filter { $0.subject == subject }.map(Self.line).joined()
        }
        let rules = MergeRule.allCases.map { Self.columns("  " + $0.rawValue, $0.summary) }
        let tags = MergeTag.allCases.map { Self.columns("  " + $0.text, $0.summary) }
        return """
            Layers are folded from the weakest (left) to the nearest; what extends others comes after them. At each
            step the stronger value wins whole: !force, then no tag, then !default. Of two that are equally strong, the
            rule decides: the tag on the nearer value, else the field's rule.

            \(sections.joined(separator: "\n"))
            rules:
            \(rules.joined())
            tags:
            \(tags.joined())
            A site sets rules of its own in site.yaml: `merge: {vm.tags: union, vm.network: deep}`. A value has one tag
            at most. Components that no `requires` orders and that set one key to different values are an error.

            """
    }

    /// `[{"kind": …, "field": …, "rule": …, "when_absent": …, "set_by": …}, …]`
    var value: Value {
        func text(_ text: String?) -> Value { text.map { .string($0, .nowhere) } ?? Value(.null, .nowhere) }
        let items = rows.map { row -> Value in
            let fields: Fields = [
                "kind": text(row.subject.rawValue), "field": text(row.field), "rule": text(row.rule.rawValue),
                "when_absent": text(row.whenAbsent), "set_by": text(row.setBy),
            ]
            return Value(.map(fields), .nowhere)
        }
        return Value(.list(items), .nowhere)
    }

    private static func line(_ row: Row) -> String {
        let remarks = [row.whenAbsent.map { "when absent: \($0)" }, row.setBy].compactMap(\.self)
        let rule = ([row.rule.rawValue] + remarks).joined(separator: "; ")
        return columns("  " + (row.field == "*" ? "any other" : row.field), rule)
    }

    private static func columns(_ first: String, _ second: String) -> String {
        first + String(repeating: " ", count: max(1, 18 - first.count)) + second + "\n"
    }
}

extension SiteCompiler {
    /// The merge rules: those of this compiler's site, its own included.
    ///
    /// - Parameter kind: one of `mergedKinds`; nil for all.
    /// - Returns: nothing to print where site.yaml has errors; nil for a kind that is not merged.
    public func rules(of kind: String?, asJSON: Bool = false) -> (report: Report, bytes: [UInt8])? {
        var loader = Loader(files, strictness)
        loader.loadSite()
        let rules = loader.site.rules
        var places = Places(loader.sources)
        let own = rules.own.map { ($0.subject, $0.field, $0.rule, $0.span.map { "set in \(places.place($0))" } ?? "") }
        let report = report(on: loader, loader.diagnostics + rules.diagnostics, usage: nil)
        return Self.bytes(own, kind, asJSON).map { (report, report.isClean ? $0 : []) }
    }

    /// The merge rules of a site that sets none itself. Nil for a kind that is not merged.
    public static func rules(of kind: String?, asJSON: Bool = false) -> [UInt8]? { bytes([], kind, asJSON) }

    /// What is merged from layers, as `rules` takes it.
    public static let mergedKinds: [String] = RuleReference.subjects.map(\.rawValue)

    private static func bytes(
        _ own: [(subject: MergeSubject, field: Key, rule: MergeRule, place: String)], _ kind: String?, _ asJSON: Bool
    ) -> [UInt8]? {
        let subject = kind.flatMap { MergeSubject(named: $0) }
        if kind != nil, subject == nil { return nil }
        let reference = RuleReference(own, only: subject)
        guard asJSON else { return Array(reference.text.utf8) }
        return Document(JSONWriter.document(reference.value).output).bytes(.redacted)
    }
}

extension MergeSubject {
    /// As people name it: presets, templates and the entries of an env are layers of a VM.
    fileprivate init?(named name: String) {
        switch name {
        case "preset", "template", "instance", "vms", "presets", "templates": self = .vm
        default:
            guard
                let subject = RuleReference.subjects.first(where: { $0.rawValue == name || $0.rawValue + "s" == name })
            else { return nil }
            self = subject
        }
    }
}
