/// Where the identities come from that open encrypted files (DESIGN §4, *Identities*), besides the variables that sops
/// reads, sops's own key file and the user's SSH key.
public struct Identities: Sendable {
    /// Identity files, tried first.
    public var files: [String]
    /// A file with the passphrase; nil to ask on the terminal.
    public var passphraseFile: String?

    /// Names the files.
    public init(files: [String] = [], passphraseFile: String? = nil) {
        self.files = files
        self.passphraseFile = passphraseFile
    }
}
