import Resolution
import SiteModel
import Testing

/// `!unset` removes what is inherited, all but what is forced; what comes after it counts as if it stood alone (DESIGN §3).
@Suite struct UnsetTests {
    static let seeds = Array(0..<200)
    static let withoutForce = Set(MergeTag.allCases).subtracting([.force, .unset])
    static let withoutUnset = Set(MergeTag.allCases).subtracting([.unset])

    private static func unsetting(_ layers: [Fields]) -> Fields {
        Fields(
            layers.flatMap { $0.entries.map(\.key) }.firstSeen.map {
                Fields.Entry($0, Written.unset.value(in: .template))
            })
    }

    @Test(arguments: seeds, MergeRule.allCases)
    func whatStandsBeforeAnUnsetHasNoInfluence(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed, tags: Self.withoutForce)
        let before = maker.wildLayers(3)
        maker.tags = Set(MergeTag.allCases)
        let after = maker.wildLayers(2)
        let unset = Self.unsetting(before + after)
        #expect(
            merged(before + [unset] + after, rule).leaves == merged([unset] + after, rule).leaves,
            "\((before + after).shown)")
    }

    @Test(arguments: seeds, MergeRule.allCases)
    func whatIsSetAfterAnUnsetCountsAsIfAlone(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed, tags: Self.withoutForce)
        let before = maker.wildLayers(2)
        maker.tags = Self.withoutUnset
        let after = maker.wildLayers(2)
        let layers = before + [Self.unsetting(before + after)] + after
        #expect(merged(layers, rule).leaves == merged(after, rule).leaves, "\(layers.shown)")
    }

    /// Of each field the forced values are left, and of each leaf where maps are merged deep.
    @Test(arguments: seeds, MergeRule.allCases) func forceSurvivesANearerUnset(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed, tags: [.force])
        let layers = rule == .deep ? maker.agreeingLayers(3) : maker.listLayers(3)
        let forced = layers.map {
            rule == .deep ? $0.forced : Fields($0.entries.filter { $0.value.origin.strength == .force })
        }
        #expect(
            merged(layers + [Self.unsetting(layers)], rule).leaves == merged(forced, rule).leaves, "\(layers.shown)")
    }

    @Test func forceSurvivesInSingleLeaves() {
        let map = layer(["m": .map([("a", .tagged(.force, .scalar(1))), ("b", .scalar(2))])])
        #expect(merged([map, layer(["m": .unset])], .deep).leaves == ["m.a=1"])
        #expect(merged([map, layer(["m": .map([("a", .unset), ("b", .unset)])])], .deep).leaves == ["m.a=1"])
        #expect(
            merged([map, layer(["m": .unset]), layer(["m": .map([("a", .scalar(3)), ("b", .scalar(4))])])], .deep)
                .leaves == ["m.a=1", "m.b=4"])
    }

    /// Down to the built-in value, not including it. No built-in value is a map.
    @Test(arguments: seeds, [MergeRule.replace, .union, .append]) func whatIsBuiltInStays(
        _ seed: Int, _ rule: MergeRule
    ) {
        var maker = LayerMaker(seed)
        let shapes: [(Key, Shape)] = (0..<3).map { (Key("f\($0)"), .list) }
        let builtIn = maker.layer(shapes, .builtIn)
        let layers = [builtIn, maker.layer(shapes), maker.layer(shapes)]
        #expect(merged(layers + [Self.unsetting(layers)], rule).leaves == builtIn.leaves, "\(layers.shown)")
    }

    /// As `packages` of a posture, below which stand the site's and the built-in empty list.
    @Test(arguments: [MergeRule.replace, .union, .append]) func whatIsBuiltInStaysBelowAJoinedList(_ rule: MergeRule) {
        let layers = [layer(["f": .list([])], .builtIn), layer(["f": .list([1])]), layer(["f": .unset])]
        #expect(merged(layers, rule).leaves == ["f=[]"])
        #expect(merged(layers + [layer(["f": .list([2])])], rule).leaves == ["f=[2]"])
    }

    /// A default that is nearer than the unset is not inherited, so it holds.
    @Test(arguments: MergeRule.allCases) func aFallbackAfterAnUnsetHolds(_ rule: MergeRule) {
        let far = layer(["f": .tagged(.default, .list([1]))])
        let near = layer(["f": .tagged(.default, .list([2]))])
        let unset = layer(["f": .unset])
        #expect(merged([unset, near], rule).leaves == ["f=[2]"])
        #expect(merged([far, unset, near], rule).leaves == ["f=[2]"])
        #expect(merged([far, unset], rule).isEmpty)
    }

    @Test func aFallbackOfALeafAfterAnUnsetHolds() {
        let fallback = layer(["m": .map([("a", .tagged(.default, .scalar(1)))])])
        #expect(merged([layer(["m": .map([("a", .unset)])]), fallback], .deep).leaves == ["m.a=1"])
        #expect(merged([layer(["m": .unset]), fallback], .deep).leaves == ["m.a=1"])
    }

    /// Whatever other leaves were set after the unset, or survived it.
    @Test func aFallbackHoldsBesideOtherLeaves() {
        let unset = layer(["m": .unset])
        let fallback = layer(["m": .map([("a", .tagged(.default, .scalar(1)))])])
        let both = ["m.a=1", "m.b=2"]
        #expect(merged([unset, layer(["m": .map([("b", .scalar(2))])]), fallback], .deep).leaves == both)
        let forced = layer(["m": .map([("b", .tagged(.force, .scalar(2)))])])
        #expect(merged([forced, unset, fallback], .deep).leaves == both)
    }

    /// `!replace` forgets what is not stronger, an unset as well, whether of the map or of the leaf.
    @Test func replaceForgetsAnUnset() {
        let map: Written = .map([("a", .tagged(.default, .scalar(1))), ("b", .scalar(2))])
        let nearer = layer(["m": .tagged(.replace, map)])
        for far: Written in [.map([("a", .unset)]), .map([("a", .scalar(3))]), .unset, .scalar(3)] {
            #expect(merged([layer(["m": far]), nearer], .deep).leaves == ["m.a=1", "m.b=2"], "\(far)")
        }
    }
}

extension Fields {
    /// The leaves that are forced.
    fileprivate var forced: Fields {
        Fields(
            entries.compactMap { entry in
                guard let map = entry.value.map else { return entry.value.origin.strength == .force ? entry : nil }
                let inner = map.forced
                return inner.isEmpty ? nil : Entry(entry.key, Value(.map(inner), entry.value.origin))
            })
    }
}
