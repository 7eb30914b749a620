import SiteConfig
import TestSupport
import Testing

/// What Prometheus reads, compared with a model that is made from the contract alone (DESIGN §9), over sites of any make.
@Suite struct TargetsModelTests {
    static let seeds = Array(0..<50)

    @Test(arguments: seeds) func targetsAreAsTheModel(_ seed: Int) throws {
        let site = RandomFleet.watched(seed)
        let compiler = SiteCompiler(MemoryFiles(site.files))
        for env in [nil] + site.envs.map({ Optional($0.name) }) {
            let model = TargetsModel(site: site, env: env)
            let shown = "\(env ?? "all of it")\n\(site.shown)"
            let compiled = compiler.compile(.targets(.init(env: env)))
            let codes = Set(compiled.report.codes)
            #expect(
                codes.subtracting(["R0713", "R0714", "R0715"]) == model.mistakes, "\(compiled.report.text())\n\(shown)")
            #expect(codes.contains("R0713") == model.isBlind, "\(compiled.report.text())\n\(shown)")
            let areTwins = codes.contains("R0714")
            #expect(areTwins ? model.mayHaveTwins : !model.hasTwins, "\(compiled.report.text())\n\(shown)")
            guard model.mistakes.isEmpty else { continue }
            for job in [nil] + model.jobs.prefix(2).map({ Optional($0) }) {
                let document = compiler.compile(.targets(.init(job: job, env: env))).document
                let text = try String(decoding: #require(document).bytes(.redacted), as: UTF8.self)
                guard let expected = model.list(of: job) else { continue }
                #expect(text == expected.lines() + "\n", "\(job ?? "every job") of \(shown)")
            }
        }
    }

    /// What jobs are written one by one say together what is written as a whole.
    @Test(arguments: seeds.prefix(15)) func jobsAreTheWhole(_ seed: Int) throws {
        let site = RandomFleet.watched(seed)
        let compiler = SiteCompiler(MemoryFiles(site.files))
        for env in [nil, site.envs[0].name] {
            let model = TargetsModel(site: site, env: env)
            guard model.mistakes.isEmpty else { continue }
            let (jobs, report) = compiler.compileJobs(.init(env: env))
            #expect(jobs.map(\.name) == model.jobs, "\(report.text())\n\(site.shown)")
            var pairs: Set<String> = []
            for job in jobs {
                let list = try OrderedJSON.parsed(job.document.bytes(.redacted))
                let alone = try #require(compiler.compile(.targets(.init(job: job.name, env: env))).document)
                #expect(job.document.bytes(.redacted) == alone.bytes(.redacted))
                pairs.formUnion(list.pairs)
            }
            let whole = try #require(compiler.compile(.targets(.init(env: env))).document).bytes(.redacted)
            #expect(try OrderedJSON.parsed(whole).pairs == pairs, "\(site.shown)")
        }
    }
}
