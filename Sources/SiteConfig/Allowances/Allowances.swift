internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

/// The comments of the files of a run that allow findings (README, *Allowing findings*), and what is to be said of them.
struct Allowances: Sendable {
    private var files: [SourceID: FileAllowances] = [:]

    /// Keeps those of a file.
    mutating func note(_ file: FileAllowances, of source: SourceID) { files[source] = file }

    /// Whether a file has such comments.
    func speak(in source: SourceID) -> Bool { files[source] != nil }

    /// The findings that no comment allows. An error stays, whatever a comment says.
    func filter(_ found: [Diagnostic], in sources: SourceMap) -> [Diagnostic] { applied(to: found, sources).left }

    /// The findings that no comment allows, and R0814 for comments that say nothing that counts.
    func filterAndCheck(_ found: [Diagnostic], in sources: SourceMap, isWhole: Bool) -> [Diagnostic] {
        let result = applied(to: found, sources)
        var remarks: [Diagnostic] = []
        for source in sources.sources {
            for comment in files[source.id]?.comments ?? [] {
                remarks += check(comment, result, isWhole: isWhole && !found.hasErrors, source)
            }
        }
        return result.left + remarks
    }

    /// What becomes of findings: by the comment, what it met.
    private struct Outcome {
        var left: [Diagnostic] = []
        var allowed: [Span: Set<String>] = [:]
        var errors: [Span: Set<String>] = [:]
    }

    private func applied(to found: [Diagnostic], _ sources: SourceMap) -> Outcome {
        guard !files.isEmpty else { return Outcome(left: found) }
        var outcome = Outcome()
        var tables = LineTables(sources)
        for finding in found {
            let comments = comments(about: finding, &tables)
            for comment in comments {
                if finding.severity == .error {
                    outcome.errors[comment.span, default: []].insert(finding.code.id)
                } else {
                    outcome.allowed[comment.span, default: []].insert(finding.code.id)
                }
            }
            if comments.isEmpty || finding.severity == .error { outcome.left.append(finding) }
        }
        return outcome
    }

    private func comments(about finding: Diagnostic, _ tables: inout LineTables) -> [AllowComment] {
        guard let span = finding.primary?.span, let file = files[span.source] else { return [] }
        let isOfFile = span == .startOfFile(span.source)
        let line = isOfFile ? file.firstLine : tables[span.source].position(of: span.start).line
        return file.comments.filter { comment in
            guard comment.line == line, case .allow(let codes, _) = comment.text else { return false }
            return codes.contains(finding.code.id)
        }
    }

    /// - Parameter isWhole: whether all was found that can be: only then a comment is known to allow nothing.
    private func check(
        _ comment: AllowComment, _ outcome: Outcome, isWhole: Bool, _ source: Source
    ) -> [Diagnostic] {
        let codes: [String]
        let hasReason: Bool
        switch comment.text {
        case .unreadable(let word): return [.unreadable(word, comment)]
        case .allow(let named, let isReasoned): (codes, hasReason) = (named, isReasoned)
        }
        let known = CodePage.all.map(\.id)
        var remarks: [Diagnostic] = []
        var idle: [String] = []
        for code in codes {
            if code == Code.badAllowance.id {
                remarks.append(.cannotAllow("\(code) is about such comments, and cannot be allowed", comment))
            } else if !known.contains(code) {
                remarks.append(.unknownCode(code, comment, known))
            } else if outcome.allowed[comment.span]?.contains(code) != true {
                if outcome.errors[comment.span]?.contains(code) == true {
                    remarks.append(.cannotAllow("\(code) is an error here, and an error cannot be allowed", comment))
                } else if isWhole {
                    idle.append(code)
                }
            }
        }
        if !idle.isEmpty {
            let removal = idle.count == codes.count ? comment.removal(from: source) : nil
            remarks.append(.idle(idle, comment, removal))
        }
        // Who removes the comment need not give a reason.
        if !hasReason, remarks.isEmpty { remarks.append(.noReason(comment)) }
        return remarks
    }
}

extension AllowComment {
    /// The edit that removes it; nil where the file would say something else then.
    fileprivate func removal(from source: Source) -> Edit? {
        guard source.isAsWritten else { return nil }
        let bytes = source.bytes
        var start = Int(span.start)
        var end = Int(span.end)
        while start > 0, bytes[start - 1] == 0x20 || bytes[start - 1] == 0x09 { start -= 1 }
        if start == 0 || bytes[start - 1] == 0x0A {
            if end < bytes.count, bytes[end] == 0x0D { end += 1 }
            if end < bytes.count, bytes[end] == 0x0A { end += 1 }
        }
        let edit = Edit(Span(source: source.id, start: UInt32(start), end: UInt32(end)), "")
        let changed = Source(id: source.id, path: source.path, bytes: [edit].applied(to: bytes), isSecret: false)
        guard let before = parse(source, .lenient).tree, let after = parse(changed, .lenient).tree,
            wholeValue(of: before).content == wholeValue(of: after).content
        else { return nil }
        return edit
    }
}

extension Diagnostic {
    fileprivate static func unreadable(_ word: String, _ comment: AllowComment) -> Diagnostic {
        let isNear = !Suggestions.near(word, among: ["allow"], includingParts: false).isEmpty
        return Diagnostic(
            .badAllowance, .warning,
            word.isEmpty
                ? "the comment names no code to allow" : "the comment is for resolve, but \"\(word)\" says nothing",
            at: comment.span, help: isNear ? "did you mean \"allow\"?" : form)
    }

    fileprivate static func unknownCode(_ code: String, _ comment: AllowComment, _ known: [String]) -> Diagnostic {
        let near = Suggestions.near(code, among: known, includingParts: false)
        let isCode = code.count == 5 && code.first == "R"
        return Diagnostic(
            .badAllowance, .warning, "there is no code \"\(code)\"", at: comment.span,
            help: isCode && !near.isEmpty ? "did you mean \(near.joined(separator: " or "))?" : form)
    }

    fileprivate static func cannotAllow(_ message: String, _ comment: AllowComment) -> Diagnostic {
        Diagnostic(
            .badAllowance, .warning, message, at: comment.span, help: "mend what it is about, and remove the comment")
    }

    fileprivate static func idle(_ codes: [String], _ comment: AllowComment, _ removal: Edit?) -> Diagnostic {
        let list = codes.joined(separator: ", ")
        return Diagnostic(
            .badAllowance, .warning, "the comment allows \(list), but there is no such finding",
            at: comment.span,
            help: removal == nil ? "remove \(list) from the comment" : "remove the comment",
            fixes: removal.map { [FixIt("remove the comment", [$0])] } ?? [])
    }

    fileprivate static func noReason(_ comment: AllowComment) -> Diagnostic {
        Diagnostic(
            .badAllowance, .warning, "the comment does not say why", at: comment.span,
            help: "say it behind the code: whoever reads this next wants to know")
    }

    private static let form = "write `# resolve: allow CODE REASON`; a finding has its code in brackets, such as R0801"
}

extension Code {
    static let badAllowance = Code(
        "R0814", "an allow comment that says nothing that counts",
        explanation: """
            `# resolve: allow CODE REASON` keeps a warning or note quiet where it is meant: behind a value it is about its line, \
            on a line of its own about the next one. An error is never allowed. A comment that allows nothing, names a code \
            that does not exist, or gives no reason is left from something that is gone, or hides what nobody meant to hide.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            defaults:
              # resolve: allow R0801 was "no" once
              timezone: UTC
            """,
        fix:
            "Remove the comment, or correct it: name the code that the finding has in brackets, then say why it is meant."
    )
}
