internal import Diagnostics
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
    /// The groups that say anything.
    let speakers: [Int]

    init(_ groups: [InventoryGroups.Group], _ graph: GroupGraph, _ ofAll: Fields) {
        self.groups = groups
        self.graph = graph
        self.ofAll = ofAll
        for (place, group) in groups.enumerated() {
            for host in group.hosts { direct[Key(host.string ?? ""), default: []].append(place) }
            for entry in group.variables.entries { setters[entry.key, default: []].append(place) }
        }
        speakers = groups.indices.filter { !groups[$0].variables.isEmpty }
        contested = setters.filter { $0.value.count > 1 && $0.key != AnsibleName.priority }.map(\.key).sorted()
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
        let nearest = all.filter { group in !all.contains { graph.ancestors[$0].contains(group) } }
        return first(of: nearest).map { [$0] } ?? nearest
    }

    /// Of groups at one depth, the one that says the highest priority; nil if none does.
    private func first(of groups: [Int]) -> Int? {
        guard groups.count > 1, Set(groups.map { graph.depths[$0] }).count == 1 else { return nil }
        let ranked = groups.map { (priority: priority(of: $0), group: $0) }.sorted { $0.priority > $1.priority }
        return ranked[0].priority > ranked[1].priority ? ranked[0].group : nil
    }

    /// What Ansible takes where a group says none is 1.
    private func priority(of group: Int) -> Int { groups[group].variables[AnsibleName.priority]?.integer ?? 1 }

    func value(of variable: Key, saidBy group: Int) -> Value? { groups[group].variables[variable] }

    func value(of variable: Key, in around: PlaceSet) -> Value? {
        nearest(setting: variable, in: around).first.flatMap { groups[$0].variables[variable] } ?? ofAll[variable]
    }
}
