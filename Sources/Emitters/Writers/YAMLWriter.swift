package import Diagnostics
package import SiteModel

/// Writes values as YAML that versions 1.1 and 1.2 read alike (DESIGN §5, *Bytes*): block style, two spaces, every key and
/// every string in double quotes, numbers and what is empty as JSON has them.
package struct YAMLWriter {
    private var output = Output()
    private var buffer: [UInt8] = []
    /// Values that have no form in both: infinities and NaN.
    private(set) var diagnostics: [Diagnostic] = []

    /// Whether whoever reads it takes texts for templates, so that some have to be marked.
    private let isTemplated: Bool

    private init(isTemplated: Bool) {
        self.isTemplated = isTemplated
        buffer.reserveCapacity(4096)
    }

    /// A whole document.
    ///
    /// - Parameters:
    ///   - header: a first line, such as `#!yaml`, by which Salt runs no Jinja over what follows.
    ///   - isTemplated: whether Ansible reads it, to which texts are templates.
    package static func document(
        _ value: Value, header: String? = nil, isTemplated: Bool = false
    ) -> (output: Output, diagnostics: [Diagnostic]) {
        var writer = YAMLWriter(isTemplated: isTemplated)
        if let header { writer.buffer += (header + "\n").utf8 }
        writer.write(value, depth: 0, isAfterMark: false)
        writer.flush()
        return (writer.output, writer.diagnostics)
    }

    /// Writes a value and the end of its line.
    ///
    /// - Parameter isAfterMark: whether `key:` or `-` stands before it on the line.
    private mutating func write(_ value: Value, depth: Int, isAfterMark: Bool) {
        switch value.content {
        case .map(let fields) where !fields.isEmpty:
            if isAfterMark { newLine() }
            for entry in fields.entries { write(entry, depth) }
        case .list(let items) where !items.isEmpty:
            if isAfterMark { newLine() }
            for item in items {
                indent(depth)
                buffer.append(UInt8(ascii: "-"))
                write(item, depth: depth + 1, isAfterMark: true)
            }
        default:
            if isAfterMark { buffer.append(UInt8(ascii: " ")) }
            write(single: value)
            newLine()
        }
    }

    private mutating func write(_ entry: Fields.Entry, _ depth: Int) {
        indent(depth)
        // A longer key is none for YAML, unless it says so.
        let isLong = entry.key.text.utf8.count > Self.longestKey
        if isLong { buffer += "? ".utf8 }
        YAMLText.append(entry.key.text, to: &buffer)
        if isLong {
            newLine()
            indent(depth)
        }
        buffer.append(UInt8(ascii: ":"))
        write(entry.value, depth: depth + 1, isAfterMark: true)
    }

    private static let longestKey = 128

    /// A value on one line.
    private mutating func write(single value: Value) {
        switch value.content {
        case .null: buffer += "null".utf8
        case .bool(let flag): buffer += (flag ? "true" : "false").utf8
        case .integer(let number): buffer += String(number).utf8
        case .bigInteger(let digits): buffer += digits.utf8
        case .float(let number):
            if !number.isFinite { diagnostics.append(.noJSONNumber(value.origin.span)) }
            buffer += YAMLText.float(number.description).utf8
        case .string(let text):
            if isTemplated, value.origin.isRaw, !YAMLText.looksLikeNoText(Array(text.utf8).span) {
                buffer += "!unsafe ".utf8
            }
            YAMLText.append(text, to: &buffer)
        case .list: buffer += "[]".utf8
        case .map: buffer += "{}".utf8
        case .secret(let secret):
            if secret.type == .nonFinite { diagnostics.append(.noJSONNumber(value.origin.span)) }
            flush()
            output.append(secret, isTemplated && value.isNoTemplate ? .unsafeYAML : .yaml)
        case .pooled(let pool):
            output.hasPooledNumbers = true
            buffer += "{\"$alloc\": \(JSONText.quoted(pool.text))}".utf8
        }
    }

    private mutating func indent(_ depth: Int) {
        for _ in 0..<depth { buffer += [UInt8(ascii: " "), UInt8(ascii: " ")] }
    }

    private mutating func newLine() { buffer.append(UInt8(ascii: "\n")) }

    private mutating func flush() {
        output.append(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
