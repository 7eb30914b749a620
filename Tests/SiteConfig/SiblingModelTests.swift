import SiteConfig
import Testing

/// Components that contradict each other are an error, R0303, just where the order in which they are listed would decide
/// (DESIGN §3, *siblings*): on no other minion, and nowhere else is anything decided by that order.
@Suite struct SiblingModelTests {
    static let seeds = Array(0..<50)

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

    /// Keys that the site wants replaced whole: their maps are single values.
    @Test(arguments: seeds) func whatIsReplacedWholeIsAsTheModel(_ seed: Int) {
        var siblings = Self.siblings([.force, .default])
        siblings.mayReplaceWhole = true
        check(RandomSaltSite.made(seed, siblings))
    }

    /// All of that at once, with what they extend.
    @Test(arguments: seeds) func heirsAreAsTheModel(_ seed: Int) {
        var siblings = Self.siblings([.force, .default, .replace, .append, .union])
        siblings.mayExtend = true
        siblings.mayUnset = true
        check(RandomSaltSite.made(seed, siblings))
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

    /// A map in which nothing stands is there all the same, and what one removes is not.
    @Test(arguments: ["a: {}", "a: {x: !unset }"]) func aMapThatOneRemovesIsAContradiction(_ map: String) {
        let files = [
            "site.yaml": "", "components/one.yaml": "pillar: {a: !unset }\n",
            "components/two.yaml": "pillar: {\(map)}\n",
            "pillar/hosts/kt_web.sls": "components: [one, two]\ninstances: [10.0.0.1]\n",
        ]
        #expect(SiteCompiler(MemoryFiles(files)).compile(.pillar("kt_web_1")).report.codes == ["R0303"])
    }

    /// Maps of a key that is replaced whole, though they share no key themselves.
    @Test(arguments: ["", "merge: {pillar.a: deep}\n", "merge: {pillar.a: replace}\n"])
    func mapsThatAreReplacedWholeAreOne(_ rule: String) {
        let files = [
            "site.yaml": rule, "components/one.yaml": "pillar: {a: {x: 1}}\n",
            "components/two.yaml": "pillar: {a: {y: 1}}\n",
            "pillar/hosts/kt_web.sls": "components: [one, two]\ninstances: [10.0.0.1]\n",
        ]
        let codes = SiteCompiler(MemoryFiles(files)).compile(.pillar("kt_web_1")).report.codes
        #expect(codes == (rule.contains("replace") ? ["R0303"] : []))
    }

    private static func siblings(_ tags: [Said.Tag]) -> RandomSaltSite.Siblings {
        .init(
            areSettled: false, count: 4, mayExtend: false, mayUnset: false, mayReplaceWhole: false, tags: tags)
    }

    private func check(_ site: SaltSite) {
        let model = PillarModel(site: site)
        let compiler = SiteCompiler(MemoryFiles(site.files))
        for minion in model.minions.prefix(3) {
            let codes = compiler.compile(.pillar(minion.id)).report.codes
            let isDoubtful = model.dependsOnOrder(minion.group, minion.instance)
            #expect(
                codes.contains("R0303") == isDoubtful,
                "\(minion.id): the order decides: \(isDoubtful)\n\(site.shown)")
        }
    }
}
