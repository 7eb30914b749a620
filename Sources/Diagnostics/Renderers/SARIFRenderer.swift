/// Diagnostics as a SARIF 2.1.0 log (OASIS), which GitHub's code scanning and editors read (DESIGN §10).
///
/// One run; its rules are the codes that occur, with their pages. Places are relative to the repository, columns in Unicode
/// scalars. No log has a line of a file in it; where a secret stands a place has its line only, and there are no fixes.
package struct SARIFRenderer {
    private let sources: SourceMap
    /// The site's folder within its repository, a `/` behind it; empty if it is the repository.
    private let prefix: String
    /// The program's.
    private let version: String
    private var tables: LineTables

    package init(sources: SourceMap, prefix: String, version: String) {
        self.sources = sources
        self.prefix = prefix
        self.version = version
        tables = LineTables(sources)
    }

    /// - Parameter failures: what the system refused, in words.
    package mutating func render(_ diagnostics: [Diagnostic], failures: [String] = []) -> [UInt8] {
        let rules = Rule.all(of: diagnostics)
        let driver: JSON = .object([
            ("name", .text("resolve")), ("version", .text(version)), ("rules", .array(rules.map(\.json))),
        ])
        let notifications = failures.map { JSON.object([("level", .text("error")), ("message", .message($0))]) }
        let invocation: JSON = .object(
            [("executionSuccessful", .flag(failures.isEmpty))]
                + (failures.isEmpty ? [] : [("toolExecutionNotifications", .array(notifications))]))
        var results: [JSON] = []
        for diagnostic in diagnostics { results.append(result(diagnostic, rules)) }
        let run: JSON = .object([
            ("tool", .object([("driver", driver)])), ("invocations", .array([invocation])),
            ("columnKind", .text("unicodeCodePoints")), ("results", .array(results)),
        ])
        let log: JSON = .object([
            ("$schema", .text("https://json.schemastore.org/sarif-2.1.0.json")), ("version", .text("2.1.0")),
            ("runs", .array([run])),
        ])
        return log.document
    }

    private mutating func result(_ diagnostic: Diagnostic, _ rules: [Rule]) -> JSON {
        let index = rules.firstIndex { $0.code == diagnostic.code } ?? -1
        var lines = [diagnostic.message] + diagnostic.notes.map { "note: \($0)" }
        if let help = diagnostic.help { lines.append("help: \(help)") }
        var members: [(String, JSON)] = [
            ("ruleId", .text(diagnostic.code.id)), ("ruleIndex", .number(index)),
            ("level", .text(diagnostic.severity.rawValue)), ("message", .message(lines.joined(separator: "\n"))),
            ("locations", .array([location(diagnostic)])),
        ]
        var related: [JSON] = []
        for label in diagnostic.related { related.append(location(label, isHidden: diagnostic.hidesText)) }
        if !related.isEmpty { members.append(("relatedLocations", .array(related))) }
        var fixes: [JSON] = []
        for fix in diagnostic.fixes where !diagnostic.hidesText { fixes += self.fix(fix).map { [$0] } ?? [] }
        if !fixes.isEmpty { members.append(("fixes", .array(fixes))) }
        return .object(members)
    }

    private mutating func location(_ diagnostic: Diagnostic) -> JSON {
        if let primary = diagnostic.primary { return location(primary, isHidden: diagnostic.hidesText) }
        return .object([
            (
                "physicalLocation",
                .object([
                    ("artifactLocation", artifact(sources.siteFile)),
                    ("region", .object([("startLine", .number(1))])),
                ])
            )
        ])
    }

    private mutating func location(_ label: Label, isHidden: Bool) -> JSON {
        let place: JSON = .object([
            ("artifactLocation", artifact(sources[label.span.source].path)),
            ("region", json(tables.region(of: label.span, isHidden: isHidden))),
        ])
        return .object([("physicalLocation", place)] + (label.text.isEmpty ? [] : [("message", .message(label.text))]))
    }

    /// Nil where it would change what is hidden.
    private mutating func fix(_ fix: FixIt) -> JSON? {
        var files: [SourceID] = []
        var replacements: [SourceID: [JSON]] = [:]
        for edit in fix.edits {
            let region = tables.region(of: edit.span, isHidden: false)
            guard region.columns != nil else { return nil }
            let id = edit.span.source
            if replacements[id] == nil { files.append(id) }
            replacements[id, default: []].append(
                .object([("deletedRegion", json(region)), ("insertedContent", .message(edit.replacement))]))
        }
        let changes = files.map { id -> JSON in
            .object([
                ("artifactLocation", artifact(sources[id].path)), ("replacements", .array(replacements[id] ?? [])),
            ])
        }
        return .object([("description", .message(fix.title)), ("artifactChanges", .array(changes))])
    }

    private func artifact(_ path: String) -> JSON { .object([("uri", .text((prefix + path).percentEncoded))]) }

    private func json(_ region: Region) -> JSON {
        guard let columns = region.columns else { return .object([("startLine", .number(region.startLine))]) }
        return .object([
            ("startLine", .number(region.startLine)), ("startColumn", .number(columns.start)),
            ("endLine", .number(region.endLine)), ("endColumn", .number(columns.end)),
        ])
    }
}

/// A code that occurs, with the gravest of its findings.
private struct Rule {
    let code: Code
    let severity: Severity

    static func all(of diagnostics: [Diagnostic]) -> [Rule] {
        var rules: [Rule] = []
        for diagnostic in diagnostics.sorted(by: { ($0.code.id, $0.severity) < ($1.code.id, $1.severity) })
        where rules.last?.code != diagnostic.code {
            rules.append(Rule(code: diagnostic.code, severity: diagnostic.severity))
        }
        return rules
    }

    var json: JSON {
        .object([
            ("id", .text(code.id)), ("shortDescription", .message(code.page.title)),
            ("fullDescription", .message(code.page.explanation)), ("help", .message(code.page.fix)),
            ("defaultConfiguration", .object([("level", .text(severity.rawValue))])),
        ])
    }
}

/// JSON in the order in which it is made.
private indirect enum JSON {
    case text(String)
    case number(Int)
    case flag(Bool)
    case array([JSON])
    case object([(String, JSON)])

    /// What SARIF calls a message, a description or a content: text in an object of its own.
    static func message(_ text: String) -> JSON { .object([("text", .text(text))]) }

    /// With two spaces a level, and a line break at the end.
    var document: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes, indent: 0)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private func append(to bytes: inout [UInt8], indent: Int) {
        switch self {
        case .text(let text): JSONText.append(text.utf8, to: &bytes)
        case .number(let number): bytes += String(number).utf8
        case .flag(let flag): bytes += (flag ? "true" : "false").utf8
        case .array(let items):
            Self.append(items.map { (nil, $0) }, between: "[", "]", to: &bytes, indent: indent)
        case .object(let members):
            Self.append(members.map { ($0.0, $0.1) }, between: "{", "}", to: &bytes, indent: indent)
        }
    }

    private static func append(
        _ members: [(key: String?, value: JSON)], between start: String, _ end: String, to bytes: inout [UInt8],
        indent: Int
    ) {
        bytes += start.utf8
        for (index, member) in members.enumerated() {
            bytes += ((index > 0 ? "," : "") + "\n" + String(repeating: "  ", count: indent + 1)).utf8
            if let key = member.key {
                JSONText.append(key.utf8, to: &bytes)
                bytes += ": ".utf8
            }
            member.value.append(to: &bytes, indent: indent + 1)
        }
        if !members.isEmpty { bytes += ("\n" + String(repeating: "  ", count: indent)).utf8 }
        bytes += end.utf8
    }
}

extension String {
    /// As a relative URI reference (RFC 3986): all but `/` and what needs no escape is escaped, `:` too, so that no name is a
    /// scheme.
    fileprivate var percentEncoded: String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
