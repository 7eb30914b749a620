package import Diagnostics
internal import SiteModel

/// The groups of an inventory while they are gathered: who speaks of each, under which name, and what is in it (DESIGN §8).
struct InventoryGroups {
    /// What makes a group: a file, or what follows from one.
    struct Source {
        /// For a sentence: "groups/web.yaml", "the component nginx".
        let phrase: String
        /// Nil for what every inventory has.
        let span: Span?
        /// What else the group may be called, to mend a name that cannot be.
        var isComponent = false
    }

    struct Group {
        /// As the site writes it.
        let written: Key
        /// As Ansible reads it.
        let name: Key
        var sources: [Source]
        /// The names of those in it; the origin of each is what says so.
        var children: [Value] = []
        /// The hosts that are in it themselves.
        var hosts: [Value] = []
        var variables = Fields()
    }

    private(set) var groups: [Group] = []
    private(set) var diagnostics: [Diagnostic] = []
    private var places: [Key: Int] = [:]
    private var identifiers: [Key: Int] = [:]

    /// The place of a group, which is made if nothing has made it. Reports R0616 and R0709.
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
        places[written] = groups.count
        identifiers[name] = groups.count
        groups.append(Group(written: written, name: name, sources: [source]))
        return groups.count - 1
    }

    /// The group of that name, as the site or as Ansible has it.
    func place(_ name: Key) -> Int? { places[name] ?? identifiers[name] }

    mutating func add(child: Value, to group: Int) {
        if !groups[group].children.contains(where: { $0.content == child.content }) {
            groups[group].children.append(child)
        }
    }

    mutating func add(host: Value, to group: Int) { groups[group].hosts.append(host) }

    mutating func set(_ variables: Fields, of group: Int) { groups[group].variables = variables }

    /// What Ansible has in every inventory.
    static let ownNames: [Key] = ["all", "ungrouped"]

    /// How the site writes the groups, for suggestions.
    var names: [String] { groups.map(\.written.text) }
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
                ? "set the component's `ansible_group`"
                : name == "all" ? "variables of all hosts stand in groups/all.yaml" : "give it another name")
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
            Every inventory has `all`, which holds every host, and `ungrouped`. `groups/all.yaml` may say variables and a \
            connection of all hosts, and nothing else; no other file may make a group of such a name.
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
}
