/// Reads the expression once, from the left. Open groups are a list and not calls within calls, so that no depth of
/// them can exhaust the stack.
struct PatternParser {
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

struct Flags {
    var ignoresCase = false
    var dotTakesNewline = false
    var isMultiline = false
}

/// What has been read of a group, or of the whole expression.
struct Group {
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
