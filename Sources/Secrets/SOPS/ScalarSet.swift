/// What a class such as `[a-z\pL]` or `\d` stands for.
struct ScalarSet {
    private var ranges: [ClosedRange<UInt32>] = []
    private var categories: Categories = []
    /// With case folded, each of these adds the scalars that are not in it and do not differ only in case from one that
    /// is.
    private var excluded: [Categories] = []
    private var isNegated = false
    let foldsCase: Bool

    init(foldsCase: Bool) { self.foldsCase = foldsCase }

    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

    /// What differs only in case from what a complement leaves out is left out with it, even if it is not ASCII.
    mutating func insert(ascii: [ClosedRange<UInt32>], negated: Bool) {
        guard negated else {
            ranges += ascii
            return
        }
        var omitted = ScalarSet(foldsCase: false)
        omitted.ranges = ascii
        if foldsCase {
            let letters = ascii.joined().compactMap(Unicode.Scalar.init).flatMap(CaseFolding.orbit)
            omitted.ranges += letters.map { $0.value...$0.value }
        }
        omitted.sortRanges()
        ranges += omitted.gaps
    }

    mutating func insert(_ new: Categories, negated: Bool) {
        if !negated {
            categories.formUnion(new)
        } else if !foldsCase {
            categories.formUnion(CategoryName.all.subtracting(new))
        } else if !excluded.contains(new) {
            excluded.append(new)
        }
    }

    /// To be called when all is inserted.
    mutating func close(negated: Bool) {
        sortRanges()
        isNegated = negated
    }

    /// `orbit` is the scalar asked for, with what differs from it only in case behind it.
    func contains(_ orbit: [Unicode.Scalar]) -> Bool {
        let alike = foldsCase ? orbit[...] : orbit.prefix(1)
        let isMember =
            alike.contains { isInRanges($0.value) || isIn(categories, $0) }
            || excluded.contains { categories in !alike.contains { isIn(categories, $0) } }
        return isMember != isNegated
    }

    private func isIn(_ categories: Categories, _ scalar: Unicode.Scalar) -> Bool {
        !categories.isEmpty && categories.contains(scalar.properties.generalCategory)
    }

    private func isInRanges(_ value: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(value)
    }

    private mutating func sortRanges() {
        var sorted: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = sorted.last, range.lowerBound <= last.upperBound {
                sorted[sorted.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                sorted.append(range)
            }
        }
        ranges = sorted
    }

    private var gaps: [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if next < range.lowerBound { result.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= lastScalar { result.append(next...lastScalar) }
        return result
    }
}

let lastScalar: UInt32 = 0x10FFFF

typealias Categories = Set<Unicode.GeneralCategory>

/// The names that `\p{}` knows.
enum CategoryName {
    static let all = Set(names.map(\.category))

    /// A name without what does not matter in it: case, blanks, `_` and `-`.
    static func simplified(_ name: String.UnicodeScalarView) -> String {
        let kept = name.filter { !"_- ".unicodeScalars.contains($0) }
        return kept.map { $0.isASCII ? $0.properties.lowercaseMapping : String($0) }.joined()
    }

    /// The category, or all of the group, with this simplified name.
    static func categories(named name: String) -> Categories? {
        let name = otherNames[name] ?? name
        if name == "lc" { return [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter] }
        let found = names.filter { name == $0.short || name == $0.short.prefix(1) || name == $0.long }
        return found.isEmpty ? nil : Set(found.map(\.category))
    }

    private static let otherNames = [
        "letter": "l", "mark": "m", "combiningmark": "m", "number": "n", "punctuation": "p", "punct": "p",
        "symbol": "s", "separator": "z", "other": "c", "digit": "nd", "cntrl": "cc", "casedletter": "lc",
    ]

    private static let names: [(category: Unicode.GeneralCategory, short: String, long: String)] = [
        (.uppercaseLetter, "lu", "uppercaseletter"), (.lowercaseLetter, "ll", "lowercaseletter"),
        (.titlecaseLetter, "lt", "titlecaseletter"), (.modifierLetter, "lm", "modifierletter"),
        (.otherLetter, "lo", "otherletter"), (.nonspacingMark, "mn", "nonspacingmark"),
        (.spacingMark, "mc", "spacingmark"), (.enclosingMark, "me", "enclosingmark"),
        (.decimalNumber, "nd", "decimalnumber"), (.letterNumber, "nl", "letternumber"),
        (.otherNumber, "no", "othernumber"), (.connectorPunctuation, "pc", "connectorpunctuation"),
        (.dashPunctuation, "pd", "dashpunctuation"), (.openPunctuation, "ps", "openpunctuation"),
        (.closePunctuation, "pe", "closepunctuation"), (.initialPunctuation, "pi", "initialpunctuation"),
        (.finalPunctuation, "pf", "finalpunctuation"), (.otherPunctuation, "po", "otherpunctuation"),
        (.mathSymbol, "sm", "mathsymbol"), (.currencySymbol, "sc", "currencysymbol"),
        (.modifierSymbol, "sk", "modifiersymbol"), (.otherSymbol, "so", "othersymbol"),
        (.spaceSeparator, "zs", "spaceseparator"), (.lineSeparator, "zl", "lineseparator"),
        (.paragraphSeparator, "zp", "paragraphseparator"), (.control, "cc", "control"), (.format, "cf", "format"),
        (.surrogate, "cs", "surrogate"), (.privateUse, "co", "privateuse"), (.unassigned, "cn", "unassigned"),
    ]
}

/// Unicode's simple case folding, from the mappings that the standard library has.
enum CaseFolding {
    /// The scalar itself first, and all that differ from it only in case.
    static func orbit(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        // The dotless ı is I in upper case, but is not i when case is folded.
        guard scalar != "\u{131}" else { return [scalar] }
        let folded = fold(scalar)
        var orbit = [scalar]
        let others = [folded, uppercase(folded), single(folded.properties.titlecaseMapping) ?? folded]
        for other in others + strays[folded, default: []] where !orbit.contains(other) { orbit.append(other) }
        return orbit
    }

    private static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if let other = pairs[scalar] { return other }
        let upper = uppercase(scalar)
        return single(upper.properties.lowercaseMapping) ?? upper
    }

    private static func uppercase(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        single(scalar.properties.uppercaseMapping) ?? scalar
    }

    private static func single(_ mapping: String) -> Unicode.Scalar? {
        mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
    }

    /// What folds alike though neither is the other's lower or upper case.
    private static let pairs: [Unicode.Scalar: Unicode.Scalar] =
        ["\u{1FD3}": "\u{390}", "\u{1FE3}": "\u{3B0}", "\u{FB05}": "\u{FB06}"]

    /// The scalars that no case mapping leads to, such as the long s and the Kelvin sign, by what they fold to.
    private static let strays: [Unicode.Scalar: [Unicode.Scalar]] = Dictionary(
        grouping: [
            "\u{B5}", "\u{17F}", "\u{345}", "\u{3C2}", "\u{3D0}", "\u{3D1}", "\u{3D5}", "\u{3D6}", "\u{3F0}", "\u{3F1}",
            "\u{3F4}", "\u{3F5}", "\u{1C80}", "\u{1C81}", "\u{1C82}", "\u{1C83}", "\u{1C84}", "\u{1C85}", "\u{1C86}",
            "\u{1C87}", "\u{1C88}", "\u{1E9B}", "\u{1E9E}", "\u{1FBE}", "\u{1FD3}", "\u{1FE3}", "\u{2126}",
            "\u{212A}", "\u{212B}", "\u{FB05}",
        ],
        by: fold)
}

/// In ASCII, as everywhere in these expressions.
extension Unicode.Scalar {
    var isWord: Bool { self == "_" || isLetterOrDigit }

    var isLetterOrDigit: Bool {
        ("0"..."9").contains(self) || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
    }

    var octalDigit: UInt32? { ("0"..."7").contains(self) ? value - 0x30 : nil }

    var hexDigit: UInt32? { isLetterOrDigit ? UInt32(String(self), radix: 16) : nil }
}
