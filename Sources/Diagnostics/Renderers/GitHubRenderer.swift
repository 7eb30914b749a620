/// Diagnostics as workflow commands of GitHub Actions, one a line: annotations of the files of a checkout (DESIGN §10).
///
/// `::error file=…,line=…,col=…,endLine=…,endColumn=…,title=R0201::message`. Columns stand only where the place is within
/// one line, since GitHub takes them so; where a secret stands there is the line alone. Whatever comes from the site is
/// escaped, so that it stays data and is no command of its own.
package struct GitHubRenderer {
    private let sources: SourceMap
    /// The site's folder within its repository, a `/` behind it; empty if it is the repository.
    private let prefix: String
    private var tables: LineTables

    package init(sources: SourceMap, prefix: String) {
        self.sources = sources
        self.prefix = prefix
        tables = LineTables(sources)
    }

    /// - Parameter failures: what the system refused, in words.
    package mutating func render(_ diagnostics: [Diagnostic], failures: [String] = []) -> [UInt8] {
        var text = ""
        for diagnostic in diagnostics {
            text += "::\(diagnostic.severity.command) \(place(diagnostic)),title=\(diagnostic.code.id)::"
            text += message(diagnostic).commandData + "\n"
        }
        for failure in failures { text += "::error title=resolve::\(failure.commandData)\n" }
        return Array(text.utf8)
    }

    private mutating func place(_ diagnostic: Diagnostic) -> String {
        guard let span = diagnostic.primary?.span else {
            return "file=\((prefix + sources.siteFile).commandProperty),line=1"
        }
        let region = tables.region(of: span, isHidden: diagnostic.hidesText)
        let place = "file=\((prefix + sources[span.source].path).commandProperty),line=\(region.startLine)"
        guard let columns = region.columns else { return place }
        guard region.startLine == region.endLine else { return place + ",endLine=\(region.endLine)" }
        return place + ",col=\(columns.start),endLine=\(region.endLine),endColumn=\(columns.end)"
    }

    /// The message, what is said of the place, of others, notes and help, each on a line.
    private mutating func message(_ diagnostic: Diagnostic) -> String {
        var lines = [diagnostic.message]
        if let label = diagnostic.primary?.text, !label.isEmpty { lines.append(label) }
        for label in diagnostic.related {
            let line = tables.region(of: label.span, isHidden: diagnostic.hidesText).startLine
            lines.append("\(prefix)\(sources[label.span.source].path):\(line): \(label.text)")
        }
        lines += diagnostic.notes.map { "note: \($0)" }
        if let help = diagnostic.help { lines.append("help: \(help)") }
        return lines.joined(separator: "\n")
    }
}

extension Severity {
    fileprivate var command: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .note: "notice"
        }
    }
}

extension String {
    /// As the message of a command is written.
    fileprivate var commandData: String { escaped(for: ["%", "\r", "\n"]) }

    /// As the value of a command's property is written.
    fileprivate var commandProperty: String { escaped(for: ["%", "\r", "\n", ":", ","]) }

    private func escaped(for letters: Set<Unicode.Scalar>) -> String {
        var text = ""
        for scalar in terminalSafe.unicodeScalars {
            if letters.contains(scalar) {
                let hex = String(scalar.value, radix: 16, uppercase: true)
                text += "%" + (hex.count < 2 ? "0" : "") + hex
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
