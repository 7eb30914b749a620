package import Diagnostics
internal import SiteModel

/// The hosts of an inventory while they are gathered: machines of one name are one host (DESIGN §8).
struct InventoryHosts {
    struct Host {
        let name: Key
        /// Who tells of it, the nearest last.
        var machines: [Machine]
        /// What Ansible needs to reach it.
        var connection = Fields()
        /// Its own variables.
        var vars = Fields()
    }

    private(set) var all: [Host] = []
    private(set) var diagnostics: [Diagnostic] = []
    private var places: [Key: Int] = [:]

    func contains(_ name: Key) -> Bool { places[name] != nil }

    var names: [String] { inOrder.map(\.name.text) }

    /// Adds what one file tells of a machine, nearer than what was told before. Reports R0615 and R0619.
    mutating func add(_ machine: Machine, _ connection: [Fields.Entry], _ vars: Fields = Fields()) {
        let place = places[machine.name] ?? all.count
        if place == all.count {
            if !AnsibleName.isHost(machine.name) { diagnostics.append(.noHostName(machine)) }
            places[machine.name] = place
            all.append(Host(name: machine.name, machines: []))
        } else if let other = all[place].machines.last(where: { $0.isElsewhere(than: machine) }) {
            diagnostics.append(.twoPlaces(other, machine))
        }
        all[place].machines.append(machine)
        for entry in connection { all[place].connection.lay(entry) }
        for entry in vars.entries { all[place].vars.lay(entry) }
        all[place].vars.removed += vars.removed
        all[place].vars.lineage += vars.lineage + machine.lineage
    }

    var inOrder: [Host] {
        all.map { (order: NaturalOrder($0.name.text), host: $0) }.sorted { $0.order < $1.order }.map(\.host)
    }
}

extension InventoryHosts.Host {
    /// The host with its variables.
    ///
    /// - Parameter inherited: what its groups say of a variable.
    func finished(_ inherited: (Key) -> Value?) -> Inventory.Host {
        // What is a default of the site's, or of the compiler's, gives way to what a group says of its hosts.
        let defaults = connection.entries.filter { [.builtIn, .site].contains($0.value.origin.layer) }
        var variables = connection.without(defaults.map(\.key).filter { inherited($0) != nil })
        if (vars["ansible_connection"] ?? inherited("ansible_connection"))?.string == Connection.incusPlugin {
            variables = variables.without(["ansible_host", "ansible_user", "ansible_port"])
            variables.lay(instanceOfIncus)
        }
        for entry in vars.entries { variables.lay(entry) }
        variables.removed = vars.removed
        variables.lineage = vars.lineage
        return Inventory.Host(name: name, span: machines.last?.span, variables: variables)
    }

    /// What Incus calls it.
    private var instanceOfIncus: Fields.Entry {
        for machine in machines.reversed() {
            if case .minion(let minion) = machine.kind, let entry = minion.fields?.entry("incus_name") {
                return entry.named("ansible_incus_host")
            }
        }
        let origin = Origin(machines.last?.span, .instance)
        return Fields.Entry("ansible_incus_host", .string(name.text, origin), rule: .derived("its name"))
    }
}

extension Fields {
    /// Sets an entry over what is there.
    mutating func lay(_ nearer: Entry) { set(entry(nearer.key)?.overridden(by: nearer) ?? nearer) }
}

extension Machine {
    /// Whether both say an address, and not the same.
    fileprivate func isElsewhere(than other: Machine) -> Bool {
        guard let left = address?.value.string, let right = other.address?.value.string else { return false }
        guard let first = HostAddress(left), let second = HostAddress(right) else { return Key(left) != Key(right) }
        return first != second
    }
}

extension Diagnostic {
    /// Whether it says that two envs have VMs of one name.
    var isAboutAlternatives: Bool { code.id == Code.twoPlaces.id && notes == [Self.alternatives] }

    private static let alternatives = "each env has an inventory of its own, without the other's VMs"

    fileprivate static func twoPlaces(_ first: Machine, _ second: Machine) -> Diagnostic {
        func words(_ machine: Machine) -> String { "\(machine.phrase) at \(machine.address?.value.string ?? "")" }
        func place(_ machine: Machine) -> Span? { machine.address?.value.origin.span ?? machine.span }
        var help = "correct one of the addresses if they are one machine; else rename one of them"
        var notes: [String] = []
        if case .vm(let env) = second.kind, case .vm(let other) = first.kind, env != other {
            notes = [alternatives]
            help = "rename one of them, or make the inventories of the envs: `resolve inventory \(env)`"
        }
        return Diagnostic(
            .twoPlaces, "\"\(second.name)\" is \(words(first)) and \(words(second))", at: place(second),
            second.phrase, related: place(first).map { [Label($0, first.phrase)] } ?? [], notes: notes,
            help: help)
    }

    fileprivate static func noHostName(_ machine: Machine) -> Diagnostic {
        Diagnostic(
            .noHostName, "\"\(machine.name)\" is no name for a host", at: machine.span,
            help:
                "use letters, digits, `.`, `_`, `@` and `-`, a letter or digit first: Ansible has patterns of the rest")
    }
}

extension Code {
    package static let twoPlaces = Code(
        "R0615", "one host at two addresses",
        explanation: """
            A host of an inventory is known by its name. A node, a VM and a minion of one name are one machine, and what the \
            minion says is nearest; but then they have one address. Two of them would be one host, reached at either place.
            """,
        example: """
            $ resolve inventory
            -- site.yaml --
            -- envs/prod.yaml --
            vms: [{name: web_1, ip: 10.0.0.5/24}]
            -- pillar/hosts/web.sls --
            instances: {1: 10.0.0.6}
            """,
        fix:
            "Correct the address, or rename one of them. `resolve inventory ENV` leaves out the machines of other envs."
    )

    package static let noHostName = Code(
        "R0619", "a name that no host can have",
        explanation: """
            Ansible takes a list of hosts for patterns: `:`, `,`, `*` and brackets mean something there, and in a static file \
            `web[1:3]` stands for three hosts.
            """,
        example: """
            $ resolve inventory
            -- site.yaml --
            -- envs/prod.yaml --
            vms: [{name: "web[1:3]", ip: 10.0.0.5/24}]
            """,
        fix: "Rename it: letters, digits, `.`, `_`, `@` and `-`, a letter or digit first.")
}
