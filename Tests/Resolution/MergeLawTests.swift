import Resolution
import SiteModel
import Testing

/// The laws of merging (DESIGN §3), on random layers: of the fold as a whole, and of each rule.
@Suite struct MergeLawTests {
    static let seeds = Array(0..<200)
    static let rules = MergeRule.allCases
    static let allTags = Set(MergeTag.allCases)

    // MARK: The fold

    /// Tables with the same rules in another order, and layers with their keys in another order, come to the same.
    @Test(arguments: seeds) func theFoldDependsOnTheLayersAlone(_ seed: Int) {
        var maker = LayerMaker(seed, tags: Self.allTags)
        let layers = maker.wildLayers(4)
        let fields = Self.rules.enumerated().map { Field(Key("f\($0)"), .any, merged: $1, "") }
        let expected = merged(layers, by: FieldTable(fields))
        #expect(merged(layers, by: FieldTable(fields.reversed())) == expected)
        let shuffled = layers.map { Fields($0.entries.shuffled(using: &maker.random)) }
        #expect(merged(shuffled, by: FieldTable(fields)).leaves == expected.leaves)
    }

    /// A field is what its own values come to.
    @Test(arguments: seeds, rules) func fieldsDoNotLookAtEachOther(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed, tags: Self.allTags)
        let layers = maker.wildLayers(4)
        let whole = merged(layers, rule)
        for key in layers.flatMap({ $0.entries.map(\.key) }).firstSeen {
            let alone = merged(layers.map { $0.only([key]) }, rule)
            #expect(alone.entries.map(\.value.content) == [whole[key]?.content].compactMap(\.self), "\(layers.shown)")
        }
    }

    /// Where maps are merged deep, a leaf is what its own values come to.
    @Test(arguments: seeds) func leavesDoNotLookAtEachOther(_ seed: Int) {
        var maker = LayerMaker(seed, tags: Self.allTags)
        maker.unsetsMaps = false
        let layers = maker.agreeingLayers(5)
        let alone = layers.paths.flatMap { path in merged(layers.map { $0.only(path) }, .deep).leaves }
        #expect(merged(layers, .deep).leaves == alone.sorted(), "\(layers.shown)")
    }

    /// More keys than are searched one by one.
    @Test(arguments: 0..<10, rules) func manyFieldsMergeLikeFew(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed, tags: Self.allTags)
        let layers = maker.wildLayers(3, fields: 40)
        let whole = merged(layers, rule)
        for key in layers.flatMap({ $0.entries.map(\.key) }).firstSeen.prefix(10) {
            #expect(merged(layers.map { $0.only([key]) }, rule)[key]?.content == whole[key]?.content)
        }
    }

    @Test(arguments: seeds, rules) func aKeyKeepsThePlaceWhereItIsFirstSeen(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed, tags: Self.allTags)
        let layers = maker.wildLayers(4)
        let result = merged(layers, rule)
        let order = layers.flatMap { $0.entries.map(\.key) }.firstSeen
        #expect(result.entries.map(\.key) == order.filter(result.contains))
    }

    @Test(arguments: seeds, rules) func anEmptyLayerChangesNothing(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed, tags: Self.allTags)
        let layers = maker.wildLayers(3)
        let padded = [Fields()] + layers.flatMap { [$0, Fields()] }
        #expect(merged(padded, rule) == merged(layers, rule))
    }

    @Test(arguments: seeds, rules) func oneLayerIsItself(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed)
        let layer = maker.wildLayers(1)[0]
        #expect(merged([layer], rule) == layer)
    }

    // MARK: Each rule

    @Test(arguments: seeds) func unionKeepsEachItemWhereItIsFirstSeen(_ seed: Int) {
        var maker = LayerMaker(seed, repeats: true)
        let layers = maker.listLayers(2 + seed % 3, onlyLists: true)
        for entry in merged(layers, .union).entries {
            let given = layers.compactMap { $0[entry.key]?.list }
            let items = given.flatMap(\.self).map(\.content)
            #expect(entry.value.list?.map(\.content) == (items.firstSeen))
        }
    }

    @Test(arguments: seeds) func unionIsIdempotent(_ seed: Int) {
        var maker = LayerMaker(seed, repeats: true)
        let layers = maker.listLayers(3, onlyLists: true)
        let once = merged(layers, .union)
        #expect(merged(layers + layers, .union).leaves == merged([once, once], .union).leaves)
        for layer in layers { #expect(merged([once, once, layer], .union) == merged([once, once], .union)) }
    }

    /// Items are equal by type and value.
    @Test func unionTellsTypesApart() {
        let items: [Value.Content] = [
            .integer(1), .string("1"), .float(1), .bool(true), .string("true"), .null, .string(""), .list([]),
            .map([:]),
            .string("\u{E9}"), .string("e\u{301}"),
        ]
        let list: Fields = ["f": Value(.list(items.map { Value($0, .builtIn) }), .builtIn)]
        #expect(merged([list, list], .union) == list)
    }

    @Test(arguments: seeds) func appendKeepsAll(_ seed: Int) {
        var maker = LayerMaker(seed, repeats: true)
        let layers = maker.listLayers(3, onlyLists: true)
        for entry in merged(layers, .append).entries {
            #expect(entry.value.list?.map(\.content) == layers.flatMap { $0[entry.key]?.list ?? [] }.map(\.content))
        }
    }

    /// Of untagged values: grouping the layers otherwise may only move keys.
    @Test(arguments: seeds, [MergeRule.replace, .append]) func isAssociative(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed)
        let layers = rule == .append ? maker.listLayers(3, onlyLists: true) : maker.wildLayers(3)
        #expect(Self.grouped(layers, rule).right == Self.grouped(layers, rule).left)
    }

    /// Of untagged values of agreeing shape.
    @Test(arguments: seeds) func deepIsAssociative(_ seed: Int) {
        var maker = LayerMaker(seed)
        let layers = maker.agreeingLayers(3)
        let grouped = Self.grouped(layers, .deep)
        #expect(grouped.right == grouped.left)
        #expect(grouped.left == merged(layers, .deep).leaves)
    }

    private static func grouped(_ layers: [Fields], _ rule: MergeRule) -> (left: [String], right: [String]) {
        let (a, b, c) = (layers[0], layers[1], layers[2])
        return (
            merged([merged([a, b], rule), c], rule).leaves, merged([a, merged([b, c], rule)], rule).leaves
        )
    }

    /// What stands twice counts once, whatever the tags, except those that join lists.
    @Test(arguments: seeds, [MergeRule.replace, .deep]) func sayingItTwiceChangesNothing(_ seed: Int, _ rule: MergeRule)
    {
        var maker = LayerMaker(seed, tags: Self.allTags.subtracting([.append, .union]))
        for layer in maker.wildLayers(3) {
            #expect(merged([layer, layer], rule).leaves == merged([layer], rule).leaves, "\(layer.shown)")
        }
    }

    // MARK: What is kept

    @Test(arguments: seeds, rules) func everyValueIsInTheResultOrWasBeaten(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed, tags: Self.allTags)
        for layers in [maker.wildLayers(5), maker.agreeingLayers(5)] {
            let lost = Set(layers.flatMap(\.numbers)).subtracting(merged(layers, rule).numbers)
            #expect(lost.isEmpty, "lost \(lost.sorted()) of \(layers.shown)")
        }
    }

    /// Where nothing is joined, a field and what it beat are the values given for it, each once.
    @Test(arguments: seeds) func whatIsReplacedIsBeatenOnce(_ seed: Int) {
        var maker = LayerMaker(seed, tags: [.default, .force, .replace, .unset])
        let layers = maker.listLayers(5)
        let result = merged(layers, .replace)
        for entry in result.entries + result.removed {
            let given = layers.compactMap { $0[entry.key]?.shown }
            #expect(([entry.value] + entry.beat).map(\.shown).sorted() == given.sorted())
        }
    }

    /// Nearest first, as an explanation shows it.
    @Test(arguments: seeds) func whatWasBeatenStandsNearestFirst(_ seed: Int) {
        var maker = LayerMaker(seed)
        let layers = maker.wildLayers(4)
        for entry in merged(layers, .replace).entries {
            let given = layers.compactMap { $0[entry.key]?.content }
            #expect(entry.beat.map(\.content) == given.dropLast().reversed())
        }
    }

    @Test(arguments: seeds, rules) func nothingUnsetIsLeft(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed, tags: [.unset, .force, .replace, .deep])
        for count in 1...4 {
            let layers = maker.wildLayers(count)
            #expect(!merged(layers, rule).hasUnset, "\(layers.shown)")
        }
    }
}

extension Fields {
    /// Whether an entry that says `!unset` is in it, at any depth.
    fileprivate var hasUnset: Bool { entries.contains { $0.isUnset || $0.value.hasUnset } }

    /// All numbers in it, in what was beaten and in what was removed.
    fileprivate var numbers: [Int] {
        (entries + removed).flatMap { entry in ([entry.value] + entry.beat).flatMap(\.numbers) }
    }
}

extension Value {
    fileprivate var hasUnset: Bool { (map?.hasUnset ?? false) || (list ?? []).contains(where: \.hasUnset) }

    fileprivate var numbers: [Int] {
        [integer].compactMap(\.self) + (list ?? []).flatMap(\.numbers) + (map?.numbers ?? [])
    }
}
