import Foundation
import TestSupport
import Testing

/// A command that is named first is parsed without the others, and nobody can tell.
@Suite struct CommandLineTests {
    private static let files = [
        (path: "site.yaml", text: "defaults: {domain: example.net}\n"), (path: "envs/dev.yaml", text: "vms: []\n"),
    ]

    @Test(
        arguments: [
            (["build", "--help"], "USAGE: resolve build "), (["help", "build"], "USAGE: resolve build "),
            (["secrets", "check", "-h"], "USAGE: resolve secrets check "), (["--help"], "USAGE: resolve "),
            (["secrets"], "USAGE: resolve secrets "),
        ] as [([String], String)]) func usageNamesTheWholeCommand(_ words: [String], _ usage: String) throws
    {
        try Program.withFolder(Self.files) { folder in
            let told = try Program.run(words, in: folder)
            #expect(told.status == 0 && told.stdout.contains(usage), "\(told.stdout)")
        }
    }

    @Test(
        arguments: [
            (["build", "--nope"], "resolve build"), (["env"], "resolve env"),
            (["build", "--check", "--prune"], "--prune"),
            (["bulid"], "resolve"),
        ] as [([String], String)]) func wrongWordsAreToldWithTheWholeCommand(_ words: [String], _ text: String) throws
    {
        try Program.withFolder(Self.files) { folder in
            let told = try Program.run(words, in: folder)
            #expect(told.status == 64 && told.stdout.isEmpty && told.stderr.contains(text), "\(told.stderr)")
        }
    }

    /// An empty name, as of a variable that is not set, is none: not the folder where one stands.
    @Test(arguments: [["--site", "", "list", "envs"], ["list", "envs", "--site", ""], ["validate", ""]])
    func anEmptyNameIsNoSite(_ words: [String]) throws {
        try Program.withFolder(Self.files) { folder in
            let told = try Program.run(words, in: folder)
            #expect(told.stderr.contains("an empty name ("))
            #expect(told.status == 2 && told.stdout.isEmpty && told.stderr.contains("no site found"), "\(told.stderr)")
        }
    }

    /// A folder above is a site if it has a site.yaml, whatever else is below.
    @Test func theNearestSite() throws {
        let files = [("a/b/c/x", "")] + Self.files.map { ("a/" + $0.path, $0.text) }
        try Program.withFolder(files) { folder in
            let told = try Program.run(["list", "envs"], in: folder.appendingPathComponent("a/b/c"))
            #expect(told.status == 0 && told.stdout.contains("dev"), "\(told.stderr)")
        }
    }

    /// A build of plain flags, which is started without a parser, says and does what the parser's does.
    @Test(
        arguments: [
            [], ["--check"], ["--quiet"], ["--no-cache"], ["--check", "--quiet"], ["--prune"],
            ["--prune", "--allow-shrink"],
            ["--allow-outside", "--no-cache"], ["--check", "--prune"], ["--staged"], ["--check", "--staged"],
            ["--check", "--check"], ["--no-cache", "--quiet", "--check"], ["--check", "--redact"], ["--redact"],
        ]) func flagsOfABuild(_ flags: [String]) throws
    {
        let files =
            Self.files + [
                ("nodes/pve.yaml", "datastore: local\napi_endpoint: https://10.0.0.1:8006\napi_token: null\n"),
                ("resolve.yaml", "outputs: [{emit: env, env: dev, to: dev.json}]\n"),
            ]
        func ends(_ words: [String]) throws -> [String] {
            try Program.withFolder(files) { folder in
                let told = try Program.run(["build"] + words, in: folder)
                let written = try? String(contentsOf: folder.appendingPathComponent("dev.json"), encoding: .utf8)
                return ["\(told.status)", told.stdout, told.stderr, written ?? "nothing"]
            }
        }
        #expect(try ends(flags) == ends(flags + ["--color", "auto"]))
    }

    /// The site may be named first, and then a command is parsed without the others, too.
    @Test(
        arguments: [
            ["list", "envs"], ["build"], ["build", "--check"], ["validate"], ["env", "dev", "--node", "pve"], ["env"],
            ["secrets", "check"], ["secrets"], ["help"], ["help", "R0201"], ["bulid"], ["build", "--nope"],
            ["list", "--", "envs"],
            ["schema", "env"], ["--version"], ["validate", "."],
        ]) func theSiteFirst(_ words: [String]) throws
    {
        func ends(_ words: [String]) throws -> [String] {
            let files = Self.files + [("resolve.yaml", "outputs: [{emit: env, env: dev, to: dev.json}]\n")]
            return try Program.withFolder(files.map { ("s/" + $0.path, $0.text) }) { folder in
                let told = try Program.run(words, in: folder)
                return ["\(told.status)", told.stdout, told.stderr]
            }
        }
        // The whole parser reads a line that begins with another option.
        let expected = try ends(["--color", "auto", "--site", "s"] + words)
        #expect(try ends(["--site", "s"] + words) == expected)
        #expect(try ends(["-C", "s"] + words) == expected)
    }

    /// Of two sites the last one that is named is meant, or it is a mistake: as the whole parser has it.
    @Test(arguments: ["--site", "-C", "--site=s"]) func twoSites(_ option: String) throws {
        try Program.withFolder(Self.files.map { ("s/" + $0.path, $0.text) }) { folder in
            let second = option.contains("=") ? [option] : [option, "s"]
            let first = try Program.run(["--site", "none", "list", "envs"] + second, in: folder)
            let whole = try Program.run(["--color", "auto", "--site", "none", "list", "envs"] + second, in: folder)
            #expect(first.status == whole.status && first.stdout == whole.stdout && first.stderr == whole.stderr)
        }
    }

    /// Options of all commands may stand before the command as well as behind it.
    @Test func optionsBeforeTheCommand() throws {
        try Program.withFolder(Self.files.map { ("s/" + $0.path, $0.text) }) { folder in
            let behind = try Program.run(["list", "envs", "--site", "s"], in: folder)
            let before = try Program.run(["--site", "s", "list", "envs"], in: folder)
            #expect(behind.status == 0 && behind.stdout.contains("dev"))
            #expect(before.stdout == behind.stdout && before.status == behind.status)
        }
    }
}
