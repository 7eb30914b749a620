internal import Secrets
internal import SiteModel

/// What the files with secrets hold that were opened, and the passwords that stand in others: where references are filled in.
struct OpenedFiles: Sendable {
    /// The site's own secrets.
    var site: OpenedSecrets?
    /// The others, by their paths.
    var others: [Key: OpenedSecrets] = [:]

    /// What holds a secret, if it was opened.
    subscript(secret: SecretRef) -> OpenedSecrets? {
        secret.file.map { others[$0] } ?? site
    }
}
