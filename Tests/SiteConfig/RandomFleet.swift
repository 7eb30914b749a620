import TestSupport

/// Makes sites with machines of every kind at random, the same for the same seed.
struct RandomFleet {
    var random: SeededNumbers
    var site = FleetSite()
    private var count = 0

    init(_ seed: Int) { random = SeededNumbers(seed) }

    /// - Parameter isRight: whether no file says what it must not; else that is left to chance.
    static func made(_ seed: Int, isRight: Bool = false) -> FleetSite {
        var maker = RandomFleet(seed)
        maker.addMachines()
        maker.addGroups()
        if !isRight, maker.chance(40) { maker.spoil() }
        if isRight || maker.chance(85) { maker.settle() }
        return maker.site
    }

    /// Without groups of files.
    mutating func addMachines() {
        site.salt.secrets = ["db", "api"].map { name in
            let values: [OrderedJSON] = [.string("\(FleetSite.secretText) {{ \(name) }} é"), .number("7")]
            return .init(name, .map(zip(["user", "port"], values).map { .init($0, .value($1)) }))
        }
        if chance(40) { site.hostUser = "admin" }
        if chance(40) { site.vmUser = "ops" }
        site.envs = ["prod", "lab-2", "stage"].prefix(1 + number(3)).map { .init(name: $0) }
        addComponents()
        addHostGroups()
        addVMs()
        addNodes()
    }

    // MARK: Components and host groups

    private mutating func addComponents() {
        for name in ["nginx", "redis", "base", "app-x", "2fa"].shuffled(using: &random).prefix(2 + number(4)) {
            let before = site.salt.components.map(\.name)
            var component = SaltSite.Component(name: name)
            if chance(25) { component.extends = Array(some(of: before, 50).prefix(1)) }
            if chance(50) { component.fields.append(.init("requires", texts(some(of: before, 50)))) }
            if chance(25) {
                component.fields.append(.init("ansible_group", .value(.string(pick(["web", "site-a", "kt"])))))
            }
            site.salt.components.append(component)
        }
        site.salt.components.shuffle(using: &random)
    }

    private mutating func addHostGroups() {
        let stems = ["kt_web", "kt_db", "ap1", "z-9_edge_x", "pve"].shuffled(using: &random).prefix(1 + number(4))
        for stem in stems {
            var group = SaltSite.HostGroup(stem: stem)
            group.extends = Array(some(of: site.salt.hostGroups.map(\.stem), 25).prefix(1))
            if chance(70) { group.fields.append(.init("components", texts(some(of: componentNames, 45)))) }
            if chance(60) { group.fields.append(.init("env", .value(.string(pick(site.envs.map(\.name)))))) }
            if stem == "pve" { group.fields.append(.init("naming", .value(.string("{group}{instance}")))) }
            // What it inherits of a name may make two ids of one.
            if stem != "pve" {
                group.fields.append(.init("naming", .value(.string("{group}_{label}_{instance}"))))
            }
            group.fields += ssh() + variables(tagged: 20) + labels(percent: 40)
            if chance(85) { group.instances = .map(keys().map { instance($0) }) } else { group.instances = .list([]) }
            site.salt.hostGroups.append(group)
        }
        site.salt.hostGroups.shuffle(using: &random)
    }

    private mutating func keys() -> [SaltSite.Instance.Key] {
        let keys = [1, 2, 10].map { SaltSite.Instance.Key.number($0) } + [.name("blue")]
        return Array(keys.shuffled(using: &random).prefix(1 + number(3)))
    }

    private mutating func instance(_ key: SaltSite.Instance.Key) -> SaltSite.Instance {
        guard chance(50) else { return .init(key: key, address: chance(8) ? nil : anyAddress()) }
        var fields = ssh() + variables(tagged: 20) + labels(percent: 50)
        if chance(30) { fields.append(.init("components", texts(some(of: componentNames, 30)))) }
        if chance(40) { fields.append(.init("incus_name", .value(.string("ct-\(number(9))")))) }
        return .init(key: key, address: anyAddress(), fields: fields)
    }

    private mutating func ssh() -> [Said.Entry] {
        var fields: [Said.Entry] = []
        if chance(10) { fields.append(.init("host", .value(.string("alias")))) }
        if chance(40) { fields.append(.init("user", .value(.string(pick(["kt", "root"]))))) }
        if chance(30) { fields.append(.init("port", .value(.number(String(2200 + number(9)))))) }
        if chance(30) { fields.append(.init("sudo", .value(.bool(chance(50))))) }
        if chance(20) { fields.append(.init("timeout", .value(.number("9")))) }
        return fields.isEmpty ? [] : [.init("ssh", .map(fields))]
    }

    private mutating func labels(percent: Int) -> [Said.Entry] {
        guard chance(percent) else { return [] }
        let labels = labels()
        return labels.isEmpty ? [] : [.init("labels", .map(labels.map { .init($0.key, .value($0.value)) }))]
    }

    // MARK: VMs, nodes, physical machines

    private mutating func addVMs() {
        for index in site.envs.indices {
            let name = site.envs[index].name
            var names = ["vm1", "vm2", "vm10"].prefix(number(3)).map { "\($0)-\(name)" }
            names.shuffle(using: &random)
            for name in names {
                let isStatic = chance(70)
                let address = isStatic ? address().map { $0 + "/24" } : pick([nil, "dhcp"])
                site.envs[index].vms.append(.init(name: name, address: address))
            }
            addTwins(of: index)
            site.envs[index].variables = chance(50) ? entries() : []
        }
    }

    /// VMs of an env that are minions, too.
    private mutating func addTwins(of index: Int) {
        let model = PillarModel(site: site.salt)
        for minion in model.minions where model.env(of: minion.group) == site.envs[index].name && chance(25) {
            guard let address = minion.instance.address, address.hasPrefix("10.") else { continue }
            site.envs[index].vms.append(.init(name: minion.id, address: address + "/24"))
        }
    }

    private mutating func addNodes() {
        let model = PillarModel(site: site.salt)
        let minions = model.minions.filter { model.env(of: $0.group) == nil && $0.id.hasPrefix("pve") }
        for name in ["pve1", "pve2", "father"] where chance(50) {
            let minion = minions.first { $0.id == name }
            // Of a machine that is a minion, only that says where it is.
            if minion == nil, model.minions.contains(where: { $0.id == name }) { continue }
            let address = minion.map(\.instance.address) ?? anyAddress()
            let isNumeric = address?.hasPrefix("10.") ?? false
            if chance(70) {
                site.nodes.append(.init(name: name, address: chance(80) ? address : nil, user: pick([nil, "n"])))
            }
            guard chance(60) else { continue }
            var machine = FleetSite.Machine(
                name: name, address: chance(80) ? address : nil, isBridged: isNumeric && chance(40))
            if chance(30) { machine.user = "h" }
            if chance(30) { machine.accessUser = "a" }
            if chance(30) { machine.port = 2222 }
            site.machines.append(machine)
        }
    }

    // MARK: Values

    /// A few names and few values, so that they meet.
    mutating func entries() -> [Said.Entry] {
        let names = ["tz", "ntp", "m", "n"].shuffled(using: &random).filter { _ in chance(35) }
        return names.map { .init($0, value(ofMap: $0 == "m")) }
    }

    private mutating func variables(tagged percent: Int) -> [Said.Entry] {
        guard chance(45) else { return [] }
        let entries = entries().map { entry in
            chance(percent) ? Said.Entry(entry.key, .tagged(pick([.force, .default]), entry.said)) : entry
        }
        return entries.isEmpty ? [] : [.init("vars", .map(entries))]
    }

    private mutating func value(ofMap isMap: Bool) -> Said {
        if isMap {
            let keys = ["a", "b", "c"].filter { _ in chance(60) }
            return .map((keys.isEmpty ? ["a"] : keys).map { .init($0, .value(.number(String(number(2))))) })
        }
        if chance(15) { return .secret(pick(["db.user", "api.port"])) }
        if chance(20) { return .list([.string("x"), .number("1"), .map([("k", .string("{{ v }}"))])]) }
        return .value(pick([.number("1"), .string("1"), .bool(true), .null, .string("{{ a }} é")]))
    }

    /// A few, some of which are none: null and the empty text.
    mutating func labels() -> [FleetSite.Label] {
        let values: [OrderedJSON] = [
            .string("kt"), .string("a \"b\" é"), .number("7"), .number("1.50"), .bool(true), .null, .string(""),
        ]
        return ["team", "rack", "tier"].filter { _ in chance(40) }.map { ($0, pick(values)) }
    }

    /// None twice.
    mutating func address() -> String? {
        count += 1
        return "10.0.0.\(count)"
    }

    private mutating func anyAddress() -> String? {
        let address = address()
        return chance(70) ? address : pick(["2001:db8::\(count)", "h\(count).example.org"])
    }

    var componentNames: [String] { site.salt.components.map(\.name) }
    func texts(_ list: [String]) -> Said { .list(list.map { .string($0) }) }
    mutating func some<T>(of all: [T], _ percent: Int) -> [T] {
        all.filter { _ in chance(percent) }.shuffled(using: &random)
    }
    mutating func pick<T>(_ choices: [T]) -> T { choices[number(choices.count)] }
    mutating func chance(_ percent: Int) -> Bool { number(100) < percent }
    mutating func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
}

extension FleetSite {
    /// What every secret that is text begins with, and nothing else.
    static let secretText = "hush"
}
