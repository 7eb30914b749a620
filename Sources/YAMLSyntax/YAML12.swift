package import Diagnostics

extension SyntaxTree {
    /// The plain scalars that YAML 1.2's core schema reads otherwise than PyYAML does: R0801, each with a fix-it that
    /// says the same to both. Nothing in a file that declares `%YAML 1.1`.
    package func versionLints() -> [Diagnostic] {
        mayDifferInYAML12 ? searchedVersionLints() : []
    }

    /// The same, of a file in which nothing looks like it, too: for the tests that hold the look to the search.
    package func searchedVersionLints() -> [Diagnostic] {
        guard !declaresYAML11, !source.isSecret else { return [] }
        var found: [Diagnostic] = []
        let bytes = source.bytes
        let letters = bytes.span
        for (index, node) in nodes.enumerated()
        where node.kind == .scalar && node.style == .plain && node.end > node.start {
            guard ScalarType.ofCommon(letters, Int(node.start), Int(node.end)) == nil else { continue }
            let id = NodeID(index: UInt32(index))
            // An anchor or a tag before the scalar belongs to its span: such a scalar is left alone.
            let written = source.bytes[Int(node.start)..<Int(node.end)]
            guard written.first != UInt8(ascii: "!"), written.first != UInt8(ascii: "&"),
                written.first != UInt8(ascii: "*"), node.type != .timestamp, !node.flags.contains(.isOddKey)
            else { continue }
            let modern = CoreSchema.value(written)
            let ours = ScalarValue.make(written, as: ScalarType.resolve(written)) ?? value(id)
            guard modern != ours, !(modern.isNaN && ours.isNaN) else { continue }
            found.append(.version(span(id), written: String(decoding: written, as: UTF8.self), ours, modern))
        }
        return found
    }
}

/// YAML 1.2.2 §10.3.2, the core schema's tag resolution.
private enum CoreSchema {
    static func value(_ text: ArraySlice<UInt8>) -> ScalarValue {
        let string = String(decoding: text, as: UTF8.self)
        switch string {
        case "~", "null", "Null", "NULL", "": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        guard let first = text.first, first.isDigit || "+-.".utf8.contains(first) else { return .string(string) }
        return integer(text) ?? float(text) ?? .string(string)
    }

    private static func integer(_ text: ArraySlice<UInt8>) -> ScalarValue? {
        var cursor = Cursor(text)
        if text.starts(with: "0o".utf8) {
            let digits = text.dropFirst(2)
            guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x37 }) else { return nil }
            return ScalarValue.make(text, as: .integer)
        }
        if text.starts(with: "0x".utf8) {
            let digits = text.dropFirst(2)
            guard !digits.isEmpty, digits.allSatisfy(\.isHexDigit) else { return nil }
            return ScalarValue.make(text, as: .integer)
        }
        cursor.skip { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let digits = cursor.rest
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { return nil }
        // In YAML 1.2 a leading zero is just a zero.
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        let sign: [UInt8] = text.first == UInt8(ascii: "-") ? [UInt8(ascii: "-")] : []
        return ScalarValue.make(
            (sign + (significant.isEmpty ? [UInt8(ascii: "0")] : Array(significant)))[...], as: .integer)
    }

    private static func float(_ text: ArraySlice<UInt8>) -> ScalarValue? {
        var cursor = Cursor(text)
        cursor.skip { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        if [".inf", ".Inf", ".INF"].contains(where: { $0.utf8.elementsEqual(cursor.rest) }) {
            return .float(text.first == UInt8(ascii: "-") ? -.infinity : .infinity)
        }
        if [".nan", ".NaN", ".NAN"].contains(where: { $0.utf8.elementsEqual(text) }) { return .float(.nan) }
        guard !cursor.rest.isEmpty, cursor.rest != [UInt8(ascii: ".")] else { return nil }
        let before = cursor.rest.prefix { $0.isDigit }
        cursor.skipRun(where: \.isDigit)
        var after = 0
        if cursor.skip(where: { $0 == UInt8(ascii: ".") }) {
            after = cursor.rest.prefix { $0.isDigit }.count
            cursor.skipRun(where: \.isDigit)
        }
        guard !before.isEmpty || after > 0 else { return nil }
        if cursor.skip(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) {
            cursor.skip { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
            guard cursor.skipAll(where: \.isDigit) else { return nil }
        }
        guard cursor.isAtEnd else { return nil }
        return Double(String(decoding: text, as: UTF8.self)).map { .float($0) }
    }
}

extension Diagnostic {
    fileprivate static func version(_ place: Span, written: String, _ ours: ScalarValue, _ modern: ScalarValue)
        -> Diagnostic
    {
        var fixes = [FixIt("make it text", [Edit(place, JSONText.quoted(written))])]
        if let plain = ours.plain {
            fixes = [FixIt("write \(plain)", [Edit(place, plain)])]
        } else if case .float = ours {
            fixes = []
        }
        return Diagnostic(
            .yaml12, .warning, "\"\(written)\" is \(ours.phrase) here, but \(modern.phrase) in YAML 1.2", at: place,
            help: ours.plain.map { "write \($0), or quote it if it is text" }
                ?? "quote it: \(JSONText.quoted(written))",
            fixes: fixes)
    }
}

extension ScalarValue {
    fileprivate var isNaN: Bool { if case .float(let number) = self { number.isNaN } else { false } }

    /// The value as a person says it.
    fileprivate var phrase: String {
        switch self {
        case .null: "null"
        case .bool(let value): "the boolean \(value)"
        case .integer(let value): "the number \(value)"
        case .bigInteger(let digits): "the number \(digits)"
        case .float(let value): "the number \(value)"
        case .string: "text"
        }
    }

    /// How it is written so that every version of YAML reads it so; nil for text and what has no such form.
    fileprivate var plain: String? {
        switch self {
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .bigInteger(let digits): digits
        case .float(let value) where value.isFinite && !value.description.contains("e"): value.description
        default: nil
        }
    }
}

extension Code {
    package static let yaml12 = Code(
        "R0801", "YAML 1.1 and 1.2 read this value differently",
        explanation: """
            Ansible, Salt and the Python resolver read YAML 1.1 with PyYAML; editors, Go tools and linters mostly read 1.2. \
            `yes` is a boolean to one and text to the other, `0644` is 420 or 644, `1:30` is 90 or text.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            defaults:
              pve_remove_subscription_nag: yes
            """,
        fix: """
            Write what is meant so that both agree: `true`, `420`, or quotes around text. A file that begins with \
            `%YAML 1.1` is left alone.
            """)
}
