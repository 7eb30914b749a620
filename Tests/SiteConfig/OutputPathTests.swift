import Foundation
import SiteConfig
import TestSupport
import Testing

/// Where `resolve build` may write, and where not: DESIGN §11.
@Suite struct OutputPathTests {
    private static let site = [
        "site.yaml": "", "envs/dev.yaml": "vms: []\n", "envs/prod.yaml": "vms: []\n", "envs/site.yaml": "vms: []\n",
    ]

    private static func build(_ items: [String], _ request: BuildRequest = BuildRequest()) -> Build {
        var files = site
        files["resolve.yaml"] = "outputs:\n" + items.map { "  - {\($0)}\n" }.joined()
        return SiteCompiler(MemoryFiles(files)).build(request)
    }

    private static func vars(_ to: String, env: String = "dev") -> String {
        "emit: vars, env: \"\(env)\", to: \(OrderedJSON.string(to).text)"
    }

    @Test(arguments: [
        ("a", "a"), ("dist/dev.json", "dist/dev.json"), ("a//b", "a/b"), ("./a", "a"), ("a/./b", "a/b"),
        ("a/b/../c", "a/c"),
        ("a b/ö.json", "a b/ö.json"), ("a/\u{301}/../b", "a/b"), (".hidden", ".hidden"),
        ("dist/site.yaml", "dist/site.yaml"),
        ("envs/dev.json", "envs/dev.json"), ("envs/sub/dev.yaml", "envs/sub/dev.yaml"), (".gitx/a", ".gitx/a"),
        ("a.git/b", "a.git/b"), ("sites.yaml", "sites.yaml"), ("...", "..."), ("~/a", "~/a"), ("a\\b", "a\\b"),
        ("{env}.json", "dev.json"), ("{env}/{env}", "dev/dev"), ("a}b", "a}b"), ("a{b", "a{b"),
    ])
    func fine(_ to: String, _ path: String) {
        let build = Self.build([Self.vars(to)])
        #expect(build.report.isClean && build.outputs.map(\.path) == [path], "\(build.report.text())")
    }

    @Test(arguments: [
        "/", ".", "..", "a/..", "/etc/passwd", "../x", "a/../../x", "./../x", ".git/x", ".git", "a/.git/hooks/x",
        "site.yaml", "./site.yaml", "a/../site.yaml", "site.yml", "resolve.yaml", "resolve.yml", "allocations.yaml",
        ".resolve.lock", "./.resolve.lock", "secrets.yaml", "secrets.json", "secrets.yaml.enc", "secrets.yaml.age",
        "secrets.enc.yaml", "secrets/x", "secrets/hosts/x.yaml", "secrets", "envs/x.yaml", "envs/x.yml", "envs//x.yaml",
        "nodes/x.yaml", "hosts/x.yaml", "vms/x.yaml", "vms/presets/x.yaml", "presets/x.yaml", "v2/presets/x.yaml",
        "postures/x.yaml", "v2/postures/x.yaml", "specs/x.yaml", "v2/specs/x.yaml", "manifests/x.yaml",
        "pillar/hosts/x.sls", "components/x.yaml", "groups/x.yaml", "probes/x.yaml", "{unknown}", "{}", "{node}",
        "{env}/{job}", "a\0b", "../\u{301}x", ".git/\u{301}x", "secrets/\u{301}x", "envs/\u{301}x.yaml",
    ])
    func refused(_ to: String) {
        let build = Self.build([Self.vars(to)])
        #expect(build.report.codes == ["R0716"] && build.outputs.isEmpty, "\(to): \(build.report.text())")
    }

    @Test func nothingIsNoPath() { #expect(Self.build([Self.vars("")]).report.codes == ["R0402"]) }

    /// How far up: to the root of the repository, or anywhere.
    @Test(arguments: [
        ("../x", 1, true), ("../../x", 1, false), ("../../x", 2, true), ("a/../../x", 1, true), ("../.git/x", 1, false),
        ("../secrets.yaml", 1, true), ("/etc/x", 9, false),
    ])
    func depth(_ to: String, _ depth: Int, _ isFine: Bool) {
        let build = Self.build([Self.vars(to)], BuildRequest(depth: depth))
        #expect(build.report.isClean == isFine, "\(build.report.text())")
        let anywhere = Self.build([Self.vars(to)], BuildRequest(allowsOutside: true))
        #expect(anywhere.report.isClean == !to.contains(".git"), "\(anywhere.report.text())")
    }

    @Test(arguments: [
        (["a", "a"], false), (["a/b", "a//b"], false), (["a", "./a"], false), (["a", "a/b"], false),
        (["a/b/c", "a"], false), (["a", "a.b", "a-b", "a/b"], false), (["a", "a-b/c", "a.b/c"], true),
        (["a/b", "a/c"], true), (["A", "a"], true),
    ])
    func several(_ paths: [String], _ isFine: Bool) {
        let build = Self.build(paths.map { Self.vars($0) })
        #expect(build.report.isClean == isFine, "\(build.report.text())")
        #expect(isFine || Set(build.report.codes) == ["R0716"])
    }

    /// A pattern stands for several files.
    @Test(arguments: [
        ("*", "dist/{env}.json", ["dist/dev.json", "dist/prod.json", "dist/site.json"]), ("*", "dist/all.json", nil),
        ("d*", "dist/all.json", ["dist/all.json"]), ("p*", "{env}", ["prod"]), ("*", "{env}.yaml", nil),
        ("x*", "{env}", nil), ("nosuch", "{env}", nil), ("[dp]*", "{env}", ["dev", "prod"]), ("", "{env}", nil),
    ])
    func patterns(_ env: String, _ to: String, _ paths: [String]?) {
        let build = Self.build([Self.vars(to, env: env)])
        #expect(build.report.isClean == (paths != nil), "\(build.report.text())")
        #expect(build.outputs.map(\.path) == paths ?? [])
    }

    /// What a command's options must not be.
    @Test(arguments: [
        "emit: nosuch, to: a", "emit: vars, to: a", "emit: vars, env: dev, posture: dev, to: a", "emit: env, to: a",
        "emit: vars, env: dev", "env: dev, to: a", "emit: vars, env: dev, job: x, to: a", "emit: pillar, to: a",
        "emit: inventory, format: xml, to: a", "emit: roster, format: script, to: a", "emit: vm, name: x, to: a",
        "emit: vars, env: dev, to: [a]", "emit: vars, env: dev, to: a, redact: maybe", "emit: vars, env: dev, too: a",
        "emit: manifest, manifest: nosuch, to: a", "emit: host, host: nosuch, to: a", "emit: pillar, minion: x, to: a",
        "emit: env, env: dev, node: nosuch, to: a", "emit: targets, job: nosuch, to: a",
        "emit: inventory, host: x, to: a",
    ])
    func mistakes(_ item: String) {
        let build = Self.build([item, Self.vars("b")])
        #expect(!build.report.isClean && build.outputs.isEmpty, "\(item)")
    }

    // MARK: What should be otherwise

    @Test func aFolderIsNoFile() {
        #expect(!Self.build([Self.vars("dist/")]).report.isClean)
        #expect(!Self.build([Self.vars("probes")]).report.isClean)
    }

    /// Two normal forms of a letter are two names.
    @Test func pathsAreToldApartByTheirBytes() {
        let build = Self.build([Self.vars("\u{E9}"), Self.vars("e\u{301}")])
        #expect(build.report.isClean, "\(build.report.text())")
    }

    /// A path that leads up and down again ends in the site all the same.
    @Test(arguments: ["../conf/envs/x.yaml", "../conf/secrets.yaml", "../conf/site.yaml"])
    func theWayRound(_ to: String) throws {
        var files = Self.site
        files["resolve.yaml"] = "outputs: [{\(Self.vars(to))}]\n"
        try Program.withFolder(files.map { (path: "conf/" + $0.key, text: $0.value) }) { folder in
            let site = folder.appendingPathComponent("conf").path
            let inside = SiteCompiler(DiskFiles(root: site)).build(BuildRequest(depth: 1))
            #expect(inside.report.codes.contains("R0716"))
        }
    }

    /// Names with spaces and colons are whole in what `--check` tells programs.
    @Test func namesAreToldWhole() throws {
        var files = Self.site
        files["resolve.yaml"] = "outputs: [{\(Self.vars("my dist/a: b.json"))}]\n"
        let built = try #require(BuiltSite(files))
        let checked = try Checked(built.with(outputs: ["my dist/a: b.json": "{}"]))
        #expect(checked.named == ["my dist/a: b.json"])
    }
}
