/// A secret, by its place: what a value holds in its stead until the output's bytes are written.
package struct SecretRef: Hashable, Sendable {
    /// The keys that lead to it from the top of the secrets, such as `api_tokens`, `pve`.
    package let steps: [Key]
    /// What kind of scalar it is, which SOPS and plain files tell without opening it.
    package let type: SecretType

    package init(_ steps: [Key], _ type: SecretType) {
        self.steps = steps
        self.type = type
    }

    /// Dotted; a step that a dot or a quote would break is quoted: `ssh_keys."joe@host.lan"`.
    package var path: String { Self.path(steps) }

    package static func path(_ steps: some Sequence<Key>) -> String {
        steps.map { step in
            let needsQuotes =
                step.text.isEmpty || step.text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "\"") }
            guard needsQuotes else { return step.text }
            let escaped = step.text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
            return "\"\(escaped)\""
        }.joined(separator: ".")
    }
}

/// What a secret is, known without its value.
package enum SecretType: String, Sendable {
    case string, integer, float, bool, null
    /// Text without a letter.
    case empty = "empty text"
    /// Infinity or NaN, which JSON cannot hold.
    case nonFinite = "a number without end"
}
