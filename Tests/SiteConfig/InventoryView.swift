import TestSupport

/// What an inventory says, however it is written.
struct InventoryView: Equatable, CustomStringConvertible {
    struct Group: Equatable {
        var children: [String] = []
        var hosts: [String] = []
        /// JSON texts by name, the keys of every map sorted.
        var variables: [String: String] = [:]
    }

    struct Host: Equatable {
        let name: String
        var variables: [String: String]
    }

    /// In the order in which they are listed.
    var hosts: [Host] = []
    /// Without `all`.
    var groups: [String: Group] = [:]
    var all = Group()

    // MARK: Reading

    /// The answer to a script's `--list`.
    init(script: OrderedJSON) {
        for (name, variables) in script["_meta"]?["hostvars"]?.entries ?? [] {
            hosts.append(Host(name: name, variables: Self.variables(variables)))
        }
        for (name, group) in script.entries where name != "_meta" && name != "all" {
            groups[name] = Group(
                children: group["children"]?.items.compactMap(\.string) ?? [],
                hosts: group["hosts"]?.items.compactMap(\.string) ?? [], variables: Self.variables(group["vars"]))
        }
        let all = script["all"]
        self.all = Group(
            children: all?["children"]?.items.compactMap(\.string) ?? [],
            hosts: all?["hosts"]?.items.compactMap(\.string) ?? [], variables: Self.variables(all?["vars"]))
    }

    /// A file for Ansible's yaml plugin, which takes together what several places say of a group.
    init(tree: OrderedJSON) {
        let all = tree["all"]
        for (name, variables) in all?["hosts"]?.entries ?? [] {
            hosts.append(Host(name: name, variables: Self.variables(variables)))
        }
        self.all.hosts = hosts.map(\.name)
        self.all.variables = Self.variables(all?["vars"])
        self.all.children = all?["children"]?.entries.map(\.key) ?? []
        for (name, group) in all?["children"]?.entries ?? [] { read(group, name) }
    }

    private mutating func read(_ group: OrderedJSON, _ name: String) {
        let children = group["children"]?.entries ?? []
        groups[name, default: Group()].children += children.map(\.key)
        groups[name, default: Group()].hosts += group["hosts"]?.entries.map(\.key) ?? []
        groups[name, default: Group()].variables.merge(Self.variables(group["vars"])) { $0 + " and " + $1 }
        for (name, group) in children { read(group, name) }
    }

    init() {}

    static func variables(_ map: OrderedJSON?) -> [String: String] {
        Dictionary((map?.entries ?? []).map { ($0.key, $0.value.sortedText) }) { $0 + " and " + $1 }
    }

    var description: String {
        let hosts = hosts.map { "\($0.name): \(Self.text($0.variables))\n" }
        let groups = (groups.map { ($0.key, $0.value) } + [("all", all)]).sorted { $0.0 < $1.0 }.map {
            "[\($0)] children \($1.children) hosts \($1.hosts) \(Self.text($1.variables))\n"
        }
        return (hosts + groups).joined()
    }

    private static func text(_ variables: [String: String]) -> String {
        variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}

extension OrderedJSON {
    /// On one line, the keys of every map sorted.
    var sortedText: String {
        switch self {
        case .map(let entries):
            "{"
                + entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { $0.key.debugDescription + ": " + $0.value.sortedText }.joined(separator: ", ") + "}"
        case .list(let items): "[" + items.map(\.sortedText).joined(separator: ", ") + "]"
        default: text
        }
    }
}

/// Who is in what, by whatever way, and whose variables count there.
struct Nesting {
    let view: InventoryView
    /// For each group, those that hold it.
    private var above: [String: Set<String>] = [:]
    /// For each host, the groups that hold it.
    private(set) var around: [String: Set<String>] = [:]
    /// For each group, the longest way from `all`.
    private(set) var depths: [String: Int] = [:]

    init(_ view: InventoryView) {
        self.view = view
        for name in view.groups.keys { visit(name) }
        for (name, group) in view.groups {
            for host in group.hosts { around[host, default: []].formUnion((above[name] ?? []).union([name])) }
        }
    }

    private mutating func visit(_ name: String) {
        guard above[name] == nil else { return }
        let parents = view.groups.filter { $0.value.children.contains(name) }.map(\.key)
        for parent in parents { visit(parent) }
        above[name] = parents.reduce(into: Set(parents)) { $0.formUnion(above[$1] ?? []) }
        depths[name] = 1 + (parents.compactMap { depths[$0] }.max() ?? 0)
    }

    /// What groups say of a variable where no group in them says it too, and has that host.
    func nearest(_ variable: String, of host: String) -> [(group: String, value: String)] {
        let saying = (around[host] ?? []).filter { view.groups[$0]?.variables[variable] != nil }.sorted()
        let nearest = saying.filter { group in !saying.contains { above[$0]?.contains(group) ?? false } }
        let said = nearest.map { ($0, view.groups[$0]?.variables[variable] ?? "") }
        return said.isEmpty ? view.all.variables[variable].map { [("all", $0)] } ?? [] : said
    }
}

/// How Ansible comes to a host's variables: groups by their depth, then by their names, for nobody sets a priority; the last
/// wins, and the host over all of them. Maps are replaced.
struct AnsiblePrecedence {
    let nesting: Nesting
    private var view: InventoryView { nesting.view }

    /// - Parameter precedes: the order of names, which is to make no difference.
    func variables(of host: InventoryView.Host, _ precedes: (String, String) -> Bool) -> [String: String] {
        let groups = groups(of: host).sorted {
            $0.depth != $1.depth ? $0.depth < $1.depth : precedes($0.name, $1.name)
        }
        let layers = [view.all.variables] + groups.compactMap { view.groups[$0.name]?.variables } + [host.variables]
        return layers.reduce(into: [:]) { $0.merge($1) { _, nearer in nearer } }
    }

    /// The variables that a host would have otherwise if groups were called otherwise.
    func chances(of host: InventoryView.Host) -> Set<String> {
        let groups = groups(of: host).map { (depth: $0.depth, variables: view.groups[$0.name]?.variables ?? [:]) }
        let names = Set(groups.flatMap(\.variables.keys)).subtracting(host.variables.keys)
        return names.filter { name in
            let saying = groups.filter { $0.variables[name] != nil }
            let deepest = saying.map(\.depth).max()
            return Set(saying.filter { $0.depth == deepest }.map { $0.variables[name] }).count > 1
        }
    }

    private func groups(of host: InventoryView.Host) -> [(depth: Int, name: String)] {
        (nesting.around[host.name] ?? []).map { (nesting.depths[$0] ?? 0, $0) }
    }
}
