internal import SiteModel

extension OutputFormat {
    /// `resolve nodegroups`: `ssh_list_nodegroups` for a file in Salt's `master.d` (DESIGN §7).
    package static let nodegroups = OutputFormat(
        name: "nodegroups", summary: "Nodegroups of host groups, components and envs", syntax: { _ in .yaml() },
        document: { subject in
            guard case .nodegroups(let nodegroups) = subject else { return nil }
            let groups = nodegroups.groups.map { group in
                Fields.Entry(
                    group.name, Value(.list(group.minions.map { .string($0.text, .nowhere) }), .nowhere),
                    rule: .derived("the minions of this name"))
            }
            let fields = Fields([
                Fields.Entry("ssh_list_nodegroups", Value(.map(Fields(groups)), .nowhere), rule: .ofItems)
            ])
            return Value(.map(fields), .nowhere)
        })
}
