import TestSupport

/// One left fold over layers (DESIGN §3), told as a story: every value that is said is heard at its path, and what is held
/// there is kept, replaced, joined or forgotten.
struct Fold {
    enum Rule: String { case replace, union, append, deep }

    /// How strong what is said is: `!default`, nothing, `!force`.
    enum Strength: Comparable { case fallback, normal, force }

    /// A path that was spoken of, and what is held there.
    private struct Place {
        let path: [String]
        var held: Held?
    }

    private enum Held {
        case map
        /// Nil: that it is not to be there.
        case value(OrderedJSON?, Strength)
    }

    /// How a field at the top is merged.
    private let rule: (String) -> Rule
    /// What stands for a secret.
    private let secret: (String) -> OrderedJSON
    /// In the order in which they were first spoken of.
    private var places: [Place] = []

    init(rule: @escaping (String) -> Rule, secret: @escaping (String) -> OrderedJSON) {
        self.rule = rule
        self.secret = secret
    }

    mutating func hear(_ layer: [Said.Entry]) {
        for entry in layer { hear(entry.said, at: [entry.key], .normal, nil) }
    }

    private mutating func hear(_ said: Said, at path: [String], _ strength: Strength, _ tag: Rule?) {
        switch said {
        case .tagged(.force, let said): hear(said, at: path, .force, tag)
        case .tagged(.default, let said): hear(said, at: path, .fallback, tag)
        case .tagged(.replace, let said):
            forget(path, strength)
            hear(said, at: path, strength, .replace)
        case .tagged(.append, let said): hear(said, at: path, strength, .append)
        case .tagged(.union, let said): hear(said, at: path, strength, .union)
        case .unset:
            mention(path)
            forget(path, strength)
            // What is forced away does not come back by less.
            if strength == .force { hold(.value(nil, strength), at: path) }
        case .map(let entries) where path.count > 1 || rule(path[0]) == .deep:
            mention(path)
            if held(path) == nil, !isForcedAway(path, strength) { hold(.map, at: path) }
            for entry in entries { hear(entry.said, at: path + [entry.key], strength, nil) }
        default:
            mention(path)
            hear(json(said), at: path, strength, tag ?? (path.count == 1 ? rule(path[0]) : .deep))
        }
    }

    /// At each step the stronger value wins whole; of two that are equally strong, the nearer, or both where they are joined.
    private mutating func hear(_ value: OrderedJSON, at path: [String], _ strength: Strength, _ rule: Rule) {
        if isForcedAway(path, strength) { return }
        var value = value
        if case .value(let old, let oldStrength)? = held(path) {
            if oldStrength > strength { return }
            if oldStrength == strength, case .list(let before)? = old, case .list(let items) = value,
                rule == .append || rule == .union
            {
                value = .list(before + items)
            }
        }
        if rule == .union, case .list(let items) = value {
            value = .list(items.enumerated().filter { !items[..<$0].map(\.text).contains($1.text) }.map(\.element))
        }
        hold(.value(value, strength), at: path)
    }

    /// Whether something stronger says that a map on the way there is not to be there, which is said of all in it.
    private func isForcedAway(_ path: [String], _ strength: Strength) -> Bool {
        path.indices.contains { end in
            guard case .value(nil, let held) = held(Array(path[..<end])) else { return false }
            return held > strength
        }
    }

    /// Drops what is held there and below, unless it is stronger, and the maps in which nothing is left.
    private mutating func forget(_ path: [String], _ strength: Strength) {
        for index in places.indices where places[index].path.starts(with: path) {
            if case .value(_, let held) = places[index].held, held <= strength { places[index].held = nil }
        }
        for index in places.indices.reversed() where places[index].path.starts(with: path) {
            guard case .map = places[index].held else { continue }
            let own = places[index].path
            let isEmpty = !places.contains { place in
                guard case .value = place.held else { return false }
                return place.path.starts(with: own)
            }
            if isEmpty { places[index].held = nil }
        }
        places.removeAll { $0.held == nil && $0.path.count > path.count && $0.path.starts(with: path) }
    }

    private mutating func mention(_ path: [String]) {
        if !places.contains(where: { $0.path == path }) { places.append(Place(path: path)) }
    }

    private func held(_ path: [String]) -> Held? { places.first { $0.path == path }?.held }

    private mutating func hold(_ held: Held, at path: [String]) {
        for index in places.indices where places[index].path == path { places[index].held = held }
    }

    /// As it stands; what is replaced whole has no say in what stands in it.
    private func json(_ said: Said) -> OrderedJSON {
        switch said {
        case .value(let json): json
        case .secret(let path): secret(path)
        case .list(let items): .list(items)
        case .map(let entries): .map(entries.map { ($0.key, json($0.said)) })
        case .unset: .null
        case .tagged(_, let said): json(said)
        }
    }

    var result: OrderedJSON { result(below: []) }

    private func result(below path: [String]) -> OrderedJSON {
        let inside = places.filter { $0.path.count == path.count + 1 && $0.path.starts(with: path) }
        return .map(
            inside.compactMap { place in
                guard let key = place.path.last else { return nil }
                if case .value(let value?, _) = place.held { return (key, value) }
                let inner = result(below: place.path)
                if case .map = place.held { return (key, inner) }
                return inner.entries.isEmpty ? nil : (key, inner)
            })
    }
}
