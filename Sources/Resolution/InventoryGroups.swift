package import Diagnostics
internal import SiteModel

/// The groups of an inventory while they are gathered: who speaks of each, under which name, and what is in it (DESIGN §8).
struct InventoryGroups {
    /// What makes a group: a file, or what follows from one.
    struct Source {
        /// For a sentence: "groups/web.yaml".
        let phrase: String
        /// Nil for what every inventory has.
        let span: Span?
        /// Where a component makes it, its name can be mended there.
        var isComponent = false
        /// Whether the name is written: `ansible_group`.
        var isWritten = false
        /// A file of groups/ that says nothing of members or children.
        var isBare = false
        var layer = Layer.group
    }

    struct Group {
        /// As the site writes it.
        let written: Key
        /// As Ansible reads it.
        let name: Key
        var sources: [Source]
        /// Those in it, each once, with what says so.
        var children: [(place: Int, origin: Origin)] = []
        /// The names of the hosts that are in it themselves; the origin of each is what says so.
        var hosts: [Value] = []
        var variables = Fields()
    }

    private(set) var groups: [Group] = []
    private(set) var diagnostics: [Diagnostic] = []
    private var places: [Key: Int] = [:]
    private var identifiers: [Key: Int] = [:]

    /// The place of a group, which is made if nothing has made it. Reports R0402, R0616 and R0709.
    @discardableResult
    mutating func add(_ written: Key, _ source: Source) -> Int {
        if let place = places[written] {
            groups[place].sources.append(source)
            return place
        }
        let name = AnsibleName.group(written)
        if let place = identifiers[name] {
            diagnostics.append(.sameGroup(groups[place], written, source))
            places[written] = place
            return place
        }
        if Self.ownNames.contains(name) { diagnostics.append(.ownGroup(name, source)) }
        if Identifier.suggestion(for: written) == nil { diagnostics.append(.noGroupName(written, source)) }
        places[written] = groups.count
        identifiers[name] = groups.count
        groups.append(Group(written: written, name: name, sources: [source]))
        return groups.count - 1
    }

    /// The group of that name, as the site or as Ansible has it.
    func place(_ name: Key) -> Int? { places[name] ?? identifiers[name] }

    mutating func add(child: Value, to group: Int) {
        if let place = child.string.flatMap({ self.place(Key($0)) }) { add(child: child, at: place, to: group) }
    }

    mutating func add(child: Value, at place: Int, to group: Int) {
        if !groups[group].children.contains(where: { $0.place == place }) {
            groups[group].children.append((place, child.origin))
        }
    }

    mutating func add(host: Value, to group: Int) { groups[group].hosts.append(host) }

    mutating func set(_ variables: Fields, of group: Int) { groups[group].variables = variables }

    /// What Ansible has in every inventory, or in what a script says of one.
    static let ownNames: [Key] = ["all", "ungrouped", "_meta"]

    /// How the site writes the groups, for suggestions.
    var names: [String] { groups.map(\.written.text) }

    /// The groups as an inventory has them, sorted by name.
    ///
    /// - Parameter hosts: in the order in which members are listed.
    func finished(_ graph: GroupGraph, _ hosts: [Inventory.Host]) -> [Inventory.Group] {
        let ranks = Dictionary(uniqueKeysWithValues: hosts.enumerated().map { ($0.element.name, $0.offset) })
        return groups.indices.sorted { groups[$0].name < groups[$1].name }.map { place in
            let group = groups[place]
            let children = group.children.map { Value.string(groups[$0.place].name.text, $0.origin) }
            let source = group.sources.first(where: \.isWritten) ?? group.sources.first
            return Inventory.Group(
                name: group.name, origin: Origin(source?.span, source?.layer ?? .builtIn),
                nameSpan: source?.isWritten == true ? source?.span : nil,
                children: children.sorted { Key($0.string ?? "") < Key($1.string ?? "") },
                hosts: inOrder(group.hosts, ranks), variables: group.variables, isTop: graph.isTop(place))
        }
    }

    /// The names of hosts in their order, each once, the first reason counting.
    private func inOrder(_ hosts: [Value], _ ranks: [Key: Int]) -> [Value] {
        let ranked = hosts.enumerated().compactMap { place, host in
            ranks[Key(host.string ?? "")].map { (rank: $0, place: place, host: host) }
        }
        var last: Int?
        return ranked.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.compactMap { item in
            defer { last = item.rank }
            return item.rank == last ? nil : item.host
        }
    }
}

// MARK: What is wrong with their names

extension InventoryGroups {
    /// Groups, or what is to be none, that have the name of a host: R0617.
    func namedLikeHosts(_ hosts: InventoryHosts) -> [Diagnostic] {
        let all = hosts.all
        return all.indices.compactMap { place in
            let name = all[place].name
            if Self.ownNames.contains(name) { return .sameAsHost(all[place], nil) }
            return identifiers[name].flatMap { groups[$0].name == name ? .sameAsHost(all[place], groups[$0]) : nil }
        }
    }

    /// Files of groups/ that say something of a group that nothing is in, when another is called nearly so: R0811.
    func probablyMisnamed(_ graph: GroupGraph) -> [Diagnostic] {
        groups.indices.compactMap { place in
            let group = groups[place]
            guard group.written.text.utf8.count > 3, group.sources.count == 1, let source = group.sources.first,
                source.isBare, group.hosts.isEmpty,
                graph.isTop(place), !group.variables.isEmpty
            else { return nil }
            let others = groups.filter { $0.name != group.name }.map(\.written.text)
            let near = Suggestions.near(group.written.text, among: others, includingParts: false)
            return near.isEmpty ? nil : .misnamed(group, source, near)
        }
    }
}

extension Diagnostic {
    fileprivate static func sameGroup(
        _ first: InventoryGroups.Group, _ written: Key, _ source: InventoryGroups.Source
    ) -> Diagnostic {
        let isComponent = source.isComponent || first.sources.contains(where: \.isComponent)
        return Diagnostic(
            .sameGroup, "\"\(first.written)\" and \"\(written)\" are one name for Ansible: \(first.name)",
            at: source.span, "\(source.phrase)",
            related: first.sources.first.flatMap { other in other.span.map { [Label($0, other.phrase)] } } ?? [],
            help: isComponent
                ? "set the component's `ansible_group`: to \(first.name) if the two are one group"
                : "rename one of them; where both mean one group, give them one name")
    }

    fileprivate static func ownGroup(_ name: Key, _ source: InventoryGroups.Source) -> Diagnostic {
        Diagnostic(
            .ownGroup, "the group \"\(name)\" is Ansible's own", at: source.span, source.phrase,
            help: source.isComponent
                ? "set \(source.isWritten ? "another" : "the component's") `ansible_group`"
                : name == "all" ? "variables of all hosts stand in groups/all.yaml" : "give it another name")
    }

    fileprivate static func noGroupName(_ written: Key, _ source: InventoryGroups.Source) -> Diagnostic {
        Diagnostic(
            .badValue, "\"\(written)\" is no name for a group", at: source.span, source.phrase,
            help: "use letters, digits and `_`, no digit first")
    }

    /// - Parameter group: nil if it is one of Ansible's own.
    fileprivate static func sameAsHost(
        _ host: InventoryHosts.Host, _ group: InventoryGroups.Group?
    ) -> Diagnostic {
        let source = group?.sources.first { $0.span != nil }
        let isComponent = group?.sources.contains(where: \.isComponent) ?? false
        let isMinion = host.machines.contains { $0.layer == .instance }
        return Diagnostic(
            .sameAsHost, "\"\(host.name)\" is a host and a group", at: source?.span ?? host.nearest.span,
            source.map { "the group of \($0.phrase)" } ?? "",
            related: source?.span == nil
                ? [] : host.nearest.span.map { [Label($0, host.nearest.phrase)] } ?? [],
            help: isComponent
                ? "set the component's `ansible_group`, or rename the host"
                : source == nil
                    ? "rename the host: every inventory has the group \(host.name)"
                    : isMinion ? "rename one of the two, the host perhaps with `naming`" : "rename one of the two")
    }

    fileprivate static func misnamed(
        _ group: InventoryGroups.Group, _ source: InventoryGroups.Source, _ near: [String]
    ) -> Diagnostic {
        Diagnostic(
            .misnamedGroup, .warning, "nothing is in the group \"\(group.written)\", so its variables reach no host",
            at: source.span, help: "is \(near.asChoices) meant? If not, `hosts: []` says that it is to be empty")
    }
}

extension Code {
    package static let sameGroup = Code(
        "R0616", "two groups whose names Ansible cannot tell apart",
        explanation: """
            A group's name must be an identifier for Ansible, so `-` and `.` become `_`. Here two different names become one, \
            and the hosts of both would be in either.
            """,
        example: """
            $ resolve inventory
            -- site.yaml --
            -- components/backend-api.yaml --
            -- groups/backend_api.yaml --
            vars: {http_port: 8080}
            """,
        fix: "Write `ansible_group: backend_api` in the component if they are one group; else rename one of them.")

    package static let ownGroup = Code(
        "R0709", "a group that Ansible has itself",
        explanation: """
            Every inventory has `all`, which holds every host, `ungrouped`, and `_meta` for variables. `groups/all.yaml` may say \
            variables and a connection of all hosts, and nothing else; no other file may make a group of such a name.
            """,
        example: """
            $ resolve inventory
            -- site.yaml --
            -- groups/all.yaml --
            envs: [prod]
            -- envs/prod.yaml --
            vms: []
            """,
        fix: "Give the group another name, or leave only `vars` and `connection` in groups/all.yaml.")

    package static let sameAsHost = Code(
        "R0617", "a group named like a host",
        explanation: """
            Ansible warns of it, and a play for that name runs on whichever it finds. What hosts are called is decided by \
            `naming`; what groups are called by files, `ansible_group`, and the names of host groups.
            """,
        example: """
            $ resolve inventory
            -- site.yaml --
            -- components/redis.yaml --
            -- pillar/hosts/redis.sls --
            naming: "{group}"
            components: [redis]
            instances: {1: 10.0.0.5}
            """,
        fix: "Rename one of them: set the component's `ansible_group`, or put `{instance}` into `naming`.")

    package static let misnamedGroup = Code(
        "R0811", "a group whose name may be misspelt",
        explanation: """
            A file of `groups/` that names no member is for a group that something else makes: a component, a host group, an \
            env. Nothing makes this one, and one of a similar name is made: so its variables would be lost.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- groups/kt_wbe.yaml --
            vars: {http_port: 8080}
            -- pillar/hosts/kt_web.sls --
            instances: {1: 10.0.0.5}
            """,
        fix: "Rename the file. A group that is to be empty says so: `hosts: []`.")
}
