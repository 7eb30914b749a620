package import Diagnostics
internal import SiteModel

extension LinkedSite {
    /// Rules in site.yaml for fields that no file sets, or sets to nothing that the rule could merge: R0306, a warning.
    package func idleRules() -> [Diagnostic] {
        rules.own.compactMap { rule in
            let values = values(in: rule.subject)
            let found = values.filter { $0.key == rule.field }.map(\.value)
            guard !found.isEmpty else {
                // A known field that is not in use yet is no slip.
                if rule.subject.fields.contains(where: { $0.name == rule.field }) { return nil }
                let known = Set(values.map(\.key)).map(\.text)
                return .unusedRule(rule, near: Suggestions.near(rule.field.text, among: known))
            }
            let fits =
                switch rule.rule {
                case .replace: true
                case .union, .append: found.contains { $0.list != nil }
                case .deep: found.contains { $0.map != nil }
                }
            return fits ? nil : .unfitRule(rule)
        }
    }

    /// All that is written in the layers of a kind of merge.
    private func values(in subject: MergeSubject) -> [Fields.Entry] {
        let kinds: [EntityKind] =
            switch subject {
            case .vm: [.preset, .template]
            case .posture: [.posture, .site]
            case .env: [.env]
            case .node: [.node]
            case .spec: [.spec]
            case .component: [.component]
            case .hostGroup, .pillar: [.hostGroup]
            }
        var values = kinds.flatMap { kind in
            entities.values.filter { $0.id.kind == kind }.flatMap(\.fields.entries)
        }
        switch subject {
        case .vm:
            let vms = entities.values.filter { $0.id.kind == .env }.flatMap { $0.fields["vms"]?.list ?? [] }
            values += vms.flatMap { $0.map?.entries ?? [] }
        case .pillar:
            let owners = entities.values.filter { $0.id.kind == .component || $0.id.kind == .hostGroup }
            values += owners.flatMap { $0.fields["pillar"]?.map?.entries ?? [] }
        default: break
        }
        return values
    }
}

extension Diagnostic {
    fileprivate static func unusedRule(_ rule: SiteRule, near: [String]) -> Diagnostic {
        let names = near.map { "\(rule.subject.rawValue).\($0)" }
        return Diagnostic(
            .badRule, .warning, "no file sets \(rule.subject.rawValue).\(rule.field), so the rule changes nothing",
            at: rule.span,
            help: names.isEmpty ? "correct the name, or remove the rule" : "did you mean \(names.asChoices)?")
    }

    fileprivate static func unfitRule(_ rule: SiteRule) -> Diagnostic {
        let shape = rule.rule == .deep ? "map" : "list"
        let verb = rule.rule == .deep ? "merges maps" : "joins lists"
        return Diagnostic(
            .badRule, .warning,
            "\(rule.rule.rawValue) \(verb), but no file has a \(shape) in \(rule.subject.rawValue).\(rule.field)",
            at: rule.span, help: "use another rule, or remove the line")
    }
}
