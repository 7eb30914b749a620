package import SiteModel

/// What an emitter makes: bytes, with secrets by reference. The last step fills them in, or shows them redacted.
package struct Output: Sendable {
    /// All but the secrets, from the first byte to the last.
    package internal(set) var bytes: [UInt8] = []
    /// The secrets, in order.
    package private(set) var insertions: [Insertion] = []
    /// Whether a number of a pool was not looked up, which no output may hold.
    package internal(set) var hasPooledNumbers = false

    /// A secret that stands in it.
    package struct Insertion: Sendable {
        /// How many of the bytes stand before it.
        package let offset: Int
        package let secret: SecretRef
        package let escaping: Escaping
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

    package init() {}

    init(_ bytes: [UInt8], _ insertions: [Insertion], hasPooledNumbers: Bool) {
        self.bytes = bytes
        self.insertions = insertions
        self.hasPooledNumbers = hasPooledNumbers
    }

    package mutating func append(_ secret: SecretRef, _ escaping: Escaping) {
        insertions.append(Insertion(offset: bytes.count, secret: secret, escaping: escaping))
    }

    package var hasSecrets: Bool { !insertions.isEmpty }

    /// The secrets in it, in order.
    package var secrets: [SecretRef] { insertions.map(\.secret) }

    /// Goes through it from the first byte to the last.
    ///
    /// - Parameter secret: is called with the place of each secret among them.
    package func forEach(bytes piece: (Swift.Span<UInt8>) -> Void, secret: (Int) -> Void) {
        var start = 0
        let insertions = insertions.span
        for place in insertions.indices {
            let end = insertions[place].offset
            if start < end { piece(bytes.span.extracting(start..<end)) }
            secret(place)
            start = end
        }
        if start < bytes.count { piece(bytes.span.extracting(start..<bytes.count)) }
    }
}
