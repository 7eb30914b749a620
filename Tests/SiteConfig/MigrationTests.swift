import Foundation
import SiteConfig
import Testing

/// A migration changes no output, and leaves nothing to migrate.
@Suite struct MigrationTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let examples: [URL] = folders(in: root.appendingPathComponent("examples"))
    static let conformance: [URL] = folders(in: root.appendingPathComponent("../shared/conformance/homestak")).map {
        $0.appendingPathComponent("site")
    }

    @Test(arguments: examples) func examplesStayTheSame(_ folder: URL) throws { try Self.check(Self.files(in: folder)) }

    @Test func conformanceSitesStayTheSame() throws {
        if Self.conformance.isEmpty { print("migrate: ../shared is not there, so its sites were not migrated") }
        for site in Self.conformance { try Self.check(Self.files(in: site), lenient: true) }
    }

    /// Wherever writing stops, the next migration ends in the same site.
    @Test(arguments: examples + conformance.prefix(4)) func anInterruptedMigrationIsHealed(_ folder: URL) throws {
        let files = try Self.files(in: folder)
        let migration = SiteCompiler(MemoryFiles(files), isLenient: true).migration()
        let whole = Self.applied(migration.changes, to: files)
        for states in Self.states(migration.changes, of: files) {
            let next = SiteCompiler(MemoryFiles(states), isLenient: true).migration()
            #expect(next.report.isClean && next.differing.isEmpty, "\(next.differing) \(next.report.text())")
            let isWhole = Self.applied(next.changes, to: states) == whole
            #expect(isWhole, "\(String(decoding: next.diff(), as: UTF8.self))")
        }
    }

    @Test func aSiteWithErrorsIsLeftAlone() {
        let files = ["site.yaml": "", "envs/dev.yaml": "vms: [{name: a, vm_preset: none}]\n", "v2/presets/x.yaml": ""]
        let migration = SiteCompiler(MemoryFiles(files)).migration()
        #expect(migration.changes.isEmpty && migration.diff().isEmpty && !migration.report.isClean)
    }

    @Test func secretFilesAreNeverChanged() {
        let files = [
            "site.yaml": "defaults: {ssh_user: a}\n", "secrets.yaml": "ssh_user: a\napi_tokens: {x: y}\n",
            "secrets/hosts/a.yaml": "ssh_user: b\n", "pillar/hosts/a.sls": "",
        ]
        let migration = SiteCompiler(MemoryFiles(files)).migration()
        #expect(migration.changes.map(\.oldPath) == ["site.yaml"])
    }

    /// By its name such a file holds secrets: its text goes into no diff, and it is not moved to where that is forgotten.
    @Test func filesNamedAsSecretsStay() {
        let files = [
            "site.yaml": "", "vms/presets/secrets-a.yaml": "x: hunter2\n", "presets/vm-secrets-a.yaml": "x: hunter2\n",
            "v2/presets/secrets-a.yaml": "x: hunter2\n", "v2/specs/secrets-b.yaml": "description: hunter2\n",
            "postures/secrets-c.yaml": "ssh_port: 22\n", "v2/postures/secrets-c.yaml": "description: hunter2\n",
            "postures/dev.yaml": "{}\n",
        ]
        let migration = SiteCompiler(MemoryFiles(files), isLenient: true).migration()
        #expect(migration.changes.isEmpty && migration.differing.isEmpty)
        let text = migration.report.text()
        #expect(!text.contains("hunter2"))
    }

    /// Under leniency a name may lead nowhere; it does so afterwards, too.
    @Test func whatLeadsNowhereStillDoes() throws {
        let files = [
            "site.yaml": "", "nodes/pve.yaml": "datastore: local\napi_token: null\n",
            "vms/presets/a.yaml": "cores: 1\n",
            "vms/t.yaml": "preset: vm-a\n", "envs/e.yaml": "vms: [{name: x, template: t}, {name: y, vm_preset: a}]\n",
        ]
        try Self.check(files, lenient: true)
        let migration = SiteCompiler(MemoryFiles(files), isLenient: true).migration()
        #expect(migration.changes.map(\.newPath) == ["presets/a.yaml"])
    }

    // MARK: Sites

    static func check(_ files: [String: String], lenient: Bool = false) throws {
        for isLenient in lenient ? [false, true] : [false] {
            let before = SiteCompiler(MemoryFiles(files), isLenient: isLenient)
            let migration = before.migration()
            guard migration.report.isClean else {
                // Of keys that stand twice, which leniency reads, it is not known which is meant.
                let isRefused = !before.validate().report.isClean || migration.report.codes.contains("R0103")
                #expect(isRefused && migration.changes.isEmpty)
                continue
            }
            #expect(migration.differing.isEmpty, "\(migration.differing)")
            let changed = applied(migration.changes, to: files)
            let after = SiteCompiler(MemoryFiles(changed), isLenient: isLenient)
            expectSameOutputs(before, after)
            #expect(after.migration().diff().isEmpty)
        }
    }

    static func expectSameOutputs(_ before: SiteCompiler, _ after: SiteCompiler) {
        func names(_ kind: String) -> [String] { before.list(kind)?.entries.map(\.name) ?? [] }
        var targets: [Target] = names("postures").map { .variables(.posture($0)) }
        for env in names("envs") {
            targets += [.variables(.env(env))] + names("nodes").map { .env(.init(name: env, node: $0)) }
        }
        targets += (names("nodes") + names("hosts")).map { .host($0) }
        for target in targets {
            let old = before.compile(target).document?.bytes(.redacted)
            let isSame = after.compile(target).document?.bytes(.redacted) == old
            #expect(isSame, "\(target)")
        }
    }

    static func applied(_ changes: [FileChange], to files: [String: String]) -> [String: String] {
        var files = files
        for change in changes { if let path = change.oldPath { files[path] = nil } }
        for change in changes {
            if let path = change.newPath { files[path] = String(decoding: change.newBytes, as: UTF8.self) }
        }
        return files
    }

    /// Every state on the way: the changes in their order, then what was moved goes, the last first.
    static func states(_ changes: [FileChange], of files: [String: String]) -> [[String: String]] {
        var states: [[String: String]] = []
        var state = files
        for change in changes {
            guard let path = change.newPath else { continue }
            state[path] = String(decoding: change.newBytes, as: UTF8.self)
            states.append(state)
        }
        for change in changes.reversed() where change.newPath != change.oldPath {
            if let path = change.oldPath { state[path] = nil }
            states.append(state)
        }
        return states
    }

    static func files(in folder: URL) throws -> [String: String] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        var files: [String: String] = [:]
        for path in paths where !path.hasPrefix(".") {
            let file = folder.appendingPathComponent(path)
            files[path] = try? String(contentsOf: file, encoding: .utf8)
        }
        return files
    }

    private static func folders(in folder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().map(folder.appendingPathComponent).filter { $0.hasDirectoryPath || $0.isFolder }
    }
}

extension URL {
    fileprivate var isFolder: Bool { (try? resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false }
}
