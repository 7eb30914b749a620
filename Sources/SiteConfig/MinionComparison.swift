internal import Diagnostics
internal import Emitters
internal import Resolution
internal import SiteModel

/// What became of the minions of a site since an earlier state of it.
public struct MinionComparison: Sendable {
    /// What is wrong with the site as it is now.
    public let report: Report
    /// What was wrong with it then.
    public let earlierReport: Report
    private let changes: [Change]

    fileprivate struct Change: Sendable {
        let kind: String
        let minion: String
        let before: String?
        let address: String?
        let addressBefore: String?
        let file: String
        let line: Int?
    }

    /// How many minions have another name for the same machine, or are another machine.
    public var renamed: Int { changes.count { $0.kind == "renamed" } }

    /// A line for each change.
    public var text: String {
        changes.map { change in
            let place = change.line.map { "\(change.file):\($0)" } ?? change.file
            let address = change.address.map { " (\($0))" } ?? ""
            let words =
                switch change.kind {
                case "added": "\(change.minion) is new\(address)"
                case "removed": "\(change.minion) is gone\(address)"
                case "renamed": "\(change.before ?? "") is now \(change.minion)\(address)"
                default:
                    "\(change.minion) moved from \(change.addressBefore ?? "no address") to \(change.address ?? "none")"
                }
            return "\(words): \(place)".terminalSafe + "\n"
        }.joined()
    }

    /// `{change, minion, before, address, address_before, file, line}` for each, `change` being `added`, `removed`, `renamed` or
    /// `moved`. Of what is gone, file and line are those of the earlier state.
    var items: [Value] {
        func text(_ text: String?) -> Value { text.map { .string($0, .nowhere) } ?? Value(.null, .nowhere) }
        return changes.map { change -> Value in
            let fields: Fields = [
                "change": text(change.kind), "minion": text(change.minion), "before": text(change.before),
                "address": text(change.address), "address_before": text(change.addressBefore),
                "file": text(change.file), "line": Value(change.line.map { .integer($0) } ?? .null, .nowhere),
            ]
            return Value(.map(fields), .nowhere)
        }
    }

    fileprivate init(_ report: Report, _ earlierReport: Report, _ changes: [Change]) {
        self.report = report
        self.earlierReport = earlierReport
        self.changes = changes
    }
}

extension SiteCompiler {
    /// Says which minions are new, gone, renamed or moved since an earlier state of the site. Opens no secrets.
    ///
    /// A machine is known by its address and port. Nothing is compared where one of the two states has errors.
    func compareMinions(since earlier: SiteCompiler) -> MinionComparison {
        let (new, old) = (listMinions(), earlier.listMinions())
        let report = self.report(on: new.loader, new.loader.diagnostics + new.findings, usage: nil)
        let earlierReport = self.report(on: old.loader, old.loader.diagnostics + old.findings, usage: nil)
        guard report.isClean, earlierReport.isClean else { return MinionComparison(report, earlierReport, []) }
        var newPlaces = Places(new.loader.sources)
        var oldPlaces = Places(old.loader.sources)
        let changes = MinionChange.all(from: old.minions, to: new.minions).map { change in
            switch change {
            case .added(let minion): newPlaces.change("added", minion)
            case .removed(let minion): oldPlaces.change("removed", minion)
            case .renamed(let before, let minion): newPlaces.change("renamed", minion, before)
            case .moved(let before, let minion): newPlaces.change("moved", minion, before)
            }
        }
        return MinionComparison(report, earlierReport, changes)
    }
}

extension Places {
    fileprivate mutating func change(
        _ kind: String, _ minion: Minion, _ before: Minion? = nil
    ) -> MinionComparison.Change {
        MinionComparison.Change(
            kind: kind, minion: minion.id.text, before: kind == "renamed" ? before?.id.text : nil,
            address: minion.host?.value.string, addressBefore: before?.host?.value.string,
            file: minion.span.map { path($0) } ?? "", line: minion.span.map { position($0).line })
    }
}
