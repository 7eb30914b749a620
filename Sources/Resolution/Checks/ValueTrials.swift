internal import Diagnostics
internal import SiteModel

/// What became of the values of a site when its merges were done again without them.
///
/// A value that made a difference in one merge is kept, whatever it does in others. Only untagged values of normal strength
/// are tried, each field whole, or leaf by leaf where it is merged deep; lists that are joined are left alone.
struct ValueTrials {
    private let site: LinkedSite
    private var kept: Set<Span> = []
    private var candidates: [Span: Candidate] = [:]
    /// Names that lead elsewhere, secrets and numbers of pools: a reader looks for them where they are used.
    private let references: Set<Span>
    private let owners: [SourceID: EntityID]
    /// Of merges with the same lower layers: the keys that every nearest layer said so far.
    private var untried: [Family: Set<Key>] = [:]
    /// Whether a VM's value simply replaces what is below it.
    private let isPlain: Bool

    private struct Family: Hashable {
        let subject: MergeSubject
        let part: Key
        let sources: [SourceID?]
    }

    /// A value that made no difference so far.
    private struct Candidate {
        let path: [Key]
        let place: Span?
        let layer: Layer
        /// The map that has nothing else in it.
        let around: Key?
        /// What says the same below it, if it ever counted.
        var inherited: Span?
        /// The first two that replace it.
        private(set) var winners: [Span] = []

        init(path: [Key], place: Span?, layer: Layer, around: Key?) {
            self.path = path
            self.place = place
            self.layer = layer
            self.around = around
        }

        /// Whether nothing more can become of it but that it is kept.
        var isReplacedOften: Bool { inherited == nil && winners.count > 1 }

        mutating func add(winner: Span?) {
            if let winner, winners.count < 2, !winners.contains(winner) { winners.append(winner) }
        }
    }

    init(_ site: LinkedSite) {
        self.site = site
        let entities = site.entities.values
        isPlain = !site.hasTags
        // What a VM starts from is not tried.
        references = Set(
            entities.flatMap { entity in
                entity.references.lazy.filter { entity.id.kind != .env || !FieldTable.choosers.contains($0.field) }
                    .map(\.span) + entity.secretReferences.map(\.span) + entity.allocations.map(\.span)
            })
        owners = Dictionary(entities.map { ($0.source, $0.id) }) { first, _ in first }
    }

    /// R0816 and R0817 for what made no difference anywhere.
    var found: [Diagnostic] {
        let places = candidates.keys.filter { !kept.contains($0) }
            .sorted { ($0.source.index, $0.start) < ($1.source.index, $1.start) }
        return places.compactMap { span in
            guard let candidate = candidates[span] else { return nil }
            if candidate.inherited != nil {
                return .restated(candidate.path, candidate.place, candidate.inherited, around: candidate.around)
            }
            // What only one replaces is where that one starts from; what several do is said in vain.
            guard candidate.layer != .instance, candidate.winners.count > 1 else { return nil }
            return .replacedEverywhere(
                candidate.path, candidate.place, candidate.winners, around: candidate.around)
        }
    }

    /// - Parameters:
    ///   - part: tells merges apart that have the same layers and other fields of them.
    ///   - fallbacks: what is filled in behind the merge.
    mutating func run(
        _ layers: [MergeLayer], of subject: MergeSubject, _ part: Key = "", filling fallbacks: [Fields.Entry] = []
    ) {
        guard let nearest = layers.last?.fields else { return }
        let family = Family(subject: subject, part: part, sources: layers.dropLast().map(\.source))
        let said = nearest.entries.map(\.key)
        // Where the nearest layer says nothing of a key, the merge is the same as with any other that does not.
        var others: Set<Key> = []
        if let known = untried[family] {
            if !known.isEmpty {
                others = known.subtracting(said)
                untried[family] = known.intersection(said)
            }
        } else {
            let below = Set(layers.dropLast().flatMap { $0.fields.entries.map(\.key) })
            others = below.subtracting(said)
            untried[family] = below.intersection(said)
        }
        let rules = site.rules[subject]
        for key in said + others.sorted() where !subject.leavesAlone(key) {
            attempt(key, layers, rules, fallbacks)
        }
    }

    private mutating func attempt(
        _ key: Key, _ layers: [MergeLayer], _ rules: MergeRules, _ fallbacks: [Fields.Entry]
    ) {
        let holders = layers.compactMap { layer in layer.fields.entry(key).map { Holder(layer, [$0]) } }
        switch rules[key] {
        case .replace: attempt(holders, rules, fallbacks.first { $0.key == key })
        case .deep: attemptLeaves(holders, rules)
        case .union, .append: keep(holders)
        }
    }

    // MARK: Machines

    /// What VMs that start alike are tried against.
    final class Start {
        fileprivate let layers: [MergeLayer]
        /// What the layers say of each key, the weakest first.
        fileprivate let below: [Key: [Value]]
        /// The keys that every VM said so far.
        fileprivate var untried: Set<Key>
        /// What is known of the keys of these VMs, of which there are few, the first ones that were met.
        private var known: [(key: Key, outcome: Outcome)] = []

        /// What comes of an entry of a VM.
        fileprivate enum Outcome {
            /// It is not tried.
            case nothing
            /// It counts where it is not what stands there, and nothing is left to learn of what stands below.
            case counts(unless: Value.Content?)
            /// It has to be looked at.
            case open
        }

        fileprivate init(_ layers: [MergeLayer], _ below: [Key: [Value]]) {
            self.layers = layers
            self.below = below
            untried = Set(below.keys)
        }

        /// What is known of an entry of a VM.
        fileprivate enum Known {
            case nothing, counts, restates, open, unknown
        }

        fileprivate func outcome(of key: Key, in vm: Fields, at place: Int) -> Known {
            for index in known.indices where known[index].key == key {
                switch known[index].outcome {
                case .nothing: return .nothing
                case .open: return .open
                case .counts(nil): return .counts
                case .counts(let below?): return vm.holds(below, at: place) ? .restates : .counts
                }
            }
            return .unknown
        }

        /// Notes what comes of an entry, once that does not change any more.
        fileprivate func note(_ outcome: Outcome, of key: Key) {
            guard known.count < 32, !known.contains(where: { $0.key == key }) else { return }
            known.append((key, outcome))
        }
    }

    /// The layers below the VM's own.
    static func start(_ layers: some Sequence<MergeLayer>) -> Start {
        let layers = Array(layers)
        var below: [Key: [Value]] = [:]
        for entry in layers.flatMap(\.fields.entries) { below[entry.key, default: []].append(entry.value) }
        return Start(layers, below)
    }

    /// The same as `run` for a VM's own entry over what it starts from. There are many of them, and most values of most are
    /// like that of one before: they replace what other VMs have replaced, too.
    ///
    /// - Parameter isOnly: whether what the VM says is said in no other place, so that nobody will ask for these values again.
    mutating func run(_ vm: Fields, over start: Start, isOnly: Bool) {
        var isTriedOut = true
        vm.forEachOwn { place, key, _, origin in
            if isTriedOut { isTriedOut = settles(vm, place, key, origin, start, isOnly: isOnly) }
        }
        if !isTriedOut || vm.base != nil || !start.untried.isEmpty { tryOut(vm, over: start, isOnly: isOnly) }
    }

    private mutating func tryOut(_ vm: Fields, over start: Start, isOnly: Bool) {
        let rules = site.vmRules
        var own: MergeLayer?
        func tryOut(_ key: Key) {
            let layer = own ?? MergeLayer(vm.without(FieldTable.choosers), isTagged: site.hasTags)
            own = layer
            attempt(key, start.layers + [layer], rules, site.vmDefaults)
        }
        for entry in vm.entries {
            let alone = Fields(distinct: [entry])
            if !settles(alone, 0, entry.key, entry.value.origin, start, isOnly: isOnly) { tryOut(entry.key) }
        }
        guard !start.untried.isEmpty else { return }
        let others = start.untried.filter { !vm.contains($0) || FieldTable.choosers.contains($0) }
        start.untried.subtract(others)
        for key in others.sorted() where !MergeSubject.vm.leavesAlone(key) { tryOut(key) }
    }

    /// Whether nothing has to be tried of a VM's entry, at that place among its own.
    private mutating func settles(
        _ vm: Fields, _ place: Int, _ key: Key, _ origin: Origin, _ start: Start, isOnly: Bool
    ) -> Bool {
        switch start.outcome(of: key, in: vm, at: place) {
        case .nothing: return true
        case .counts:
            guard origin.strength == .normal, let span = origin.span else { return false }
            if !isOnly { kept.insert(span) }
            return true
        case .restates: return false
        case .open: break
        case .unknown:
            if MergeSubject.vm.leavesAlone(key) {
                start.note(.nothing, of: key)
                return true
            }
            if !isPlain || site.vmRules[key] != .replace { start.note(.open, of: key) }
        }
        return isPlain && site.vmRules[key] == .replace
            && settles(key, vm.own(at: place).value, start, isOnly: isOnly)
    }

    /// Whether a VM's own value makes a difference, and nothing new is to be learned of those that it replaces: then it
    /// is only noted.
    private mutating func settles(_ key: Key, _ own: Value, _ start: Start, isOnly: Bool) -> Bool {
        guard let span = own.origin.span, own.origin.strength == .normal else { return false }
        if let below = start.below[key] {
            guard below.last?.content != own.content else { return false }
            var isLearned = true
            for value in below {
                guard let place = value.origin.span, value.origin.strength == .normal else { return false }
                if kept.contains(place) || references.contains(place) { continue }
                guard value.content != own.content, candidates[place]?.isReplacedOften == true else { return false }
                isLearned = false
            }
            // What was kept once is kept for good.
            if isLearned { start.note(.counts(unless: below.last?.content), of: key) }
        } else {
            let fallback = site.vmDefaults.first { $0.key == key }?.value.content
            start.note(.counts(unless: fallback), of: key)
            if fallback == own.content { return false }
        }
        if !isOnly { kept.insert(span) }
        return true
    }

    /// Holds all values of some layers for such that make a difference.
    mutating func keep(_ layers: [MergeLayer]) {
        for layer in layers { for entry in layer.fields.entries { keep(entry.value) } }
    }

    // MARK: Trials

    /// A layer, and its entries on the way to what is tried.
    private struct Holder {
        let layer: MergeLayer
        let way: [Fields.Entry]

        init(_ layer: MergeLayer, _ way: [Fields.Entry]) {
            self.layer = layer
            self.way = way
        }

        var entry: Fields.Entry { way[way.count - 1] }
        var path: [Key] { way.map(\.key) }

        /// The layer with nothing else in it.
        var projected: MergeLayer {
            var entry = entry
            for outer in way.dropLast().reversed() {
                var around = outer
                around.value.content = .map(Fields([entry]))
                entry = around
            }
            var layer = layer
            layer.fields = Fields([entry])
            return layer
        }

        func below(_ key: Key) -> Holder? { entry.value.map?.entry(key).map { Holder(layer, way + [$0]) } }

        /// The outermost map on the way that has nothing else in it.
        var around: Key? {
            let alone = way.dropLast().reversed().prefix { $0.value.map?.entries.count == 1 }
            return alone.last?.key
        }

        var isTagged: Bool { way.contains { $0.value.origin.tag != nil } }
    }

    private mutating func attemptLeaves(_ holders: [Holder], _ rules: MergeRules) {
        guard holders.count > 1 else { return keep(holders) }
        let maps = holders.compactMap(\.entry.value.map)
        if maps.isEmpty { return attempt(holders, rules, nil) }
        // Where shapes meet, and where a map is empty, nothing is leaf by leaf.
        guard maps.count == holders.count, !maps.contains(where: \.isEmpty) else { return keep(holders) }
        var seen: Set<Key> = []
        for key in maps.flatMap({ $0.entries.map(\.key) }) where seen.insert(key).inserted {
            attemptLeaves(holders.compactMap { $0.below(key) }, rules)
        }
    }

    /// Merges with and without each of several values of one place.
    private mutating func attempt(_ holders: [Holder], _ rules: MergeRules, _ fallback: Fields.Entry?) {
        guard holders.count > 1 || fallback != nil, let path = holders.first?.path else { return keep(holders) }
        let open = holders.indices.filter { isOpen(holders[$0]) }
        guard !open.isEmpty else { return }
        let layers = holders.map(\.projected)
        let with = result(layers, rules, fallback, path)
        for index in open {
            var fewer = layers
            fewer.remove(at: index)
            let own = holders[index].entry.value
            let without = result(fewer, rules, fallback, path)
            if with == without, let winner = with.value, winner.origin.span != own.origin.span {
                // Where what wins says the same, the value is in the output, and has to be in vain without that, too.
                guard winner.content == own.content else {
                    let next = holders[(index + 1)...].first { $0.entry.value.origin.strength >= .normal }
                    note(holders[index]) { $0.add(winner: next?.entry.value.origin.span ?? winner.origin.span) }
                    continue
                }
                judge(
                    holders[index], result(Array(layers[...index]), rules, fallback, path),
                    result(Array(layers[..<index]), rules, fallback, path))
            } else {
                judge(holders[index], with, without)
            }
        }
    }

    private func isOpen(_ holder: Holder) -> Bool {
        let origin = holder.entry.value.origin
        guard let span = origin.span, holder.entry.keySpan != nil, Self.tried.contains(origin.layer) else {
            return false
        }
        return !kept.contains(span) && !references.contains(span) && !holder.isTagged && origin.strength == .normal
    }

    private static let tried: [Layer] = [.template, .preset, .posture, .spec, .component, .hostGroup, .instance]

    private struct Result: Equatable {
        let value: Value?
        let remarks: [String]

        static func == (left: Result, right: Result) -> Bool {
            left.value?.content == right.value?.content && left.remarks == right.remarks
        }
    }

    private func result(
        _ layers: [MergeLayer], _ rules: MergeRules, _ fallback: Fields.Entry?, _ path: [Key]
    ) -> Result {
        var merged = merge(layers, by: rules)
        if let fallback { merged.fields.fill(fallback) }
        var value: Value?
        var fields = merged.fields
        for key in path {
            value = fields[key]
            fields = value?.map ?? Fields()
        }
        return Result(value: value, remarks: merged.diagnostics.map(\.message))
    }

    /// Whether a value that wins, or would, is only what is inherited anyway.
    private mutating func judge(_ holder: Holder, _ with: Result, _ without: Result) {
        // Two that say the same by chance, as siblings do, are both needed.
        guard with == without, let other = without.value, isInherited(other.origin, by: holder.entry.value.origin)
        else { return keep([holder]) }
        note(holder) { $0.inherited = $0.inherited ?? other.origin.span }
    }

    private mutating func note(_ holder: Holder, _ what: (inout Candidate) -> Void) {
        let own = holder.entry.value.origin
        guard let span = own.span else { return }
        var candidate =
            candidates[span]
            ?? Candidate(path: holder.path, place: holder.entry.keySpan, layer: own.layer, around: holder.around)
        what(&candidate)
        candidates[span] = candidate
    }

    private mutating func keep(_ holders: [Holder]) {
        for holder in holders { keep(holder.entry.value) }
    }

    private mutating func keep(_ value: Value) {
        if let span = value.origin.span { kept.insert(span) }
        for entry in value.map?.entries ?? [] { keep(entry.value) }
    }

    // MARK: Inheritance

    /// Whether a layer starts from the one that another value stands in.
    private func isInherited(_ other: Origin, by own: Origin) -> Bool {
        guard let otherSource = other.span?.source, let source = own.span?.source else { return false }
        if own.layer == .instance || other.layer == .site { return true }
        guard let start = owners[source], let target = owners[otherSource] else { return false }
        var seen: Set<EntityID> = [start]
        var waiting = [start]
        while let next = waiting.popLast() {
            for reference in site.entities[next]?.references ?? [] where reference.isBelow {
                guard let id = site.catalogue.place(reference.name, reference.order)?.id else { continue }
                if id == target { return true }
                if seen.insert(id).inserted { waiting.append(id) }
            }
        }
        return false
    }
}

extension Reference {
    /// Whether what it names is a weaker layer than the file that it stands in.
    fileprivate var isBelow: Bool { isParent || ["preset", "requires", "components"].contains(field) }
}

extension MergeSubject {
    private static let ofVMAlone = Set<Key>(FieldTable.choosers).union(
        ["name", "vmid", "ip", "mac", "shared", "ssh_port", "spice_port", "ports"])

    /// Keys that choose layers, that say who something is, that a check compares, or that are for people.
    fileprivate func leavesAlone(_ key: Key) -> Bool {
        if key.begins(with: "x-"), self != .pillar { return true }
        return switch self {
        case .vm: Self.ofVMAlone.contains(key)
        case .pillar: false
        default: ["schema_version", "description", "extends"].contains(key)
        }
    }
}
