internal import Diagnostics
internal import SiteModel

/// What a build would take away, against the lock of the one before: VMs, all that an output had, the names of minions. R0717.
struct ShrinkCheck {
    private(set) var diagnostics: [Diagnostic] = []

    init(_ earlier: BuildLock?, _ outputs: [BuiltOutput], _ minions: [Minion], isPruning: Bool) {
        guard let earlier else { return }
        let entries = Dictionary(earlier.entries.map { (Key($0.path), $0) }) { first, _ in first }
        // What goes into another file now is the same output, and may not shrink on the way.
        let moved = Dictionary(earlier.entries.map { (Key($0.command), $0) }) { first, _ in first }
        for output in outputs {
            if let before = entries[Key(output.path)] ?? moved[Key(output.command)] { compare(before, output) }
        }
        if isPruning {
            let paths = Set(outputs.map { Key($0.path) })
            let kept = Set(outputs.flatMap { $0.entry.vms.map { Key($0) } })
            for entry in earlier.entries where !paths.contains(Key(entry.path)) {
                let lost = entry.vms.filter { !kept.contains(Key($0)) }
                if !lost.isEmpty { diagnostics.append(.pruned(entry, lost)) }
            }
        }
        if outputs.contains(where: \.speaksOfMinions) { findRenamed(earlier, minions) }
    }

    private mutating func compare(_ before: BuildLock.Entry, _ output: BuiltOutput) {
        var lost: [String] = []
        if !before.hasSameVMs(as: output.entry) {
            let now = Set(output.entry.vms.map { Key($0) })
            lost = before.vms.filter { !now.contains(Key($0)) }
        }
        if !lost.isEmpty {
            diagnostics.append(.lost(lost, output))
        } else if (before.count ?? 0) > 0, output.entry.count == 0 {
            diagnostics.append(.emptied(output))
        }
    }

    /// A machine that answers to another id answers to another pillar, and Salt knows it by another name.
    private mutating func findRenamed(_ earlier: BuildLock, _ minions: [Minion]) {
        var before: [Key: [String]] = [:]
        for minion in earlier.minions { before[Key(minion.place), default: []].append(minion.id) }
        for minion in minions {
            guard let place = minion.lockedPlace, let ids = before[Key(place.place)],
                !ids.contains(where: { Key($0) == minion.id })
            else { continue }
            diagnostics.append(.renamed(ids[0], minion))
        }
    }
}

extension Diagnostic {
    private static let permission = "if that is meant, say --allow-shrink"

    fileprivate static func lost(_ vms: [String], _ output: BuiltOutput) -> Diagnostic {
        let names = vms.prefix(5).joined(separator: ", ") + (vms.count > 5 ? " and \(vms.count - 5) more" : "")
        return Diagnostic(
            .shrinking, "\(output.path) would lose \(vms.count == 1 ? "the VM" : "the VMs") \(names)",
            at: output.planned.place, output.command,
            notes: ["the next apply of it destroys \(vms.count == 1 ? "it" : "them")"], help: permission)
    }

    fileprivate static func emptied(_ output: BuiltOutput) -> Diagnostic {
        Diagnostic(
            .shrinking, "\(output.path) would be empty, and was not", at: output.planned.place, output.command,
            help: permission)
    }

    fileprivate static func pruned(_ entry: BuildLock.Entry, _ vms: [String]) -> Diagnostic {
        Diagnostic(
            .shrinking,
            "\(entry.path) would be removed, and no other output has \(vms.prefix(5).joined(separator: ", "))",
            at: nil, notes: ["nothing in resolve.yaml writes it any more (\(entry.command))"], help: permission)
    }

    fileprivate static func renamed(_ id: String, _ minion: Minion) -> Diagnostic {
        Diagnostic(
            .shrinking, "the minion \(id) would be \(minion.id) from now on", at: minion.span,
            "the same machine under another name",
            notes: ["it would get the pillar and the states of another name"],
            help: "a map of instances keeps names (\"instances: {1: …}\"); \(permission)")
    }
}

extension Code {
    static let shrinking = Code(
        "R0717", "an output that would lose what it had",
        explanation: """
            Against .resolve.lock, the account of the build before, an output has lost VMs, or all that was in it, or a machine \
            would answer to another minion's name. That is how a misplaced edit destroys machines, so it has to be meant.
            """,
        example: """
            $ resolve build
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            api_endpoint: https://10.0.0.2:8006
            -- envs/dev.yaml --
            vms: []
            -- resolve.yaml --
            outputs: [{emit: env, env: dev, to: dist/dev.json}]
            -- .resolve.lock --
            {"version": 1, "outputs": {"dist/dev.json":
             {"command": "env dev", "sha256": "", "redacted": true, "vms": ["web"]}}}
            """,
        fix: "Take the edit back, or, if it is meant, run `resolve build --allow-shrink`.")
}
