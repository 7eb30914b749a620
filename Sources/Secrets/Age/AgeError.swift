/// Why an age file cannot be opened, by the part of the format (C2SP `age.md`) that failed.
///
/// Messages are constants and numbers: nothing of the file is quoted.
package enum AgeError: Error, Equatable {
    /// The header, or a stanza of a type that an identity here understands, is malformed.
    case header(String)
    /// The header was changed after it was written.
    case headerMAC
    case armor(String)
    /// The payload was cut, extended or changed.
    case payload(String)
    /// No identity opens it. What was wanted and tried is in the keyring's account.
    case noMatch

    package var message: String {
        switch self {
        case .header(let reason): "the header is malformed: \(reason)"
        case .headerMAC: "the header was altered: its MAC does not match"
        case .armor(let reason): "the armor is malformed: \(reason)"
        case .payload(let reason): "the payload is damaged: \(reason)"
        case .noMatch: "no identity opens it"
        }
    }
}
