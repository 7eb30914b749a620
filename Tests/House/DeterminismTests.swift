import Foundation
import SiteConfig
import Testing

/// The same input gives the same bytes, in whatever order files are listed, and in every process.
@Suite struct DeterminismTests {
    static let example = ArrowTests.root.appendingPathComponent("examples/homestak")

    /// The files of a folder, listed in an order of our choice.
    struct ShuffledFiles: SiteFiles {
        let files: DiskFiles
        let seed: Int

        func names(in folder: String) throws(FileError) -> [String] {
            let names = try files.names(in: folder).sorted()
            return (0..<names.count).map { names[($0 + seed) % names.count] }.reversed()
        }

        func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] { try files.read(path, limit: limit) }
    }

    @Test(arguments: 0..<5) func theOrderOfFilesDoesNotMatter(_ seed: Int) throws {
        let identities = Identities(files: [Self.example.appendingPathComponent("throwaway-identity.txt").path])
        let plain = SiteCompiler(DiskFiles(root: Self.example.path), identities: identities)
        let shuffled = SiteCompiler(
            ShuffledFiles(files: DiskFiles(root: Self.example.path), seed: seed), identities: identities)
        let target = Target.env(.init(name: "prod"))
        let expected = try #require(plain.compile(target).document)
        let actual = try #require(shuffled.compile(target).document)
        #expect(actual.bytes(.revealed) == expected.bytes(.revealed))
        #expect(shuffled.list("envs")?.json == plain.list("envs")?.json)
    }

    /// Inheritance does not depend on it either, nor what is told of it.
    @Test(arguments: 0..<5) func theOrderOfFilesDoesNotMatterToHeirs(_ seed: Int) {
        let folder = ArrowTests.root.appendingPathComponent("examples/inheritance").path
        let plain = SiteCompiler(DiskFiles(root: folder))
        let shuffled = SiteCompiler(ShuffledFiles(files: DiskFiles(root: folder), seed: seed))
        for target in [Target.env(.init(name: "prod")), .variables(.env("prod"))] {
            let expected = plain.explain(target)
            #expect(expected.count > 8)
            #expect(shuffled.explain(target).json == expected.json)
            #expect(
                shuffled.compile(target).document?.bytes(.redacted) == plain.compile(target).document?.bytes(.redacted))
        }
    }

    /// A site with many mistakes: the order of the report depends on nothing but the files.
    @Test(arguments: 0..<5) func theOrderOfFindingsDoesNotMatter(_ seed: Int) {
        var files = ["site.yaml": "defalts: {}\ndefaults: {timezone: 1, bridge: [], packages: no}\n"]
        for number in 0..<20 {
            files["envs/e\(number).yaml"] =
                "posture: p\(number)\nvms: [{nam: a}, {name: b, template: t}, {name: b, vm_preset: s}]\n"
            files["nodes/n\(number).yaml"] = "datastor: local\napi_token: \(number)\nhost: h\n"
        }
        let expected = SiteCompiler(MemoryFiles(files)).validate().report.text()
        #expect(SiteCompiler(Rotated(files: files, seed: seed)).validate().report.text() == expected)
        #expect(expected.contains("R0201") && expected.contains("R0403"))
    }

    struct Rotated: SiteFiles {
        let files: [String: String]
        let seed: Int

        func names(in folder: String) throws(FileError) -> [String] {
            let names = try MemoryFiles(files).names(in: folder)
            return (0..<names.count).map { names[($0 + seed) % names.count] }
        }

        func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
            try MemoryFiles(files).read(path, limit: limit)
        }
    }
}
