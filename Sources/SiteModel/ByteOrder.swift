extension String {
    /// Whether it comes before another by the bytes of both, as keys are sorted.
    package func precedes(_ other: String) -> Bool {
        let (left, right) = (utf8.span, other.utf8.span)
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count < right.count
    }

    /// Whether both have the same bytes, which `==` does not ask.
    package func isSame(as other: String) -> Bool {
        let (left, right) = (utf8.span, other.utf8.span)
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    /// The first sixteen bytes as one number, the first of them highest, zero where there is none: mostly that tells which of two
    /// comes first.
    fileprivate var head: UInt128 {
        let letters = utf8.span
        let count = Swift.min(letters.count, 16)
        var head: UInt128 = 0
        for index in 0..<count { head = head << 8 | UInt128(letters[index]) }
        return head << UInt128(8 * (16 - count))
    }
}

extension Collection {
    /// In the order of the bytes of a text of each; of equals the first stays first.
    package func sorted(byBytesOf text: (Element) -> String) -> [Element] {
        let elements = Array(self)
        let keys = elements.enumerated().map { place, element in
            let text = text(element)
            return (head: text.head, text: text, place: place)
        }
        let inOrder = keys.sorted { left, right in
            if left.head != right.head { return left.head < right.head }
            if left.text.isSame(as: right.text) { return left.place < right.place }
            return left.text.precedes(right.text)
        }
        return inOrder.map { elements[$0.place] }
    }
}

extension Collection<String> {
    /// In the order of their bytes.
    package var inByteOrder: [String] { sorted(byBytesOf: \.self) }
}
