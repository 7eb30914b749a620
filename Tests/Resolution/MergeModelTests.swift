import Resolution
import SiteModel
import Testing

/// The fold compared with a model of it (DESIGN §3) that looks at all layers at once.
@Suite struct MergeModelTests {
    static let seeds = Array(0..<400)
    static let flat: Set<MergeTag> = [.default, .force, .replace, .unset, .append, .union]

    @Test(arguments: seeds) func replaceIsAsTheModel(_ seed: Int) {
        var maker = LayerMaker(seed, tags: Self.flat, repeats: true)
        check(maker.wildLayers(1 + seed % 6), .replace)
    }

    @Test(arguments: seeds, [MergeRule.union, .append]) func listsAreAsTheModel(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed, tags: Self.flat, repeats: true)
        check(maker.listLayers(1 + seed % 6), rule)
    }

    /// Where `!unset` stands before leaves only.
    @Test(arguments: seeds) func deepIsAsTheModel(_ seed: Int) {
        var maker = LayerMaker(seed, tags: Self.flat.union([.deep]))
        maker.unsetsMaps = false
        checkLeaves(maker.agreeingLayers(1 + seed % 6))
    }

    /// Unsetting a map is unsetting each of its leaves, whatever its other leaves are.
    @Test(arguments: seeds) func unsettingMapsIsAsTheModel(_ seed: Int) {
        var maker = LayerMaker(seed, tags: Self.flat.union([.deep]))
        checkLeaves(maker.agreeingLayers(1 + seed % 6))
    }

    /// Above what `resolve` itself supplies: anything written beats it, and no `!unset` removes it.
    @Test(arguments: seeds, [MergeRule.replace, .union, .append])
    func whatIsBuiltInIsAsTheModel(_ seed: Int, _ rule: MergeRule) {
        var maker = LayerMaker(seed, tags: Self.flat)
        let builtIn = layer(["f0": .list([]), "f1": .list([])], .builtIn)
        check([builtIn] + maker.listLayers(1 + seed % 5), rule)
    }

    private func checkLeaves(_ layers: [Fields]) {
        let expected = layers.paths.compactMap { path in
            MergeModel.leaf(path, in: layers).map { "\(path.map(\.text).joined(separator: "."))=\($0.shown)" }
        }
        #expect(merged(layers, .deep).leaves == expected.sorted(), "\(layers.shown)")
    }

    private func check(_ layers: [Fields], _ rule: MergeRule) {
        let result = merged(layers, rule)
        for key in layers.flatMap({ $0.entries.map(\.key) }).firstSeen {
            let expected = MergeModel.field(layers.compactMap { $0[key] }, rule)
            #expect(result[key]?.content.shown == expected?.withoutUnset.shown, "\(key) of \(layers.shown)")
        }
    }
}

/// What values of one field come to, by looking at them all at once: nothing is folded.
private enum MergeModel {
    /// A value that is heard, and how it meets the one before it. To unset is to say again what is built in.
    private struct Heard {
        let content: Value.Content?
        let rule: MergeRule
        var isUnion: Bool { rule == .union && content != nil }

        init(_ value: Value, builtIn: Value?, _ fieldRule: MergeRule) {
            let isUnset = value.origin.tag == .unset
            content = isUnset ? builtIn?.content : value.content
            rule = isUnset ? .replace : value.origin.tag?.rule ?? fieldRule
        }

        var list: [Value]? { if case .list(let items) = content { items } else { nil } }

        func joins(_ other: Heard) -> Bool { rule != .replace && list != nil && other.list != nil }
    }

    /// Only the strongest values are heard. Of these the last that begins anew counts, and what is joined to it. What an
    /// unset removed is not heard at all, nor is the unset, unless it stands in a forced map.
    static func field(_ given: [Value], _ rule: MergeRule) -> Value.Content? {
        let builtIn = given.first { $0.origin.layer == .builtIn }
        var written: [Value] = []
        for value in given where value.origin.layer != .builtIn {
            let isBarrier = value.origin.tag == .unset && value.origin.strength <= .normal
            if isBarrier {
                written.removeAll { $0.origin.strength <= value.origin.strength }
            } else {
                written.append(value)
            }
        }
        guard let strongest = written.map(\.origin.strength).max() else { return builtIn?.content }
        let heard = written.filter { $0.origin.strength == strongest }.map { Heard($0, builtIn: builtIn, rule) }
        guard let start = heard.indices.last(where: { $0 == 0 || !heard[$0].joins(heard[$0 - 1]) }) else { return nil }
        let joined = heard[start...]
        guard joined.count > 1 else {
            guard heard[start].isUnion, let items = heard[start].list else { return heard[start].content }
            return .list(items.once)
        }
        // A union leaves nothing twice of all before it; what is appended later may stand twice.
        let lastUnion = joined.dropFirst().lastIndex { $0.rule == .union } ?? start
        let before = joined[...lastUnion].flatMap { $0.list ?? [] }
        let after = joined[(lastUnion + 1)...].flatMap { $0.list ?? [] }
        return .list((lastUnion > start ? before.once : before) + after)
    }

    /// The same for a leaf of a field that is merged deep.
    static func leaf(_ path: [Key], in layers: [Fields]) -> Value.Content? {
        var given: [Value] = []
        for layer in layers {
            var fields: Fields? = layer
            for (depth, key) in path.enumerated() {
                guard let value = fields?[key] else { break }
                let isAtEnd = depth == path.count - 1
                if isAtEnd || value.origin.tag == .unset {
                    // What unsets a map unsets each of its leaves.
                    given.append(value)
                    break
                }
                // `!replace` on a map forgets all that is not stronger.
                if value.origin.tag == .replace { given.removeAll { $0.origin.strength <= value.origin.strength } }
                fields = value.map
            }
        }
        return field(given, .replace)
    }
}

extension Value.Content {
    /// Without what says `!unset` in it: a map that replaces another inherits nothing to remove.
    fileprivate var withoutUnset: Value.Content {
        guard case .map(let fields) = self else { return self }
        return .map(
            Fields(
                fields.entries.filter { !$0.isUnset }.map {
                    Fields.Entry($0.key, Value($0.value.content.withoutUnset, $0.value.origin))
                }))
    }
}

extension Array where Element == Value {
    fileprivate var once: [Value] {
        enumerated().filter { place, item in !self[..<place].contains { $0.content == item.content } }.map(\.element)
    }
}
