internal import CSodium
internal import Glibc

// The only door to libsodium (1.0.18): memory for secrets, and the primitives that age and SOPS are made of. Keys live
// in `SecretBytes`; what is no secret is `[UInt8]` or a span.

/// Memory for a secret: locked, between guard pages, zeroed when it is let go.
///
/// Cannot be copied, printed or put into an array. That the system refuses to lock it is no error: secrets are then where
/// they would be without it.
@safe package struct SecretBytes: ~Copyable, @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    package let count: Int

    /// Zeros.
    package init(count: Int) {
        self.init(toFill: count)
        unsafe sodium_memzero(base, count)
    }

    /// A copy of `bytes`.
    package init(copying bytes: ByteSpan) {
        self.init(toFill: bytes.count)
        write(bytes, at: 0)
    }

    /// What libsodium leaves there, which is no secret.
    private init(toFill count: Int) {
        Sodium.start()
        self.count = count
        guard let base = unsafe sodium_malloc(max(count, 1)) else { Sodium.stop("out of memory for secrets") }
        unsafe self.base = base
    }

    /// The first bytes of a buffer.
    init(prefix count: Int, of buffer: borrowing SecretBuffer) {
        self = buffer.withBytes { SecretBytes(copying: $0) }
    }

    deinit { unsafe sodium_free(base) }

    /// Lends the bytes. They must not be kept.
    package func withBytes<Result: ~Copyable>(_ body: (ByteSpan) throws -> Result) rethrows -> Result {
        let buffer = unsafe UnsafeRawBufferPointer(start: base, count: count)
        return try unsafe body(buffer.bindMemory(to: UInt8.self).span)
    }

    package subscript(index: Int) -> UInt8 {
        get {
            precondition(index >= 0 && index < count)
            return unsafe base.load(fromByteOffset: index, as: UInt8.self)
        }
        set {
            precondition(index >= 0 && index < count)
            unsafe base.storeBytes(of: newValue, toByteOffset: index, as: UInt8.self)
        }
    }

    /// Overwrites the bytes from `offset` on.
    package mutating func write(_ bytes: ByteSpan, at offset: Int) {
        precondition(offset >= 0 && bytes.count <= count - offset)
        guard bytes.count > 0 else { return }
        unsafe withPointer(bytes) { unsafe (base + offset).copyMemory(from: $0, byteCount: bytes.count) }
    }

    /// Overwrites the first bytes with zeros.
    mutating func wipe(first count: Int) {
        precondition(count >= 0 && count <= self.count)
        unsafe sodium_memzero(base, count)
    }

    /// Lends the memory to be written, such as by a system call, and returns how many bytes that wrote.
    package mutating func fill(_ body: (inout MutableSpan<UInt8>) throws -> Int) rethrows -> Int {
        var span = unsafe MutableSpan<UInt8>(_unsafeStart: pointer, count: count)
        return try body(&span)
    }

    /// Whether both hold the same bytes, compared in a time that does not depend on where they differ.
    package func equals(_ other: ByteSpan) -> Bool {
        guard other.count == count else { return false }
        return unsafe withPointer(other) { unsafe sodium_memcmp(base, $0, count) == 0 }
    }

    fileprivate var pointer: UnsafeMutablePointer<UInt8> { unsafe base.assumingMemoryBound(to: UInt8.self) }
}

/// The library's start, and what the process does for its secrets.
package enum Sodium {
    private static let started: Bool = {
        guard sodium_init() >= 0 else { stop("libsodium does not start") }
        // No core dump shall hold a key, and no other process of the same user read the memory.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        _ = resolve_forbid_dumps()
        // Nor shall a crash print registers and what they point at, as Swift's backtraces do.
        for number in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV, SIGSYS] {
            _ = signal(number, SIG_DFL)
        }
        return true
    }()

    static func start() { _ = started }

    /// Without its library, or memory, nothing could be kept secret: the only way out is the end.
    fileprivate static func stop(_ reason: String) -> Never {
        let message = Array("error: \(reason)\n".utf8)
        _ = unsafe write(STDERR_FILENO, message, message.count)
        exit(2)
    }

    /// Overwrites an array in place.
    ///
    /// Of use only for storage that nobody shares: a shared one is copied first.
    package static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            if let base = buffer.baseAddress { unsafe sodium_memzero(base, buffer.count) }
        }
        bytes.removeAll()
    }
}

/// Lends a span as a pointer that is never nil, as libsodium wants it.
private func withPointer<Result: ~Copyable>(_ span: ByteSpan, _ body: (UnsafePointer<UInt8>) throws -> Result) rethrows
    -> Result
{
    try unsafe span.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress, buffer.count > 0 else {
            return try unsafe withUnsafePointer(to: UInt8(0)) { try unsafe body($0) }
        }
        return try unsafe body(base)
    }
}

// MARK: Key agreement

/// X25519 (RFC 7748).
package enum X25519 {
    /// The public key of a secret one.
    package static func publicKey(of secret: borrowing SecretBytes) -> [UInt8] {
        precondition(secret.count == 32)
        var key = [UInt8](repeating: 0, count: 32)
        _ = unsafe crypto_scalarmult_base(&key, secret.pointer)
        return key
    }

    /// The secret that both sides share; nil if the other's key is of low order, which makes the result all zeros.
    package static func agree(_ secret: borrowing SecretBytes, _ share: ByteSpan) -> SecretBytes? {
        precondition(secret.count == 32 && share.count == 32)
        let shared = SecretBytes(count: 32)
        let status = unsafe withPointer(share) { unsafe crypto_scalarmult(shared.pointer, secret.pointer, $0) }
        return status == 0 ? consume shared : nil
    }
}

/// Ed25519 keys as X25519 keys, as SSH recipients of age use them.
package enum Ed25519 {
    /// - Parameter seed: 32 bytes.
    package static func x25519Secret(ofSeed seed: borrowing SecretBytes) -> SecretBytes {
        precondition(seed.count == 32)
        let publicKey = SecretBytes(count: 32)
        let pair = SecretBytes(count: 64)
        _ = unsafe crypto_sign_seed_keypair(publicKey.pointer, pair.pointer, seed.pointer)
        let secret = SecretBytes(count: 32)
        _ = unsafe crypto_sign_ed25519_sk_to_curve25519(secret.pointer, pair.pointer)
        return secret
    }

    package static func publicKey(ofSeed seed: borrowing SecretBytes) -> [UInt8] {
        precondition(seed.count == 32)
        var key = [UInt8](repeating: 0, count: 32)
        let pair = SecretBytes(count: 64)
        _ = unsafe crypto_sign_seed_keypair(&key, pair.pointer, seed.pointer)
        return key
    }

    /// Nil if it is no point of the curve.
    package static func x25519Public(of key: [UInt8]) -> [UInt8]? {
        guard key.count == 32 else { return nil }
        var converted = [UInt8](repeating: 0, count: 32)
        return unsafe crypto_sign_ed25519_pk_to_curve25519(&converted, key) == 0 ? converted : nil
    }
}

// MARK: Hashes and keys from keys

package enum SHA256 {
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = unsafe crypto_hash_sha256(&digest, bytes, UInt64(bytes.count))
        return digest
    }
}

/// SHA-512 of a text that comes in parts.
package struct SHA512: ~Copyable {
    private var state = crypto_hash_sha512_state()

    package init() {
        Sodium.start()
        _ = unsafe crypto_hash_sha512_init(&state)
    }

    package mutating func update(_ bytes: ByteSpan) {
        _ = unsafe withPointer(bytes) { unsafe crypto_hash_sha512_update(&state, $0, UInt64(bytes.count)) }
    }

    package mutating func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 64)
        _ = unsafe crypto_hash_sha512_final(&state, &digest)
        unsafe sodium_memzero(&state, MemoryLayout.size(ofValue: state))
        return digest
    }
}

/// HMAC-SHA-256 (RFC 2104).
package enum HMAC {
    /// - Parameter key: of any length, the multi-part form's privilege.
    package static func authenticate(_ message: ByteSpan, key: ByteSpan) -> SecretBytes {
        Sodium.start()
        var state = crypto_auth_hmacsha256_state()
        _ = unsafe withPointer(key) { unsafe crypto_auth_hmacsha256_init(&state, $0, key.count) }
        _ = unsafe withPointer(message) {
            unsafe crypto_auth_hmacsha256_update(&state, $0, UInt64(message.count))
        }
        let code = SecretBytes(count: 32)
        _ = unsafe crypto_auth_hmacsha256_final(&state, code.pointer)
        unsafe sodium_memzero(&state, MemoryLayout.size(ofValue: state))
        return code
    }
}

/// HKDF-SHA-256 (RFC 5869), which libsodium has only from 1.0.19 on.
package enum HKDF {
    /// One block of output: 32 bytes.
    ///
    /// - Parameter salt: empty stands for 32 zero bytes.
    package static func deriveKey(from material: ByteSpan, salt: [UInt8], info: String) -> SecretBytes {
        let salt = salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt
        let extracted = HMAC.authenticate(material, key: salt.span)
        let block = Array(info.utf8) + [1]
        return extracted.withBytes { HMAC.authenticate(block.span, key: $0) }
    }
}

/// scrypt (RFC 7914) with r = 8 and p = 1.
package enum Scrypt {
    /// 32 bytes; nil if the memory for it is not to be had: 128 KiB × N / 128, so 4 GiB for `logN` 22.
    package static func deriveKey(from passphrase: ByteSpan, salt: [UInt8], logN: Int) -> SecretBytes? {
        Sodium.start()
        let key = SecretBytes(count: 32)
        let status = unsafe withPointer(passphrase) {
            unsafe crypto_pwhash_scryptsalsa208sha256_ll(
                $0, passphrase.count, salt, salt.count, UInt64(1) << UInt64(logN), 8, 1, key.pointer, 32)
        }
        return status == 0 ? consume key : nil
    }
}

// MARK: Encryption

/// ChaCha20-Poly1305 (RFC 8439), the IETF variant with its nonce of 12 bytes.
package enum ChaCha20Poly1305 {
    package static let tagSize = 16

    /// Opens ciphertext and tag into `output` from `offset` on, without additional data.
    ///
    /// - Returns: whether the tag was right; if not, nothing was written.
    package static func open(
        _ sealed: ByteSpan, nonce: [UInt8], key: borrowing SecretBytes, into output: inout SecretBytes,
        at offset: Int = 0
    ) -> Bool {
        precondition(nonce.count == 12 && key.count == 32)
        guard sealed.count >= tagSize else { return false }
        precondition(offset >= 0 && sealed.count - tagSize <= output.count - offset)
        return unsafe withPointer(sealed) {
            unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
                output.pointer + offset, nil, nil, $0, UInt64(sealed.count), nil, 0, nonce, key.pointer) == 0
        }
    }
}

// MARK: Text

/// Base64 (RFC 4648), canonical only: what would not be written so again is refused.
package enum Base64 {
    package enum Padding {
        case required, forbidden
        /// Forbidden, and `-` and `_` instead of `+` and `/`.
        case urlSafe

        fileprivate var variant: Int32 {
            switch self {
            case .required: Int32(sodium_base64_VARIANT_ORIGINAL)
            case .forbidden: Int32(sodium_base64_VARIANT_ORIGINAL_NO_PADDING)
            case .urlSafe: Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING)
            }
        }
    }

    package static func decode(_ text: some Sequence<UInt8>, _ padding: Padding) -> [UInt8]? {
        let text = Array(text)
        var decoded = [UInt8](repeating: 0, count: text.count / 4 * 3 + 3)
        let count = unsafe decoded.withUnsafeMutableBufferPointer {
            unsafe decode(text.span, padding, ignoring: "", into: $0)
        }
        return count.map { Array(decoded[..<$0]) }
    }

    /// - Parameter ignoring: what may stand between the letters, such as line ends.
    package static func decodeSecret(_ text: ByteSpan, _ padding: Padding, ignoring: String) -> SecretText? {
        let decoded = SecretBytes(count: text.count / 4 * 3 + 3)
        let target = unsafe UnsafeMutableBufferPointer(start: decoded.pointer, count: decoded.count)
        guard let count = unsafe decode(text, padding, ignoring: ignoring, into: target) else { return nil }
        return decoded.withBytes { SecretText(SecretBytes(copying: $0.extracting(first: count))) }
    }

    private static func decode(
        _ text: ByteSpan, _ padding: Padding, ignoring: String, into decoded: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        // libsodium 1.0.18 takes every byte from 0x80 on for a letter.
        guard let base = decoded.baseAddress, !text.indices.contains(where: { text[$0] >= 0x80 }) else { return nil }
        var count = 0
        let status = unsafe withPointer(text) { letters in
            unsafe letters.withMemoryRebound(to: CChar.self, capacity: max(text.count, 1)) {
                unsafe sodium_base642bin(
                    base, decoded.count, $0, text.count, ignoring.isEmpty ? nil : ignoring, &count, nil,
                    padding.variant)
            }
        }
        return status == 0 ? count : nil
    }

    package static func encode(_ bytes: [UInt8], _ padding: Padding) -> String {
        var text = [CChar](repeating: 0, count: sodium_base64_encoded_len(bytes.count, padding.variant))
        _ = unsafe sodium_bin2base64(&text, text.count, bytes, bytes.count, padding.variant)
        return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Appends the text of bytes that are a secret.
    package static func append(_ bytes: ByteSpan, _ padding: Padding, to buffer: inout SecretBuffer) {
        let text = SecretBytes(count: sodium_base64_encoded_len(bytes.count, padding.variant))
        _ = unsafe withPointer(bytes) { source in
            unsafe text.pointer.withMemoryRebound(to: CChar.self, capacity: text.count) {
                unsafe sodium_bin2base64($0, text.count, source, bytes.count, padding.variant)
            }
        }
        // Behind the letters stands a zero.
        text.withBytes { _ = buffer.append($0.extracting(first: text.count - 1)) }
    }
}

/// Hexadecimal digits, of either case.
package enum Hex {
    /// The bytes that a secret text writes; nil if it is empty or has anything else in it than digits and white space.
    package static func decodeSecret(_ text: ByteSpan) -> SecretText? {
        let decoded = SecretBytes(count: text.count / 2 + 1)
        var count = 0
        let status = unsafe withPointer(text) { letters in
            unsafe letters.withMemoryRebound(to: CChar.self, capacity: max(text.count, 1)) {
                unsafe sodium_hex2bin(decoded.pointer, decoded.count, $0, text.count, " \t\r\n", &count, nil)
            }
        }
        guard status == 0, count > 0 else { return nil }
        return decoded.withBytes { SecretText(SecretBytes(copying: $0.extracting(first: count))) }
    }
}
