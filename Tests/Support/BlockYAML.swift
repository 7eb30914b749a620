/// The YAML that `resolve` writes: maps and lists in block style, two spaces a level, what stands on one line as in JSON.
package struct BlockYAML {
    private var lines: [Substring]

    package static func parsed(_ bytes: [UInt8]) throws -> OrderedJSON {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
        var reader = BlockYAML(lines: lines.reversed())
        guard let first = reader.lines.last, first.hasPrefix("{") || first.hasPrefix("[") else {
            return try reader.block(depth: 0)
        }
        return try OrderedJSON.parsed(Array(first.utf8))
    }

    private mutating func block(depth: Int) throws -> OrderedJSON {
        var entries: [(key: String, value: OrderedJSON)] = []
        var items: [OrderedJSON] = []
        let indentation = String(repeating: " ", count: depth)
        while let line = lines.last, line.hasPrefix(indentation), !line.dropFirst(depth).hasPrefix(" ") {
            lines.removeLast()
            let text = line.dropFirst(depth)
            if text.hasPrefix("-") {
                items.append(try value(text.dropFirst(), below: depth))
            } else {
                let end = try Self.endOfKey(text)
                guard case .string(let key) = try OrderedJSON.parsed(Array(text[..<end].utf8)) else { throw Unread() }
                entries.append((key, try value(text[end...].dropFirst(), below: depth)))
            }
        }
        if items.isEmpty == entries.isEmpty { throw Unread() }
        return items.isEmpty ? .map(entries) : .list(items)
    }

    private mutating func value(_ text: Substring, below depth: Int) throws -> OrderedJSON {
        if text.isEmpty { return try block(depth: depth + 2) }
        let plain = text.drop { $0 == " " }
        guard plain.hasPrefix(Self.unsafe) else { return try OrderedJSON.parsed(Array(plain.utf8)) }
        return .map([("__ansible_unsafe", try OrderedJSON.parsed(Array(plain.dropFirst(Self.unsafe.count).utf8)))])
    }

    /// Ansible's tag of a text that is no template; in JSON a map says so.
    private static let unsafe = "!unsafe "

    private static func endOfKey(_ text: Substring) throws -> Substring.Index {
        var index = text.index(after: text.startIndex)
        while index < text.endIndex, text[index] != "\"" {
            index = text.index(index, offsetBy: text[index] == "\\" ? 2 : 1)
        }
        guard text.first == "\"", index < text.endIndex else { throw Unread() }
        return text.index(after: index)
    }

    private struct Unread: Error {}
}
