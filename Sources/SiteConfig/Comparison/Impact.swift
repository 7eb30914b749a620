internal import Diagnostics
internal import Emitters
internal import Resolution
internal import SiteModel

/// A file of the site that is not as it was.
struct FileDifference {
    let path: String
    let change: ComparedOutput.Change

    /// All of them, by their paths: every file that either state reads.
    static func all(from old: SiteState, to new: SiteState) -> [FileDifference] {
        let (before, after) = (old.paths, new.paths)
        return before.union(after).inByteOrder.compactMap { path in
            if !before.contains(path) { return FileDifference(path: path, change: .added) }
            if !after.contains(path) { return FileDifference(path: path, change: .removed) }
            let left = try? old.compiler.files.read(path, limit: Loader.fileLimit)
            let right = try? new.compiler.files.read(path, limit: Loader.fileLimit)
            return left == right ? nil : FileDifference(path: path, change: .changed)
        }
    }
}

/// What a change of the site touches: the outputs, the machines that they speak of, and their envs, as a CI job wants to know.
public struct Impact: Sendable {
    /// A machine, and what becomes of it.
    struct Host {
        let name: Key
        let kind: String
        let env: Key?
        var change: ComparedOutput.Change
    }

    private let revision: String
    private let commit: String
    private let files: [FileDifference]
    private let outputs: [ComparedOutput]
    private let hosts: [Host]
    private let envs: [Key]
    private let removedEnvs: [Key]

    init(
        _ revision: String, _ commit: String, _ files: [FileDifference], _ outputs: [ComparedOutput],
        _ machines: KnownMachines
    ) {
        self.revision = revision
        self.commit = commit
        self.files = files
        self.outputs = outputs
        hosts = Self.hosts(outputs, machines)
        // An env has a group, and with that variables, also where none of its VMs is a host.
        let groups = Set(outputs.flatMap(\.groupsTouched))
        let touched = machines.envs.filter { groups.contains(AnsibleName.group(Key("env_\($0)"))) }
        let all = Set(outputs.compactMap(\.env) + hosts.compactMap(\.env) + touched).sorted()
        envs = all.filter(machines.envs.contains)
        removedEnvs = all.filter { !machines.envs.contains($0) }
    }

    /// Each machine once: what is said of it in several outputs is one change. VMs of one name in two envs are two.
    private static func hosts(_ outputs: [ComparedOutput], _ machines: KnownMachines) -> [Host] {
        var hosts: [KnownMachines.Name: Host] = [:]
        func note(_ name: Key, _ env: Key?, _ change: ComparedOutput.Change) {
            for (name, kind) in machines.find(name, env) {
                let isSame = hosts[name].map { $0.change == change } ?? true
                hosts[name] = Host(name: name.name, kind: kind, env: name.env, change: isSame ? change : .changed)
            }
        }
        for output in outputs {
            for host in output.newHosts { note(host.name, output.env, .added) }
            for host in output.goneHosts { note(host.name, output.env, .removed) }
            for host in output.membersTouched where !output.newHosts.contains(host) {
                note(host.name, output.env, .changed)
            }
            for key in output.keys {
                guard let host = SpokenHost.split(key.path, of: output.command).host,
                    !output.newHosts.contains(host), !output.goneHosts.contains(host)
                else { continue }
                note(host.name, output.env, .changed)
            }
        }
        for (name, kind) in machines.added where hosts[name] == nil {
            hosts[name] = Host(name: name.name, kind: kind, env: name.env, change: .added)
        }
        for (name, kind) in machines.removed where hosts[name] == nil {
            hosts[name] = Host(name: name.name, kind: kind, env: name.env, change: .removed)
        }
        let ordered = hosts.values.map { (order: NaturalOrder($0.name.text), env: $0.env ?? "", host: $0) }
        return ordered.sorted { ($0.order, $0.env) < ($1.order, $1.env) }.map(\.host)
    }

    /// `{since, commit, files: [{file, change}], outputs: [{command, to, change}], hosts: [{name, kind, env, change}], envs,
    /// removed_envs}`, `change` being `added`, `removed` or `changed`; of an output also `moved`, into another file, and `unknown`, where one of the
    /// states has errors.
    public var json: [UInt8] {
        func text(_ text: String?) -> Value { text.map { .string($0, .nowhere) } ?? Value(.null, .nowhere) }
        func list(_ items: [Fields]) -> Value { Value(.list(items.map { Value(.map($0), .nowhere) }), .nowhere) }
        func names(_ keys: [Key]) -> Value { Value(.list(keys.map { text($0.text) }), .nowhere) }
        let fields: Fields = [
            "since": text(revision), "commit": text(commit),
            "files": list(files.map { ["file": text($0.path), "change": text($0.change.rawValue)] }),
            "outputs": list(
                outputs.map { ["command": text($0.command), "to": text($0.file), "change": text($0.change.rawValue)] }),
            "hosts": list(
                hosts.map {
                    [
                        "name": text($0.name.text), "kind": text($0.kind), "env": text($0.env?.text),
                        "change": text($0.change.rawValue),
                    ]
                }),
            "envs": names(envs), "removed_envs": names(removedEnvs),
        ]
        return Document(JSONWriter.document(Value(.map(fields), .nowhere)).output).bytes(.redacted)
    }

    /// The same for people, a line each.
    public var text: String {
        var lines = files.map { "file \($0.path): \($0.change.rawValue)" }
        lines += outputs.map { "output \($0.file.map { "\($0) " } ?? "")(\($0.command)): \($0.change.rawValue)" }
        lines += hosts.map { host in
            "\(host.kind) \(host.name)\(host.env.map { " of env \($0)" } ?? ""): \(host.change.rawValue)"
        }
        return lines.map { $0.terminalSafe + "\n" }.joined()
    }
}

/// The machines of two states of a site.
struct KnownMachines {
    /// What tells a machine from others: VMs of one name may be in two envs.
    struct Name: Hashable {
        let name: Key
        let env: Key?
    }

    private let old: [Name: String]
    private let new: [Name: String]
    private let byName: [Key: [Name]]
    /// The envs that there are now.
    let envs: Set<Key>

    init(_ old: SiteState, _ new: SiteState) {
        self.old = old.machines
        self.new = new.machines
        envs = Set(new.names(.env).map { Key($0) })
        byName = Dictionary(grouping: Set(self.old.keys).union(self.new.keys), by: \.name)
    }

    /// The machines that a name may mean, and their kinds.
    ///
    /// - Parameter env: the env of the output that speaks of it; nil for one of several.
    func find(_ name: Key, _ env: Key?) -> [(name: Name, kind: String)] {
        let all = byName[name] ?? []
        let own = all.filter { $0.env == env }
        let meant = env == nil || own.isEmpty ? all : own
        return meant.map { ($0, new[$0] ?? old[$0] ?? "host") }
    }

    var added: [(name: Name, kind: String)] { new.filter { old[$0.key] == nil }.map { ($0.key, $0.value) } }

    var removed: [(name: Name, kind: String)] { old.filter { new[$0.key] == nil }.map { ($0.key, $0.value) } }
}

extension SiteState {
    /// Every file that was read.
    fileprivate var paths: Set<String> { Set(sources.sources.map(\.path)) }

    /// Every machine and its kind; of several of one name the nearest to what runs on it.
    fileprivate var machines: [KnownMachines.Name: String] {
        var machines: [KnownMachines.Name: String] = [:]
        for host in names(.host) { machines[.init(name: Key(host), env: nil)] = "host" }
        for node in names(.node) { machines[.init(name: Key(node), env: nil)] = "node" }
        var envs: [Key: Key] = [:]
        for (name, env) in vms {
            machines[.init(name: name, env: env)] = "vm"
            envs[name] = env
        }
        for minion in minions {
            let env = minion.env.name.map { Key($0) } ?? envs[minion.id]
            machines[.init(name: minion.id, env: env)] = "minion"
        }
        return machines
    }
}
