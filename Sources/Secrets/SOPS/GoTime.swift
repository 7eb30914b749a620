/// A date or time as go-yaml reads it and Go's RFC 3339 writes it.
struct GoTime {
    private var year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0
    /// Up to nine digits, without zeros at the end.
    private var fraction = ""
    /// `Z` or `±hh:mm`.
    private var zone = "Z"

    /// RFC 3339 with as many digits of a second as there are.
    var nanoseconds: String { seconds(fraction.isEmpty ? "" : "." + fraction) }

    /// RFC 3339 without a fraction, as SOPS has its `lastmodified`.
    var wholeSeconds: String { seconds("") }

    private func seconds(_ fraction: String) -> String {
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        return "\(date)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))\(fraction)\(zone)"
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// `2006-1-2`, or that and `T`, `t` or a space and `15:4:5.9`, behind `T` with a zone, behind a space without.
    init?(_ text: String) {
        var reader = Digits(text)
        guard let year = reader.number(4...4), reader.take("-"), let month = reader.number(1...2), reader.take("-"),
            let day = reader.number(1...2)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        guard isDate else { return nil }
        if reader.isAtEnd { return }
        let hasZone = reader.take("T") || reader.take("t")
        guard hasZone || reader.take(" ") else { return nil }
        // To Go, a space in the form stands for any number of them.
        if !hasZone { while reader.take(" ") {} }
        guard let hour = reader.number(1...2), reader.take(":"), let minute = reader.number(1...2), reader.take(":"),
            let second = reader.number(1...2), hour < 24, minute < 60, second < 60
        else { return nil }
        (self.hour, self.minute, self.second) = (hour, minute, second)
        if reader.take(".") || reader.take(",") {
            guard let digits = reader.digits() else { return nil }
            fraction = String(digits.prefix(9))
            while fraction.hasSuffix("0") { fraction.removeLast() }
        }
        if hasZone {
            guard let zone = reader.zone() else { return nil }
            self.zone = zone
        }
        guard reader.isAtEnd else { return nil }
    }

    private var isDate: Bool {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (1...lengths[month - 1]).contains(day)
    }

    private struct Digits {
        private var rest: ArraySlice<UInt8>

        init(_ text: String) { rest = Array(text.utf8)[...] }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func take(_ letter: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: letter) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number(_ width: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }.prefix(width.upperBound)
            guard digits.count >= width.lowerBound else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }

        mutating func digits() -> String? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(digits.count)
            return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
        }

        /// `Z` or `±hh:mm`; no distance at all is `Z`, too.
        mutating func zone() -> String? {
            if take("Z") { return "Z" }
            let sign = take("+") ? "+" : take("-") ? "-" : nil
            guard let sign, let hours = number(2...2), take(":"), let minutes = number(2...2), hours <= 24,
                minutes <= 60
            else { return nil }
            let distance = hours * 60 + minutes
            if distance == 0 { return "Z" }
            let parts = [distance / 60, distance % 60].map { ($0 < 10 ? "0" : "") + String($0) }
            return sign + parts[0] + ":" + parts[1]
        }
    }
}
