package import Diagnostics
internal import SiteModel

extension LinkedSite {
    /// Whether VMs fit the node that they are made on: R0603, R0608, R0609.
    package func checkPlace(of vms: [VM], on node: BoundEntity?) -> [Diagnostic] {
        checkNetworks(vms, on: node) + (node.map { checkMemory(vms, on: $0) } ?? [])
    }

    /// The same of VMs that were looked at on another node, or on none that is known.
    package func checkPlace(of machines: CompiledMachines, on node: BoundEntity) -> [Diagnostic] {
        guard let known = machines.placed else { return checkPlace(of: machines.vms, on: node) }
        if known.node == node.id { return known.diagnostics }
        guard known.diagnostics.isEmpty else { return checkPlace(of: machines.vms, on: node) }
        // Nothing is wrong with them by themselves, wherever they are.
        return checkNetworks(machines.vms, on: node, areSound: true) + checkMemory(machines.vms, on: node)
    }

    /// Whether the addresses of VMs fit the networks around them (DESIGN §10): R0608, and R0603 for the node's own.
    ///
    /// - Parameters:
    ///   - node: where they run; nil if that is not known.
    ///   - areSound: whether their addresses are known to be right but for the node.
    private func checkNetworks(_ vms: [VM], on node: BoundEntity?, areSound: Bool = false) -> [Diagnostic] {
        var around = Surroundings(node, machine: node.flatMap { self.machine(under: $0) })
        var found: [Diagnostic] = []
        for vm in vms {
            guard let ip = vm.facts.address else { continue }
            let address = Address(vm: vm, ip: ip)
            if !areSound {
                if let border = address.checkBorders() { found.append(border) }
                if let gateway = address.checkGateway() { found.append(gateway) }
            }
            if let bridge = address.checkBridge(in: &around) { found.append(bridge) }
            if let node = address.checkNode(in: around, strictness.severity) { found.append(node) }
        }
        return found
    }

    /// The node that an env names, or the only one.
    package func node(meantBy env: BoundEntity) -> BoundEntity? {
        let name = env.fields["node"]?.name ?? catalogue.onlyName(.node)
        return name.flatMap { entity(Key($0), .kind(.node)) }
    }

    /// The physical machine that a node runs on, if it is known.
    func machine(under node: BoundEntity) -> BoundEntity? {
        node.fields["host"]?.name.flatMap { name in
            catalogue.place(Key(name), .kind(.host)).flatMap { entities[$0.id] ?? surroundings[$0.id] }
        }
    }
}

/// The node that VMs run on and its machine, as far as addresses go: looked at once for all of them.
private struct Surroundings {
    /// The node, and its address, if that is one.
    let node: (entity: BoundEntity, written: Value, address: IPAddress)?
    let nodeAddress: IPAddress?
    let machine: BoundEntity?
    var hasMachine: Bool { interfaces != nil }
    private let interfaces: Fields?
    /// The network of each bridge that was asked for; nil if the machine does not say it.
    private var networks: [Key: AddressWithPrefix?] = [:]

    init(_ node: BoundEntity?, machine: BoundEntity?) {
        self.node = node.flatMap { node in
            guard let taken = node.fields["ip"], let text = taken.string else { return nil }
            return IPAddress(text.prefix { $0 != "/" }).map { (node, taken, $0) }
        }
        nodeAddress = self.node?.address
        self.machine = machine
        interfaces = machine?.fields["network"]?.map?["interfaces"]?.map
    }

    /// The network of a bridge, if the machine says one.
    mutating func network(of bridge: Key) -> AddressWithPrefix? {
        if let known = networks[bridge] { return known }
        let network = written(of: bridge)?.string.flatMap { AddressWithPrefix($0) }
        networks[bridge] = .some(network)
        return network
    }

    /// What the machine says of it.
    func written(of bridge: Key) -> Value? { interfaces?[bridge]?.map?["address"] }
}

/// A VM's address, and what it may contradict.
private struct Address {
    let vm: VM
    let ip: AddressWithPrefix

    private var value: Value { vm["ip"] ?? Value(.null, .nowhere) }
    private var holding: Holding { Holding(vm: vm, value: value, path: ["ip"]) }
    private var name: String { holding.name }
    private var text: String { String((value.string ?? "").prefix { $0 != "/" }) }

    func checkBorders() -> Diagnostic? {
        guard ip.hasBorders else { return nil }
        if ip.isFirst { return warning("is the address of its own network", [], Self.another) }
        if ip.address.isIPv4, ip.isLast {
            return warning("is the broadcast address of its network", [], Self.another)
        }
        return nil
    }

    func checkGateway() -> Diagnostic? {
        guard let address = vm.gateway, address.isIPv4 == ip.address.isIPv4 else { return nil }
        let isTaken = address == ip.address
        // In a network of its own alone, a machine reaches its gateway by a route.
        guard isTaken || (!ip.contains(address) && ip.prefix < ip.address.width) else { return nil }
        guard let gateway = vm["gateway"], let text = gateway.string else { return nil }
        let place = gateway.origin.span.map { [Label($0, "the gateway")] } ?? []
        if isTaken { return warning("is its gateway's, too", place, Self.another) }
        let help = "correct the prefix or the gateway; `gateway: null` says that the VM has none"
        return warning("has a gateway outside its network: \(text)", place, help)
    }

    /// A VM with a VLAN of its own is in another network than its bridge.
    func checkBridge(in around: inout Surroundings) -> Diagnostic? {
        guard around.hasMachine, let bridge = vm.bridge, let network = around.network(of: bridge),
            network.address.isIPv4 == ip.address.isIPv4, !network.contains(ip.address),
            let written = around.written(of: bridge), let machine = around.machine,
            !Self.lanes.contains(where: { vm[$0].map { !$0.isNull } ?? false })
        else { return nil }
        let place = written.origin.span.map { [Label($0, "\(bridge) of \(machine.id.name)")] } ?? []
        return warning("is outside the network of \(bridge)", place, "correct the ip, or the bridge")
    }

    /// The node's own address is taken.
    func checkNode(in around: Surroundings, _ severity: Severity) -> Diagnostic? {
        guard around.nodeAddress == ip.address, let (node, taken, _) = around.node else { return nil }
        let place = taken.origin.span.map { [Label($0, "the node's")] } ?? []
        return Diagnostic(
            .sameAddress, severity, "\"\(name)\" has the address of its node \(node.id.name): \(self.text)",
            at: holding.place, related: place + source, help: "give the VM another address")
    }

    private static let lanes: [Key] = ["vlan", "vlan_id", "vlan_tag", "tag"]
    private static let another = "give the VM another address, or correct the prefix"

    private var source: [Label] { holding.source.map { [Label($0, "it comes from here")] } ?? [] }

    private func warning(_ problem: String, _ related: [Label], _ help: String) -> Diagnostic {
        Diagnostic(
            .oddAddress, .warning, "the ip \(value.string ?? "") of \"\(name)\" \(problem)", at: holding.place,
            related: source + related, help: help)
    }
}

extension Code {
    package static let oddAddress = Code(
        "R0608", "an address that does not fit its network",
        explanation: """
            The address and its prefix say which network a VM is in. It cannot be the network's own or broadcast address, \
            nor its gateway's; the gateway has to be in that network; and where the node's physical machine says which \
            network its bridge is in (`network.interfaces.vmbr0.address` in `hosts/`), the VM has to be in that one.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            defaults: {gateway: 10.0.1.1}
            -- nodes/pve.yaml --
            api_endpoint: https://localhost:8006
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vms:
              - {name: web, ip: 10.0.0.5/24}
            """,
        fix: "Correct the address, its prefix, or the gateway.")
}
