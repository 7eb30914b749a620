import SiteConfig
import TestSupport
import Testing

/// What Salt reads, compared with a model that is made from the contract alone (DESIGN §7), over sites of any make.
@Suite struct PillarModelTests {
    static let seeds = Array(0..<100)

    @Test(arguments: seeds) func pillarsAreAsTheModel(_ seed: Int) throws {
        let site = RandomSaltSite.made(seed)
        let compiler = SiteCompiler(MemoryFiles(site.files), identities: Identities())
        for minion in PillarModel(site: site).minions {
            let compiled = compiler.compile(.pillar(minion.id))
            #expect(compiled.report.codes.isEmpty, "\(compiled.report.text())\n\(site.shown)")
            let document = try #require(compiled.document)
            let hidden = try OrderedJSON.parsed(document.bytes(.redacted)).text
            #expect(hidden == PillarModel(site: site).pillar(of: minion).text, "\(minion.id)\n\(site.shown)")
            let revealed = try OrderedJSON.parsed(document.bytes(.revealed)).text
            #expect(
                revealed == PillarModel(site: site, isRevealed: true).pillar(of: minion).text,
                "\(minion.id)\n\(site.shown)")
        }
    }

    @Test(arguments: seeds) func minionsAreAsTheModel(_ seed: Int) throws {
        let site = RandomSaltSite.made(seed)
        let compiler = SiteCompiler(MemoryFiles(site.files), identities: Identities())
        let minions = PillarModel(site: site).minions
        let (listing, report) = compiler.minions()
        #expect(listing?.entries.map(\.name) == minions.map(\.id), "\(report.text())\n\(site.shown)")
        #expect(listing?.entries.map(\.path) == minions.map { "pillar/hosts/\($0.group.stem).sls" })
        // Of each host group one.
        for (minion, next) in zip(minions, minions.dropFirst().map(\.group.stem) + [""]) where minion.group.stem != next
        {
            let tops = try Self.yaml(compiler.compile(.tops(minion.id)), .redacted)
            #expect(tops.text == PillarModel(site: site).tops(of: minion).text, "\(site.shown)")
        }
    }

    @Test(arguments: seeds) func rostersAreAsTheModel(_ seed: Int) throws {
        let site = RandomSaltSite.made(seed)
        let compiler = SiteCompiler(MemoryFiles(site.files), identities: Identities())
        for disclosure in [Document.Disclosure.redacted, .revealed] {
            let expected = PillarModel(site: site, isRevealed: disclosure == .revealed).roster.text
            let json = try Self.json(compiler.compile(.roster(.init(form: .json))), disclosure)
            #expect(json.text == expected, "\(site.shown)")
            let yaml = try Self.yaml(compiler.compile(.roster(.init(form: .yaml))), disclosure)
            #expect(yaml.text == expected, "\(site.shown)")
        }
    }

    @Test(arguments: seeds) func nodegroupsAreAsTheModel(_ seed: Int) throws {
        let site = RandomSaltSite.made(seed)
        let compiler = SiteCompiler(MemoryFiles(site.files), identities: Identities())
        let nodegroups = try Self.yaml(compiler.compile(.nodegroups), .redacted)
        let expected = PillarModel(site: site).nodegroups.map { group in
            (key: group.key, value: OrderedJSON.list(group.ids.map { .string($0) }))
        }
        #expect(nodegroups.text == OrderedJSON.map([("ssh_list_nodegroups", .map(expected))]).text, "\(site.shown)")
    }

    /// What the pillar itself says under `host` is not lost, and stands where it first stood.
    @Test func hostIsTheLastLayer() throws {
        let files = [
            "site.yaml": "", "components/a.yaml": "pillar: {a: 1, host: {rack: 7}}\n",
            "pillar/hosts/kt_web.sls": "components: [a]\nb: 2\nhost: {zone: z}\ninstances: {blue: 10.0.0.1}\n",
        ]
        let pillar = try Self.json(SiteCompiler(MemoryFiles(files)).compile(.pillar("kt_web_blue")), .redacted)
        #expect(pillar.entries.map(\.key) == ["a", "host", "b"])
        #expect(
            pillar["host"]?.text == """
                {"rack": 7, "zone": "z", "id": "kt_web_blue", "group": "kt", "label": "web", "instance": "blue", \
                "env": null, "ip": "10.0.0.1", "components": ["a"], "states": ["a"]}
                """)
    }

    private static func json(_ compiled: Compilation, _ disclosure: Document.Disclosure) throws -> OrderedJSON {
        try OrderedJSON.parsed(#require(compiled.document, "\(compiled.report.text())").bytes(disclosure))
    }

    private static func yaml(_ compiled: Compilation, _ disclosure: Document.Disclosure) throws -> OrderedJSON {
        try BlockYAML.parsed(#require(compiled.document, "\(compiled.report.text())").bytes(disclosure))
    }
}

extension SaltSite {
    /// For a person who looks for what went wrong.
    var shown: String { files.sorted { $0.key < $1.key }.map { "-- \($0.key) --\n\($0.value)" }.joined() }
}
