/// Diagnostics for programs: one JSON object a line (DESIGN §10).
///
/// Each has `code`, `severity`, `message`, `file`, `line`, `column`, `end_line`, `end_column`, `notes`, `help`, `fixes`.
/// Lines and columns count from 1, columns in Unicode scalars; the end is behind the last marked character. `file` and
/// the numbers are null where a finding has no place; where a secret stands the columns are null and there are no fixes.
package struct JSONRenderer {
    private let sources: SourceMap
    private var tables: LineTables

    package init(sources: SourceMap) {
        self.sources = sources
        tables = LineTables(sources)
    }

    package mutating func render(_ diagnostics: [Diagnostic]) -> [UInt8] {
        var bytes: [UInt8] = []
        for diagnostic in diagnostics {
            append(diagnostic, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    private mutating func append(_ diagnostic: Diagnostic, to bytes: inout [UInt8]) {
        bytes += Array("{\"code\": \"\(diagnostic.code.id)\", \"severity\": \"\(diagnostic.severity.rawValue)\"".utf8)
        bytes += Array(", \"message\": ".utf8)
        JSONText.append(diagnostic.message.utf8, to: &bytes)
        bytes += Array(", ".utf8)
        appendPlace(diagnostic.primary?.span, isHidden: diagnostic.hidesText, to: &bytes)
        bytes += Array(", \"notes\": [".utf8)
        let notes = diagnostic.related.map { placed($0) } + diagnostic.notes
        for (index, note) in notes.enumerated() {
            if index > 0 { bytes += Array(", ".utf8) }
            JSONText.append(note.utf8, to: &bytes)
        }
        bytes += Array("], \"help\": ".utf8)
        if let help = diagnostic.help { JSONText.append(help.utf8, to: &bytes) } else { bytes += Array("null".utf8) }
        bytes += Array(", \"fixes\": [".utf8)
        for (index, fix) in diagnostic.fixes.enumerated() {
            if index > 0 { bytes += Array(", ".utf8) }
            append(fix, to: &bytes)
        }
        bytes += Array("]}".utf8)
    }

    private mutating func append(_ fix: FixIt, to bytes: inout [UInt8]) {
        bytes += Array("{\"title\": ".utf8)
        JSONText.append(fix.title.utf8, to: &bytes)
        bytes += Array(", \"edits\": [".utf8)
        for (index, edit) in fix.edits.enumerated() {
            bytes += Array((index > 0 ? ", {" : "{").utf8)
            appendPlace(edit.span, to: &bytes)
            bytes += Array(", \"replacement\": ".utf8)
            JSONText.append(edit.replacement.utf8, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes += Array("]}".utf8)
    }

    private mutating func appendPlace(_ span: Span?, isHidden: Bool = false, to bytes: inout [UInt8]) {
        bytes += Array("\"file\": ".utf8)
        guard let span else {
            bytes += Array("null, \"line\": null, \"column\": null, \"end_line\": null, \"end_column\": null".utf8)
            return
        }
        let source = sources[span.source]
        JSONText.append(source.path.utf8, to: &bytes)
        let lines = tables[source.id]
        let start = lines.position(of: span.start)
        let end = lines.position(of: span.end)
        let isHidden = isHidden || source.hidesColumns(of: span)
        let startColumn = isHidden ? "null" : String(start.column)
        let endColumn = isHidden ? "null" : String(end.column)
        bytes += Array(", \"line\": \(start.line), \"column\": \(startColumn)".utf8)
        bytes += Array(", \"end_line\": \(end.line), \"end_column\": \(endColumn)".utf8)
    }

    private mutating func placed(_ label: Label) -> String {
        let source = sources[label.span.source]
        let position = tables[source.id].position(of: label.span.start)
        let place = source.hidesColumns(of: label.span) ? "\(position.line)" : "\(position.line):\(position.column)"
        return "\(source.path):\(place): \(label.text)"
    }
}
