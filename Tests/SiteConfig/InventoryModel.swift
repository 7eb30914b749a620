import TestSupport

/// What DESIGN §8 says of an inventory, once more and without any haste: each question is answered from the site as it was
/// written.
struct InventoryModel {
    let site: FleetSite
    /// The env that alone is wanted.
    let env: String?
    private let salt: PillarModel
    /// What all files tell of hosts, the farther before the nearer: machines, nodes, VMs, minions.
    let accounts: [Account]
    let hostNames: [String]
    /// Every name that somebody calls a group, once each.
    let groupNames: [String]

    /// - Parameter isRevealed: whether secrets are written, or what stands for them.
    init(site: FleetSite, env: String? = nil, isRevealed: Bool = false) {
        self.site = site
        self.env = env
        salt = PillarModel(site: site.salt, isRevealed: isRevealed)
        accounts = Self.accounts(of: site, env, salt)
        hostNames = Set(accounts.map(\.name)).sorted { NaturalKey($0) < NaturalKey($1) }
        groupNames = Self.groupNames(of: site, salt)
    }

    // MARK: Hosts

    /// What one file tells of a host.
    struct Account {
        let name: String
        var address: String?
        var variables: [(key: String, value: OrderedJSON)] = []
        /// Who logs in where no file says one.
        var user: String?
        /// The groups that it is in for what it is.
        var groups: [String] = []
        /// What it runs, and what Incus calls it, if it is a minion.
        var components: [String] = []
        var incusName: String?
    }

    private static func accounts(of site: FleetSite, _ env: String?, _ salt: PillarModel) -> [Account] {
        let elsewhere =
            env == nil ? site.machines.map { account($0, site) } + site.nodes.map { account($0, site) } : []
        let envs = site.envs.filter { env == nil || $0.name == env }
        let vms = envs.flatMap { env in env.vms.compactMap { account($0, env.name, site) } }
        let minions = salt.minions.filter { minion in
            let own = salt.env(of: minion.group)
            // What no env says of itself belongs to the env that has a VM of its name.
            return env == nil || own == env || (own == nil && vms.contains { $0.name == minion.id })
        }
        return elsewhere + vms + minions.map { account($0, salt) }
    }

    private static func account(_ machine: FleetSite.Machine, _ site: FleetSite) -> Account {
        var account = Account(
            name: machine.name, address: machine.address, user: site.hostUser ?? "root", groups: ["physical"])
        account.variables =
            user(machine.accessUser ?? machine.user)
            + (machine.port.map { [("ansible_port", .number(String($0)))] } ?? [])
        return account
    }

    private static func account(_ node: FleetSite.Node, _ site: FleetSite) -> Account {
        Account(
            name: node.name, address: node.address, variables: user(node.user), user: site.hostUser ?? "root",
            groups: ["nodes"])
    }

    private static func user(_ name: String?) -> [(key: String, value: OrderedJSON)] {
        name.map { [("ansible_user", .string($0))] } ?? []
    }

    private static func account(_ vm: FleetSite.VM, _ env: String, _ site: FleetSite) -> Account? {
        guard let address = vm.staticAddress else { return nil }
        return Account(
            name: vm.name, address: address, user: site.vmUser ?? "homestak",
            groups: ["vms", "env_\(env)"])
    }

    private static func account(_ minion: PillarModel.Minion, _ salt: PillarModel) -> Account {
        let ssh = salt.map("ssh", of: minion)
        func said(_ key: String) -> OrderedJSON? { ssh.first { $0.key == key }?.value }
        let env = salt.env(of: minion.group).map { ["env_\($0)"] } ?? []
        var account = Account(name: minion.id, address: minion.instance.address)
        account.components = salt.components(of: minion.group, minion.instance)
        account.incusName = minion.instance.fields?.said("incus_name")?.yaml
        account.groups = [minion.group.stem] + env + account.components.map { ansibleGroup($0, salt) }
        account.variables = [
            ("host", "ansible_host"), ("user", "ansible_user"), ("port", "ansible_port"), ("sudo", "ansible_become"),
        ]
        .compactMap { field, name in said(field).map { (name, $0) } }
        account.variables += salt.map("vars", of: minion).map { ($0.key, unsafe($0.value)) }
        return account
    }

    private static func ansibleGroup(_ component: String, _ salt: PillarModel) -> String {
        salt.field("ansible_group", of: component)?.string ?? component
    }

    /// A secret that is shown is text that is no template.
    private static func unsafe(_ value: OrderedJSON) -> OrderedJSON {
        switch value {
        case .map(let entries): .map(entries.map { ($0.key, unsafe($0.value)) })
        case .list(let items): .list(items.map(unsafe))
        case .string(let text) where text.hasPrefix(FleetSite.secretText): .map([("__ansible_unsafe", value)])
        default: value
        }
    }

    // MARK: Groups

    private static func groupNames(of site: FleetSite, _ salt: PillarModel) -> [String] {
        let hostGroups = site.salt.hostGroups.flatMap { [$0.stem, salt.names(of: $0).group] }
        let names =
            ["nodes", "physical", "vms"] + site.envs.map { "env_\($0.name)" } + hostGroups
            + site.salt.components.map { ansibleGroup($0.name, salt) } + site.groups.map(\.name).filter { $0 != "all" }
        return Set(names).sorted()
    }

    /// As an identifier.
    static func identifier(_ name: String) -> String {
        let allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
        let text = String(name.map { allowed.contains($0) ? $0 : "_" })
        return "0123456789".contains(text.prefix(1)) ? "_" + text : text
    }

    private func file(_ name: String) -> FleetSite.Group? { site.groups.first { $0.name == name } }

    private func children(of name: String) -> [String] {
        let labelled = site.salt.hostGroups.filter { salt.names(of: $0).group == name && $0.stem != name }
        return Set(labelled.map(\.stem) + (file(name)?.children ?? [])).sorted()
    }

    private func hosts(of name: String) -> [String] {
        let file = file(name)
        let ofEnvs = (file?.envs ?? []).map { "env_\($0)" }.filter { $0 != name }.flatMap(hosts)
        let members = accounts.filter { account in
            account.groups.contains(name) || ofEnvs.contains(account.name)
                || file?.hosts.contains(account.name) ?? false
                || file?.components.contains { account.components.contains($0) } ?? false
        }
        return Set(members.map(\.name)).sorted { NaturalKey($0) < NaturalKey($1) }
    }

    private func variables(of name: String) -> [String: String] {
        let own = site.envs.first { "env_\($0.name)" == name && (env == nil || env == $0.name) }?.variables ?? []
        return variables(own + (file(name)?.variables ?? []), file(name)?.connection)
    }

    private func variables(_ said: [Said.Entry], _ connection: FleetSite.Connection?) -> [String: String] {
        var variables = salt.fold([said]) { _ in .replace }.entries.map { ($0.key, Self.unsafe($0.value).sortedText) }
        func set(_ name: String, _ text: String?) {
            if let text { variables.append((name, OrderedJSON.string(text).text)) }
        }
        switch connection {
        case nil: break
        case .ssh: set("ansible_connection", "ssh")
        case .local: set("ansible_connection", "local")
        case .incus(let remote, let project):
            set("ansible_connection", "community.general.incus")
            set("ansible_incus_remote", remote)
            set("ansible_incus_project", project)
        }
        return Dictionary(uniqueKeysWithValues: variables)
    }

    // MARK: All of it

    /// What an inventory says; of a site without circles.
    var view: InventoryView {
        var view = InventoryView()
        let names = groupNames
        for name in names {
            view.groups[Self.identifier(name)] = InventoryView.Group(
                children: children(of: name).map(Self.identifier).sorted(), hosts: hosts(of: name),
                variables: variables(of: name))
        }
        view.all.hosts = hostNames
        view.all.children = view.groups.keys.filter { name in
            !view.groups.values.contains { $0.children.contains(name) }
        }.sorted()
        view.all.variables = file("all").map { variables($0.variables, $0.connection) } ?? [:]
        view.hosts = hostNames.map { InventoryView.Host(name: $0, variables: variables(ofHost: $0)) }
        let nesting = Nesting(view)
        for index in view.hosts.indices {
            let host = view.hosts[index]
            let connection = nesting.nearest("ansible_connection", of: host.name).first?.value ?? ""
            guard connection.contains("incus") else { continue }
            for name in ["ansible_host", "ansible_user", "ansible_port"] { view.hosts[index].variables[name] = nil }
            let name = accounts.last { $0.name == host.name && $0.incusName != nil }?.incusName
            view.hosts[index].variables["ansible_incus_host"] = name ?? OrderedJSON.string(host.name).text
        }
        return view
    }

    private func variables(ofHost name: String) -> [String: String] {
        var variables: [String: String] = [:]
        for account in accounts where account.name == name {
            if let address = account.address { variables["ansible_host"] = OrderedJSON.string(address).text }
            // What nobody says beats nothing that somebody says.
            if variables["ansible_user"] == nil, let user = account.user {
                variables["ansible_user"] = OrderedJSON.string(user).text
            }
            for (key, value) in account.variables { variables[key] = value.sortedText }
        }
        return variables
    }

    // MARK: Mistakes

    /// What is wrong, by its code, with those that it is about.
    var mistakes: [(code: String, about: [String])] {
        var found = unknownNames.map { ("R0201", [$0]) }
        for name in hostNames {
            let addresses = Set(accounts.filter { $0.name == name }.compactMap(\.address))
            if addresses.count > 1 { found.append(("R0615", [name])) }
        }
        let names = groupNames
        for name in names {
            let twins = names.filter { Self.identifier($0) == Self.identifier(name) }
            if twins.count > 1 { found.append(("R0616", twins)) }
            if hostNames.contains(Self.identifier(name)) { found.append(("R0617", [name])) }
        }
        let circles = names.filter { isInCircle($0) }
        if !circles.isEmpty { found.append((Self.circle, circles)) }
        return circles.isEmpty ? found + disagreements : found
    }

    static let circle = "R0309"

    private var unknownNames: [String] {
        let everywhere = InventoryModel(site: site).hostNames
        let envs = site.envs.map(\.name)
        return site.groups.flatMap { group in
            group.children.filter { !groupNames.contains($0) } + group.hosts.filter { !everywhere.contains($0) }
                + group.components.filter { site.salt.component($0) == nil } + group.envs.filter { !envs.contains($0) }
        }
    }

    private func isInCircle(_ name: String) -> Bool {
        var reached = children(of: name)
        var next = 0
        while next < reached.count {
            reached += children(of: reached[next]).filter { !reached.contains($0) }
            next += 1
        }
        return reached.contains(name)
    }

    /// Of a site without circles: groups of which none is in the other, and which say different things of a
    /// variable to a host that does not say it itself.
    private var disagreements: [(code: String, about: [String])] {
        let view = view
        let nesting = Nesting(view)
        return view.hosts.flatMap { host -> [(String, [String])] in
            let variables = Set(view.groups.values.flatMap(\.variables.keys)).subtracting(host.variables.keys)
            return variables.sorted().compactMap { variable in
                let nearest = nesting.nearest(variable, of: host.name)
                guard Set(nearest.map(\.value)).count > 1 else { return nil }
                return ("R0618", [variable] + nearest.map(\.group))
            }
        }
    }
}
