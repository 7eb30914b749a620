import Foundation
import SiteConfig
import TestSupport
import Testing

/// Every row that `explain --rules` prints — fields, rules and tags — has a case of its own that shows it with `explain`.
@Suite struct RuleGoldenTests {
    /// `vm.gateway`, `posture.*`, `union`, `!force`.
    static let rows: [String] = {
        let text = SiteCompiler.rules(of: nil).map { String(decoding: $0, as: UTF8.self) } ?? ""
        var section = ""
        var rows: [String] = []
        for line in text.split(separator: "\n") {
            if let heading = line.firstMatch(of: #/^([a-z-]+):/#) {
                section = String(heading.1)
            } else if let row = line.firstMatch(of: #/^  (any other|[!\w]+) /#) {
                let name = row.1 == "any other" ? "*" : String(row.1)
                rows.append(["rules", "tags"].contains(section) ? name : "\(section).\(name)")
            }
        }
        return rows
    }()

    static let cases: [Golden] = GoldenTests.names.filter { $0.hasPrefix("merging/") }.compactMap { name in
        let text = try? String(contentsOf: GoldenTests.folder.appendingPathComponent(name), encoding: .utf8)
        return text.map { Golden(name: name, text: $0) }
    }

    @Test func theTableIsRead() {
        #expect(Self.rows.contains("vm.*") && Self.rows.contains("posture.packages"))
        #expect(Self.rows.filter { $0.hasPrefix("!") }.count == 7)
        #expect(Self.rows.count >= 24)
    }

    @Test(arguments: rows) func aCaseShowsTheRow(_ row: String) throws {
        let golden = try #require(Self.cases.first { Self.rows(of: $0).contains(row) }, "no case begins with # \(row):")
        let explained = golden.sessions.filter { $0.command.contains(" explain ") && $0.exit == 0 }
        // Of what no command writes yet, the rule itself is explained.
        let excerpt = Self.written.contains { row.hasPrefix($0) } ? "from " : "\(row.split(separator: ".")[0]):"
        #expect(explained.contains { $0.stdout.contains(excerpt) }, "\(golden.name) explains nothing")
    }

    /// Rows of values that an output has.
    private static let written = [
        "vm.", "posture.", "env.", "node.", "spec.", "!", "replace", "union", "append", "deep",
    ]

    /// The rows that a case says it is of: `# component.pillar, component.*: …`
    private static func rows(of golden: Golden) -> [String] {
        let title = golden.comment.dropFirst(2).prefix { $0 != ":" }
        return title.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
