import Resolution
import SiteModel
import Testing

/// `!force` and `!default` mean the same in every layer (DESIGN §3).
@Suite struct StrengthTests {
    static let seeds = Array(0..<200)
    static let strengths: [MergeTag?] = [.default, nil, .force]

    /// Force beats normal and normal beats a fallback, wherever they stand; of two equals the nearer wins.
    @Test(arguments: [Strength.fallback, .normal, .force], [Strength.fallback, .normal, .force])
    func strengthComesBeforeNearness(_ weaker: Strength, _ nearer: Strength) {
        let far: Fields = ["cores": Value(.integer(1), Origin(nil, .preset, strength: weaker))]
        let near: Fields = ["cores": Value(.integer(2), Origin(nil, .instance, strength: nearer))]
        #expect(merged([far, near], by: .vm)["cores"]?.integer == (nearer >= weaker ? 2 : 1))
    }

    /// A tagged fold is the plain fold of the same layers with the stronger ones put nearer.
    @Test(arguments: seeds, [MergeRule.replace, .deep]) func strengthIsNearness(_ seed: Int, _ rule: MergeRule) {
        let layers = Self.layers(seed) { $0.agreeingLayers(6) }
        let sorted = layers.sorted { $0.strength < $1.strength }
        #expect(Self.fold(layers, rule) == Self.fold(sorted, rule), "\(layers)")
        #expect(Self.fold(layers, rule) == Self.fold(sorted.map { Layer(tag: nil, entries: $0.entries) }, rule))
    }

    /// Lists of less strength than another are dropped, not joined.
    @Test(arguments: seeds, [MergeRule.union, .append]) func onlyTheStrongestListsAreJoined(
        _ seed: Int, _ rule: MergeRule
    ) {
        let layers = Self.layers(seed) { $0.listLayers(6, fields: 1, onlyLists: true) }.filter { !$0.entries.isEmpty }
        let strongest = layers.map(\.strength).max()
        #expect(Self.fold(layers, rule) == Self.fold(layers.filter { $0.strength == strongest }, rule), "\(layers)")
    }

    /// Layers of different strength may change places, as long as those of the same keep their order.
    @Test(arguments: seeds, MergeRule.allCases) func layersOfOtherStrengthMayMove(_ seed: Int, _ rule: MergeRule) {
        var random = SeededRandom(seed)
        let layers = Self.layers(seed) { rule == .deep ? $0.agreeingLayers(6) : $0.listLayers(6) }
        var classes = Dictionary(grouping: layers, by: \.strength)
        let moved = layers.shuffled(using: &random).compactMap { classes[$0.strength]?.removeFirst() }
        #expect(moved.count == layers.count)
        #expect(Self.fold(moved, rule) == Self.fold(layers, rule), "\(layers)")
    }

    @Test(arguments: [0, 1]) func aStrengthOnAMapHoldsForEachLeaf(_ place: Int) {
        var layers = [layer(["m": .map([("a", .scalar(1)), ("b", .scalar(2)), ("n", .map([("c", .scalar(3))]))])])]
        layers.insert(
            layer(["m": .tagged(.force, .map([("a", .scalar(4)), ("n", .map([("c", .scalar(5))]))]))]), at: place)
        #expect(merged(layers, .deep).leaves == ["m.a=4", "m.b=2", "m.n.c=5"])
        layers[place] = layer(["m": .tagged(.default, .map([("a", .scalar(4)), ("d", .scalar(5))]))])
        #expect(merged(layers, .deep).leaves == ["m.a=1", "m.b=2", "m.d=5", "m.n.c=3"])
    }

    /// A leaf's own tag counts, not that of the map around it.
    @Test(arguments: [0, 1]) func theInnerStrengthCounts(_ place: Int) {
        let tagged: Written = .tagged(.force, .map([("a", .tagged(.default, .scalar(4))), ("b", .scalar(5))]))
        var layers = [layer(["m": .map([("a", .scalar(1)), ("b", .scalar(2))])])]
        layers.insert(layer(["m": tagged]), at: place)
        #expect(merged(layers, .deep).leaves == ["m.a=1", "m.b=5"])
    }

    /// What `resolve` itself supplies is no value that someone wrote: even a fallback beats it.
    @Test(arguments: MergeRule.allCases) func aFallbackBeatsWhatIsBuiltIn(_ rule: MergeRule) {
        let layers = [layer(["f": .scalar(1)], .builtIn), layer(["f": .tagged(.default, .scalar(2))])]
        #expect(merged(layers, rule).leaves == ["f=2"])
    }

    /// Where a field is replaced whole, what stands in it has no say.
    @Test func aFieldThatIsReplacedGoesWithItsStrongLeaves() {
        let far = layer(["m": .map([("a", .tagged(.force, .scalar(1)))])])
        #expect(merged([far, layer(["m": .map([("b", .scalar(2))])])], .replace).leaves == ["m.b=2"])
    }

    // MARK: Layers of one strength

    private struct Layer: CustomStringConvertible {
        let tag: MergeTag?
        let entries: Fields

        var strength: Strength { tag?.strength ?? .normal }
        var description: String { "\(tag?.text ?? "") \(entries.shown)" }

        /// The fields, each under the layer's tag.
        var fields: Fields {
            Fields(entries.entries.map { Fields.Entry($0.key, $0.value.strong(strength)) })
        }
    }

    private static func layers(_ seed: Int, _ make: (inout LayerMaker) -> [Fields]) -> [Layer] {
        var maker = LayerMaker(seed)
        let layers = make(&maker)
        return layers.map { Layer(tag: strengths[maker.random.count(0...2)], entries: $0) }
    }

    private static func fold(_ layers: [Layer], _ rule: MergeRule) -> [String] {
        merged(layers.map(\.fields), rule).leaves
    }
}

extension Value {
    /// The value and all in it with that strength.
    fileprivate func strong(_ strength: Strength) -> Value {
        var value = self
        value.origin.strength = strength
        if let map { value.content = .map(Fields(map.entries.map { Fields.Entry($0.key, $0.value.strong(strength)) })) }
        return value
    }
}
