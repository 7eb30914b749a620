/// What is merged from layers: the names that `merge:` in site.yaml and `explain --rules` know.
package enum MergeSubject: String, Sendable, CaseIterable {
    case vm, posture, env, spec, pillar

    /// What entities of a kind are layers of.
    package init(_ kind: EntityKind) {
        self =
            switch kind {
            case .posture: .posture
            case .env: .env
            case .spec: .spec
            case .component, .hostGroup: .pillar
            default: .vm
            }
    }

    /// The fields with a type of their own.
    package var fields: [Field] {
        switch self {
        case .vm: FieldTable.vm.fields
        case .posture: FieldTable.posture.fields
        case .env: FieldTable.env.fields
        case .spec, .pillar: []
        }
    }

    /// Whether any other field may be there.
    package var isOpen: Bool { self != .posture && self != .env }

    /// The rules, before a site adds its own.
    package var rules: MergeRules {
        switch self {
        case .pillar: MergeRules(otherwise: .deep)
        default: MergeRules(fields)
        }
    }

    /// The layers, the weakest first.
    package var layers: String {
        switch self {
        case .vm: "site ← preset ← template ← the env's entry; of presets and templates, what they extend before them"
        case .posture: "what resolve supplies ← site ← what the posture extends ← the posture"
        case .env: "what the env extends ← the env"
        case .spec: "what the spec extends ← the spec"
        case .pillar: "components ← host group ← instance"
        }
    }
}
