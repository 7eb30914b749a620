import Foundation
import SiteConfig
import TestSupport
import Testing

/// The JSON Schemas say what the tables say, and `schema/` has them as they are now.
@Suite struct SchemaTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("schema")

    @Test(arguments: SiteCompiler.kindsWithSchemas) func isCheckedIn(_ kind: String) throws {
        let schema = try #require(SiteCompiler.schemas.first { $0.kind == kind })
        let written = try? Data(contentsOf: Self.folder.appendingPathComponent(schema.fileName))
        #expect(written == Data(schema.document.bytes(.redacted)), "\(schema.fileName) is not current: run make schema")
    }

    @Test func nothingElseIsCheckedIn() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let known = SiteCompiler.schemas.map(\.fileName) + ["README.md"]
        #expect(files.sorted() == known.sorted())
    }

    /// The README beside them names each kind's files, as its settings do.
    @Test func theirReadmeNamesEveryKind() throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent("README.md"), encoding: .utf8)
        for schema in SiteCompiler.schemas {
            #expect(text.contains("\"./schema/\(schema.fileName)\": ["), "\(schema.kind) is missing from the settings")
            for pattern in schema.patterns { #expect(text.contains("\"\(pattern)\""), "\(pattern) is missing") }
        }
    }

    /// Every field that `resolve help fields` lists is in its kind's schema, with its summary, its former name, and required where
    /// it is.
    @Test(arguments: SiteCompiler.kindsWithSchemas) func everyFieldIsThere(_ kind: String) throws {
        let document = try Self.document(kind)
        let lines = try #require(SiteCompiler.fields(of: kind)).split(separator: "\n").map(String.init)
        for (line, summary) in zip(lines, lines.dropFirst()) {
            guard let field = line.wholeMatch(of: #/  ([^ ]+) \((.*)\)/#) else { continue }
            let path = String(field.1)
            var steps = path.matches(of: #/[^.\[\]]+|\[\]/#).map { String($0.0) }
            let name = steps.removeLast()
            let owner = try #require(
                Self.maps(document, steps, of: document).first { Self.properties($0)[name] != nil })
            let property = try #require(Self.properties(owner)[name] as? [String: Any])
            let words = summary.trimmingCharacters(in: .whitespaces)
            #expect((property["description"] as? String)?.hasPrefix(words) == true, "\(kind) \(path)")
            let isRequired = (owner["required"] as? [String])?.contains(name) == true
            #expect(isRequired == field.2.contains("; required"), "\(kind) \(path)")
            if let former = field.2.firstMatch(of: #/formerly ([a-z_]+)/#) {
                let old = Self.properties(owner)[String(former.1)] as? [String: Any]
                #expect(old?["deprecated"] as? Bool == true, "\(kind) \(former.1)")
            }
        }
    }

    /// What stands in several places of one kind is written once: its table has a name.
    @Test(arguments: SiteCompiler.kindsWithSchemas) func noMapIsWrittenTwice(_ kind: String) throws {
        var known: Set<Data> = []
        try Self.visit(Self.document(kind)) { map in
            guard Self.properties(map).count > 3 else { return }
            let text = try JSONSerialization.data(withJSONObject: map, options: .sortedKeys)
            #expect(known.insert(text).inserted, "\(kind): a map of \(Self.properties(map).keys.sorted()) stands twice")
        }
    }

    /// A schema of a site has its names and no value of its secrets.
    @Test func liveSchemasShowNoSecret() {
        let files = MemoryFiles([
            "site.yaml": "",
            "secrets.yaml": "api_tokens: {pve: root@pam!t=tell-nobody}\nssh_keys: {joe@lan: tell-nobody}\n",
        ])
        let live = SiteCompiler(files).liveSchemas()
        #expect(!live.lacksSecrets)
        let text = live.schemas.map { String(decoding: $0.document.bytes(.revealed), as: UTF8.self) }.joined()
        #expect(text.contains("\"joe@lan\"") && text.contains("\"ssh_keys.joe@lan\"") && text.contains("\"pve\""))
        #expect(!text.contains("tell-nobody"))
    }

    // MARK: Walking a schema

    static func document(_ kind: String) throws -> [String: Any] {
        let schema = try #require(SiteCompiler.schemas.first { $0.kind == kind })
        let value = try JSONSerialization.jsonObject(with: Data(schema.document.bytes(.redacted)))
        return try #require(value as? [String: Any])
    }

    static func properties(_ schema: [String: Any]) -> [String: Any] { schema["properties"] as? [String: Any] ?? [:] }

    /// The schemas that a path leads to: behind a key, `[]` to the items of a list, `*` behind any key of a map.
    static func maps(_ schema: [String: Any], _ steps: [String], of document: [String: Any]) -> [[String: Any]] {
        if let reference = schema["$ref"] as? String, let name = reference.split(separator: "/").last {
            let definitions = document["$defs"] as? [String: Any]
            return maps(definitions?[String(name)] as? [String: Any] ?? [:], steps, of: document)
        }
        if let alternatives = schema["anyOf"] as? [[String: Any]] {
            return alternatives.flatMap { maps($0, steps, of: document) }
        }
        guard let step = steps.first else { return [schema] }
        let next =
            switch step {
            case "[]": schema["items"]
            case "*": schema["additionalProperties"]
            default: properties(schema)[step]
            }
        return (next as? [String: Any]).map { maps($0, Array(steps.dropFirst()), of: document) } ?? []
    }

    static func visit(_ value: Any, _ body: ([String: Any]) throws -> Void) throws {
        if let map = value as? [String: Any] {
            try body(map)
            for item in map.values { try visit(item, body) }
        }
        for item in value as? [Any] ?? [] { try visit(item, body) }
    }
}
