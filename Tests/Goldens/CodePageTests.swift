import Foundation
import SiteConfig
import TestSupport
import Testing

/// The example on every code's page really shows the code, and every fix-it removes what it is attached to.
@Suite struct CodePageTests {
    static let codes = SiteCompiler.codes.map(\.id)

    @Test(arguments: codes) func exampleShowsTheCode(_ code: String) throws {
        let golden = try #require(Self.example(of: code))
        let session = try #require(golden.sessions.first)
        try Program.withFolder(golden.files) { site in
            let result = try session.run(in: site)
            #expect(result.stderr.contains("[\(code)]"), "`\(session.command)` printed:\n\(result.stderr)")
        }
    }

    @Test(arguments: codes) func pageIsWhole(_ code: String) throws {
        let page = try #require(SiteCompiler.help(code: code.lowercased()))
        #expect(page.hasPrefix("\(code): "))
        #expect(page.contains("What to do: "))
    }

    /// The example as a golden case: on the page its command comes first, and is indented.
    static func example(of code: String) -> Golden? {
        guard let page = SiteCompiler.help(code: code), let start = page.range(of: "Example:\n\n"),
            let end = page.range(of: "\nWhat to do:")
        else { return nil }
        let lines = page[start.upperBound..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("    ") ? String($0.dropFirst(4)) : String($0) }
        guard let command = lines.first else { return nil }
        let files = lines.dropFirst().joined(separator: "\n")
        return Golden(name: code, text: "# \(code)\n" + files + "\n-- \(command) --\n")
    }
}
