internal import Crypto
internal import SecretMemory

// The only door to swift-crypto, for what libsodium does not have. It returns plaintext as `Data`, in ordinary memory:
// here it is moved into locked memory and overwritten. No name of Foundation's is needed for that.

/// SHA-256 of a text that comes in parts. Here it is BoringSSL's, which uses the processor's own instructions.
package struct FileDigest {
    private var hash = Crypto.SHA256()

    package init() {}

    package mutating func update(_ bytes: Swift.Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    }

    /// In hexadecimal.
    package var text: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The digest of a whole text.
    package static func text(of bytes: Swift.Span<UInt8>) -> String {
        var digest = FileDigest()
        digest.update(bytes)
        return digest.text
    }
}

/// AES-256-GCM with a nonce of any length from 12 bytes on: SOPS's has 32.
enum AES256GCM {
    /// A key made ready for many values.
    struct Key: Sendable {
        fileprivate let key: SymmetricKey

        /// - Parameter bytes: 32 bytes.
        init(_ bytes: borrowing SecretBytes) {
            precondition(bytes.count == 32)
            key = bytes.withBytes { unsafe $0.withUnsafeBytes { unsafe SymmetricKey(data: $0) } }
        }
    }

    /// Appends the plaintext to `output` and says where it stands; nil if the tag is wrong.
    static func open(
        _ sealed: (ciphertext: [UInt8], nonce: [UInt8], tag: [UInt8]), authenticating data: [UInt8], _ key: Key,
        into output: inout SecretBuffer
    ) -> Range<Int>? {
        guard let nonce = try? AES.GCM.Nonce(data: sealed.nonce),
            let box = try? AES.GCM.SealedBox(nonce: nonce, ciphertext: sealed.ciphertext, tag: sealed.tag),
            var opened = try? AES.GCM.open(box, using: key.key, authenticating: data)
        else { return nil }
        let range = output.append(opened)
        overwrite(&opened)
        return range
    }
}

/// HPKE (RFC 9180) in base mode with X-Wing, HKDF-SHA-256 and ChaCha20-Poly1305.
enum XWingHPKE {
    /// - Returns: the plaintext, or nil if it is not for this key.
    static func open(
        _ sealed: [UInt8], encapsulated: [UInt8], info: String, _ seed: borrowing SecretBytes
    ) -> SecretBytes? {
        guard let key = privateKey(seed) else { return nil }
        do {
            let suite = HPKE.Ciphersuite(kem: .XWingMLKEM768X25519, kdf: .HKDF_SHA256, aead: .chaChaPoly)
            var recipient = try HPKE.Recipient(
                privateKey: key, ciphersuite: suite, info: data(Array(info.utf8)), encapsulatedKey: data(encapsulated))
            var opened = try recipient.open(sealed)
            var secret = SecretBuffer(capacity: opened.count)
            secret.append(opened)
            overwrite(&opened)
            return secret.withBytes { SecretBytes(copying: $0) }
        } catch {
            return nil
        }
    }

    /// The public key of a 32-byte seed: 1216 bytes.
    static func publicKey(_ seed: borrowing SecretBytes) -> [UInt8]? {
        privateKey(seed).map { Array($0.publicKey.rawRepresentation) }
    }

    private static func privateKey(_ seed: borrowing SecretBytes) -> XWingMLKEM768X25519.PrivateKey? {
        seed.withBytes { bytes in
            unsafe bytes.withUnsafeBytes {
                try? unsafe XWingMLKEM768X25519.PrivateKey(seedRepresentation: $0, publicKey: nil)
            }
        }
    }
}

private func data<Bytes: RangeReplaceableCollection<UInt8>>(_ bytes: [UInt8]) -> Bytes { Bytes(bytes) }

/// Not inlined, so that no optimizer takes the last stores for useless.
@inline(never)
private func overwrite(_ bytes: inout some MutableCollection<UInt8>) {
    for index in bytes.indices { bytes[index] = 0 }
}
