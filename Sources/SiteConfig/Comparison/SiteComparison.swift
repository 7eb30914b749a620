internal import Diagnostics
internal import Emitters
internal import Resolution
internal import SiteModel

/// What became of a site between two states of it: its minions, and every output, key by key (DESIGN §5, `diff` and `impact`).
public struct SiteComparison: Sendable {
    /// What is wrong with the later state. Then nothing is compared.
    public let report: Report
    /// What was wrong with the earlier one: its outputs that could be compiled are compared all the same.
    public let earlierReport: Report
    /// Which minions are new, gone, renamed or moved.
    public let minions: MinionComparison
    /// What was compared, and what could not be, in sentences.
    public let notes: [String]
    private let outputs: [ComparedOutput]
    private let files: [FileDifference]
    private let machines: KnownMachines?

    /// What differs, for people: minions, then each change of a key with its line and where it happens.
    public var text: String { minions.text + ChangeGroups(outputs).text }

    /// An object with `minions` (an array of `{change, minion, before, address, address_before, file, line}`) and `changes` (an
    /// array of `{output, command, change, host, path, before, after, file, line, is_gone}`, an object for each key).
    public var json: [UInt8] {
        let fields: Fields = [
            "minions": Value(.list(minions.items), .nowhere),
            "changes": Value(.list(outputs.flatMap(\.items)), .nowhere),
        ]
        return Document(JSONWriter.document(Value(.map(fields), .nowhere)).output).bytes(.redacted)
    }

    /// What a change touches, for CI: `{since, commit, files, outputs, hosts, envs}`.
    ///
    /// - Parameters:
    ///   - revision: as it was named.
    ///   - commit: what that is.
    /// - Returns: nil where nothing was compared.
    public func impact(since revision: String, _ commit: String) -> Impact? {
        machines.map { Impact(revision, commit, files, outputs, $0) }
    }

    /// Whether nothing differs.
    public var isEmpty: Bool { outputs.isEmpty && minions.text.isEmpty }

    fileprivate init(
        _ report: Report, _ earlierReport: Report, _ minions: MinionComparison, _ outputs: [ComparedOutput] = [],
        _ files: [FileDifference] = [], _ machines: KnownMachines? = nil, notes: [String] = []
    ) {
        self.report = report
        self.earlierReport = earlierReport
        self.minions = minions
        self.outputs = outputs
        self.files = files
        self.machines = machines
        self.notes = notes
    }
}

extension SiteCompiler {
    /// Compares all that the site compiles to with what an earlier state of it does. Opens no secrets.
    public func compare(since earlier: SiteCompiler) -> SiteComparison {
        let (new, old) = (SiteState(self), SiteState(earlier))
        let (report, earlierReport) = (report(on: new), earlier.report(on: old))
        let minions = compareMinions(since: earlier)
        guard report.isClean else { return SiteComparison(report, earlierReport, minions) }
        var outputs = OutputComparison(old, new)
        outputs.compare()
        return SiteComparison(
            report, earlierReport, minions, outputs.compared, FileDifference.all(from: old, to: new),
            KnownMachines(old, new), notes: outputs.notes)
    }

    private func report(on state: SiteState) -> Report {
        let shown = state.findings.filter { $0.severity == .error }.sorted(in: state.sources)
        return Report(shown, state.sources, failures: state.failures, usage: nil)
    }
}

/// Compares the outputs of two states of a site.
private struct OutputComparison {
    private let old: SiteState
    private let new: SiteState
    private var oldSecrets: SecretFingerprints
    private var newSecrets: SecretFingerprints
    private(set) var compared: [ComparedOutput] = []
    private(set) var notes: [String] = []

    init(_ old: SiteState, _ new: SiteState) {
        self.old = old
        self.new = new
        oldSecrets = SecretFingerprints(old.compiler.files, siteFile: old.secretFile)
        newSecrets = SecretFingerprints(new.compiler.files, siteFile: new.secretFile)
    }

    mutating func compare() {
        // What one of them reads or remembers, the other does not know.
        nonisolated(unsafe) let earlier = old
        var (before, after) = Cores.both({ unsafe SiteOutputs(earlier) }, { SiteOutputs(new) })
        let isByEnv = !(before.hasInventory(old) && after.hasInventory(new))
        before.addInventories(of: old, byEnv: isByEnv)
        after.addInventories(of: new, byEnv: isByEnv)
        let same = sameSecrets(before, after)
        var keys = KeyComparison(old.sources, new.sources, placeOfSecret: new.place) { left, right in
            left.path == right.path && (left.claims == nil) == (right.claims == nil) && same.contains(left.path)
        }
        for output in after.outputs {
            guard let earlier = before[output.command] else {
                if !before.hasSkipped(output.command) {
                    compared.append(ComparedOutput(output.command, file: output.file, .added, output.document))
                }
                continue
            }
            let change = ComparedOutput(
                output.command, file: output.file, from: earlier.document, to: output.document, &keys)
            if let change {
                compared.append(change)
            } else if output.file != nil, !before.writes(output.command, to: output.file) {
                compared.append(ComparedOutput(output.command, file: output.file, .moved))
            }
        }
        for output in before.outputs where after[output.command] == nil && !after.hasSkipped(output.command) {
            compared.append(ComparedOutput(output.command, file: output.file, .removed, output.document))
        }
        let skipped = Set(before.skipped).union(after.skipped).sorted()
        compared += skipped.map { ComparedOutput($0, file: before[$0]?.file ?? after[$0]?.file, .unknown) }
        notes = Self.notes(before, after)
    }

    /// The secrets that both states have, and say the same of.
    private mutating func sameSecrets(_ before: SiteOutputs, _ after: SiteOutputs) -> Set<String> {
        let earlier = before.secrets
        var same: Set<String> = []
        for (path, secret) in after.secrets {
            guard let old = earlier[path], let digest = newSecrets.fingerprint(of: secret) else { continue }
            if digest == oldSecrets.fingerprint(of: old) { same.insert(path) }
        }
        return same
    }

    private static func notes(_ before: SiteOutputs, _ after: SiteOutputs) -> [String] {
        var notes = ["compared \(after.outputs.count) outputs with \(before.outputs.count): \(after.kinds)"]
        var seen: Set<String> = []
        let skipped = (before.skipped + after.skipped).filter { seen.insert($0).inserted }
        if !skipped.isEmpty {
            let names = skipped.prefix(5).joined(separator: ", ") + (skipped.count > 5 ? ", …" : "")
            notes.append("not compared, for one of the two has errors there: \(names)")
        }
        if !after.secrets.isEmpty || !before.secrets.isEmpty {
            notes.append(
                "secrets were compared as they lie in their files: one that was encrypted anew counts as another")
        }
        return notes
    }
}
