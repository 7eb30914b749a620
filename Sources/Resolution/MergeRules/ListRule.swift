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
        joined.decide(by: .merge(rule), over: weaker.beat + nearer.beat)
        return joined
    }

    /// The items, each where it was first seen.
    static func once(_ items: [Value]) -> [Value] {
        var scalars: Set<Scalar> = []
        var others: [Value.Content] = []
        return items.filter { item in
            if let scalar = Scalar(item.content) { return scalars.insert(scalar).inserted }
            guard !others.contains(item.content) else { return false }
            others.append(item.content)
            return true
        }
    }

    /// A value that is no list or map, by its type.
    private enum Scalar: Hashable {
        case null
        case bool(Bool)
        case integer(Int)
        case digits(Key)
        case float(Double)
        case text(Key)
        case secret(SecretRef)

        init?(_ content: Value.Content) {
            switch content {
            case .null: self = .null
            case .bool(let flag): self = .bool(flag)
            case .integer(let number): self = .integer(number)
            case .bigInteger(let digits): self = .digits(Key(digits))
            case .float(let number): self = .float(number)
            case .string(let text): self = .text(Key(text))
            case .secret(let secret): self = .secret(secret)
            case .list, .map: return nil
            }
        }
    }
}
