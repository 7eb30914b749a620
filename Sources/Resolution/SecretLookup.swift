package import Diagnostics
internal import SiteModel

extension LinkedSite {
    /// The secret at `steps`, or nil and what is to be said of its absence.
    ///
    /// - Parameters:
    ///   - span: the place that needs it, with `label` for what is said there.
    /// - Returns: no diagnostic if the secrets could not be read at all, for that has been reported.
    func secret(
        _ steps: [Key], neededAt span: Span?, _ label: String, related: [Label] = []
    ) -> (value: Value?, diagnostics: [Diagnostic]) {
        // Words are only made where something is to be said.
        var path: String { SecretRef.path(steps) }
        let severity = strictness.severity
        switch secrets {
        case .unreadable: return (nil, [])
        case .unchecked: return (Value(.secret(SecretRef(steps, .unknown)), Origin(nil, .secrets)), [])
        case .absent:
            return (
                nil,
                [
                    Diagnostic(
                        .noSecret, severity, "no secret \(path): the site has no secrets.yaml", at: span, label,
                        related: related, help: "make secrets.yaml with `\(steps[0]):`")
                ]
            )
        case .keys(let known):
            if let value = known.value(at: steps) {
                guard case .secret(let secret) = value.content, secret.type == .empty else { return (value, []) }
                return (value, [.emptySecret(path, span, label, value, related, severity)])
            }
            let section = steps.dropLast()
            // A key without a value may be a secret that stands where a key should.
            let keys = known.value(at: Array(section))?.map?.entries.filter { !$0.value.isNullSecret } ?? []
            let names = keys.map(\.key.text)
            let near = steps.last.map { Suggestions.near($0.text, among: names) } ?? []
            let addition = "add `\(steps.last?.text ?? "")` under \(SecretRef.path(Array(section))) in the secrets"
            let help =
                !near.isEmpty
                ? "did you mean \(near.asChoices)?"
                : !names.isEmpty && names.count <= 8
                    ? "there \(names.count == 1 ? "is" : "are"): \(names.joined(separator: ", ")); or \(addition)"
                    : addition
            return (
                nil,
                [
                    Diagnostic(
                        .noSecret, severity, "no secret \(path)", at: span, label, related: related, help: help)
                ]
            )
        }
    }

    /// A secret that may be absent.
    func optionalSecret(_ steps: [Key]) -> Value? {
        switch secrets {
        case .keys(let known): known.value(at: steps)
        case .unchecked: Value(.secret(SecretRef(steps, .unknown)), Origin(nil, .secrets))
        case .absent, .unreadable: nil
        }
    }
}

extension Value {
    fileprivate var isNullSecret: Bool {
        guard case .secret(let secret) = content else { return isNull }
        return secret.type == .null
    }
}

extension Diagnostic {
    fileprivate static func emptySecret(
        _ path: String, _ span: Span?, _ label: String, _ value: Value, _ related: [Label], _ severity: Severity
    ) -> Diagnostic {
        let place = value.origin.span.map { [Label($0, "it is empty here")] } ?? []
        return Diagnostic(
            .noSecret, severity, "the secret \(path) is empty", at: span, label, related: place + related,
            help: "fill it in")
    }
}

extension Code {
    package static let noSecret = Code(
        "R0203", "no such secret",
        explanation: """
            A name leads into the secrets and finds nothing. The Python resolver writes an empty string instead, and the \
            next apply runs without a token.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- secrets.yaml --
            api_tokens:
              pve1: root@pam!tofu=x
            -- nodes/pve.yaml --
            datastore: local
            -- envs/dev.yaml --
            vms: []
            """,
        fix: "Correct the name or add the secret. `api_token: null` on a node says that it has none.")
}
