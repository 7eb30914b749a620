internal import SecretMemory

/// An SSH or PKCS#8 private key in PEM. Only Ed25519 without a passphrase can be used.
enum SSHKey {
    static let sizeLimit = 16 << 10

    static func read(_ text: ByteSpan, at place: String) -> IdentityFile {
        func odd(_ complaint: String) -> IdentityFile { .identities([], [KeyRemark(place, complaint)]) }
        guard text.count <= sizeLimit else { return odd("too large for a key") }
        guard let (label, body) = pem(text) else { return odd("a malformed PEM file") }
        if label == "OPENSSH PRIVATE KEY" { return body.withBytes { openSSH($0, at: place) } }
        if label == "PRIVATE KEY" {
            guard let identity = body.withBytes({ pkcs8($0, at: place) }) else {
                return odd("no Ed25519 key: only Ed25519 keys are supported")
            }
            return .identities([identity], [])
        }
        if label == "ENCRYPTED PRIVATE KEY" { return .protected(nil) }
        if label == "RSA PRIVATE KEY" { return odd("an ssh-rsa key, which is not supported: use ssh-ed25519 or age") }
        return odd("a PEM file that holds no private key")
    }

    /// `ssh-ed25519 AAAA…`
    static func recipient(_ publicKey: [UInt8]) -> String {
        "ssh-ed25519 " + Base64.encode(SSHEd25519Recipient.wireKey(publicKey), .required)
    }

    // MARK: PEM

    private static func pem(_ text: ByteSpan) -> (label: String, body: SecretText)? {
        var end = 0
        while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
        let first = String(decoding: (0..<end).map { text[$0] }.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        guard first.hasPrefix("-----BEGIN "), first.hasSuffix("-----"), first.utf8.count < 80 else { return nil }
        let label = String(first.dropFirst(11).dropLast(5))
        if label == "RSA PRIVATE KEY" { return (label, SecretText(SecretBytes(count: 0))) }
        var close = end
        while close < text.count, text[close] != UInt8(ascii: "-") { close += 1 }
        guard IdentityFile.begins(text.extracting(close..<text.count), "-----END \(label)-----"),
            let body = Base64.decodeSecret(text.extracting(end..<close), .required, ignoring: " \r\n")
        else { return nil }
        return (label, body)
    }

    // MARK: OpenSSH

    /// `openssh-key-v1` (OpenSSH's PROTOCOL.key).
    private static func openSSH(_ bytes: ByteSpan, at place: String) -> IdentityFile {
        let malformed = IdentityFile.identities([], [KeyRemark(place, "a malformed OpenSSH key")])
        guard IdentityFile.begins(bytes, "openssh-key-v1\0") else { return malformed }
        var reader = SSHReader(offset: 15)
        guard let cipher = reader.string(bytes), let kdf = reader.string(bytes), reader.string(bytes) != nil,
            let count = reader.number(bytes), count == 1, let publicBlob = reader.string(bytes),
            let secretBlob = reader.string(bytes)
        else { return malformed }
        let type = keyType(bytes, publicBlob)
        guard type == SSHEd25519Recipient.type else {
            let complaint = "an \(type ?? "unknown") key, which is not supported: use ssh-ed25519 or age"
            return type == nil ? malformed : .identities([], [KeyRemark(place, complaint)])
        }
        let publicKey = Array(
            (0..<32).compactMap { publicBlob.count == 51 ? bytes[publicBlob.lowerBound + 19 + $0] : nil })
        guard text(bytes, cipher) == "none", text(bytes, kdf) == "none" else { return .protected(publicKey) }
        guard let seed = ed25519Seed(bytes.extracting(secretBlob)) else { return malformed }
        guard Ed25519.publicKey(ofSeed: seed) == publicKey else { return malformed }
        return .identities([Identity(.sshEd25519(publicKey: publicKey), seed, at: place)], [])
    }

    /// check ‖ check ‖ type ‖ public ‖ secret (seed ‖ public) ‖ comment ‖ padding
    private static func ed25519Seed(_ bytes: ByteSpan) -> SecretBytes? {
        var reader = SSHReader(offset: 0)
        guard let check = reader.number(bytes), let again = reader.number(bytes), check == again,
            let type = reader.string(bytes), text(bytes, type) == SSHEd25519Recipient.type,
            let publicKey = reader.string(bytes), publicKey.count == 32,
            let secret = reader.string(bytes), secret.count == 64
        else { return nil }
        return SecretBytes(copying: bytes.extracting(secret.lowerBound..<secret.lowerBound + 32))
    }

    private static func keyType(_ bytes: ByteSpan, _ blob: Range<Int>) -> String? {
        var reader = SSHReader(offset: blob.lowerBound)
        guard let type = reader.string(bytes), type.upperBound <= blob.upperBound, type.count < 64 else { return nil }
        let name = text(bytes, type)
        return name.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? name : nil
    }

    /// Of what is no secret.
    private static func text(_ bytes: ByteSpan, _ range: Range<Int>) -> String {
        String(decoding: range.map { bytes[$0] }, as: UTF8.self)
    }

    // MARK: PKCS#8

    /// `PrivateKeyInfo` of Ed25519 (RFC 8410): version, algorithm 1.3.101.112, the seed in an OCTET STRING in another.
    private static func pkcs8(_ bytes: ByteSpan, at place: String) -> Identity? {
        let algorithm: [UInt8] = [0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]
        guard bytes.count >= 48, bytes[0] == 0x30, Int(bytes[1]) == bytes.count - 2, bytes[2] == 0x02, bytes[3] == 0x01,
            bytes[4] <= 1, algorithm.indices.allSatisfy({ bytes[5 + $0] == algorithm[$0] })
        else { return nil }
        let seed = SecretBytes(copying: bytes.extracting(16..<48))
        let publicKey = Ed25519.publicKey(ofSeed: seed)
        return Identity(.sshEd25519(publicKey: publicKey), seed, at: place)
    }
}

/// Takes SSH's fields: 4-byte big-endian numbers, and strings behind their length.
private struct SSHReader {
    var offset: Int

    mutating func number(_ bytes: ByteSpan) -> Int? {
        guard bytes.count - offset >= 4 else { return nil }
        defer { offset += 4 }
        return (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }

    mutating func string(_ bytes: ByteSpan) -> Range<Int>? {
        guard let count = number(bytes), count <= bytes.count - offset else { return nil }
        defer { offset += count }
        return offset..<offset + count
    }
}
