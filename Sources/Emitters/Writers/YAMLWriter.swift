package import Diagnostics
package import SiteModel

/// Writes values as YAML that versions 1.1 and 1.2 read alike (DESIGN §5, *Bytes*): block style, two spaces, every key and
/// every string in double quotes, numbers and what is empty as JSON has them.
package struct YAMLWriter {
    private var output = Output()
    /// Values that have no form in both: infinities and NaN.
    private(set) var diagnostics: [Diagnostic] = []

    /// Whether whoever reads it takes texts for templates, so that some have to be marked.
    private let isTemplated: Bool

    private init(isTemplated: Bool) {
        self.isTemplated = isTemplated
        output.bytes.reserveCapacity(4096)
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
        if let header { writer.output.bytes += (header + "\n").utf8 }
        writer.write(value, depth: 0, isAfterMark: false)
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
                output.bytes.append(UInt8(ascii: "-"))
                write(item, depth: depth + 1, isAfterMark: true)
            }
        default:
            if isAfterMark { output.bytes.append(UInt8(ascii: " ")) }
            write(single: value)
            newLine()
        }
    }

    private mutating func write(_ entry: Fields.Entry, _ depth: Int) {
        indent(depth)
        // A longer key is none for YAML, unless it says so.
        let isLong = entry.key.text.utf8.count > Self.longestKey
        if isLong { output.bytes += "? ".utf8 }
        YAMLText.append(entry.key.text, to: &output.bytes)
        if isLong {
            newLine()
            indent(depth)
        }
        output.bytes.append(UInt8(ascii: ":"))
        write(entry.value, depth: depth + 1, isAfterMark: true)
    }

    private static let longestKey = 128

    /// A value on one line.
    private mutating func write(single value: Value) {
        switch value.content {
        case .null: output.bytes += "null".utf8
        case .bool(let flag): output.bytes += (flag ? "true" : "false").utf8
        case .integer(let number): output.bytes += String(number).utf8
        case .bigInteger(let digits): output.bytes += digits.utf8
        case .float(let number):
            if !number.isFinite { diagnostics.append(.noJSONNumber(value.origin.span)) }
            output.bytes += YAMLText.float(number.description).utf8
        case .string(let text):
            if isTemplated, value.origin.isRaw, !YAMLText.looksLikeNoText(Array(text.utf8).span) {
                output.bytes += "!unsafe ".utf8
            }
            YAMLText.append(text, to: &output.bytes)
        case .list: output.bytes += "[]".utf8
        case .map: output.bytes += "{}".utf8
        case .secret(let secret):
            if secret.type == .nonFinite { diagnostics.append(.noJSONNumber(value.origin.span)) }
            output.append(secret, isTemplated && value.isNoTemplate ? .unsafeYAML : .yaml)
        case .pooled(let pool):
            output.hasPooledNumbers = true
            output.bytes += "{\"$alloc\": \(JSONText.quoted(pool.text))}".utf8
        }
    }

    private mutating func indent(_ depth: Int) {
        for _ in 0..<depth { output.bytes += [UInt8(ascii: " "), UInt8(ascii: " ")] }
    }

    private mutating func newLine() { output.bytes.append(UInt8(ascii: "\n")) }

}
