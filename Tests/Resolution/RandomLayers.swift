import Resolution
import SiteModel

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

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
    mutating func count(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

/// What a file says before it has a place: a value as it is written, with its tags.
indirect enum Written {
    case null
    case scalar(Int)
    case list([Int])
    case map([(Key, Written)])
    case unset
    case tagged(MergeTag, Written)

    /// The value in a layer. As for the binder, a map's strength is that of what stands in it.
    func value(in layer: Layer, _ strength: Strength = .normal, _ tag: MergeTag? = nil) -> Value {
        let origin = layer == .builtIn ? .builtIn : Origin(nil, layer, strength: strength, tag: tag)
        return switch self {
        case .null: Value(.null, origin)
        case .scalar(let number): Value(.integer(number), origin)
        case .list(let items):
            Value(.list(items.map { Value(.integer($0), Origin(nil, layer, strength: strength)) }), origin)
        case .map(let entries): Value(.map(Fields(entries.map { .init($0, $1.value(in: layer, strength)) })), origin)
        case .unset: Value(.null, Origin(nil, layer, strength: strength, tag: .unset))
        case .tagged(let tag, let written): written.value(in: layer, tag.strength ?? strength, tag)
        }
    }
}

/// A layer of those fields.
func layer(_ entries: KeyValuePairs<Key, Written>, _ layer: Layer = .template) -> Fields {
    Fields(entries.map { Fields.Entry($0.key, $0.value.value(in: layer)) })
}

/// What layers agree on: where scalars, lists and maps stand.
indirect enum Shape {
    case scalar, list
    case map([(Key, Shape)])

    var isMap: Bool { if case .map = self { true } else { false } }

    /// Up to three maps deep.
    static func random(_ random: inout SeededRandom, depth: Int = 3) -> Shape {
        guard depth > 0, random.chance(depth == 3 ? 100 : 45) else { return random.chance(70) ? .scalar : .list }
        return .map(
            (["a", "b", "c", "d"] as [Key]).prefix(random.count(1...4)).map {
                ($0, Shape.random(&random, depth: depth - 1))
            })
    }
}

/// Makes layers out of random numbers. No number is used twice in one, so that each can be told from the others.
struct LayerMaker {
    var random: SeededRandom
    /// The tags that may stand there, where they fit.
    var tags: Set<MergeTag> = []
    /// Whether items repeat, within lists and among them.
    var repeats = false
    /// Whether `!unset` may take away maps, not only what is none.
    var unsetsMaps = true
    private var last = 0

    init(_ seed: Int, tags: Set<MergeTag> = [], repeats: Bool = false) {
        random = SeededRandom(seed)
        self.tags = tags
        self.repeats = repeats
    }

    mutating func number() -> Int {
        last += 1
        return repeats ? random.count(0...5) : last
    }

    mutating func list() -> Written { .list((0..<random.count(0...4)).map { _ in number() }) }

    /// A value of that shape; maps are never empty.
    mutating func written(_ shape: Shape) -> Written {
        if tags.contains(.unset), unsetsMaps || !shape.isMap, random.chance(12) { return .unset }
        switch shape {
        case .scalar: return tagged(.scalar(number()), [.default, .force, .replace])
        case .list: return tagged(list(), [.default, .force, .replace, .append, .union])
        case .map(let shapes):
            let entries = shapes.shuffled(using: &random).prefix(random.count(1...shapes.count))
            return tagged(.map(entries.map { ($0, written($1)) }), [.default, .force, .replace, .deep])
        }
    }

    /// A layer of fields of those shapes, some absent, in any order.
    mutating func layer(_ shapes: [(Key, Shape)], _ layer: Layer = .template) -> Fields {
        let entries = shapes.shuffled(using: &random).filter { _ in random.chance(75) }
        return Fields(entries.map { Fields.Entry($0, written($1).value(in: layer)) })
    }

    /// Layers whose fields have whatever shape, each time another.
    mutating func wildLayers(_ count: Int, fields: Int = 4) -> [Fields] {
        (0..<count).map { _ in
            let shapes = (0..<fields).map { (Key("f\($0)"), Shape.random(&random, depth: random.count(0...2))) }
            return layer(shapes)
        }
    }

    /// Layers that agree in shape: maps in maps, scalars and lists.
    mutating func agreeingLayers(_ count: Int, fields: Int = 2) -> [Fields] {
        let shapes = (0..<fields).map { (Key("f\($0)"), Shape.random(&random)) }
        return (0..<count).map { _ in layer(shapes) }
    }

    /// Layers of lists, now and then null or a scalar.
    mutating func listLayers(_ count: Int, fields: Int = 3, onlyLists: Bool = false) -> [Fields] {
        (0..<count).map { _ in
            layer(
                (0..<fields).map {
                    (Key("f\($0)"), onlyLists || random.chance(90) ? .list : .scalar)
                })
        }
    }

    private mutating func tagged(_ written: Written, _ fitting: [MergeTag]) -> Written {
        let fitting = fitting.filter(tags.contains)
        guard random.chance(45), let tag = fitting.randomElement(using: &random) else { return written }
        return .tagged(tag, written)
    }
}

extension Fields {
    /// Every leaf and what it holds, as `a.b=1`, sorted: what is compared where the order of keys may differ. Maps without
    /// a leaf do not count.
    var leaves: [String] {
        entries.flatMap { entry in
            entry.value.map.map { $0.leaves.map { "\(entry.key).\($0)" } } ?? [
                "\(entry.key)=\(entry.value.content.shown)"
            ]
        }.sorted()
    }

    /// As it would be written, tags too.
    var shown: String { "{" + entries.map { "\($0.key): \($0.value.shown)" }.joined(separator: ", ") + "}" }

    /// The fields with only the keys that a path passes, all the way down.
    func only(_ path: [Key]) -> Fields {
        guard let key = path.first, var entry = entry(key) else { return Fields() }
        if path.count > 1, let inner = entry.value.map {
            entry.value.content = .map(inner.only(Array(path.dropFirst())))
        }
        return Fields([entry])
    }

    /// The paths of all leaves.
    var paths: [[Key]] {
        entries.flatMap { entry in entry.value.map.map { $0.paths.map { [entry.key] + $0 } } ?? [[entry.key]] }
    }
}

extension Array where Element == Fields {
    var shown: String { map(\.shown).joined(separator: " ← ") }
    /// The paths of all leaves, each once. Where a layer has a map, what unsets it in another is no leaf.
    var paths: [[Key]] {
        let paths = flatMap(\.paths).firstSeen
        return paths.filter { path in !paths.contains { $0.count > path.count && $0.starts(with: path) } }
    }
}

extension Array where Element: Equatable {
    /// Each element once, where it is first.
    var firstSeen: [Element] { enumerated().filter { !self[..<$0].contains($1) }.map(\.element) }
}

extension Value {
    var shown: String {
        guard let tag = origin.tag else { return content.shown }
        return tag == .unset ? tag.text : "\(tag.text) \(content.shown)"
    }
}

extension Value.Content {
    var shown: String {
        switch self {
        case .null: "null"
        case .integer(let number): "\(number)"
        case .list(let items): "[" + items.map(\.shown).joined(separator: ", ") + "]"
        case .map(let fields): fields.shown
        default: "\(self)"
        }
    }
}

/// What layers of fields come to, one rule for all fields.
func merged(_ layers: [Fields], _ rule: MergeRule) -> Fields {
    merge(layers.map { MergeLayer($0) }, by: MergeRules(otherwise: rule)).fields
}
