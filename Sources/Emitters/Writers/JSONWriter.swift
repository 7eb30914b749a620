package import Diagnostics
package import SiteModel

/// Writes values as JSON (RFC 8259): two spaces, UTF-8 unescaped, integers exact, floats shortest with `.0` kept, one
/// final newline (DESIGN §5, *Bytes*).
package struct JSONWriter {
    private var output = Output()
    private var depth = 0
    /// Values that JSON cannot hold: infinities and NaN.
    package private(set) var diagnostics: [Diagnostic] = []

    /// The first keys that `appendHead` was asked for, and where in `headBytes` what it said of each ends.
    private var heads: [(key: Key, depth: Int, end: Int)] = []
    private var headBytes: [UInt8] = []
    private static let mostHeads = 32

    /// Whether whoever reads it takes texts for templates, so that some have to be marked.
    private let isTemplated: Bool

    package init(isTemplated: Bool = false) {
        self.isTemplated = isTemplated
        output.bytes.reserveCapacity(4096)
    }

    /// A whole document.
    ///
    /// - Parameter isTemplated: whether Ansible reads it, to which texts are templates.
    package static func document(
        _ value: Value, isTemplated: Bool = false
    ) -> (output: Output, diagnostics: [Diagnostic]) {
        var writer = JSONWriter(isTemplated: isTemplated)
        writer.write(value)
        return (writer.finish(), writer.diagnostics)
    }

    package mutating func finish() -> Output {
        output.bytes.append(UInt8(ascii: "\n"))
        output.trim()
        return output
    }

    package mutating func write(_ value: Value) { write(value.content, value.origin) }

    private mutating func write(_ content: Value.Content, _ origin: Origin) {
        switch content {
        case .null: output.bytes += "null".utf8
        case .bool(let flag): output.bytes += (flag ? "true" : "false").utf8
        case .integer(let number):
            if (0...99_999_999).contains(number) {
                // Its digits, without a `String`: most numbers of a site are small.
                Key(number).append(to: &output.bytes)
            } else {
                output.bytes += String(number).utf8
            }
        case .bigInteger(let digits): output.bytes += digits.utf8
        case .float(let number): write(number, from: origin)
        case .string(let text) where isTemplated && origin.isRaw:
            output.bytes += "{\"__ansible_unsafe\": ".utf8
            JSONText.append(text, to: &output.bytes)
            output.bytes += "}".utf8
        case .string(let text): JSONText.append(text, to: &output.bytes)
        case .list(let items): write(items)
        case .map(let fields): write(fields)
        case .secret(let secret):
            if secret.type == .nonFinite { diagnostics.append(.noJSONNumber(origin.span)) }
            output.append(secret, isTemplated && Value(content, origin).isNoTemplate ? .unsafeJSON : .json)
        // As a file has it.
        case .pooled(let pool):
            output.hasPooledNumbers = true
            output.bytes += "{\"$alloc\": \(JSONText.quoted(pool.text))}".utf8
        }
    }

    private mutating func write(_ number: Double, from origin: Origin) {
        guard number.isFinite else {
            diagnostics.append(.noJSONNumber(origin.span))
            output.bytes += "null".utf8
            return
        }
        output.bytes += number.description.utf8
    }

    private mutating func write(_ items: [Value]) {
        guard !items.isEmpty else {
            output.bytes += "[]".utf8
            return
        }
        open(UInt8(ascii: "["))
        for (index, item) in items.enumerated() {
            newLine(after: index > 0)
            write(item)
        }
        close(UInt8(ascii: "]"))
    }

    private mutating func write(_ fields: Fields) {
        guard !fields.isEmpty else {
            output.bytes += "{}".utf8
            return
        }
        open(UInt8(ascii: "{"))
        // A comma stands behind each, and the last one is taken back.
        if !isTemplated, let base = fields.base, let lines = base.lines(at: depth, { lines(of: base) }) {
            let shared = lines.bytes
            fields.forEach(
                shared: { place in
                    output.bytes.append(
                        contentsOf: shared[(place == 0 ? 0 : lines.ends[place - 1])..<lines.ends[place]])
                },
                own: { key, content, origin in
                    appendHead(key)
                    write(content, origin)
                    output.bytes.append(UInt8(ascii: ","))
                })
        } else {
            fields.forEach { line($0, $1, $2) }
        }
        output.bytes.removeLast()
        close(UInt8(ascii: "}"))
    }

    private mutating func line(_ key: Key, _ content: Value.Content, _ origin: Origin) {
        newLine(after: false)
        JSONText.appendQuoted(to: &output.bytes) { key.append(to: &$0) }
        output.bytes.append(UInt8(ascii: ":"))
        output.bytes.append(UInt8(ascii: " "))
        write(content, origin)
        output.bytes.append(UInt8(ascii: ","))
    }

    /// Appends what stands before a value of a map that lies over another, from the break of the line on. Such maps have few keys,
    /// and each of them many times, so that is kept.
    private mutating func appendHead(_ key: Key) {
        if let known = knownHead(key) {
            output.bytes.append(contentsOf: headBytes[known])
            return
        }
        let start = output.bytes.count
        newLine(after: false)
        JSONText.appendQuoted(to: &output.bytes) { key.append(to: &$0) }
        output.bytes.append(UInt8(ascii: ":"))
        output.bytes.append(UInt8(ascii: " "))
        guard heads.count < Self.mostHeads else { return }
        headBytes += output.bytes[start...]
        heads.append((key, depth, headBytes.count))
    }

    private func knownHead(_ key: Key) -> Range<Int>? {
        let heads = heads.span
        for index in heads.indices where heads[index].key == key && heads[index].depth == depth {
            return (index == 0 ? 0 : heads[index - 1].end)..<heads[index].end
        }
        return nil
    }

    /// What VMs share, written once for all of them; nil where there is more to it than its bytes.
    private func lines(of base: SharedFields) -> SharedFields.Lines? {
        var writer = JSONWriter()
        writer.depth = depth
        var ends: [Int] = []
        for entry in base.fields.entries {
            writer.line(entry.key, entry.content, entry.origin)
            ends.append(writer.output.bytes.count)
        }
        guard !writer.output.hasSecrets, !writer.output.hasPooledNumbers, writer.diagnostics.isEmpty else { return nil }
        return SharedFields.Lines(depth: depth, bytes: writer.output.bytes, ends: ends)
    }

    private mutating func open(_ bracket: UInt8) {
        output.bytes.append(bracket)
        depth += 1
    }

    private mutating func close(_ bracket: UInt8) {
        depth -= 1
        newLine(after: false)
        output.bytes.append(bracket)
    }

    private mutating func newLine(after another: Bool) {
        if another { output.bytes.append(UInt8(ascii: ",")) }
        output.bytes.append(UInt8(ascii: "\n"))
        output.bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }
}

extension Diagnostic {
    static func noJSONNumber(_ span: Span?) -> Diagnostic {
        Diagnostic(
            .noJSONNumber, "infinity and NaN have no form in JSON", at: span, help: "quote it if it is text")
    }
}

extension Code {
    package static let noJSONNumber = Code(
        "R0701", "a number that JSON does not have",
        explanation: "JSON, and so tfvars and Ansible variables, know no infinity and no NaN.",
        example: """
            $ resolve read limits.yaml
            -- limits.yaml --
            most: .inf
            """,
        fix: "Leave the value out, write a large number, or quote it if it is text.")

    /// The codes of this module.
    package static let ofEmitters: [Code] = [.noJSONNumber]
}
