import TestSupport

/// What DESIGN §7 says of minions, once more and without any haste: each question is answered from the site as it was
/// written, and nothing is remembered between two answers.
struct PillarModel {
    let site: SaltSite
    /// Whether secrets are written, or what stands for them.
    var isRevealed = false

    struct Minion {
        let id: String
        let group: SaltSite.HostGroup
        let instance: SaltSite.Instance
    }

    // MARK: Minions

    /// All, in natural order.
    var minions: [Minion] {
        site.hostGroups.flatMap(minions(of:)).sorted { NaturalKey($0.id) < NaturalKey($1.id) }
    }

    private func minions(of group: SaltSite.HostGroup) -> [Minion] {
        instances(of: group).map { Minion(id: id($0, in: group), group: group, instance: $0) }
    }

    /// Its own, else those of the nearest that it extends.
    private func instances(of group: SaltSite.HostGroup) -> [SaltSite.Instance] {
        switch family(of: group).compactMap(\.instances).last {
        case nil: []
        case .map(let instances): instances
        case .list(let addresses):
            addresses.enumerated().map { index, address in
                SaltSite.Instance(key: .number((site.firstInstance ?? 1) + index), address: address)
            }
        }
    }

    private func id(_ instance: SaltSite.Instance, in group: SaltSite.HostGroup) -> String {
        let (name, label) = names(of: group)
        let naming = field("naming", of: group)?.string
        let pattern = naming ?? (label.isEmpty ? "{group}_{instance}" : "{group}_{label}_{instance}")
        let parts = [
            ("group", name), ("label", label), ("instance", instance.key.text), ("env", env(of: group) ?? ""),
        ]
        return parts.reduce(pattern) { $0.replacing("{\($1.0)}", with: $1.1) }
    }

    func names(of group: SaltSite.HostGroup) -> (group: String, label: String) {
        let parts = group.stem.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
    }

    func env(of group: SaltSite.HostGroup) -> String? { field("env", of: group)?.string }

    // MARK: Families

    /// What it extends, then itself, each once.
    func family(of group: SaltSite.HostGroup) -> [SaltSite.HostGroup] {
        var seen: [String] = []
        func visit(_ stem: String) {
            guard !seen.contains(stem), let group = site.hostGroup(stem) else { return }
            group.extends.forEach(visit)
            if !seen.contains(stem) { seen.append(stem) }
        }
        visit(group.stem)
        return seen.compactMap(site.hostGroup)
    }

    func family(of component: String) -> [String] {
        var seen: [String] = []
        func visit(_ name: String) {
            site.component(name)?.extends.forEach(visit)
            if !seen.contains(name) { seen.append(name) }
        }
        visit(component)
        return seen
    }

    /// One of a host group's own fields, merged with what it inherits.
    private func field(_ name: String, of group: SaltSite.HostGroup) -> OrderedJSON? {
        fold(family(of: group).map { $0.fields.filter { $0.key == name } }) { _ in
            name == "components" ? .union : .replace
        }[name]
    }

    /// One of a component's fields; the nearest of its family says it.
    func field(_ name: String, of component: String) -> OrderedJSON? {
        let layers = family(of: component).compactMap { site.component($0)?.fields.filter { $0.key == name } }
        return fold(layers) { _ in .replace }[name]
    }

    private func names(_ field: String, of component: String) -> [String]? {
        self.field(field, of: component)?.items.compactMap(\.string)
    }

    /// A map of the host group's, deep-merged with what the instance says: `ssh`, `vars`, `labels`.
    func map(_ name: String, of minion: Minion) -> [(key: String, value: OrderedJSON)] {
        let own = (minion.instance.fields ?? []).filter { $0.key == name }
        let layers = family(of: minion.group).map { $0.fields.filter { $0.key == name } } + [own]
        return fold(layers) { _ in .deep }[name]?.entries ?? []
    }

    // MARK: Components

    /// Those of a minion, what they require first; without an instance, those of its host group.
    func components(of group: SaltSite.HostGroup, _ instance: SaltSite.Instance?) -> [String] {
        var order: [String] = []
        func visit(_ name: String) {
            if order.contains(name) { return }
            requirements(of: name).forEach(visit)
            order.append(name)
        }
        let listed = field("components", of: group)?.items.compactMap(\.string) ?? []
        let own = instance?.fields?.said("components")?.strings ?? []
        (listed + own).forEach(visit)
        return order
    }

    func requirements(of component: String) -> [String] { names("requires", of: component) ?? [] }

    private func states(of minion: Minion) -> [String] {
        let all = components(of: minion.group, minion.instance).flatMap { names("states", of: $0) ?? [$0] }
        return all.enumerated().filter { !all[..<$0].contains($1) }.map(\.element)
    }

    // MARK: The pillar

    /// The layers of a minion, or of its host group alone, whose components come in that order; the weakest first.
    func layers(
        of group: SaltSite.HostGroup, _ instance: SaltSite.Instance?, components: [String]
    ) -> [[Said.Entry]] {
        var owners: [String] = []
        for component in components { owners += family(of: component).filter { !owners.contains($0) } }
        let groups = family(of: group)
        return owners.map(componentPillar) + owners.map { secretLayer("components/\($0)") }
            + groups.map(hostGroupPillar) + groups.map { secretLayer("hosts/\($0.stem)") }
            + [pillar(instance?.fields ?? [])]
    }

    func componentPillar(_ component: String) -> [Said.Entry] {
        (site.component(component)?.fields ?? []).filter { $0.key == "pillar" }.flatMap { Self.inside($0.said) }
    }

    func hostGroupPillar(_ group: SaltSite.HostGroup) -> [Said.Entry] { pillar(group.fields) }

    /// What is no key of its own, then what stands under `pillar`.
    private func pillar(_ fields: [Said.Entry]) -> [Said.Entry] {
        fields.filter { !Self.ownKeys.contains($0.key) } + (fields.said("pillar").map(Self.inside) ?? [])
    }

    private static let ownKeys = [
        "env", "components", "instances", "ip", "ssh", "naming", "labels", "vars", "incus_name", "extends", "pillar",
    ]

    /// What a map says; a strength before it is that of all in it.
    private static func inside(_ said: Said) -> [Said.Entry] {
        switch said {
        case .map(let entries): entries
        case .tagged(let tag, let inner): inside(inner).map { Said.Entry($0.key, $0.said.strong(tag)) }
        default: []
        }
    }

    /// What a file of secrets says, each value a secret of its own.
    func secretLayer(_ entity: String) -> [Said.Entry] {
        let entries = site.secretLayers.first { $0.entity == entity }?.entries ?? []
        return isRevealed ? entries : entries.map { hidden($0, in: site.secretPath(entity), []) }
    }

    private func hidden(_ entry: Said.Entry, in file: String, _ path: [String]) -> Said.Entry {
        let path = path + [entry.key]
        func secret(_ steps: [String]) -> OrderedJSON { Self.secret(file + ":" + steps.joined(separator: ".")) }
        return switch entry.said {
        case .map(let entries): Said.Entry(entry.key, .map(entries.map { hidden($0, in: file, path) }))
        case .list(let items): Said.Entry(entry.key, .list(items.indices.map { secret(path + [String($0)]) }))
        default: Said.Entry(entry.key, .value(secret(path)))
        }
    }

    private static func secret(_ path: String) -> OrderedJSON { .map([("$secret", .string(path))]) }

    func pillar(of minion: Minion) -> OrderedJSON {
        let components = components(of: minion.group, minion.instance)
        let layers = layers(of: minion.group, minion.instance, components: components)
        return pillar(layers + [[Said.Entry("host", host(of: minion))]])
    }

    /// What layers of a pillar come to.
    func pillar(_ layers: [[Said.Entry]]) -> OrderedJSON { fold(layers, rule(ofPillar:)) }

    func rule(ofPillar key: String) -> Fold.Rule {
        site.rules.first { $0.key == key }.flatMap { Fold.Rule(rawValue: $0.rule) } ?? .deep
    }

    private func host(of minion: Minion) -> Said {
        let (name, label) = names(of: minion.group)
        let env = env(of: minion.group)
        func texts(_ list: [String]) -> Said { .list(list.map { .string($0) }) }
        return .map([
            .init("id", .value(.string(minion.id))),
            .init("group", .value(.string(name))),
            .init("label", .value(.string(label))),
            .init("instance", .value(minion.instance.key.json)),
            .init("env", .value(env.map { .string($0) } ?? .null)),
            .init("ip", .value(minion.instance.address.map { .string($0) } ?? .null)),
            .init("components", texts(components(of: minion.group, minion.instance))),
            .init("states", texts(states(of: minion))),
        ])
    }

    // MARK: Other outputs

    var roster: OrderedJSON {
        .map(
            minions.compactMap { minion in
                let ssh = map("ssh", of: minion)
                let address = minion.instance.address.map { OrderedJSON.string($0) }
                // Who needs no connection is none of salt-ssh's.
                guard let host = ssh.first(where: { $0.key == "host" })?.value ?? address else { return nil }
                return (minion.id, .map([("host", host)] + ssh.filter { $0.key != "host" }))
            })
    }

    func tops(of minion: Minion) -> OrderedJSON {
        .map([("classes", .list(states(of: minion).map { .string($0) })), ("environment", .string("base"))])
    }

    /// By their bytes.
    var nodegroups: [(key: String, ids: [String])] {
        func ids(_ isMember: (Minion) -> Bool) -> [String] { minions.filter(isMember).map(\.id) }
        let groups = site.hostGroups.map { group in (group.stem, ids { $0.group.stem == group.stem }) }
        let running = site.components.map(\.name).map { name in
            ("component_" + name, ids { components(of: $0.group, $0.instance).contains(name) })
        }
        let envs = site.envs.map { name in ("env_" + name, ids { env(of: $0.group) == name }) }
        return (groups + running + envs).filter { !$0.1.isEmpty }.sorted {
            $0.0.utf8.lexicographicallyPrecedes($1.0.utf8)
        }
    }

    func fold(_ layers: [[Said.Entry]], _ rule: @escaping (String) -> Fold.Rule) -> OrderedJSON {
        var fold = Fold(rule: rule, secret: secret)
        for layer in layers { fold.hear(layer) }
        return fold.result
    }

    /// What a reference into `secrets.yaml` stands for.
    func secret(_ path: String) -> OrderedJSON {
        guard isRevealed else { return Self.secret(path) }
        let steps = path.split(separator: ".").map(String.init)
        guard case .map(let inner)? = site.secrets.said(steps[0]), case .value(let value)? = inner.said(steps[1])
        else { return .null }
        return value
    }
}

extension [Said.Entry] {
    func said(_ key: String) -> Said? { first { $0.key == key }?.said }
}

extension Said {
    fileprivate var strings: [String] { if case .list(let items) = self { items.compactMap(\.string) } else { [] } }

    /// With a strength from around it, unless it has one.
    fileprivate func strong(_ tag: Tag) -> Said {
        if case .tagged(.force, _) = self { return self }
        if case .tagged(.default, _) = self { return self }
        return .tagged(tag, self)
    }
}

extension SaltSite.Instance.Key {
    fileprivate var json: OrderedJSON {
        switch self {
        case .number(let number): .number(String(number))
        case .name(let name): .string(name)
        }
    }
}

extension OrderedJSON {
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var entries: [(key: String, value: OrderedJSON)] { if case .map(let entries) = self { entries } else { [] } }
}
