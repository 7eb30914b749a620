internal import SecretMemory

/// `-> mlkem768x25519 <enc>`: the post-quantum hybrid, HPKE with X-Wing.
enum HybridRecipient {
    static let type = "mlkem768x25519"
    private static let encapsulatedSize = 1120

    /// The file key, or nil if the stanza is for somebody else, which the KEM shows only in the end.
    ///
    /// - Parameter seed: the 32 bytes of the secret key.
    static func unwrap(_ stanza: Stanza, _ seed: borrowing SecretBytes) throws(AgeError) -> SecretBytes? {
        guard stanza.arguments.count == 1, let share = Base64.decode(stanza.arguments[0], .forbidden),
            share.count == encapsulatedSize, stanza.body.count == FileKey.sealedSize
        else { throw .header("an mlkem768x25519 stanza is malformed") }
        return XWingHPKE.open(
            stanza.body, encapsulated: share, info: "age-encryption.org/mlkem768x25519", seed)
    }
}
