internal import SiteModel

/// An output by the command that writes it, and what became of it.
struct ComparedOutput {
    /// `env dev --node pve`.
    let command: String
    /// The file that `resolve build` writes it to, from the site's folder; nil if it writes none.
    let file: String?
    let change: Change
    let keys: [KeyChange]
    /// The machines of which it said nothing before.
    private(set) var newHosts: Set<SpokenHost> = []
    /// Those of which it says nothing any more.
    private(set) var goneHosts: Set<SpokenHost> = []
    /// The groups of an inventory whose variables change.
    private(set) var groupsTouched: Set<Key> = []
    /// Those that a variable of their group changes for.
    private(set) var membersTouched: Set<SpokenHost> = []

    enum Change: String {
        case added, removed, changed
        /// It goes into another file.
        case moved
        /// Whether it changed cannot be told: in one of the two states it has errors.
        case unknown
    }

    /// An output that goes into another file, or of which nothing is known.
    init(_ command: String, file: String?, _ change: Change) {
        self.command = command
        self.file = file
        self.change = change
        keys = []
    }

    /// An output that is new, or gone, with all that it has.
    init(_ command: String, file: String?, _ change: Change, _ document: Value?) {
        self.command = command
        self.file = file
        self.change = change
        keys = []
        let hosts = document.map { Self.hosts(DocumentLeaves($0.comparable(asOf: command)), command) } ?? []
        if change == .removed { goneHosts = hosts } else { newHosts = hosts }
    }

    /// An output that may have changed; nil if it says the same.
    init?(
        _ command: String, file: String?, from old: Value, to new: Value, _ comparison: inout KeyComparison
    ) {
        // Of a site most outputs are as they were.
        if comparison.isSame(old.content, new.content) { return nil }
        let left = DocumentLeaves(old.comparable(asOf: command))
        let right = DocumentLeaves(new.comparable(asOf: command))
        var changes = comparison.changes(from: left, to: right)
        // What has a name is known by it, wherever it stands; that it stands elsewhere is a change all the same.
        if changes.isEmpty, !left.leaves.elementsEqual(right.leaves, by: { $0.path == $1.path }) {
            changes = [KeyChange(path: [], before: nil, after: nil, cause: nil)]
        }
        self.init(command, file: file, changes)
        guard !keys.isEmpty else { return nil }
        let (before, after) = (Self.hosts(left, command), Self.hosts(right, command))
        newHosts = after.subtracting(before)
        goneHosts = before.subtracting(after)
        guard command.hasPrefix("inventory") else { return }
        groupsTouched = Set(keys.compactMap { InventoryMembers.group(at: $0.path) })
        let members = groupsTouched.isEmpty ? nil : InventoryMembers(new)
        let touched = groupsTouched.flatMap { members?.hosts(of: $0) ?? [] }
        membersTouched = Set(touched.map { SpokenHost(name: $0, kind: "host") })
    }

    private init(_ command: String, file: String?, _ keys: [KeyChange]) {
        self.command = command
        self.file = file
        change = .changed
        self.keys = keys
    }

    private static func hosts(_ document: DocumentLeaves, _ command: String) -> Set<SpokenHost> {
        Set(document.leaves.compactMap { SpokenHost.split($0.path, of: command).host })
    }

    /// The env that it is of, by its command; nil for one of several.
    var env: Key? {
        let words = command.split(separator: " ").map(String.init)
        guard words.count > 1, ["env", "vars", "inventory"].contains(words[0]), !words[1].hasPrefix("-") else {
            return nil
        }
        return Key(words[1])
    }

    /// As a list of outputs names it. Of those that a site has one of for each machine, only what they are.
    var name: String {
        if let machine { return String(Substring(command.utf8.dropLast(machine.text.utf8.count + 1))) }
        return file.map { "\($0) (\(command))" } ?? command
    }

    /// The machine that it is all about; nil for an output of many.
    var machine: Key? { SpokenHost.split([], of: command).host?.name }
}

extension Value {
    /// A static inventory with the hosts of its groups as lists, where nothing is said of them there but that they are in it.
    private var withMembersAsLists: Value {
        guard let fields = map else { return self }
        let entries = fields.entries.map { entry -> Fields.Entry in
            let members = entry.value.map?.entries ?? []
            var changed = entry
            if entry.key == "hosts", !members.isEmpty, members.allSatisfy({ $0.value.map?.isEmpty ?? $0.value.isNull })
            {
                changed.value = Value(.list(members.map { .string($0.key.text, $0.value.origin) }), entry.value.origin)
            } else {
                changed.value = entry.value.withMembersAsLists
            }
            return changed
        }
        var result = Fields(entries)
        (result.removed, result.lineage) = (fields.removed, fields.lineage)
        return Value(.map(result), origin)
    }

    /// The document as it is compared: Prometheus's targets by their addresses, for their place in the list says nothing.
    fileprivate func comparable(asOf command: String) -> Value {
        if command.hasPrefix("inventory") { return withMembersAsLists }
        guard command.hasPrefix("targets"), let groups = list else { return self }
        var byAddress = Fields()
        for group in groups {
            guard let labels = group.map?["labels"] else { return self }
            let via = group.map?.entry("targets")?.via ?? []
            for target in group.map?["targets"]?.list ?? [] {
                let address = target.string ?? ""
                let same = (2...).lazy.map { "\(address) #\($0)" }
                let name = byAddress.contains(Key(address)) ? same.first { !byAddress.contains(Key($0)) } : address
                byAddress.set(
                    Fields.Entry(Key(name ?? address), Value(labels.content, target.origin), rule: .ofItems, via: via))
            }
        }
        return Value(.map(byAddress), .nowhere)
    }
}

/// The machine that a key of an output speaks of.
struct SpokenHost: Hashable {
    let name: Key
    /// `vm`, `minion`, `host`; `target` for what Prometheus scrapes.
    let kind: String

    /// As a change names it that several outputs tell of.
    var phrase: String { kind == "target" ? "a target" : "a machine" }

    /// What an output's key says of which machine.
    ///
    /// - Returns: nil, and the whole path, for a key that is of no single machine.
    static func split(_ path: [String], of command: String) -> (host: SpokenHost?, rest: [String]) {
        let words = command.split(separator: " ").map(String.init)
        func host(_ count: Int, _ kind: String) -> (host: SpokenHost?, rest: [String]) {
            path.count < count
                ? (nil, path) : (SpokenHost(name: Key(path[count - 1]), kind: kind), Array(path.dropFirst(count)))
        }
        switch words.first {
        case "env", "vm": return path.first == "vms" ? host(2, "vm") : (nil, path)
        case "manifest": return path.first == "nodes" ? host(2, "vm") : (nil, path)
        case "roster": return host(1, "minion")
        case "targets": return host(1, "target")
        case "pillar", "tops":
            return words.count > 1 ? (SpokenHost(name: Key(words[1]), kind: "minion"), path) : (nil, path)
        case "host": return words.count > 1 ? (SpokenHost(name: Key(words[1]), kind: "host"), path) : (nil, path)
        case "inventory":
            if path.starts(with: ["_meta", "hostvars"]) { return host(3, "host") }
            return path.starts(with: ["all", "hosts"]) ? host(3, "host") : (nil, path)
        default: return (nil, path)
        }
    }
}
