import Foundation
import TestSupport
import Testing

@testable import resolve

/// Outputs that wait beside their targets while a build goes on: none of them is ever seen before all is known to be right.
@Suite struct OutputStageTests {
    private static let files = [
        "site/site.yaml": "defaults: {domain: example.net}\n",
        "site/resolve.yaml": "outputs:\n  - {emit: env, env: \"*\", node: pve, to: \"dist/{env}.json\"}\n",
        "site/nodes/pve.yaml": "datastore: local\napi_endpoint: https://10.0.0.1:8006\napi_token: null\n",
        "site/secrets.yaml": "passwords: {vm_root: PLANTED-71c0}\n",
        "site/presets/p.yaml": "cores: 2\n",
        "site/postures/dev.yaml": "auth: {method: network}\n",
        "site/envs/dev.yaml": "vms:\n  - {name: one, vm_preset: p, vmid: 100, ip: 10.0.0.5/24}\n",
        "site/envs/lab.yaml": "vms:\n  - {name: two, vm_preset: p, vmid: 200, ip: 10.0.0.6/24}\n",
        "site/envs/prod.yaml": "vms:\n  - {name: three, vm_preset: p, vmid: 300, ip: 10.0.0.7/24}\n",
    ]

    /// - Returns: what the shell printed, then all that is there behind it, folders and hidden files too.
    private func run(_ line: String, _ others: [String: String] = [:]) throws -> (
        output: Program.Result, left: [String]
    ) {
        let files = Self.files.merging(others) { $1 }.map { (path: $0.key, text: $0.value) }
        return try Program.withFolder(files) { top in
            let output = try Program.shell("export XDG_CACHE_HOME=$PWD/cache; cd site; \(line)", in: top)
            let found = try Program.shell("find . -path ./cache -prune -o -print | sort", in: top).stdout
            return (output, found.split(separator: "\n").map { String($0.dropFirst(2)) })
        }
    }

    private static let broken = ["site/envs/prod.yaml": "vms:\n  - {name: three, vm_preset: missing, vmid: 300}\n"]

    @Test func aBuildThatFailsLeavesNothing() throws {
        let (output, left) = try run("resolve build", Self.broken)
        #expect(output.status == 1, "\(output.stderr)")
        #expect(
            !left.contains { $0.hasPrefix("site/dist") || $0.hasSuffix(".tmp") || $0.hasSuffix(".lock") }, "\(left)")
    }

    @Test func aBuildThatFailsLeavesWhatIsThere() throws {
        let line = """
            mkdir dist; for env in dev lab prod; do echo old > dist/$env.json; done; resolve build; status=$?
            cat dist/*.json; ls -A dist; exit $status
            """
        let (output, _) = try run(line, Self.broken)
        #expect(output.status == 1)
        #expect(output.stdout == "old\nold\nold\ndev.json\nlab.json\nprod.json\n")
    }

    @Test func theFilesOfOthersStay() throws {
        let line = "mkdir dist; echo mine > dist/lab.json; resolve build; status=$?; cat dist/lab.json; exit $status"
        let (output, left) = try run(line)
        #expect(output.status == 2)
        #expect(output.stderr.contains("refusing to overwrite dist/lab.json"))
        #expect(output.stdout == "mine\n")
        #expect(left.filter { $0.hasPrefix("site/dist") } == ["site/dist", "site/dist/lab.json"])
    }

    @Test func whatIsThereAlreadyIsNotTouched() throws {
        let line = """
            resolve build >/dev/null 2>&1; touch -d 2001-01-01 dist/*.json; rm .resolve.lock; resolve build
            stat -c '%a %Y' dist/*.json | sort -u; TZ=UTC date -d 2001-01-01 +%s
            """
        let (output, left) = try run(line)
        let time = output.stdout.split(separator: "\n").last ?? ""
        #expect(output.stdout == "600 \(time)\n\(time)\n")
        #expect(output.stderr == "note: 0 written, 3 unchanged\n")
        #expect(left.contains("site/.resolve.lock"))
    }

    @Test(arguments: ["git init -q .; ", ""]) func nothingGoesThroughALink(_ prepare: String) throws {
        let (output, left) = try run("\(prepare)mkdir ../outside; ln -s ../outside dist; resolve build")
        #expect(output.status == 2)
        #expect(output.stderr.contains("a symbolic link leads out of"))
        #expect(!left.contains { $0.hasPrefix("outside/") })
    }

    @Test func twoWaysToOneFileAreRefused() throws {
        let both = """
            outputs:
              - {emit: env, env: [dev, lab], node: pve, to: "dist/{env}.json"}
              - {emit: env, env: [prod], node: pve, to: "alias/dev.json"}

            """
        let (output, left) = try run("mkdir dist; ln -s dist alias; resolve build", ["site/resolve.yaml": both])
        #expect(output.status == 2)
        #expect(output.stderr.contains("is the same file, through a symbolic link"))
        #expect(left.filter { $0.hasPrefix("site/dist") } == ["site/dist"])
    }

    @Test func whatAKilledBuildLeftGoes() throws {
        let (output, left) = try run(
            "mkdir dist; touch dist/.dev.json.resolve-999999999.tmp; resolve build")
        #expect(output.status == 0)
        #expect(left.filter { $0.hasPrefix("site/dist/") }.count == 3)
    }

    /// In another container, or on another machine, the number of a process means nothing here.
    @Test(arguments: [("", 4), ("-d '2 hours ago'", 3)]) func whatARunElsewhereIsWritingStays(
        _ age: String, _ count: Int
    ) throws {
        let (output, left) = try run(
            "mkdir dist; touch \(age) dist/.dev.json.resolve-999999999-elsewhere.tmp; resolve build")
        #expect(output.status == 0)
        #expect(left.filter { $0.hasPrefix("site/dist/") }.count == count)
    }

    @Test func aFileThatSaysTheSameIsTakenOver() throws {
        let line = """
            umask 022; mkdir dist; resolve env dev --node pve > dist/dev.json 2>/dev/null; resolve build >/dev/null
            stat -c %a dist/dev.json
            """
        let (output, _) = try run(line)
        #expect(output.stdout == "600\n", "\(output.stderr)")
    }

    /// Whoever reads what a build says may go away; then nothing of it stays behind.
    @Test(arguments: [
        ("site/envs/prod.yaml", "vms:\n  - {name: three, vm_preset: missing, vmid: 300}\n"),
        ("site/nodes/pve.yaml", "datastore: local\napi_token: null\n"),
    ]) func aBuildWhoseReaderGoesLeavesNothing(_ path: String, _ text: String) throws {
        let (_, left) = try run("(sleep 0.2; resolve build 2>&1 >/dev/null) | true; sleep 1", [path: text])
        #expect(!left.contains { $0.hasPrefix("site/dist") || $0.hasSuffix(".tmp") }, "\(left)")
    }

    /// What waits beside its target is no answer to what stands in its place.
    @Test func whatIsNotThereIsNotHeld() throws {
        try Program.withFolder([(path: "elsewhere/one", text: "text")]) { folder in
            let place = folder.appendingPathComponent("dist/one")
            let files = FileManager.default
            // Whether a sum is kept depends on how quick the system is, so both come up.
            for _ in 0..<20 {
                let stage = try OutputStage(site: folder.path, depth: nil)
                let text = Array("text".utf8)
                let isTaken = stage.take("dist/one", text.span, holdsSecrets: false)
                #expect(isTaken)
                #expect(!stage.holds("dist/one"), "nothing is there")
                try files.createDirectory(at: place, withIntermediateDirectories: false)
                #expect(!stage.holds("dist/one"), "a folder is there")
                try files.removeItem(at: place)
                try files.createSymbolicLink(
                    at: place, withDestinationURL: folder.appendingPathComponent("elsewhere/one"))
                #expect(!stage.holds("dist/one"), "a link is there")
                try files.removeItem(at: place)
                try "other".write(to: place, atomically: false, encoding: .utf8)
                #expect(!stage.holds("dist/one"), "another file is there")
                try files.removeItem(at: place)
                stage.discard()
            }
        }
    }
}
