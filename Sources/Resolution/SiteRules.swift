package import Diagnostics
package import SiteModel

/// A rule that site.yaml sets.
package struct SiteRule: Sendable {
    package let subject: MergeSubject
    package let field: Key
    package let rule: MergeRule
    /// Where its key stands.
    package let span: Span?
}

/// The merge rules of a site: those of the tables, and what `merge:` in site.yaml changes (DESIGN §3).
package struct SiteRules: Sendable {
    private var rules: [MergeSubject: MergeRules] = [:]
    /// Those that site.yaml sets, in its order.
    package private(set) var own: [SiteRule] = []
    package private(set) var diagnostics: [Diagnostic] = []

    /// Reports R0306.
    init(_ written: Fields?, _ strictness: Strictness) {
        for entry in written?.entries ?? [] {
            guard let rule = entry.value.string.flatMap({ MergeRule(rawValue: $0) }) else {
                // Strictly taken, the binder has reported it. The Python resolver knows no rules to be lenient about.
                if strictness == .lenient { diagnostics.append(.noRule(entry)) }
                continue
            }
            guard let steps = SecretRef.steps(of: entry.key.text), steps.count == 2, steps[1] != "*" else {
                diagnostics.append(.noField(entry))
                continue
            }
            guard let subject = MergeSubject(rawValue: steps[0].text) else {
                diagnostics.append(.noSubject(entry, steps[0], steps[1]))
                continue
            }
            if let problem = Self.problem(subject, steps[1], rule, entry) {
                diagnostics.append(problem)
                continue
            }
            rules[subject, default: subject.rules][steps[1]] = rule
            own.append(SiteRule(subject: subject, field: steps[1], rule: rule, span: entry.keySpan))
        }
    }

    package subscript(subject: MergeSubject) -> MergeRules { rules[subject] ?? subject.rules }

    private static func problem(
        _ subject: MergeSubject, _ name: Key, _ rule: MergeRule, _ entry: Fields.Entry
    ) -> Diagnostic? {
        guard let field = subject.fields.first(where: { $0.name == name || $0.formerName == name }) else {
            guard !subject.isOpen else { return nil }
            let near = Suggestions.near(name.text, among: subject.fields.map(\.name.text), includingParts: false)
            return .badRule(
                entry.keySpan, "\(subject.rawValue) has no field \"\(name)\"",
                near.isEmpty ? "`resolve help fields` lists them" : "did you mean \(near.asChoices)?")
        }
        let isChooser = FieldTable.choosers.contains(name)
        guard isChooser || !field.type.canMerge(by: rule) else { return nil }
        let reason = isChooser ? "it chooses layers and is no data" : "it wants \(field.type.wish)"
        return .badRule(
            entry.value.origin.span, "\(subject.rawValue).\(name) cannot be merged by \(rule.rawValue): \(reason)",
            "remove the line")
    }
}

extension FieldType {
    fileprivate func canMerge(by rule: MergeRule) -> Bool {
        switch (self, rule) {
        case (_, .replace), (.any, _), (.visible, _): true
        case (.list, .union), (.list, .append): true
        case (.map, .deep), (.mapOf, .deep), (.listOrMapOf, _): true
        case (.nullable(let type), _): type.canMerge(by: rule)
        default: false
        }
    }
}

extension Diagnostic {
    fileprivate static func badRule(_ span: Span?, _ message: String, _ help: String) -> Diagnostic {
        Diagnostic(.badRule, message, at: span, help: help)
    }

    fileprivate static func noRule(_ entry: Fields.Entry) -> Diagnostic {
        let rules = MergeRule.allCases.map(\.rawValue).joined(separator: ", ")
        return badRule(entry.value.origin.span ?? entry.keySpan, "\(entry.key) has no such rule", "there are: \(rules)")
    }

    fileprivate static func noField(_ entry: Fields.Entry) -> Diagnostic {
        badRule(
            entry.keySpan, "\"\(entry.key)\" names no field",
            "write KIND.FIELD, such as vm.tags: a rule is for one whole field. For what is inside a field there are tags; a field with a dot in its name goes in quotes: 'vm.\"a.b\"'"
        )
    }

    fileprivate static func noSubject(_ entry: Fields.Entry, _ name: Key, _ field: Key) -> Diagnostic {
        let layersOfVM: [Key] = ["preset", "template", "instance", "vms"]
        let subjects = MergeSubject.allCases.map(\.rawValue)
        let near = Suggestions.near(name.text, among: subjects)
        let help =
            layersOfVM.contains(name)
            ? "presets, templates and an env's entries are layers of a VM: write vm.\(field)"
            : near.isEmpty ? "there are: \(subjects.joined(separator: ", "))" : "did you mean \(near.asChoices)?"
        return badRule(entry.keySpan, "nothing named \"\(name)\" is merged", help)
    }
}

extension Code {
    package static let badRule = Code(
        "R0306", "a merge rule that fits nothing",
        explanation: """
            `merge:` in site.yaml says how a field is merged: `KIND.FIELD: RULE`. Presets, templates and an env's entries are \
            layers of one thing, a `vm`. Lists can be joined (union, append), maps merged (deep); what holds a single value \
            is always replaced.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            merge:
              template.tags: union
            """,
        fix: "Name the field as `resolve explain --rules` does.")
}
