internal import Diagnostics

/// A secret, by its place: what a value holds in its stead until the output's bytes are written. A reference, since it is handed on
/// from the value to the output and the lock, and is never another.
@usableFromInline package final class SecretRef: Hashable, Sendable {
    /// The keys that lead to it from the top of its file, such as `api_tokens`, `pve`.
    package let steps: [Key]
    /// The file that holds it, relative to the site; nil for the site's own secrets.
    package let file: Key?
    /// What kind of scalar it is, which SOPS and plain files tell without opening it.
    package let type: SecretType
    /// What the secret signs, where not itself but a token made with it stands there.
    package let claims: ProvisioningClaims?

    package init(
        _ steps: [Key], in file: Key? = nil, _ type: SecretType, signing claims: ProvisioningClaims? = nil
    ) {
        self.steps = steps
        self.file = file
        self.type = type
        self.claims = claims
    }

    @usableFromInline package static func == (left: SecretRef, right: SecretRef) -> Bool {
        left === right || left.isSamePlace(as: right) && left.type == right.type && left.claims == right.claims
    }

    @usableFromInline package func hash(into hasher: inout Hasher) {
        hasher.combine(steps)
        hasher.combine(file)
    }

    /// Whether both lead to the same place, whatever is made of what stands there.
    package func isSamePlace(as other: SecretRef) -> Bool { file == other.file && steps == other.steps }

    /// Dotted; a step that a dot or a quote would break is quoted: `ssh_keys."joe@host.lan"`. Behind the file, if that is not
    /// the site's own: `secrets/hosts/kt_web.yaml:db.password`.
    package var path: String {
        var text = ByteWriter(capacity: 64)
        append(pathTo: &text)
        return text.text
    }

    /// Appends the same.
    package func append(pathTo text: inout ByteWriter) {
        if let file {
            text.append(file)
            text.append(UInt8(ascii: ":"))
        }
        Self.append(steps, to: &text)
    }

    /// The steps of a dotted path; nil if it is malformed: `db.password`, `ssh_keys."joe@host.lan"`.
    package static func steps(of path: String) -> [Key]? {
        DottedPath.steps(of: path)?.map { Key($0.text) }
    }

    package static func path(_ steps: some Collection<Key>) -> String {
        var text = ByteWriter(capacity: 64)
        append(steps, to: &text)
        return text.text
    }

    private static func append(_ steps: some Collection<Key>, to text: inout ByteWriter) {
        let isPlain = steps.allSatisfy { step in
            step.count > 0 && !step.holds(UInt8(ascii: ".")) && !step.holds(UInt8(ascii: "\""))
        }
        guard isPlain else {
            text.append(DottedPath.text(steps.map(\.text)))
            return
        }
        var isFirst = true
        for step in steps {
            if !isFirst { text.append(UInt8(ascii: ".")) }
            isFirst = false
            text.append(step)
        }
    }
}

/// What a secret is, known without its value.
package enum SecretType: String, Sendable {
    case string, integer, float, bool, null
    /// Text without a letter.
    case empty = "empty text"
    /// Infinity or NaN, which JSON cannot hold.
    case nonFinite = "a number without end"
    /// The file has not told: it is wholly encrypted, or the reference has not been followed.
    case unknown = "a secret"
}
