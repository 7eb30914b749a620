internal import Diagnostics
internal import SiteModel

/// Changes of outputs as people read them: what is the same for many machines is said once, with the line that did it.
struct ChangeGroups {
    /// One change, and everything that it happens to.
    private struct Group {
        let what: String
        let cause: KeyChange.Cause?
        /// For each output its machines; none for what is of no single machine.
        var places: [(output: String, hosts: [String])] = []
        var indices: [String: Int] = [:]
    }

    private struct Identity: Hashable {
        let what: String
        let cause: KeyChange.Cause?
    }

    private var groups: [Group] = []
    private var indices: [Identity: Int] = [:]
    /// Outputs that are new or gone.
    private var whole: [(what: String, machines: [String])] = []

    /// How many machines are named in a line, and how many outputs below a change.
    private static let most = 12

    init(_ outputs: [ComparedOutput]) {
        for output in outputs { add(output) }
    }

    private mutating func add(_ output: ComparedOutput) {
        switch output.change {
        case .added: addWhole(output, "new")
        case .removed: addWhole(output, "gone")
        case .moved: whole.append(("\(output.name) is written to that file now", []))
        // What could not be compared is said beside.
        case .unknown: break
        case .changed:
            var told: Set<SpokenHost> = []
            let names = output.keys.filter { SpokenHost.split($0.path, of: output.command).rest.isName }
            let named = Dictionary(
                names.map { (SpokenHost.split($0.path, of: output.command).host, $0.cause) }
            ) { first, _ in first }
            for key in output.keys {
                let (host, rest) = SpokenHost.split(key.path, of: output.command)
                if let host, output.newHosts.contains(host) || output.goneHosts.contains(host) {
                    let what = "\(host.phrase) is \(output.newHosts.contains(host) ? "new" : "gone")"
                    // The line that names it, not that of its size.
                    if told.insert(host).inserted { add(what, named[host] ?? key.cause, host, output) }
                    continue
                }
                let name = rest.isEmpty ? "it" : DottedPath.text(rest)
                add("\(name): \(Self.phrase(key))", key.cause, host, output)
            }
        }
    }

    private mutating func addWhole(_ output: ComparedOutput, _ coming: String) {
        let what = "\(output.name) is \(coming)"
        guard let machine = output.machine?.text else {
            let hosts = output.newHosts.union(output.goneHosts).map { (order: NaturalOrder($0.name.text), host: $0) }
            return whole.append((what, hosts.sorted { $0.order < $1.order }.map(\.host.name.text)))
        }
        if let place = whole.firstIndex(where: { $0.what == what }) {
            whole[place].machines.append(machine)
        } else {
            whole.append((what, [machine]))
        }
    }

    private mutating func add(_ what: String, _ cause: KeyChange.Cause?, _ host: SpokenHost?, _ output: ComparedOutput)
    {
        let identity = Identity(what: what, cause: cause)
        let index = indices[identity] ?? groups.count
        if index == groups.count {
            indices[identity] = index
            groups.append(Group(what: what, cause: cause))
        }
        let name = host.map(\.name.text)
        if let place = groups[index].indices[output.name] {
            if let name { groups[index].places[place].hosts.append(name) }
        } else {
            groups[index].indices[output.name] = groups[index].places.count
            groups[index].places.append((output.name, name.map { [$0] } ?? []))
        }
    }

    private static func phrase(_ key: KeyChange) -> String {
        switch (key.before, key.after) {
        case (nil, let after?): "now \(text(after))"
        case (let before?, nil): "gone, was \(text(before))"
        case (let before?, let after?): change(before, after)
        case (nil, nil): "the same in another order"
        }
    }

    private static func change(_ before: Value, _ after: Value) -> String {
        if let old = before.list, let new = after.list, let words = listChange(old, new) { return words }
        if case .secret(let old) = before.content, case .secret(let new) = after.content, old.path == new.path {
            return "\(text(after)) has another value"
        }
        return "\(text(before)) → \(text(after))"
    }

    /// What came into a list and what went, where it is long.
    private static func listChange(_ old: [Value], _ new: [Value]) -> String? {
        let (left, right) = (old.map(text), new.map(text))
        guard left == right || left.joined().utf8.count + right.joined().utf8.count > 60 else { return nil }
        let (before, after) = (Set(left.map { Array($0.utf8) }), Set(right.map { Array($0.utf8) }))
        let gone = left.filter { !after.contains(Array($0.utf8)) }
        let added = right.filter { !before.contains(Array($0.utf8)) }
        guard !gone.isEmpty || !added.isEmpty else {
            let hasSecrets = new.contains { if case .secret = $0.content { true } else { false } }
            return hasSecrets ? "a secret in it has another value" : "the same in another order"
        }
        return (added.map { "+" + $0 } + gone.map { "−" + $0 }).joined(separator: " ")
    }

    /// A value in a line, cut where it is long.
    private static func text(_ value: Value) -> String {
        let text = ExplanationTree.text(value)
        return text.count > 120 ? text.prefix(120) + "…" : text
    }

    // MARK: Text

    /// A paragraph for each change: what, by which line, where.
    var text: String {
        let wholes = whole.map { output in
            (output.what + Self.list(output.machines)).terminalSafe + "\n"
        }
        return (groups.map(Self.text) + wholes).joined()
    }

    private static func list(_ machines: [String]) -> String {
        guard !machines.isEmpty else { return "" }
        let more = machines.count > most ? " and \(machines.count - most) more" : ""
        return ": " + machines.prefix(most).joined(separator: ", ") + more
    }

    private static func text(_ group: Group) -> String {
        var lines = [group.what.terminalSafe]
        if let cause = group.cause {
            let place = "\(cause.file):\(cause.line)"
            let line =
                switch cause.standing {
                case .there: "by \(place)"
                case .gone: "by \(place), which is no more"
                case .same: "from \(place), which is as it was"
                }
            lines.append("    \(line)".terminalSafe)
        }
        lines += group.places.prefix(most).map { "    in \($0.output)\(list($0.hosts))".terminalSafe }
        if group.places.count > most { lines.append("    and in \(group.places.count - most) more outputs") }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension [String] {
    /// Whether a key says which machine it is, or where: its own line is the one that makes it.
    fileprivate var isName: Bool { count == 1 && ["name", "host", "ansible_host", "minion"].contains(self[0]) }
}
