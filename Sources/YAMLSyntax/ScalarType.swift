/// What a plain scalar means to PyYAML's safe loader over libyaml: YAML 1.1's resolver, with PyYAML's own patterns.
@usableFromInline package enum ScalarType: UInt8, Sendable, BitwiseCopyable {
    case null, bool, integer, float, string
    /// A date or time. It stays the text as written.
    case timestamp
    /// A plain `<<`.
    case merge
    /// A plain `=`, or, behind the tag `!`, one of `!`, `&`, `*`: signs that YAML 1.1 keeps for itself.
    case sign

    /// Resolves the text of a plain scalar.
    package static func resolve(_ text: ArraySlice<UInt8>) -> ScalarType {
        ofCommon(text.span, 0, text.count) ?? resolveByPattern(text)
    }

    /// The same, by PyYAML's patterns alone.
    package static func resolveByPattern(_ text: ArraySlice<UInt8>) -> ScalarType {
        guard let first = text.first else { return .null }
        // PyYAML looks at the first letter first, too; most scalars are words and end here.
        switch first {
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
            UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"):
            return text.count <= 5 ? word(text) : .string
        case UInt8(ascii: "~"): return text.count == 1 ? .null : .string
        case UInt8(ascii: "<"): return text.elementsEqual("<<".utf8) ? .merge : .string
        case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "&"), UInt8(ascii: "*"):
            return text.count == 1 ? .sign : .string
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            if isFloat(text) { return .float }
            if isInteger(text) { return .integer }
            return Timestamp.matches(text) ? .timestamp : .string
        default: return .string
        }
    }

    private static let words: [(String, ScalarType)] =
        ["yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE"].map { ($0, .bool) }
        + ["on", "On", "ON", "off", "Off", "OFF"].map { ($0, .bool) } + ["null", "Null", "NULL"].map { ($0, .null) }

    private static func word(_ text: ArraySlice<UInt8>) -> ScalarType {
        words.first { $0.0.utf8.elementsEqual(text) }?.1 ?? .string
    }

    /// `[-+]?0b[0-1_]+ | [-+]?0[0-7_]+ | [-+]?(0|[1-9][0-9_]*) | [-+]?0x[0-9a-fA-F_]+ | [-+]?[1-9][0-9_]*(:[0-5]?[0-9])+`
    static func isInteger(_ text: ArraySlice<UInt8>) -> Bool {
        var cursor = Cursor(text)
        cursor.skip { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        if cursor.skip(where: { $0 == UInt8(ascii: "0") }) {
            if cursor.isAtEnd { return true }
            if cursor.skip(where: { $0 == UInt8(ascii: "b") }) {
                return cursor.skipAll(where: { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") || $0 == underscore })
            }
            if cursor.skip(where: { $0 == UInt8(ascii: "x") }) {
                return cursor.skipAll(where: { $0.isHexDigit || $0 == underscore })
            }
            return cursor.skipAll(where: { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) || $0 == underscore })
        }
        guard cursor.skip(where: { $0.isDigit }) else { return false }
        cursor.skipRun { $0.isDigit || $0 == underscore }
        return cursor.isAtEnd || (cursor.skipSexagesimal() && cursor.isAtEnd)
    }

    /// PyYAML's float: a point is needed, an exponent needs its sign, and only a number without a sign may begin with
    /// the point.
    static func isFloat(_ text: ArraySlice<UInt8>) -> Bool {
        var cursor = Cursor(text)
        let isSigned = cursor.skip { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        if cursor.skip(where: { $0 == UInt8(ascii: ".") }) {
            if ["inf", "Inf", "INF"].contains(where: { $0.utf8.elementsEqual(cursor.rest) }) { return true }
            if isSigned { return false }
            if ["nan", "NaN", "NAN"].contains(where: { $0.utf8.elementsEqual(cursor.rest) }) { return true }
            guard cursor.skip(where: { $0.isDigit }) else { return false }
            cursor.skipRun { $0.isDigit || $0 == underscore }
            return cursor.isAtEnd || cursor.skipExponent()
        }
        guard cursor.skip(where: { $0.isDigit }) else { return false }
        cursor.skipRun { $0.isDigit || $0 == underscore }
        if cursor.peek == UInt8(ascii: ":") {
            guard cursor.skipSexagesimal(), cursor.skip(where: { $0 == UInt8(ascii: ".") }) else { return false }
            cursor.skipRun { $0.isDigit || $0 == underscore }
            return cursor.isAtEnd
        }
        guard cursor.skip(where: { $0 == UInt8(ascii: ".") }) else { return false }
        cursor.skipRun { $0.isDigit || $0 == underscore }
        return cursor.isAtEnd || cursor.skipExponent()
    }
}

private let underscore = UInt8(ascii: "_")

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    var isHexDigit: Bool {
        isDigit || (self >= UInt8(ascii: "a") && self <= UInt8(ascii: "f"))
            || (self >= UInt8(ascii: "A") && self <= UInt8(ascii: "F"))
    }
}

/// Walks over a scalar's bytes: each step takes what matches and says whether it did.
struct Cursor {
    private(set) var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) { rest = text }

    var isAtEnd: Bool { rest.isEmpty }
    var peek: UInt8? { rest.first }

    @discardableResult
    mutating func skip(where matches: (UInt8) -> Bool) -> Bool {
        guard let first = rest.first, matches(first) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func skipRun(where matches: (UInt8) -> Bool) {
        while skip(where: matches) {}
    }

    /// Takes one or more, up to the end.
    mutating func skipAll(where matches: (UInt8) -> Bool) -> Bool {
        guard !isAtEnd else { return false }
        skipRun(where: matches)
        return isAtEnd
    }

    /// Takes exactly `count` digits and returns their value.
    mutating func digits(_ count: ClosedRange<Int>) -> Int? {
        var value = 0
        var taken = 0
        while taken < count.upperBound, let digit = peek, digit.isDigit {
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
            rest.removeFirst()
            taken += 1
        }
        return count.contains(taken) ? value : nil
    }

    /// `(:[0-5]?[0-9])+`
    mutating func skipSexagesimal() -> Bool {
        var found = false
        while peek == UInt8(ascii: ":") {
            let before = rest
            rest.removeFirst()
            let first = peek
            guard skip(where: { $0.isDigit }) else {
                rest = before
                return found
            }
            if let first, first <= UInt8(ascii: "5") { skip { $0.isDigit } }
            found = true
        }
        return found
    }

    /// `[eE][-+][0-9]+` and nothing behind it.
    mutating func skipExponent() -> Bool {
        guard skip(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }),
            skip(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") })
        else { return false }
        return skipAll { $0.isDigit }
    }
}

extension ScalarType {
    /// The type that one of YAML's own tags names; nil for any other tag.
    init?(tag: String) {
        switch tag {
        case "tag:yaml.org,2002:str": self = .string
        case "tag:yaml.org,2002:int": self = .integer
        case "tag:yaml.org,2002:float": self = .float
        case "tag:yaml.org,2002:bool": self = .bool
        case "tag:yaml.org,2002:null": self = .null
        case "tag:yaml.org,2002:timestamp": self = .timestamp
        default: return nil
        }
    }
}
