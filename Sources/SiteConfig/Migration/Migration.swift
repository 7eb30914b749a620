internal import Diagnostics
internal import SiteModel
internal import YAMLSyntax

/// What bringing a site into homestak's newest layout comes to: which files change, and what is to be said of it.
///
/// Nothing is written: the changes are for the caller to make, in their order, and what was moved is removed at the end, the
/// last first. So a migration that was interrupted is finished by the next one.
public struct Migration: Sendable {
    /// The site's errors, or, where there are none, what is left as it is or means something else.
    public let report: Report
    /// The files that change: new ones, those that others extend before them; then changed ones; then those that go. Empty
    /// if the site has errors, or is migrated already.
    public let changes: [FileChange]
    /// The outputs that would not be the same afterwards, which is a bug here: then nothing is to be written.
    public let differing: [String]

    /// The changes as a unified diff that `git apply` takes; empty if there are none.
    ///
    /// - Parameter prefix: the site's folder within its repository, with a `/` behind it: git looks for files from there.
    public func diff(below prefix: String = "") -> [UInt8] {
        UnifiedDiff.text(of: changes.sorted(byBytesOf: \.path), below: prefix)
    }
}

extension SiteCompiler {
    /// Plans to bring the whole site into homestak's newest layout: presets, postures, specs and manifests in one folder
    /// each, fields under their new names. Every output stays the same, byte for byte, but for what the remarks name.
    public func migration() -> Migration {
        let reading = SiteReading(files, strictness)
        guard reading.isSound else {
            return Migration(
                report: report(
                    on: reading.loader, reading.findings.filter { $0.code != .duplicateKey } + reading.ambiguities,
                    usage: nil), changes: [], differing: [])
        }
        let plan = reading.plan()
        let changes = plan.changes(of: reading)
        let sources = reading.loader.sources
        let links = Set(changes.flatMap { [$0.oldPath, $0.newPath] }.compactMap(\.self))
            .filter { files.destination(of: $0) != nil }.inByteOrder
        let remarks = plan.remarks + links.map { .isLink($0) }
        let report = Report(remarks.sorted(in: sources), sources, failures: [], usage: nil)
        guard links.isEmpty else { return Migration(report: report, changes: [], differing: []) }
        return Migration(report: report, changes: changes, differing: differing(reading, changes))
    }

    /// What the changes would do that they must not: change an output, break the site, or leave something to migrate.
    private func differing(_ reading: SiteReading, _ changes: [FileChange]) -> [String] {
        guard !changes.isEmpty else { return [] }
        let files = ChangedFiles(files, changes)
        let after = SiteReading(files, strictness)
        guard after.isSound else { return ["validate"] }
        let outputs = SameOutputs(reading).differing(
            SiteCompiler(self.files, strictness), SiteCompiler(files, strictness))
        return outputs + (after.plan().changes(of: after).isEmpty ? [] : ["migrate"])
    }
}

extension Diagnostic {
    fileprivate static func isLink(_ path: String) -> Diagnostic {
        Diagnostic(
            .staysBehind, .error, "\(path) is a symbolic link, and nothing is changed through one", at: nil,
            help: "put the file itself in its place, then migrate again")
    }
}
