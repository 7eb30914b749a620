package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// A nodegroup for each host group, component and env that has minions (DESIGN §7). Reports R0613, R0705.
    package func nodegroups() -> (nodegroups: Nodegroups, diagnostics: [Diagnostic]) {
        let all = minions()
        let graph = ComponentGraph(self)
        var groups: [Key: [Key]] = [:]
        for minion in all.minions {
            guard let group = entities[minion.hostGroup] else { continue }
            groups[group.id.name, default: []].append(minion.id)
            if let env = minion.env.name { groups[Key("env_\(env)"), default: []].append(minion.id) }
            for component in graph.components(of: group, minion.fields) {
                groups[Key("component_\(component.name)"), default: []].append(minion.id)
            }
        }
        let sorted = groups.sorted { $0.key < $1.key }.map { (name: $0.key, minions: $0.value) }
        return (Nodegroups(sorted), all.diagnostics + doubleNames(all.minions))
    }

    /// Host groups that are called as the nodegroup of a component or an env: R0705.
    package func doubleNames(_ minions: [Minion]) -> [Diagnostic] {
        let owners = Set(minions.map(\.hostGroup))
        return hostGroups.filter { owners.contains($0.id) }.compactMap { group in
            for (prefix, kind) in [("component_", EntityKind.component), ("env_", .env)] {
                let name = Key(String(group.id.name.text.dropFirst(prefix.utf8.count)))
                if group.id.name.text.hasPrefix(prefix), let other = catalogue.place(name, .kind(kind)) {
                    return .doubleNodegroup(group, other)
                }
            }
            return nil
        }
    }
}

extension Diagnostic {
    fileprivate static func doubleNodegroup(_ group: BoundEntity, _ other: Catalogue.Place) -> Diagnostic {
        Diagnostic(
            .doubleNodegroup, "the nodegroup \"\(group.id.name)\" is that of \(other.path), too", at: group.start,
            help: "rename the host group: names that begin with component_ and env_ are made by resolve")
    }
}

extension Code {
    package static let doubleNodegroup = Code(
        "R0705", "two nodegroups of one name",
        explanation: """
            Salt's nodegroups are made of three things: one for each host group, by its name; `component_NAME` for each \
            component; `env_NAME` for each env. A host group with such a name would target other minions than it says.
            """,
        example: """
            $ resolve nodegroups
            -- site.yaml --
            -- components/nginx.yaml --
            -- pillar/hosts/component_nginx.sls --
            instances: {1: 203.0.113.10}
            """,
        fix: "Rename the host group.")
}
