internal import SiteModel

extension OutputFormat {
    /// `resolve pillar`: what the states of one minion read, for Salt's `ext_pillar` (DESIGN §7).
    package static let pillar = OutputFormat(
        name: "pillar", summary: "A minion's pillar",
        document: { subject in
            guard case .pillar(let data) = subject else { return nil }
            return Value(.map(data.pillar), .nowhere)
        })
}
