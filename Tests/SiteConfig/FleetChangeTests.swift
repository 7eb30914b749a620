import SiteConfig
import TestSupport
import Testing

/// What changes nothing in inventories and targets, or only what it is about.
@Suite struct FleetChangeTests {
    /// A site with groups that do not disagree, and metrics.
    private static func site(_ seed: Int) -> FleetSite {
        var site = RandomFleet.made(seed, isRight: true)
        let watched = RandomFleet.watched(seed)
        site.scraped = watched.scraped.filter { site.salt.component($0.component) != nil }
        site.nodeMetrics = watched.nodeMetrics
        site.vmMetrics = watched.vmMetrics
        site.probes = watched.probes.filter { $0.job != "node" }
        return site
    }

    private static func targets(_ site: FleetSite) -> [Target] {
        [nil, site.envs[0].name].flatMap { env in
            [
                Target.inventory(.init(env: env)), .inventory(.init(env: env, form: .json)),
                .inventory(.init(env: env, form: .yaml)), .targets(.init(env: env)),
            ]
        }
    }

    /// In whatever order a folder lists its files; also what is wrong is told in one order.
    @Test(arguments: 0..<6) func theOrderOfFilesChangesNothing(_ seed: Int) {
        let sites = [Self.site(seed), RandomFleet.made(seed + 1000)]
        for site in sites {
            let plain = SiteCompiler(MemoryFiles(site.files), identities: Identities())
            let shuffled = SiteCompiler(ShuffledFiles(site.files, seed), identities: Identities())
            for target in Self.targets(site) {
                let (expected, compiled) = (plain.compile(target), shuffled.compile(target))
                #expect(compiled.report.text() == expected.report.text())
                #expect(compiled.document?.bytes(.revealed) == expected.document?.bytes(.revealed))
            }
        }
    }

    /// Nor the order in which files list hosts, groups, components and envs.
    @Test(arguments: 0..<6) func theOrderOfListsChangesNothing(_ seed: Int) {
        let site = Self.site(seed)
        var turned = site
        for index in turned.groups.indices {
            turned.groups[index].children.reverse()
            turned.groups[index].hosts.reverse()
            turned.groups[index].components.reverse()
            turned.groups[index].envs.reverse()
        }
        for index in turned.envs.indices { turned.envs[index].vms.reverse() }
        for index in turned.probes.indices { turned.probes[index].targets.reverse() }
        for target in Self.targets(site) {
            let expected = SiteCompiler(MemoryFiles(site.files), identities: Identities()).compile(target)
            let compiled = SiteCompiler(MemoryFiles(turned.files), identities: Identities()).compile(target)
            #expect(compiled.document?.bytes(.revealed) == expected.document?.bytes(.revealed))
        }
    }

    /// Who has nothing to do with the others leaves them as they were.
    @Test(arguments: 0..<6) func strangersChangeNothing(_ seed: Int) throws {
        let site = Self.site(seed)
        var files = site.files
        files["components/stranger.yaml"] = "requires: [aunt]\nmetrics: [{job: strange, port: 1}]\n"
        files["components/aunt.yaml"] = "ansible_group: aunts\nports: {metrics: 9}\nmetrics: [{}]\n"
        files["pillar/hosts/a_stranger.sls"] =
            "components: [stranger]\nenv: elsewhere\nvars: {own: 9}\nlabels: {team: x}\ninstances: [h.example.net]\n"
        files["envs/elsewhere.yaml"] = "vms: [{name: far, ip: 10.9.9.9/24}]\nvars: {far: 9}\n"
        files["groups/strangers.yaml"] = "children: [a]\nenvs: [elsewhere]\nvars: {strange: 9}\n"
        files["probes/strange-urls.yaml"] = "targets: [https://far.example.org/]\nlabels: {team: x}\n"
        let plain = SiteCompiler(MemoryFiles(site.files), identities: Identities())
        let peopled = SiteCompiler(MemoryFiles(files), identities: Identities())
        try Self.checkInventory(plain, peopled)
        let (jobs, before) = plain.compileJobs(.init())
        let (all, after) = peopled.compileJobs(.init())
        #expect(before.isClean == after.isClean, "\(after.text())")
        let known = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.document.bytes(.redacted)) })
        // A VM of another env is watched, too.
        for job in jobs where !site.vmMetrics.contains(where: { $0.job == job.name }) {
            #expect(known[job.name] == job.document.bytes(.redacted), "\(job.name)\n\(site.shown)")
        }
        // The names of envs are the only way from one to the other.
        let env = site.envs[0].name
        let expected = plain.compile(.targets(.init(env: env))).document?.bytes(.redacted)
        #expect(peopled.compile(.targets(.init(env: env))).document?.bytes(.redacted) == expected)
    }

    private static func checkInventory(_ plain: SiteCompiler, _ peopled: SiteCompiler) throws {
        func view(_ compiler: SiteCompiler) throws -> InventoryView {
            let compiled = compiler.compile(.inventory(.init()))
            let document = try #require(compiled.document, "\(compiled.report.text())")
            return try InventoryView(script: OrderedJSON.parsed(document.bytes(.revealed)))
        }
        let (before, after) = try (view(plain), view(peopled))
        let strangers: Set = ["a_stranger_1", "far"]
        #expect(after.hosts.filter { !strangers.contains($0.name) } == before.hosts)
        #expect(after.all.variables == before.all.variables)
        for (name, group) in before.groups {
            var now = after.groups[name]
            // Every VM is in `vms`.
            now?.hosts.removeAll { strangers.contains($0) }
            #expect(now == group, "\(name)")
        }
    }

    /// Which hosts an env has is the same for every group that names it, whatever it is called: also what a file puts into
    /// the env's own group.
    @Test func groupsOfAnEnvAreAlike() throws {
        let files = [
            "site.yaml": "", "envs/prod.yaml": "vms: [{name: web, ip: 10.0.0.1/24}]\n",
            "pillar/hosts/kt.sls": "instances: {1: 10.0.0.9}\n", "groups/env_prod.yaml": "hosts: [kt_1]\n",
            "groups/apps.yaml": "envs: [prod]\n", "groups/ops.yaml": "envs: [prod]\n",
        ]
        let document = try #require(SiteCompiler(MemoryFiles(files)).compile(.inventory(.init())).document)
        let view = try InventoryView(script: OrderedJSON.parsed(document.bytes(.redacted)))
        #expect(view.groups["apps"] == view.groups["ops"])
    }
}
