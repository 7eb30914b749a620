internal import SiteConfig

extension GlobalOptions {
    /// Compiles a target of the site, shows what was found, and writes the document.
    ///
    /// - Parameter isSilent: whether no warning is shown, as with `--quiet`.
    func compile(_ target: Target, isSilent: Bool = false) throws -> ExitStatus {
        let site = try locate()
        return try deliver(site.compiler.compile(target), of: site.location, isSilent: isSilent)
    }

    /// Shows what was found and writes the document, if there is one, to where the command line says.
    func deliver(
        _ compilation: Compilation, of location: Discovery.Location?, isSilent: Bool = false
    ) throws -> ExitStatus {
        let status = show(compilation.report, of: location, isSilent: isSilent)
        guard status == .done, let document = compilation.document else { return status }
        try deliver(document)
        return status
    }

    /// Shows the findings on stderr and says what they come to.
    ///
    /// - Parameter errorsOnly: whether warnings are left out; else with `--quiet`.
    func show(
        _ report: Report, of location: Discovery.Location?, isSilent: Bool = false, errorsOnly: Bool? = nil
    ) -> ExitStatus {
        let errorsOnly = errorsOnly ?? (quiet || isSilent)
        var text = report.text(isColoured: isColoured, errorsOnly: errorsOnly)
        for failure in report.failures { text += "error: \(failure)\n" }
        if let usage = report.usage { text += "error: \(usage)\n" }
        if !report.isClean, let location {
            text +=
                "\nresolve: \(count(report, errorsOnly: errorsOnly)) in the site \(location.path) (\(location.reason))\n"
        }
        Terminal.error.write(text)
        return ExitStatus(report)
    }

    private func count(_ report: Report, errorsOnly: Bool) -> String {
        let errors = report.errorCount + report.failures.count + (report.usage == nil ? 0 : 1)
        let warnings = errorsOnly ? 0 : report.warningCount
        let parts = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }
        return parts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " and ")
    }

    private func deliver(_ document: Document) throws {
        let isHidden = hidesSecrets
        let disclosure: Document.Disclosure = isHidden ? .redacted : .revealed
        if let path = output, path != "-" {
            let writer = try FileWriter(path, holdsSecrets: document.hasSecrets && !isHidden)
            return try document.withBytes(disclosure) { try writer.write($0) }
        }
        if document.hasSecrets, !isHidden, !quiet, Terminal.output.isReadableByOthers {
            Terminal.error.write(
                "warning: secrets go into a file that others can read; `-o FILE` writes one that only you can\n")
        }
        try document.withBytes(disclosure) { try Terminal.output.write($0) }
        if document.hasSecrets, isHidden, !redact, !quiet {
            Terminal.error.write("note: secrets are hidden on a terminal; a pipe, -o FILE or --reveal has them\n")
        }
    }

    /// Writes bytes without secrets to where the command line says.
    func deliver(plain bytes: [UInt8]) throws {
        guard let path = output, path != "-" else { return try Terminal.output.write(bytes.span) }
        try FileWriter(path, holdsSecrets: false).write(bytes.span)
    }
}
