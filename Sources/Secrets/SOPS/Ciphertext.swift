internal import SecretMemory

/// `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`
struct Ciphertext: Sendable {
    let data: [UInt8]
    let iv: [UInt8]
    let tag: [UInt8]
    let type: String

    private static let begin = "ENC[AES256_GCM,"

    static func looksLikeOne(_ text: String) -> Bool { text.utf8.starts(with: begin.utf8) }

    /// Nil if the text is no ciphertext, or a malformed one.
    init?(_ text: String) {
        guard Self.looksLikeOne(text) else { return nil }
        let fields = text.dropFirst(Self.begin.count)
        guard let end = fields.utf8.lastIndex(of: UInt8(ascii: "]")) else { return nil }
        let parts = fields[..<end].split(separator: ",", omittingEmptySubsequences: false)
        let names = ["data:", "iv:", "tag:", "type:"]
        guard parts.count == 4, zip(parts, names).allSatisfy({ $0.hasPrefix($1) }) else { return nil }
        let values = zip(parts, names).map { $0.utf8.dropFirst($1.utf8.count) }
        guard let data = Base64.decode(values[0], .required), let iv = Base64.decode(values[1], .required),
            let tag = Base64.decode(values[2], .required), iv.count >= 12, tag.count == 16, !data.isEmpty,
            !values[3].isEmpty
        else { return nil }
        self.data = data
        self.iv = iv
        self.tag = tag
        type = String(decoding: values[3], as: UTF8.self)
    }

    /// The type alone, which is readable without a key.
    static func type(of text: String) -> String? {
        guard looksLikeOne(text), text.hasSuffix("]"), let colon = text.lastIndex(of: ":") else { return nil }
        return String(text[text.index(after: colon)...].dropLast())
    }

    /// Appends the plaintext to `output` and says where it stands; nil if it was moved, renamed or altered.
    ///
    /// - Parameter path: the keys that lead to the value; list indices are not among them.
    func open(_ key: AES256GCM.Key, path: [String], into output: inout SecretBuffer) -> Range<Int>? {
        open(key, authenticating: path.joined(separator: ":") + ":", into: &output)
    }

    func open(_ key: AES256GCM.Key, authenticating data: String, into output: inout SecretBuffer) -> Range<Int>? {
        AES256GCM.open((self.data, iv, tag), authenticating: Array(data.utf8), key, into: &output)
    }
}
