internal import SiteModel

extension OutputFormat {
    /// `resolve roster`: how salt-ssh reaches its minions (DESIGN §7).
    ///
    /// As YAML it begins with `#!yaml`, so that Salt's flat roster runs no Jinja over it.
    package static let roster = OutputFormat(
        name: "roster", summary: "How salt-ssh reaches its minions",
        syntax: { subject in
            guard case .roster(let roster) = subject, roster.form == .yaml else { return .json() }
            return .yaml(header: "#!yaml")
        },
        document: { subject in
            guard case .roster(let roster) = subject else { return nil }
            var fields = Fields(
                roster.minions.map { minion in
                    Fields.Entry(
                        minion.id, keySpan: minion.span, Value(.map(minion.rosterFields), .nowhere), rule: .ofItems)
                })
            fields.lineage = roster.lineage
            return Value(.map(fields), .nowhere)
        })
}

extension Minion {
    fileprivate var rosterFields: Fields {
        let host = host.map { [$0] } ?? []
        return Fields(host + ssh.entries.filter { $0.key != "host" && !$0.key.begins(with: "x-") })
    }
}
