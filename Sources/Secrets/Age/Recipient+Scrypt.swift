internal import SecretMemory

/// `-> scrypt <salt> <log N>`: a passphrase.
enum ScryptRecipient {
    static let type = "scrypt"
    /// N = 2^22 takes about twelve seconds and 4 GiB; more would be an attack.
    static let mostWork = 22

    /// The salt and the logarithm of the work factor of a well-formed stanza.
    @discardableResult
    static func check(_ stanza: Stanza) throws(AgeError) -> (salt: [UInt8], work: Int) {
        guard stanza.arguments.count == 2, let salt = Base64.decode(stanza.arguments[0], .forbidden), salt.count == 16,
            stanza.body.count == FileKey.sealedSize, let work = workFactor(stanza.arguments[1])
        else { throw .header("a scrypt stanza is malformed") }
        guard work <= mostWork else {
            throw .header("the passphrase's work factor is above the limit of 2^\(mostWork)")
        }
        return (salt, work)
    }

    /// The file key, or nil if the passphrase is wrong.
    static func unwrap(_ stanza: Stanza, _ passphrase: SecretText) throws(AgeError) -> SecretBytes? {
        let (salt, work) = try check(stanza)
        let salted = Array("age-encryption.org/v1/scrypt".utf8) + salt
        let key = passphrase.withBytes { Scrypt.deriveKey(from: $0, salt: salted, logN: work) }
        guard let key else { throw .header("there is not enough memory for the passphrase's work factor, 2^\(work)") }
        return FileKey.open(stanza.body, key)
    }

    /// Decimal without a sign or a leading zero. Any number of more than three digits is the same excess.
    private static func workFactor(_ text: ArraySlice<UInt8>) -> Int? {
        guard let first = text.first, (0x31...0x39).contains(first), text.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return text.count > 3 ? 999 : Int(String(decoding: text, as: UTF8.self))
    }
}
