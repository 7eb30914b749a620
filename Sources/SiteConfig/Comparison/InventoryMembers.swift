internal import SiteModel

/// Who is in which group of an inventory, in whichever form it is written: a variable of a group is one of all its hosts.
struct InventoryMembers {
    private var hosts: [Key: Set<Key>] = [:]
    private var children: [Key: Set<Key>] = [:]

    init(_ document: Value) {
        for entry in document.map?.entries ?? [] where entry.key != "_meta" { visit(entry.key, entry.value) }
    }

    /// A group has its hosts and children as lists, where a script tells of it, else as maps.
    private mutating func visit(_ group: Key, _ value: Value) {
        guard let fields = value.map else { return }
        let names = fields["hosts"].map {
            $0.list?.compactMap { $0.name.map { Key($0) } } ?? $0.map?.entries.map(\.key) ?? []
        }
        hosts[group, default: []].formUnion(names ?? [])
        for child in fields["children"]?.list ?? [] {
            if let name = child.name { children[group, default: []].insert(Key(name)) }
        }
        for child in fields["children"]?.map?.entries ?? [] {
            children[group, default: []].insert(child.key)
            visit(child.key, child.value)
        }
    }

    /// Every host of a group, and of the groups in it.
    func hosts(of group: Key) -> Set<Key> {
        var found: Set<Key> = []
        var seen: Set<Key> = [group]
        var waiting = [group]
        while let group = waiting.popLast() {
            found.formUnion(hosts[group] ?? [])
            waiting += (children[group] ?? []).filter { seen.insert($0).inserted }
        }
        return found
    }

    /// The group whose variables a path leads into; nil for another path.
    static func group(at path: [String]) -> Key? {
        guard let place = path.firstIndex(of: "vars"), place > 0, path[0] != "_meta" else { return nil }
        return Key(path[place - 1])
    }
}
