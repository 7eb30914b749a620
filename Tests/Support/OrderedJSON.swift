/// JSON (RFC 8259) that keeps the order of keys and every digit of a number: what outputs and the shared cases are
/// compared by.
package indirect enum OrderedJSON: Sendable {
    case null
    case bool(Bool)
    /// As it is written.
    case number(String)
    case string(String)
    case list([OrderedJSON])
    case map([(key: String, value: OrderedJSON)])

    package struct Malformed: Error { let offset: Int }

    package static func parsed(_ bytes: [UInt8]) throws -> OrderedJSON {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value()
        try reader.expectEnd()
        return value
    }

    package var items: [OrderedJSON] { if case .list(let items) = self { items } else { [] } }

    package subscript(key: String) -> OrderedJSON? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// On one line; a float in the form in which Swift writes it.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .number(let digits):
            digits.contains { ".eE".contains($0) } ? Double(digits)?.description ?? digits : digits
        case .string(let text): text.debugDescription
        case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
        case .map(let entries):
            "{" + entries.map { $0.key.debugDescription + ": " + $0.value.text }.joined(separator: ", ") + "}"
        }
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func value() throws -> OrderedJSON {
        skipBlanks()
        switch try peek() {
        case UInt8(ascii: "{"): return try map()
        case UInt8(ascii: "["): return try list()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        default: return try number()
        }
    }

    mutating func expectEnd() throws {
        skipBlanks()
        if offset < bytes.count { throw OrderedJSON.Malformed(offset: offset) }
    }

    private mutating func map() throws -> OrderedJSON {
        var entries: [(key: String, value: OrderedJSON)] = []
        try sequence(from: "{", to: "}") { reader in
            let key = try reader.string()
            reader.skipBlanks()
            try reader.expect(":")
            entries.append((key, try reader.value()))
        }
        return .map(entries)
    }

    private mutating func list() throws -> OrderedJSON {
        var items: [OrderedJSON] = []
        try sequence(from: "[", to: "]") { items.append(try $0.value()) }
        return .list(items)
    }

    private mutating func sequence(
        from open: Unicode.Scalar, to close: Unicode.Scalar, _ element: (inout JSONReader) throws -> Void
    ) throws {
        try expect(open)
        skipBlanks()
        if try peek() == UInt8(ascii: close) { return try expect(close) }
        while true {
            skipBlanks()
            try element(&self)
            skipBlanks()
            if try peek() == UInt8(ascii: close) { return try expect(close) }
            try expect(",")
        }
    }

    private mutating func string() throws -> String {
        try expect("\"")
        var units: [UInt8] = []
        while true {
            let byte = try take()
            if byte == UInt8(ascii: "\"") { return String(decoding: units, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") { units += Array(String(try escape()).utf8) } else { units.append(byte) }
        }
    }

    private mutating func escape() throws -> Character {
        switch try take() {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"): return Character(try unicodeEscape())
        default: return Character(Unicode.Scalar(bytes[offset - 1]))
        }
    }

    private mutating func unicodeEscape() throws -> Unicode.Scalar {
        var code = try fourDigits()
        if (0xD800..<0xDC00).contains(code) {
            try expect("\\")
            try expect("u")
            code = 0x10000 + (code - 0xD800) << 10 + (try fourDigits() - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw OrderedJSON.Malformed(offset: offset) }
        return scalar
    }

    private mutating func fourDigits() throws -> UInt32 {
        let digits = String(decoding: [try take(), try take(), try take(), try take()], as: UTF8.self)
        guard let code = UInt32(digits, radix: 16) else { throw OrderedJSON.Malformed(offset: offset) }
        return code
    }

    private mutating func number() throws -> OrderedJSON {
        let start = offset
        while offset < bytes.count, "+-.eE0123456789".utf8.contains(bytes[offset]) { offset += 1 }
        if start == offset { throw OrderedJSON.Malformed(offset: offset) }
        return .number(String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    private mutating func word(_ word: String, _ value: OrderedJSON) throws -> OrderedJSON {
        for scalar in word.unicodeScalars { try expect(scalar) }
        return value
    }

    private mutating func skipBlanks() {
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
    }

    private func peek() throws -> UInt8 {
        guard offset < bytes.count else { throw OrderedJSON.Malformed(offset: offset) }
        return bytes[offset]
    }

    private mutating func take() throws -> UInt8 {
        defer { offset += 1 }
        return try peek()
    }

    private mutating func expect(_ scalar: Unicode.Scalar) throws {
        guard try take() == UInt8(ascii: scalar) else { throw OrderedJSON.Malformed(offset: offset - 1) }
    }
}
