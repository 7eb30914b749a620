internal import Diagnostics

// Lists and maps in brackets, on one line, as `BlockReader` knows them.

extension BlockReader {
    /// - Parameter depth: how many brackets are open with this one.
    /// - Returns: the index behind the closing bracket.
    mutating func brackets(_ text: Letters, _ start: Int, depth: Int) throws(GivesUp) -> Int {
        guard depth < Self.mostLevels else { throw .here }
        let isMap = text.letter(start) == UInt8(ascii: "{")
        let closing = isMap ? UInt8(ascii: "}") : UInt8(ascii: "]")
        let index = nodes.count
        let firstKey = keys.count
        try append(
            SyntaxTree.Node(
                kind: isMap ? .map : .list, start: UInt32(start), end: UInt32(start + 1), next: 0), takingTag: true)
        var count: UInt32 = 0
        var at = text.skippingSpaces(start + 1)
        while text.letter(at) != closing {
            if isMap { at = try keyInBrackets(text, at) }
            at = text.skippingSpaces(try valueInBrackets(text, at, depth: depth))
            count += 1
            if text.letter(at) == .comma {
                at = text.skippingSpaces(at + 1)
            } else if text.letter(at) != closing {
                throw .here
            }
        }
        complete(index, count, end: at + 1)
        if isMap { try checkKeys(of: index, from: firstKey) }
        lastEnd = at + 1
        return at + 1
    }

    /// - Returns: where the value begins.
    private mutating func keyInBrackets(_ text: Letters, _ at: Int) throws(GivesUp) -> Int {
        guard let key = try Self.scalarInBrackets(text, at), text.letter(key.next) == .colon else { throw .here }
        // Behind a quote the colon needs no blank.
        guard key.isKey || key.style != .plain else { throw .here }
        try addKey(key, text)
        return text.skippingSpaces(key.next + 1)
    }

    private mutating func valueInBrackets(_ text: Letters, _ at: Int, depth: Int) throws(GivesUp) -> Int {
        if let found = try Self.scalarInBrackets(text, at) {
            guard !found.isKey else { throw .here }
            try add(found, text)
            return found.end
        }
        switch text.letter(at) {
        case UInt8(ascii: "["), UInt8(ascii: "{"): return try brackets(text, at, depth: depth + 1)
        case UInt8(ascii: "!"): return try tagged(text, at, depth: depth)
        default: throw .here
        }
    }

    /// A scalar that begins there; nil if something else does.
    static func scalarInBrackets(_ text: Letters, _ start: Int) throws(GivesUp) -> Scalar? {
        let first = text.letter(start)
        switch Self.class(of: first) {
        case .plain: break
        case .dash:
            switch text.letter(start + 1) {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."): break
            default: throw .here
            }
        case .quote: return try quoted(text, start, by: first)
        case .other: return nil
        }
        var next = start + 1
        scan: while true {
            let letter = text.letter(next)
            switch letter {
            case .comma, UInt8(ascii: "]"), UInt8(ascii: "}"): break scan
            case .colon:
                switch text.letter(next + 1) {
                case .space: break scan
                case .newline, .comma, UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
                    UInt8(ascii: "}"):
                    throw .here
                default: break
                }
            case .newline, UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "{"): throw .here
            case .hash where text.letter(next - 1) == .space: throw .here
            default: break
            }
            next += 1
        }
        var end = next
        while text.letter(end - 1) == .space { end -= 1 }
        return Scalar(start: start, end: end, next: next, style: .plain, isKey: text.letter(next) == .colon)
    }
}
