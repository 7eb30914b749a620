package import Diagnostics
internal import SiteModel

/// Forwarded ports of VMs on one node that are equal (R0605), or are none (R0402).
func checkPorts(_ vms: [VM], _ strictness: Strictness) -> [Diagnostic] {
    let forwarding = vms.filter(\.facts.hasPorts).map { (vm: $0, ports: ForwardedPorts(of: $0)) }
    guard !forwarding.isEmpty else { return [] }
    // What a pool gave out twice is told where it is recorded.
    let clashes = forwarding.flatMap(\.ports.found).clashes(\.port).filter {
        [$0.first, $0.second].contains { $0.holding.value.origin.layer != .allocations }
    }
    var told: Set<Span> = []
    return forwarding.flatMap { vm, ports in
        ports.odd.map { .noPort($0.value, $0.path, vm, strictness.severity) }
    }
        + clashes.filter { $0.second.holding.value.origin.span.map { told.insert($0).inserted } ?? true }
        .map { .samePort($0.first, $0.second, strictness.severity) }
}

extension VM {
    /// The numbers of a VM that a pool should not give to another: its own, and the ports that lead to it.
    package var numbersInUse: [Int] {
        [self["vmid"]?.integer].compactMap(\.self)
            + ForwardedPorts(of: self).found.map(\.port.number)
    }
}

/// The ports of the node that lead to a VM: its `ssh_port`, its `spice_port`, and what stands in its `ports`.
///
/// Of text as container tools write it (`8080:80`, `127.0.0.1:8080:80/udp`, `8000-8010`) and of maps (`{host: 8080, guest: 80}`)
/// the node's side counts.
private struct ForwardedPorts {
    private(set) var found: [(holding: Holding, port: Port)] = []
    /// What is no port.
    private(set) var odd: [(value: Value, path: [Key])] = []
    private let vm: VM

    /// What cannot be held twice: `8080/tcp`.
    struct Port: Hashable {
        let number: Int
        let transport: Key

        var text: String { transport == "tcp" ? "\(number)" : "\(number)/\(transport)" }
    }

    private static let fields: [Key] = ["ssh_port", "spice_port", "ports"]

    /// More than this many in one range are not looked at one by one.
    private static let rangeLimit = 1000
    private static let nodeSide: [Key] = ["host", "host_port", "node", "published", "external", "from", "listen"]
    private static let guestSide: [Key] = ["guest", "guest_port", "container", "target", "to", "internal"]

    init(of vm: VM) {
        self.vm = vm
        for key in Self.fields {
            if let value = vm[key] { read(value, [key], "tcp") }
        }
    }

    private mutating func read(_ value: Value, _ path: [Key], _ transport: String) {
        switch value.content {
        case .map(let fields): read(fields, path, transport)
        case .list(let items):
            for (index, item) in items.enumerated() { read(item, path + [Key(String(index))], transport) }
        case .integer(let port): add(port...port, value, path, transport)
        case .string(let text): read(text, value, path, transport)
        default: break
        }
    }

    private mutating func read(_ fields: Fields, _ path: [Key], _ transport: String) {
        let transport = (fields["protocol"] ?? fields["proto"])?.name ?? transport
        let sides = fields.entries.filter { Self.nodeSide.contains($0.key) }
        let ports = sides.isEmpty ? fields.entries.filter { !Self.guestSide.contains($0.key) } : sides
        for entry in ports where !["protocol", "proto", "name"].contains(entry.key) {
            read(entry.value, path + [entry.key], transport)
        }
    }

    private mutating func read(_ text: String, _ value: Value, _ path: [Key], _ transport: String) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        // An IPv6 address stands in brackets, with colons of its own.
        let mapping = halves[0].hasPrefix("[") ? halves[0].drop { $0 != "]" }.dropFirst(2) : halves[0]
        let parts = mapping.split(separator: ":", omittingEmptySubsequences: false)
        let side = halves[0].hasPrefix("[") ? parts.first : parts.count > 2 ? parts[parts.count - 2] : parts.first
        let ends = (side ?? "").split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last else {
            // Under `ports` any text may be a note; a port of its own has no other use.
            if path.count == 1 { odd.append((value, path)) }
            return
        }
        add(first...last, value, path, halves.count > 1 ? halves[1].lowercased() : transport)
    }

    private mutating func add(_ ports: ClosedRange<Int>, _ value: Value, _ path: [Key], _ transport: String) {
        guard (1...65535).contains(ports.lowerBound), (1...65535).contains(ports.upperBound) else {
            return odd.append((value, path))
        }
        for port in ports.prefix(Self.rangeLimit) {
            found.append((Holding(vm: vm, value: value, path: path), Port(number: port, transport: Key(transport))))
        }
    }
}

extension Diagnostic {
    fileprivate static func noPort(_ value: Value, _ path: [Key], _ vm: VM, _ severity: Severity) -> Diagnostic {
        let name = vm["name"]?.name ?? "a VM without a name"
        return Diagnostic(
            .badValue, severity, "\(SecretRef.path(path)) of \"\(name)\" is no port: \(value.phrase)",
            at: value.origin.span ?? vm["name"]?.origin.span, help: "a port is a number from 1 to 65535")
    }

    fileprivate static func samePort(
        _ one: (holding: Holding, port: ForwardedPorts.Port), _ other: (holding: Holding, port: ForwardedPorts.Port),
        _ severity: Severity
    ) -> Diagnostic {
        let (first, second, port) = (one.holding, other.holding, other.port.text)
        let fields = [first, second].map { SecretRef.path($0.path) }
        let isOne = first.vm["name"]?.origin.span == second.vm["name"]?.origin.span && first.name == second.name
        let message =
            isOne
            ? "\"\(first.name)\" forwards port \(port) twice: \(fields[0]) and \(fields[1])"
            : "\"\(first.name)\" and \"\(second.name)\" both forward port \(port)"
                + (fields[0] == fields[1] ? " (\(fields[0]))" : " (\(fields[0]) and \(fields[1]))")
        return clash(
            .samePort, severity, message, first, second,
            help: "give one of them another port; `!alloc POOL` takes one that nothing else has")
    }
}

extension Code {
    package static let samePort = Code(
        "R0605", "two equal forwarded ports on one node",
        explanation: """
            `ssh_port`, `spice_port` and what stands in `ports` are ports of the node, which lead to one VM each. If two VMs \
            have the same, one of them cannot be reached, or the other answers in its place. Ports of two protocols \
            (`53/udp`, `53/tcp`) are two.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            api_endpoint: https://localhost:8006
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vms:
              - {name: web, ssh_port: 22222}
              - {name: db, ssh_port: 22222}
            """,
        fix: "Give one of them another port, or take both from a pool: `ssh_port: !alloc ssh`.")
}
