package import SiteModel

/// What an emitter makes: bytes, with secrets by reference. The last step fills them in, or shows them redacted.
package struct Output: Sendable {
    package private(set) var pieces: [Piece] = []

    package enum Piece: Sendable {
        case bytes([UInt8])
        case secret(SecretRef, Escaping)
    }

    /// How a secret is written where it stands.
    package enum Escaping: Sendable {
        /// As a JSON value, in quotes if it is text.
        case json
        /// As YAML of any version reads a JSON value.
        case yaml
        /// For Ansible, which takes texts for templates: as JSON in `{"__ansible_unsafe": …}`, as YAML behind `!unsafe`. What is
        /// no text stands as it is.
        case unsafeJSON, unsafeYAML
        /// As it is: the whole output is one secret.
        case raw
    }

    /// Whether a number of a pool was not looked up, which no output may hold.
    package internal(set) var hasPooledNumbers = false

    package init() {}

    package mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        pieces.append(.bytes(bytes))
    }

    package mutating func append(_ secret: SecretRef, _ escaping: Escaping) { pieces.append(.secret(secret, escaping)) }

    package var hasSecrets: Bool {
        pieces.contains { if case .secret = $0 { true } else { false } }
    }

    /// The secrets in it, in order.
    package var secrets: [SecretRef] {
        pieces.compactMap { if case .secret(let secret, _) = $0 { secret } else { nil } }
    }
}
