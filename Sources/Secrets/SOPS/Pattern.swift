/// A regular expression as Go's `regexp` has it, which answers only whether it matches somewhere in a text.
///
/// SOPS decides with Go's expressions which values are encrypted; another dialect would choose other values. The
/// expression becomes a program that is run in all its states at once, so that a match costs at most the length of the
/// program times that of the text, whatever the two say.
package struct Pattern: Sendable {
    private let program: [Instruction]

    /// What a match costs, at most, for each scalar of a text.
    package var cost: Int { program.count }
    private let sets: [ScalarSet]
    private let foldsCase: Bool

    package init(_ text: String) throws(PatternError) {
        var parser = PatternParser(text)
        program = try parser.parse()
        sets = parser.sets
        foldsCase = sets.contains(where: \.foldsCase)
    }

    package func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var before: Unicode.Scalar?
        /// Where the program goes on at this position, and the instructions there that take a scalar.
        var pending: [Int] = []
        var waiting: [Int] = []
        /// The last position at which a state was entered: none is entered twice, or a loop over nothing had no end.
        var entered = [Int](repeating: -1, count: program.count)
        for position in 0...scalars.count {
            let after = position < scalars.count ? scalars[position] : nil
            pending.append(0)
            waiting.removeAll(keepingCapacity: true)
            while let state = pending.popLast() {
                if state == program.count { return true }
                if entered[state] == position { continue }
                entered[state] = position
                switch program[state] {
                case .jump(let offset): pending.append(state + offset)
                case .split(let offset):
                    pending.append(state + offset)
                    pending.append(state + 1)
                case .assertion(let assertion):
                    if assertion.holds(between: before, and: after) { pending.append(state + 1) }
                case .scalar, .any, .set: waiting.append(state)
                }
            }
            guard let after else { break }
            let letter = foldsCase ? CaseFolding.orbit(of: after) : [after]
            for state in waiting where takes(letter, at: state) { pending.append(state + 1) }
            before = after
        }
        return false
    }

    private func takes(_ letter: [Unicode.Scalar], at state: Int) -> Bool {
        switch program[state] {
        case .scalar(let wanted): letter[0].value == wanted
        case .any(let includingNewline): includingNewline || letter[0] != "\n"
        case .set(let index): sets[index].contains(letter)
        case .jump, .split, .assertion: false
        }
    }
}

/// What is wrong with an expression, in Go's words.
package struct PatternError: Error, Equatable {
    package let message: String
}

// MARK: - The program

/// Offsets count from the instruction itself, so that a piece of program can be repeated by copying it. The text has
/// matched when the program's end is reached.
private enum Instruction {
    case scalar(UInt32)
    case any(includingNewline: Bool)
    /// One of the scalars of the set with this index.
    case set(Int)
    case assertion(Assertion)
    case jump(Int)
    /// Goes on both at the next instruction and at the offset.
    case split(Int)
}

private enum Assertion {
    case beginText, endText, beginLine, endLine, wordBoundary, noWordBoundary

    func holds(between before: Unicode.Scalar?, and after: Unicode.Scalar?) -> Bool {
        switch self {
        case .beginText: before == nil
        case .endText: after == nil
        case .beginLine: before == nil || before == "\n"
        case .endLine: after == nil || after == "\n"
        case .wordBoundary: Self.isWord(before) != Self.isWord(after)
        case .noWordBoundary: Self.isWord(before) == Self.isWord(after)
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar?.isWord ?? false }
}

/// A piece of program: one part of the expression.
private struct Fragment {
    var code: [Instruction] = []
    /// How often the most repeated part of it is repeated, all counts around that part multiplied.
    var repeats = 1

    static func choice(of branches: [Fragment]) -> Fragment {
        guard let last = branches.last, branches.count > 1 else { return branches.first ?? Fragment() }
        var result = Fragment(repeats: branches.map(\.repeats).max() ?? 1)
        var following = branches.reduce(0) { $0 + $1.code.count + 2 } - 2
        for branch in branches.dropLast() {
            following -= branch.code.count + 2
            result.code.append(.split(branch.code.count + 2))
            result.code += branch.code
            result.code.append(.jump(following + 1))
        }
        result.code += last.code
        return result
    }

    /// The code `least` to `most` times, or as often as there is if `most` is nil.
    func repeated(_ least: Int, _ most: Int?) -> [Instruction] {
        if least == 0, most == nil { return [.split(code.count + 2)] + code + [.jump(-code.count - 1)] }
        var result: [Instruction] = []
        for _ in 0..<least { result += code }
        guard let most else { return result + [.split(-code.count)] }
        for done in least..<most {
            result.append(.split((most - done) * (code.count + 1)))
            result += code
        }
        return result
    }
}

// MARK: - Sets of scalars

/// What a class such as `[a-z\pL]` or `\d` stands for.
private struct ScalarSet {
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

private let lastScalar: UInt32 = 0x10FFFF

private typealias Categories = Set<Unicode.GeneralCategory>

/// The names that `\p{}` knows.
private enum CategoryName {
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
private enum CaseFolding {
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
    fileprivate var isWord: Bool { self == "_" || isLetterOrDigit }

    fileprivate var isLetterOrDigit: Bool {
        ("0"..."9").contains(self) || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
    }

    fileprivate var octalDigit: UInt32? { ("0"..."7").contains(self) ? value - 0x30 : nil }

    fileprivate var hexDigit: UInt32? { isLetterOrDigit ? UInt32(String(self), radix: 16) : nil }
}

// MARK: - The parser

/// Reads the expression once, from the left. Open groups are a list and not calls within calls, so that no depth of
/// them can exhaust the stack.
private struct PatternParser {
    private(set) var sets: [ScalarSet] = []
    private let text: [Unicode.Scalar]
    private var position = 0
    private var flags = Flags()
    private var group = Group()
    /// The groups around this one, the innermost last.
    private var outer: [Group] = []
    private var size = 0
    /// Where the last `:]` stands, or -1.
    private let lastNameEnd: Int

    /// Go's limit for one count, and for counts within counts multiplied.
    private static let maximumRepeats = 1000
    private static let maximumDepth = 1000
    /// In instructions. Go allows three million; a rule about names needs a few hundred.
    private static let maximumSize = 20_000

    init(_ text: String) {
        let text = Array(text.unicodeScalars)
        self.text = text
        lastNameEnd = text.indices.dropLast().last { text[$0] == ":" && text[$0 + 1] == "]" } ?? -1
    }

    mutating func parse() throws(PatternError) -> [Instruction] {
        /// Where the repetition directly before begins.
        var repetitionStart: Int?
        while let scalar = take() {
            let start = position - 1
            if let (least, most) = try repetition(scalar) {
                skip("?")
                if let repetitionStart { throw error("invalid nested repetition operator", from: repetitionStart) }
                try repeatLast(least, most, from: start)
                repetitionStart = start
            } else {
                try parsePart(scalar, from: start)
                repetitionStart = nil
            }
        }
        guard outer.isEmpty else { throw PatternError(message: "missing closing )") }
        return group.finish().code
    }

    private mutating func parsePart(_ scalar: Unicode.Scalar, from start: Int) throws(PatternError) {
        switch scalar {
        case "(": try openGroup(from: start)
        case ")": try closeGroup()
        case "|": group.endBranch(); try grow(by: 2)
        case "^": try push(.assertion(flags.isMultiline ? .beginLine : .beginText))
        case "$": try push(.assertion(flags.isMultiline ? .endLine : .endText))
        case ".": try push(.any(includingNewline: flags.dotTakesNewline))
        case "[": try parseClass()
        case "\\": try parseEscape()
        default: try pushLiteral(scalar.value)
        }
    }

    // MARK: The program so far

    private mutating func grow(by count: Int) throws(PatternError) {
        size += count
        guard size <= Self.maximumSize else { throw PatternError(message: "expression too large") }
    }

    private mutating func push(_ instruction: Instruction) throws(PatternError) {
        try grow(by: 1)
        group.push(Fragment(code: [instruction]))
    }

    private mutating func push(_ set: ScalarSet) throws(PatternError) {
        try push(.set(sets.count))
        sets.append(set)
    }

    private mutating func pushLiteral(_ value: UInt32) throws(PatternError) {
        if flags.ignoresCase, let scalar = Unicode.Scalar(value), CaseFolding.orbit(of: scalar).count > 1 {
            var set = ScalarSet(foldsCase: true)
            set.insert(value...value)
            set.close(negated: false)
            try push(set)
        } else {
            try push(.scalar(value))
        }
    }

    /// The limits are checked before anything is copied.
    private mutating func repeatLast(_ least: Int, _ most: Int?, from start: Int) throws(PatternError) {
        guard let part = group.last else { throw error("missing argument to repetition operator", from: start) }
        let copies = max(1, most ?? least)
        let repeats = most == 0 ? 1 : part.repeats * copies
        guard copies == 1 || repeats <= Self.maximumRepeats else { throw error("invalid repeat count", from: start) }
        try grow(by: (copies - 1) * part.code.count + copies + 1)
        group.last = Fragment(code: part.repeated(least, most), repeats: repeats)
    }

    // MARK: Repetitions

    /// The bounds, if `scalar` begins a repetition. A `{` that does not is an ordinary letter.
    private mutating func repetition(_ scalar: Unicode.Scalar) throws(PatternError) -> (least: Int, most: Int?)? {
        switch scalar {
        case "*": return (0, nil)
        case "+": return (1, nil)
        case "?": return (0, 1)
        case "{": break
        default: return nil
        }
        let start = position
        guard let bounds = parseBounds() else {
            position = start
            return nil
        }
        let most = bounds.most ?? bounds.least
        guard bounds.least <= most, most <= Self.maximumRepeats else {
            throw error("invalid repeat count", from: start - 1)
        }
        return bounds
    }

    private mutating func parseBounds() -> (least: Int, most: Int?)? {
        guard let least = parseNumber() else { return nil }
        var most: Int? = least
        if skip(",") {
            most = nil
            if peek() != "}" {
                guard let number = parseNumber() else { return nil }
                most = number
            }
        }
        return skip("}") ? (least, most) : nil
    }

    private mutating func parseNumber() -> Int? {
        let start = position
        var number = 0
        while let scalar = peek(), ("0"..."9").contains(scalar) {
            number = min(number * 10 + Int(scalar.value - 0x30), Self.maximumRepeats + 1)
            position += 1
        }
        let hasLeadingZero = position - start > 1 && text[start] == "0"
        return position == start || hasLeadingZero ? nil : number
    }

    // MARK: Groups

    private mutating func openGroup(from start: Int) throws(PatternError) {
        let outerFlags = flags
        if skip("?") {
            if peek() == "<" || (peek() == "P" && peek(1) == "<") {
                try parseGroupName(from: start)
            } else if try !parseFlags(from: start) {
                return
            }
        }
        guard outer.count < Self.maximumDepth else { throw PatternError(message: "expression nests too deeply") }
        outer.append(group)
        group = Group(outerFlags: outerFlags)
    }

    private mutating func closeGroup() throws(PatternError) {
        let closed = group
        guard let around = outer.popLast() else { throw PatternError(message: "unexpected )") }
        group = around
        flags = closed.outerFlags
        group.push(closed.finish())
    }

    private mutating func parseGroupName(from start: Int) throws(PatternError) {
        position += peek() == "P" ? 2 : 1
        let nameStart = position
        while let scalar = take(), scalar != ">" {
            if !scalar.isWord { throw error("invalid named capture", from: start) }
        }
        guard text[position - 1] == ">", position - 1 > nameStart else {
            throw error("invalid named capture", from: start)
        }
    }

    /// Reads the letters behind `(?`, and says whether a group begins there: not in `(?i)`.
    private mutating func parseFlags(from start: Int) throws(PatternError) -> Bool {
        var isOn = true
        var isComplete = true
        while let scalar = take() {
            switch scalar {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotTakesNewline = isOn
            // Laziness decides which match is found, not whether there is one.
            case "U": break
            case "-" where isOn:
                isOn = false
                isComplete = false
                continue
            case ":" where isComplete: return true
            case ")" where isComplete: return false
            default: throw error("invalid or unsupported Perl syntax", from: start)
            }
            isComplete = true
        }
        throw error("invalid or unsupported Perl syntax", from: start)
    }

    // MARK: Escapes

    private mutating func parseEscape() throws(PatternError) {
        if let assertion = peek().flatMap({ Self.assertions[$0] }) {
            position += 1
            try push(.assertion(assertion))
        } else if skip("Q") {
            try parseQuotation()
        } else {
            var set = ScalarSet(foldsCase: flags.ignoresCase)
            if try parseNamedSet(into: &set) {
                set.close(negated: false)
                try push(set)
            } else {
                try pushLiteral(parseEscapedScalar())
            }
        }
    }

    private static let assertions: [Unicode.Scalar: Assertion] =
        ["A": .beginText, "z": .endText, "b": .wordBoundary, "B": .noWordBoundary]

    /// `\Q`…`\E`, or up to the end.
    private mutating func parseQuotation() throws(PatternError) {
        while let scalar = take() {
            if scalar == "\\", skip("E") { return }
            try pushLiteral(scalar.value)
        }
    }

    /// What stands behind a backslash, if it is one scalar.
    private mutating func parseEscapedScalar() throws(PatternError) -> UInt32 {
        let start = position - 1
        guard let scalar = take() else { throw PatternError(message: "trailing backslash at end of expression") }
        if let value = Self.escapes[scalar] { return value }
        switch scalar {
        case "x": if let value = parseHexadecimal() { return value }
        case "0"..."7":
            // A single digit but 0 is a reference to a group, which Go does not have.
            if scalar == "0" || peek()?.octalDigit != nil { return parseOctal(first: scalar.value - 0x30) }
        default: if scalar.isASCII, !scalar.isLetterOrDigit { return scalar.value }
        }
        throw error("invalid escape sequence", from: start)
    }

    private static let escapes: [Unicode.Scalar: UInt32] =
        ["a": 0x07, "t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D]

    private mutating func parseOctal(first: UInt32) -> UInt32 {
        var value = first
        for _ in 0..<2 {
            guard let digit = peek()?.octalDigit else { break }
            value = value * 8 + digit
            position += 1
        }
        return value
    }

    private mutating func parseHexadecimal() -> UInt32? {
        guard skip("{") else {
            guard let high = take()?.hexDigit, let low = take()?.hexDigit else { return nil }
            return high * 16 + low
        }
        let start = position
        var value: UInt32 = 0
        while let digit = peek()?.hexDigit {
            value = value * 16 + digit
            position += 1
            if value > lastScalar { return nil }
        }
        return position > start && skip("}") ? value : nil
    }

    // MARK: Classes

    private mutating func parseClass() throws(PatternError) {
        var set = ScalarSet(foldsCase: flags.ignoresCase)
        let isNegated = skip("^")
        let first = position
        while peek() != "]" || position == first {
            if try parsePOSIXSet(into: &set) { continue }
            if peek() == "\\" {
                position += 1
                if try parseNamedSet(into: &set) { continue }
                position -= 1
            }
            set.insert(try parseRange())
        }
        position += 1
        set.close(negated: isNegated)
        try push(set)
    }

    private mutating func parseRange() throws(PatternError) -> ClosedRange<UInt32> {
        let start = position
        let low = try parseClassScalar()
        guard peek() == "-", let next = peek(1), next != "]" else { return low...low }
        position += 1
        let high = try parseClassScalar()
        guard low <= high else { throw error("invalid character class range", from: start) }
        return low...high
    }

    private mutating func parseClassScalar() throws(PatternError) -> UInt32 {
        guard let scalar = take() else { throw PatternError(message: "missing closing ]") }
        return scalar == "\\" ? try parseEscapedScalar() : scalar.value
    }

    /// `[:alpha:]` and its like. Without a `:]` somewhere behind it, the `[` is an ordinary letter.
    private mutating func parsePOSIXSet(into set: inout ScalarSet) throws(PatternError) -> Bool {
        let start = position
        guard peek() == "[", peek(1) == ":", start + 2 <= lastNameEnd else { return false }
        position += 2
        let isNegated = skip("^")
        let nameStart = position
        while peek() != ":" || peek(1) != "]" { position += 1 }
        let name = String(String.UnicodeScalarView(text[nameStart..<position]))
        position += 2
        guard let ranges = Self.posixSets[name] else { throw error("invalid character class range", from: start) }
        set.insert(ascii: ranges, negated: isNegated)
        return true
    }

    /// `\d`, `\pL`, `\p{Lu}` and their like. The backslash is read.
    private mutating func parseNamedSet(into set: inout ScalarSet) throws(PatternError) -> Bool {
        if peek() == "p" || peek() == "P" {
            try parseCategory(into: &set)
            return true
        }
        guard let (ranges, isNegated) = peek().flatMap({ Self.perlSets[$0] }) else { return false }
        position += 1
        set.insert(ascii: ranges, negated: isNegated)
        return true
    }

    private mutating func parseCategory(into set: inout ScalarSet) throws(PatternError) {
        let start = position - 1
        var isNegated = take() == "P"
        var name = String.UnicodeScalarView()
        if skip("{") {
            while let scalar = take(), scalar != "}" { name.append(scalar) }
            guard text[position - 1] == "}" else { throw error("invalid character class range", from: start) }
        } else if let scalar = take() {
            name.append(scalar)
        }
        if name.first == "^" {
            name.removeFirst()
            isNegated.toggle()
        }
        switch CategoryName.simplified(name) {
        case "any": if !isNegated { set.insert(0...lastScalar) }
        case "ascii": set.insert(ascii: [0...0x7F], negated: isNegated)
        case "assigned": set.insert([.unassigned], negated: !isNegated)
        case let name:
            guard let categories = CategoryName.categories(named: name) else {
                throw PatternError(message: quote(from: start) + " is no general category (scripts are not supported)")
            }
            set.insert(categories, negated: isNegated)
        }
    }

    private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    private static let upper: [ClosedRange<UInt32>] = [0x41...0x5A]
    private static let lower: [ClosedRange<UInt32>] = [0x61...0x7A]
    private static let word = digits + upper + lower + [0x5F...0x5F]
    /// What `\s` stands for; `[:space:]` has the vertical tab, too.
    private static let blanks: [ClosedRange<UInt32>] = [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]

    private static let perlSets: [Unicode.Scalar: (ranges: [ClosedRange<UInt32>], isNegated: Bool)] = [
        "d": (digits, false), "s": (blanks, false), "w": (word, false),
        "D": (digits, true), "S": (blanks, true), "W": (word, true),
    ]

    private static let posixSets: [String: [ClosedRange<UInt32>]] = [
        "alnum": digits + upper + lower, "alpha": upper + lower, "ascii": [0...0x7F],
        "blank": [0x09...0x09, 0x20...0x20], "cntrl": [0...0x1F, 0x7F...0x7F], "digit": digits,
        "graph": [0x21...0x7E], "lower": lower, "print": [0x20...0x7E],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
        "space": [0x09...0x0D, 0x20...0x20], "upper": upper, "word": word,
        "xdigit": digits + [0x41...0x46, 0x61...0x66],
    ]

    // MARK: The text

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < text.count ? text[position + distance] : nil
    }

    private mutating func take() -> Unicode.Scalar? {
        defer { position = min(position + 1, text.count) }
        return peek()
    }

    @discardableResult
    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        position += 1
        return true
    }

    private func error(_ message: String, from start: Int) -> PatternError {
        PatternError(message: message + " " + quote(from: start))
    }

    /// What has been read since `start`, but not at length, and in one line.
    private func quote(from start: Int) -> String {
        let quoted = text[start..<min(position, start + 40)].map {
            $0.properties.generalCategory == .control ? "\u{FFFD}" : $0
        }
        return String(String.UnicodeScalarView(quoted))
    }
}

private struct Flags {
    var ignoresCase = false
    var dotTakesNewline = false
    var isMultiline = false
}

/// What has been read of a group, or of the whole expression.
private struct Group {
    /// What its `)` makes hold again.
    var outerFlags = Flags()
    /// The part that a repetition would repeat. It is not yet in the sequence.
    var last: Fragment?
    private var sequence = Fragment()
    private var branches: [Fragment] = []

    init(outerFlags: Flags = Flags()) { self.outerFlags = outerFlags }

    mutating func push(_ part: Fragment) {
        endPart()
        last = part
    }

    mutating func endBranch() {
        endPart()
        branches.append(sequence)
        sequence = Fragment()
    }

    consuming func finish() -> Fragment {
        endBranch()
        return Fragment.choice(of: branches)
    }

    private mutating func endPart() {
        guard let part = last else { return }
        sequence.code += part.code
        sequence.repeats = max(sequence.repeats, part.repeats)
        last = nil
    }
}
