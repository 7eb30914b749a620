package import Diagnostics
internal import SiteModel

/// Which groups a host is in, by whatever way, and whose variables count there: a child's beat its parents' (DESIGN §8).
struct Membership {
    private let groups: [InventoryGroups.Group]
    private let graph: GroupGraph
    private let ofAll: Fields
    /// For each host, the groups that it is in itself.
    private var direct: [Key: [Int]] = [:]
    /// For each variable, the groups that set it.
    private var setters: [Key: [Int]] = [:]
    /// The variables that more than one group sets, sorted.
    let contested: [Key]

    init(_ groups: [InventoryGroups.Group], _ graph: GroupGraph, _ ofAll: Fields) {
        self.groups = groups
        self.graph = graph
        self.ofAll = ofAll
        for (place, group) in groups.enumerated() {
            for host in group.hosts { direct[Key(host.string ?? ""), default: []].append(place) }
            for entry in group.variables.entries { setters[entry.key, default: []].append(place) }
        }
        contested = setters.filter { $0.value.count > 1 }.map(\.key).sorted()
    }

    func groups(around host: Key) -> PlaceSet {
        var around = PlaceSet(count: groups.count)
        for group in direct[host] ?? [] {
            around.insert(group)
            around.formUnion(graph.ancestors[group])
        }
        return around
    }

    /// Of some groups, those that set a variable, but for those whose children among them set it, too.
    func nearest(setting variable: Key, in around: PlaceSet) -> [Int] {
        let all = (setters[variable] ?? []).filter { around.contains($0) }
        return all.filter { group in !all.contains { graph.ancestors[$0].contains(group) } }
    }

    func value(of variable: Key, in around: PlaceSet) -> Value? {
        nearest(setting: variable, in: around).first.flatMap { groups[$0].variables[variable] } ?? ofAll[variable]
    }
}

/// Groups of which neither is in the other, and that set one variable of a host to different values. R0618.
struct Disagreements {
    private struct Case: Hashable {
        let variable: Key
        let groups: [Int]
    }

    private var hosts: [Case: [Key]] = [:]

    mutating func look(at host: Inventory.Host, in around: PlaceSet, _ membership: Membership) {
        // What the host says itself beats every group.
        for variable in membership.contested where !host.variables.contains(variable) {
            let nearest = membership.nearest(setting: variable, in: around)
            if nearest.count > 1 { hosts[Case(variable: variable, groups: nearest), default: []].append(host.name) }
        }
    }

    func diagnostics(_ groups: [InventoryGroups.Group]) -> [Diagnostic] {
        hosts.sorted {
            $0.key.variable == $1.key.variable ? $0.value[0] < $1.value[0] : $0.key.variable < $1.key.variable
        }
        .compactMap { found, hosts in
            let values = found.groups.compactMap { groups[$0].variables.entry(found.variable)?.value }
            let areSame = values.dropFirst().allSatisfy { $0.content.isSame(as: values[0].content) }
            return areSame ? nil : .disagreement(found.variable, found.groups.map { groups[$0] }, hosts)
        }
    }
}

extension Diagnostic {
    fileprivate static func disagreement(
        _ variable: Key, _ groups: [InventoryGroups.Group], _ hosts: [Key]
    ) -> Diagnostic {
        let entries = groups.compactMap { group in group.variables.entry(variable).map { (group.name, $0.value) } }
        let labels = entries.compactMap { name, value in
            value.origin.span.map { Label($0, "\(name) says \(value.phrase)") }
        }
        let names = groups.map { "\"\($0.name)\"" }.joined(separator: " and ")
        let others = hosts.count > 1 ? " and \(hosts.count - 1) more" : ""
        return Diagnostic(
            .disagreement, "the groups \(names) set \(variable) to different values, and neither is in the other",
            at: labels.last?.span, labels.last?.text ?? "", related: Array(labels.dropLast()),
            notes: ["they meet on \(hosts[0])\(others)"],
            help:
                "set it in the `vars` of what they meet on, or in one of them only, or put one under `children` of the other (the child wins)"
        )
    }
}

extension Code {
    package static let disagreement = Code(
        "R0618", "groups that disagree about a host",
        explanation: """
            A child group's variable beats its parent's. Of two groups of which neither is in the other Ansible takes the \
            deeper one, and of two equally deep ones that whose name comes later in the alphabet: nobody meant that.
            """,
        example: """
            $ resolve inventory
            -- site.yaml --
            -- groups/blue.yaml --
            hosts: [web_1]
            vars: {weight: 100}
            -- groups/old.yaml --
            hosts: [web_1]
            vars: {weight: 0}
            -- pillar/hosts/web.sls --
            instances: {1: 10.0.0.5}
            """,
        fix:
            "Set it in the host group's or the instance's `vars`, in one of the groups only, or make one a child of the other."
    )
}
