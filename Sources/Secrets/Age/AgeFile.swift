internal import SecretMemory

/// An age file (C2SP `age.md`, version 1), binary or armored, its header read.
package struct AgeFile: Sendable {
    let header: Header

    package init(_ bytes: [UInt8]) throws(AgeError) {
        header = try Header(parsing: Armor.isArmored(bytes) ? try Armor.decode(bytes) : bytes)
    }

    /// Whether the bytes begin as an age file does, of whatever version.
    package static func isAge(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: Header.magic) || Armor.isArmored(bytes)
    }

    /// The plaintext, the whole of it verified.
    func open(_ fileKey: borrowing SecretBytes) throws(AgeError) -> SecretText {
        try header.authenticate(fileKey)
        return try Payload.open(header.payload, fileKey)
    }

    /// Who can open it, as far as the file says: the types of its stanzas, and of SSH keys their tags.
    package var recipients: [String] {
        var counts: [(type: String, count: Int)] = []
        for stanza in header.stanzas {
            if let index = counts.firstIndex(where: { $0.type == stanza.type }) {
                counts[index].count += 1
            } else {
                counts.append((stanza.type, 1))
            }
        }
        return counts.map { type, count in
            let known = Self.descriptions.first { $0.type == type }?.text ?? "a recipient of type \(type)"
            return count == 1 ? known : "\(known) (\(count) of them)"
        }
    }

    /// How the recipient is called that is no key.
    static let passphrase = "a passphrase"

    private static let descriptions: [(type: String, text: String)] = [
        (X25519Recipient.type, "an age key (age1…)"),
        (HybridRecipient.type, "a post-quantum age key (age1pq1…)"),
        (ScryptRecipient.type, passphrase),
        (SSHEd25519Recipient.type, "an ssh-ed25519 key"),
        ("ssh-rsa", "an ssh-rsa key, which is not supported"),
        ("piv-p256", "a hardware key of the plugin piv-p256, which is not run"),
        ("p256tag", "a hardware key of the type p256tag, whose plugin is not run"),
        ("mlkem768p256tag", "a hardware key of the type mlkem768p256tag, whose plugin is not run"),
    ]
}
