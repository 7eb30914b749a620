internal import Diagnostics
internal import Emitters
internal import SecretMemory
internal import Secrets
internal import SiteModel

/// An output, its secrets still by reference: plaintext exists in locked memory, and in what `withBytes(.revealed)` lends.
public struct Document: Sendable {
    private let output: Output
    private let secrets: OpenedFiles
    /// Where the plaintext of each secret lies, in order: looked up once. Nil for what was not opened.
    private let values: [SecretFinder.Value?]
    /// What it lies in.
    private let texts: [SecretText]

    init(_ output: Output) {
        self.output = output
        secrets = OpenedFiles()
        values = []
        texts = []
    }

    init(_ output: Output, _ secrets: OpenedFiles) {
        self.output = output
        self.secrets = secrets
        var finder = SecretFinder(secrets)
        var values: [SecretFinder.Value?] = []
        values.reserveCapacity(output.insertions.count)
        for insertion in output.insertions { values.append(finder.value(of: insertion.secret)) }
        self.values = values
        texts = finder.texts
    }

    /// What it is made of.
    var content: Output { output }

    /// Whether a secret stands in it.
    public var hasSecrets: Bool { output.hasSecrets }

    /// Whether each of its secrets was opened, and is itself what stands in it: no token that it signs.
    var isOpen: Bool {
        values.count == output.insertions.count && values.allSatisfy { $0?.scalar != nil }
            && output.insertions.allSatisfy { $0.secret.claims == nil }
    }

    /// How secrets are written.
    public enum Disclosure: Sendable {
        /// Their plaintext. Where nothing was opened, as `redacted`.
        case revealed
        /// `{"$secret": "api_tokens.pve"}`, which no consumer takes for a value; `{"$token": "auth.signing_key"}` for a token
        /// that this key signs; `‹secret:…›` where the output is no JSON.
        case redacted
    }

    /// Lends the bytes to write. Where secrets stand in them, they lie in locked memory and are overwritten when the call returns.
    public func withBytes<Result>(
        _ disclosure: Disclosure, _ body: (Swift.Span<UInt8>) throws -> Result
    ) rethrows -> Result {
        guard hasSecrets else { return try body(output.bytes.span) }
        return try SecretScratch.withBuffer(capacity: capacity) { bytes in
            var placeholder = ByteWriter(capacity: 256)
            output.forEach(
                bytes: { bytes.append($0) },
                secret: { place in
                    if disclosure == .revealed, append(valueAt: place, to: &bytes) { return }
                    placeholder.removeAll()
                    Self.write(redacted: output.insertions[place], to: &placeholder)
                    placeholder.withBytes { _ = bytes.append($0) }
                })
            return try bytes.withBytes(body)
        }
    }

    /// SHA-256 of what `withBytes(.redacted)` lends, in hexadecimal.
    var redactedDigest: String {
        var digest = FileDigest()
        // Pieces between secrets are short, and each has its price.
        var waiting = ByteWriter(capacity: 2 * Self.mostWaiting)
        func digestWaiting() {
            waiting.withBytes { digest.update($0) }
            waiting.removeAll()
        }
        output.forEach(
            bytes: { piece in
                if waiting.count + piece.count > Self.mostWaiting { digestWaiting() }
                if piece.count > Self.mostWaiting { digest.update(piece) } else { waiting.append(piece) }
            },
            secret: { Self.write(redacted: output.insertions[$0], to: &waiting) })
        digestWaiting()
        return digest.text
    }

    /// What only the values show, where they are open.
    var mistakesInSecrets: [Diagnostic] {
        var mistakes: [Diagnostic] = []
        let insertions = output.insertions.span
        for place in insertions.indices where place < values.count {
            guard let value = values[place] else { continue }
            // Most are no more than a text.
            if let kind = value.scalar?.kind, kind != .nonFinite, insertions[place].secret.claims == nil { continue }
            let secret = insertions[place].secret
            if secret.claims != nil {
                if let mistake = secrets[secret]?.checkSigningKey(secret) { mistakes.append(mistake) }
            } else if value.scalar == nil {
                mistakes.append(.lost(secret))
            } else {
                mistakes.append(
                    Diagnostic(
                        .noJSONNumber, "the secret \(secret.path) is infinite or no number, which has no form in JSON",
                        at: nil, help: "quote it if it is text"))
            }
        }
        return mistakes
    }

    /// Appends a secret as it stands in the output; false where it was not opened.
    private func append(valueAt place: Int, to bytes: inout SecretBuffer) -> Bool {
        guard place < values.count, let value = values[place], let (kind, range) = value.scalar else { return false }
        let insertions = output.insertions.span
        let texts = texts.span
        guard let claims = insertions[place].secret.claims else {
            texts[value.text].append(kind, range, insertions[place].escaping, to: &bytes)
            return true
        }
        let secret = insertions[place].secret
        guard let payload = claims.payload, let key = secrets[secret]?.signingKey(at: secret) else { return false }
        bytes.append(UInt8(ascii: "\""))
        ProvisioningToken.append(payload, signedWith: key, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        return true
    }

    /// The bytes to write, in ordinary memory: `withBytes` lends them in memory that is wiped.
    public func bytes(_ disclosure: Disclosure) -> [UInt8] {
        withBytes(disclosure) { span in span.indices.map { span[$0] } }
    }

    private var capacity: Int {
        var size = 256 + output.bytes.count
        for (place, insertion) in output.insertions.enumerated() {
            let length = place < values.count ? values[place]?.scalar?.range?.count ?? 0 : 0
            size += 2 * length + (insertion.secret.claims == nil ? 80 : 400)
        }
        return size
    }

    private static let mostWaiting = 1 << 13

    /// Writes what stands for a secret.
    private static func write(redacted insertion: Output.Insertion, to bytes: inout ByteWriter) {
        let secret = insertion.secret
        switch insertion.escaping {
        // What stands for a token must not be taken for the key that signs it.
        case .json, .yaml, .unsafeJSON, .unsafeYAML:
            bytes.append(secret.claims == nil ? "{\"$secret\": " : "{\"$token\": ")
            bytes.appendQuoted { secret.append(pathTo: &$0) }
            bytes.append(UInt8(ascii: "}"))
        // A whole file, by its path.
        case .raw: bytes.append("‹secret:\(secret.steps.map(\.text).joined()):*›\n")
        }
    }
}

/// Finds the plaintext of one secret after the other. All outputs look into the same texts, from all threads: so each is taken once,
/// and not for each of its secrets.
private struct SecretFinder {
    /// What a reference leads to.
    struct Value: Sendable {
        /// The place among `texts` of what it stands in.
        let text: Int
        /// Nil if it leads to no value.
        let scalar: OpenedSecrets.Scalar?
    }

    private let files: OpenedFiles
    private(set) var texts: [SecretText] = []
    // Machines mostly share their secrets with those before them, or have theirs beside them.
    private var last: (secret: SecretRef, value: Value?)?
    private var section: OpenedSecrets.Section?

    init(_ files: OpenedFiles) { self.files = files }

    /// Nil for what was not opened.
    mutating func value(of secret: SecretRef) -> Value? {
        if let last, last.secret.isSamePlace(as: secret) { return last.value }
        let value = lookUp(secret)
        last = (secret, value)
        return value
    }

    private mutating func lookUp(_ secret: SecretRef) -> Value? {
        if let section, let last, let text = last.value?.text, let name = last.secret.step(beside: secret) {
            return Value(text: text, scalar: section.scalar(named: name.text))
        }
        guard let opened = files[secret] else { return nil }
        section = opened.section(at: secret.steps.dropLast().map(\.text))
        let text = opened.text
        let place = texts.firstIndex { $0 === text } ?? texts.count
        if place == texts.count { texts.append(text) }
        return Value(text: place, scalar: opened.scalar(at: secret))
    }
}

extension SecretRef {
    /// The last step to another secret, if both lead to values of one map.
    fileprivate func step(beside other: SecretRef) -> Key? {
        let (own, others) = (steps, other.steps)
        guard file == other.file, own.count == others.count, own.count > 0 else { return nil }
        for index in 0..<(own.count - 1) where own[index] != others[index] { return nil }
        return others[own.count - 1]
    }
}

extension OpenedSecrets {
    /// What a reference leads to, if it is a value.
    func scalar(at secret: SecretRef) -> Scalar? { scalar(at: secret.steps.map(\.text)) }
}

extension SecretText {
    /// Appends a part of it as it stands in an output.
    fileprivate func append(
        _ kind: SecretNode.Kind, _ range: Range<Int>?, _ escaping: Output.Escaping, to bytes: inout SecretBuffer
    ) {
        guard let range else {
            bytes.append("null".utf8)
            return
        }
        switch (escaping, kind) {
        case (.unsafeJSON, .string), (.unsafeJSON, .empty):
            bytes.append("{\"__ansible_unsafe\": ".utf8)
            append(kind, range, .json, to: &bytes)
            bytes.append("}".utf8)
        case (.unsafeYAML, .string), (.unsafeYAML, .empty):
            if !withBytes(range, { YAMLText.looksLikeNoText($0) }) { bytes.append("!unsafe ".utf8) }
            append(kind, range, .yaml, to: &bytes)
        case (.json, .string), (.json, .empty):
            bytes.append(UInt8(ascii: "\""))
            withBytes(range) { letters in
                if letters.isPlainJSON {
                    bytes.append(letters)
                    return
                }
                for index in letters.indices {
                    if let escape = JSONText.escape(of: letters[index]) {
                        bytes.append(escape)
                    } else {
                        bytes.append(letters[index])
                    }
                }
            }
            bytes.append(UInt8(ascii: "\""))
        case (.yaml, .string), (.yaml, .empty):
            bytes.append(UInt8(ascii: "\""))
            withBytes(range) { letters in
                var index = 0
                while index < letters.count {
                    let escape = YAMLText.escape(letters, at: index)
                    if let escape { bytes.append(escape.text.span) } else { bytes.append(letters[index]) }
                    index += escape?.length ?? 1
                }
            }
            bytes.append(UInt8(ascii: "\""))
        case (.yaml, .float), (.unsafeYAML, .float):
            withBytes(range) { letters in
                let number = letters.indices.map { UnicodeScalar(letters[$0]) }.map(String.init).joined()
                bytes.append(YAMLText.float(number).utf8)
            }
        default: withBytes(range) { _ = bytes.append($0) }
        }
    }
}
