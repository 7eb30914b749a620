package import Diagnostics
internal import SiteModel

// What an inventory looks up, and the words where it finds nothing. Beside `CompileInventory.swift`, which asks.

extension LinkedSite {
    /// What a minion of a host group runs, in order, each with the place that says so.
    ///
    /// - Parameter instance: what the instance says itself; nil if that is an address only.
    func components(
        of group: BoundEntity, _ instance: Fields?, in graph: ComponentGraph
    ) -> [(id: EntityID, origin: Origin)] {
        let components = graph.components(of: group, instance)
        var reasons: [EntityID: Origin] = [:]
        func note(_ names: [Value]) {
            for value in names {
                guard let target = value.name.flatMap({ entity(Key($0), .kind(.component)) }) else { continue }
                reasons[target.id] = reasons[target.id] ?? value.origin
            }
        }
        note(inherited(group).entity.fields["components"]?.list ?? [])
        note(instance?["components"]?.list ?? [])
        for component in components.reversed().compactMap({ entities[$0] }) {
            note(inherited(component).entity.fields["requires"]?.list ?? [])
        }
        return components.map { ($0, reasons[$0] ?? Origin(group.start, .hostGroup)) }
    }

    /// Whether a group lists a host that may be a VM of an env that is not loaded.
    package var listsOtherHosts: Bool {
        let listed = catalogue.all(.group).flatMap { entities[$0.id]?.fields["hosts"]?.list ?? [] }.compactMap(\.string)
        guard !listed.isEmpty else { return false }
        let minions = Set(minions().minions.map(\.id))
        return listed.contains { !minions.contains(Key($0)) && !isMachine(Key($0)) }
    }

    /// Whether a host is one, but of another env than the one that is wanted.
    func isHostElsewhere(_ name: Key, than env: Key?) -> Bool {
        env != nil && (isMachine(name) || vmNames.contains(name) || minions().minions.contains { $0.id == name })
    }

    /// VMs of the envs that were loaded, whether or not they have an address.
    var vmNames: [Key] {
        catalogue.all(.env).compactMap { entities[$0.id] }.flatMap { env in
            (inherited(env).entity.fields["vms"]?.list ?? []).compactMap { $0.map?["name"]?.name }.map { Key($0) }
        }
    }

    private func isMachine(_ name: Key) -> Bool {
        catalogue.place(name, .kind(.node)) != nil || catalogue.place(name, .kind(.host)) != nil
    }
}

extension [Value] {
    /// The names of hosts in their order, each once, the first reason counting.
    func ranked(by ranks: [Key: Int]) -> [Value] {
        let keyed = enumerated().compactMap { place, value in
            ranks[Key(value.string ?? "")].map { (rank: $0, place: place, value: value) }
        }
        var last: Int?
        return keyed.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.compactMap { item in
            defer { last = item.rank }
            return item.rank == last ? nil : item.value
        }
    }
}

extension [Int] {
    /// Each once, at its first place.
    var once: [Int] {
        var seen: Set<Int> = []
        return filter { seen.insert($0).inserted }
    }
}

extension Diagnostic {
    static func noGroup(_ value: Value, _ name: String, _ names: [String], isHost: Bool) -> Diagnostic {
        let near = Suggestions.near(name, among: names)
        let help =
            name == "all"
            ? "remove it: every group is in `all`"
            : isHost
                ? "it is a host, and stands under `hosts`"
                : !near.isEmpty
                    ? "did you mean \(near.asChoices)?"
                    : "make groups/\(Catalogue.isName(name) ? name : "NAME").yaml, or name a group that the site makes, such as env_prod, nodes or a component"
        return Diagnostic(
            .dangling, "no group named \"\(name)\"", at: value.origin.span,
            "neither in groups/ nor made by a component, a host group or an env", help: help)
    }

    /// - Parameters:
    ///   - span: where a group lists it; nil if the command line names it.
    ///   - hasNoAddress: whether it is a VM.
    static func noHost(
        _ name: String, _ span: Span?, _ names: [String], isGroup: Bool, hasNoAddress: Bool
    ) -> Diagnostic {
        let near = Suggestions.near(name, among: names)
        var help = names.isEmpty ? "the inventory is empty" : "`resolve inventory` shows the hosts"
        if isGroup {
            help = "it is a group, and stands under `children`"
        } else if hasNoAddress {
            help = "a VM of that name exists, but without a static `ip` no inventory has it"
        } else if !near.isEmpty {
            help = "did you mean \(near.asChoices)?"
        } else if !names.isEmpty, names.count <= 8 {
            help = "there \(names.count == 1 ? "is" : "are"): \(names.joined(separator: ", "))"
        }
        return Diagnostic(
            .dangling, "no host named \"\(name)\"", at: span,
            span == nil ? "" : "neither a minion, a node, a physical machine nor a VM with a static address", help: help
        )
    }

    static func allHasMembers(_ entry: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .ownGroup, "the group all has every host, whatever its \(entry.key) say", at: entry.keySpan,
            help: "remove it; groups/all.yaml has `vars` and `connection` only")
    }

    /// - Parameter groups: those on the way, each a parent of the next, the last one of the first.
    static func circle(_ groups: [InventoryGroups.Group], _ all: InventoryGroups) -> Diagnostic {
        // It begins with its first group by name, from whichever it was found.
        let first = groups.indices.min { groups[$0].name < groups[$1].name } ?? 0
        let turned = Array(groups[first...] + groups[..<first])
        let labels = turned.enumerated().compactMap { place, group -> Label? in
            let next = turned[(place + 1) % turned.count]
            let edge = group.children.first { child in
                child.string.flatMap { all.place(Key($0)) }.map { all.groups[$0].name } == next.name
            }
            return edge?.origin.span.map { Label($0, "\(group.name) has the child \(next.name)") }
        }
        let round = (turned + [turned[0]]).map(\.name.text).joined(separator: " → ")
        return Diagnostic(
            .groupCircle,
            groups.count == 1
                ? "the group \(turned[0].name) has itself for a child" : "groups go in a circle: \(round)",
            at: labels.first?.span, labels.first?.text ?? "", related: Array(labels.dropFirst()),
            help: groups.count == 1 ? "remove it" : "remove one of these children")
    }

    /// - Parameter group: nil if it is one of Ansible's own.
    static func sameAsHost(_ host: InventoryHosts.Host, _ group: InventoryGroups.Group?) -> Diagnostic {
        let source = group?.sources.first
        let isComponent = group?.sources.contains(where: \.isComponent) ?? false
        return Diagnostic(
            .sameAsHost, "\"\(host.name)\" is a host and a group", at: source?.span ?? host.machines.last?.span,
            source.map { "the group of \($0.phrase)" } ?? "",
            related: source?.span == nil
                ? [] : host.machines.last.flatMap { machine in machine.span.map { [Label($0, machine.phrase)] } } ?? [],
            help: isComponent
                ? "set the component's `ansible_group`, or rename the host"
                : group == nil
                    ? "rename the host: the group \(host.name) is Ansible's own"
                    : "rename one of the two, the host perhaps with `naming`")
    }
}

extension Code {
    package static let groupCircle = Code(
        "R0309", "groups that are in each other",
        explanation: "Ansible refuses an inventory in which a group is, by whatever way, a child of itself.",
        example: """
            $ resolve inventory
            -- site.yaml --
            -- groups/backend.yaml --
            children: [api]
            -- groups/api.yaml --
            children: [backend]
            """,
        fix: "Remove one of the children. A host group `kt_web` is a child of its group `kt` already.")

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
}
