internal import Diagnostics
internal import Emitters
internal import SiteModel
internal import YAMLSyntax

/// An output, its secrets still by reference: plaintext exists only in the bytes that `bytes(.revealed)` returns.
public struct Document: Sendable {
    private let output: Output
    private let secrets: SyntaxTree?

    init(_ output: Output, _ secrets: SyntaxTree?) {
        self.output = output
        self.secrets = secrets
    }

    /// Whether a secret stands in it.
    public var hasSecrets: Bool { output.hasSecrets }

    /// How secrets are written.
    public enum Disclosure: Sendable {
        /// Their plaintext.
        case revealed
        /// `{"$secret": "api_tokens.pve"}`, which no consumer takes for a value.
        case redacted
    }

    /// The bytes to write.
    public func bytes(_ disclosure: Disclosure) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in output.pieces {
            switch piece {
            case .bytes(let written): bytes += written
            case .secret(let secret, .json):
                switch disclosure {
                case .redacted: appendRedacted(secret, to: &bytes)
                case .revealed: appendPlaintext(secret, to: &bytes)
                }
            }
        }
        return bytes
    }

    private func appendRedacted(_ secret: SecretRef, to bytes: inout [UInt8]) {
        bytes += Array("{\"$secret\": ".utf8)
        JSONText.append(secret.path.utf8, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    private func appendPlaintext(_ secret: SecretRef, to bytes: inout [UInt8]) {
        guard let secrets, let node = secrets.node(at: secret.steps) else { return appendRedacted(secret, to: &bytes) }
        switch secrets.value(node) {
        case .string: JSONText.append(secrets.text(node), to: &bytes)
        case .integer(let number): bytes += Array(String(number).utf8)
        case .bigInteger(let digits): bytes += Array(digits.utf8)
        // The writer has refused what is not finite.
        case .float(let number): bytes += Array(number.description.utf8)
        case .bool(let value): bytes += Array((value ? "true" : "false").utf8)
        case .null: bytes += Array("null".utf8)
        }
    }
}

extension SyntaxTree {
    /// The node that keys, and places in lists, lead to from the top.
    fileprivate func node(at steps: [Key]) -> NodeID? {
        var node = root
        for step in steps {
            switch kind(node) {
            case .map:
                guard let value = value(of: step.text, in: node) else { return nil }
                node = value
            case .list:
                let items = items(node)
                guard let index = Int(step.text), items.indices.contains(index) else { return nil }
                node = items[index]
            default: return nil
            }
        }
        return node
    }
}
