internal import SecretMemory

/// `-> X25519 <share>`
enum X25519Recipient {
    static let type = "X25519"
    private static let info = "age-encryption.org/v1/X25519"

    /// The file key, or nil if the stanza is for somebody else.
    static func unwrap(_ stanza: Stanza, _ secret: borrowing SecretBytes) throws(AgeError) -> SecretBytes? {
        guard stanza.arguments.count == 1, let share = Base64.decode(stanza.arguments[0], .forbidden),
            share.count == 32, stanza.body.count == FileKey.sealedSize
        else { throw .header("an X25519 stanza is malformed") }
        guard let shared = X25519.agree(secret, share.span) else {
            throw .header("an X25519 stanza's share is of low order")
        }
        let salt = share + X25519.publicKey(of: secret)
        let key = shared.withBytes { HKDF.deriveKey(from: $0, salt: salt, info: info) }
        return FileKey.open(stanza.body, key)
    }
}

/// The key of one file: 16 bytes, of which each stanza holds a copy.
enum FileKey {
    static let size = 16
    static let sealedSize = size + ChaCha20Poly1305.tagSize

    /// Opens a stanza's body; nil if the key is not its.
    static func open(_ body: [UInt8], _ key: borrowing SecretBytes) -> SecretBytes? {
        var fileKey = SecretBytes(count: size)
        let nonce = [UInt8](repeating: 0, count: 12)
        let isOpen = ChaCha20Poly1305.open(body.span, nonce: nonce, key: key, into: &fileKey)
        return isOpen ? consume fileKey : nil
    }
}
