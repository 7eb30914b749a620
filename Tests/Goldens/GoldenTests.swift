import Foundation
import SiteConfig
import TestSupport
import Testing

/// Every case in `cases/`: the built program, files in; stdout, stderr and exit status out.
///
/// `RESOLVE_UPDATE_GOLDENS=1` (`make goldens`) rewrites the cases with what the program prints; CI does so and fails if
/// that leaves a difference.
@Suite struct GoldenTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("cases")
    static let names: [String] = {
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".txt") }.sorted()
    }()
    static let isUpdating = ProcessInfo.processInfo.environment["RESOLVE_UPDATE_GOLDENS"] != nil

    @Test(arguments: names) func matches(_ name: String) throws {
        let file = Self.folder.appendingPathComponent(name)
        let text = try String(contentsOf: file, encoding: .utf8)
        let golden = Golden(name: name, text: text)
        #expect(!golden.sessions.isEmpty, "the case runs no command")
        #expect(golden.comment.hasPrefix("# "), "the case says what it shows")
        var real: [Golden.Session] = []
        try Program.withFolder(golden.files) { site in
            for session in golden.sessions {
                let result = try session.run(in: site)
                var actual = session
                actual.stdout = result.stdout
                actual.stderr = result.stderr
                actual.exit = result.status
                #expect([0, 1, 2, 64].contains(result.status), "\(session.command) ended with \(result.status)")
                real.append(actual)
            }
        }
        if Self.isUpdating {
            let start = text.range(of: "-- $ ").map { String(text[..<$0.lowerBound]) } ?? text
            let updated = golden.text(real, files: start)
            if updated != text { try updated.write(to: file, atomically: true, encoding: .utf8) }
            return
        }
        for (expected, actual) in zip(golden.sessions, real) {
            #expect(actual.stdout == expected.stdout, "stdout of \(expected.command)")
            #expect(actual.stderr == expected.stderr, "stderr of \(expected.command)")
            #expect(actual.exit == expected.exit, "exit status of \(expected.command)")
            if actual.exit != 0 {
                // Findings in a form for programs, and an account of what was looked at, are no output that a tool could take.
                let reports = ["json", "secrets check", "build --check", "--format sarif", "--format github"]
                let isReport = reports.contains(where: expected.command.contains)
                #expect(actual.stdout.isEmpty || isReport, "a failure prints no output")
            }
        }
    }

    /// No code without a case that shows it.
    @Test func everyCodeHasACase() throws {
        let texts = try Self.names.map {
            try String(contentsOf: Self.folder.appendingPathComponent($0), encoding: .utf8)
        }
        for code in SiteCompiler.codes {
            #expect(texts.contains { $0.contains("[\(code.id)]:") }, "\(code.id) (\(code.title)) is shown by no golden")
        }
    }
}
