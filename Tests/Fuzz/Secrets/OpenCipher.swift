internal import SecretMemory

// In place of `SwiftCrypto.swift`, which is not what is fuzzed: a cipher under which every ciphertext opens, to itself. So
// what stands behind the cipher is reached by any input.

enum AES256GCM {
    struct Key: Sendable {
        init(_ bytes: borrowing SecretBytes) {}
    }

    static func open(
        _ sealed: (ciphertext: [UInt8], nonce: [UInt8], tag: [UInt8]), authenticating data: [UInt8], _ key: Key,
        into output: inout SecretBuffer
    ) -> Range<Int>? {
        output.append(sealed.ciphertext)
    }
}

enum XWingHPKE {
    static func open(
        _ sealed: [UInt8], encapsulated: [UInt8], info: String, _ seed: borrowing SecretBytes
    ) -> SecretBytes? {
        nil
    }

    static func publicKey(_ seed: borrowing SecretBytes) -> [UInt8]? { nil }
}
