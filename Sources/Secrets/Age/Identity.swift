internal import SecretMemory

/// One secret key that may open files, and where it was found.
package final class Identity: Sendable {
    enum Kind: Sendable, Equatable {
        case x25519
        case hybrid
        case sshEd25519(publicKey: [UInt8])
    }

    let kind: Kind
    private let secret: SecretBytes
    /// The file and line, or the variable.
    package let place: String

    init(_ kind: Kind, _ secret: consuming SecretBytes, at place: String) {
        self.kind = kind
        self.secret = secret
        self.place = place
    }

    /// Reads one identity as a line of an identity file has it; nil if it is none.
    convenience init?(line: ByteSpan, at place: String) {
        if let secret = Bech32.decode(line, prefix: "AGE-SECRET-KEY-"), secret.count == 32, Self.isUppercase(line) {
            self.init(.x25519, secret, at: place)
        } else if let seed = Bech32.decode(line, prefix: "AGE-SECRET-KEY-PQ-"), seed.count == 32,
            Self.isUppercase(line)
        {
            self.init(.hybrid, seed, at: place)
        } else {
            return nil
        }
    }

    private static func isUppercase(_ line: ByteSpan) -> Bool { line[0] == UInt8(ascii: "A") }

    /// The file key if one of the stanzas is for this identity.
    func unwrap(_ stanzas: [Stanza]) throws(AgeError) -> SecretBytes? {
        for stanza in stanzas {
            let fileKey: SecretBytes?
            switch (kind, stanza.type) {
            case (.x25519, X25519Recipient.type): fileKey = try X25519Recipient.unwrap(stanza, secret)
            case (.hybrid, HybridRecipient.type): fileKey = try HybridRecipient.unwrap(stanza, secret)
            case (.sshEd25519(let publicKey), SSHEd25519Recipient.type):
                fileKey = try SSHEd25519Recipient.unwrap(stanza, secret, publicKey)
            default: fileKey = nil
            }
            if let fileKey { return fileKey }
        }
        return nil
    }

    /// The recipient to encrypt for this identity, as its type spells it.
    package var recipient: String {
        switch kind {
        case .x25519: Bech32.encode(X25519.publicKey(of: secret), prefix: "age")
        case .hybrid: XWingHPKE.publicKey(secret).map { Bech32.encode($0, prefix: "age1pq") } ?? "age1pq1…"
        case .sshEd25519(let publicKey): SSHKey.recipient(publicKey)
        }
    }
}
