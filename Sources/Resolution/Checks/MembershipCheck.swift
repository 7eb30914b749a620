package import Diagnostics
internal import SiteModel

/// What groups say of hosts that are in several: variables that the alphabet would decide (R0618), or that reach no host (R0813).
struct MembershipChecks {
    private struct Case: Hashable {
        let variable: Key
        let groups: [Int]
    }

    private let membership: Membership
    /// Variables that several groups set, neither in the other, and the hosts that they meet on.
    private var meetings: [Case: [Key]] = [:]
    /// How many hosts each group has, and how many of them say a variable themselves, as the group does or otherwise.
    private var counts: [Int: Count] = [:]

    private struct Count {
        var hosts = 0
        var own: [Key: Int] = [:]
        var otherwise: Set<Key> = []
    }

    init(_ membership: Membership) { self.membership = membership }

    mutating func look(at host: Inventory.Host, in around: PlaceSet) {
        // What the host says itself beats every group.
        for variable in membership.contested where !host.variables.contains(variable) {
            let nearest = membership.nearest(setting: variable, in: around)
            if nearest.count > 1 { meetings[Case(variable: variable, groups: nearest), default: []].append(host.name) }
        }
        let own = host.variables.entries.filter { $0.key.text.hasPrefix("ansible_") }
        for group in membership.speakers where around.contains(group) {
            counts[group, default: Count()].hosts += 1
            for entry in own {
                guard let value = membership.value(of: entry.key, saidBy: group) else { continue }
                counts[group, default: Count()].own[entry.key, default: 0] += 1
                if !value.content.isSame(as: entry.value.content) {
                    counts[group, default: Count()].otherwise.insert(entry.key)
                }
            }
        }
    }

    func diagnostics(_ groups: [InventoryGroups.Group]) -> [Diagnostic] { disagreements(groups) + idle(groups) }

    private func disagreements(_ groups: [InventoryGroups.Group]) -> [Diagnostic] {
        let sorted = meetings.sorted {
            ($0.key.variable, $0.value[0], $0.key.groups[0]) < ($1.key.variable, $1.value[0], $1.key.groups[0])
        }
        return sorted.compactMap { found, hosts in
            let values = found.groups.compactMap { groups[$0].variables[found.variable] }
            let areSame = values.dropFirst().allSatisfy { $0.content.isSame(as: values[0].content) }
            return areSame ? nil : .disagreement(found.variable, found.groups.map { groups[$0] }, hosts)
        }
    }

    private func idle(_ groups: [InventoryGroups.Group]) -> [Diagnostic] {
        membership.speakers.flatMap { place -> [Diagnostic] in
            guard let count = counts[place] else { return [] }
            return groups[place].variables.entries.filter { entry in
                count.own[entry.key] == count.hosts && count.otherwise.contains(entry.key)
            }.map { .idleVariable(groups[place].name, $0) }
        }
    }
}

extension Diagnostic {
    fileprivate static func idleVariable(_ group: Key, _ entry: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .idleVariable, .warning, "every host of the group \(group) says its \(entry.key) itself",
            at: entry.keySpan ?? entry.value.origin.span, "it reaches none of them",
            help: "say it where the hosts do, such as under `ssh:` of a host group, or remove it")
    }

    fileprivate static func disagreement(
        _ variable: Key, _ groups: [InventoryGroups.Group], _ hosts: [Key]
    ) -> Diagnostic {
        let entries = groups.compactMap { group in group.variables.entry(variable).map { (group.name, $0.value) } }
        let labels = entries.prefix(3).compactMap { name, value in
            value.origin.span.map { Label($0, "\(name) says \(value.phrase)") }
        }
        let more = groups.count > 3 ? " and \(groups.count - 3) more" : ""
        let names = groups.prefix(3).map { "\"\($0.name)\"" }.joined(separator: more.isEmpty ? " and " : ", ") + more
        let others = hosts.count > 1 ? " and \(hosts.count - 1) more" : ""
        return Diagnostic(
            .disagreement, "the groups \(names) set \(variable) to different values, and neither is in the other",
            at: labels.last?.span, labels.last?.text ?? "", related: Array(labels.dropLast()),
            notes: ["they meet on \(hosts[0])\(others)"] + difference(of: entries.map(\.1)),
            help:
                "set it in the `vars` of what they meet on, or in one of them only, or put one under `children` of the other (the child wins)"
        )
    }
}

/// Where maps or lists differ, which as a whole say nothing; empty for other values.
private func difference(of values: [Value]) -> [String] {
    guard let first = values.first?.map else { return [] }
    for other in values.dropFirst().compactMap(\.map) {
        for key in (first.entries + other.entries).map(\.key) {
            let (left, right) = (first[key], other[key])
            if let left, let right, left.content.isSame(as: right.content) { continue }
            return ["their maps differ at \(key), and a map replaces a map"]
        }
    }
    return []
}

extension Code {
    package static let idleVariable = Code(
        "R0813", "how a group's hosts are reached, which each says itself",
        explanation: """
            A host's own variable beats those of its groups. Every host of this group says in its host group, node or machine how \
            it is reached, so what the group says of that reaches none.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- groups/web.yaml --
            hosts: [kt_web_1]
            vars: {ansible_user: deploy}
            -- pillar/hosts/kt_web.sls --
            ssh: {user: admin}
            instances: {1: 10.0.0.5}
            """,
        fix: "Say it under `ssh:` of the host group, or remove it.")

    package static let disagreement = Code(
        "R0618", "groups that disagree about a host",
        explanation: """
            A child group's variable beats its parent's. Of two groups of which neither is in the other Ansible takes the \
            deeper one, of equally deep ones that with the higher `ansible_group_priority`, and at last that whose name comes \
            later in the alphabet: only the priority may have been meant.
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
