/// Text as people count: digits by their number, then everything by its bytes.
struct NaturalKey: Comparable {
    private let runs: [(first: UInt8, number: String?)]
    private let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
        var runs: [(first: UInt8, number: String?)] = []
        var digits = ""
        for byte in bytes + [0] {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            if isDigit { digits.append(Character(Unicode.Scalar(byte))) }
            if !isDigit, !digits.isEmpty {
                runs.append((UInt8(ascii: "0"), String(digits.drop { $0 == "0" })))
                digits = ""
            }
            if !isDigit, byte != 0 { runs.append((byte, nil)) }
        }
        self.runs = runs
    }

    static func < (left: NaturalKey, right: NaturalKey) -> Bool { left.order(before: right) < 0 }
    static func == (left: NaturalKey, right: NaturalKey) -> Bool { left.order(before: right) == 0 }

    private func order(before other: NaturalKey) -> Int {
        for (left, right) in zip(runs, other.runs) {
            if left.first != right.first { return left.first < right.first ? -1 : 1 }
            let (left, right) = (left.number ?? "", right.number ?? "")
            if left.count != right.count { return left.count < right.count ? -1 : 1 }
            if left != right { return left < right ? -1 : 1 }
        }
        if runs.count != other.runs.count { return runs.count < other.runs.count ? -1 : 1 }
        return bytes == other.bytes ? 0 : bytes.lexicographicallyPrecedes(other.bytes) ? -1 : 1
    }
}
