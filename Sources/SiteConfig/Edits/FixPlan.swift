internal import Diagnostics
internal import SiteModel
internal import YAMLSyntax

/// What a site's fix-its come to: the changes of its files, each proven to remove what it is for.
public struct FixPlan: Sendable {
    /// What is left when all of them are made.
    public let report: Report
    /// The changes, by the files' paths.
    public let changes: [FileChange]
    /// How many findings are left, notes included.
    public var leftCount: Int { report.diagnostics.count }

    /// What is fixed: the finding's code and message, and what is done.
    public let fixed: [(code: String, path: String, title: String)]

    /// The changes as `git diff` writes them.
    ///
    /// - Parameter prefix: the site's folder within its repository.
    public func diff(below prefix: String) -> [UInt8] { UnifiedDiff.text(of: changes, below: prefix) }
}

extension SiteCompiler {
    /// Applies the fix-its of `validate`, those that leave no choice. Comments and formatting stay.
    ///
    /// A fix counts only if its finding is gone afterwards and none has come; what hides behind one finding is fixed in a next
    /// round. Files with secrets or passwords are left alone.
    ///
    /// - Parameter codes: only findings of these; all if there are none.
    public func fixes(only codes: [String] = []) -> FixPlan {
        var fixer = Fixer(self, codes: Set(codes))
        fixer.run()
        return fixer.plan
    }
}

private struct Fixer {
    private let compiler: SiteCompiler
    private let codes: Set<String>
    private var texts: [String: (old: [UInt8], new: [UInt8])] = [:]
    private var state: Checked
    private var fixed: [(code: String, path: String, title: String)] = []
    /// Fixes that were tried and did not help.
    private var refused: Set<Finding> = []

    /// A finding wherever it has moved to.
    private struct Finding: Hashable {
        let code: Code
        let path: String
        let message: String
    }

    /// The site with the changes so far.
    private struct Checked {
        let report: Report

        init(_ compiler: SiteCompiler) { report = compiler.validate().report }

        /// As they are shown: what is an error where it stands has no lint there, whose fix would mean something else.
        var diagnostics: [Diagnostic] { report.diagnostics }

        var sources: SourceMap { report.sources }

        func finding(_ diagnostic: Diagnostic) -> Finding {
            let path = diagnostic.primary.map { sources[$0.span.source].path } ?? ""
            return Finding(code: diagnostic.code, path: path, message: diagnostic.message)
        }

        /// How often each is found.
        var counts: [Finding: Int] { diagnostics.reduce(into: [:]) { $0[finding($1), default: 0] += 1 } }
    }

    init(_ compiler: SiteCompiler, codes: Set<String>) {
        self.compiler = compiler
        self.codes = codes
        state = Checked(compiler)
    }

    /// The changes so far.
    private var changes: [FileChange] {
        texts.keys.inByteOrder.compactMap { path in
            guard let (old, new) = texts[path], old != new else { return nil }
            return FileChange(oldPath: path, newPath: path, oldBytes: old, newBytes: new)
        }
    }

    var plan: FixPlan { FixPlan(report: state.report, changes: changes, fixed: fixed) }

    mutating func run() {
        // Each round fixes something, or refuses something, and both are finite; a fix that undid another would be refused.
        while true {
            // What an error hid may come to light with it; what is no error hides nothing, and its fix may bring none.
            let all = candidates()
            let errors = all.filter { $0.severity == .error }
            let candidates = errors.isEmpty ? all : errors
            guard !candidates.isEmpty else { return }
            if candidates.count > 1, attempt(candidates) { continue }
            for candidate in candidates {
                // What stands behind it has moved.
                if attempt([candidate]) { break }
                refused.insert(state.finding(candidate))
            }
        }
    }

    /// What can be fixed now, of those that overlap the first.
    private func candidates() -> [Diagnostic] {
        var taken: [Span] = []
        return state.diagnostics.filter { diagnostic in
            guard diagnostic.fixes.count == 1,
                codes.isEmpty
                    ? diagnostic.severity != .note && !diagnostic.code.isQuestion : codes.contains(diagnostic.code.id),
                !refused.contains(state.finding(diagnostic))
            else { return false }
            let spans = diagnostic.fixes[0].edits.map(\.span)
            let isFree = spans.allSatisfy { span in
                state.sources[span.source].isAsWritten && !taken.contains { $0.touches(span) }
            }
            if isFree { taken += spans }
            return isFree
        }
    }

    /// Makes the changes if they do what they are for.
    private mutating func attempt(_ diagnostics: [Diagnostic]) -> Bool {
        var edits: [SourceID: [Edit]] = [:]
        for edit in diagnostics.flatMap({ $0.fixes[0].edits }) { edits[edit.span.source, default: []].append(edit) }
        var changed = texts
        for (id, edits) in edits {
            let source = state.sources[id]
            let aligned = parse(source, compiler.strictness).tree.map { edits.keepingColumns(of: $0) } ?? edits
            changed[source.path] = (texts[source.path]?.old ?? source.bytes, aligned.applied(to: source.bytes))
        }
        let files = ChangedFiles(
            compiler.files,
            changed.keys.sorted().compactMap { path in
                changed[path].map { FileChange(oldPath: path, newPath: path, oldBytes: $0.old, newBytes: $0.new) }
            })
        let after = Checked(SiteCompiler(files, compiler.strictness))
        guard isBetter(after, without: diagnostics) else { return false }
        fixed += diagnostics.map { ($0.code.id, state.finding($0).path, $0.fixes[0].title) }
        texts = changed
        state = after
        return true
    }

    /// Whether the findings are gone, and no error has come. What was hidden behind an error may show itself.
    private func isBetter(_ after: Checked, without gone: [Diagnostic]) -> Bool {
        let (old, new) = (state.counts, after.counts)
        var wanted = old
        for diagnostic in gone { wanted[state.finding(diagnostic), default: 0] -= 1 }
        guard gone.allSatisfy({ new[state.finding($0), default: 0] <= wanted[state.finding($0), default: 0] }) else {
            return false
        }
        let isHiding = gone.contains { $0.severity == .error }
        return after.diagnostics.allSatisfy { diagnostic in
            let isOld = old[after.finding(diagnostic)] != nil
            return isOld || (isHiding ? !Self.isOfText(diagnostic.code) : diagnostic.severity != .error)
        }
    }

    /// Whether a code is of the text of one file, so that nothing else could have hidden it.
    private static func isOfText(_ code: Code) -> Bool { code.id.hasPrefix("R01") }
}

extension Code {
    /// Whether what it finds may well be meant, and its fix would change what the site means: only done when it is asked for.
    fileprivate var isQuestion: Bool { ["R0802", "R0803"].contains(id) }
}

extension Span {
    /// Whether two ranges have a byte in common, or stand at one place.
    fileprivate func touches(_ other: Span) -> Bool {
        source == other.source && start <= other.end && other.start <= end
    }
}
