internal import SiteModel

/// Lists are joined: first seen first, once each, equal by type and value. What is no list replaces.
enum UnionRule {
    static func combine(_ weaker: Fields.Entry, _ nearer: Fields.Entry) -> Fields.Entry {
        guard let first = weaker.value.list, let second = nearer.value.list else {
            return ReplaceRule.combine(weaker, nearer)
        }
        var joined = nearer
        joined.value.content = .list(union(first, second))
        joined.beat = weaker.beat
        return joined
    }

    static func union(_ first: [Value], _ second: [Value]) -> [Value] {
        var seenTexts: Set<Key> = []
        var others: [Value.Content] = []
        return (first + second).filter { item in
            if case .string(let text) = item.content { return seenTexts.insert(Key(text)).inserted }
            guard !others.contains(item.content) else { return false }
            others.append(item.content)
            return true
        }
    }
}
