import SecretMemory
import Testing

@testable import Secrets

/// The grammar of an age file's head (C2SP `age.md`), one failure a row.
@Suite struct HeaderTests {
    static let version = "age-encryption.org/v1\n"
    /// 32 bytes and their MAC line.
    static let letters = String(repeating: "A", count: 43)
    static let end = "--- \(letters)\n"
    static let line = String(repeating: "A", count: 64)

    static let sound: [(text: String, stanzas: [String], bodies: [Int])] = [
        ("-> X\n\n", ["X"], [0]), ("-> X a b c\nAAAA\n", ["X a b c"], [3]), ("-> X\nAA\n", ["X"], [1]),
        ("-> X\n\n-> X\nAAA\n-> Y 1\n\n", ["X", "X", "Y 1"], [0, 2, 0]),
        // A full line is followed by a shorter one, which may be empty.
        ("-> X\n\(line)\n\n", ["X"], [48]), ("-> X\n\(line)\nAAAA\n", ["X"], [51]),
        ("-> X\n\(line)\n\(line)\n\n", ["X"], [96]),
        // Arguments have every visible letter of ASCII.
        ("-> !\"#$%&'()*+,-./ 09:;<=>?@AZ[\\]^_` az{|}~\n\n", ["!\"#$%&'()*+,-./ 09:;<=>?@AZ[\\]^_` az{|}~"], [0]),
        ("-> --- ->\n\n", ["--- ->"], [0]),
    ]

    @Test(arguments: sound.indices) func isRead(_ row: Int) throws {
        let (text, stanzas, bodies) = Self.sound[row]
        let header = try Header(parsing: Array((Self.version + text + Self.end + "payload\n--- \n").utf8))
        let read = header.stanzas.map { stanza in
            ([stanza.type] + stanza.arguments.map { String(decoding: $0, as: UTF8.self) }).joined(separator: " ")
        }
        #expect(read == stanzas)
        #expect(header.stanzas.map(\.body.count) == bodies)
        #expect(String(decoding: header.authenticated, as: UTF8.self) == Self.version + text + "---")
        #expect(header.mac == [UInt8](repeating: 0, count: 32))
        #expect(String(decoding: header.payload, as: UTF8.self) == "payload\n--- \n")
    }

    @Test(arguments: [
        "", "\n", "age-encryption.org/v1", "age-encryption.org/v2\n", "age-encryption.org/v10\n",
        "age-encryption.org/\n", "age-encryption.org/v1 \n", " age-encryption.org/v1\n", "\nage-encryption.org/v1\n",
        "age-encryption.org/v1\r\n", "Age-encryption.org/v1\n", "age-encryption.org/V1\n", "age-encryption.com/v1\n",
        "\u{FEFF}age-encryption.org/v1\n", "age-encryption.org/v1\n\n", "age-encryption.org/v1\n# x\n",
        "age-encryption.org/v1\0\n",
    ]) func theVersionLineIsExact(_ version: String) {
        expectHeaderFailure(version + "-> X\n\n" + Self.end)
    }

    @Test(arguments: [
        // How it begins.
        "", "-> \n\n", "->\n\n", "->X\n\n", "->  X\n\n", " -> X\n\n", "> X\n\n", "-- X\n\n", "=> X\n\n", "->\tX\n\n",
        "X\n\n", "\n-> X\n\n",
        // Its arguments.
        "-> X \n\n", "-> X  a\n\n", "-> X a \n\n", "-> X\ta\n\n", "-> X \u{7F}\n\n", "-> X \u{1F}\n\n", "-> X é\n\n",
        "-> X \0\n\n", "-> X\u{A0}a\n\n",
        // Line ends.
        "-> X\r\n\n", "-> X\n\r\n", "-> X\r\n\r\n", "-> X a\r\nAAAA\r\n", "-> X\r\r", "-> X a\n\nAAAA\n",
        // The body: canonical base64 without padding.
        "-> X\nAAA=\n", "-> X\nAA==\n", "-> X\nA\n", "-> X\nAAB\n", "-> X\nAB\n", "-> X\nAAAAA\n", "-> X\nAA AA\n",
        "-> X\n AAAA\n", "-> X\nAAAA \n", "-> X\nAA-_\n", "-> X\nAA!A\n", "-> X\nAAAA\t\n", "-> X\nAAA\0\n",
        // Lines of 64 columns, and then a shorter one.
        "-> X\n", "-> X\n\(line)\n", "-> X\n\(line)A\n", "-> X\n\(line)A\n\n", "-> X\nAAAA\nAAAA\n",
        "-> X\n\(line)\n-> Y\n\n", "-> X\n-> Y\n\n",
    ]) func aMalformedStanzaIsRefused(_ stanza: String) {
        expectHeaderFailure(Self.version + stanza + Self.end)
        expectHeaderFailure(Self.version + "-> X a\nAAAA\n" + (stanza.isEmpty ? "\n" : stanza) + Self.end)
    }

    @Test(arguments: [
        "", "---", "---\n", "--- \n", "---\(letters)\n", "---  \(letters)\n", "--- \(letters)", "--- \(letters) \n",
        "--- \(letters)\r\n", "--- \(letters)=\n", "--- \(letters)A\n", "--- \(letters.dropLast())\n",
        "--- \(letters.dropLast())B\n", "--- \(letters.dropLast())C\n", "--- \(letters.dropLast())-\n",
        "--- \(letters.dropLast()) \n", "---\t\(letters)\n", "---- \(letters)\n", "--- \(letters) \(letters)\n",
        " --- \(letters)\n", "-- \(letters)\n", "\n--- \(letters)\n",
    ]) func aMalformedMACLineIsRefused(_ end: String) {
        expectHeaderFailure(Self.version + "-> X\n\n" + end)
    }

    @Test func everyTruncationIsRefused() {
        let header = Array((Self.version + "-> X a\nAAAA\n-> Y\n\(Self.line)\n\n" + Self.end).utf8)
        for count in 0..<header.count {
            #expect(throws: AgeError.self) { try Header(parsing: Array(header.prefix(count))) }
        }
    }

    @Test func bytesThatAreNoTextAreRefused() {
        for byte in UInt8(0x80)...0xFF {
            for place in ["-> X", "-> X a", "-> X\n"] {
                let bytes = Array((Self.version + place).utf8) + [byte] + Array(("\n\n" + Self.end).utf8)
                #expect(throws: AgeError.self) { try Header(parsing: bytes) }
            }
        }
    }

    @Test func aPassphraseStandsAlone() throws {
        func isPassphrase(_ stanzas: String) throws -> Bool {
            try Header(parsing: Array((Self.version + stanzas + Self.end).utf8)).isPassphrase()
        }
        #expect(try isPassphrase("-> scrypt a 1\n\n"))
        #expect(try !isPassphrase("-> X25519 a\n\n-> SCRYPT a 1\n\n-> scrypt2\n\n"))
        for stanzas in ["-> scrypt a 1\n\n-> X\n\n", "-> X\n\n-> scrypt\n\n", "-> scrypt a 1\n\n-> scrypt a 1\n\n"] {
            #expect(throws: AgeError.self) { try isPassphrase(stanzas) }
        }
    }

    @Test func theRecipientsAreNamedAndCounted() throws {
        let stanzas = "-> X25519 a\n\n-> ssh-ed25519 a b\n\n-> X25519 a\n\n-> piv-p256 a\n\n-> odd-grease\n\n"
        let file = try AgeFile(Array((Self.version + stanzas + Self.end).utf8))
        #expect(
            file.recipients == [
                "an age key (age1…) (2 of them)", "an ssh-ed25519 key",
                "a hardware key of the plugin piv-p256, which is not run", "a recipient of type odd-grease",
            ])
    }

    private func expectHeaderFailure(_ text: String, at location: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: AgeError.self, "\(text.debugDescription)", sourceLocation: location) {
            try Header(parsing: Array(text.utf8))
        }
        #expect(error?.part == "header", sourceLocation: location)
    }
}

/// Strict PEM: one spelling, but for the line ends and the white space around it.
@Suite struct ArmorTests {
    static let begin = "-----BEGIN AGE ENCRYPTED FILE-----"
    static let end = "-----END AGE ENCRYPTED FILE-----"
    static let full = String(repeating: "AAAA", count: 16)

    static let sound: [(text: String, count: Int)] = [
        ("\(begin)\nAAAA\n\(end)\n", 3), ("\(begin)\nAAAA\n\(end)", 3), ("\(begin)\nAA==\n\(end)\n", 1),
        ("\(begin)\nAAA=\n\(end)\n", 2), ("\(begin)\n\(full)\n\(end)\n", 48), ("\(begin)\n\(full)\nAA==\n\(end)\n", 49),
        ("\(begin)\r\n\(full)\r\nAAAA\r\n\(end)\r\n", 51), ("\(begin)\r\nAAAA\n\(end)\n", 3),
        (" \t\n\u{B}\u{C}\r\(begin)\nAAAA\n\(end) \t\n\u{B}\u{C}\r", 3),
        (String(repeating: "\n", count: 1023) + "\(begin)\nAAAA\n\(end)" + String(repeating: " ", count: 1023), 3),
    ]

    @Test(arguments: sound.indices) func isRead(_ row: Int) throws {
        let bytes = Array(Self.sound[row].text.utf8)
        #expect(Armor.isArmored(bytes))
        #expect(try Armor.decode(bytes) == [UInt8](repeating: 0, count: Self.sound[row].count))
    }

    @Test(arguments: [
        // What stands around it.
        "x\(begin)\nAAAA\n\(end)\n", "x\n\(begin)\nAAAA\n\(end)\n", "\(begin)\nAAAA\n\(end)\nx",
        "\(begin)\nAAAA\n\(end)x\n",
        "\(begin)\nAAAA\n\(end)\n\(begin)\nAAAA\n\(end)\n", "\u{FEFF}\(begin)\nAAAA\n\(end)\n",
        "\(begin)\nAAAA\n\(end)\n\0",
        String(repeating: " ", count: 1024) + "\(begin)\nAAAA\n\(end)\n",
        "\(begin)\nAAAA\n\(end)" + String(repeating: "\n", count: 1024), "\u{A0}\(begin)\nAAAA\n\(end)\n",
        // Its first and last lines.
        "\(begin)AAAA\n\(end)\n", "\(begin) \nAAAA\n\(end)\n", "\(begin)\nAAAA\n", "\(begin)\nAAAA", "\(begin)\n",
        begin,
        "\(begin)\nAAAA\(end)\n", "\(begin)\nAAAA\n \(end)\n", "\(begin)\nAAAA\n-----END AGE ENCRYPTED FILE----\n",
        "\(begin)\nAAAA\n-----END age ENCRYPTED FILE-----\n", "\(begin)\rAAAA\r\(end)\r", "\(begin)\(end)",
        "-----BEGIN AGE ENCRYPTED FILE----\nAAAA\n\(end)\n", "-----BEGIN PGP MESSAGE-----\nAAAA\n\(end)\n",
        "\(begin)\nComment: x\n\nAAAA\n\(end)\n", "\(begin)\r\r\nAAAA\n\(end)\n",
        // Lines of 64 columns.
        "\(begin)\n\nAAAA\n\(end)\n", "\(begin)\nAAAA\n\n\(end)\n", "\(begin)\n\(full)\n\n\(end)\n",
        "\(begin)\nAAAA\nAAAA\n\(end)\n", "\(begin)\nAAAA\n\(full)\n\(end)\n", "\(begin)\n\(full)AAAA\n\(end)\n",
        "\(begin)\n\(full)A\nAAA\n\(end)\n", "\(begin)\n\(full)\n\n\(full)\n\(end)\n",
        // Canonical base64 with padding.
        "\(begin)\nAA\n\(end)\n", "\(begin)\nAAA\n\(end)\n", "\(begin)\nA===\n\(end)\n", "\(begin)\nAB==\n\(end)\n",
        "\(begin)\nAAB=\n\(end)\n", "\(begin)\nAAAA=\n\(end)\n", "\(begin)\nAA==AAAA\n\(end)\n",
        "\(begin)\nAA-_\n\(end)\n",
        "\(begin)\nAA=\n=\n\(end)\n", "\(begin)\n AAAA\n\(end)\n", "\(begin)\nAAAA \n\(end)\n",
        "\(begin)\nAA AA\n\(end)\n",
        "\(begin)\nAA\tAA\n\(end)\n", "\(begin)\nAAAA\r\r\n\(end)\n", "\(begin)\nAAAA\u{B}\n\(end)\n",
    ]) func aMalformedOneIsRefused(_ text: String) {
        let error = #expect(throws: AgeError.self) { try Armor.decode(Array(text.utf8)) }
        #expect(error?.part == "armor")
    }

    @Test func aFileIsToldByItsBeginning() {
        for text in ["age-encryption.org/v1\n", "age-encryption.org/v9", "\(Self.begin)", " \n\(Self.begin) x"] {
            #expect(AgeFile.isAge(Array(text.utf8)))
        }
        for text in ["", "age", "\nage-encryption.org/v1\n", "-----BEGIN PGP MESSAGE-----", "x\(Self.begin)"] {
            #expect(!AgeFile.isAge(Array(text.utf8)))
        }
    }
}

/// The spelling of keys (BIP 173 without its limit of length).
@Suite struct Bech32Tests {
    static let data = Array(UInt8(0)..<32)
    static let spelled = "age1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0savhh7m"

    @Test func isReadAndWritten() {
        #expect(Bech32.encode(Self.data, prefix: "age") == Self.spelled)
        #expect(decoded(Self.spelled, "age") == Self.data)
        #expect(decoded(Self.spelled.uppercased(), "age") == Self.data)
        #expect(decoded(Self.spelled, "AGE") == Self.data)
    }

    /// Sound ones of BIP 173.
    @Test(arguments: [
        ("A12UEL5L", "a", 0), ("a12uel5l", "a", 0), ("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", "abcdef", 20),
        (
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio", 0
        ),
        ("split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "split", 30),
    ]) func readsWhatBIP173Does(_ text: String, _ prefix: String, _ count: Int) {
        #expect(decoded(text, prefix)?.count == count)
    }

    @Test(arguments: [
        "", "a", "age", "age1", "age12uel5l", "age1qqqqqq", "age\(spelled.dropFirst(4))",
        // Another prefix.
        "agf\(spelled.dropFirst(3))", "bge\(spelled.dropFirst(3))", "age11\(spelled.dropFirst(4))", "a\(spelled)",
        // Mixed case.
        "A\(spelled.dropFirst())", "AGE\(spelled.dropFirst(3))", "\(spelled.dropLast())M",
        "age\(spelled.uppercased().dropFirst(3))", "ag\(spelled.uppercased().dropFirst(2))",
        // Other letters.
        "\(spelled.dropLast())b", "\(spelled.dropLast())1", "\(spelled.dropLast())i", "\(spelled.dropLast())o",
        " \(spelled)", "\(spelled) ", "\(spelled)\n", "\(spelled.dropLast()) ", "\(spelled.dropLast())é",
        // Cut off or extended.
        "\(spelled.dropLast())", "\(spelled)q", "\(spelled.dropLast(6))", "\(spelled)\(spelled)",
        // Leftover bits that are not zero, and five of them.
        "age1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc03q6rzrf",
        "age1v93xxer9qwq9uev",
    ]) func aMalformedOneIsRefused(_ text: String) {
        #expect(decoded(text, "age") == nil)
    }

    @Test func everyOtherLetterBreaksTheChecksum() {
        let letters = Array(Self.spelled.utf8)
        for index in letters.indices {
            for letter in UInt8(0x21)...0x7E where letter != letters[index] {
                var changed = letters
                changed[index] = letter
                #expect(decoded(String(decoding: changed, as: UTF8.self), "age") == nil)
            }
        }
    }

    @Test func everyLengthComesBack() {
        var chance = Chance(1)
        for count in Array(0..<70) + [1216] {
            let data = (0..<count).map { _ in UInt8.random(in: 0...255, using: &chance) }
            let text = Bech32.encode(data, prefix: "age1name-")
            #expect(decoded(text, "age1name-") == data)
            #expect(decoded(text.uppercased(), "age1name-") == data)
        }
    }

    private func decoded(_ text: String, _ prefix: String) -> [UInt8]? {
        bytes(Bech32.decode(Array(text.utf8).span, prefix: prefix))
    }
}

/// What a file with identities may say.
@Suite struct IdentityFileTests {
    @Test(arguments: [
        "@", "@\n", "@\r\n", "# a comment\n@\n", "\n\n@\n\n", "#@\n@", "\r\n# x\r\n\r\n@\r\n", "#\n@",
        "# \u{FEFF}é\n@\n",
    ]) func oneIdentityALine(_ form: String) {
        let read = Read(form.replacing("@", with: Sample.alice))
        #expect(read.recipients == [Sample.aliceRecipient])
        #expect(read.remarks.isEmpty)
    }

    @Test func severalIdentitiesKnowTheirLines() {
        let read = Read("# mine\n\(Sample.alice)\n\n\(Sample.bob)\r\nage1x\n\(Sample.alice)")
        #expect(read.recipients == [Sample.aliceRecipient, Sample.bobRecipient, Sample.aliceRecipient])
        #expect(read.places == ["keys.txt:2", "keys.txt:4", "keys.txt:6"])
        #expect(read.remarks == ["keys.txt:5: a recipient, not an identity"])
    }

    static let upper = "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWRYDWG"
    static let wrong = "not an identity: its checksum or length is wrong"
    static let odd: [(line: String, remark: String)] = [
        (Sample.aliceRecipient, "a recipient, not an identity"), ("age1pq1xyz", "a recipient, not an identity"),
        (Sample.alice.lowercased(), "not an identity: a secret key is written in upper case"),
        ("AGE-PLUGIN-X-1V93XXP5VYT2", "an identity of an age plugin: plugins are not run"),
        ("ssh-ed25519 AAAA", "a public SSH key, not an identity"), ("hello", "not an identity"),
        (String(Sample.alice.dropLast()) + "C", wrong), (String(Sample.alice.dropLast()), wrong),
        (Sample.alice + " ", wrong), (Sample.alice + "\r\r", wrong), ("AGE-SECRET-KEY-1", wrong),
        ("AGE-SECRET-KEY-" + Sample.alice.lowercased().dropFirst(15), wrong),
        ("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ6J6TAE", wrong),
        ("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQKKC73Y", wrong),
        ("AGE-SECRET-KEY-PQ-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0S5DYVQP", wrong),
        (" " + Sample.alice, "not an identity"), (" # a comment", "not an identity"), ("\t", "not an identity"),
        ("\u{FEFF}" + Sample.alice, "not an identity"), ("\0", "not an identity"),
    ]

    @Test(arguments: odd.indices) func whatIsNoIdentityIsSaidAndNeverShown(_ row: Int) {
        let (line, remark) = Self.odd[row]
        let read = Read("\(line)\n\(Self.upper)\n")
        #expect(read.remarks == ["keys.txt:1: \(remark)"])
        #expect(read.places == ["keys.txt:2"])
    }

    @Test func aReturnIsDroppedOnlyBeforeANewline() {
        #expect(Read(Sample.alice + "\r").remarks == ["keys.txt:1: " + Self.wrong])
        #expect(Read(Sample.alice + "\r" + Sample.bob).recipients.isEmpty)
    }

    @Test(arguments: ["", "\n", "# only\n# comments", "\r\n\r\n"]) func thereMustBeOne(_ text: String) {
        #expect(Read(text).remarks == ["keys.txt: holds no identity"])
    }

    @Test func bytesThatAreNoTextAreNoIdentity() {
        let read = Read(bytes: [0xFF, 0xFE, 0x0A] + Array(Sample.alice.utf8))
        #expect(read.remarks == ["keys.txt:1: not an identity"])
        #expect(read.recipients == [Sample.aliceRecipient])
    }

    @Test func aPostQuantumIdentityHasALongRecipient() throws {
        let read = Read("AGE-SECRET-KEY-PQ-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0S5DYVQQ\n")
        let recipient = try #require(read.recipients.first)
        #expect(recipient.hasPrefix("age1pq1"))
        #expect(recipient.utf8.count == 1959)
    }

    // MARK: SSH and PEM

    @Test func anOpenSSHKeyIsAnIdentity() {
        #expect(Read(Sample.sshKey).recipients == [Sample.sshRecipient])
        #expect(Read(Sample.sshKey.replacing("\n", with: "\r\n")).recipients == [Sample.sshRecipient])
    }

    @Test func aPKCS8KeyIsAnIdentity() {
        #expect(Read(Sample.pkcs8Key).recipients == [Sample.pkcs8Recipient])
    }

    @Test func aProtectedKeyStillShowsItsPublicKey() throws {
        guard case .protected(let key) = IdentityFile(Sample.text(Sample.protectedSSHKey), at: "keys.txt") else {
            Issue.record("not protected")
            return
        }
        let publicKey = try #require(key)
        #expect(SSHKey.recipient(publicKey) == Sample.protectedSSHRecipient)
        guard case .protected(nil) = IdentityFile(Sample.text(Sample.protectedPKCS8Key), at: "keys.txt") else {
            Issue.record("not protected")
            return
        }
    }

    @Test func otherKeysAreNamed() {
        #expect(
            Read(Sample.ecdsaKey).remarks == [
                "keys.txt: an ecdsa-sha2-nistp256 key, which is not supported: use ssh-ed25519 or age"
            ])
        #expect(
            Read("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n").remarks == [
                "keys.txt: an ssh-rsa key, which is not supported: use ssh-ed25519 or age"
            ])
        #expect(
            Read(Sample.x25519PEM).remarks == ["keys.txt: no Ed25519 key: only Ed25519 keys are supported"])
        #expect(
            Read("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").remarks == [
                "keys.txt: a PEM file that holds no private key"
            ])
        #expect(
            Read("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n").remarks == [
                "keys.txt: a malformed OpenSSH key"
            ])
        #expect(
            Read(Sample.sshKey + String(repeating: "#", count: 20_000)).remarks == ["keys.txt: too large for a key"])
    }

    @Test(arguments: [
        "-----BEGIN", "-----BEGIN \n", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA/////w==\n-----END OPENSSH PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
    ]) func aMalformedKeyIsNoKey(_ text: String) {
        let read = Read(text)
        #expect(read.recipients.isEmpty)
        #expect(read.remarks.count == 1)
    }

    /// An OpenSSH key says its public key twice, so a change that matters is seen.
    @Test func aChangedKeyIsTheSameOrNone() {
        for key in [Sample.sshKey, Sample.protectedSSHKey, Sample.ecdsaKey, Sample.pkcs8Key] {
            let bytes = Array(key.utf8)
            for index in bytes.indices {
                for change in [UInt8(0x01), 0x10, 0x80] {
                    var changed = bytes
                    changed[index] ^= change
                    let read = Read(bytes: changed)
                    if key == Sample.sshKey { #expect(read.recipients.allSatisfy { $0 == Sample.sshRecipient }) }
                }
                _ = Read(bytes: Array(bytes.prefix(index)))
            }
        }
    }

    /// What a file says, in words.
    private struct Read {
        var recipients: [String] = []
        var places: [String] = []
        var remarks: [String] = []

        init(_ text: String) { self.init(bytes: Array(text.utf8)) }

        init(bytes: [UInt8]) {
            guard case .identities(let found, let odd) = IdentityFile(Sample.text(bytes), at: "keys.txt") else {
                return
            }
            recipients = found.map(\.recipient)
            places = found.map(\.place)
            remarks = odd.map { "\($0.place): \($0.text)" }
        }
    }
}

/// Whole files: real ones, and ones that no encryptor would write.
@Suite struct AgeFileTests {
    // MARK: Files of the real age

    @Test(arguments: [
        (Sample.x25519, Sample.alice), (Sample.armored, Sample.alice), (Sample.several, Sample.alice),
        (Sample.several, Sample.bob), (Sample.several, Sample.sshKey), (Sample.ssh, Sample.sshKey),
        (Sample.pkcs8, Sample.pkcs8Key), (Sample.x25519, "\(Sample.bob)\n\(Sample.alice)\n"),
    ]) func itsIdentityOpensIt(_ file: Sample.File, _ identity: String) {
        #expect(outcome(of: file, TestHost(identity)) == .opened(Sample.plaintext))
    }

    @Test(arguments: [
        (Sample.x25519, Sample.bob), (Sample.armored, Sample.bob), (Sample.several, Sample.pkcs8Key),
        (Sample.ssh, Sample.alice), (Sample.ssh, Sample.pkcs8Key), (Sample.x25519, Sample.sshKey), (Sample.x25519, ""),
        (Sample.protectedSSH, Sample.protectedSSHKey), (Sample.hybrid, Sample.alice), (Sample.x25519, Sample.hybridKey),
    ]) func noOtherIdentityOpensIt(_ file: Sample.File, _ identity: String) {
        #expect(outcome(of: file, TestHost(identity)) == .failed(.noMatch))
    }

    @Test func aPassphraseOpensItsFile() {
        #expect(outcome(of: Sample.scrypt, TestHost(passphrase: "correct horse")) == .opened(Sample.plaintext))
        for wrong in ["", "correct horse ", "Correct horse", "correct horse\n"] {
            #expect(outcome(of: Sample.scrypt, TestHost(passphrase: wrong)) == .failed(.noMatch))
        }
        #expect(outcome(of: Sample.scrypt, TestHost(Sample.alice)) == .failed(.noMatch))
    }

    @Test func aPostQuantumIdentityOpensItsFile() {
        guard case .opened(let plaintext) = outcome(of: Sample.hybrid, TestHost(Sample.hybridKey)) else {
            Issue.record("not opened")
            return
        }
        let digest = SHA256.hash(plaintext).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(digest == "013f54400c82da08037759ada907a8b864e97de81c088a182062c4b5622fd2ab")
    }

    // MARK: Changes

    @Test(arguments: [
        (Sample.x25519, Sample.alice), (Sample.ssh, Sample.sshKey),
    ]) func aFileWithAnyBitChangedNeverOpens(_ file: Sample.File, _ identity: String) {
        let host = TestHost(identity)
        for index in file.bytes.indices {
            for bit in 0..<8 {
                var changed = file.bytes
                changed[index] ^= 1 << bit
                if case .opened = outcome(of: changed, host) {
                    Issue.record("opens with bit \(bit) of \(index) changed")
                }
            }
        }
    }

    @Test func aPassphraseFileWithAnyByteChangedNeverOpens() {
        let host = TestHost(passphrase: "correct horse")
        for index in Sample.scrypt.bytes.indices where !isWorkFactor(index) {
            var changed = Sample.scrypt.bytes
            changed[index] ^= 1 << (index % 7)
            if case .opened = outcome(of: changed, host) { Issue.record("opens with byte \(index) changed") }
        }
    }

    /// The work factor is left out, for the time that others would take.
    private func isWorkFactor(_ index: Int) -> Bool { [55, 56].contains(index) }

    @Test(arguments: [
        (Sample.x25519, Sample.alice), (Sample.armored, Sample.alice), (Sample.several, Sample.bob),
        (Sample.ssh, Sample.sshKey),
    ]) func aFileThatIsCutOffNeverOpens(_ file: Sample.File, _ identity: String) {
        // The newline behind the armor says nothing.
        let isArmored = Armor.isArmored(file.bytes)
        for count in 0..<file.bytes.count - (isArmored ? 1 : 0) {
            let cut = Array(file.bytes.prefix(count))
            if case .opened = outcome(of: cut, TestHost(identity)) { Issue.record("opens with \(count) bytes") }
        }
        for more in [0x00, 0x41, 0xFF] as [UInt8] {
            if case .opened = outcome(of: file.bytes + [more], TestHost(identity)) {
                Issue.record("opens with more bytes")
            }
        }
    }

    @Test func armorWithAnyByteChangedNeverSaysSomethingElse() {
        let host = TestHost(Sample.alice)
        for index in Sample.armored.bytes.indices {
            for change in [0x01, 0x02, 0x04, 0x07, 0x10, 0x20, 0x2A, 0x80] as [UInt8] {
                var changed = Sample.armored.bytes
                changed[index] ^= change
                guard case .opened(let plaintext) = outcome(of: changed, host) else { continue }
                #expect(plaintext == Sample.plaintext)
                #expect(index == Sample.armored.bytes.count - 1, "only white space behind it may change")
            }
        }
    }

    @Test func armorMayHaveWindowsLineEnds() {
        let text = String(decoding: Sample.armored.bytes, as: UTF8.self).replacing("\n", with: "\r\n")
        #expect(outcome(of: Array("\r\n\(text)\r\n".utf8), TestHost(Sample.alice)) == .opened(Sample.plaintext))
    }

    // MARK: Stanzas

    @Test func aWrittenFileOpens() throws {
        let writer = try AgeWriter(for: Sample.aliceRecipient)
        #expect(outcome(of: writer.file(Sample.plaintext), TestHost(Sample.alice)) == .opened(Sample.plaintext))
    }

    /// Encryptors add some on purpose.
    @Test func stanzasOfOtherTypesAreSkipped() throws {
        var writer = try AgeWriter(for: Sample.aliceRecipient)
        let own = writer.stanzas
        writer.stanzas =
            [
                "-> grease\n\n", "-> x25519 \(HeaderTests.letters)\nAAAA\n", "-> ssh-rsa x\nAAAA\n", "-> X25519x\n\n",
                "-> ssh-ed25519 a\n\n", "-> mlkem768x25519\n\n", "-> ~ ! --- ->\n\(HeaderTests.line)\n\n",
            ] + own + ["-> more\n\n"]
        #expect(outcome(of: writer.file(Sample.plaintext), TestHost(Sample.alice)) == .opened(Sample.plaintext))
    }

    /// Even if another stanza would open it.
    @Test(arguments: [
        "-> X25519\n@\n", "-> X25519 $ x\n@\n", "-> X25519 AAAA\n@\n", "-> X25519 $A\n@\n", "-> X25519 $=\n@\n",
        "-> X25519 \(HeaderTests.letters.dropLast())B\n@\n", "-> X25519 $\n\n", "-> X25519 $\nAAAA\n",
        "-> X25519 $\n\(HeaderTests.line)\n\n", "-> X25519 $\n@A\n",
        // Of low order.
        "-> X25519 \(HeaderTests.letters)\n@\n", "-> X25519 AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n@\n",
    ]) func aMalformedStanzaOfTheIdentitysTypeEndsIt(_ form: String) throws {
        let share = Base64.encode([UInt8](repeating: 9, count: 32), .forbidden)
        let body = Base64.encode([UInt8](repeating: 7, count: 32), .forbidden)
        let odd = form.replacing("$", with: share).replacing("@", with: body)
        let sound = try AgeWriter(for: Sample.aliceRecipient)
        var writer = sound
        writer.stanzas = [odd] + sound.stanzas
        #expect(outcome(of: writer.file(Sample.plaintext), TestHost(Sample.alice)).part == "header")
        // Who has no such key does not look at it.
        #expect(outcome(of: writer.file(Sample.plaintext), TestHost(Sample.sshKey)).part != "opened")
    }

    @Test func aStanzaForSomebodyElseIsNoObstacle() throws {
        var writer = try AgeWriter(for: Sample.bobRecipient)
        writer.stanzas += try AgeWriter(for: Sample.aliceRecipient).stanzas
        #expect(outcome(of: writer.file(Sample.plaintext), TestHost(Sample.alice)) == .opened(Sample.plaintext))
    }

    @Test(arguments: [
        "-> ssh-ed25519\n@\n", "-> ssh-ed25519 AAAAAA\n@\n", "-> ssh-ed25519 AAAA $\n@\n", "-> ssh-ed25519 # $ x\n@\n",
        "-> ssh-ed25519 #= $\n@\n", "-> ssh-ed25519 # AAAA\n@\n", "-> ssh-ed25519 # $\nAAAA\n",
        "-> ssh-ed25519 # \(HeaderTests.letters)\n@\n", "-> ssh-ed25519 # $\n@\n",
    ]) func aMalformedStanzaForAnSSHKeyEndsIt(_ form: String) throws {
        let share = Base64.encode([UInt8](repeating: 9, count: 32), .forbidden)
        let body = Base64.encode([UInt8](repeating: 7, count: 32), .forbidden)
        // The tag of the sample's key, as the real age wrote it.
        let odd = form.replacing("$", with: share).replacing("@", with: body).replacing("#", with: "4BXDhg")
        var writer = try AgeWriter(for: Sample.aliceRecipient)
        writer.stanzas = [odd] + writer.stanzas
        #expect(outcome(of: writer.file(Sample.plaintext), TestHost(Sample.sshKey)).part == "header")
        #expect(outcome(of: writer.file(Sample.plaintext), TestHost(Sample.alice)) == .opened(Sample.plaintext))
    }

    @Test func aStanzaForAnotherSSHKeyIsSkipped() throws {
        var writer = try AgeWriter(for: Sample.aliceRecipient)
        writer.stanzas = ["-> ssh-ed25519 AAAAAA AAAA\nAAAA\n"] + writer.stanzas
        #expect(outcome(of: writer.file(Sample.plaintext), TestHost(Sample.sshKey)) == .failed(.noMatch))
    }

    @Test func theMACIsOverEveryByteOfTheHeader() throws {
        let writer = try AgeWriter(for: Sample.aliceRecipient)
        let file = String(decoding: writer.header, as: UTF8.self)
        for changed in ["-> grease\n\n" + writer.stanzas[0], writer.stanzas[0] + "-> x a\n\n"] {
            let header = file.replacing(writer.stanzas[0], with: changed)
            let bytes = Array(header.utf8) + writer.payload(Sample.plaintext)
            #expect(outcome(of: bytes, TestHost(Sample.alice)) == .failed(.headerMAC))
        }
        // It is verified before the payload is looked at.
        let wrong = file.replacing(/--- .+/, with: "--- " + HeaderTests.letters)
        #expect(outcome(of: Array(wrong.utf8), TestHost(Sample.alice)) == .failed(.headerMAC))
    }

    // MARK: Passphrases

    @Test func aPassphraseBesideOthersIsRefused() throws {
        var writer = try AgeWriter(for: Sample.aliceRecipient)
        writer.addPassphrase("correct horse", work: 2)
        let host = TestHost(Sample.alice, passphrase: "correct horse")
        #expect(outcome(of: writer.file(Sample.plaintext), host).part == "header")
        #expect(host.calls.passphrases.isEmpty)
        writer.stanzas.removeFirst()
        #expect(outcome(of: writer.file(Sample.plaintext), host) == .opened(Sample.plaintext))
        writer.addPassphrase("correct horse", work: 2)
        #expect(outcome(of: writer.file(Sample.plaintext), host).part == "header")
    }

    @Test(arguments: [
        "", "0", "01", "010", "+1", "-1", "1x", "x1", "0x1", "1.0", "1e1", "23", "40", "64", "99", "100", "999", "1000",
        "4294967297", "18446744073709551617", "99999999999999999999999999", "１",
    ]) func aWorkFactorThatIsOddOrTooLargeIsRefusedBeforeAnybodyIsAsked(_ work: String) {
        let host = TestHost(passphrase: "correct horse")
        var writer = AgeWriter()
        writer.addPassphrase("correct horse", work: 1, spelled: work)
        #expect(outcome(of: writer.file(Sample.plaintext), host).part == "header")
        #expect(host.calls.passphrases.isEmpty)
    }

    @Test(arguments: [1, 2, 9, 12]) func aSmallWorkFactorIsFine(_ work: Int) {
        var writer = AgeWriter()
        writer.addPassphrase("pässphrase", work: work)
        let file = writer.file(Sample.plaintext)
        #expect(outcome(of: file, TestHost(passphrase: "pässphrase")) == .opened(Sample.plaintext))
        #expect(outcome(of: file, TestHost(passphrase: "passphrase")) == .failed(.noMatch))
    }

    @Test(arguments: [
        "-> scrypt\n@\n", "-> scrypt $\n@\n", "-> scrypt $ 1 x\n@\n", "-> scrypt $A 1\n@\n", "-> scrypt AAAA 1\n@\n",
        "-> scrypt $== 1\n@\n", "-> scrypt $ 1\n\n", "-> scrypt $ 1\nAAAA\n", "-> scrypt 1 $\n@\n",
    ]) func aMalformedPassphraseStanzaIsRefused(_ form: String) {
        let salt = Base64.encode([UInt8](repeating: 9, count: 16), .forbidden)
        let body = Base64.encode([UInt8](repeating: 7, count: 32), .forbidden)
        var writer = AgeWriter()
        writer.stanzas = [form.replacing("$", with: salt).replacing("@", with: body)]
        #expect(outcome(of: writer.file(Sample.plaintext), TestHost(passphrase: "x")).part == "header")
    }
}

/// STREAM: chunks of 64 KiB, the last one marked.
@Suite struct PayloadTests {
    static let chunk = 64 << 10

    @Test(arguments: [0, 1, 2, 15, 16, 17, 4096, chunk - 1, chunk, chunk + 1, 2 * chunk - 1, 2 * chunk, 2 * chunk + 1])
    func everySizeComesBack(_ size: Int) throws {
        let plaintext = Self.text(size)
        let file = try AgeWriter(for: Sample.aliceRecipient).file(plaintext)
        // Not compared by the macro, which would print both.
        let isSame = outcome(of: file, TestHost(Sample.alice)) == .opened(plaintext)
        #expect(isSame)
    }

    /// The chunks, each with its place and whether it is marked as the last.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let chunks: [(size: Int, place: Int, isLast: Bool)]

        init(_ name: String, _ chunks: (size: Int, place: Int, isLast: Bool)...) {
            (testDescription, self.chunks) = (name, chunks)
        }
    }

    static let broken = [
        Row("no chunk"), Row("an empty chunk that is not the last", (0, 0, false)),
        Row("a short chunk that is not the last", (10, 0, false)),
        Row("a full chunk that is not the last", (chunk, 0, false)),
        Row("two full chunks, none the last", (chunk, 0, false), (chunk, 1, false)),
        Row("an empty last chunk", (chunk, 0, false), (0, 1, true)),
        Row("a short chunk before the last", (10, 0, false), (10, 1, true)),
        Row("two last chunks", (chunk, 0, true), (10, 1, true)),
        Row("two short last chunks", (10, 0, true), (10, 1, true)),
        Row("a chunk behind the last", (10, 0, true), (10, 1, false)), Row("the second only", (10, 1, true)),
        Row("the last first", (10, 1, true), (chunk, 0, false)),
        Row("a place left out", (chunk, 0, false), (10, 2, true)),
        Row("a place twice", (chunk, 0, false), (10, 0, true)),
        Row("places exchanged", (chunk, 1, false), (chunk, 0, false), (10, 2, true)),
        Row("a chunk that is too long", (chunk + 1, 0, true)), Row("a place beyond a byte", (10, 256, true)),
    ]

    @Test(arguments: broken) func brokenChunksAreRefused(_ row: Row) throws {
        let writer = try AgeWriter(for: Sample.aliceRecipient)
        let payload = writer.payload(chunks: row.chunks.map { (Self.text($0.size), $0.place, $0.isLast) })
        #expect(outcome(of: writer.header + payload, TestHost(Sample.alice)).part == "payload")
    }

    @Test func aNonceThatIsCutOffIsAHeaderFailure() throws {
        let writer = try AgeWriter(for: Sample.aliceRecipient)
        for count in 0..<16 {
            let file = writer.header + writer.payload(Sample.plaintext).prefix(count)
            #expect(outcome(of: file, TestHost(Sample.alice)).part == "header")
        }
    }

    @Test func aTagThatIsCutOffIsAPayloadFailure() throws {
        let writer = try AgeWriter(for: Sample.aliceRecipient)
        for count in 16..<32 {
            let file = writer.header + writer.payload([]).prefix(count)
            #expect(outcome(of: file, TestHost(Sample.alice)).part == "payload")
        }
    }

    @Test func trailingBytesAreRefused() throws {
        let writer = try AgeWriter(for: Sample.aliceRecipient)
        for size in [0, 10, Self.chunk - 1, Self.chunk] {
            for more in [1, 15, 16, 17] {
                let file = writer.file(Self.text(size)) + Self.text(more)
                #expect(outcome(of: file, TestHost(Sample.alice)).part == "payload")
            }
        }
    }

    /// Nothing of the first chunks is given away.
    @Test func aChangeInTheLastChunkOfThreeIsSeen() throws {
        let file = try AgeWriter(for: Sample.aliceRecipient).file(Self.text(2 * Self.chunk + 5))
        for back in [1, 16, 17, 21] {
            var changed = file
            changed[changed.count - back] ^= 1
            #expect(outcome(of: changed, TestHost(Sample.alice)).part == "payload")
        }
    }

    static func text(_ size: Int) -> [UInt8] { (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }
}

/// Where identities come from, and when.
@Suite struct KeyringTests {
    private var sources: [(host: TestHost, place: String)] {
        [
            (TestHost(Sample.alice), "keys1.txt:1"), (TestHost(Sample.bob, Sample.alice), "keys2.txt:1"),
            (TestHost(variables: ["SOPS_AGE_KEY": Sample.alice]), "$SOPS_AGE_KEY:1"),
            (TestHost(variables: ["SOPS_AGE_KEY": "\(Sample.bob) \(Sample.alice)"]), "$SOPS_AGE_KEY:2"),
            (TestHost(variables: ["SOPS_AGE_KEY": "# mine: \(Sample.bob)\n\t\(Sample.alice)\r\n"]), "$SOPS_AGE_KEY:3"),
            (TestHost(variables: ["SOPS_AGE_KEY_FILE": "/k"], files: ["/k": Sample.alice]), "/k:1"),
            (
                TestHost(variables: ["SOPS_AGE_KEY_CMD": "get 'my key'"], commands: ["get|my key": Sample.alice]),
                "$SOPS_AGE_KEY_CMD:1"
            ),
            (
                TestHost(
                    variables: ["XDG_CONFIG_HOME": "/x", "HOME": "/h"], files: ["/x/sops/age/keys.txt": Sample.alice]),
                "/x/sops/age/keys.txt:1"
            ),
            (
                TestHost(variables: ["HOME": "/h"], files: ["/h/.config/sops/age/keys.txt": Sample.alice]),
                "/h/.config/sops/age/keys.txt:1"
            ),
        ]
    }

    @Test func everySourceIsLookedAt() throws {
        for (host, place) in sources {
            let keyring = Keyring(host)
            #expect(opened(Sample.x25519, keyring) == .opened(Sample.plaintext))
            let opener = try #require(keyring.takeOpeners().first)
            #expect(opener.hasPrefix("\(Sample.aliceRecipient) ("))
            #expect(opener.contains(place.prefix { $0 != ":" }))
            #expect(keyring.takeOpeners().isEmpty)
            #expect(keyring.remarks.isEmpty)
        }
    }

    @Test(arguments: [
        ["SOPS_AGE_SSH_PRIVATE_KEY_FILE": "/k"], ["HOME": "/h"],
    ]) func anSSHKeyIsLookedFor(_ variables: [String: String]) {
        let files = ["/k": Sample.sshKey, "/h/.ssh/id_ed25519": Sample.sshKey]
        let host = TestHost(variables: variables, files: files)
        #expect(outcome(of: Sample.ssh, host) == .opened(Sample.plaintext))
    }

    @Test func whatIsNotNeededIsNotLookedAt() {
        let variables = ["SOPS_AGE_KEY_FILE": "/k", "SOPS_AGE_KEY_CMD": "get", "HOME": "/h"]
        let host = TestHost(Sample.alice, Sample.bob, variables: variables, files: ["/k": Array(Sample.alice.utf8)])
        #expect(outcome(of: Sample.x25519, host) == .opened(Sample.plaintext))
        #expect(host.calls.reads == ["keys1.txt"])
        #expect(host.calls.commands.isEmpty)
        #expect(host.calls.passphrases.isEmpty)
    }

    @Test func eachSourceIsReadOnce() {
        let host = TestHost(Sample.bob, variables: ["SOPS_AGE_KEY_CMD": "get"], commands: ["get": Sample.alice])
        let keyring = Keyring(host)
        for _ in 0..<3 { #expect(opened(Sample.x25519, keyring) == .opened(Sample.plaintext)) }
        #expect(host.calls.reads == ["keys1.txt"])
        #expect(host.calls.commands == ["get"])
    }

    @Test func aFileThatIsNamedAndNotThereIsSaid() {
        for host in [TestHost(identityFiles: ["/none"]), TestHost(variables: ["SOPS_AGE_KEY_FILE": "/none"])] {
            let keyring = Keyring(host)
            #expect(opened(Sample.x25519, keyring) == .failed(.noMatch))
            #expect(keyring.remarks.map(\.place) == ["/none"])
        }
        // What is looked for only by custom may be missing.
        let keyring = Keyring(TestHost(variables: ["HOME": "/h"]))
        #expect(opened(Sample.x25519, keyring) == .failed(.noMatch))
        #expect(keyring.remarks.isEmpty)
        #expect(keyring.account.contains("/h/.ssh/id_ed25519: no such file"))
    }

    @Test func aFileThatCannotBeReadIsNoObstacle() {
        var host = TestHost("", Sample.alice)
        host.unreadable = ["keys1.txt"]
        let keyring = Keyring(host)
        #expect(opened(Sample.x25519, keyring) == .opened(Sample.plaintext))
        #expect(keyring.remarks.map(\.text) == ["cannot be read: it is locked away"])
    }

    @Test func aFileThatIsTooLargeIsPassedOver() {
        let large = Sample.alice + "\n" + String(repeating: "#", count: IdentityFile.sizeLimit)
        let keyring = Keyring(TestHost(large, Sample.alice))
        #expect(opened(Sample.x25519, keyring) == .opened(Sample.plaintext))
        #expect(keyring.remarks.map(\.text) == ["too large for a key file"])
    }

    @Test(arguments: ["get 'my key", "get \"", "get \\", " "]) func aCommandThatIsNoneIsSaid(_ command: String) {
        let host = TestHost(variables: ["SOPS_AGE_KEY_CMD": command])
        let keyring = Keyring(host)
        #expect(opened(Sample.x25519, keyring) == .failed(.noMatch))
        #expect(keyring.remarks.map(\.place) == ["$SOPS_AGE_KEY_CMD"])
        #expect(host.calls.commands.isEmpty)
    }

    @Test func aCommandThatFailsIsNoObstacle() {
        let variables = ["SOPS_AGE_KEY_CMD": "get", "HOME": "/h"]
        let files = ["/h/.config/sops/age/keys.txt": Sample.alice]
        let keyring = Keyring(TestHost(variables: variables, files: files))
        #expect(opened(Sample.x25519, keyring) == .opened(Sample.plaintext))
        #expect(keyring.remarks.map(\.text) == ["no such command"])
    }

    // MARK: Passphrases

    @Test func thePassphraseIsWantedOnce() {
        for given in ["correct horse", "wrong", "", nil] {
            let host = TestHost(passphrase: given)
            let keyring = Keyring(host)
            for _ in 0..<3 { _ = opened(Sample.scrypt, keyring) }
            #expect(host.calls.passphrases == ["secrets.age"])
        }
    }

    @Test func anIdentityFileMayBeEncrypted() {
        let host = TestHost(passphrase: "correct horse", files: ["/k": Sample.locked.bytes], identityFiles: ["/k"])
        let keyring = Keyring(host)
        #expect(opened(Sample.x25519, keyring) == .opened(Sample.plaintext))
        #expect(opened(Sample.armored, keyring) == .opened(Sample.plaintext))
        #expect(host.calls.passphrases == ["/k"])
        #expect(keyring.remarks.isEmpty)
    }

    @Test func anEncryptedIdentityFileIsOpenedOnlyWhenNothingElseFits() {
        let host = TestHost(
            passphrase: "correct horse", variables: ["SOPS_AGE_KEY": Sample.alice], files: ["/k": Sample.locked.bytes],
            identityFiles: ["/k"])
        #expect(outcome(of: Sample.x25519, host) == .opened(Sample.plaintext))
        #expect(host.calls.passphrases.isEmpty)
    }

    @Test func anEncryptedIdentityFileWithoutItsPassphraseStaysClosed() {
        for given in ["wrong", nil] {
            let host = TestHost(passphrase: given, files: ["/k": Sample.locked.bytes], identityFiles: ["/k"])
            #expect(outcome(of: Sample.x25519, host) == .failed(.noMatch))
        }
    }

    @Test func anIdentityFileIsEncryptedOnceAndWithAPassphrase() throws {
        var writer = AgeWriter()
        writer.addPassphrase("correct horse", work: 2)
        let twice = writer.file(Sample.locked.bytes)
        let sealed = try AgeWriter(for: Sample.bobRecipient).file(Array(Sample.alice.utf8))
        for (file, remark) in [
            (twice, "is encrypted twice"), (sealed, "is encrypted, and not with a passphrase"),
            (Array(Sample.locked.bytes.prefix(100)), "the header is malformed: a stanza is cut off"),
        ] {
            let host = TestHost(Sample.bob, passphrase: "correct horse", files: ["/k": file], identityFiles: ["/k"])
            let keyring = Keyring(host)
            #expect(opened(Sample.x25519, keyring) == .failed(.noMatch))
            #expect(keyring.remarks.map(\.text) == [remark])
        }
    }

    // MARK: What is told

    @Test func theAccountListsWhatIsAtHand() {
        let keyring = Keyring(TestHost(Sample.bob, Sample.protectedSSHKey))
        #expect(opened(Sample.x25519, keyring) == .failed(.noMatch))
        #expect(keyring.account.contains("you have \(Sample.bobRecipient) (keys1.txt:1)"))
        #expect(
            keyring.account.contains("keys2.txt is an SSH key protected by a passphrase, which is not supported"))
        #expect(keyring.account.contains("$SOPS_AGE_KEY: not set"))
    }

    @Test func aProtectedKeyThatWouldFitIsNamed() throws {
        let keyring = Keyring(TestHost(Sample.protectedSSHKey))
        #expect(opened(Sample.protectedSSH, keyring) == .failed(.noMatch))
        #expect(keyring.protectedKeys(fitting: try AgeFile(Sample.protectedSSH.bytes)) == ["keys1.txt"])
        #expect(keyring.protectedKeys(fitting: try AgeFile(Sample.ssh.bytes)).isEmpty)
    }

    @Test func noAccountHoldsASecret() {
        let slip = String(Sample.alice.dropLast()) + "Q"
        let variables = ["SOPS_AGE_KEY": "\(slip) \(Sample.bob)", "SOPS_AGE_KEY_CMD": "get"]
        let keyring = Keyring(
            TestHost(
                slip + "\n" + Sample.bob, Sample.sshKey, Sample.protectedSSHKey, passphrase: "wrong horse",
                variables: variables, commands: ["get": slip]))
        #expect(opened(Sample.scrypt, keyring) == .failed(.noMatch))
        #expect(opened(Sample.x25519, keyring) == .failed(.noMatch))
        let told = (keyring.account + keyring.remarks.map { "\($0.place) \($0.text)" } + keyring.takeOpeners()).joined()
        #expect(!told.isEmpty)
        for secret in [String(slip.dropFirst(15)), String(Sample.bob.dropFirst(15)), "horse", "b3BlbnNzaC1rZXktdjE"] {
            #expect(!told.contains(secret))
        }
    }
}

// MARK: A machine in memory

/// What a keyring asks for, and what it asked.
struct TestHost: KeyringHost {
    var identityFiles: [String]
    var files: [String: [UInt8]]
    var variables: [String: String]
    /// What commands print, their words joined by `|`.
    var commands: [String: String]
    var givenPassphrase: String?
    var unreadable: Set<String> = []
    let calls = Calls()

    final class Calls {
        var reads: [String] = []
        var commands: [String] = []
        var passphrases: [String] = []
    }

    /// - Parameter keys: what the files `keys1.txt`, `keys2.txt` and so on say, which the command line names.
    init(
        _ keys: String..., passphrase: String? = nil, variables: [String: String] = [:],
        commands: [String: String] = [:],
        files: [String: [UInt8]] = [:], identityFiles: [String] = []
    ) {
        let names = keys.indices.map { "keys\($0 + 1).txt" }
        self.identityFiles = names + identityFiles
        self.files = files.merging(zip(names, keys.map { Array($0.utf8) })) { $1 }
        self.variables = variables
        self.commands = commands
        givenPassphrase = passphrase
    }

    init(variables: [String: String], files: [String: String]) {
        self.init(variables: variables, files: files.mapValues { Array($0.utf8) })
    }

    func read(_ path: String, limit: Int) throws(KeyringHostError) -> SecretText? {
        calls.reads.append(path)
        if unreadable.contains(path) { throw KeyringHostError("it is locked away") }
        return files[path].map { Sample.text(Array($0.prefix(limit))) }
    }

    func environment(_ name: String) -> SecretText? { variables[name].map { Sample.text($0) } }

    func output(of command: [String], recipient: String?) throws(KeyringHostError) -> SecretText {
        calls.commands.append(command.joined(separator: "|") + (recipient.map { " for \($0)" } ?? ""))
        guard let output = commands[command.joined(separator: "|")] else { throw KeyringHostError("no such command") }
        return Sample.text(output)
    }

    func passphrase(for purpose: String) throws(KeyringHostError) -> SecretText {
        calls.passphrases.append(purpose)
        guard let givenPassphrase else { throw KeyringHostError("there is no terminal") }
        return Sample.text(givenPassphrase)
    }
}

enum Outcome: Equatable {
    case opened([UInt8])
    case failed(AgeError)

    var part: String {
        switch self {
        case .opened: "opened"
        case .failed(let error): error.part
        }
    }
}

/// What becomes of an age file.
func outcome(of file: [UInt8], _ host: TestHost) -> Outcome { opened(file, Keyring(host)) }

func outcome(of file: Sample.File, _ host: TestHost) -> Outcome { outcome(of: file.bytes, host) }

func opened(_ file: Sample.File, _ keyring: Keyring) -> Outcome { opened(file.bytes, keyring) }

func opened(_ file: [UInt8], _ keyring: Keyring) -> Outcome {
    do throws(AgeError) {
        let text = try keyring.open(try AgeFile(file), named: "secrets.age")
        return .opened(text.withBytes { bytes in bytes.indices.map { bytes[$0] } })
    } catch {
        return .failed(error)
    }
}

extension AgeError {
    /// The part of the format that failed, as the vectors of C2SP's CCTV have it.
    var part: String {
        switch self {
        case .header: "header"
        case .headerMAC: "HMAC"
        case .armor: "armor"
        case .payload: "payload"
        case .noMatch: "no match"
        }
    }
}

/// Chance that is the same in every run.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

private func bytes(_ secret: consuming SecretBytes?) -> [UInt8]? {
    switch consume secret {
    case .some(let secret): secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    case .none: nil
    }
}

// MARK: An encryptor

/// Writes age files, also ones that are not sound, with fixed keys and nonces.
struct AgeWriter {
    private static let fileKey = Array(UInt8(1)...16)
    private static let nonce = Array(UInt8(101)...116)
    var stanzas: [String] = []

    init() {}

    /// - Parameter recipient: `age1…`
    init(for recipient: String) throws {
        let decoded = bytes(Bech32.decode(Array(recipient.utf8).span, prefix: "age"))
        let key = try #require(decoded)
        let ephemeral = SecretBytes(copying: Array(UInt8(200)..<232).span)
        let share = X25519.publicKey(of: ephemeral)
        let agreed = bytes(X25519.agree(ephemeral, key.span))
        let shared = try #require(agreed)
        let wrapping = Self.derived(shared, salt: share + key, info: "age-encryption.org/v1/X25519")
        add("X25519", [Base64.encode(share, .forbidden)], wrapping)
    }

    /// - Parameter spelled: the work factor that the stanza tells.
    mutating func addPassphrase(_ passphrase: String, work: Int, spelled: String? = nil) {
        let salt = [UInt8](repeating: 5, count: 16)
        let label = Array("age-encryption.org/v1/scrypt".utf8)
        let key = Scrypt.deriveKey(from: Array(passphrase.utf8).span, salt: label + salt, logN: work)
        add("scrypt", [Base64.encode(salt, .forbidden), spelled ?? String(work)], bytes(key) ?? [])
    }

    private mutating func add(_ type: String, _ arguments: [String], _ key: [UInt8]) {
        let body = Sealing.seal(Self.fileKey, nonce: [UInt8](repeating: 0, count: 12), key: key)
        let words = ([type] + arguments).joined(separator: " ")
        stanzas.append("-> \(words)\n\(Base64.encode(body, .forbidden))\n")
    }

    var header: [UInt8] {
        let text = Array(("age-encryption.org/v1\n" + stanzas.joined() + "---").utf8)
        let key = Self.derived(Self.fileKey, salt: [], info: "header")
        let mac = HMAC.authenticate(text.span, key: key.span).withBytes { mac in mac.indices.map { mac[$0] } }
        return text + Array(" \(Base64.encode(mac, .forbidden))\n".utf8)
    }

    func file(_ plaintext: [UInt8]) -> [UInt8] { header + payload(plaintext) }

    func payload(_ plaintext: [UInt8]) -> [UInt8] {
        let size = PayloadTests.chunk
        let count = max(1, (plaintext.count + size - 1) / size)
        return payload(
            chunks: (0..<count).map { place in
                let end = min(plaintext.count, (place + 1) * size)
                return (Array(plaintext[place * size..<end]), place, place == count - 1)
            })
    }

    func payload(chunks: [(bytes: [UInt8], place: Int, isLast: Bool)]) -> [UInt8] {
        let key = Self.derived(Self.fileKey, salt: Self.nonce, info: "payload")
        return Self.nonce
            + chunks.flatMap { chunk in
                let place = [UInt8(chunk.place >> 8), UInt8(chunk.place & 255)]
                let nonce = [UInt8](repeating: 0, count: 9) + place + [chunk.isLast ? 1 : 0]
                return Sealing.seal(chunk.bytes, nonce: nonce, key: key)
            }
    }

    private static func derived(_ material: [UInt8], salt: [UInt8], info: String) -> [UInt8] {
        HKDF.deriveKey(from: material.span, salt: salt, info: info).withBytes { key in key.indices.map { key[$0] } }
    }
}

/// ChaCha20-Poly1305 (RFC 8439) without additional data: the half that the product has no use for.
enum Sealing {
    static func seal(_ plaintext: [UInt8], nonce: [UInt8], key: [UInt8]) -> [UInt8] {
        let stream = keystream(key, nonce, blocks: 1 + (plaintext.count + 63) / 64)
        var sealed = plaintext
        for index in sealed.indices { sealed[index] ^= stream[64 + index] }
        let padding = [UInt8](repeating: 0, count: (16 - sealed.count % 16) % 16)
        let lengths =
            [UInt8](repeating: 0, count: 8) + (0..<8).map { UInt8(truncatingIfNeeded: sealed.count >> (8 * $0)) }
        return sealed + tag(sealed + padding + lengths, key: Array(stream[..<32]))
    }

    private static func keystream(_ key: [UInt8], _ nonce: [UInt8], blocks: Int) -> [UInt8] {
        let constants: [UInt32] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]
        var stream: [UInt8] = []
        stream.reserveCapacity(blocks * 64)
        for block in 0..<blocks {
            let start = constants + words(key) + [UInt32(block)] + words(nonce)
            var state = start
            for _ in 0..<10 {
                for column in 0..<4 { mix(&state, column, 4 + column, 8 + column, 12 + column) }
                for column in 0..<4 {
                    mix(&state, column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4)
                }
            }
            for (left, right) in zip(state, start) {
                let word = left &+ right
                for shift in [0, 8, 16, 24] as [UInt32] { stream.append(UInt8(truncatingIfNeeded: word >> shift)) }
            }
        }
        return stream
    }

    private static func mix(_ state: inout [UInt32], _ a: Int, _ b: Int, _ c: Int, _ d: Int) {
        for (left, right) in [(16, 12), (8, 7)] as [(UInt32, UInt32)] {
            state[a] &+= state[b]
            state[d] = rotated(state[d] ^ state[a], left)
            state[c] &+= state[d]
            state[b] = rotated(state[b] ^ state[c], right)
        }
    }

    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }

    private static func words(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
        }
    }

    /// Poly1305 of whole blocks, in five limbs of 26 bits.
    private static func tag(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var clamped = Array(key[..<16])
        for index in [3, 7, 11, 15] { clamped[index] &= 15 }
        for index in [4, 8, 12] { clamped[index] &= 252 }
        let factor = limbs(words(clamped), top: 0)
        var sum = [UInt64](repeating: 0, count: 5)
        for start in stride(from: 0, to: message.count, by: 16) {
            let block = limbs(words(Array(message[start..<start + 16])), top: 1 << 24)
            let added = zip(sum, block).map { $0 + $1 }
            for place in 0..<5 {
                sum[place] = (0..<5).reduce(0) { total, index in
                    let other = place - index
                    return total + added[index] * (other >= 0 ? factor[other] : 5 * factor[other + 5])
                }
            }
            carry(&sum)
        }
        carry(&sum)
        var reduced = sum
        reduced[0] += 5
        for place in 0..<4 {
            reduced[place + 1] += reduced[place] >> 26
            reduced[place] &= 0x3FF_FFFF
        }
        if reduced[4] >> 26 > 0 { sum = reduced }
        let number = (0..<5).reduce(UInt128(0)) { $0 &+ UInt128(sum[$1]) << UInt128(26 * $1) }
        let pad = (0..<16).reduce(UInt128(0)) { $0 | UInt128(key[16 + $1]) << UInt128(8 * $1) }
        let code = number &+ pad
        return (0..<16).map { UInt8(truncatingIfNeeded: code >> UInt128(8 * $0)) }
    }

    private static func limbs(_ words: [UInt32], top: UInt64) -> [UInt64] {
        let words = words.map { UInt64($0) }
        let mask: UInt64 = 0x3FF_FFFF
        return [
            words[0] & mask, (words[0] >> 26 | words[1] << 6) & mask, (words[1] >> 20 | words[2] << 12) & mask,
            (words[2] >> 14 | words[3] << 18) & mask, words[3] >> 8 | top,
        ]
    }

    private static func carry(_ sum: inout [UInt64]) {
        for place in 0..<4 {
            sum[place + 1] += sum[place] >> 26
            sum[place] &= 0x3FF_FFFF
        }
        sum[0] += 5 * (sum[4] >> 26)
        sum[4] &= 0x3FF_FFFF
    }
}

// MARK: Samples

/// Keys that were made to be thrown away, and what the real age 1.1.1 encrypted for them.
enum Sample {
    static func text(_ text: String) -> SecretText { self.text(Array(text.utf8)) }

    static func text(_ bytes: [UInt8]) -> SecretText { SecretText(SecretBytes(copying: bytes.span)) }

    struct File: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]

        init(_ name: String, _ text: String) { (testDescription, bytes) = (name, Array(text.utf8)) }

        init(_ name: String, base64: String) {
            let letters = base64.utf8.filter { $0 != 0x0A }
            (testDescription, bytes) = (name, Base64.decode(letters, .required) ?? [])
        }
    }

    static let plaintext = Array("a plaintext to find again\n".utf8)
    static let alice = "AGE-SECRET-KEY-1JAZR392F54T2EAWFTJHGXXD7YFKAN95T0DTAYRAE43ADL6E4WDLSEUZHCK"
    static let aliceRecipient = "age1lp6m6gl89enpdhjkxjw6ete6l4cmwxr520km8dv6eg976vufe9fsm278u7"
    static let bob = "AGE-SECRET-KEY-1URR6PXLL9RAPJUEMC06KVP8C3JPM2FR26AV824XGD2UV6X9GCY9QM56RF5"
    static let bobRecipient = "age1jvdm37crff33e0jp9rnwsua6eee0r2763zph38mcu2x0th6r932st3afjg"
    static let sshRecipient =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7SLeg4MqBAPkvr8t7ex0hCX4I+HwQojUjAogqU8IQB"
    static let protectedSSHRecipient =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0i4M4DPxmSjkPytRM+41kYFVU6uUJijCJ4++7K8QlZ"
    static let pkcs8Recipient =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB7m59+dBgXjoAFoT/Q+VACP4/pDzPpKZMGua4nL/PLa"

    static let sshKey = """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
        QyNTUxOQAAACCe0i3oODKgQD5L6/Le3sdIQl+CPh8EKI1IwKIKlPCEAQAAAJC6anigump4
        oAAAAAtzc2gtZWQyNTUxOQAAACCe0i3oODKgQD5L6/Le3sdIQl+CPh8EKI1IwKIKlPCEAQ
        AAAEC7RKA+ksWQm70kuaLYkrILkuVwIvuw8IASqLQqX2dt6Z7SLeg4MqBAPkvr8t7ex0hC
        X4I+HwQojUjAogqU8IQBAAAACXRocm93YXdheQECAwQ=
        -----END OPENSSH PRIVATE KEY-----

        """

    static let protectedSSHKey = """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABD5wbqOZs
        TIrOEsdMdCenVmAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIJ0i4M4DPxmSjkPy
        tRM+41kYFVU6uUJijCJ4++7K8QlZAAAAkKRDgpJ1xjcaynKXWIUsHz3+nFiKyGPpF7MqLV
        SF+7H1J/YIhap728tMTApWTcqe+YeFnalsybyjqqJxKoC8x3208/WWBoyB/UBRO0TxYV1j
        0uUFhIkjNUPk6hCUBub/rJ+/AwH8WymcWCQx+RmrLDarn5QrlvKdET6fp9C9d6jpH881JQ
        D6rmyMuzVvgRyjQQ==
        -----END OPENSSH PRIVATE KEY-----

        """

    static let ecdsaKey = """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS
        1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQTKE8ta/XsrHyxEiAsHGbFRM1wJue08
        t8bhrQwZZMCLV79wKkdqrm9U7pIqRr6GT62O6BPYAcnq7QKJAd7CfDl6AAAAqB5AJZYeQC
        WWAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMoTy1r9eysfLESI
        CwcZsVEzXAm57Ty3xuGtDBlkwItXv3AqR2qub1TukipGvoZPrY7oE9gByertAokB3sJ8OX
        oAAAAgYtPl4lYttAYLaJoV3YtRpOLgZUEYmtzPUEVwsSZDmJ0AAAAJdGhyb3dhd2F5AQID
        BAUGBw==
        -----END OPENSSH PRIVATE KEY-----

        """

    static let pkcs8Key = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIMMdjEa1I2id4FJlOmjJJZ/HzJUr+M7vFikHq3ESiACJ
        -----END PRIVATE KEY-----

        """

    static let protectedPKCS8Key = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhngaS63k6NFAICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEBQMppL6PCTEapNSfVeL3jEEQAuZ
        JfEpFwlbYdCvl1v3Ugl8Cd+jzl6gi29Al16/muFbFVufWs3B4CaR3rh3FnJP7wM7
        ijx06lWi/Te3H3ExzNw=
        -----END ENCRYPTED PRIVATE KEY-----

        """

    static let x25519PEM = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VuBCIEIBi83W7sXclSxlPM2pZinJI5BN6DDjxkHgtE+fM03AFl
        -----END PRIVATE KEY-----

        """

    static let armored = File(
        "armored",
        """
        -----BEGIN AGE ENCRYPTED FILE-----
        YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA2Vzd1S0N2MzZ0a2pCbGp5
        VzIyRGVRSWpEUU1ka083NGFxbUNwS0YrMUIwCmNIbURJN0N0K2o4S1M3YlQwRUxn
        blpsQ0ZsZCtIVndaZkh3eWYrNnZKSXcKLS0tIHFiWEl2VHJnSTdaVmc3TVpUWEhP
        WmlUbDVsdGQwanFYQ0RFd0dvRlQydDAKbxXIeFfeen8LN32EBXF1xHl9pqjRXOoA
        vcoqeWxRTPs/fiSsk3tirkMxNQwCiaiIwWGQQPDhb8b1ug==
        -----END AGE ENCRYPTED FILE-----

        """)

    static let x25519 = File(
        "x25519",
        base64: """
            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBYbjdQQ1BLa3FBVjQ3dXo4c2xET0RBOTZEbEFqMkEwUzlrbDd6T3VsUWw0CjNzSk1z
            WFYwYWJNUzU1aTQxVis5MjE4c1ZWaTRRb2RkMFJDM3ZLZmFYQWcKLS0tIDdvNXBkajhsaUxNa2g4NnR3dG5OR2I4cUtrY0c4S0pWL2lMbGVH
            Y0ZrV2MKKtesX12ZMNTg0BwSyfA0ifNqIFdDdtQh0VEen8B94q4qfWy4L9QQSk0qGYZ0/bkfnP8Ta/G4nSJSlg==
            """)

    /// For Bob, the SSH key and Alice.
    static let several = File(
        "several",
        base64: """
            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBDbDZ4QlhSZThSNldZVWN5aVcvYWhCNXRNdkF6ZUdwNEVsVG0yd2d2WFRjCk8xMVZX
            Wi9ISisvYWNvOGFGQmdtWnFxalhFMU9JUnJNMnFGL0RzV0c0ZVUKLT4gWDI1NTE5IEY2d2ErNE00NDFnRFdZS1FaZ1NrV2pQUWNjMllJYVVn
            T3VWNys4dE4zVXcKNUFQQW9VS0NnTk11aDlRdDdEbTZJbTVnOU05SVgwZVY5TVdsV1IzamNGTQotPiBzc2gtZWQyNTUxOSA0QlhEaGcgLzVq
            ODdUOVFDcjFzdnFPbmRnSzZjRlI0WHREWmZncjloNTNIeFhnbm1EUQpKTkhLMTk4dXhDQVdEckxrZFA1c1VBeU9YcmZzODBOa2txM0FvbGQr
            QmFVCi0tLSB0TUJaKzdyeHczeWl2Y3dBWTczU2tVNTFDSU9KdE5pMC90VUQ1UzJhRDFzCtH8evHPjcLg3lyGAt6H/evpvsBYPQEmeUmGtgrR
            UmqeOF2qQYrDR/cJk2Zi97ClPL3nHQmbjNAXe+k=
            """)

    static let ssh = File(
        "ssh",
        base64: """
            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNzaC1lZDI1NTE5IDRCWERoZyBLSFlUelR2MlhIak5jYlh4eW1MVWRidmlacmRubm82b2drdnlF
            cmEwZjJNCmlFSk5pckx3Q3FSWGRZai9xYWk3N2xMczQwYXF5SEhIL2g3Yi9sVmVDWHcKLS0tIEdWUDZoY1dXYmtGYjB1RmFZelJWNXpHRC9F
            VGRGYmo1L0JwL2dvalVKajgK0bhB411hEPMlP0IuNH30mbFguzUP/beHjeHsYNS4nuxYHOvFYF6vaxhASSQ7KXkrUnv7g6x/NUISOQ==
            """)

    static let protectedSSH = File(
        "protectedSSH",
        base64: """
            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNzaC1lZDI1NTE5IHo1cGxaZyBPRyt3bUVCb21zZlFHSlRFcFA2MmthOEVyTXNCMUVFUzZya2gy
            YTFlS1JzCkpxMEkrZDNnNm53RTVwVzNZNjJDWUpLblM3bE5NdWt6TDRvNXBhVEFJdTgKLS0tIDMrNXVGeFkyYnF3UG5CZ2NGUG11MnRxM2NV
            YUpRTnBFV1ovQ0dWTmd0ZmcKBodwuG80sGlGYyvmlDWzpSxpS17yYxxfVRjufTYEmb+cIPXTIS/91rkgJvFhdYVl1PLI5hs86T4z1A==
            """)

    static let pkcs8 = File(
        "pkcs8",
        base64: """
            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNzaC1lZDI1NTE5ICtwN0l6USBiYktlU2M3WnowcHUyc3FKQ2xTSEU5MjlJNlNMMEYxa011aFlE
            ZGxpSEVVCkhTQVZCZU1uYXhDbXRQTVBPREhuTk5wSytwYVZHT1RZZ0t0cWY0RXBlb2cKLS0tIGh3bzVaQ0pSRjJuUlRwVTlHMnZpSEwvcW5j
            cU9xK2pCVnlDMGJPallTemsKYD85/nux4fwJxZmPGxAbLYEGkaB/0JhngdjlwoWr3l+lXtdA/Sr+U9GyKeE3nXO75BaGxpldsAmkuA==
            """)

    /// With the passphrase `correct horse`, and a work factor of 2^10.
    static let scrypt = File(
        "scrypt",
        base64: """
            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCAxTytDSlIxU2dBWmxOV2lYL3krb3FnIDEwCkJiZjc4Q01OcVBRdXNSZ3JQaURlcXMx
            ZnZKVEhYeTQ2cUE3WGtXT2JsakUKLS0tIGRLQUNIWjBBSVVsekpmZlpaUEVtbHpGVDFEbCtmUGRWWU1Mcm5QYlA5MjAKiJP8/WI+USlDDfGc
            QgC/GrRJnqmkJTesowQf0nOaAD/MjcC2PByOH3xFaQuhk7oiXo/M1w8Qcexu8A==
            """)

    /// Alice's identity file, with the same passphrase.
    static let locked = File(
        "locked",
        base64: """
            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBkRm4vOU0vdzJOczIzRnNtMlU0S3RBIDEwClhlSy9XWjBOWFZMV3E2SkthSk1sTFBp
            dnBBNC9ndktJODNrT3czbjRQQW8KLS0tIEgvcTEzQTBtb0l6SWdGRmk4YVlRTDdXNXVZM0JkUkptTi9NdUoyYm9ZRVEKs4IQ+fLfES18bgnA
            n6yH9yzOeN5DagO7azhLOia1bo16rju5qXZIrKdar39AnZxebREdd3sazn1ViBWgDz1DKpV8LxM63yZLhfOPLlo+8I2xAkzPB5xXHs/9SzsM
            eQTIAAarCtAONDZSMFzjoTbhCQ6NfXn9hcE6JZO0dk4cgNmj8HnQ67mVppLmmLewdhS3Uns1vi0iCMnMfhngB75D3C1YRgELAxD+vnZx/+U5
            oIEDFz2wyE67rjvHsj2k0sS0dbk+fMi2ey9NbS4LlvkHtANZwc2NC1le
            """)

    static let hybridKey = "AGE-SECRET-KEY-PQ-1HZLGZUPT4ETPKDEV8HSGFDCYZ4E522W0A7PU2LHT8EH9W6YLNC3SW78XKG"

    /// The vector `hybrid` of C2SP's CCTV (`age/testdata`, CC0 1.0).
    static let hybrid = File(
        "hybrid",
        base64: """
            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IG1sa2VtNzY4eDI1NTE5IE5mTGNnQWJ6dk5nZjBhUmI0UEFOQnZ5RHRJRERRS2Y4NEpoaEZsbnZU
            MU5VQWNiR05yQXJSWi9UK2JjOWw0eG1LMURTbCtQWGs2bnFxR0JoYU0xZFVpVDdYMTdUVTEvYjloYVpaUHpFYWx2WkhGRE1TZXZmaVpzaGxu
            U2djcFdoMHFucGdUeWJvV1RVK3pickg2WUQydWhzaGJKb2l1cWgrUHBYdERNc3RYeDRDZ3hBU3JOVmxmU2wvY2FSVGkyNFFqSVhwQ053RUU0
            RndIcm1Bd1VxU0hMVXpHT0hmaVcvY2hPQ1R0RFg1OTF4NDFvNmVaNC9EdDkyVmhvWUtGY3BpYVdiUmhiZW5aWFVKeFBTMUMxc0s4NENWd2tE
            SDdMSmpiWUNua3h0M21ldWw4a0tXaWhac1N0WllkLzZib3pxY3pPWDd6TjVQYmFZRDFYcFl3TXdlZHpXbVBtUXp4QnliRDhab2RjUjdoRjdX
            VXhTbUZWSDdFeGlZSDNaTmJEQVZjZ0d3bGtURm1VbWFUQ2JqR1pUdjhNK2VqbXZTdFFIZ0N0UGk0R0dSZEpGcjNIenZSem02YnZyZEYvcmRT
            UFJGdFJWTTdEOW83WkFBcXVEMVBCeUUwWTVZQ1I0L3ZtVGxJbFJ3RlhrNGJlK1RzQUkrR290dWpvdTZucmlnd25mcW9HaU5TdmkvWlZ2U0tu
            RG9aUElFNXF3T05DZWVKQjhDZVJocVhFanZndHdjMnpjV1VCdGpTSmdOTCtqODg3azJoMHhsWHBRcWxtRERIc0JPQ1AzL1ZvTStOWlVScUkr
            Um9UdWRjd1RsOFRnbWhHclF5dG5vdnVXRkR2RTlIZ1BBczY3ZFBSQzY0LzNSRVMzaEYyQzYvUjFwUUFuQzdTMmlTaWpKbnlGbGFESldmY1p2
            dk5vYW1waER2NjNrVU5iN2I5VjhFK3h3cUY4R2t1WEpuQkZEbzBQdUp6OHFXSDdzRE1FT2hJSW5tYW5EaXU2Sy85ak9DdWJZTmROY1hyalFr
            bmx2azFrRmRqWjJ4WW5DNlF1cUE1K3FITUJwZ3JnMzAxUFgxNTRYNEtVY3hBM1BvRnlZTmV4YUJLM25qa3M3UE54bDdIeVpJV2pqRGx6NTBX
            clFuRXFCamw4UlZWdW5lTDN2Z1Z5VTQ1R1NWV1FWT0g0SzZhZXBXUDArcDdXVUQ1MnJoZFZINUhQWldRTDN2OFRqRXo4MEFlYjg3KzFzMXdn
            TSs1c2tOWDRMcE95dWhSeFEvQ2hYc1ZaclZKOFNSc0JsTzRLK0NKMjcxckhqOGw4TkVoUkUyTy9aS0hzdDhCZS82ajVjOVNVbVJScXZJKzZi
            Y2cwQmNxN1dpN2QwOHZEUXFqQzJjT2kxMTJDR3JhNW1hemQvTkNJQ0M4MW9Za01tVHh0TTlmaWNmSWh2dDluSGFaU1FoMjd0ekozeFJXT2Vn
            d3pET2FOanJ0Sjd5dkNYYlY5aVE2Ym9pQ2w2d2RtSW43azlzSTMwd0l1SGNWVTFDcitFTldocVZ5UmlBS2t0Z3Z4ZWdEbnF2UkIybjFhSEtv
            dnA2MEZzN1lJRHJjbHNjUkZpa1Y0NXgwUk5CZFZ0VWtXRDQzMHZaZ2Vra1pkbndwZUh4R1Y5VEllMkZDTm9vUXpVeng2djRmdDBzWjVTWUk0
            OTBGMnNZWnUvc2lnNElCL0tPelZmUFhCWDlka2Z0TGdaVFd0ZlA3R0k5TmpFaXRMbi9sWVRoMmpmU0tUWVpTTStCUXQxNm0yeWcvNFg3eGZ0
            QTJQM2ZTeVUxeldpbmVvY3o0REt5aWxXbVZoUFJqeTlMclRQdFFXVlZOR3JWZlVzTll3V0hKWDZGd2tGN0pOYkNxTEVRdWVNalBoYzljbnI2
            NnVGK1d0MUlzdVRqMjc4TWd5WnFZbHI3bWtXOTF6eVdKTVNJWFRLbXF2NXVtOXlwYzNJSlVta3ZzNjdBOTFYQTh2c3BBUnNVTTRKdwpqWVBm
            aWxOQU1qRjB6R1JZTVlKcVIvY1RUemJpR3hRTWhHKzh6WmFpdGljCi0tLSA3d0NnS2M0dDhrS21LSlROcllzN01vTEtIazhTcXQ4WTNvVFpj
            MDhzUWpNCt3fctBvvKtX3z0NMSSWrSGM1/1vgHi7+IEt2HlHFV63vV6I
            """)
}
