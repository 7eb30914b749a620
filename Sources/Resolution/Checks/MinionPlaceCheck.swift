package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// Two minions at one address and port: R0614. Containers behind one address have ports of their own.
    package func checkPlaces(of minions: [Minion]) -> [Diagnostic] {
        minions.clashes(\.place).map { first, minion in
            .samePlace(first, minion, minion.host?.value.string ?? "", minion.place?.port ?? 22)
        }
    }
}

extension Minion {
    /// Where its address is written.
    fileprivate var placeOfAddress: Span? { host?.value.origin.span ?? span }
}

extension Diagnostic {
    fileprivate static func samePlace(_ first: Minion, _ second: Minion, _ host: String, _ port: Int) -> Diagnostic {
        let place = second.placeOfAddress
        let isInherited = place != nil && place == first.placeOfAddress
        let isShared = isInherited && first.hostGroup == second.hostGroup
        return Diagnostic(
            .samePlace, "\(first.id) and \(second.id) are both at \(host), port \(port)", at: place,
            related: isInherited ? [] : first.placeOfAddress.map { [Label($0, "\(first.id)")] } ?? [],
            help: isShared
                ? "`ssh: {host: …}` of a host group holds for all its instances: say it for one of them"
                : isInherited
                    ? "instances are inherited, too: a host group that others extend has none of its own"
                    : "correct one of the addresses; machines behind one address have an `ssh: {port: …}` each, those behind different gateways a ProxyJump in ssh_options, or a `host` of ssh's own config"
        )
    }
}

extension Code {
    package static let samePlace = Code(
        "R0614", "two minions at one address",
        explanation: """
            salt-ssh would apply the states of both to one machine, the last one winning. Machines may share an address when \
            their ssh ports differ.
            """,
        example: """
            $ resolve roster
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            instances: {1: 203.0.113.10, 2: 203.0.113.10}
            """,
        fix: "Correct the address, or give each its port: `2: {ip: 203.0.113.10, ssh: {port: 2202}}`.")
}
