public import Diagnostics
internal import Synchronization

/// A map that keeps the order of its keys, and of each key what set it and what that beat.
@usableFromInline package struct Fields: Sendable {
    /// The entries, or, where the map lies over another, those that it says itself.
    @usableFromInline var own: [Entry] = []
    /// What few maps have, one or none: so that a map is two words.
    @usableFromInline var extras: [Extras] = []

    @usableFromInline struct Extras: Sendable {
        var removed: [Entry] = []
        var lineage: [Lineage] = []
        /// Where each key stands in `own`, once there are many.
        @usableFromInline var places: HashedPlaces?
        /// What `own` lies over.
        @usableFromInline var base: SharedFields?

        var isEmpty: Bool { removed.isEmpty && lineage.isEmpty && places == nil && base == nil }
    }

    /// Those of a map below keep their places there.
    package var entries: [Entry] {
        guard let base = base?.fields else { return own }
        var entries = base.own
        entries.reserveCapacity(base.own.count + own.count)
        for entry in own {
            if let place = base.place(of: entry.key) { entries[place] = entry } else { entries.append(entry) }
        }
        return entries
    }

    /// Calls a body with each of the entries.
    @inlinable package func forEach(_ body: (Entry) -> Void) {
        let own = own.span
        guard let base = base?.fields else {
            for index in own.indices { body(own[index]) }
            return
        }
        let shared = base.own.span
        for index in shared.indices { body(place(of: shared[index].key).map { own[$0] } ?? shared[index]) }
        for index in own.indices where base.place(of: own[index].key) == nil { body(own[index]) }
    }

    /// Calls a body with the place of each of the entries that are not shared with other maps, its key, what it is and whence. That is
    /// much less than a copy of the entry, which counts references.
    @inlinable package func forEachOwn(_ body: (Int, Key, Value.Kind, Origin) -> Void) {
        let own = own.span
        for index in own.indices { body(index, own[index].key, own[index].content.kind, own[index].origin) }
    }

    /// The entry at such a place.
    @inlinable package func own(at place: Int) -> Entry { own[place] }

    /// What that has.
    @inlinable package func content(at place: Int) -> Value.Content { own[place].content }

    /// Lends the key, what it has and whence, of the entry at such a place.
    @inlinable package func withEntry(at place: Int, _ body: (Key, Value.Content, Origin) -> Void) {
        body(own[place].key, own[place].content, own[place].origin)
    }

    /// What the map lies over; nil if all that it has is its own.
    @inlinable package var base: SharedFields? { extras.isEmpty ? nil : extras[0].base }

    /// Keys that `!unset` or a replaced map took away, with what they had been.
    package var removed: [Entry] {
        get { extras.isEmpty ? [] : extras[0].removed }
        set { changeExtras { $0.removed = newValue } }
    }

    /// How the files came to take part that this map was merged from; empty for a map as it is written.
    package var lineage: [Lineage] {
        get { extras.isEmpty ? [] : extras[0].lineage }
        set { changeExtras { $0.lineage = newValue } }
    }

    private mutating func changeExtras(_ change: (inout Extras) -> Void) {
        if extras.isEmpty { extras = [Extras()] }
        change(&extras[0])
        if extras[0].isEmpty { extras = [] }
    }

    @usableFromInline package struct Entry: Sendable {
        @usableFromInline package let key: Key
        // A value in its parts, so that whoever looks at one of them copies no more than that.
        @usableFromInline package var content: Value.Content
        @usableFromInline package var origin: Origin
        // Behind the value, which ends with half a word: an entry is nine words, and not ten.
        @usableFromInline var keyPlace: Place
        /// How the value was decided; nil for what one layer alone says, which is most.
        @usableFromInline var story: Story?

        /// What one layer says.
        @inlinable package init(_ key: Key, keySpan: Span? = nil, _ value: Value) {
            self.init(key, keySpan: keySpan, value.content, value.origin)
        }

        /// The same of a value in its parts.
        @inlinable package init(_ key: Key, keySpan: Span?, _ content: Value.Content, _ origin: Origin) {
            self.key = key
            keyPlace = Place(keySpan)
            self.content = content
            self.origin = origin
        }

        @inlinable package var value: Value {
            get { Value(content, origin) }
            set {
                content = newValue.content
                origin = newValue.origin
            }
        }

        /// Where the key is written; nil if the entry was computed.
        package var keySpan: Span? {
            @inlinable get { keyPlace.span }
            @inlinable set { keyPlace = Place(newValue) }
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
            keyPlace = other.keyPlace
            content = other.content
            origin = other.origin
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
        @inlinable package var hasBeaten: Bool { story?.beaten != nil }
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
            story = beaten == nil && via.isEmpty ? .simple(rule) : Story(rule: rule, beaten: beaten, via: via)
        }

        /// Whether there is more to tell of it than that one layer says it.
        @inlinable package var hasStory: Bool { story != nil }

        /// Whether `!unset` stands there.
        @inlinable package var isUnset: Bool { origin.tag == .unset }
    }

    /// How the value of an entry was decided. A reference, so that it costs nothing where there is nothing to tell.
    @usableFromInline final class Story: Sendable {
        let rule: Rule
        @usableFromInline let beaten: Beaten?
        let via: [Step]

        init(rule: Rule, beaten: Beaten?, via: [Step]) {
            self.rule = rule
            self.beaten = beaten
            self.via = via
        }

        /// The story of what beat nothing and stands in its own place; nil where there is nothing to tell.
        static func simple(_ rule: Rule) -> Story? {
            switch rule {
            case .merge(.replace): nil
            case .whenAbsent: whenAbsent
            case .fileName: fileName
            default: Story(rule: rule, beaten: nil, via: [])
            }
        }

        private static let whenAbsent = Story(rule: .whenAbsent, beaten: nil, via: [])
        private static let fileName = Story(rule: .fileName, beaten: nil, via: [])
    }

    /// What was replaced, and what had been replaced by that: shared between the steps of a fold, so that none copies it.
    @usableFromInline final class Beaten: Sendable {
        let value: Value
        let next: Beaten?

        init(_ value: Value, _ next: Beaten?) {
            self.value = value
            self.next = next
        }
    }

    /// More keys than that are found by their hashes.
    @usableFromInline static let few = 32

    @inlinable package init() {}

    package init(_ entries: [Entry]) {
        own.reserveCapacity(entries.count)
        for entry in entries { set(entry) }
    }

    /// Entries of which no two have one key.
    package init(distinct entries: [Entry]) {
        own = entries
        if entries.count > Self.few { index() }
    }

    /// A map over another one, which it shares with others that do.
    ///
    /// - Parameter count: how many entries it is going to have of its own.
    package init(over base: SharedFields, _ count: Int, lineage: [Lineage]) {
        extras = [Extras(lineage: lineage, base: base)]
        own.reserveCapacity(count)
    }

    @inlinable package subscript(key: Key) -> Value? {
        if let place = place(of: key) { return own[place].value }
        return base?.fields[key]
    }

    /// The text of a key, if it has one. Less than to take out the value.
    @inlinable package func text(_ key: Key) -> String? {
        guard let place = place(of: key) else { return base?.fields.text(key) }
        let own = own.span
        if case .string(let text) = own[place].content { return text }
        return nil
    }

    /// Whether a key has a text without a tag that is not empty.
    package func saysPlainly(_ key: Key) -> Bool {
        guard let place = place(of: key) else { return base?.fields.saysPlainly(key) == true }
        let own = own.span
        guard own[place].origin.tag == nil, case .string(let text) = own[place].content else { return false }
        return !text.isEmpty
    }

    /// Whether the entry at a place of its own has that value.
    package func holds(_ content: Value.Content, at place: Int) -> Bool {
        let own = own.span
        return own[place].content == content
    }

    /// Lends the value of a key to a body, which is less than a copy of it; nil if it has none.
    @inlinable package func withValue<Result>(_ key: Key, _ body: (Value) -> Result) -> Result? {
        if let place = place(of: key) {
            let own = own.span
            return body(own[place].value)
        }
        return base?.fields.withValue(key, body)
    }

    @inlinable package func entry(_ key: Key) -> Entry? {
        if let place = place(of: key) { return own[place] }
        return base?.fields.entry(key)
    }

    @inlinable package func contains(_ key: Key) -> Bool {
        place(of: key) != nil || base?.fields.contains(key) == true
    }

    /// Calls a body with the key, what it has and whence, of each of the entries in order.
    @inlinable package func forEach(_ body: (Key, Value.Content, Origin) -> Void) {
        forEach(
            shared: { index in
                guard let below = base?.fields.own else { return }
                body(below[index].key, below[index].content, below[index].origin)
            }, own: body)
    }

    /// Calls a body with the key, what it has and whence, of each of the entries in order, and another with the place below of
    /// those that all share.
    @inlinable package func forEach(shared: (Int) -> Void, own body: (Key, Value.Content, Origin) -> Void) {
        let own = own.span
        guard let base else {
            for index in own.indices { body(own[index].key, own[index].content, own[index].origin) }
            return
        }
        let list = base.fields.own
        let below = list.span
        // Most say little of their own, so that is looked for below, and not the other way round.
        var (replaced, added): (UInt64, UInt64) = (0, 0)
        let isSmall = own.count <= 64 && below.count <= 64
        for index in own.indices where isSmall {
            if let place = base.fields.place(of: own[index].key) {
                replaced |= 1 &<< UInt64(place)
            } else {
                added |= 1 &<< UInt64(index)
            }
        }
        for index in below.indices {
            if isSmall && replaced & 1 &<< UInt64(index) == 0 {
                shared(index)
            } else if let place = place(of: below[index].key) {
                body(own[place].key, own[place].content, own[place].origin)
            } else {
                shared(index)
            }
        }
        for index in own.indices {
            guard isSmall ? added & 1 &<< UInt64(index) != 0 : base.fields.place(of: own[index].key) == nil else {
                continue
            }
            body(own[index].key, own[index].content, own[index].origin)
        }
    }

    /// Whether what the map lies over alone says something of a key.
    package func shares(_ key: Key) -> Bool { place(of: key) == nil && base?.fields.contains(key) == true }

    /// How many entries there are, of a map that lies over nothing.
    @inlinable package var count: Int { own.count }

    @inlinable package var isEmpty: Bool { own.isEmpty && (base?.fields.isEmpty ?? true) }

    /// Sets a key; one that is there keeps its place.
    package mutating func set(_ entry: Entry) {
        if let place = place(of: entry.key) { own[place] = entry } else { add(distinct: entry) }
    }

    /// Adds an entry whose key is not there yet.
    package mutating func add(distinct entry: Entry) {
        own.append(entry)
        if own.count == Self.few + 1 {
            index()
        } else if own.count > Self.few {
            extras[0].places?.append { own[$0].key.hash }
        }
    }

    private mutating func index() {
        let places = HashedPlaces(own.count) { own[$0].key.hash }
        changeExtras { $0.places = places }
    }

    package mutating func reserveCapacity(_ count: Int) { own.reserveCapacity(count) }

    package mutating func set(_ key: Key, _ value: Value) { set(Entry(key, value)) }

    /// The fields without those keys.
    package func without(_ keys: [Key]) -> Fields {
        entries.contains { keys.contains($0.key) } ? Fields(distinct: entries.filter { !keys.contains($0.key) }) : self
    }

    @inlinable func place(of key: Key) -> Int? {
        if own.count > Self.few { return extras[0].places?.place(key.hash) { own[$0].key == key } }
        for place in own.indices where own[place].key == key { return place }
        return nil
    }
}

/// A map that others lie over, once for all of them.
@usableFromInline package final class SharedFields: Sendable {
    @usableFromInline package let fields: Fields
    /// What fills in for keys of which neither it says anything nor what lies over it.
    @usableFromInline package let fallbacks: [Fields.Entry]
    /// How the files took part that it comes from.
    package let lineage: [Lineage]
    /// Whether a secret stands anywhere in it.
    package let holdsSecrets: Bool
    /// What an output says of it, once that was written; none where it can only be written in its place.
    private let lines = Mutex<Lines??>(nil)

    /// The entries as lines of an output.
    package final class Lines: Sendable {
        /// How far they are indented.
        package let depth: Int
        package let bytes: [UInt8]
        /// Where each entry ends.
        package let ends: [Int]

        package init(depth: Int, bytes: [UInt8], ends: [Int]) {
            self.depth = depth
            self.bytes = bytes
            self.ends = ends
        }

        /// Where the lines of some of the entries stand.
        package func range(of places: Range<Int>) -> Range<Int> {
            (places.lowerBound == 0 ? 0 : ends[places.lowerBound - 1])..<ends[places.upperBound - 1]
        }
    }

    /// - Parameter make: writes them; nil where they have to be written in their place.
    package func lines(at depth: Int, _ make: () -> Lines?) -> Lines? {
        if let known = lines.withLock(\.self) { return known.flatMap { $0.depth == depth ? $0 : make() } }
        // Made outside of the lock: two that make it at once make the same.
        let made = make()
        lines.withLock { $0 = .some(made) }
        return made
    }

    /// - Parameter fields: lies over nothing itself.
    package init(_ fields: Fields, fallbacks: [Fields.Entry] = [], lineage: [Lineage] = []) {
        self.fields = fields
        self.fallbacks = fallbacks
        self.lineage = lineage
        holdsSecrets = fields.holdsSecrets
    }
}

extension Fields {
    fileprivate var holdsSecrets: Bool { entries.contains { $0.value.holdsSecrets } }
}

extension Value {
    fileprivate var holdsSecrets: Bool {
        switch content {
        case .secret: true
        case .list(let items): items.contains(where: \.holdsSecrets)
        case .map(let fields): fields.holdsSecrets
        default: false
        }
    }
}

extension Fields: Equatable {
    /// Equal keys in the same order with equal values.
    @usableFromInline package static func == (left: Fields, right: Fields) -> Bool {
        left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value.content == $1.value.content }
    }
}

extension Fields: ExpressibleByDictionaryLiteral {
    @usableFromInline package init(dictionaryLiteral elements: (Key, Value)...) {
        self.init(elements.map { Entry($0.0, $0.1) })
    }
}
