/// What is merged from layers: the names that `merge:` in site.yaml and `explain --rules` know.
package enum MergeSubject: String, Sendable, CaseIterable {
    case vm, posture, env, node, spec, component, pillar
    case hostGroup = "host-group"

    /// What entities of a kind are layers of.
    package init(_ kind: EntityKind) {
        self =
            switch kind {
            case .posture: .posture
            case .env: .env
            case .node: .node
            case .spec: .spec
            case .component: .component
            case .hostGroup: .hostGroup
            default: .vm
            }
    }

    /// The fields with a type of their own.
    package var fields: [Field] {
        switch self {
        case .vm: FieldTable.vm.fields
        case .posture: FieldTable.posture.fields
        case .env: FieldTable.env.fields
        case .node: FieldTable.node.fields
        case .component: FieldTable.component.fields
        case .hostGroup: FieldTable.hostGroup.fields
        case .spec: FieldTable.spec.fields
        case .pillar: []
        }
    }

    /// Whether any other field may be there.
    package var isOpen: Bool { [.vm, .pillar, .hostGroup].contains(self) }

    /// The rules, before a site adds its own.
    package var rules: MergeRules {
        switch self {
        case .pillar: MergeRules(otherwise: .deep)
        case .hostGroup: MergeRules(fields, otherwise: .deep)
        default: MergeRules(fields)
        }
    }

    /// The layers, the weakest first, each after what it extends.
    package var layers: String {
        switch self {
        case .vm: "site ← preset ← template ← the env's entry"
        case .posture: "default ← site ← posture"
        case .env: "env"
        case .node: "default ← site ← node"
        case .spec: "site ← spec"
        case .component: "component"
        case .hostGroup: "host group"
        case .pillar: "components ← their secrets ← host group ← its secrets ← instance"
        }
    }
}
