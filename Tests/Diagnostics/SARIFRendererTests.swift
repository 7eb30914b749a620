import Diagnostics
import Foundation
import Testing

@Suite struct SARIFRendererTests {
    private let code = Code("R9999", "a test", explanation: "what it is", example: "", fix: "mend it")
    private let other = Code("R0001", "another", explanation: "", example: "", fix: "")

    @Test func placesCountUnicodeScalarsAndAreRelativeToTheRepository() throws {
        let (sources, source) = sources("é: ☕x\n")
        let log = try Log(
            render([Diagnostic(code, "wrong", at: span(source, 4, 8), "here")], sources, prefix: "a b/ü:1/"))
        let place = try #require(log.results.first?.locations.first)
        #expect(place.uri == "a%20b/%C3%BC%3A1/f.yaml")
        #expect(place.region == ["startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 6])
        #expect(place.message == "here")
        #expect(log.run["columnKind"] as? String == "unicodeCodePoints")
        #expect(log.invocation["executionSuccessful"] as? Bool == true)
    }

    @Test func rulesAreTheCodesThatOccurSortedEachOnce() throws {
        let (sources, source) = sources("a\n")
        let place = span(source, 0, 1)
        let found = [
            Diagnostic(code, .note, "one", at: place), Diagnostic(other, .warning, "two", at: place),
            Diagnostic(code, .warning, "three", at: place),
        ]
        let log = try Log(render(found, sources))
        #expect(log.rules.map { $0["id"] as? String } == ["R0001", "R9999"])
        #expect(log.results.map(\.ruleIndex) == [1, 0, 1])
        #expect(log.results.map(\.level) == ["note", "warning", "warning"])
        let configuration = log.rules[1]["defaultConfiguration"] as? [String: String]
        #expect(configuration == ["level": "warning"])
        #expect((log.rules[1]["help"] as? [String: String]) == ["text": "mend it"])
    }

    @Test func notesAndHelpAreLinesOfTheMessage() throws {
        let (sources, source) = sources("a\nb\n")
        let found = Diagnostic(
            code, "wr\"ong", at: span(source, 0, 1), related: [Label(span(source, 2, 3), "there")], notes: ["n", "m"],
            help: "h")
        let result = try #require(try Log(render([found], sources)).results.first)
        #expect(result.message == "wr\"ong\nnote: n\nnote: m\nhelp: h")
        #expect(result.related.map(\.message) == ["there"])
        #expect(result.related.first?.region["startLine"] == 2)
    }

    @Test func aFindingWithoutAPlaceStandsInTheSitesFile() throws {
        let place = try #require(
            try Log(render([Diagnostic(code, "wrong", at: nil)], SourceMap(), prefix: "s/")).results.first?.locations
                .first)
        #expect(place.uri == "s/site.yaml")
        #expect(place.region == ["startLine": 1])
        var sources = SourceMap()
        _ = sources.add(path: "site.yml", bytes: [], isSecret: false)
        let other = try Log(render([Diagnostic(code, "wrong", at: nil)], sources)).results.first?.locations.first
        #expect(other?.uri == "site.yml")
    }

    @Test func aSecretIsToldByItsLineOnlyAndNotMended() throws {
        var map = SourceMap()
        let secret = map.add(path: "f.yaml", bytes: Array("a: 1\nb: hunter2\n".utf8), isSecret: true)
        let plain = map.add(path: "g.yaml", bytes: Array("a: 1\nb: xxxxxxx\nc: d\n".utf8), isSecret: false)
        map.keep(plain.masking([span(plain, 8, 15)]))
        let fix = { (place: Span) in [FixIt("quote it", [Edit(place, "\"hunter2\"")])] }
        var hidden = Diagnostic(code, "c", at: span(plain, 16, 17), fixes: fix(span(plain, 16, 17)))
        hidden.hidesText = true
        let found = [
            Diagnostic(code, "a", at: span(secret, 8, 15), fixes: fix(span(secret, 8, 15))),
            Diagnostic(code, "b", at: span(plain, 8, 15), fixes: fix(span(plain, 8, 15))),
            // It ends in the line of a password.
            Diagnostic(code, "d", at: span(plain, 0, 15), related: [Label(span(secret, 8, 15), "there")]), hidden,
        ]
        let bytes = render(found, map)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("hunter2"))
        let results = try Log(bytes).results
        #expect(results.map { $0.locations[0].region } == [2, 2, 1, 3].map { ["startLine": $0] })
        #expect(results[2].related.map(\.region) == [["startLine": 2]])
        #expect(results.allSatisfy { $0.fixes.isEmpty })
    }

    @Test func aFixHasOneChangeForEachFile() throws {
        var map = SourceMap()
        let first = map.add(path: "a.yaml", bytes: Array("x: no\ny: no\n".utf8), isSecret: false)
        let second = map.add(path: "b.yaml", bytes: Array("z\n".utf8), isSecret: false)
        let fix = FixIt(
            "mend", [Edit(span(first, 3, 5), "\"no\""), Edit(span(second, 0, 0), "\n"), Edit(span(first, 9, 11), "")])
        let found = Diagnostic(code, "wrong", at: span(first, 3, 5), fixes: [fix])
        let fixes = try #require(try Log(render([found], map)).results.first?.fixes)
        let changes = try #require(fixes.first?["artifactChanges"] as? [[String: Any]])
        #expect(changes.count == 2)
        let replacements = try #require(changes[0]["replacements"] as? [[String: Any]])
        #expect(replacements.count == 2)
        #expect((replacements[0]["insertedContent"] as? [String: String]) == ["text": "\"no\""])
        #expect(
            (replacements[1]["deletedRegion"] as? [String: Int])
                == ["startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 6])
    }

    @Test func whatTheSystemRefusedIsNoFinding() throws {
        var renderer = SARIFRenderer(sources: SourceMap(), prefix: "", version: "1")
        let log = try Log(renderer.render([], failures: ["cannot read a: no"]))
        #expect(log.results.isEmpty)
        #expect(log.invocation["executionSuccessful"] as? Bool == false)
        let told = try #require(log.invocation["toolExecutionNotifications"] as? [[String: Any]])
        #expect((told.first?["message"] as? [String: String]) == ["text": "cannot read a: no"])
    }

    private func span(_ source: Source, _ start: UInt32, _ end: UInt32) -> Span {
        Span(source: source.id, start: start, end: end)
    }

    private func sources(_ text: String) -> (SourceMap, Source) {
        var sources = SourceMap()
        let source = sources.add(path: "f.yaml", bytes: Array(text.utf8), isSecret: false)
        return (sources, source)
    }

    private func render(_ found: [Diagnostic], _ sources: SourceMap, prefix: String = "") -> [UInt8] {
        var renderer = SARIFRenderer(sources: sources, prefix: prefix, version: "1.2.3")
        let bytes = renderer.render(found)
        #expect(bytes.last == UInt8(ascii: "\n"))
        return bytes
    }

    /// A log as a reader sees it.
    private struct Log {
        let run: [String: Any]
        let results: [Result]

        var rules: [[String: Any]] {
            let tool = run["tool"] as? [String: Any]
            return (tool?["driver"] as? [String: Any])?["rules"] as? [[String: Any]] ?? []
        }
        var invocation: [String: Any] { (run["invocations"] as? [[String: Any]])?.first ?? [:] }

        init(_ bytes: [UInt8]) throws {
            let log = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
            #expect(log["version"] as? String == "2.1.0")
            #expect(log["$schema"] is String)
            run = try #require((log["runs"] as? [[String: Any]])?.first)
            results = try #require(run["results"] as? [[String: Any]]).map { Result($0) }
        }
    }

    private struct Result {
        let ruleIndex: Int?
        let level: String?
        let message: String?
        let locations: [Place]
        let related: [Place]
        let fixes: [[String: Any]]

        init(_ result: [String: Any]) {
            ruleIndex = result["ruleIndex"] as? Int
            level = result["level"] as? String
            message = (result["message"] as? [String: Any])?["text"] as? String
            locations = (result["locations"] as? [[String: Any]] ?? []).map { Place($0) }
            related = (result["relatedLocations"] as? [[String: Any]] ?? []).map { Place($0) }
            fixes = result["fixes"] as? [[String: Any]] ?? []
        }
    }

    private struct Place {
        let uri: String?
        let region: [String: Int]
        let message: String?

        init(_ location: [String: Any]) {
            let place = location["physicalLocation"] as? [String: Any]
            uri = (place?["artifactLocation"] as? [String: Any])?["uri"] as? String
            region = place?["region"] as? [String: Int] ?? [:]
            message = (location["message"] as? [String: Any])?["text"] as? String
        }
    }
}
