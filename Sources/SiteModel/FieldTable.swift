/// What a field may hold. From these tables come the binding, its errors and the documentation.
package indirect enum FieldType: Sendable {
    case text
    case integer(ClosedRange<Int>)
    case boolean
    /// One of these texts.
    case choice([String])
    /// A VM's `ip`: null, `dhcp`, or an address with its prefix length.
    case addressWithPrefix
    /// An IP address without a prefix, or a host name.
    case address
    /// One value, or a map that says more.
    case either(FieldType, or: FieldTable)
    /// The number of a port, or the name of one of the component's `ports`.
    case portOrName
    /// The name of another entity.
    case reference(SearchOrder)
    /// What the entity extends: the name of another of its kind, or a list of them.
    case parents
    /// A key under a part of the secrets; where it may name that part, too, `ssh_keys.joe` is `joe`.
    case secret(under: Key, mayNamePart: Bool = false)
    case list(FieldType)
    /// One value, or a list of them.
    case oneOrMore(FieldType)
    case map(FieldTable)
    /// A map with any keys.
    case mapOf(FieldType)
    /// A list, or a map with any keys.
    case listOrMapOf(FieldType)
    /// Text that is a secret, or should be one.
    case password
    case nullable(FieldType)
    case any
    /// Any value that is shown or checked, and so cannot be a secret.
    case visible
}

extension FieldType {
    /// What the field wants, for a sentence.
    package var wish: String {
        switch self {
        case .text: "text"
        case .integer(let range) where range.count == 1: "the number \(range.lowerBound)"
        case .integer(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .choice(let choices): choices.map { "\"\($0)\"" }.joined(separator: " | ")
        case .addressWithPrefix: "null, dhcp, or an address with its prefix (10.0.0.5/24)"
        case .address: "an IP address or a host name"
        case .either(.address, _): "an IP address, a host name or a map"
        case .either(let type, _): "\(type.wish), or a map"
        case .portOrName: "a port's number, or its name in `ports`"
        case .listOrMapOf: "a map or a list"
        case .password: "text, best `!secret PATH`"
        case .reference(let order): "the name of a \(order.kind.name)"
        case .parents: "the name of another of its kind, or a list of names"
        case .secret(let section, _): "the name of a secret under \(section)"
        case .list: "a list"
        case .oneOrMore(let type): "\(type.wish), or a list"
        case .map, .mapOf: "a map"
        case .nullable(let type): type.wish
        case .any, .visible: "a value"
        }
    }
}

/// One field of an entity.
package struct Field: Sendable {
    package let name: Key
    /// What the field was called before; still read.
    package let formerName: Key?
    package let type: FieldType
    package let rule: MergeRule
    package let isRequired: Bool
    /// In an open kind: a near miss of this key is an error, since it decides what the entity is.
    package let isStructural: Bool
    /// What it is where no layer says it.
    package let whenAbsent: String?
    /// One sentence for the documentation.
    package let summary: String

    package init(
        _ name: Key, formerly formerName: Key? = nil, _ type: FieldType, merged rule: MergeRule = .replace,
        required: Bool = false, structural: Bool = false, whenAbsent: String? = nil, _ summary: String
    ) {
        self.name = name
        self.formerName = formerName
        self.type = type
        self.rule = rule
        isRequired = required
        isStructural = structural
        self.whenAbsent = whenAbsent
        self.summary = summary
    }
}

/// The fields of a kind of entity, or of a map within one.
package struct FieldTable: Sendable {
    /// What a schema calls it, for a table that stands in several places of one kind: there it is written once.
    package let name: Key?
    /// Other keys are data and pass through.
    package let isOpen: Bool
    /// Other keys are errors, in these words: whoever reads the output does not know them. Nil where they are remarks.
    package let refusal: String?
    package let fields: [Field]
    /// Keys that belong to another kind and would be dropped here in silence, with the key that is meant.
    package let confusions: [Key: Key]

    package init(named name: Key? = nil, isOpen: Bool = false, _ fields: [Field], confusions: [Key: Key] = [:]) {
        self.name = name
        self.isOpen = isOpen
        refusal = nil
        self.fields = fields
        self.confusions = confusions
    }

    package init(named name: Key? = nil, refusing refusal: String, _ fields: [Field]) {
        self.name = name
        isOpen = false
        self.refusal = refusal
        self.fields = fields
        confusions = [:]
    }

    /// The field that a key means, under its name or its former one.
    package func field(_ key: Key) -> Field? {
        fields.first { $0.name == key } ?? fields.first { $0.formerName == key }
    }

}

extension EntityKind {
    /// Whether an entity of the kind may extend others.
    package var inherits: Bool {
        switch self {
        case .preset, .template, .posture, .env, .spec, .hostGroup, .component: true
        default: false
        }
    }

    /// The table that binds a kind's files.
    package var table: FieldTable {
        switch self {
        case .site: .site
        case .secrets: .secrets
        case .allocations: .allocations
        case .outputs: .outputs
        case .host: .host
        case .node: .node
        case .env: .env
        case .template: .template
        case .preset: .preset
        case .posture: .posture
        case .component: .component
        case .hostGroup: .hostGroup
        case .spec: .spec
        case .manifest: .manifest
        case .group: .group
        case .probe: .probe
        }
    }
}

extension Field {
    /// What every kind that inherits has.
    package static let extends = Field(
        "extends", .parents, structural: true,
        "What it starts from: its parents are weaker layers, the first the weakest.")
}
