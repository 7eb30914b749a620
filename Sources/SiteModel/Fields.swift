package import Diagnostics

/// A map that keeps the order of its keys, and of each key what set it and what that beat.
package struct Fields: Sendable {
    package private(set) var entries: [Entry] = []
    /// Keys that `!unset` or a replaced map took away, with what they had been.
    package var removed: [Entry] = []
    /// How the files came to take part that this map was merged from; empty for a map as it is written.
    package var lineage: [Lineage] = []
    /// Where each key stands, once there are many.
    private var places: [Key: Int] = [:]

    package struct Entry: Sendable {
        package let key: Key
        /// Where the key is written; nil if the entry was computed.
        package var keySpan: Span?
        package var value: Value
        /// How the value was decided; nil for what one layer alone says, which is most.
        private var story: Story?

        /// What one layer says.
        package init(_ key: Key, keySpan: Span? = nil, _ value: Value) {
            self.key = key
            self.keySpan = keySpan
            self.value = value
        }

        /// What was decided.
        package init(
            _ key: Key, keySpan: Span? = nil, _ value: Value, rule: Rule, beat: [Value] = [], via: [Step] = []
        ) {
            self.init(key, keySpan: keySpan, value)
            decide(by: rule, over: beat, via: via)
        }

        private init(_ key: Key, _ other: Entry) {
            self.key = key
            keySpan = other.keySpan
            value = other.value
            story = other.story
        }

        /// The same under another name.
        package func named(_ name: Key) -> Entry { Entry(name, self) }

        /// By what it has its value.
        package var rule: Rule { story?.rule ?? .merge(.replace) }
        /// The weaker values that this one replaced, the strongest first.
        package var beat: [Value] {
            var values: [Value] = []
            var next = story?.beaten
            while let beaten = next {
                values.append(beaten.value)
                next = beaten.next
            }
            return values
        }
        /// Whether it replaced anything.
        package var hasBeaten: Bool { story?.beaten != nil }
        /// The references that led from the value's field to its place, where it stands elsewhere.
        package var via: [Step] { story?.via ?? [] }

        package mutating func decide(by rule: Rule, over beat: [Value] = [], via: [Step] = []) {
            var beaten: Beaten?
            for value in beat.reversed() { beaten = Beaten(value, beaten) }
            tell(rule, beaten, via)
        }

        /// Notes that the entry, which had replaced nothing so far, has replaced another, and what that had replaced.
        package mutating func decide(by rule: Rule, overcoming loser: Entry) {
            tell(rule, Beaten(loser.value, loser.story?.beaten), via)
        }

        /// Notes that the entry, which had replaced nothing so far, was joined with a weaker one.
        package mutating func decide(by rule: Rule, joining weaker: Entry) {
            tell(rule, weaker.story?.beaten, via)
        }

        private mutating func tell(_ rule: Rule, _ beaten: Beaten?, _ via: [Step]) {
            let isPlain = beaten == nil && rule == .merge(.replace) && via.isEmpty
            story = isPlain ? nil : Story(rule: rule, beaten: beaten, via: via)
        }

        /// Whether `!unset` stands there.
        package var isUnset: Bool { value.origin.tag == .unset }
    }

    /// How the value of an entry was decided. A reference, so that it costs nothing where there is nothing to tell.
    private final class Story: Sendable {
        let rule: Rule
        let beaten: Beaten?
        let via: [Step]

        init(rule: Rule, beaten: Beaten?, via: [Step]) {
            self.rule = rule
            self.beaten = beaten
            self.via = via
        }
    }

    /// What was replaced, and what had been replaced by that: shared between the steps of a fold, so that none copies it.
    private final class Beaten: Sendable {
        let value: Value
        let next: Beaten?

        init(_ value: Value, _ next: Beaten?) {
            self.value = value
            self.next = next
        }
    }

    private static let few = 12

    package init() {}

    package init(_ entries: [Entry]) {
        self.entries.reserveCapacity(entries.count)
        for entry in entries { set(entry) }
    }

    package subscript(key: Key) -> Value? { entry(key)?.value }

    package func entry(_ key: Key) -> Entry? { place(of: key).map { entries[$0] } }

    package func contains(_ key: Key) -> Bool { place(of: key) != nil }

    package var isEmpty: Bool { entries.isEmpty }

    /// Sets a key; one that is there keeps its place.
    package mutating func set(_ entry: Entry) {
        if let place = place(of: entry.key) {
            entries[place] = entry
            return
        }
        entries.append(entry)
        if entries.count == Self.few + 1 {
            for (place, entry) in entries.enumerated() { places[entry.key] = place }
        } else if entries.count > Self.few {
            places[entry.key] = entries.count - 1
        }
    }

    package mutating func set(_ key: Key, _ value: Value) { set(Entry(key, value)) }

    /// The fields without those keys.
    package func without(_ keys: [Key]) -> Fields {
        entries.contains { keys.contains($0.key) } ? Fields(entries.filter { !keys.contains($0.key) }) : self
    }

    private func place(of key: Key) -> Int? {
        entries.count > Self.few ? places[key] : entries.firstIndex { $0.key == key }
    }
}

extension Fields: Equatable {
    /// Equal keys in the same order with equal values.
    package static func == (left: Fields, right: Fields) -> Bool {
        left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value.content == $1.value.content }
    }
}

extension Fields: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (Key, Value)...) {
        self.init(elements.map { Entry($0.0, $0.1) })
    }
}
