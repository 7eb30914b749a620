import TestSupport

extension RandomFleet {
    /// Files of `groups/`, some of them of groups that are there without them.
    mutating func addGroups() {
        let names = [
            "web", "site-a", "rack.b", "apps", "fleet", "kt", "kt_web", "nodes", "vms", "redis", "env_prod", "ops",
        ]
        for name in names.shuffled(using: &random).prefix(2 + number(5)) {
            var group = FleetSite.Group(
                name: name, variables: chance(40) ? [] : entries(), connection: chance(70) ? nil : connection())
            // A group says each variable in one place.
            if name == "env_prod" { group.variables.removeAll { site.envs[0].variables.said($0.key) != nil } }
            site.groups.append(group)
        }
        for index in site.groups.indices { fill(index) }
        // Whose the hosts are that a file puts into the group of an env, is looked at elsewhere.
        if let env = site.groups.first(where: { $0.name == "env_prod" }),
            !(env.hosts + env.components + env.envs).isEmpty
        {
            for index in site.groups.indices { site.groups[index].envs.removeAll { $0 == "prod" } }
        }
        if chance(40) {
            site.groups.append(
                .init(name: "all", variables: entries(), connection: chance(20) ? connection() : nil))
        }
    }

    private mutating func connection() -> FleetSite.Connection {
        pick([.ssh, .local, .incus(remote: nil, project: nil), .incus(remote: "r1", project: pick([nil, "p"]))])
    }

    /// Children among those that come later and those that no file is about: then nothing goes in a circle.
    private mutating func fill(_ index: Int) {
        let model = InventoryModel(site: site)
        let own = site.groups[index].name
        let files = site.groups.map(\.name)
        let later = files[(index + 1)...].filter { $0 != "kt" }
        let others = model.groupNames.filter { !files.contains($0) && $0 != "kt" }
        if chance(60) { site.groups[index].children = some(of: later + others, 25).filter { $0 != own } }
        if chance(50) { site.groups[index].hosts = some(of: model.hostNames, 25) }
        if chance(40) { site.groups[index].components = some(of: componentNames, 40) }
        if chance(30) { site.groups[index].envs = some(of: site.envs.map(\.name), 40).filter { "env_" + $0 != own } }
    }

    // MARK: Mistakes

    /// Says one thing that must not be.
    mutating func spoil() {
        let hosts = InventoryModel(site: site).hostNames
        let some = pick(["web", "ops", "fleet"])
        if !site.groups.contains(where: { $0.name == some }) { site.groups.append(.init(name: some)) }
        guard let index = site.groups.firstIndex(where: { $0.name == some }) else { return }
        switch number(8) {
        case 0: site.groups[index].children.append("nowhere")
        case 1: site.groups[index].hosts.append("nobody")
        case 2: site.groups[index].components.append("nothing")
        case 3: site.groups[index].envs.append("never")
        case 4: site.groups[index].children += site.groups.map(\.name).filter { $0 != "all" }
        case 5: addTwin()
        case 6: if !hosts.isEmpty { site.groups.append(.init(name: pick(hosts))) }
        default: addStranger()
        }
        // No folder holds a file twice.
        site.groups = site.groups.enumerated().filter { place, group in
            !site.groups[..<place].contains { $0.name == group.name }
        }.map(\.element)
    }

    /// A group that Ansible takes for another.
    private mutating func addTwin() {
        let names = InventoryModel(site: site).groupNames
        let twins = names.map(InventoryModel.identifier).filter { !$0.hasPrefix("_") && !names.contains($0) }
        site.groups += twins.isEmpty ? [.init(name: "x-y"), .init(name: "x.y")] : [.init(name: pick(twins))]
    }

    /// A node that is called like another machine, and is elsewhere.
    private mutating func addStranger() {
        let model = InventoryModel(site: site)
        let free = model.hostNames.filter { name in !site.nodes.contains { $0.name == name } }
        if !free.isEmpty { site.nodes.append(.init(name: pick(free), address: address())) }
    }

    /// Takes variables away until no groups disagree.
    mutating func settle() {
        while let about = firstDisagreement() {
            let names = about.dropFirst().shuffled(using: &random)
            drop(about[0], from: names[0])
        }
    }

    private func firstDisagreement() -> [String]? {
        for env in [nil] + site.envs.map({ Optional($0.name) }) {
            let mistakes = InventoryModel(site: site, env: env).mistakes
            if let found = mistakes.first(where: { $0.code == "R0618" }) { return found.about }
        }
        return nil
    }

    private mutating func drop(_ variable: String, from group: String) {
        for index in site.envs.indices where InventoryModel.identifier("env_" + site.envs[index].name) == group {
            site.envs[index].variables.removeAll { $0.key == variable }
        }
        for index in site.groups.indices where InventoryModel.identifier(site.groups[index].name) == group {
            site.groups[index].variables.removeAll { $0.key == variable }
            if variable.hasPrefix("ansible_") { site.groups[index].connection = nil }
        }
    }
}
