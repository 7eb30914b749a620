internal import SecretMemory

/// One recipient's copy of the file key.
struct Stanza: Sendable {
    let type: String
    let arguments: [ArraySlice<UInt8>]
    let body: [UInt8]
}

/// The head of an age file: who can open it, and the MAC that binds that list to the file key.
struct Header: Sendable {
    let stanzas: [Stanza]
    /// What the MAC is over: from the version line up to and with `---`.
    let authenticated: ArraySlice<UInt8>
    let mac: [UInt8]
    /// The bytes behind the header.
    let payload: ArraySlice<UInt8>

    /// More are an attack: each costs every identity a try.
    private static let mostStanzas = 1000

    static let magic = Array("age-encryption.org/".utf8)

    /// Reads the header of a binary file. Line ends are LF alone, and every piece has one spelling only.
    init(parsing bytes: [UInt8]) throws(AgeError) {
        var reader = LineReader(bytes)
        guard let version = reader.next() else { throw .header("it is cut off") }
        guard version.elementsEqual("age-encryption.org/v1".utf8) else {
            throw .header(version.starts(with: Self.magic) ? "a version other than 1" : "no version line")
        }
        var stanzas: [Stanza] = []
        while true {
            guard let line = reader.next() else { throw .header("it is cut off") }
            if line.starts(with: "---".utf8) {
                mac = try Self.mac(line)
                authenticated = bytes[..<(line.startIndex + 3)]
                break
            }
            guard stanzas.count < Self.mostStanzas else {
                throw .header("it names more than \(Self.mostStanzas) recipients")
            }
            stanzas.append(try Self.stanza(line, &reader))
        }
        guard !stanzas.isEmpty else { throw .header("it names no recipient") }
        self.stanzas = stanzas
        payload = reader.rest
    }

    private static func mac(_ line: ArraySlice<UInt8>) throws(AgeError) -> [UInt8] {
        guard line.starts(with: "--- ".utf8), line.count == 47, let mac = Base64.decode(line.dropFirst(4), .forbidden)
        else { throw .header("the MAC line is malformed") }
        return mac
    }

    private static func stanza(_ line: ArraySlice<UInt8>, _ reader: inout LineReader) throws(AgeError) -> Stanza {
        guard line.starts(with: "-> ".utf8) else { throw .header("a line that begins no stanza") }
        let words = line.dropFirst(3).split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x21...0x7E).contains($0) } }) else {
            throw .header("a stanza with a malformed argument")
        }
        var letters: [UInt8] = []
        while true {
            guard let line = reader.next() else { throw .header("a stanza is cut off") }
            guard line.count <= 64 else { throw .header("a stanza's line is too long") }
            letters += line
            if line.count < 64 { break }
        }
        guard let body = Base64.decode(letters, .forbidden) else { throw .header("a stanza's body is no base64") }
        return Stanza(
            type: String(decoding: words[0], as: UTF8.self), arguments: Array(words.dropFirst()), body: body)
    }

    /// Whether a passphrase opens the file: then that stanza must be the only one, or who knows the passphrase could make
    /// others believe that it came from whom else it names.
    func isPassphrase() throws(AgeError) -> Bool {
        guard stanzas.contains(where: { $0.type == ScryptRecipient.type }) else { return false }
        guard stanzas.count == 1 else { throw .header("a passphrase stands beside other recipients") }
        return true
    }

    /// Checks that nobody changed the header since the file key was made.
    func authenticate(_ fileKey: borrowing SecretBytes) throws(AgeError) {
        let key = fileKey.withBytes { HKDF.deriveKey(from: $0, salt: [], info: "header") }
        let code = key.withBytes { HMAC.authenticate(authenticated.span, key: $0) }
        guard code.equals(mac.span) else { throw .headerMAC }
    }
}

/// Takes lines that end in LF.
private struct LineReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The next line without its end; nil if there is no LF any more.
    mutating func next() -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }
}
