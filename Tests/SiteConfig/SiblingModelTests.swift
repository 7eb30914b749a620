import SiteConfig
import Testing

/// Components that contradict each other are an error, R0303, just where the order in which they are listed would decide
/// (DESIGN §3, *siblings*): on no other minion, and nowhere else is anything decided by that order.
@Suite struct SiblingModelTests {
    static let seeds = Array(0..<80)

    /// Values, forced ones and fallbacks.
    @Test(arguments: seeds) func contradictionsAreErrors(_ seed: Int) {
        check(RandomSaltSite.made(seed, Self.siblings([.force, .default])))
    }

    /// Lists that are joined, on both sides or on one.
    @Test(arguments: seeds) func joinedListsAreAsTheModel(_ seed: Int) {
        check(RandomSaltSite.made(seed, Self.siblings([.append, .union])))
    }

    /// What one removes, another sets.
    @Test(arguments: seeds) func whatIsRemovedIsAsTheModel(_ seed: Int) {
        var siblings = Self.siblings([.replace])
        siblings.mayUnset = true
        check(RandomSaltSite.made(seed, siblings))
    }

    /// With what they extend. It may be an error, too, that what one inherits is not what another sets.
    @Test(arguments: seeds) func heirsAreNeverDecidedByOrder(_ seed: Int) {
        var siblings = Self.siblings([.force, .default])
        siblings.mayExtend = true
        check(RandomSaltSite.made(seed, siblings), isExact: false)
    }

    /// Maps that say nothing of each other's keys.
    @Test(arguments: ["a: {}", "a: {x: !unset }"]) func mapsAreNoContradiction(_ map: String) {
        let files = [
            "site.yaml": "", "components/full.yaml": "pillar: {a: {y: 1}}\n",
            "components/empty.yaml": "pillar: {\(map)}\n",
            "pillar/hosts/kt_web.sls": "components: [full, empty]\ninstances: [10.0.0.1]\n",
        ]
        #expect(SiteCompiler(MemoryFiles(files)).compile(.pillar("kt_web_1")).report.codes.isEmpty)
    }

    private static func siblings(_ tags: [Said.Tag]) -> RandomSaltSite.Siblings {
        .init(areSettled: false, count: 4, mayExtend: false, mayUnset: false, tags: tags)
    }

    private func check(_ site: SaltSite, isExact: Bool = true) {
        let model = PillarModel(site: site)
        let compiler = SiteCompiler(MemoryFiles(site.files))
        for minion in model.minions.prefix(3) {
            let codes = compiler.compile(.pillar(minion.id)).report.codes
            let isDoubtful = model.dependsOnOrder(minion.group, minion.instance)
            let isAnswered = codes.contains("R0303") == isDoubtful || (!isExact && !isDoubtful)
            #expect(isAnswered, "\(minion.id): the order decides: \(isDoubtful)\n\(site.shown)")
        }
    }
}
