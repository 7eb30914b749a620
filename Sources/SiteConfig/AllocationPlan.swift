internal import Diagnostics
internal import Resolution
internal import SiteModel

/// The numbers that the site's VMs want from its pools and do not have yet (DESIGN §10, *Pools*).
///
/// Nothing is written: the change of `allocations.yaml` is for the caller to make.
public struct AllocationPlan: Sendable {
    /// The site's errors, or, where there are none, what is to be said of the lines that nothing takes.
    public let report: Report
    /// The change of `allocations.yaml`; none if every number is recorded.
    public let changes: [FileChange]

    /// The change as a unified diff that `git apply` takes; empty if there is none.
    ///
    /// - Parameter prefix: the site's folder within its repository, with a `/` behind it: git looks for files from there.
    public func diff(below prefix: String = "") -> [UInt8] { UnifiedDiff.text(of: changes, below: prefix) }
}

extension SiteCompiler {
    /// Gives every VM of the site's envs and manifests the numbers that it takes from pools and that are not recorded: the
    /// lowest that nothing has, in the order of their lines.
    ///
    /// - Parameter isPruning: whether to remove the lines that nothing takes any more.
    /// - Returns: no change where the site has other errors, for then it is not known who takes what.
    public func allocationPlan(isPruning: Bool = false) -> AllocationPlan {
        var loader = Loader(files, strictness, lints: true)
        var findings = checkEverything(&loader).findings.filter { $0.code.id != Code.notAllocated.id }
        let site = loader.site
        guard !(loader.diagnostics + findings).hasErrors, loader.failures.isEmpty, let allocations = site.allocations
        else {
            let errors = (loader.diagnostics + findings).filter { $0.severity == .error }
            return AllocationPlan(report: report(on: loader, errors, usage: nil), changes: [])
        }
        let wishes = site.wishes
        let offers = allocations.offers(for: wishes.wanted, butNot: Set(wishes.numbersInUse))
        findings =
            offers.filter { $0.number == nil }.map { .emptied($0.wish) }
            + (isPruning ? [] : site.unclaimedLines(wishes.wanted))
        findings = loader.allowances.filter(findings, in: loader.sources)
        let report = Report(findings.sorted(in: loader.sources), loader.sources, failures: [], usage: nil)
        guard report.isClean else { return AllocationPlan(report: report, changes: []) }
        let unclaimed = isPruning ? site.unclaimed(wishes.wanted).map(\.key) : []
        let path = loader.catalogue.allocationsFile
        let old = path.flatMap { try? files.read($0, limit: Loader.fileLimit) } ?? []
        let text = AllocationsText(old, allocations.lines)
        let given = offers.compactMap { offer in offer.number.map { (offer.wish.line, $0) } }
        guard let new = text.text(adding: given, removing: unclaimed) else {
            return AllocationPlan(report: self.report(on: loader, [.unwritable], usage: nil), changes: [])
        }
        let change = FileChange(
            oldPath: path, newPath: path ?? "allocations.yaml", oldBytes: old, newBytes: new)
        return AllocationPlan(report: report, changes: old == new ? [] : [change])
    }
}

extension LinkedSite {
    /// What the VMs of all envs and manifests want of pools, and the numbers that they have anyway.
    fileprivate var wishes: (wanted: [Allocation], numbersInUse: [Int]) {
        var wanted: [Allocation] = []
        var numbers: [Int] = []
        for env in catalogue.all(.env).compactMap({ entities[$0.id] }) {
            let compiled = machines(of: inherited(env).entity)
            wanted += compiled.wanted
            numbers += compiled.vms.flatMap(\.numbersInUse)
        }
        for entity in catalogue.all(.manifest).compactMap({ entities[$0.id] }) {
            let compiled = self.manifest(entity)
            wanted += compiled.wanted
            guard let manifest = compiled.manifest else { continue }
            numbers += manifest.nodes.flatMap { VM($0.fields).numbersInUse }
            for node in manifest.nodes where node.parent == nil && node.fields["env"]?.name == nil {
                let compiled = root(node, of: manifest, issuedAt: nil)
                wanted += compiled.wanted
                numbers += compiled.machines.vms.flatMap { VM($0).numbersInUse }
            }
        }
        return (wanted, numbers)
    }

    /// Lines that no VM of the site takes its number from: those of the command line are in no file.
    fileprivate func unclaimed(_ wanted: [Allocation]) -> [Fields.Entry] {
        let lines = Set(wanted.map(\.line))
        return (allocations?.lines.entries ?? []).filter { entry in
            let owner = entry.key.text.slashedParts.dropFirst().first
            return !lines.contains(entry.key) && owner.map(String.init) != LinkedSite.noGroup
        }
    }

    /// Reports R0808.
    fileprivate func unclaimedLines(_ wanted: [Allocation]) -> [Diagnostic] {
        unclaimed(wanted).map { .unclaimed($0) }
    }

    /// R0611 for each number of the site that is not recorded.
    func missingNumbers() -> [Diagnostic] {
        guard allocations != nil else { return [] }
        let wishes = wishes
        return missingNumbers(of: wishes.wanted, butNot: Set(wishes.numbersInUse))
    }

    /// R0808 for each line of `allocations.yaml` that nothing takes its number from.
    func unclaimedLines() -> [Diagnostic] { allocations == nil ? [] : unclaimedLines(wishes.wanted) }
}

extension Diagnostic {
    fileprivate static let unwritable = Diagnostic(
        .badLine, "a name among the VMs cannot be written to allocations.yaml", at: nil,
        help: "use names of letters, digits, `.`, `_` and `-`")

    fileprivate static func unclaimed(_ entry: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .unclaimed, .note, "nothing takes the number of \(entry.key)", at: entry.keySpan,
            help:
                "if what had it has a new name, rename the line, and it keeps its number; `resolve alloc --prune --write` "
                + "removes it, and the number may be given to another")
    }
}

extension Code {
    static let unclaimed = Code(
        "R0808", "a recorded number that nothing takes",
        explanation: """
            A line of `allocations.yaml` belongs to a VM or a field that is not in the site. It may have been removed or \
            renamed. The number stays taken until the line goes.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            pools: {ssh: {from: 22222, to: 22299}}
            -- allocations.yaml --
            ssh/dev/gone/ssh_port: 22222
            -- envs/dev.yaml --
            vms: []
            """,
        fix: "Run `resolve alloc --prune --write` when what had the number is gone.")
}
