/// YAML 1.1's timestamps, as PyYAML recognises and checks them. Their value is never computed: the text stays.
enum Timestamp {
    /// Whether PyYAML takes a plain scalar for a date or time, sound or not.
    static func matches(_ text: ArraySlice<UInt8>) -> Bool {
        var cursor = Cursor(text)
        guard let fields = fields(&cursor) else { return false }
        // A date alone has two digits in each part; only with a time may one be left out.
        return fields.time != nil || text.count == 10
    }

    /// Whether the date exists and the time is one, so that PyYAML does not raise.
    static func isSound(_ text: ArraySlice<UInt8>) -> Bool {
        var cursor = Cursor(text)
        guard let fields = fields(&cursor) else { return false }
        guard fields.year >= 1, (1...12).contains(fields.month) else { return false }
        guard fields.day >= 1, fields.day <= days(in: fields.month, of: fields.year) else { return false }
        guard let time = fields.time else { return true }
        return time.hour < 24 && time.minute < 60 && time.second < 60 && time.zoneMinutes < 24 * 60
    }

    private struct Fields {
        let year: Int
        let month: Int
        let day: Int
        var time: Time?
    }

    private struct Time {
        let hour: Int
        let minute: Int
        let second: Int
        var zoneMinutes = 0
    }

    private static func fields(_ cursor: inout Cursor) -> Fields? {
        guard let year = cursor.digits(4...4), cursor.skip(where: { $0 == UInt8(ascii: "-") }),
            let month = cursor.digits(1...2), cursor.skip(where: { $0 == UInt8(ascii: "-") }),
            let day = cursor.digits(1...2)
        else { return nil }
        var fields = Fields(year: year, month: month, day: day)
        if cursor.isAtEnd { return fields }
        if !cursor.skip(where: { $0 == UInt8(ascii: "T") || $0 == UInt8(ascii: "t") }) {
            guard cursor.skip(where: \.isBlank) else { return nil }
            cursor.skipRun(where: \.isBlank)
        }
        guard let hour = cursor.digits(1...2), cursor.skip(where: { $0 == UInt8(ascii: ":") }),
            let minute = cursor.digits(2...2), cursor.skip(where: { $0 == UInt8(ascii: ":") }),
            let second = cursor.digits(2...2)
        else { return nil }
        var time = Time(hour: hour, minute: minute, second: second)
        if cursor.skip(where: { $0 == UInt8(ascii: ".") }) { cursor.skipRun(where: \.isDigit) }
        if !cursor.isAtEnd {
            cursor.skipRun(where: \.isBlank)
            if !cursor.skip(where: { $0 == UInt8(ascii: "Z") }) {
                guard cursor.skip(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }),
                    let hours = cursor.digits(1...2)
                else { return nil }
                time.zoneMinutes = hours * 60
                if cursor.skip(where: { $0 == UInt8(ascii: ":") }) {
                    guard let minutes = cursor.digits(2...2) else { return nil }
                    time.zoneMinutes += minutes
                }
            }
        }
        guard cursor.isAtEnd else { return nil }
        fields.time = time
        return fields
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
