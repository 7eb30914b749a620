internal import Diagnostics

/// All that a run found, to be shown in one of several forms (DESIGN §10).
public struct Report: Sendable {
    let diagnostics: [Diagnostic]
    let sources: SourceMap
    /// What the system refused, in words.
    public let failures: [String]
    /// What the command line should have said.
    public let usage: String?

    init(_ diagnostics: [Diagnostic], _ sources: SourceMap, failures: [String], usage: String?) {
        self.diagnostics = diagnostics
        self.sources = sources
        self.failures = failures
        self.usage = usage
    }

    /// Whether an output may be written.
    public var isClean: Bool { errorCount == 0 && failures.isEmpty && usage == nil }

    /// How many errors there are.
    public var errorCount: Int { diagnostics.count { $0.severity == .error } }

    /// How many of the errors say that the run could not be done, not that the site is wrong.
    public var obstacleCount: Int { diagnostics.count { $0.severity == .error && $0.code.isAboutRun } }

    /// How many warnings there are.
    public var warningCount: Int { diagnostics.count { $0.severity == .warning } }

    /// The findings for people, sorted by file and line. Empty if there are none.
    ///
    /// - Parameters:
    ///   - isColoured: whether to colour them for a terminal.
    ///   - errorsOnly: leave out warnings and notes.
    public func text(isColoured: Bool = false, errorsOnly: Bool = false) -> String {
        let sources = sources
        return Cores.map(slices: shown(errorsOnly), of: 100) { part in
            var renderer = TextRenderer(sources: sources, colour: isColoured)
            return renderer.render(Array(part))
        }.joined(separator: "\n")
    }

    /// The findings as JSON lines: `code`, `severity`, `message`, `file`, `line`, `column`, `end_line`, `end_column`,
    /// `notes`, `help`, `fixes`.
    public func jsonLines(errorsOnly: Bool = false) -> [UInt8] {
        var renderer = JSONRenderer(sources: sources)
        return renderer.render(shown(errorsOnly))
    }

    /// The findings as a SARIF 2.1.0 log, as GitHub's code scanning reads it.
    ///
    /// - Parameters:
    ///   - prefix: the site's folder within its repository with a `/` behind it, or nothing: places are files of a checkout.
    ///   - version: the program's.
    ///   - errorsOnly: leave out warnings and notes.
    public func sarif(prefix: String = "", version: String, errorsOnly: Bool = false) -> [UInt8] {
        var renderer = SARIFRenderer(sources: sources, prefix: prefix, version: version)
        return renderer.render(shown(errorsOnly), failures: failures)
    }

    /// The findings as workflow commands of GitHub Actions, which make them annotations of a checkout's files.
    ///
    /// - Parameters:
    ///   - prefix: the site's folder within its repository with a `/` behind it, or nothing.
    ///   - errorsOnly: leave out warnings and notes.
    public func gitHub(prefix: String = "", errorsOnly: Bool = false) -> [UInt8] {
        var renderer = GitHubRenderer(sources: sources, prefix: prefix)
        return renderer.render(shown(errorsOnly), failures: failures)
    }

    private func shown(_ errorsOnly: Bool) -> [Diagnostic] {
        diagnostics.filter { $0.severity == .error || !errorsOnly }
    }

    /// The codes of the findings, in the order shown.
    public var codes: [String] { diagnostics.map(\.code.id) }

    /// Each fix-it of each finding, but those in files with a password, whose text is not kept: the finding's code, the title, and the changed text of the files it changes.
    public var fixes: [(code: String, title: String, files: [String: String])] {
        diagnostics.flatMap { diagnostic in
            diagnostic.fixes.filter { $0.edits.allSatisfy { sources[$0.span.source].isAsWritten } }.map {
                (diagnostic.code.id, $0.title, applied($0))
            }
        }
    }

    private func applied(_ fix: FixIt) -> [String: String] {
        var texts: [SourceID: [UInt8]] = [:]
        for edit in fix.edits.sorted(by: { $0.span.start > $1.span.start }) {
            let id = edit.span.source
            texts[id, default: sources[id].bytes].replaceSubrange(
                Int(edit.span.start)..<Int(edit.span.end), with: edit.replacement.utf8)
        }
        return Dictionary(
            uniqueKeysWithValues: texts.map { (sources[$0.key].path, String(decoding: $0.value, as: UTF8.self)) })
    }
}
