/// The value of a scalar, as PyYAML's safe loader makes it.
package enum ScalarValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// An integer outside the range of `Int`, in decimal.
    case bigInteger(String)
    case float(Double)
    case string(String)
}

extension SyntaxTree {
    /// The value of a scalar; null for anything else. Every scalar of a tree has one: `parse` saw to it.
    package func value(_ id: NodeID) -> ScalarValue {
        let type = type(id)
        return type == .string ? .string(string(id)) : ScalarValue.make(text(id), as: type) ?? .null
    }
}

extension ScalarValue {
    /// The most digits an integer may have. Python refuses to read or print more.
    static let mostDigits = 4300

    /// The value of `text` read as `type`; nil where PyYAML raises.
    static func make(_ text: ArraySlice<UInt8>, as type: ScalarType) -> ScalarValue? {
        switch type {
        case .null: .null
        case .bool: bool(text)
        case .integer: plainInteger(text) ?? integer(text)
        case .float: float(text)
        case .string: .string(String(decoding: text, as: UTF8.self))
        case .timestamp: Timestamp.isSound(text) ? .string(String(decoding: text, as: UTF8.self)) : nil
        case .merge, .sign: nil
        }
    }

    private static func bool(_ text: ArraySlice<UInt8>) -> ScalarValue? {
        // The usual ones need no text of their own.
        if text.elementsEqual("true".utf8) { return .bool(true) }
        if text.elementsEqual("false".utf8) { return .bool(false) }
        return switch String(decoding: text, as: UTF8.self).lowercased() {
        case "yes", "true", "on": .bool(true)
        case "no", "false", "off": .bool(false)
        default: nil
        }
    }

    /// A decimal that is written as it is read, of at most 18 digits: nearly all integers.
    private static func plainInteger(_ text: ArraySlice<UInt8>) -> ScalarValue? {
        guard let first = text.first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text
        guard let leading = digits.first, digits.count <= 18, leading != UInt8(ascii: "0") || digits.count == 1 else {
            return nil
        }
        var number = 0
        for digit in digits {
            guard digit.isDigit else { return nil }
            number = number &* 10 &+ Int(digit &- UInt8(ascii: "0"))
        }
        return .integer(isNegative ? -number : number)
    }

    /// PyYAML's `construct_yaml_int`: underscores do not count, a leading 0 means octal, colons mean base 60.
    private static func integer(_ text: ArraySlice<UInt8>) -> ScalarValue? {
        var digits = text.filter { $0 != UInt8(ascii: "_") }[...]
        var isNegative = false
        if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            digits.removeFirst()
        }
        guard digits.count <= 4 * mostDigits else { return nil }
        let magnitude: Magnitude?
        if digits.elementsEqual([UInt8(ascii: "0")]) {
            magnitude = Magnitude()
        } else if digits.starts(with: "0b".utf8) {
            magnitude = Magnitude(digits.dropFirst(2), base: 2)
        } else if digits.starts(with: "0x".utf8) {
            magnitude = Magnitude(digits.dropFirst(2), base: 16)
        } else if digits.starts(with: "0o".utf8) {
            magnitude = Magnitude(digits.dropFirst(2), base: 8)
        } else if digits.first == UInt8(ascii: "0") {
            magnitude = Magnitude(digits, base: 8)
        } else if digits.contains(UInt8(ascii: ":")) {
            magnitude = sexagesimal(digits)
        } else {
            magnitude = Magnitude(digits, base: 10)
        }
        guard let magnitude, magnitude.decimal.count <= mostDigits else { return nil }
        let decimal = (isNegative && magnitude.decimal != "0" ? "-" : "") + magnitude.decimal
        return Int(decimal).map { .integer($0) } ?? .bigInteger(decimal)
    }

    private static func sexagesimal(_ digits: ArraySlice<UInt8>) -> Magnitude? {
        let parts = digits.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        // Only the first part may be large: the others are at most 59.
        guard let first = parts.first, var sum = Magnitude(first, base: 10) else { return nil }
        for part in parts.dropFirst() {
            guard part.allSatisfy(\.isDigit), let value = UInt8(String(decoding: part, as: UTF8.self)) else {
                return nil
            }
            sum.multiply(by: 60, adding: UInt64(value))
        }
        return sum
    }

    /// PyYAML's `construct_yaml_float`, base 60 included, in the same order of operations.
    private static func float(_ text: ArraySlice<UInt8>) -> ScalarValue? {
        var digits = text.filter { $0 != UInt8(ascii: "_") }.map { $0 | ($0 >= 0x41 && $0 <= 0x5A ? 0x20 : 0) }[...]
        var sign = 1.0
        if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            if first == UInt8(ascii: "-") { sign = -1 }
            digits.removeFirst()
        }
        if digits.elementsEqual(".inf".utf8) { return .float(sign * .infinity) }
        if digits.elementsEqual(".nan".utf8) { return .float(.nan) }
        if digits.contains(UInt8(ascii: ":")) {
            var value = 0.0
            var base = 1.0
            for part in digits.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).reversed() {
                guard let number = decimal(part) else { return nil }
                value += number * base
                base *= 60
            }
            return .float(sign * value)
        }
        return decimal(digits).map { .float(sign * $0) }
    }

    private static func decimal(_ digits: ArraySlice<UInt8>) -> Double? {
        let letters = Array("+-.e".utf8)
        guard digits.first.map({ $0.isDigit || $0 == UInt8(ascii: ".") }) == true,
            digits.allSatisfy({ $0.isDigit || letters.contains($0) })
        else { return nil }
        return Double(String(decoding: digits, as: UTF8.self))
    }
}

/// A natural number of any size, enough of one to be read in one base and written in ten.
private struct Magnitude {
    /// Groups of nine decimal digits, the lowest first.
    private var groups: [UInt64] = []

    init() {}

    /// Nil if there are no digits, or one that the base does not have.
    init?(_ digits: ArraySlice<UInt8>, base: UInt64) {
        guard !digits.isEmpty else { return nil }
        for digit in digits {
            guard let value = Self.value(of: digit), value < base else { return nil }
            multiply(by: base, adding: value)
        }
    }

    mutating func multiply(by factor: UInt64, adding addend: UInt64) {
        var carry = addend
        for index in groups.indices {
            let product = groups[index] * factor + carry
            groups[index] = product % 1_000_000_000
            carry = product / 1_000_000_000
        }
        while carry > 0 {
            groups.append(carry % 1_000_000_000)
            carry /= 1_000_000_000
        }
    }

    var decimal: String {
        guard let highest = groups.last else { return "0" }
        var text = String(highest)
        for group in groups.dropLast().reversed() {
            let digits = String(group)
            text += String(repeating: "0", count: 9 - digits.count) + digits
        }
        return text
    }

    private static func value(of digit: UInt8) -> UInt64? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(digit - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(digit - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

extension ScalarValue {
    /// What Python's JSON writer makes of it as a key.
    var keyText: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .bigInteger(let digits): digits
        case .float(let value):
            value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : value.description
        case .string(let text): text
        }
    }

    /// The number that Python would compare, of what is one or counts as one.
    var number: Double? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .integer(let value): value.magnitude < 1 << 53 ? Double(value) : nil
        case .float(let value): value.isNaN ? nil : value
        default: nil
        }
    }
}
