internal import SecretMemory

/// What a file that should hold identities is: a list of them, an SSH key, or an age file that holds the list.
enum IdentityFile {
    case identities([Identity], [KeyRemark])
    /// The list is encrypted with a passphrase; opened only when nothing else fits.
    case locked(AgeFile)
    /// An SSH key that a passphrase protects, and its public key.
    case protected([UInt8]?)

    static let sizeLimit = 16 << 20
    /// Each takes some pages of locked memory, and every file costs each a try.
    private static let mostIdentities = 1000
    /// What is wrong more often is no list of identities.
    private static let mostRemarks = 20

    /// - Parameters:
    ///   - place: the file or variable, as it is told the user.
    ///   - hasLines: whether the lines have numbers that mean something there.
    init(_ text: SecretText, at place: String, hasLines: Bool = true) {
        self = text.withBytes { bytes in
            if Self.begins(bytes, "age-encryption") || Self.begins(bytes, "-----BEGIN AGE") {
                return Self.lockedFile(bytes, at: place)
            }
            if Self.begins(bytes, "-----BEGIN") { return SSHKey.read(bytes, at: place) }
            return Self.list(bytes, at: place, hasLines: hasLines)
        }
    }

    private static func lockedFile(_ bytes: ByteSpan, at place: String) -> IdentityFile {
        do throws(AgeError) {
            let file = try AgeFile(bytes.indices.map { bytes[$0] })
            guard try file.header.isPassphrase() else {
                return .identities([], [KeyRemark(place, "is encrypted, and not with a passphrase")])
            }
            return .locked(file)
        } catch {
            return .identities([], [KeyRemark(place, error.message)])
        }
    }

    /// One identity a line; `#` begins a comment, a CR before LF does not count.
    private static func list(_ bytes: ByteSpan, at place: String, hasLines: Bool) -> IdentityFile {
        var identities: [Identity] = []
        var remarks: [KeyRemark] = []
        var number = 0
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            number += 1
            let hasReturn = end > start && end < bytes.count && bytes[end - 1] == UInt8(ascii: "\r")
            let line = bytes.extracting(start..<(hasReturn ? end - 1 : end))
            start = end + 1
            if line.isEmpty || line[0] == UInt8(ascii: "#") { continue }
            let here = hasLines ? "\(place):\(number)" : place
            if let identity = Identity(line: line, at: here) {
                identities.append(identity)
            } else {
                remarks.append(KeyRemark(here, complaint(about: line)))
            }
            if identities.count >= mostIdentities || remarks.count >= mostRemarks {
                remarks.append(KeyRemark(here, "too much: the lines behind it are not read"))
                break
            }
        }
        if identities.isEmpty, remarks.isEmpty { remarks.append(KeyRemark(place, "holds no identity")) }
        return .identities(identities, remarks)
    }

    /// Why a line is no identity. Never quotes it: it may be one with a slip.
    static func complaint(about line: ByteSpan) -> String {
        if begins(line, "AGE-PLUGIN-") { return "an identity of an age plugin: plugins are not run" }
        if begins(line, "age1") { return "a recipient, not an identity" }
        if begins(line, "age-secret-key-") { return "not an identity: a secret key is written in upper case" }
        if begins(line, "AGE-SECRET-KEY-") { return "not an identity: its checksum or length is wrong" }
        if begins(line, "ssh-") { return "a public SSH key, not an identity" }
        return "not an identity"
    }

    static func begins(_ bytes: ByteSpan, _ prefix: String) -> Bool {
        let prefix = Array(prefix.utf8)
        return bytes.count >= prefix.count && prefix.indices.allSatisfy { bytes[$0] == prefix[$0] }
    }
}

/// What is odd about a key file: a warning, never the end.
package struct KeyRemark: Hashable, Sendable {
    /// The file and line, or the variable.
    package let place: String
    package let text: String

    init(_ place: String, _ text: String) {
        self.place = place
        self.text = text
    }
}
