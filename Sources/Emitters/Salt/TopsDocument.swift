internal import SiteModel

extension OutputFormat {
    /// `resolve tops`: a minion's states, for Salt's `master_tops: {ext_nodes: …}` (DESIGN §7).
    package static let tops = OutputFormat(
        name: "tops", summary: "A minion's states", syntax: { _ in .yaml() },
        document: { subject in
            guard case .tops(let data) = subject else { return nil }
            let environment = Value.string("base", .builtIn)
            let fields = Fields([
                Fields.Entry("classes", data.states, rule: .ofItems),
                Fields.Entry("environment", environment, rule: .whenAbsent),
            ])
            var document = fields
            document.lineage = data.pillar.lineage
            return Value(.map(document), .nowhere)
        })
}
