import Resolution
import SiteModel
import Testing

/// The laws of merging (DESIGN §3), on random layers.
@Suite struct MergeLawTests {
    static let seeds = Array(0..<200)

    /// An independent model: the last layer that has a key sets it; keys stand where they were first seen.
    @Test(arguments: seeds) func foldIsTheModel(_ seed: Int) {
        var random = SeededRandom(seed)
        let layers = (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.layer(&random) }
        let merged = merged(layers, by: .vm)
        var order: [Key] = []
        for entry in layers.flatMap(\.entries) where !order.contains(entry.key) { order.append(entry.key) }
        #expect(merged.entries.map(\.key) == order)
        for key in order {
            #expect(merged[key]?.content == layers.last { $0.contains(key) }?[key]?.content)
        }
    }

    @Test(arguments: seeds) func replaceIsAssociative(_ seed: Int) {
        var random = SeededRandom(seed)
        let (a, b, c) = (Self.layer(&random), Self.layer(&random), Self.layer(&random))
        #expect(
            merged([merged([a, b], by: .vm), c], by: .vm)
                == merged([a, merged([b, c], by: .vm)], by: .vm).inOrder(of: [a, b, c]))
    }

    @Test(arguments: seeds) func anEmptyLayerChangesNothing(_ seed: Int) {
        var random = SeededRandom(seed)
        let layer = Self.layer(&random)
        #expect(merged([Fields(), layer, Fields()], by: .vm) == layer)
    }

    @Test(arguments: seeds) func unionIsIdempotentAndKeepsTheFirstSeen(_ seed: Int) {
        var random = SeededRandom(seed)
        let table = FieldTable([Field("tags", .list(.any), merged: .union, "")])
        let first: Fields = ["tags": Self.list(&random)]
        let second: Fields = ["tags": Self.list(&random)]
        let once = merged([first, second], by: table)
        #expect(merged([first, second, second], by: table) == once)
        #expect(merged([once, first], by: table) == once)
        let items = once["tags"]?.list ?? []
        for (index, item) in items.enumerated() {
            #expect(!items[..<index].contains { $0.content == item.content })
        }
    }

    /// Force beats normal and normal beats a fallback, wherever they stand; of two equals the nearer wins.
    @Test(arguments: [Strength.fallback, .normal, .force], [Strength.fallback, .normal, .force])
    func strengthComesBeforeNearness(_ weaker: Strength, _ nearer: Strength) {
        let far: Fields = ["cores": Value(.integer(1), Origin(nil, .preset, strength: weaker))]
        let near: Fields = ["cores": Value(.integer(2), Origin(nil, .instance, strength: nearer))]
        #expect(merged([far, near], by: .vm)["cores"]?.integer == (nearer >= weaker ? 2 : 1))
    }

    @Test(arguments: seeds) func everyValueIsKeptOrBeaten(_ seed: Int) {
        var random = SeededRandom(seed)
        let layers = (0..<4).map { _ in Self.layer(&random) }
        for entry in merged(layers, by: .vm).entries {
            let given = layers.compactMap { $0[entry.key] }
            #expect(entry.beat.count == given.count - 1)
            #expect(entry.beat.map(\.content) == given.dropLast().reversed().map(\.content))
        }
    }

    private static func layer(_ random: inout SeededRandom) -> Fields {
        let names: [Key] = ["name", "cores", "memory", "tags", "network", "x", "y", "z"]
        return Fields(
            names.shuffled(using: &random).prefix(Int.random(in: 0...6, using: &random)).map { name in
                Fields.Entry(name, Bool.random(using: &random) ? scalar(&random) : list(&random))
            })
    }

    private static func list(_ random: inout SeededRandom) -> Value {
        Value(.list((0..<Int.random(in: 0...5, using: &random)).map { _ in scalar(&random) }), .builtIn)
    }

    private static func scalar(_ random: inout SeededRandom) -> Value {
        let choices: [Value.Content] = [
            .integer(1), .integer(2), .string("1"), .string("a"), .bool(true), .null, .float(1),
            .map(["k": .string("v", .builtIn)]),
        ]
        return Value(choices.randomElement(using: &random) ?? .null, .builtIn)
    }
}

extension Fields {
    /// The same entries where those layers first had them: grouping layers otherwise may move a key.
    fileprivate func inOrder(of layers: [Fields]) -> Fields {
        var order: [Key] = []
        for entry in layers.flatMap(\.entries) where !order.contains(entry.key) { order.append(entry.key) }
        return Fields(order.compactMap { entry($0) })
    }
}

/// Random numbers that are the same in every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
