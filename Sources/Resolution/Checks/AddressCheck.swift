package import Diagnostics
package import SiteModel

/// A VM's `ip` is absent, null, `dhcp`, or an address with its prefix length (DESIGN §6). R0406.
///
/// `--lenient` lets pass what the Python resolver's pattern does: an octet over 255, leading zeros.
package func checkAddress(_ value: Value, _ strictness: Strictness) -> [Diagnostic] {
    switch value.content {
    case .null: return []
    case .string(let text):
        if text == "dhcp" || AddressWithPrefix(text) != nil { return [] }
        let isPassed = strictness == .lenient && AddressWithPrefix.passesPythonResolver(text)
        return [.badAddress(text, value.origin.span, isPassed ? .warning : .error)]
    default:
        return [
            Diagnostic(
                .badAddress, "an ip wants an address with its prefix, but this is \(value.phrase)",
                at: value.origin.span, help: "write it with dots and a prefix: 10.0.0.5/24")
        ]
    }
}

extension Diagnostic {
    fileprivate static func badAddress(_ text: String, _ span: Span?, _ severity: Severity) -> Diagnostic {
        var help = "an address and the length of its network's prefix, such as 10.0.0.5/24; or dhcp"
        if let address = IPAddress(text) {
            help = "add the length of the network's prefix: \(text)/\(address.isIPv4 ? 24 : 64)"
        }
        return Diagnostic(
            .badAddress, severity, "the ip \"\(text)\" is no address with prefix", at: span, help: help)
    }
}

extension Code {
    package static let badAddress = Code(
        "R0406", "an ip that is no address with prefix",
        explanation: """
            A VM's `ip` is handed to cloud-init, which needs the prefix length to know the network. It may be null or \
            absent (no address is set), `dhcp`, or an IPv4 or IPv6 address with its prefix.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vms:
              - name: web
                ip: 10.0.0.5
            """,
        fix: "Write the address with its prefix, such as `10.0.0.5/24`. With --lenient an octet over 255 passes.")
}
