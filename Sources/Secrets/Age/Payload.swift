internal import SecretMemory

/// The encrypted body of an age file: STREAM over chunks of 64 KiB with ChaCha20-Poly1305.
enum Payload {
    private static let chunkSize = 64 << 10
    private static let sealedSize = chunkSize + ChaCha20Poly1305.tagSize
    private static let nonceSize = 16

    /// The whole plaintext, after its last chunk was verified: nothing is used before.
    static func open(_ payload: ArraySlice<UInt8>, _ fileKey: borrowing SecretBytes) throws(AgeError) -> SecretText {
        guard payload.count >= nonceSize else { throw .header("the payload's nonce is cut off") }
        let nonce = Array(payload.prefix(nonceSize))
        let key = fileKey.withBytes { HKDF.deriveKey(from: $0, salt: nonce, info: "payload") }
        let sealed = payload.dropFirst(nonceSize)
        let chunks = (sealed.count + sealedSize - 1) / sealedSize
        let size = sealed.count - chunks * ChaCha20Poly1305.tagSize
        let lastSize = sealed.count - (chunks - 1) * sealedSize - ChaCha20Poly1305.tagSize
        guard chunks > 0, lastSize >= 0 else { throw .payload("it is cut off") }
        guard lastSize > 0 || chunks == 1 else { throw .payload("its last chunk is empty") }
        var plaintext = SecretBytes(count: size)
        for chunk in 0..<chunks {
            let start = sealed.startIndex + chunk * sealedSize
            let end = min(start + sealedSize, sealed.endIndex)
            let isOpen = ChaCha20Poly1305.open(
                sealed[start..<end].span, nonce: chunkNonce(chunk, isLast: chunk == chunks - 1), key: key,
                into: &plaintext, at: chunk * chunkSize)
            guard isOpen else { throw .payload("chunk \(chunk + 1) of \(chunks) does not verify") }
        }
        return SecretText(plaintext)
    }

    /// An 11-byte big-endian counter and the mark of the last chunk.
    private static func chunkNonce(_ chunk: Int, isLast: Bool) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: 12)
        for byte in 0..<8 { nonce[10 - byte] = UInt8(truncatingIfNeeded: chunk >> (8 * byte)) }
        nonce[11] = isLast ? 1 : 0
        return nonce
    }
}
