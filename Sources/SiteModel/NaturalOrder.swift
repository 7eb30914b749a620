/// The order in which people count: runs of digits by their value, everything else by its bytes (DESIGN §5, *Bytes*).
///
/// `web_2` stands before `web_10`. Where only leading zeros differ, the text decides, so that the order is total.
package struct NaturalOrder: Comparable, Sendable {
    private let bytes: [UInt8]

    package init(_ text: String) { bytes = Array(text.utf8) }

    package static func < (left: NaturalOrder, right: NaturalOrder) -> Bool {
        let (left, right) = (left.bytes, right.bytes)
        // What both begin with decides nothing, but for the digits of a run that ends differently.
        var i = left.span.lengthShared(with: right.span)
        while i > 0, isDigit(left[i - 1]) { i -= 1 }
        var j = i
        while i < left.count, j < right.count {
            if isDigit(left[i]), isDigit(right[j]) {
                let (first, second) = (run(in: left, from: i), run(in: right, from: j))
                if let order = compare(left[first], right[second]) { return order }
                (i, j) = (first.upperBound, second.upperBound)
            } else {
                if left[i] != right[j] { return left[i] < right[j] }
                (i, j) = (i + 1, j + 1)
            }
        }
        if i < left.count || j < right.count { return i >= left.count }
        return left.lexicographicallyPrecedes(right)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func run(in bytes: [UInt8], from start: Int) -> Range<Int> {
        start..<(bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count)
    }

    /// Whether one number is less than the other; nil if they are equal.
    private static func compare(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool? {
        let (left, right) = (left.drop { $0 == 0x30 }, right.drop { $0 == 0x30 })
        if left.count != right.count { return left.count < right.count }
        return left.elementsEqual(right) ? nil : left.lexicographicallyPrecedes(right)
    }
}

extension Swift.Span<UInt8> {
    /// How many elements both begin with.
    fileprivate func lengthShared(with other: Swift.Span<UInt8>) -> Int {
        let most = Swift.min(count, other.count)
        for index in 0..<most where self[index] != other[index] { return index }
        return most
    }
}
