package import Diagnostics
internal import SiteModel

/// The hosts of an inventory while they are gathered: machines of one name are one host (DESIGN §8).
struct InventoryHosts {
    struct Host {
        let name: Key
        /// Who told of it last, and so is nearest.
        fileprivate(set) var nearest: Machine
        /// None or one: of most hosts of a check only the name is looked at.
        private var details: [Details] = []

        private struct Details {
            var earlier: [Machine] = []
            var connection = Fields()
            var vars = Fields()
        }

        init(_ machine: Machine) {
            name = machine.name
            nearest = machine
        }

        /// Who tells of it, the nearest last.
        var machines: [Machine] { (details.first?.earlier ?? []) + [nearest] }

        /// What Ansible needs to reach it.
        var connection: Fields { details.first?.connection ?? Fields() }

        /// Its own variables.
        var vars: Fields { details.first?.vars ?? Fields() }

        fileprivate mutating func add(_ machine: Machine) {
            let former = nearest
            change { $0.earlier.append(former) }
            nearest = machine
        }

        /// Adds how it is reached, and variables, over what is there.
        fileprivate mutating func add(_ connection: [Fields.Entry], _ vars: Fields, _ lineage: [Lineage]) {
            change { details in
                for entry in connection {
                    // A default is one for whom nothing else is said, by whichever file.
                    if entry.isDefault, details.connection.contains(entry.key) { continue }
                    details.connection.lay(entry)
                }
                for entry in vars.entries { details.vars.lay(entry) }
                details.vars.removed += vars.removed
                details.vars.lineage += vars.lineage + lineage
            }
        }

        private mutating func change(_ change: (inout Details) -> Void) {
            if details.isEmpty { details = [Details()] }
            change(&details[0])
        }
    }

    private(set) var all: [Host] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// By their names.
    private var places = HashedPlaces(capacity: 0)

    func contains(_ name: Key) -> Bool { place(name) != nil }

    /// The place of the host of that name.
    func place(_ name: Key) -> Int? { places.place(name.hash) { all[$0].name == name } }

    /// Whether the host of that place is of another env.
    func isOfOtherEnv(_ place: Int, than env: Key) -> Bool {
        var isOfOther = false
        for own in all[place].machines.lazy.compactMap(\.env) {
            if own == env { return false }
            isOfOther = true
        }
        return isOfOther
    }

    var names: [String] { inOrder.map(\.name.text) }

    mutating func reserveCapacity(_ count: Int) {
        all.reserveCapacity(count)
        places = HashedPlaces(capacity: count)
    }

    /// Adds that a file tells of a machine. Reports R0615 and R0619.
    ///
    /// - Returns: the host's place.
    @discardableResult
    mutating func add(_ machine: Machine) -> Int { add(machine, at: place(machine.name)) }

    /// - Parameter known: the place of the host of its name; nil if there is none.
    @discardableResult
    mutating func add(_ machine: Machine, at known: Int?) -> Int {
        guard let place = known else {
            if !AnsibleName.isHost(machine.name) { diagnostics.append(.noHostName(machine)) }
            all.append(Host(machine))
            let hosts = all
            places.append { hosts[$0].name.hash }
            return all.count - 1
        }
        if let other = all[place].machines.last(where: { $0.isElsewhere(than: machine) }) {
            diagnostics.append(.twoPlaces(other, machine))
        }
        all[place].add(machine)
        return place
    }

    /// Adds what one file tells of a machine, nearer than what was told before. Reports R0615 and R0619.
    mutating func add(_ machine: Machine, _ connection: [Fields.Entry], _ vars: Fields = Fields()) {
        let place = add(machine)
        all[place].add(connection, vars, machine.lineage)
    }

    var inOrder: [Host] {
        all.indices.map { (order: NaturalOrder(all[$0].name.text), place: $0) }.sorted { $0.order < $1.order }
            .map { all[$0.place] }
    }
}

extension InventoryHosts.Host {
    /// The host with its variables.
    ///
    /// - Parameter inherited: what its groups say of a variable.
    func finished(_ inherited: (Key) -> Value?) -> Inventory.Host {
        // What is a default of the site's, or of the compiler's, gives way to what a group says of its hosts.
        var variables = connection.without(
            connection.entries.filter(\.isDefault).map(\.key).filter { inherited($0) != nil })
        if (vars["ansible_connection"] ?? inherited("ansible_connection"))?.string == Connection.incusPlugin {
            variables = variables.without(Connection.ofSSH)
            variables.lay(instanceOfIncus)
        }
        for entry in vars.entries { variables.lay(entry) }
        variables.removed = vars.removed
        variables.lineage = vars.lineage
        return Inventory.Host(name: name, origin: Origin(nearest.span, layer), variables: variables)
    }

    /// Whether Ansible would look a minion up by its name, which is hardly one for DNS: R0812.
    ///
    /// - Parameter said: what the host or its groups say of a variable.
    func needsAddress(_ said: (Key) -> Value?) -> Bool {
        guard layer == .instance, said("ansible_host") == nil else { return false }
        return said("ansible_connection")?.string.map { Connection.overSSH.contains($0) } ?? true
    }

    private var layer: Layer { nearest.layer }

    /// What Incus calls it.
    private var instanceOfIncus: Fields.Entry {
        for machine in machines.reversed() {
            if case .minion(let minion) = machine.kind, let entry = minion.fields?.entry("incus_name") {
                return entry.named("ansible_incus_host")
            }
        }
        let origin = Origin(nearest.span, layer)
        return Fields.Entry("ansible_incus_host", .string(name.text, origin), rule: .derived("its name"))
    }
}

extension Fields {
    /// Sets an entry over what is there.
    mutating func lay(_ nearer: Entry) { set(entry(nearer.key)?.overridden(by: nearer) ?? nearer) }
}

extension Fields.Entry {
    /// Whether it is what the compiler or the site supplies for whatever says nothing.
    fileprivate var isDefault: Bool { [.builtIn, .site].contains(value.origin.layer) }
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
    fileprivate static func twoPlaces(_ first: Machine, _ second: Machine) -> Diagnostic {
        func words(_ machine: Machine) -> String { "\(machine.phrase) at \(machine.address?.value.string ?? "")" }
        func place(_ machine: Machine) -> Span? { machine.address?.value.origin.span ?? machine.span }
        let areAlternatives = first.env != nil && second.env != nil && first.env != second.env
        return Diagnostic(
            .twoPlaces, "\"\(second.name)\" is \(words(first)) and \(words(second))", at: place(second),
            second.phrase, related: place(first).map { [Label($0, first.phrase)] } ?? [],
            help: areAlternatives
                ? "rename one of them, or make an inventory for each env: `resolve inventory \(second.env?.text ?? "ENV")`"
                : "correct one of the addresses if they are one machine; else rename one of them")
    }

    /// A minion that is a VM, of another env.
    static func twoEnvs(_ vm: Machine, _ minion: Machine) -> Diagnostic {
        Diagnostic(
            .twoPlaces, "\"\(minion.name)\" is \(vm.phrase) and a minion of env \(minion.env?.text ?? "")",
            at: minion.span, minion.phrase, related: vm.span.map { [Label($0, vm.phrase)] } ?? [],
            help: "correct the host group's `env`, or rename one of them if they are two machines")
    }

    fileprivate static func noHostName(_ machine: Machine) -> Diagnostic {
        Diagnostic(
            .noHostName, "\"\(machine.name)\" is no name for a host", at: machine.span,
            help:
                "use letters, digits, `.`, `_`, `@` and `-`, a letter or digit first: Ansible has patterns of the rest"
        )
    }

    static func nameless(_ hosts: [InventoryHosts.Host]) -> Diagnostic {
        let shown = hosts.prefix(5).map(\.name.text).joined(separator: ", ")
        let rest = hosts.count > 5 ? " and \(hosts.count - 5) more" : ""
        return Diagnostic(
            .nameless, .warning,
            "\(shown)\(rest) \(hosts.count == 1 ? "has" : "have") no address: Ansible would look for a machine of that name",
            at: hosts[0].nearest.span,
            help: "say `ip: ADDRESS`, or put it into a group with `connection: incus` or `connection: local`")
    }
}

extension Code {
    package static let twoPlaces = Code(
        "R0615", "one host in two places",
        explanation: """
            A host of an inventory is known by its name. A node, a VM and a minion of one name are one machine, and what the \
            minion says is nearest; but then they have one address, and are of one env. Otherwise two machines would be one \
            host, reached at either place.
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

    package static let nameless = Code(
        "R0812", "a minion that Ansible knows by its name only",
        explanation: """
            A minion says that it has no address, and nothing says that Ansible reaches it otherwise than by ssh. Then ssh is \
            given its id for a host's name, and whatever DNS or ssh's configuration knows by that name is entered.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- groups/kt.yaml --
            vars: {http_port: 8080}
            -- pillar/hosts/kt_web.sls --
            instances: {1: null}
            """,
        fix: """
            Give it an address, or a connection that needs none: a group with `connection: incus` or `local`. A name that ssh's \
            configuration knows stands in `vars: {ansible_host: NAME}`.
            """)
}
