internal import Diagnostics
internal import Synchronization

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

/// One field of an entity. A reference, since tables are read for every key of a site.
package final class Field: Sendable {
    package let name: Key
    /// What the field was called before; still read.
    package let formerName: Key?
    package let type: FieldType
    package let rule: MergeRule
    package let isRequired: Bool
    /// In an open kind: a near miss of this key is an error, since it decides what the entity is.
    package let isStructural: Bool
    /// Of a VM: it goes into the outputs of its env and of manifests that have the env, and no check across files looks at it, but
    /// those whether tags and a site's own rules do anything.
    package let isLocal: Bool
    /// What it is where no layer says it.
    package let whenAbsent: String?
    /// One sentence for the documentation.
    package let summary: String
    /// Whether what stands there, at any depth, is a password.
    package let isOfPassword: Bool

    package init(
        _ name: Key, formerly formerName: Key? = nil, _ type: FieldType, merged rule: MergeRule = .replace,
        required: Bool = false, structural: Bool = false, local: Bool = false, whenAbsent: String? = nil,
        _ summary: String
    ) {
        self.name = name
        self.formerName = formerName
        self.type = type
        self.rule = rule
        isRequired = required
        isStructural = structural
        isLocal = local
        self.whenAbsent = whenAbsent
        self.summary = summary
        isOfPassword = name.namesPassword
    }
}

/// The fields of a kind of entity, or of a map within one. A reference, as its fields are.
@usableFromInline package final class FieldTable: Sendable {
    /// What a schema calls it, for a table that stands in several places of one kind: there it is written once.
    package let name: Key?
    /// Other keys are data and pass through.
    package let isOpen: Bool
    /// Other keys are errors, in these words: whoever reads the output does not know them. Nil where they are remarks.
    package let refusal: String?
    package let fields: [Field]
    /// Keys that belong to another kind and would be dropped here in silence, with the key that is meant.
    package let confusions: [Key: Key]
    /// Those that have to be there.
    package let required: [Field]
    /// The names of those.
    package let requiredNames: [Key]
    /// The names of the fields, then their former ones, each with its field's place.
    private let names: [(name: Key, place: Int)]
    /// What most fields are, by their places, as far as whoever binds a file has to know it: to look at a field itself is to count
    /// a reference, for every key of a site.
    private let plain: [(name: Key, sort: Sort)]
    private let strangers = Strangers()

    package init(named name: Key? = nil, isOpen: Bool = false, _ fields: [Field], confusions: [Key: Key] = [:]) {
        self.name = name
        self.isOpen = isOpen
        refusal = nil
        self.fields = fields
        self.confusions = confusions
        required = fields.filter(\.isRequired)
        requiredNames = required.map(\.name)
        plain = fields.map { ($0.name, Sort(of: $0)) }
        names = Self.names(of: fields)
    }

    package init(named name: Key? = nil, refusing refusal: String, _ fields: [Field]) {
        self.name = name
        isOpen = false
        self.refusal = refusal
        self.fields = fields
        confusions = [:]
        required = fields.filter(\.isRequired)
        requiredNames = required.map(\.name)
        plain = fields.map { ($0.name, Sort(of: $0)) }
        names = Self.names(of: fields)
    }

    private static func names(of fields: [Field]) -> [(name: Key, place: Int)] {
        let former = fields.enumerated().compactMap { place, field in field.formerName.map { ($0, place) } }
        return fields.enumerated().map { ($1.name, $0) } + former
    }

    /// The sort of a field, as far as its values may be bound without going there.
    package enum Sort: Sendable {
        case text, address, any
        case reference(SearchOrder)
        /// Any other, and what may hold passwords.
        case other

        fileprivate init(of field: Field) {
            switch field.type {
            case _ where field.isOfPassword: self = .other
            case .text: self = .text
            case .addressWithPrefix: self = .address
            case .any, .visible: self = .any
            case .reference(let order), .nullable(.reference(let order)): self = .reference(order)
            default: self = .other
            }
        }
    }

    /// The place, the name and the sort of the field that a key means, under its name or its former one.
    package func place(of key: Key) -> (place: Int, name: Key, sort: Sort)? {
        for index in names.indices where names[index].name == key {
            let place = names[index].place
            return (place, plain[place].name, plain[place].sort)
        }
        return nil
    }

    /// The field that a key means, under its name or its former one.
    package func field(_ key: Key) -> Field? {
        for index in names.indices where names[index].name == key { return fields[names[index].place] }
        return nil
    }

    /// Whether a key that is no field is not called nearly like one either, so that it cannot be meant for one.
    package func isStranger(_ key: Key) -> Bool {
        strangers.contains(key) {
            Suggestions.near(key.text, among: names.map(\.name.text), includingParts: false).isEmpty
        }
    }

    /// What was found of keys that are no fields. Data has few keys, and each of them many times.
    private final class Strangers: Sendable {
        private let known = Mutex<[Key: Bool]>([:])

        func contains(_ key: Key, _ look: () -> Bool) -> Bool {
            if let known = known.withLock({ $0[key] }) { return known }
            let found = look()
            known.withLock { $0[key] = found }
            return found
        }
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
