package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// Hosts and groups for Ansible (DESIGN §8). Reports R0201, R0402, R0615–R0620, R0706–R0709, R0811 and R0812.
    ///
    /// - Parameters:
    ///   - vms: those with a static address, of all envs or of the one that is wanted.
    ///   - env: whose VMs and minions alone are wanted; then nodes and physical machines are left out.
    package func inventory(
        of vms: [Machine], env: Key?, _ form: Inventory.Form
    ) -> (inventory: Inventory, diagnostics: [Diagnostic]) {
        var gathering = InventoryGathering(self, env)
        gathering.gather(vms)
        return gathering.finish(form)
    }

    /// What is wrong with the inventories of the site: of the whole, and of each env that has machines of the same names as
    /// another. Such envs are alternatives, and in no inventory together.
    ///
    /// - Returns: only notes, if nothing in the site is for Ansible alone.
    package func checkInventory(_ vms: [Machine]) -> (inventory: Inventory, diagnostics: [Diagnostic]) {
        var gathering = InventoryGathering(self, nil, isCheck: true, isOfNames: !isForAnsible)
        gathering.gather(vms)
        guard isForAnsible else {
            let nothing = Inventory(hosts: [], groups: [], variables: Fields(), form: .script)
            return (nothing, gathering.mistakesInNames.filter { Self.ofInventories.contains($0.code.id) }.map(\.asNote))
        }
        var (inventory, diagnostics) = gathering.finish(.script)
        for env in gathering.alternatives.sorted() {
            diagnostics += self.inventory(of: vms.filter { $0.env == env }, env: env, .script).diagnostics
        }
        return (inventory, diagnostics)
    }

    /// What only an inventory has, of whoever makes one.
    private static let ofInventories = [Code.twoPlaces, .sameGroup, .sameAsHost, .noHostName].map(\.id)

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

/// An inventory while it is gathered: every group by its name, every machine by its name, then who is in what.
private struct InventoryGathering {
    private let site: LinkedSite
    /// The env that alone is wanted; nil for all.
    private let env: Key?
    /// Whether all that makes groups and hosts could be read, so that a name that is missing is missing.
    private var isWhole: Bool
    /// Whether machines of one name in two envs are no matter.
    private let isCheck: Bool
    /// Whether only names and places matter: what is not for Ansible has no inventory that anybody reads.
    private let isOfNames: Bool
    private var groups = InventoryGroups()
    private var hosts = InventoryHosts()
    private var diagnostics: [Diagnostic] = []
    private var variablesOfAll = Fields()
    /// For each component, the hosts that run it; for each env, its hosts.
    private var runners: [EntityID: [Key]] = [:]
    private var inhabitants: [Key: [Key]] = [:]
    private var namesAreChecked: Set<Span> = []
    /// Envs some machines of which were left out, since another env has the names.
    private(set) var alternatives: Set<Key> = []

    init(_ site: LinkedSite, _ env: Key?, isCheck: Bool = false, isOfNames: Bool = false) {
        self.isOfNames = isOfNames
        self.site = site
        self.env = env
        isWhole = site.hasAll(
            env == nil ? [.node, .host, .env, .hostGroup, .component, .group] : [.hostGroup, .component, .group])
        self.isCheck = isCheck
    }

    mutating func gather(_ vms: [Machine]) {
        hosts.reserveCapacity(vms.count + site.minions().minions.count)
        gatherGroups()
        if env == nil { gatherNodesAndHosts() }
        for machine in vms { gather(vm: machine) }
        gatherMinions(vms)
        joinGroups()
        diagnostics += groups.diagnostics + hosts.diagnostics
    }

    // MARK: Groups

    /// Every group of the site, whether or not anything is in it: a play may name it in any env.
    private mutating func gatherGroups() {
        for file in files {
            guard file.id.name != "all" else {
                gatherAll(file)
                continue
            }
            let isBare = Self.membership.allSatisfy { !file.fields.contains($0) }
            let source = InventoryGroups.Source(phrase: file.path, span: file.start, isBare: isBare)
            groups.set(variables(of: file), of: groups.add(file.id.name, source))
        }
        for component in site.catalogue.all(.component).compactMap({ site.entities[$0.id] }) {
            groups.add(groupName(of: component), source(component))
        }
        for file in site.hostGroups { gather(groupsOf: file) }
        for place in site.catalogue.all(.env) { gather(groupOf: place) }
        for name in Self.builtIn { groups.add(name, .init(phrase: "what every inventory has", span: nil)) }
    }

    private static let builtIn: [Key] = ["nodes", "physical", "vms"]

    /// The fields that say who is in a group.
    private static let membership: [Key] = ["children", "hosts", "components", "envs"]

    private static func group(ofEnv env: Key) -> Key { Key("env_\(env)") }

    private var files: [BoundEntity] { site.catalogue.all(.group).compactMap { site.entities[$0.id] } }

    private func isWanted(_ env: Key) -> Bool { self.env == nil || self.env == env }

    private func source(_ component: BoundEntity) -> InventoryGroups.Source {
        let written = site.inherited(component).entity.fields["ansible_group"]
        return .init(
            phrase: component.path, span: written?.origin.span ?? component.start, isComponent: true,
            isWritten: written != nil, layer: .component)
    }

    private func groupName(of component: BoundEntity) -> Key {
        site.inherited(component).entity.fields["ansible_group"]?.string.map { Key($0) } ?? component.id.name
    }

    private mutating func gather(groupsOf file: BoundEntity) {
        let (name, label) = file.id.name.groupAndLabel
        let source = InventoryGroups.Source(phrase: file.path, span: file.start, layer: .hostGroup)
        let parent = groups.add(Key(name), source)
        guard !label.isEmpty else { return }
        groups.add(file.id.name, source)
        groups.add(child: .string(file.id.name.text, Origin(file.start, .hostGroup)), to: parent)
    }

    private mutating func gather(groupOf place: Catalogue.Place) {
        let file = site.entities[place.id]
        let source = InventoryGroups.Source(phrase: place.path, span: file?.start, layer: .env)
        let group = groups.add(Self.group(ofEnv: place.id.name), source)
        guard let file, isWanted(place.id.name) else { return }
        let own = variables(site.inherited(file).entity.fields["vars"])
        groups.set(groups.groups[group].variables.joined(with: own, &diagnostics), of: group)
    }

    private mutating func gatherAll(_ file: BoundEntity) {
        variablesOfAll = variables(of: file)
        for entry in Self.membership.compactMap({ file.fields.entry($0) }) where entry.value.list?.isEmpty == false {
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
        var variables = Fields(fields.entries.filter { !$0.key.begins(with: "x-") })
        for entry in variables.entries where entry.keySpan.map({ namesAreChecked.insert($0).inserted }) ?? true {
            diagnostics += checkVariable(entry)
        }
        variables.removed = fields.removed
        variables.lineage = fields.lineage
        return variables
    }

    // MARK: Hosts

    private mutating func gatherNodesAndHosts() {
        let found = site.nodesAndHosts()
        diagnostics += found.diagnostics
        guard !isOfNames else {
            for machine in found.machines { hosts.add(machine) }
            return
        }
        for machine in found.machines {
            guard let entity = machine.entity.flatMap({ site.entities[$0] }) else { continue }
            hosts.add(machine, connecting(to: machine, entity))
            join(machine, machine.layer == .node ? "nodes" : "physical", Origin(machine.span, machine.layer))
        }
    }

    private mutating func gather(vm machine: Machine) {
        let place = hosts.place(machine.name)
        guard let env = machine.env, isAdmitted(machine, at: place) else { return }
        guard !isOfNames else {
            hosts.add(machine, at: place)
            return
        }
        let connection = [machine.address?.named("ansible_host"), site.vmUser.named("ansible_user")]
        hosts.add(machine, connection.compactMap(\.self))
        let origin = Origin(machine.span, .env)
        join(machine, "vms", origin)
        join(machine, Self.group(ofEnv: env), origin)
        inhabitants[env, default: []].append(machine.name)
    }

    /// Whether a machine goes into this inventory; notes its env if another env's machine of its name is there.
    ///
    /// - Parameter place: of the host of its name, if there is one.
    private mutating func isAdmitted(_ machine: Machine, at place: Int?) -> Bool {
        guard isCheck, let env = machine.env, let place, hosts.isOfOtherEnv(place, than: env) else { return true }
        alternatives.insert(env)
        return false
    }

    private mutating func gatherMinions(_ vms: [Machine]) {
        let all = site.minions()
        diagnostics += all.diagnostics
        if all.diagnostics.hasErrors { isWhole = false }
        let graph = ComponentGraph(site)
        // A VM of that name is among the hosts by now, if there is one.
        var taken: Set<Key> = []
        for minion in all.minions where hosts.contains(minion.id) { taken.insert(minion.id) }
        let envsOfVMs =
            taken.isEmpty
            ? [:]
            : Dictionary(grouping: vms.lazy.filter { taken.contains($0.name) }, by: \.name)
                .mapValues { $0.compactMap(\.env) }
        var known: [EntityID: Shared] = [:]
        for minion in all.minions {
            guard let file = site.entities[minion.hostGroup] else { continue }
            let machine = site.machine(minion)
            let ofVM = envsOfVMs[minion.id] ?? []
            // A minion that is a VM of an env belongs to that env.
            guard env == nil || machine.env == env || (machine.env == nil && !ofVM.isEmpty) else { continue }
            if let own = machine.env, let other = ofVM.first, !ofVM.contains(own) {
                let vm = vms.first { $0.name == minion.id && $0.env == other }
                diagnostics += vm.map { [.twoEnvs($0, machine)] } ?? []
                continue
            }
            let place = hosts.place(machine.name)
            guard isAdmitted(machine, at: place) else { continue }
            guard !isOfNames else {
                hosts.add(machine, at: place)
                continue
            }
            let shared = known[file.id] ?? self.shared(file, graph)
            known[file.id] = shared
            gather(minion, machine, of: file, shared, graph)
        }
    }

    /// What the minions of a host group have in common.
    private struct Shared {
        let vars: Fields
        let components: [(id: EntityID, origin: Origin)]
    }

    private mutating func shared(_ file: BoundEntity, _ graph: ComponentGraph) -> Shared {
        Shared(
            vars: variables(site.inherited(file).entity.fields["vars"]),
            components: site.components(of: file, nil, in: graph))
    }

    private mutating func gather(
        _ minion: Minion, _ machine: Machine, of file: BoundEntity, _ shared: Shared, _ graph: ComponentGraph
    ) {
        var vars = shared.vars
        if let own = minion.fields, let merged = site.merged("vars", of: file, with: own) {
            diagnostics += merged.diagnostics
            vars = variables(Value(.map(merged.fields), .nowhere))
        }
        hosts.add(machine, minion.connection, vars)
        let group = minion.label.isEmpty ? Key(minion.group) : minion.hostGroup.name
        join(machine, group, Origin(minion.span, .instance))
        if let env = machine.env {
            join(machine, Self.group(ofEnv: env), minion.env.origin)
            inhabitants[env, default: []].append(minion.id)
        }
        let own = minion.fields.flatMap { $0.contains("components") ? $0 : nil }
        for (id, origin) in own.map({ site.components(of: file, $0, in: graph) }) ?? shared.components {
            runners[id, default: []].append(minion.id)
            if let component = site.entities[id] { join(machine, groupName(of: component), origin) }
        }
    }

    private mutating func join(_ machine: Machine, _ group: Key, _ origin: Origin) {
        guard let place = groups.place(group) else { return }
        groups.add(host: .string(machine.name.text, origin), to: place)
    }

    /// What Ansible needs to reach a node or a physical machine, as far as it is said.
    private func connecting(to machine: Machine, _ entity: BoundEntity) -> [Fields.Entry] {
        // Which port it is when none is said, ssh's own configuration may know better.
        let port = machine.layer == .host ? entity.fields["access"]?.map?.entry("ssh_port") : nil
        return [
            machine.address?.named("ansible_host"), site.hostUser(of: entity).named("ansible_user"),
            port?.named("ansible_port"),
        ].compactMap(\.self)
    }

    // MARK: Who is in what

    /// Puts hosts and groups into the groups whose files name them.
    private mutating func joinGroups() {
        lazy var others = site.hostsElsewhere(than: env)
        lazy var vms = Set(site.vmNames(besides: nil))
        lazy var names = hosts.names
        var misses = 0
        for file in files where file.id.name != "all" {
            guard let group = groups.place(file.id.name) else { continue }
            for value in file.fields["children"]?.list ?? [] { join(child: value, group) }
            for value in file.fields["hosts"]?.list ?? [] {
                guard let name = value.string.map({ Key($0) }) else { continue }
                if hosts.contains(name) {
                    groups.add(host: value, to: group)
                } else if isWhole, !others.contains(name) {
                    let isGroup = groups.place(name) != nil
                    misses += 1
                    // To look for what may be meant takes its time, and many wrong names have one reason.
                    let near = misses <= Self.fewMisses ? names : []
                    diagnostics.append(
                        .noHost(name, value.origin.span, near, isGroup: isGroup, isVM: vms.contains(name)))
                }
            }
            for value in file.fields["components"]?.list ?? [] {
                let component = value.name.flatMap { site.entity(Key($0), .kind(.component)) }
                join(component.flatMap { runners[$0.id] } ?? [], group, value.origin)
            }
            for value in file.fields["envs"]?.list ?? [] {
                join(value.name.flatMap { inhabitants[Key($0)] } ?? [], group, value.origin)
            }
        }
    }

    private mutating func join(_ hosts: [Key], _ group: Int, _ origin: Origin) {
        for host in hosts { groups.add(host: .string(host.text, origin), to: group) }
    }

    private mutating func join(child value: Value, _ group: Int) {
        guard let name = value.string else { return }
        if let child = groups.place(Key(name)) {
            groups.add(child: value, at: child, to: group)
        } else if isWhole {
            diagnostics.append(.noGroup(value, name, groups.names, isHost: hosts.contains(Key(name))))
        }
    }

    // MARK: The whole

    /// What was found so far, and hosts that have the name of a group.
    var mistakesInNames: [Diagnostic] { diagnostics + groups.namedLikeHosts(hosts) }

    private static let fewMisses = 20

    /// How deep groups may be in each other: Ansible itself recurses through them.
    private static let deepest = 128

    func finish(_ form: Inventory.Form) -> (inventory: Inventory, diagnostics: [Diagnostic]) {
        let graph = GroupGraph(groups.groups.map { $0.children.map(\.place) })
        var diagnostics = diagnostics + graph.circles.map { .circle($0, groups.groups) }
        diagnostics += groups.namedLikeHosts(hosts) + groups.probablyMisnamed(graph)
        if case .host(let name) = form, !hosts.contains(name), isWhole, !diagnostics.hasErrors {
            diagnostics.append(.noHost(name, nil, hosts.names, isGroup: false, isVM: false))
        }
        if let deep = graph.depths.firstIndex(where: { $0 > Self.deepest }), graph.circles.isEmpty {
            diagnostics.append(.tooDeep(groups.groups[deep]))
        }
        guard graph.circles.isEmpty, graph.depths.allSatisfy({ $0 <= Self.deepest }) else {
            return (Inventory(hosts: [], groups: [], variables: Fields(), form: form), diagnostics)
        }
        let membership = Membership(groups.groups, graph, variablesOfAll)
        var look = MembershipChecks(membership)
        var nameless: [InventoryHosts.Host] = []
        var places = HostPlaces()
        let finished = hosts.inOrder.map { host -> Inventory.Host in
            let around = membership.groups(around: host.name)
            let reached = host.finished { membership.value(of: $0, in: around) }
            func said(_ variable: Key) -> Value? {
                reached.variables[variable] ?? membership.value(of: variable, in: around)
            }
            look.look(at: reached, in: around)
            places.look(at: host, said)
            if host.needsAddress(said) { nameless.append(host) }
            return reached
        }
        // Of two machines under one name it is no matter yet what their groups say.
        if !hosts.diagnostics.hasErrors { diagnostics += look.diagnostics(groups.groups) }
        diagnostics += places.diagnostics
        if !nameless.isEmpty { diagnostics.append(.nameless(nameless)) }
        return (
            Inventory(hosts: finished, groups: groups.finished(graph, finished), variables: variablesOfAll, form: form),
            diagnostics
        )
    }
}

extension Diagnostic {
    /// The same, asking for nothing.
    fileprivate var asNote: Diagnostic {
        var note = self
        note.severity = .note
        return note
    }
}
