internal import Diagnostics
internal import SiteModel

// What an inventory looks up in the site. Beside `CompileInventory.swift`, which asks.

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

    /// The hosts of the site that are none of an env's inventory: empty for an inventory of all.
    func hostsElsewhere(than env: Key?) -> Set<Key> {
        guard let env else { return [] }
        return Set(
            minions().minions.map(\.id) + vmNames(besides: env) + catalogue.all(.node).map(\.id.name)
                + catalogue.all(.host).map(\.id.name))
    }

    /// VMs of the envs that were loaded but for one, whether or not they have an address.
    func vmNames(besides other: Key?) -> [Key] {
        catalogue.all(.env).filter { $0.id.name != other }.compactMap { entities[$0.id] }.flatMap { env in
            released[env.id]?.vmNames ?? vmNames(of: inherited(env).entity)
        }
    }

    /// The VMs that an env lists.
    ///
    /// - Parameter env: with what it inherits.
    func vmNames(of env: BoundEntity) -> [Key] {
        var names: [Key] = []
        guard case .list(let vms)? = env.fields["vms"]?.content else { return names }
        names.reserveCapacity(vms.count)
        let items = vms.span
        for index in items.indices {
            guard case .map(let vm) = items[index].content, let name = vm.text("name") ?? vm["name"]?.name else {
                continue
            }
            names.append(Key(name))
        }
        return names
    }

    private func isMachine(_ name: Key) -> Bool {
        catalogue.place(name, .kind(.node)) != nil || catalogue.place(name, .kind(.host)) != nil
    }
}
