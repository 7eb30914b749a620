import SiteConfig
import TestSupport
import Testing

/// What Ansible reads, compared with a model that is made from the contract alone (DESIGN §8), over sites of any make.
@Suite struct InventoryModelTests {
    static let seeds = Array(0..<60)

    /// The whole site and each env of it, in every form.
    @Test(arguments: seeds) func inventoriesAreAsTheModel(_ seed: Int) throws {
        let site = RandomFleet.made(seed)
        let compiler = SiteCompiler(MemoryFiles(site.files), identities: Identities())
        for env in [nil] + site.envs.map({ Optional($0.name) }) {
            let model = InventoryModel(site: site, env: env)
            let compiled = compiler.compile(.inventory(.init(env: env)))
            let mistakes = Set(model.mistakes.map(\.code))
            let shown = "\(env ?? "all of it"), \(model.mistakes)\n\(compiled.report.text())\n\(site.shown)"
            // Where it is not clear who is in what, groups may disagree or not.
            let doubtful: Set = mistakes.subtracting(["R0618"]).isEmpty ? [] : ["R0618"]
            let codes = Set(compiled.report.codes)
            #expect(codes.subtracting(doubtful) == mistakes.subtracting(doubtful), "\(shown)")
            guard mistakes.isEmpty, let document = compiled.document else { continue }
            let script = try OrderedJSON.parsed(document.bytes(.redacted))
            #expect(InventoryView(script: script) == model.view, "\(model.view)\n\(shown)")
            Self.checkOrder(script)
            let open = try InventoryView(script: OrderedJSON.parsed(document.bytes(.revealed)))
            #expect(open == InventoryModel(site: site, env: env, isRevealed: true).view, "\(shown)")
            try Self.checkForms(compiler, env, open)
            Self.checkPrecedence(open, shown)
        }
    }

    /// Groups by their names, each of them an object with something in it.
    private static func checkOrder(_ script: OrderedJSON) {
        let groups = script.entries.dropFirst(2)
        #expect(script.entries.map(\.key).prefix(2) == ["_meta", "all"])
        #expect(groups.map(\.key) == groups.map(\.key).sorted())
        #expect(groups.allSatisfy { !$0.value.entries.isEmpty })
    }

    /// Files for the yaml plugin say the same, and so do the answers for single hosts.
    private static func checkForms(_ compiler: SiteCompiler, _ env: String?, _ expected: InventoryView) throws {
        let json = try #require(compiler.compile(.inventory(.init(env: env, form: .json))).document)
        #expect(try InventoryView(tree: OrderedJSON.parsed(json.bytes(.revealed))) == expected)
        let yaml = try #require(compiler.compile(.inventory(.init(env: env, form: .yaml))).document)
        #expect(try InventoryView(tree: BlockYAML.parsed(yaml.bytes(.revealed))) == expected)
        for host in expected.hosts.prefix(1) {
            let compiled = compiler.compile(.inventory(.init(env: env, form: .host(host.name))))
            let variables = try OrderedJSON.parsed(#require(compiled.document).bytes(.revealed))
            #expect(InventoryView.variables(variables) == host.variables)
        }
    }

    /// What Ansible makes of it does not depend on what groups are called, and is what the nearest group says.
    private static func checkPrecedence(_ view: InventoryView, _ shown: String) {
        let nesting = Nesting(view)
        let ansible = AnsiblePrecedence(nesting: nesting)
        for host in view.hosts {
            #expect(ansible.chances(of: host).isEmpty, "\(host.name): \(shown)")
            let variables = ansible.variables(of: host, <)
            #expect(variables == ansible.variables(of: host, >), "\(host.name): \(shown)")
            for (name, value) in variables where host.variables[name] == nil {
                let nearest = nesting.nearest(name, of: host.name)
                #expect(nearest.allSatisfy { $0.value == value }, "\(host.name), \(name): \(shown)")
            }
        }
    }

    /// Neither all of the sites are refused, nor none, and each mistake is among them.
    @Test func theSitesAreOfEveryMake() {
        let mistakes = Self.seeds.map { Set(InventoryModel(site: RandomFleet.made($0)).mistakes.map(\.code)) }
        #expect(mistakes.filter(\.isEmpty).count > Self.seeds.count / 3)
        let all = mistakes.reduce(into: Set()) { $0.formUnion($1) }
        #expect(all == ["R0201", "R0309", "R0615", "R0616", "R0617", "R0618"])
    }
}
