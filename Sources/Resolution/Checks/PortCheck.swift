package import Diagnostics
internal import SiteModel

/// Two equal forwarded ports of VMs on one node: R0605.
///
/// A forwarded port is a VM's `ssh_port`, its `spice_port`, and whatever number stands in its `ports`; of text such as
/// `8080:80` the first number, which is the node's.
func checkPorts(_ vms: [Fields], _ strictness: Strictness) -> [Diagnostic] {
    let ports = vms.flatMap { vm in forwardedPorts(of: vm) }
    // What a pool gave out twice is told where it is recorded.
    let clashes = ports.clashes.filter { [$0.first, $0.second].contains { $0.value.origin.layer != .allocations } }
    return ports.filter { !$0.isPort }.map { .noPort($0, strictness.severity) }
        + clashes.map { .samePort($0.first, $0.second, strictness.severity) }
}

extension Holding {
    fileprivate var isPort: Bool { Int(identity.text).map { (1...65535).contains($0) } ?? false }
}

private func forwardedPorts(of vm: Fields) -> [Holding] {
    let keys: [Key] = ["ssh_port", "spice_port", "ports"]
    return keys.flatMap { key in vm[key].map { ports(in: $0, at: [key], of: vm) } ?? [] }
}

private func ports(in value: Value, at path: [Key], of vm: Fields) -> [Holding] {
    switch value.content {
    case .map(let fields): fields.entries.flatMap { ports(in: $0.value, at: path + [$0.key], of: vm) }
    case .list(let items):
        items.enumerated().flatMap { ports(in: $1, at: path + [Key(String($0))], of: vm) }
    case .integer(let port): [Holding(vm: vm, value: value, path: path, identity: Key(String(port)))]
    case .string(let text):
        port(inMapping: text).map { [Holding(vm: vm, value: value, path: path, identity: Key(String($0)))] } ?? []
    default: []
    }
}

/// The node's port in `8080:80`, `8080:80/tcp`, or `8080`.
private func port(inMapping text: String) -> Int? {
    let protocolless = text.split(separator: "/", omittingEmptySubsequences: false)[0]
    let parts = protocolless.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count <= 2 ? Int(parts[0]) : nil
}

extension Diagnostic {
    fileprivate static func noPort(_ holding: Holding, _ severity: Severity) -> Diagnostic {
        Diagnostic(
            .badValue, severity,
            "\(SecretRef.path(holding.path)) of \"\(holding.name)\" is no port: \(holding.value.phrase)",
            at: holding.value.origin.span ?? holding.place, help: "a port is a number from 1 to 65535")
    }

    fileprivate static func samePort(_ first: Holding, _ second: Holding, _ severity: Severity) -> Diagnostic {
        let port = second.identity
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
            have the same, one of them cannot be reached, or the other answers in its place.
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
