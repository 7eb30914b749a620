package import Diagnostics
internal import SiteModel

/// Hosts of several names at one address and port: R0620. Two minions at one place are R0614.
struct HostPlaces {
    private(set) var diagnostics: [Diagnostic] = []
    private var known: [Place: [Machine]] = [:]

    /// - Parameter said: what the host or its groups say of a variable.
    mutating func look(at host: InventoryHosts.Host, _ said: (Key) -> Value?) {
        guard let place = Place(said) else { return }
        let machine = host.nearest
        if let other = known[place]?.first(where: { !$0.maySharePlace(with: machine) }) {
            diagnostics.append(.sameAddress(other, machine, said("ansible_host")))
        }
        known[place, default: []].append(machine)
    }

    /// Where ssh would lead.
    private struct Place: Hashable {
        let address: HostAddress
        let port: Int
        /// The way there, which may lead into another network.
        let arguments: Key?

        init?(_ said: (Key) -> Value?) {
            guard let address = said("ansible_host")?.string.flatMap({ HostAddress($0) }),
                said("ansible_connection")?.string.map({ Connection.overSSH.contains($0) }) ?? true
            else { return nil }
            self.address = address
            port = said("ansible_port")?.integer ?? 22
            arguments = said("ansible_ssh_common_args")?.string.map { Key($0) }
        }
    }
}

extension Machine {
    /// Whether it is meant that both are at one address: a node on its machine, alternatives, what says so, or what is
    /// reported otherwise.
    fileprivate func maySharePlace(with other: Machine) -> Bool {
        switch (layer, other.layer) {
        case (.instance, .instance), (.host, .node), (.node, .host): return true
        default:
            let areAlternatives = env != nil && other.env != nil && env != other.env
            return areAlternatives || (shared != nil && shared == other.shared)
        }
    }
}

extension Diagnostic {
    fileprivate static func sameAddress(_ first: Machine, _ second: Machine, _ address: Value?) -> Diagnostic {
        let isMinion = [first, second].contains { $0.layer == .instance }
        return Diagnostic(
            .hostsAtOneAddress, .warning,
            "\"\(first.name)\" and \"\(second.name)\" are both at \(address?.string ?? "")",
            at: address?.origin.span ?? second.span, second.phrase,
            related: (first.address?.value.origin.span ?? first.span).map { [Label($0, first.phrase)] } ?? [],
            help: isMinion
                ? "one machine has one name: say `naming` in the host group, such as \"{group}-{label}-{instance}\"; else correct the address, or say their ports"
                : "one machine has one name; else correct the address, or say `shared: NAME` of both")
    }
}

extension Code {
    package static let hostsAtOneAddress = Code(
        "R0620", "two hosts at one address",
        explanation: """
            Ansible would work on one machine under two names, with the variables of either: often a VM and a minion that are one \
            machine, whose names differ in a dash. A node and the machine that it runs on may have one address.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- groups/web.yaml --
            children: [kt_web]
            -- envs/prod.yaml --
            vms: [{name: kt-web-1, ip: 10.0.0.5/24}]
            -- pillar/hosts/kt_web.sls --
            env: prod
            instances: {1: 10.0.0.5}
            """,
        fix: "Give the machine one name everywhere, or correct the address.")
}
