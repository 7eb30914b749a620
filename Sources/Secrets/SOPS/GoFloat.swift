/// Floats as Go's `strconv.FormatFloat(x, 'f', -1, 64)` writes them: the shortest digits, never an exponent.
enum GoFloat {
    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        let (digits, exponent) = shortest(number.magnitude)
        let sign = number.sign == .minus ? "-" : ""
        if exponent <= 0 { return digits == "0" ? sign + "0" : sign + "0." + zeros(-exponent) + digits }
        guard exponent < digits.utf8.count else { return sign + digits + zeros(exponent - digits.utf8.count) }
        return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
    }

    private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

    /// The digits of 0.digits × 10^exponent, from Swift's own shortest form: `12.5`, `1e+21`, `5e-324`.
    private static func shortest(_ number: Double) -> (digits: String, exponent: Int) {
        let parts = number.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        var digits = String(mantissa[0]) + (mantissa.count > 1 ? String(mantissa[1]) : "")
        var exponent = mantissa[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.hasSuffix("0"), digits.utf8.count > 1 { digits.removeLast() }
        while digits.hasPrefix("0"), digits.utf8.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        return digits == "0" ? ("0", 0) : (digits, exponent)
    }

    /// Reads what Go's `ParseFloat` reads of a decimal number; nil also for one that is too large.
    static func value(_ text: String) -> Double? {
        switch text {
        case "NaN": return .nan
        case "+Inf", "Inf": return .infinity
        case "-Inf": return -.infinity
        default: break
        }
        guard isNumber(text), let number = Double(text), number.isFinite else { return nil }
        return number
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    static func isNumber(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        func takeDigits() -> Int {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = takeDigits()
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard takeDigits() + whole > 0, whole > 0 || !text.hasSuffix(".") else { return false }
        } else if whole == 0 {
            return false
        }
        if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard takeDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}
