package import Diagnostics
package import SiteModel

/// A VM's `mac` that is none (R0606), and two equal ones (R0607).
func checkMACs(_ vms: [VM], _ strictness: Strictness) -> [Diagnostic] {
    let holders = vms.filter(\.facts.hasMAC)
    guard !holders.isEmpty else { return [] }
    let clashes = holders.clashes { $0["mac"]?.string.flatMap { MACAddress($0) } }
        .map { (first: Holding(of: "mac", $0.first), second: Holding(of: "mac", $0.second)) }
    return holders.compactMap { $0["mac"] }.flatMap { checkMAC($0, strictness) }
        + clashes.filter { !$0.first.isShared(with: $0.second) }.map { .sameMAC($0, $1) }
}

/// A `mac` that is no MAC address of a machine: R0606.
package func checkMAC(_ value: Value, _ strictness: Strictness) -> [Diagnostic] {
    guard let text = value.string else { return [] }
    guard let address = MACAddress(text) else { return [.badMAC(text, value.origin.span, strictness.severity)] }
    return address.isGroup ? [.groupMAC(text, value.origin.span, strictness.severity)] : []
}

extension Diagnostic {
    fileprivate static func badMAC(_ text: String, _ span: Span?, _ severity: Severity) -> Diagnostic {
        Diagnostic(
            .badMAC, severity, "the mac \"\(text)\" is no MAC address", at: span,
            help: "six pairs of hexadecimal digits: \"BC:24:11:00:00:01\"")
    }

    fileprivate static func groupMAC(_ text: String, _ span: Span?, _ severity: Severity) -> Diagnostic {
        Diagnostic(
            .badMAC, severity, "the mac \"\(text)\" is a group's, and no machine's", at: span,
            help: "its first pair has to be even: \"BC:24:11:00:00:01\"")
    }

    fileprivate static func sameMAC(_ first: Holding, _ second: Holding) -> Diagnostic {
        clash(
            .sameMAC, .warning,
            "\"\(first.name)\" and \"\(second.name)\" both have the mac \(second.value.string ?? "")", first, second,
            help: "give one of them another, or write `shared: NAME` on both if that is meant")
    }
}

extension Code {
    package static let badMAC = Code(
        "R0606", "a mac that is no MAC address",
        explanation: """
            Proxmox refuses a network device whose MAC address is none, or belongs to a group: the first pair of a \
            machine's is even.
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
              - {name: web, mac: "BC:24:11:00:0G:01"}
            """,
        fix: "Write six pairs of hexadecimal digits, in quotes.")

    package static let sameMAC = Code(
        "R0607", "two equal MAC addresses",
        explanation: """
            On one network two machines with one MAC address take each other's packets. On two networks that do not meet \
            it may be meant: then `shared: NAME` on both says so.
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
              - {name: web, mac: "BC:24:11:00:00:01"}
              - {name: db, mac: "bc:24:11:00:00:01"}
            """,
        fix: "Give one of them another `mac`, or write `shared: NAME` on both.")
}
