package import Diagnostics
package import SiteModel

/// Writes values as JSON (RFC 8259): two spaces, UTF-8 unescaped, integers exact, floats shortest with `.0` kept, one
/// final newline (DESIGN §5, *Bytes*).
package struct JSONWriter: ~Copyable {
    private var bytes = ByteWriter()
    private var insertions: [Output.Insertion] = []
    private var hasPooledNumbers = false
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
    }

    /// A whole document.
    ///
    /// - Parameters:
    ///   - isTemplated: whether Ansible reads it, to which texts are templates.
    package static func document(
        _ value: Value, isTemplated: Bool = false
    ) -> (output: Output, diagnostics: [Diagnostic]) {
        var writer = JSONWriter(isTemplated: isTemplated)
        writer.write(value)
        let output = writer.finish()
        return (output, writer.diagnostics)
    }

    /// A whole document with a list of machines that is empty in it.
    package static func document(
        _ value: Value, listing list: MachineList
    ) -> (output: Output, diagnostics: [Diagnostic]) {
        var writer = JSONWriter()
        writer.write(value.map ?? Fields(), listing: list)
        let output = writer.finish()
        return (output, writer.diagnostics)
    }

    package mutating func finish() -> Output {
        bytes.append(UInt8(ascii: "\n"))
        return Output(bytes.array, insertions, hasPooledNumbers: hasPooledNumbers)
    }

    package mutating func write(_ value: Value) { write(value.content, value.origin) }

    private mutating func write(_ content: Value.Content, _ origin: Origin) {
        switch content {
        case .null: bytes.append("null")
        case .bool(let flag): bytes.append(flag ? "true" : "false")
        case .integer(let number):
            if (0...99_999_999).contains(number) {
                // Its digits, without a `String`: most numbers of a site are small.
                bytes.append(Key(number))
            } else {
                bytes.append(String(number))
            }
        case .bigInteger(let digits): bytes.append(digits)
        case .float(let number): write(number, from: origin)
        case .string(let text) where isTemplated && origin.isRaw:
            bytes.append("{\"__ansible_unsafe\": ")
            bytes.append(quoted: text)
            bytes.append("}")
        case .string(let text): bytes.append(quoted: text)
        case .list(let items): write(items)
        case .map(let fields): write(fields)
        case .secret(let secret):
            if secret.type == .nonFinite { diagnostics.append(.noJSONNumber(origin.span)) }
            insertions.append(
                Output.Insertion(
                    offset: bytes.count, secret: secret,
                    escaping: isTemplated && Value(content, origin).isNoTemplate ? .unsafeJSON : .json))
        // As a file has it.
        case .pooled(let pool):
            hasPooledNumbers = true
            bytes.append("{\"$alloc\": \(JSONText.quoted(pool.text))}")
        }
    }

    private mutating func write(_ number: Double, from origin: Origin) {
        guard number.isFinite else {
            diagnostics.append(.noJSONNumber(origin.span))
            bytes.append("null")
            return
        }
        bytes.append(number.description)
    }

    private mutating func write(_ items: [Value]) {
        guard !items.isEmpty else {
            bytes.append("[]")
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
            bytes.append("{}")
            return
        }
        open(UInt8(ascii: "{"))
        // A comma stands behind each, and the last one is taken back.
        if !isTemplated, let base = fields.base, let lines = base.lines(at: depth, { lines(of: base) }) {
            fields.forEach(
                shared: { place in
                    bytes.append(lines.bytes, lines.range(of: place..<(place + 1)))
                },
                own: { key, content, origin in
                    appendHead(key)
                    write(content, origin)
                    bytes.append(UInt8(ascii: ","))
                })
        } else {
            fields.forEach { line($0, $1, $2) }
        }
        bytes.removeLast()
        close(UInt8(ascii: "}"))
    }

    private mutating func write(_ document: Fields, listing list: MachineList) {
        guard !document.isEmpty else { return write(document) }
        open(UInt8(ascii: "{"))
        document.forEach { key, content, origin in
            if key == list.key {
                head(key)
                write(list.machines)
                bytes.append(UInt8(ascii: ","))
            } else {
                line(key, content, origin)
            }
        }
        bytes.removeLast()
        close(UInt8(ascii: "}"))
    }

    private mutating func write(_ machines: any MachineRows) {
        let count = machines.count
        guard count > 0 else {
            bytes.append("[]")
            return
        }
        open(UInt8(ascii: "["))
        for place in 0..<count {
            newLine(after: place > 0)
            write(machines[place])
        }
        close(UInt8(ascii: "]"))
    }

    private mutating func write(_ machine: MachineRow) {
        guard let shared = machine.shared else { return write(machine.own) }
        open(UInt8(ascii: "{"))
        // It has a token, so it is not empty.
        let lines = shared.lines(at: depth) { self.lines(of: shared) }
        // A comma stands behind each, and the last one is taken back.
        machine.forEach(
            shared: { places in
                if let lines {
                    bytes.append(lines.bytes, lines.range(of: places))
                } else {
                    for place in places {
                        shared.fields.withEntry(at: place) { line($0, $1, $2) }
                    }
                }
            },
            own: { key, content, origin in
                appendHead(key)
                write(content, origin)
                bytes.append(UInt8(ascii: ","))
            })
        bytes.removeLast()
        close(UInt8(ascii: "}"))
    }

    private mutating func head(_ key: Key) {
        newLine(after: false)
        bytes.append(quoted: key)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
    }

    private mutating func line(_ key: Key, _ content: Value.Content, _ origin: Origin) {
        head(key)
        write(content, origin)
        bytes.append(UInt8(ascii: ","))
    }

    /// Appends what stands before a value of a map that lies over another, from the break of the line on. Such maps have few keys,
    /// and each of them many times, so that is kept.
    private mutating func appendHead(_ key: Key) {
        if let known = knownHead(key) {
            bytes.append(headBytes, known)
            return
        }
        let start = bytes.count
        head(key)
        guard heads.count < Self.mostHeads else { return }
        headBytes += bytes.array(from: start)
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
            ends.append(writer.bytes.count)
        }
        guard writer.insertions.isEmpty, !writer.hasPooledNumbers, writer.diagnostics.isEmpty else { return nil }
        return SharedFields.Lines(depth: depth, bytes: writer.bytes.array, ends: ends)
    }

    private mutating func open(_ bracket: UInt8) {
        bytes.append(bracket)
        depth += 1
    }

    private mutating func close(_ bracket: UInt8) {
        depth -= 1
        newLine(after: false)
        bytes.append(bracket)
    }

    private mutating func newLine(after another: Bool) {
        if another { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(UInt8(ascii: " "), times: 2 * depth)
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
