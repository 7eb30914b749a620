import SiteConfig
import TestSupport
import Testing

/// The order of components, where there are many, and what has no say in a pillar.
@Suite struct ComponentOrderTests {
    /// Each requires the next; nothing in it is deep enough to end in a crash.
    @Test func aLongChainIsItsReverse() throws {
        let count = 10_000
        var files = Self.site(["c0"])
        for index in 0..<count {
            files["components/c\(index).yaml"] = index + 1 < count ? "requires: [c\(index + 1)]\n" : ""
        }
        let order = (0..<count).reversed().map { "c\($0)" }
        #expect(try Self.components(files) == order)
    }

    @Test func aDiamondIsEachOnce() throws {
        var files = Self.site(["top", "right"])
        files["components/top.yaml"] = "requires: [left, right]\npillar: {x: 4, top: 1}\n"
        files["components/left.yaml"] = "requires: [base]\npillar: {x: 2, left: 1}\n"
        files["components/right.yaml"] = "requires: [base]\npillar: {x: 2, right: 1}\n"
        files["components/base.yaml"] = "pillar: {base: 1, x: 1}\n"
        #expect(try Self.components(files) == ["base", "left", "right", "top"])
        let pillar = try Self.pillar(files)
        #expect(pillar.entries.map(\.key) == ["base", "x", "left", "right", "top", "host"])
        #expect(pillar["x"]?.text == "4")
    }

    /// Twenty diamonds, one on the other: a million ways down.
    @Test func manyDiamondsEndQuickly() throws {
        var files = Self.site(["top0"])
        for level in 0..<20 {
            files["components/top\(level).yaml"] = "requires: [left\(level), right\(level)]\n"
            files["components/left\(level).yaml"] = "requires: [top\(level + 1)]\n"
            files["components/right\(level).yaml"] = "requires: [top\(level + 1)]\n"
        }
        files["components/top20.yaml"] = ""
        let order = ["top20"] + (0..<20).reversed().flatMap { ["left\($0)", "right\($0)", "top\($0)"] }
        #expect(try Self.components(files) == order)
    }

    @Test(arguments: [1, 2, 1000]) func aCircleIsAnError(_ count: Int) {
        var files = Self.site(["c0"])
        for index in 0..<count { files["components/c\(index).yaml"] = "requires: [c\((index + 1) % count)]\n" }
        let compiler = SiteCompiler(MemoryFiles(files))
        for compiled in [compiler.compile(.pillar("kt_web_1")), compiler.compile(.nodegroups), compiler.validate()] {
            #expect(compiled.report.codes == ["R0302"])
            #expect(compiled.document == nil)
        }
    }

    /// In whatever order a folder lists its files.
    @Test(arguments: 0..<8) func theOrderOfFilesChangesNothing(_ seed: Int) {
        let site = RandomSaltSite.made(seed)
        let plain = SiteCompiler(MemoryFiles(site.files), identities: Identities())
        let shuffled = SiteCompiler(ShuffledFiles(site.files, seed), identities: Identities())
        var targets: [Target] = [.nodegroups, .roster(.init())]
        for minion in PillarModel(site: site).minions.prefix(4) { targets += [.pillar(minion.id), .tops(minion.id)] }
        for target in targets {
            let (expected, compiled) = (plain.compile(target), shuffled.compile(target))
            #expect(compiled.report.text() == expected.report.text())
            #expect(compiled.document?.bytes(.revealed) == expected.document?.bytes(.revealed))
        }
    }

    /// What a minion has nothing to do with changes no byte of its pillar.
    @Test(arguments: 0..<8) func strangersChangeNothing(_ seed: Int) {
        let site = RandomSaltSite.made(seed)
        var files = site.files
        files["components/stranger.yaml"] = "requires: [aunt]\npillar: {nginx: {a: 1}, x: 1}\n"
        files["components/aunt.yaml"] = "pillar: {limits: 2, x: 2}\n"
        files["secrets/components/stranger.yaml"] = "{x: 3}\n"
        files["pillar/hosts/a_stranger.sls"] =
            "components: [stranger]\nenv: elsewhere\nmotd: {a: 1}\ninstances: [h.example.net]\n"
        files["secrets/hosts/a_stranger.yaml"] = "{x: 4}\n"
        files["envs/elsewhere.yaml"] = "vms: []\n"
        let plain = SiteCompiler(MemoryFiles(site.files), identities: Identities())
        let peopled = SiteCompiler(MemoryFiles(files), identities: Identities())
        for minion in PillarModel(site: site).minions.prefix(6) {
            for target in [Target.pillar(minion.id), .tops(minion.id)] {
                let (expected, compiled) = (plain.compile(target), peopled.compile(target))
                #expect(compiled.report.text() == expected.report.text())
                #expect(compiled.document?.bytes(.revealed) == expected.document?.bytes(.revealed))
            }
        }
    }

    private static func site(_ components: [String]) -> [String: String] {
        [
            "site.yaml": "",
            "pillar/hosts/kt_web.sls": "components: [\(components.joined(separator: ", "))]\ninstances: [10.0.0.1]\n",
        ]
    }

    private static func pillar(_ files: [String: String]) throws -> OrderedJSON {
        let compiled = SiteCompiler(MemoryFiles(files)).compile(.pillar("kt_web_1"))
        return try OrderedJSON.parsed(#require(compiled.document, "\(compiled.report.text())").bytes(.redacted))
    }

    private static func components(_ files: [String: String]) throws -> [String] {
        try pillar(files)["host"]?["components"]?.items.compactMap(\.string) ?? []
    }
}

/// Files that are listed in another order.
struct ShuffledFiles: SiteFiles {
    private let files: MemoryFiles
    private let seed: Int

    init(_ files: [String: String], _ seed: Int) {
        self.files = MemoryFiles(files)
        self.seed = seed
    }

    func names(in folder: String) throws(FileError) -> [String] {
        var random = SeededNumbers(seed)
        return try files.names(in: folder).shuffled(using: &random)
    }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] { try files.read(path, limit: limit) }
}
