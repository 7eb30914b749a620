/// What a plain YAML scalar is to go-yaml v3, whose values SOPS hashed: neither YAML 1.1's answer nor 1.2's.
enum GoYAML {
    /// Nil for an integer from 2^63 to 2^64, which SOPS cannot hold.
    static func resolve(_ text: String) -> SOPSNode.Scalar? {
        if let word = words.first(where: { $0.0.utf8.elementsEqual(text.utf8) }) { return word.1 }
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "."): return GoFloat.value(withoutUnderscores(text)).map { .float($0) } ?? .string(text)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"): return number(text)
        default: return .string(text)
        }
    }

    private static let words: [(String, SOPSNode.Scalar)] =
        ["true", "True", "TRUE"].map { ($0, .bool(true)) } + ["false", "False", "FALSE"].map { ($0, .bool(false)) }
        + ["", "~", "null", "Null", "NULL"].map { ($0, .null) } + [".nan", ".NaN", ".NAN"].map { ($0, .float(.nan)) }
        + [".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map { ($0, .float(.infinity)) }
        + ["-.inf", "-.Inf", "-.INF"].map { ($0, .float(-.infinity)) }

    /// Without underscores, if each of them parts two digits.
    private static func withoutUnderscores(_ text: String) -> String {
        let letters = Array(text.utf8)
        func isDigit(_ index: Int) -> Bool { letters.indices.contains(index) && (0x30...0x39).contains(letters[index]) }
        let areBetween = letters.indices.allSatisfy { index in
            letters[index] != UInt8(ascii: "_") || (isDigit(index - 1) && isDigit(index + 1))
        }
        return areBetween ? text.filter { $0 != "_" } : text
    }

    private static func number(_ text: String) -> SOPSNode.Scalar? {
        if text.utf8.dropFirst(4).first == UInt8(ascii: "-"), let time = GoTime(text) { return .time(time.nanoseconds) }
        let plain = String(text.filter { $0 != "_" })
        switch integer(plain) {
        case .value(let number): return .integer(number)
        case .tooLarge: return nil
        case .none: break
        }
        if GoFloat.isNumber(plain), let number = GoFloat.value(plain) { return .float(number) }
        return prefixed(plain).map { .integer($0) } ?? .string(text)
    }

    /// go-yaml's last try: behind `0b` or `0o` a sign is taken, too.
    private static func prefixed(_ text: String) -> Int? {
        for (prefix, radix) in [("0b", 2), ("0o", 8)] {
            if text.hasPrefix(prefix) { return Int(text.dropFirst(2), radix: radix) }
            if text.hasPrefix("-" + prefix) { return Int("-" + text.dropFirst(3), radix: radix) }
        }
        return nil
    }

    private enum Integer { case value(Int), tooLarge, none }

    /// Go's `ParseInt` with base 0, and then `ParseUint`.
    private static func integer(_ text: String) -> Integer {
        var digits = text[...]
        let sign = digits.first == "-" ? "-" : ""
        if let first = digits.first, first == "-" || first == "+" { digits.removeFirst() }
        var radix = 10
        for (prefix, base) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)]
        where digits.hasPrefix(prefix) {
            radix = base
            digits = digits.dropFirst(2)
            break
        }
        if radix == 10, digits.utf8.count > 1, digits.hasPrefix("0") {
            radix = 8
            digits = digits.dropFirst()
        }
        guard let first = digits.first, first != "-", first != "+" else { return .none }
        if let number = Int(sign + digits, radix: radix) { return .value(number) }
        return sign.isEmpty && !text.hasPrefix("+") && UInt64(digits, radix: radix) != nil ? .tooLarge : .none
    }
}
