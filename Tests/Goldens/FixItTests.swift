import Foundation
import SiteConfig
import Testing

/// Every fix-it in every golden, when applied, removes the diagnostic it is attached to and adds none of its kind.
@Suite struct FixItTests {
    @Test(arguments: GoldenTests.names) func appliedFixRemovesItsDiagnostic(_ name: String) throws {
        let text = try String(contentsOf: GoldenTests.folder.appendingPathComponent(name), encoding: .utf8)
        let golden = Golden(name: name, text: text)
        let files = Dictionary(golden.files) { $1 }
        let report = SiteCompiler(MemoryFiles(files)).validate().report
        for fix in report.fixes {
            let changed = files.merging(fix.files) { $1 }
            let after = SiteCompiler(MemoryFiles(changed)).validate().report
            let (before, left) = (report.codes.count { $0 == fix.code }, after.codes.count { $0 == fix.code })
            #expect(left < before, "\(fix.code): \(fix.title), but it is still reported")
        }
    }

    @Test func fixesAreSeenAtAll() throws {
        let fixes = try GoldenTests.names.flatMap { name in
            let text = try String(contentsOf: GoldenTests.folder.appendingPathComponent(name), encoding: .utf8)
            let files = Dictionary(Golden(name: name, text: text).files) { $1 }
            return SiteCompiler(MemoryFiles(files)).validate().report.fixes.map(\.code)
        }
        #expect(Set(fixes).isSuperset(of: ["R0401", "R0403", "R0801", "R0802", "R0803", "R0109", "R0814", "R0816"]))
    }
}
