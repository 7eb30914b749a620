package import Diagnostics

/// A machine that Salt manages: one instance of a host group (DESIGN §7). A reference, since several lists have it.
package final class Minion: Sendable {
    package let id: Key
    /// The host group that it is an instance of.
    package let hostGroup: EntityID
    /// Its place in the host group's file.
    package let span: Span?
    /// The group's name up to the first `_`, and what comes after it.
    package let group: String
    package let label: String
    /// A number, or a name.
    package let instance: Value
    /// The env that the host group names, or null.
    package let env: Value
    /// Its address, as text; null if its connection needs none.
    package let address: Fields.Entry
    /// The roster's fields but `host`, unless that is another than the address.
    package let ssh: Fields
    /// What the instance says itself; nil if that is an address only.
    package let fields: Fields?

    package init(
        id: Key, hostGroup: EntityID, span: Span?, group: String, label: String, instance: Value, env: Value,
        address: Fields.Entry, ssh: Fields, fields: Fields?
    ) {
        self.id = id
        self.hostGroup = hostGroup
        self.span = span
        self.group = group
        self.label = label
        self.instance = instance
        self.env = env
        self.address = address
        self.ssh = ssh
        self.fields = fields
    }

    /// The same at another address.
    package func reached(at address: Fields.Entry) -> Minion {
        Minion(
            id: id, hostGroup: hostGroup, span: span, group: group, label: label, instance: instance, env: env,
            address: address, ssh: ssh, fields: fields)
    }

    /// Where salt-ssh connects to; nil if it cannot.
    ///
    /// That is `ssh.host` where it is said, but what the command line says counts above all.
    package var host: Fields.Entry? {
        let isSaidNow = address.value.origin.layer == .commandLine
        let entry = (isSaidNow ? nil : ssh.entry("host")) ?? address.named("host")
        return entry.value.string == nil ? nil : entry
    }
}

extension Minion {
    /// Whether it is not said that it has no address: neither `null` nor the name of an Incus instance stands there.
    package var lacksAddress: Bool {
        address.value.origin.layer == .builtIn && host == nil && fields?.contains("incus_name") != true
    }
}

extension [Minion] {
    /// In natural order of their ids.
    package var inOrder: [Minion] {
        map { (order: NaturalOrder($0.id.text), minion: $0) }.sorted { $0.order < $1.order }.map(\.minion)
    }
}

/// How salt-ssh reaches minions.
package struct Roster: Sendable {
    /// In natural order, each with a host.
    package let minions: [Minion]
    /// How the files of the host groups came to take part.
    package let lineage: [Lineage]
    package let form: Form

    package enum Form: String, Sendable {
        case yaml, json
    }

    package init(_ minions: [Minion], lineage: [Lineage], form: Form) {
        self.minions = minions
        self.lineage = lineage
        self.form = form
    }
}

/// What Salt's states read of one minion.
package struct MinionData: Sendable {
    /// Its pillar, `host` with what its states are included.
    package let pillar: Fields
    /// The names of its states, in order.
    package let states: Value

    package init(pillar: Fields, states: Value) {
        self.pillar = pillar
        self.states = states
    }
}

/// Names for sets of minions.
package struct Nodegroups: Sendable {
    /// Sorted by their names; none is empty.
    package let groups: [(name: Key, minions: [Key])]

    package init(_ groups: [(name: Key, minions: [Key])]) { self.groups = groups }
}
