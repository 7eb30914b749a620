internal import SecretMemory

/// `-> ssh-ed25519 <tag> <share>`: an SSH key, converted to X25519.
enum SSHEd25519Recipient {
    static let type = "ssh-ed25519"
    private static let info = "age-encryption.org/v1/ssh-ed25519"

    /// The file key, or nil if the stanza is for another key.
    ///
    /// - Parameters:
    ///   - seed: the Ed25519 key's 32-byte seed.
    ///   - publicKey: the Ed25519 public key.
    static func unwrap(
        _ stanza: Stanza, _ seed: borrowing SecretBytes, _ publicKey: [UInt8]
    ) throws(AgeError) -> SecretBytes? {
        guard stanza.arguments.count == 2, let stanzaTag = Base64.decode(stanza.arguments[0], .forbidden),
            stanzaTag.count == 4
        else { throw .header("an ssh-ed25519 stanza is malformed") }
        guard stanzaTag == tag(of: publicKey) else { return nil }
        guard let share = Base64.decode(stanza.arguments[1], .forbidden), share.count == 32,
            stanza.body.count == FileKey.sealedSize, let converted = Ed25519.x25519Public(of: publicKey)
        else { throw .header("an ssh-ed25519 stanza is malformed") }
        let secret = Ed25519.x25519Secret(ofSeed: seed)
        guard let shared = X25519.agree(secret, share.span) else {
            throw .header("an ssh-ed25519 stanza's share is of low order")
        }
        let tweak = HKDF.deriveKey(from: [UInt8]().span, salt: wireKey(publicKey), info: info)
        guard let tweaked = shared.withBytes({ X25519.agree(tweak, $0) }) else {
            throw .header("an ssh-ed25519 stanza's share is of low order")
        }
        let key = tweaked.withBytes { HKDF.deriveKey(from: $0, salt: share + converted, info: info) }
        guard let fileKey = FileKey.open(stanza.body, key) else {
            throw .header("an ssh-ed25519 stanza that names this key does not open with it")
        }
        return fileKey
    }

    /// The first four bytes of the SHA-256 of the wire key.
    static func tag(of publicKey: [UInt8]) -> [UInt8] { Array(SHA256.hash(wireKey(publicKey)).prefix(4)) }

    /// The key as SSH writes it (RFC 8709): its type and its bytes, each behind its length.
    static func wireKey(_ publicKey: [UInt8]) -> [UInt8] {
        [0, 0, 0, UInt8(type.utf8.count)] + Array(type.utf8) + [0, 0, 0, UInt8(publicKey.count)] + publicKey
    }
}
