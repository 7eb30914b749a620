package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// Hosts and groups for Ansible (DESIGN §8). Reports R0201, R0402, R0615–R0619 and R0706–R0709.
    ///
    /// - Parameters:
    ///   - vms: those with a static address, of all envs or of the one that is wanted.
    ///   - env: whose VMs and minions alone are wanted; then nodes and physical machines are left out.
    ///   - isWhole: whether all files could be read, so that a host that is missing is missing.
    package func inventory(
        of vms: [Machine], env: Key?, _ form: Inventory.Form, isWhole: Bool = true
    ) -> (inventory: Inventory, diagnostics: [Diagnostic]) {
        var gathering = InventoryGathering(self, env)
        gathering.gatherGroups()
        gathering.gatherHosts(vms)
        gathering.joinGroups(isWhole: isWhole)
        return gathering.finish(form, isWhole: isWhole)
    }

    /// What is wrong with the inventory of the site, if it has anything that only Ansible reads. That two envs have VMs of one
    /// name is not: they may be alternatives.
    package func checkInventory(_ vms: [Machine]) -> [Diagnostic] {
        guard isForAnsible else { return [] }
        return inventory(of: vms, env: nil, .script).diagnostics.filter { !$0.isAboutAlternatives }
    }

    private var isForAnsible: Bool {
        !catalogue.all(.group).isEmpty
            || entities.values.contains { entity in
                switch entity.id.kind {
                case .env, .hostGroup: entity.fields["vars"]?.map?.isEmpty == false
                case .component: entity.fields.contains("ansible_group")
                default: false
                }
            }
    }
}

/// An inventory while it is gathered.
private struct InventoryGathering {
    private let site: LinkedSite
    /// The env that alone is wanted; nil for all.
    private let env: Key?
    private var groups = InventoryGroups()
    private var hosts = InventoryHosts()
    private var diagnostics: [Diagnostic] = []
    private var variablesOfAll = Fields()
    /// For each component, the hosts that run it.
    private var runners: [EntityID: [Key]] = [:]
    private var namesAreChecked: Set<Span> = []

    init(_ site: LinkedSite, _ env: Key?) {
        self.site = site
        self.env = env
    }

    // MARK: Groups

    /// Every group of the site, whether or not anything is in it: a play may name it in any env.
    mutating func gatherGroups() {
        for file in files {
            if file.id.name == "all" {
                gatherAll(file)
            } else {
                let group = groups.add(file.id.name, .init(phrase: file.path, span: file.start))
                groups.set(variables(of: file), of: group)
            }
        }
        for place in site.catalogue.all(.component) {
            guard let component = site.entities[place.id] else { continue }
            groups.add(groupName(of: component), source(component))
        }
        for file in site.hostGroups {
            let (name, label) = file.id.name.groupAndLabel
            let source = InventoryGroups.Source(phrase: file.path, span: file.start)
            let parent = groups.add(Key(name), source)
            guard !label.isEmpty else { continue }
            groups.add(file.id.name, source)
            groups.add(child: .string(file.id.name.text, Origin(file.start, .hostGroup)), to: parent)
        }
        for place in site.catalogue.all(.env) {
            let span = site.entities[place.id]?.start
            let group = groups.add(Self.group(ofEnv: place.id.name), .init(phrase: place.path, span: span))
            if let file = site.entities[place.id], isWanted(place.id.name) {
                let own = variables(site.inherited(file).entity.fields["vars"])
                groups.set(groups.groups[group].variables.joined(with: own, &diagnostics), of: group)
            }
        }
        for name in Self.builtIn { groups.add(name, .init(phrase: "\(name)", span: nil)) }
        diagnostics += groups.diagnostics
    }

    private static let builtIn: [Key] = ["nodes", "physical", "vms"]

    private static func group(ofEnv env: Key) -> Key { Key("env_\(env)") }

    private var files: [BoundEntity] { site.catalogue.all(.group).compactMap { site.entities[$0.id] } }

    private func isWanted(_ env: Key) -> Bool { self.env == nil || self.env == env }

    private func source(_ component: BoundEntity) -> InventoryGroups.Source {
        let span = site.inherited(component).entity.fields["ansible_group"]?.origin.span ?? component.start
        return .init(phrase: component.path, span: span, isComponent: true)
    }

    private func groupName(of component: BoundEntity) -> Key {
        site.inherited(component).entity.fields["ansible_group"]?.name.map { Key($0) } ?? component.id.name
    }

    private mutating func gatherAll(_ file: BoundEntity) {
        variablesOfAll = variables(of: file)
        for key in ["children", "hosts", "components", "envs"] as [Key] {
            guard let entry = file.fields.entry(key), entry.value.list?.isEmpty == false else { continue }
            diagnostics.append(.allHasMembers(entry))
        }
    }

    /// A file's variables, those of its connection first.
    private mutating func variables(of file: BoundEntity) -> Fields {
        let connection = file.fields.entry("connection").map { Connection($0) }
        diagnostics += connection?.diagnostics ?? []
        let own = variables(file.fields["vars"])
        guard let connection else { return own }
        return Fields(connection.variables).joined(with: own, &diagnostics)
    }

    /// Variables as they are written, and what Ansible would make of their names.
    private mutating func variables(_ value: Value?) -> Fields {
        guard let fields = value?.map else { return Fields() }
        let entries = fields.entries.filter { !$0.key.text.hasPrefix("x-") }
        for entry in entries {
            guard let span = entry.keySpan, namesAreChecked.insert(span).inserted else { continue }
            diagnostics += checkVariable(entry)
        }
        var variables = Fields(entries)
        variables.removed = fields.removed
        variables.lineage = fields.lineage
        return variables
    }

    // MARK: Hosts

    mutating func gatherHosts(_ vms: [Machine]) {
        if env == nil {
            let found = site.nodesAndHosts()
            diagnostics += found.diagnostics
            for machine in found.machines {
                let isNode = if case .node = machine.kind { true } else { false }
                hosts.add(machine, connecting(to: machine))
                join(machine, isNode ? "nodes" : "physical", Origin(machine.span, isNode ? .node : .host))
            }
        }
        for machine in vms {
            guard case .vm(let env) = machine.kind else { continue }
            hosts.add(machine, connecting(to: machine))
            join(machine, "vms", Origin(machine.span, .env))
            join(machine, Self.group(ofEnv: env), Origin(machine.span, .env))
        }
        gatherMinions()
        diagnostics += hosts.diagnostics
    }

    private mutating func gatherMinions() {
        let all = site.minions()
        diagnostics += all.diagnostics
        let graph = ComponentGraph(site)
        var known: [EntityID: (group: BoundEntity, vars: Fields, reasons: [(id: EntityID, origin: Origin)])] = [:]
        for minion in all.minions {
            guard env == nil || minion.env.name.map({ Key($0) }) == env, let file = site.entities[minion.hostGroup]
            else {
                continue
            }
            if known[file.id] == nil {
                let inherited = site.inherited(file).entity
                known[file.id] = (
                    file, variables(inherited.fields["vars"]), site.components(of: file, nil, in: graph)
                )
            }
            guard let shared = known[file.id] else { continue }
            var vars = shared.vars
            if let own = minion.fields, let merged = site.merged("vars", of: file, with: own) {
                diagnostics += merged.diagnostics
                vars = variables(Value(.map(merged.fields), .nowhere))
            }
            let machine = site.machine(minion)
            hosts.add(machine, connecting(to: machine), vars)
            let (name, label) = (Key(minion.group), minion.label)
            join(machine, label.isEmpty ? name : minion.hostGroup.name, Origin(minion.span, .instance))
            if let env = minion.env.name { join(machine, Self.group(ofEnv: Key(env)), minion.env.origin) }
            let own = minion.fields.flatMap { $0.contains("components") ? $0 : nil }
            for (id, origin) in own.map({ site.components(of: file, $0, in: graph) }) ?? shared.reasons {
                runners[id, default: []].append(minion.id)
                if let component = site.entities[id] { join(machine, groupName(of: component), origin) }
            }
        }
    }

    private mutating func join(_ machine: Machine, _ group: Key, _ origin: Origin) {
        guard let place = groups.place(group) else { return }
        groups.add(host: .string(machine.name.text, origin), to: place)
    }

    /// What Ansible needs to reach a machine, as far as its file says.
    private func connecting(to machine: Machine) -> [Fields.Entry] {
        var entries = [machine.address?.named("ansible_host")]
        switch machine.kind {
        case .physical, .node:
            guard let entity = entity(of: machine) else { break }
            entries.append(site.hostUser(of: entity).named("ansible_user"))
            // Which port it is when none is said, ssh's own configuration may know better.
            if case .physical = machine.kind, let port = entity.fields["access"]?.map?.entry("ssh_port") {
                entries.append(port.named("ansible_port"))
            }
        case .vm: entries.append(site.vmUser.named("ansible_user"))
        case .minion(let minion):
            entries = [
                minion.host?.named("ansible_host"), minion.ssh.entry("user")?.named("ansible_user"),
                minion.ssh.entry("port")?.named("ansible_port"), minion.ssh.entry("sudo")?.named("ansible_become"),
            ]
        }
        return entries.compactMap(\.self)
    }

    private func entity(of machine: Machine) -> BoundEntity? {
        let kind: EntityKind = if case .node = machine.kind { .node } else { .host }
        return site.entity(machine.name, .kind(kind))
    }

    // MARK: Who is in what

    /// Puts hosts and groups into the groups that name them.
    mutating func joinGroups(isWhole: Bool) {
        for file in files where file.id.name != "all" {
            guard let group = groups.place(file.id.name) else { continue }
            for value in file.fields["children"]?.list ?? [] { join(child: value, group) }
            for value in file.fields["hosts"]?.list ?? [] { join(host: value, group, isWhole: isWhole) }
            for value in file.fields["components"]?.list ?? [] {
                let component = value.name.flatMap { site.entity(Key($0), .kind(.component)) }
                for host in component.flatMap({ runners[$0.id] }) ?? [] {
                    groups.add(host: .string(host.text, value.origin), to: group)
                }
            }
            for value in file.fields["envs"]?.list ?? [] {
                let place = value.name.flatMap { groups.place(Self.group(ofEnv: Key($0))) }
                for host in place.map({ groups.groups[$0].hosts }) ?? [] where place != group {
                    groups.add(host: .string(host.string ?? "", value.origin), to: group)
                }
            }
        }
    }

    private mutating func join(child value: Value, _ group: Int) {
        guard let name = value.string else { return }
        if groups.place(Key(name)) != nil { return groups.add(child: value, to: group) }
        diagnostics.append(.noGroup(value, name, groups.names, isHost: hosts.contains(Key(name))))
    }

    private mutating func join(host value: Value, _ group: Int, isWhole: Bool) {
        guard let name = value.string else { return }
        if hosts.contains(Key(name)) { return groups.add(host: value, to: group) }
        guard isWhole, !site.isHostElsewhere(Key(name), than: env) else { return }
        let isGroup = groups.place(Key(name)) != nil
        let isVM = site.vmNames.contains(Key(name))
        diagnostics.append(.noHost(name, value.origin.span, hosts.names, isGroup: isGroup, hasNoAddress: isVM))
    }

    // MARK: The whole

    func finish(_ form: Inventory.Form, isWhole: Bool) -> (inventory: Inventory, diagnostics: [Diagnostic]) {
        var diagnostics = diagnostics
        let groups = groups.groups
        let places = Dictionary(groups.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
        let children = groups.map { group in
            group.children.compactMap { $0.string.flatMap { self.groups.place(Key($0)) } }.once
        }
        let graph = GroupGraph(children)
        diagnostics += graph.circles.map { .circle($0.map { groups[$0] }, self.groups) }
        diagnostics += hosts.all.compactMap { host in
            let isOwn = InventoryGroups.ownNames.contains(host.name)
            let group = places[host.name].map { groups[$0] }
            return isOwn || group != nil ? .sameAsHost(host, group) : nil
        }
        if case .host(let name) = form, !hosts.contains(name), isWhole, !diagnostics.hasErrors {
            diagnostics.append(.noHost(name.text, nil, hosts.names, isGroup: false, hasNoAddress: false))
        }
        guard graph.circles.isEmpty else {
            return (Inventory(hosts: [], groups: [], variables: Fields(), form: form), diagnostics)
        }
        let membership = Membership(groups, graph, variablesOfAll)
        let order = hosts.inOrder
        let ranks = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element.name, $0.offset) })
        var disagreements = Disagreements()
        var finished: [Inventory.Host] = []
        for host in order {
            let around = membership.groups(around: host.name)
            let reached = host.finished { membership.value(of: $0, in: around) }
            finished.append(reached)
            disagreements.look(at: reached, in: around, membership)
        }
        diagnostics += disagreements.diagnostics(groups)
        let sorted = groups.indices.sorted { groups[$0].name < groups[$1].name }.map { place in
            let below = children[place].map { child -> Value in
                let written = groups[place].children.first { $0.string.flatMap { self.groups.place(Key($0)) } == child }
                return .string(groups[child].name.text, written?.origin ?? .nowhere)
            }
            return Inventory.Group(
                name: groups[place].name,
                children: below.sorted { Key($0.string ?? "") < Key($1.string ?? "") },
                hosts: groups[place].hosts.ranked(by: ranks), variables: groups[place].variables,
                isTop: graph.isTop(place))
        }
        return (Inventory(hosts: finished, groups: sorted, variables: variablesOfAll, form: form), diagnostics)
    }
}
