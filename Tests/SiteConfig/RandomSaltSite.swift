import TestSupport

/// Makes sites at random, the same for the same seed.
struct RandomSaltSite {
    /// What stands at a key of a pillar, wherever it is said.
    indirect enum Shape {
        case scalar, list
        case map([(key: String, shape: Shape)])
    }

    private var random: SeededNumbers
    var shapes: [(key: String, shape: Shape)] = []
    var site = SaltSite()
    private var count = 0
    private let siblings: Siblings
    /// Whether it is a component's pillar that is being written.
    private var isInComponent = false

    /// What components may say.
    struct Siblings {
        /// Whether what they might contradict each other in is settled.
        var areSettled = true
        var count = 8
        var mayExtend = true
        var mayUnset = true
        /// Whether the site may say of keys that are maps that they are replaced whole.
        var mayReplaceWhole = true
        var tags: [Said.Tag] = [.force, .default, .replace, .append, .union]
    }

    static func made(_ seed: Int, _ siblings: Siblings = Siblings()) -> SaltSite {
        var maker = RandomSaltSite(seed, siblings)
        return maker.make()
    }

    private init(_ seed: Int, _ siblings: Siblings) {
        random = SeededNumbers(seed)
        self.siblings = siblings
    }

    private mutating func make() -> SaltSite {
        shapes = Self.keys.map { ($0, shape(depth: 3)) }
        site.envs = some(of: ["prod", "stage", "lab2", "lab10"], 60)
        if chance(50) { site.firstInstance = pick([0, 1, 5, 98]) }
        if chance(30) { site.suffix = pick([".yml", ".plain.yaml"]) }
        addRules()
        site.secrets = ["db", "api"].map { name in
            let values: [OrderedJSON] = [.string("é {x} \(name)"), .number(unique()), .bool(chance(50))]
            return .init(name, .map(zip(["user", "port", "on"], values).map { .init($0, .value($1)) }))
        }
        addComponents()
        addHostGroups()
        addSecretLayers()
        if siblings.areSettled { settle() }
        return site
    }

    private static let keys = ["nginx", "limits", "motd", "roles", "tuning", "env", "labels"]

    /// The keys that collide with a host group's own.
    private static let colliding = ["env", "labels"]

    private mutating func shape(depth: Int) -> Shape {
        guard depth > 0, chance(depth == 3 ? 60 : 45) else { return chance(60) ? .scalar : .list }
        let count = 1 + number(4)
        return .map(["a", "b", "c", "d"].prefix(count).map { ($0, shape(depth: depth - 1)) })
    }

    private mutating func addRules() {
        for (key, shape) in shapes where chance(15) {
            switch shape {
            case .list: site.rules.append((key, pick(["union", "append"])))
            case .map where siblings.mayReplaceWhole: site.rules.append((key, "replace"))
            case .map, .scalar: break
            }
        }
    }

    // MARK: Components

    private mutating func addComponents() {
        let names = ["nginx", "redis", "base", "app", "mon", "tls", "db", "cron"].shuffled(using: &random)
        isInComponent = true
        defer { isInComponent = false }
        for name in names.prefix(2 + number(siblings.count - 1)) {
            let before = site.components.map(\.name)
            var component = SaltSite.Component(name: name)
            if siblings.mayExtend, chance(50) {
                component.extends = Array(some(of: before, 50).shuffled(using: &random).prefix(2))
            }
            if chance(60) { component.fields.append(.init("requires", texts(some(of: before, 35), joined: 20))) }
            if chance(30) {
                component.fields.append(.init("states", texts(some(of: states(of: name), 60), joined: 20)))
            }
            if chance(20) { component.fields.append(.init("ports", .map([.init("http", .value(.number("80")))]))) }
            if chance(80) {
                component.fields.append(.init("pillar", strengthened(entries(shapes, percent: 35))))
            }
            component.fields.shuffle(using: &random)
            site.components.append(component)
        }
        site.components.shuffle(using: &random)
    }

    private func states(of name: String) -> [String] { [name, name + ".service", "common", "common.users"] }

    private mutating func texts(_ list: [String], joined percent: Int) -> Said {
        let said = Said.list(list.shuffled(using: &random).map { .string($0) })
        return chance(percent) ? .tagged(pick([.append, .union]), said) : said
    }

    // MARK: Host groups

    private mutating func addHostGroups() {
        let stems = ["kt_web", "kt_db", "ap1", "ap1_x_y", "ap10_x", "z-9_edge", "n"].shuffled(using: &random)
        var bases: [String] = []
        for stem in stems.prefix(2 + number(4)) {
            var group = SaltSite.HostGroup(stem: stem)
            if chance(50) { group.extends = Array(some(of: bases, 50).shuffled(using: &random).prefix(2)) }
            addFields(to: &group)
            if bases.count < 2, chance(40) {
                bases.append(stem)
            } else {
                group.instances = instances()
            }
            site.hostGroups.append(group)
        }
        nameApart()
        site.hostGroups.shuffle(using: &random)
    }

    private mutating func addFields(to group: inout SaltSite.HostGroup) {
        let names = site.components.map(\.name)
        var fields: [Said.Entry] = []
        if chance(75) { fields.append(.init("components", texts(some(of: names, 45), joined: 10))) }
        if !site.envs.isEmpty, chance(60) { fields.append(.init("env", .value(.string(pick(site.envs))))) }
        if chance(10) { fields = fields.setting("env", chance(50) ? .unset : .value(.null)) }
        let namings = Self.namings.filter { fields.said("env")?.yaml.hasPrefix("\"") ?? false || !$0.contains("env") }
        if chance(60) { fields.append(.init("ssh", .map(ssh(tagged: 15)))) }
        if chance(30) { fields.append(.init("naming", .value(.string(pick(namings))))) }
        if chance(20) { fields.append(.init("vars", .map([.init("x", .value(scalar()))]))) }
        if chance(20) { fields.append(.init("labels", .map([.init("team", .value(.string("kt")))]))) }
        group.fields = (fields + pillar(percent: 40)).shuffled(using: &random)
    }

    private static let namings = [
        "{group}-{instance}", "{instance}.{label}.{group}", "{group}{label}{instance}x",
        "{env}_{group}_{label}_{instance}",
    ]

    /// Keys of a pillar, in their own place or under `pillar`.
    private mutating func pillar(percent: Int) -> [Said.Entry] {
        let all = entries(shapes, percent: percent)
        let isNested = all.map { _ in chance(15) }
        let nested = zip(all, isNested).filter { $1 || Self.colliding.contains($0.key) }.map(\.0)
        let own = zip(all, isNested).filter { !$1 && !Self.colliding.contains($0.key) }.map(\.0)
        guard !nested.isEmpty else { return own }
        return own + [.init("pillar", strengthened(nested))]
    }

    /// Now and then with a strength for all in it. What is forced away is looked at elsewhere.
    private mutating func strengthened(_ entries: [Said.Entry]) -> Said {
        guard chance(15) else { return .map(entries) }
        return chance(50) ? .tagged(.default, .map(entries)) : .tagged(.force, .map(entries).withoutUnset ?? .map([]))
    }

    private mutating func ssh(tagged percent: Int) -> [Said.Entry] {
        var fields: [Said.Entry] = [
            .init("user", .value(.string(pick(["admin", "root", "kt"])))), .init("port", .value(.number(unique()))),
            .init("sudo", .value(.bool(chance(50)))), .init("timeout", .value(.number(unique()))),
            .init("ssh_options", .list(["Compression=yes", "User=\(number(9))"].map { .string($0) })),
            .init("grains", .map([.init(pick(["a", "b"]), .value(scalar())), .init("c", .value(scalar()))])),
            .init("passwd", .secret("db.user")),
        ]
        fields = fields.filter { _ in chance(40) }.shuffled(using: &random)
        return fields.map { chance(percent) ? .init($0.key, .tagged(pick([.force, .default]), $0.said)) : $0 }
    }

    // MARK: Instances

    private mutating func instances() -> SaltSite.Instances {
        if chance(30) { return .list((0...number(4)).map { _ in address() }) }
        let numbers = [1, 2, 3, 10, 11, 200].shuffled(using: &random).map { SaltSite.Instance.Key.number($0) }
        let names = ["blue", "green", "b2", "b10"].shuffled(using: &random).map { SaltSite.Instance.Key.name($0) }
        let keys = numbers.prefix(1 + number(3)) + names.prefix(number(3))
        return .map(keys.shuffled(using: &random).map { instance($0) })
    }

    private mutating func instance(_ key: SaltSite.Instance.Key) -> SaltSite.Instance {
        guard chance(50) else { return .init(key: key, address: chance(15) ? nil : address()) }
        var fields: [Said.Entry] = []
        if chance(50) { fields.append(.init("ssh", .map(ssh(tagged: 0)))) }
        if chance(40) {
            fields.append(.init("components", texts(some(of: site.components.map(\.name), 25), joined: 0)))
        }
        if chance(20) { fields.append(.init("vars", .map([.init("y", .value(scalar()))]))) }
        if chance(20) { fields.append(.init("incus_name", .value(.string("ct-1")))) }
        fields += pillar(percent: 25)
        return .init(key: key, address: chance(10) ? nil : address(), fields: fields.shuffled(using: &random))
    }

    /// None twice.
    private mutating func address() -> String {
        count += 1
        return pick(["10.0.\(count / 250).\(count % 250 + 1)", "2001:db8::\(count)", "h\(count).example.org"])
    }

    /// Where two minions would have one id, or one none, the names are those that hold without `naming`.
    private mutating func nameApart() {
        let ids = PillarModel(site: site).minions.map(\.id)
        let isEnvLost = site.hostGroups.contains { $0.fields.said("env").map { !$0.yaml.hasPrefix("\"") } ?? false }
        let isNamed = Set(ids).count == ids.count && !ids.contains { "_.-".contains($0.prefix(1)) }
        if isNamed, !isEnvLost { return }
        for index in site.hostGroups.indices { site.hostGroups[index].fields.removeAll { $0.key == "naming" } }
    }

    // MARK: Secret layers

    /// Of values that nothing orders, none may meet: what a secret is cannot be compared.
    private mutating func addSecretLayers() {
        for name in site.components.map(\.name) where chance(35) {
            let own = entries([("secret_of_\(name)", shape(depth: 2))] + (chance(20) ? shapes : []), percent: 60)
            site.secretLayers.append(("components/\(name)", secrets(own)))
        }
        let hosts = [("db", shape(depth: 3))] + shapes
        for stem in site.hostGroups.map(\.stem) where chance(40) {
            let own = entries(hosts, percent: 40)
            site.secretLayers.append(("hosts/\(stem)", secrets(own)))
        }
    }

    /// Without tags. No item of a list stands anywhere else: whether a secret is equal to another is not told.
    private mutating func secrets(_ entries: [Said.Entry]) -> [Said.Entry] {
        entries.compactMap { entry in secret(entry.said).map { Said.Entry(entry.key, $0) } }
    }

    private mutating func secret(_ said: Said) -> Said? {
        switch said {
        case .tagged(_, let said): secret(said)
        case .map(let entries): secrets(entries).asMap
        case .list(let items): .list(items.map { _ in .number(unique()) })
        case .secret: .value(.number(unique()))
        case .unset: nil
        case .value: said
        }
    }

    // MARK: Values

    /// Some of what may stand there, in any order.
    private mutating func entries(_ shapes: [(key: String, shape: Shape)], percent: Int) -> [Said.Entry] {
        shapes.filter { _ in chance(percent) }.shuffled(using: &random).map { key, shape in
            Said.Entry(key, said(shape, isTagged: site.rules.contains { $0.key == key && $0.rule == "replace" }))
        }
    }

    /// - Parameter isTagged: whether no more tags may stand in it.
    mutating func said(_ shape: Shape, isTagged: Bool) -> Said {
        if !isTagged, siblings.mayUnset || !isInComponent, chance(5) { return .unset }
        switch shape {
        case .scalar:
            let said: Said = chance(8) ? .secret(pick(["db.user", "api.port", "db.on"])) : .value(scalar())
            return isTagged ? said : tagged(said, [.force, .default, .replace])
        case .list:
            let items = (0..<number(4)).map { _ in scalar() }
            let unique = items.enumerated().filter { !items[..<$0].map(\.text).contains($1.text) }.map(\.element)
            return isTagged ? .list(unique) : tagged(.list(unique), [.force, .default, .replace, .append, .union])
        case .map(let shapes):
            let fitting = fitting([.force, .default, .replace])
            let isStrong = !isTagged && !fitting.isEmpty && chance(12)
            let inside = shapes.filter { _ in chance(60) }.shuffled(using: &random)
            let chosen = inside.isEmpty ? [shapes[0]] : inside
            let map = Said.map(chosen.map { .init($0.key, said($0.shape, isTagged: isTagged || isStrong)) })
            return isStrong ? .tagged(pick(fitting), map) : map
        }
    }

    private mutating func tagged(_ said: Said, _ tags: [Said.Tag]) -> Said {
        let fitting = fitting(tags)
        return !fitting.isEmpty && chance(25) ? .tagged(pick(fitting), said) : said
    }

    private func fitting(_ tags: [Said.Tag]) -> [Said.Tag] {
        tags.filter { !isInComponent || siblings.tags.contains($0) }
    }

    /// Most of them stand nowhere else.
    private mutating func scalar() -> OrderedJSON {
        if chance(70) { return .number(unique()) }
        return pick([.number("1"), .string("1"), .number("1.0"), .bool(true), .null, .string(""), .string("é {x}")])
    }

    private mutating func unique() -> String {
        count += 1
        return String(1000 + count)
    }

    private mutating func some<T>(of all: [T], _ percent: Int) -> [T] { all.filter { _ in chance(percent) } }
    private mutating func pick<T>(_ choices: [T]) -> T { choices[number(choices.count)] }
    mutating func chance(_ percent: Int) -> Bool { number(100) < percent }
    private mutating func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
}
