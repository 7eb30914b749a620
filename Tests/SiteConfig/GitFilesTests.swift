import Foundation
import SiteConfig
import TestSupport
import Testing

/// A site reads the same in the working tree, in the index and in a commit.
@Suite struct GitFilesTests {
    private static let git =
        "git -c user.name=n -c user.email=e@example.org -c init.defaultBranch=main -c core.autocrlf=false"

    /// Commits a site that lies in `place` of a repository, and compares the three ways to read it.
    private static func check(
        _ files: [String: String], at place: String, after script: String = "true",
        _ body: (URL, [any SiteFiles]) throws -> Void = { _, _ in }
    ) throws {
        let below = files.map { (path: place + $0.key, text: $0.value) }
        try Program.withFolder(below + [("main.tf", "# not the site's\n")]) { folder in
            let site = place.isEmpty ? folder : folder.appendingPathComponent(place)
            let made = try Program.shell(
                "\(git) init -q && cd './\(place)' && \(script) && \(git) add -A :/ && \(git) commit -qm x",
                in: folder)
            #expect(made.status == 0, "\(made.stderr)")
            let all: [any SiteFiles] = [
                DiskFiles(root: site.path), try GitFiles("HEAD", ofSiteIn: site.path),
                try GitFiles(stagedIn: site.path),
            ]
            let texts = all.map { text(SiteCompiler(Erased(files: $0)).validate().report) }
            #expect(texts[1] == texts[0], "a commit\n\(texts[1])\n\(texts[0])")
            #expect(texts[2] == texts[0], "the index\n\(texts[2])\n\(texts[0])")
            try body(site, all)
        }
    }

    private static func text(_ report: Report) -> String { report.text() + report.failures.joined(separator: "\n") }

    @Test(arguments: 0..<4, ["", "infra/site config é/"]) func aRandomSite(_ seed: Int, _ place: String) throws {
        var files = seed % 2 == 0 ? RandomEstate.files(seed) : RandomFleet.made(seed).files
        var mutation = SiteMutation(seed)
        // One of them with mistakes.
        if seed == 2 { for _ in 0..<4 { files = mutation.any(of: files) } }
        try Self.check(files, at: place) { _, all in
            let compilers = all.map { SiteCompiler(Erased(files: $0), identities: Identities()) }
            let inventories = compilers.map { $0.compile(.inventory(.init())).document?.bytes(.revealed) }
            #expect(inventories.allSatisfy { $0 == inventories[0] })
            #expect(compilers[0].compare(since: compilers[1]).text.isEmpty)
            #expect(compilers[2].compare(since: compilers[1]).text.isEmpty)
        }
    }

    private static let small = [
        "site.yaml": "defaults: {domain: example.net}\n",
        "nodes/pve.yaml": "datastore: local\napi_token: null\napi_endpoint: https://10.0.0.2:8006\n",
        "vms/presets/small.yaml": "memory: 1024\n", "envs/dev.yaml": "vms: [{name: web, vm_preset: small}]\n",
    ]

    /// Names with spaces and letters of any kind, an empty file, one that is no text, line ends of two kinds, a file that runs.
    @Test(arguments: ["", "a b/ö/"]) func oddFiles(_ place: String) throws {
        var files = Self.small
        files["envs/my env.yaml"] = "vms: []\n"
        files["envs/höhe.yaml"] = "vms: []\n"
        files["envs/\"quoted\".yaml"] = "vms: []\n"
        files["envs/tab\tin.yaml"] = "vms: []\n"
        files["envs/line\nbreak.yaml"] = "vms: []\n"
        files["envs/empty.yaml"] = ""
        files["envs/crlf.yaml"] = "vms:\r\n  - name: a\r\n    vm_preset: nosuch\r\n"
        files["envs/none.yaml"] = "vms: []"
        let script = #"printf 'vms: [\377\000]\n' > envs/binary.yaml && chmod +x envs/dev.yaml"#
        try Self.check(files, at: place, after: script) { _, all in
            for files in all {
                let (empty, start) = try (
                    files.read("envs/empty.yaml", limit: 10), files.read("envs/crlf.yaml", limit: 5)
                )
                #expect(empty.isEmpty && start == Array("vms:\r".utf8))
                #expect(throws: FileError.missing) { try files.read("envs/nosuch.yaml", limit: 1) }
                #expect(throws: FileError.missing) { try files.names(in: "nosuch") }
                let names = try (files.names(in: "envs"), all[0].names(in: "envs"))
                #expect(names.0.sorted() == names.1.sorted())
            }
        }
    }

    /// A link to a file of the site is that file, also where it is called a secret.
    @Test(arguments: ["", "conf/"]) func links(_ place: String) throws {
        var files = Self.small
        files["hidden/secrets.yaml"] = "passwords: {app: \"hush\"}\n"
        let script = """
            ln -s small.yaml vms/presets/large.yaml && ln -s ../vms/presets/small.yaml envs/odd.yaml \
            && ln -s hidden/secrets.yaml secrets.yaml && ln -s ./../envs/dev.yaml envs/same.yaml
            """
        try Self.check(files, at: place, after: script) { _, all in
            for files in all {
                let large = try files.read("vms/presets/large.yaml", limit: 100)
                #expect(large == Array("memory: 1024\n".utf8))
                #expect(files.destination(of: "vms/presets/large.yaml") == "vms/presets/small.yaml")
                #expect(files.destination(of: "vms/presets/small.yaml") == nil)
                #expect(files.destination(of: "secrets.yaml") == "hidden/secrets.yaml")
            }
        }
    }

    @Test func aLinkToAFolder() throws {
        try Self.check(Self.small, at: "", after: "mv envs hidden && ln -s hidden envs") { _, all in
            for files in all {
                let names = try files.names(in: "envs")
                #expect(names == ["dev.yaml"])
            }
        }
    }

    @Test func aLinkToALink() throws {
        try Self.check(
            Self.small, at: "", after: "ln -s small.yaml vms/presets/b.yaml && ln -s b.yaml vms/presets/c.yaml")
    }

    /// What is staged is neither what was committed nor what lies there.
    @Test func theIndexIsItsOwnState() throws {
        try Self.check(Self.small, at: "conf/") { site, _ in
            let script =
                "echo 'memory: 2048' > vms/presets/small.yaml && git add . && echo 'memory: 4096' > vms/presets/small.yaml"
            #expect(try Program.shell(script, in: site).status == 0)
            let states: [any SiteFiles] = [
                try GitFiles("HEAD", ofSiteIn: site.path), try GitFiles(stagedIn: site.path),
                DiskFiles(root: site.path),
            ]
            let texts = try states.map {
                String(decoding: try $0.read("vms/presets/small.yaml", limit: 99), as: UTF8.self)
            }
            #expect(texts == ["memory: 1024\n", "memory: 2048\n", "memory: 4096\n"])
            _ = try Program.shell("git rm -q --cached envs/dev.yaml", in: site)
            #expect(throws: FileError.missing) {
                try GitFiles(stagedIn: site.path).read("envs/dev.yaml", limit: 1)
            }
        }
    }

    /// What is no text of the site is asked of one git that stays, object by object; one that it does not have disturbs no other.
    @Test func filesOfAnySizeOneAfterTheOther() throws {
        let sizes = [0, 1, 4095, 65_536, 300_000, 1_000_003]
        let texts = sizes.map {
            String(repeating: "0123456789\n", count: $0 / 11) + String(repeating: "x", count: $0 % 11)
        }
        var files = Self.small
        for (size, text) in zip(sizes, texts) { files["dist/\(size).json"] = text }
        files["dist/lost.json"] = "lost\n"
        try Self.check(files, at: "") { site, all in
            let lost = "rm -f $(git rev-parse HEAD:dist/lost.json | sed 's,^..,.git/objects/&/,')"
            #expect(try Program.shell(lost, in: site).status == 0)
            // What no git makes: a commit where a file should be.
            let commit = "\(Self.git) update-index --add --cacheinfo 100644,$(git rev-parse HEAD),dist/commit.json"
            #expect(try Program.shell(commit, in: site).status == 0)
            for files in [all[1], try GitFiles(stagedIn: site.path)] {
                for (size, text) in zip(sizes, texts) {
                    for limit in [0, 1, size, size + 1, 1 << 30] {
                        let read = try files.read("dist/\(size).json", limit: limit)
                        #expect(read == Array(text.utf8.prefix(limit)), "\(limit) of \(size) bytes")
                    }
                    #expect(throws: FileError.self) { try files.read("dist/lost.json", limit: 10) }
                    #expect(throws: FileError.self) { try files.read("dist/commit.json", limit: 10) }
                }
                let reads = 200
                DispatchQueue.concurrentPerform(iterations: reads) { number in
                    let place = number % sizes.count
                    #expect((try? files.read("dist/\(sizes[place]).json", limit: 1 << 30)) == Array(texts[place].utf8))
                }
            }
        }
    }

    @Test func whatGitDoesNotKnow() throws {
        try Program.withFolder([("site.yaml", "")]) { folder in
            #expect(throws: FileError.self) { try GitFiles(stagedIn: folder.path) }
            #expect(throws: FileError.self) { try GitFiles("HEAD", ofSiteIn: folder.path) }
            _ = try Program.shell("\(Self.git) init -q && \(Self.git) add . && \(Self.git) commit -qm x", in: folder)
            #expect(throws: FileError.self) { try GitFiles("nosuch", ofSiteIn: folder.path) }
            #expect(throws: FileError.self) { try GitFiles("--all", ofSiteIn: folder.path) }
            #expect(throws: FileError.self) { try GitFiles("HEAD:site.yaml", ofSiteIn: folder.path) }
            let commit = try GitFiles("HEAD", ofSiteIn: folder.path).commit ?? ""
            #expect(commit.count == 40 && commit.allSatisfy(\.isHexDigit))
        }
    }

    /// In a hook git says where the index is that is going to be committed: not always the repository's own.
    @Test(arguments: ["", "conf/"]) func hooks(_ place: String) throws {
        var files = Self.small
        files["resolve.yaml"] = "outputs: [{emit: vars, env: dev, to: dist/vars.json}]\n"
        let hook = "#!/bin/sh\ncd './\(place)' && exec resolve build --check --staged --quiet > '../hook-out' 2>&1\n"
        let all = files.map { (path: "repo/" + place + $0.key, text: $0.value) }
        try Program.withFolder(all + [("repo/.git-hook", hook)]) { folder in
            let repository = folder.appendingPathComponent("repo")
            func run(_ line: String) throws -> Program.Result { try Program.shell(line, in: repository) }
            let first = try run(
                "\(Self.git) init -q && (cd './\(place)' && resolve build --quiet) && \(Self.git) add . && \(Self.git) commit -qm x"
            )
            #expect(first.status == 0, "\(first.stderr)")
            _ = try run("cp .git-hook .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit")
            _ = try run("echo 'defaults: {timezone: Europe/Paris}' > './\(place)site.yaml'")
            #expect(try run("\(Self.git) commit -qam stale").status == 1)
            #expect(try run("\(Self.git) commit -qm stale './\(place)site.yaml'").status == 1)
            _ = try run("cd './\(place)' && resolve build --quiet")
            // Half of it is as wrong as none.
            #expect(try run("\(Self.git) commit -qm half './\(place)site.yaml'").status == 1)
            let whole = try run("\(Self.git) commit -qam whole")
            #expect(whole.status == 0, "\(whole.stderr)")
        }
    }
}

/// Files of any kind.
private struct Erased: SiteFiles {
    let files: any SiteFiles

    func names(in folder: String) throws(FileError) -> [String] { try files.names(in: folder) }
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] { try files.read(path, limit: limit) }
    func destination(of path: String) -> String? { files.destination(of: path) }
    var location: String? { files.location }
}
