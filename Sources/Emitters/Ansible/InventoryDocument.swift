internal import Diagnostics
internal import SiteModel

extension OutputFormat {
    /// `resolve inventory`: Ansible's script protocol, or a file for its yaml plugin (DESIGN §8).
    package static let inventory = OutputFormat(
        name: "inventory", summary: "Hosts and groups for Ansible",
        syntax: { subject in
            guard case .inventory(let inventory) = subject, case .yaml = inventory.form else {
                return .json(isTemplated: true)
            }
            return .yaml(isTemplated: true)
        },
        document: { subject in
            guard case .inventory(let inventory) = subject else { return nil }
            let fields =
                switch inventory.form {
                case .script: inventory.script
                case .host(let name): inventory.hosts.first { $0.name == name }?.variables ?? Fields()
                case .json, .yaml: inventory.tree
                }
            return Value(.map(fields), .nowhere)
        })
}

extension Inventory {
    /// `--list`: every group by its name, the variables of hosts in `_meta`, so that Ansible asks for none of them.
    fileprivate var script: Fields {
        let variables = hosts.map { map($0.name, $0.variables, keySpan: $0.origin.span) }
        let top = groups.filter(\.isTop).map { Value.string($0.name.text, $0.origin) }
        // Ansible lists hosts by group; those of `all` are in the order of the site.
        let everything = members(
            children: top, hosts: hosts.map { .string($0.name.text, $0.origin) }, self.variables)
        return Fields(
            [map("_meta", Fields([map("hostvars", Fields(variables))])), map("all", everything)]
                + groups.map { group in
                    map(
                        group.name,
                        members(children: group.children, hosts: group.hosts, group.variables, via: group.steps))
                })
    }

    /// A group always has one of its keys: an empty map would be a group with a host of its own name.
    private func members(
        children: [Value], hosts: [Value], _ variables: Fields, via steps: [Step] = []
    ) -> Fields {
        var fields = Fields()
        if !children.isEmpty { fields.set(list("children", children)) }
        if !hosts.isEmpty || children.isEmpty { fields.set(list("hosts", hosts, via: steps)) }
        if !variables.isEmpty { fields.set(map("vars", variables)) }
        return fields
    }

    /// A static inventory: each group where it is first, in the order of names; elsewhere only its name.
    fileprivate var tree: Fields {
        var tree = Tree(groups)
        let hosts = self.hosts.map { map($0.name, $0.variables, keySpan: $0.origin.span) }
        let top = groups.indices.filter { groups[$0].isTop }.map { tree.group($0) }
        var all = Fields()
        if !hosts.isEmpty || top.isEmpty { all.set(map("hosts", Fields(hosts))) }
        if !top.isEmpty { all.set(map("children", Fields(top))) }
        if !variables.isEmpty { all.set(map("vars", variables)) }
        return Fields([map("all", all)])
    }

    private struct Tree {
        private let groups: [Group]
        private let places: [Key: Int]
        private var written: Set<Int> = []

        init(_ groups: [Group]) {
            self.groups = groups
            places = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($0.element.name, $0.offset) })
        }

        mutating func group(_ place: Int) -> Fields.Entry {
            let group = groups[place]
            guard written.insert(place).inserted else { return map(group.name, Fields()) }
            var children: [Fields.Entry] = []
            for child in group.children {
                if let place = child.string.flatMap({ places[Key($0)] }) { children.append(self.group(place)) }
            }
            let hosts = group.hosts.map { Fields.Entry(Key($0.string ?? ""), Value(.map(Fields()), $0.origin)) }
            var fields = Fields()
            if !children.isEmpty { fields.set(map("children", Fields(children))) }
            if !hosts.isEmpty || children.isEmpty { fields.set(map("hosts", Fields(hosts))) }
            if !group.variables.isEmpty { fields.set(map("vars", group.variables)) }
            return map(group.name, fields)
        }
    }
}

private func map(_ key: Key, _ fields: Fields, keySpan: Span? = nil) -> Fields.Entry {
    Fields.Entry(key, keySpan: keySpan, Value(.map(fields), .nowhere), rule: .ofItems)
}

private func list(_ key: Key, _ items: [Value], via steps: [Step] = []) -> Fields.Entry {
    Fields.Entry(key, Value(.list(items), .nowhere), rule: steps.isEmpty ? .ofItems : .derived("member"), via: steps)
}

extension Inventory.Group {
    /// What led to its name, if that is written.
    fileprivate var steps: [Step] { nameSpan.map { [Step("ansible_group", at: $0, to: name.text)] } ?? [] }
}
