import Foundation
import SiteConfig
import TestSupport
import Testing

/// What `build` writes is what the single commands write: a site that was read whole, once, and compiled from again and again,
/// changes no output, and hides no mistake that a command would tell of.
@Suite struct BuildModelTests {
    @Test(arguments: MigrationTests.examples) func examples(_ folder: URL) throws {
        for place in ["", "site-config/"] {
            let files = try MigrationTests.files(in: folder).below(place)
            let identity = folder.appendingPathComponent("throwaway-identity.txt")
            let hasIdentity = FileManager.default.fileExists(atPath: identity.path)
            try Self.check(files)
            if hasIdentity { try Self.check(files, opening: Identities(files: [identity.path])) }
        }
    }

    /// Golden cases of every kind; those with mistakes, with leniency.
    @Test(arguments: 0..<8) func goldens(_ part: Int) throws {
        for (place, golden) in try GoldenSite.all().enumerated() where place % 8 == part {
            let outputs = try Self.check(golden.files, of: golden.name, atMost: 6)
            guard outputs == 0, !Self.known.contains(golden.name) else { continue }
            try Self.check(golden.files, of: golden.name, atMost: 6, isLenient: true)
        }
    }

    /// What a lenient command refuses, and a lenient build does not.
    private static let known = ["references/manifest-levels.txt"]

    @Test func whatACommandRefusesABuildRefuses() throws {
        let files = [
            "site.yaml": "", "nodes/pve.yaml": "datastore: local\napi_token: null\n",
            "manifests/m.yaml": "schema_version: 2\nname: m\nnodes: [{name: a, type: vm, vmid: 300, spec: nosuch}]\n",
        ]
        try Self.check(files, isLenient: true)
    }

    @Test(arguments: 0..<6) func randomSites(_ seed: Int) throws {
        let files = RandomEstate.files(seed)
        let outputs = try Self.check(files, of: "seed \(seed)", atMost: 36, opening: Identities())
        #expect(outputs > 30, "seed \(seed) has something wrong with it")
    }

    @Test(arguments: 0..<3) func randomMinions(_ seed: Int) throws {
        try Self.check(RandomSaltSite.made(seed).files, of: "seed \(seed)", atMost: 20, opening: Identities())
    }

    /// - Parameter limit: how many outputs are compared, of all kinds.
    /// - Returns: how many there were.
    @discardableResult
    static func check(
        _ site: [String: String], of name: String = "", atMost limit: Int = 30, isLenient: Bool = false,
        opening identities: Identities? = nil
    ) throws -> Int {
        var files = site
        for own in ["resolve.yaml", "resolve.yml", ".resolve.lock"] { files[own] = nil }
        let compiler = SiteCompiler(MemoryFiles(files), isLenient: isLenient, identities: identities)
        guard !files.isEmpty, compiler.validate().report.isClean else { return 0 }
        let declared = DeclaredOutput.all(of: compiler).some(limit).map { ($0, compiler.compile($0.target)) }
        let (good, bad) = (declared.filter { $0.1.document != nil }, declared.filter { $0.1.document == nil })
        func build(_ outputs: [DeclaredOutput]) -> Build {
            files["resolve.yaml"] = DeclaredOutput.text(outputs)
            return SiteCompiler(MemoryFiles(files), isLenient: isLenient, identities: identities).build(BuildRequest())
        }
        let built = build(good.map(\.0))
        #expect(built.report.isClean, "\(name)\n\(built.report.text(errorsOnly: true))\(built.report.failures)")
        #expect(built.outputs.count == (built.report.isClean ? good.count : 0), "\(name)")
        let byPath = Dictionary(uniqueKeysWithValues: built.outputs.map { ($0.path, $0) })
        for (index, (output, compiled)) in good.enumerated() where built.report.isClean {
            let document = try #require(byPath["o/\(index)"]?.document, "\(name): \(output.target)")
            // Without identities a build opens nothing.
            let disclosures: [Document.Disclosure] = identities == nil ? [.redacted] : [.redacted, .revealed]
            let isSame = disclosures.allSatisfy { document.bytes($0) == compiled.document?.bytes($0) }
            let text = String(decoding: document.bytes(.redacted), as: UTF8.self)
            #expect(isSame, "\(name): \(output.target) in a build:\n\(text)")
        }
        for (output, compiled) in bad.prefix(6) {
            let report = build([output]).report
            #expect(!report.isClean, "\(name): \(output.target) alone: \(compiled.report.text())")
        }
        return built.outputs.count
    }
}

extension [DeclaredOutput] {
    /// That many at most, from everywhere.
    func some(_ limit: Int) -> [DeclaredOutput] {
        count <= limit ? self : (0..<limit).map { self[$0 * count / limit] }
    }
}

extension [String: String] {
    /// The files below a folder, by their paths from there.
    fileprivate func below(_ folder: String) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: filter { $0.key.hasPrefix(folder) }.map {
                ($0.key.dropFirst(folder.count) + "", $0.value)
            })
    }
}
