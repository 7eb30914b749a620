internal import Diagnostics
internal import SiteModel

/// Lists of equal strength are joined, the weaker first. What is no list replaces, null without a word.
enum ListRule {
    /// First seen first, once each, equal by type and value.
    case union
    /// Every item.
    case append

    func combine(_ weaker: Fields.Entry, _ nearer: Fields.Entry, _ merger: inout Merger) -> Fields.Entry {
        let rule: MergeRule = self == .union ? .union : .append
        guard weaker.value.origin.strength == nearer.value.origin.strength else {
            return ReplaceRule.combine(weaker, nearer, rule)
        }
        guard let first = weaker.value.list, let second = nearer.value.list else {
            let isTagged = nearer.value.origin.tag?.rule == rule
            // A tag before what is no list has been reported where it stands.
            let isKnown = isTagged && nearer.value.list == nil
            let isOneList = weaker.value.list != nil || nearer.value.list != nil
            if isOneList, !isKnown, !weaker.value.isNull, !nearer.value.isNull {
                merger.report(.shapes(weaker, nearer, isTagged ? .error : .warning))
            }
            return ReplaceRule.combine(weaker, nearer, rule)
        }
        var joined = nearer
        joined.value.content = .list(self == .union ? Self.once(first + second) : first + second)
        joined.join(weaker, by: rule)
        return joined
    }

    /// The items, each where it was first seen.
    static func once(_ items: [Value]) -> [Value] {
        var seen: Set<Item> = []
        return items.filter { seen.insert(Item($0.content)).inserted }
    }

    /// A value that is looked up by what it holds.
    private struct Item: Hashable {
        private let content: Value.Content

        init(_ content: Value.Content) { self.content = content }

        func hash(into hasher: inout Hasher) {
            switch content {
            case .null: hasher.combine(0)
            case .bool(let flag): hasher.combine(flag)
            case .integer(let number): hasher.combine(number)
            case .bigInteger(let digits): hasher.combine(digits)
            case .float(let number): hasher.combine(number)
            case .string(let text): Key(text).hash(into: &hasher)
            case .secret(let secret): hasher.combine(secret)
            case .pooled(let pool): hasher.combine(pool)
            case .list(let items): for item in items { Item(item.content).hash(into: &hasher) }
            case .map(let fields):
                for entry in fields.entries {
                    entry.key.hash(into: &hasher)
                    Item(entry.value.content).hash(into: &hasher)
                }
            }
        }
    }
}

extension Fields.Entry {
    /// Notes that a weaker value is in this one: what either beat stays beaten.
    mutating func join(_ weaker: Fields.Entry, by rule: MergeRule) {
        if hasBeaten {
            decide(by: .merge(rule), over: weaker.beat + beat)
        } else {
            decide(by: .merge(rule), joining: weaker)
        }
    }
}
