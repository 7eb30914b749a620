import SiteConfig
import TestSupport

/// What `diff` and `impact` should say, made from nothing but what the single commands write for both states.
struct ComparisonModel {
    /// A key of an output.
    struct Place: Hashable, Comparable {
        let command: String
        let path: String

        static func < (left: Place, right: Place) -> Bool {
            (left.command, left.path) < (right.command, right.path)
        }
    }

    /// What a key says, before and after; nil where it is not there.
    struct Change: Equatable {
        let before: String?
        let after: String?
    }

    private(set) var changes: [Place: Change] = [:]
    /// Outputs that are new.
    private(set) var added: Set<String> = []
    /// Outputs that are gone.
    private(set) var removed: Set<String> = []

    init(from old: [String: String], to new: [String: String]) {
        let (before, after) = (CompiledSite(old), CompiledSite(new))
        for (command, now) in after.outputs {
            if let earlier = before.outputs[command] {
                compare(earlier, now, of: command)
            } else if !before.failed.contains(command) {
                added.insert(command)
            }
        }
        removed = Set(before.outputs.keys).subtracting(after.outputs.keys).subtracting(after.failed)
    }

    private mutating func compare(_ old: CompiledSite.Leaves, _ new: CompiledSite.Leaves, of command: String) {
        for path in Set(old.shown.keys).union(new.shown.keys) {
            let isSame = old.shown[path] == new.shown[path] && old.open[path] == new.open[path]
            guard !isSame else { continue }
            changes[Place(command: command, path: path)] = Change(before: old.shown[path], after: new.shown[path])
        }
    }

    var outputs: Set<String> { Set(changes.keys.map(\.command)).union(added).union(removed) }
}

/// Everything that a site compiles to, each by the command that writes it.
struct CompiledSite {
    /// What each key says: with secrets by their names, and with what they are.
    struct Leaves {
        var shown: [String: String] = [:]
        var open: [String: String] = [:]
    }

    private(set) var outputs: [String: Leaves] = [:]
    /// The commands that fail.
    private(set) var failed: Set<String> = []
    private let compiler: SiteCompiler

    init(_ files: [String: String]) {
        compiler = SiteCompiler(MemoryFiles(files), identities: Identities())
        func names(_ kind: String) -> [String] { compiler.list(kind)?.entries.map(\.name) ?? [] }
        let nodes = names("nodes")
        for env in names("envs") {
            add("vars \(env)", .variables(.env(env)))
            // Of several nodes the first stands for all, where the env names none.
            let isPlaced = nodes.count == 1 || compiler.compile(.env(.init(name: env))).report.usage == nil
            if isPlaced { add("env \(env)", .env(.init(name: env))) }
            if !isPlaced, let node = nodes.first {
                add("env \(env) --node \(node)", .env(.init(name: env, node: node)))
            }
        }
        for spec in names("specs") { add("spec \(spec)", .specification(spec)) }
        for manifest in names("manifests") { add("manifest \(manifest)", .manifest(.init(.name(manifest)))) }
        for machine in Set(nodes + names("hosts")) { add("host \(machine)", .host(machine)) }
        let minions = compiler.minions().listing?.entries.map(\.name) ?? []
        if !minions.isEmpty {
            add("roster", .roster(.init(form: .json)))
            add("nodegroups", .nodegroups, isYAML: true)
        }
        for minion in minions { add("pillar \(minion)", .pillar(minion)) }
        add("targets", .targets(.init()))
        add("inventory", .inventory(.init()))
        // Where VMs of two envs have one name there is none of all.
        if failed.remove("inventory") != nil {
            for env in names("envs") { add("inventory \(env)", .inventory(.init(env: env))) }
        }
    }

    private mutating func add(_ command: String, _ target: Target, isYAML: Bool = false) {
        func parsed(_ bytes: [UInt8]) -> OrderedJSON? {
            (try? isYAML ? BlockYAML.parsed(bytes) : OrderedJSON.parsed(bytes)).map {
                command.hasPrefix("targets") ? $0.byAddress : $0
            }
        }
        guard let document = compiler.compile(target).document, let shown = parsed(document.bytes(.redacted)),
            let open = parsed(document.bytes(.revealed))
        else {
            failed.insert(command)
            return
        }
        outputs[command] = Leaves(shown: shown.leaves, open: open.leaves)
    }
}

extension OrderedJSON {
    /// Prometheus's targets by their addresses, for their place in the list says nothing.
    fileprivate var byAddress: OrderedJSON {
        var entries: [OrderedJSON.Entry] = []
        for group in items {
            for target in group["targets"]?.items ?? [] {
                let address = target.string ?? ""
                let same = entries.count { $0.key == address || $0.key.hasPrefix("\(address) #") }
                entries.append((same == 0 ? address : "\(address) #\(same + 1)", group["labels"] ?? .null))
            }
        }
        return .map(entries)
    }

    /// Each value without parts by its path, a list of such values as one.
    var leaves: [String: String] {
        var leaves: [String: String] = [:]
        var lists: [String: [String]] = [:]
        func visit(_ value: OrderedJSON, _ path: [String]) {
            switch value {
            case .map(let entries) where entries.count == 1 && entries[0].key == "__ansible_unsafe":
                visit(entries[0].value, path)
            case _ where value.isLeaf: leaves[Self.dotted(path)] = value.text
            case .map(let entries): for entry in entries { visit(entry.value, path + [entry.key]) }
            case .list(let items):
                for (index, item) in items.enumerated() {
                    if item.isLeaf {
                        lists[Self.dotted(path), default: []].append(item.text)
                    } else {
                        visit(item, path + [item.name(among: items) ?? String(index)])
                    }
                }
            default: break
            }
        }
        visit(self, [])
        for (path, items) in lists { leaves[path] = "[" + items.joined(separator: ", ") + "]" }
        return leaves
    }

    /// A scalar, a secret by its name, or what has no parts.
    private var isLeaf: Bool {
        switch self {
        case .map(let entries): entries.isEmpty || entries.count == 1 && ["$secret", "$token"].contains(entries[0].key)
        case .list(let items): items.isEmpty
        default: true
        }
    }

    /// Its `name`, if no other has it and it is no number.
    private func name(among items: [OrderedJSON]) -> String? {
        guard let name = self["name"]?.string, Int(name) == nil else { return nil }
        return items.count { $0["name"]?.string == name } == 1 ? name : nil
    }

    private static func dotted(_ path: [String]) -> String {
        path.map { step in
            guard step.isEmpty || step.contains(where: { ".\"".contains($0) }) else { return step }
            return "\"" + step.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }.joined(separator: ".")
    }
}
