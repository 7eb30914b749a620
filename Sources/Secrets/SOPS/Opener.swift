internal import Diagnostics
internal import SecretMemory

/// Walks over the documents in SOPS's order, opens each value and hashes what SOPS hashed.
struct Opener: ~Copyable {
    private let file: SOPSFile
    private let key: AES256GCM.Key
    private var output: SecretBuffer
    private var hash = SHA512()
    private var diagnostics: [Diagnostic] = []

    /// SHA-256("sops"), so that taking the flag away is seen.
    private static let onlyEncryptedStart: [UInt8] = [
        0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b, 0x0b, 0x97,
        0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
    ]

    init(file: SOPSFile, _ dataKey: borrowing SecretBytes) {
        self.file = file
        key = AES256GCM.Key(dataKey)
        output = SecretBuffer(capacity: file.source.bytes.count)
        if file.metadata.hashesOnlyEncrypted { hash.update(Self.onlyEncryptedStart.span) }
    }

    mutating func open(_ node: SOPSNode, _ path: [String], _ state: Selection.State) -> SecretNode {
        switch node.content {
        case .map(let entries):
            var opened: [SecretNode.Entry] = []
            for entry in entries {
                let value = open(entry.value, path + [entry.key], file.state(of: entry, state))
                opened.append(SecretNode.Entry(key: entry.key, keySpan: entry.keySpan, value: value))
            }
            return SecretNode(.map(opened), at: node.span)
        case .list(let items):
            var opened: [SecretNode] = []
            for item in items {
                let below = file.state(of: item, state)
                if isComment(item, path, below) { continue }
                opened.append(open(item, path, below))
            }
            return SecretNode(.list(opened), at: node.span)
        case .scalar(let scalar):
            let isEncrypted = file.format == .binary || file.metadata.selection.isEncrypted(state)
            let (kind, range) =
                isEncrypted ? openEncrypted(scalar, path, node.span) : openClear(scalar, path, node.span)
            return SecretNode(.scalar(kind, range), at: node.span)
        }
    }

    /// Whether an item of a list is a comment, by the type of what was decrypted.
    private mutating func isComment(_ item: SOPSNode, _ path: [String], _ state: Selection.State) -> Bool {
        guard file.isEncryptedComment(item), file.metadata.selection.isEncrypted(state),
            let text = item.string.flatMap({ Ciphertext($0) })
        else { return false }
        return text.open(key, path: path, into: &output) != nil
    }

    private mutating func openClear(
        _ scalar: SOPSNode.Scalar, _ path: [String], _ span: Span
    ) -> (SecretNode.Kind, Range<Int>?) {
        if case .string(let text) = scalar, Ciphertext.looksLikeOne(text) {
            return refuse(.strayCiphertext(DottedPath.text(path), at: span))
        }
        if scalar != .null, !file.metadata.hashesOnlyEncrypted { hash.update(Array(scalar.text.utf8).span) }
        let kind = file.kind(of: scalar, isEncrypted: false)
        switch scalar {
        case .null: return (.null, nil)
        case .bool(let value): return (kind, output.append((value ? "true" : "false").utf8))
        default: return (kind, output.append(scalar.text.utf8))
        }
    }

    private mutating func openEncrypted(
        _ scalar: SOPSNode.Scalar, _ path: [String], _ span: Span
    ) -> (SecretNode.Kind, Range<Int>?) {
        let name = DottedPath.text(path)
        switch scalar {
        case .null: return (.null, nil)
        case .string(""): return (.empty, output.append([]))
        case .string(let text):
            guard Ciphertext.looksLikeOne(text) else { return refuse(.notEncrypted(name, at: span)) }
            guard let sealed = Ciphertext(text) else { return refuse(.malformedValue(name, at: span)) }
            guard let range = sealed.open(key, path: path, into: &output) else {
                return refuse(.valueFails(name, at: span))
            }
            guard let kind = accept(sealed.type, range) else { return refuse(.badType(name, at: span)) }
            return kind
        default: return refuse(.notEncrypted(name, at: span))
        }
    }

    private mutating func refuse(_ diagnostic: Diagnostic) -> (SecretNode.Kind, Range<Int>?) {
        // A hundred are enough to see what happened.
        if diagnostics.count < 100 { diagnostics.append(diagnostic) }
        return (.null, nil)
    }

    /// Hashes a value as SOPS prints it, and gives it its type; nil if it is not of that type.
    private mutating func accept(_ type: String, _ range: Range<Int>) -> (SecretNode.Kind, Range<Int>?)? {
        switch type {
        case "str", "bytes":
            guard file.format == .binary || output.isText(in: range) else { return nil }
            update(range)
            return (range.isEmpty ? .empty : .string, range)
        case "time":
            guard output.isTime(in: range) else { return nil }
            update(range)
            return (.string, range)
        case "int":
            guard let canonical = output.integer(in: range) else { return nil }
            hash.update(canonical.span)
            return (.integer, output.append(canonical))
        case "float":
            guard let number = output.float(in: range) else { return nil }
            let canonical = Array(GoFloat.text(number).utf8)
            hash.update(canonical.span)
            return number.isFinite ? (.float, output.append(canonical)) : (.nonFinite, nil)
        case "bool":
            guard let value = output.bool(in: range) else { return nil }
            hash.update(Array((value ? "True" : "False").utf8).span)
            return (.bool, output.append((value ? "true" : "false").utf8))
        default: return nil
        }
    }

    private mutating func update(_ range: Range<Int>) {
        output.withBytes { hash.update($0.extracting(range)) }
    }

    /// What is wrong with the values, or, if they are right one by one, with their whole.
    mutating func finish(_ metadata: Metadata, at place: Span) -> [Diagnostic] {
        guard diagnostics.isEmpty else { return diagnostics }
        let digest = hash.finish().map { byte in [Self.hex[Int(byte >> 4)], Self.hex[Int(byte & 15)]] }.joined()
        guard let mac = metadata.mac, !mac.isEmpty else { return [.noMAC(at: place)] }
        guard let sealed = Ciphertext(mac), sealed.type == "str",
            let range = sealed.open(key, authenticating: metadata.lastModified, into: &output)
        else { return [.macFails(at: place)] }
        let stored = output.withBytes { SecretBytes(copying: $0.extracting(range)) }
        return stored.equals(Array(digest).span) ? [] : [.macDiffers(at: place)]
    }

    private static let hex = Array("0123456789ABCDEF".utf8)

    consuming func takeText() -> SecretText { output.finish() }
}

extension SecretBuffer {
    /// A decimal integer of 64 bits in its one spelling; nil if it is none.
    fileprivate func integer(in range: Range<Int>) -> [UInt8]? {
        withBytes { bytes in
            let text = String(decoding: range.map { bytes[$0] }, as: UTF8.self)
            return Int(text).map { Array(String($0).utf8) }
        }
    }

    fileprivate func isText(in range: Range<Int>) -> Bool {
        withBytes { bytes in (try? UTF8Span(validating: bytes.extracting(range))) != nil }
    }

    fileprivate func isTime(in range: Range<Int>) -> Bool {
        withBytes { bytes in GoTime(String(decoding: range.map { bytes[$0] }, as: UTF8.self)) != nil }
    }

    fileprivate func float(in range: Range<Int>) -> Double? {
        withBytes { bytes in GoFloat.value(String(decoding: range.map { bytes[$0] }, as: UTF8.self)) }
    }

    fileprivate func bool(in range: Range<Int>) -> Bool? {
        withBytes { bytes in
            switch String(decoding: range.map { bytes[$0] }, as: UTF8.self) {
            case "1", "t", "T", "true", "TRUE", "True": true
            case "0", "f", "F", "false", "FALSE", "False": false
            default: nil
            }
        }
    }
}
