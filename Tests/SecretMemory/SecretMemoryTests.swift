import SecretMemory
import Testing

/// Memory for secrets: what goes in comes out, wherever it has moved meanwhile.
@Suite struct SecretBytesTests {
    @Test func startsAsZeros() {
        #expect(SecretBytes(count: 5).array == [0, 0, 0, 0, 0])
        #expect(SecretBytes(count: 0).array.isEmpty)
    }

    @Test func isWrittenInPlaces() {
        var bytes = SecretBytes(count: 4)
        bytes.write([1, 2].span, at: 1)
        bytes.write([UInt8]().span, at: 4)
        bytes[3] = 9
        #expect(bytes.array == [0, 1, 2, 9])
        #expect(bytes[2] == 2)
        #expect(SecretBytes(copying: [7, 8].span).array == [7, 8])
    }

    @Test func isFilledByACall() {
        var bytes = SecretBytes(count: 3)
        let written = bytes.fill { span in
            span[0] = 5
            span[2] = 6
            return 3
        }
        #expect(written == 3)
        #expect(bytes.array == [5, 0, 6])
    }

    @Test(
        arguments: [
            ([], [], true), ([1], [1], true), ([1], [], false), ([], [1], false), ([1, 2], [1, 3], false),
            ([1, 2], [2, 2], false), ([1, 2], [1, 2, 0], false), ([0], [], false),
        ] as [([UInt8], [UInt8], Bool)])
    func isComparedAsAWhole(_ left: [UInt8], _ right: [UInt8], _ isEqual: Bool) {
        let bytes = SecretBytes(copying: left.span)
        #expect(bytes.equals(right.span) == isEqual)
    }

    @Test func aBufferGrowsAndSaysWhereThingsStand() {
        var buffer = SecretBuffer(capacity: 0)
        var expected: [UInt8] = []
        for round in 0..<300 {
            let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: round % 37)
            let range = round % 2 == 0 ? buffer.append(piece.span) : buffer.append(piece)
            #expect(range == expected.count..<expected.count + piece.count)
            buffer.append(UInt8(truncatingIfNeeded: ~round))
            expected += piece + [UInt8(truncatingIfNeeded: ~round)]
            #expect(buffer.count == expected.count)
        }
        let lent = buffer.withBytes { $0.array }
        #expect(lent == expected)
        let text = buffer.finish()
        #expect(text.count == expected.count)
        #expect(text.array == expected)
        #expect(text.withBytes(100..<140) { $0.array } == Array(expected[100..<140]))
        #expect(text.withBytes(100..<100) { $0.isEmpty })
    }

    @Test func anAppendLargerThanTwiceTheBufferFits() {
        var buffer = SecretBuffer(capacity: 1)
        buffer.append(1)
        let large = [UInt8](repeating: 2, count: 100_000)
        #expect(buffer.append(large.span) == 1..<100_001)
        #expect(buffer.finish().array == [1] + large)
    }

    @Test func anEmptyBufferIsAnEmptyText() {
        let text = SecretBuffer(capacity: 10).finish()
        #expect(text.count == 0)
        #expect(text.array.isEmpty)
        #expect(SecretText(SecretBytes(count: 2)).array == [0, 0])
    }

    @Test func wipingLeavesNothing() {
        var bytes: [UInt8] = [1, 2, 3]
        Sodium.wipe(&bytes)
        #expect(bytes.isEmpty)
        Sodium.wipe(&bytes)
        #expect(bytes.isEmpty)
    }
}

/// The primitives against their RFCs; what no RFC has was computed by other libraries.
@Suite struct PrimitiveTests {
    // MARK: Key agreement

    /// RFC 7748 §6.1.
    @Test func x25519AgreesOnBothSides() {
        let alice = secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
        let bob = secret("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
        let alicePublic = bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        let bobPublic = bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        let shared = bytes("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
        #expect(X25519.publicKey(of: alice) == alicePublic)
        #expect(X25519.publicKey(of: bob) == bobPublic)
        #expect(array(X25519.agree(alice, bobPublic.span)) == shared)
        #expect(array(X25519.agree(bob, alicePublic.span)) == shared)
    }

    /// Points whose order divides the cofactor (RFC 7748 §6.1 and the curve's equation), in all their spellings.
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]) func aPointOfLowOrderIsRefused(_ point: String) {
        let alice = secret("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
        #expect(array(X25519.agree(alice, bytes(point).span)) == nil)
    }

    /// RFC 8032 §7.1, test 1, and its key on the other curve.
    @Test func ed25519KeysBecomeX25519Keys() {
        let seed = secret("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        let key = bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        let converted = bytes("d85e07ec22b0ad881537c2f44d662d1a143cf830c57aca4305d85c7a90f6b62e")
        #expect(Ed25519.publicKey(ofSeed: seed) == key)
        let x25519 = Ed25519.x25519Secret(ofSeed: seed)
        #expect(x25519.array == bytes("307c83864f2833cb427a2ef1c00a013cfdff2768d980c0a3a520f006904de94f"))
        #expect(X25519.publicKey(of: x25519) == converted)
        #expect(Ed25519.x25519Public(of: key) == converted)
    }

    @Test(arguments: [
        "", "d75a98", "0200000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a00",
    ]) func whatIsNoEd25519KeyIsRefused(_ key: String) {
        #expect(Ed25519.x25519Public(of: bytes(key)) == nil)
    }

    // MARK: Hashes and keys from keys

    @Test func sha256OfAbc() {
        #expect(hex(SHA256.hash(ascii("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    static let abc512 =
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    static let empty512 =
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"

    @Test(
        arguments: [
            ([], empty512), ([""], empty512), (["abc"], abc512), (["a", "", "bc"], abc512), (["a", "b", "c"], abc512),
        ] as [([String], String)]) func sha512ComesInParts(_ parts: [String], _ digest: String)
    {
        var hash = SHA512()
        for part in parts { hash.update(ascii(part).span) }
        #expect(hex(hash.finish()) == digest)
    }

    /// RFC 4231, cases 1, 2 and 6; and empty ones.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ] as [([UInt8], String, String)]) func hmacTakesKeysOfAnyLength(_ key: [UInt8], _ text: String, _ code: String)
    {
        #expect(hex(HMAC.authenticate(ascii(text).span, key: key.span).array) == code)
    }

    /// The first is RFC 5869's case 3, its first 32 bytes.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 22), [], "",
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
            ),
            (
                [UInt8](repeating: 0x0b, count: 22), Array(0...12), "info",
                "361f226d265eff89c12e99459f137e90c0eb67e1aca1379d2217786e06f0c157"
            ),
            (
                Array(0...79), Array(0x60...0xaf), "é payload",
                "b8035fa17df19579b701fa91e7b5b92a8545a92cd81830ec6d0e8056dc9867b9"
            ),
            ([], Array("salt".utf8), "x", "bcf4016cb1f212093566081181fd2f7d81348237d74ac1624b0ccf4d6f104e8b"),
        ] as [([UInt8], [UInt8], String, String)])
    func hkdfMakesOneBlock(_ material: [UInt8], _ salt: [UInt8], _ info: String, _ key: String) {
        #expect(hex(HKDF.deriveKey(from: material.span, salt: salt, info: info).array) == key)
    }

    @Test func anEmptySaltIsZeros() {
        let material: [UInt8] = [1, 2, 3]
        let zeros = [UInt8](repeating: 0, count: 32)
        #expect(
            HKDF.deriveKey(from: material.span, salt: [], info: "header").array
                == HKDF.deriveKey(from: material.span, salt: zeros, info: "header").array)
    }

    /// The first is RFC 7914 §12's third vector, its first 32 bytes.
    @Test(arguments: [
        (
            "pleaseletmein", "SodiumChloride", 14,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        ),
        ("password", "NaCl", 10, "27b418c674c769d12501fbb1f53bac32df6514c0f28d043872b148b348961a79"),
        ("", "", 4, "e2b1883717d879f495cb7d86aa1eb8697e724978e8fc819881b007fbba2cf86b"),
    ]) func scryptMakesKeys(_ passphrase: String, _ salt: String, _ logN: Int, _ key: String) {
        let derived = Scrypt.deriveKey(from: ascii(passphrase).span, salt: ascii(salt), logN: logN)
        #expect(array(derived).map(hex) == key)
    }

    // MARK: Encryption

    static let key = Array(UInt8(0x80)...0x9f)
    static let nonce: [UInt8] = [7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47]
    static let plaintext = "Ladies and Gentlemen of the class of '99"
    static let sealed =
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca96712"
        + "2eb838bb957e60b8f30a8bc490057bad"

    @Test func chaChaPolyOpens() {
        #expect(opened(bytes(Self.sealed)) == ascii(Self.plaintext))
        #expect(opened(bytes("a0784d7a4716f3feb4f64e7f4b39bf04")) == [])
    }

    @Test func chaChaPolyWritesWhereItIsTold() {
        var output = SecretBytes(count: 50)
        let isOpen = ChaCha20Poly1305.open(
            bytes(Self.sealed).span, nonce: Self.nonce, key: SecretBytes(copying: Self.key.span), into: &output, at: 7)
        #expect(isOpen)
        #expect(output.array == [UInt8](repeating: 0, count: 7) + ascii(Self.plaintext) + [0, 0, 0])
    }

    @Test func chaChaPolyRefusesEveryChange() {
        let sealed = bytes(Self.sealed)
        for index in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[index] ^= 1 << bit
                #expect(opened(changed) == nil)
            }
        }
        for count in 0..<sealed.count { #expect(opened(Array(sealed.prefix(count))) == nil) }
        #expect(opened(sealed + [0]) == nil)
        #expect(opened(sealed, key: [0] + Self.key.dropFirst()) == nil)
        #expect(opened(sealed, nonce: Self.nonce.dropLast() + [0]) == nil)
    }

    @Test func chaChaPolyWritesNothingIfTheTagIsWrong() {
        var sealed = bytes(Self.sealed)
        sealed[sealed.count - 1] ^= 1
        var output = SecretBytes(count: sealed.count)
        let isOpen = ChaCha20Poly1305.open(
            sealed.span, nonce: Self.nonce, key: SecretBytes(copying: Self.key.span), into: &output)
        #expect(!isOpen)
        #expect(output.array.allSatisfy { $0 == 0 })
    }

    private func opened(
        _ sealed: [UInt8], key: [UInt8] = PrimitiveTests.key, nonce: [UInt8] = PrimitiveTests.nonce
    ) -> [UInt8]? {
        var output = SecretBytes(count: max(0, sealed.count - ChaCha20Poly1305.tagSize))
        let isOpen = ChaCha20Poly1305.open(
            sealed.span, nonce: nonce, key: SecretBytes(copying: key.span), into: &output)
        return isOpen ? output.array : nil
    }
}

/// Base64 has one spelling for each text.
@Suite struct Base64Tests {
    static let padded = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    /// RFC 4648 §10.
    @Test(arguments: padded) func isReadAndWritten(_ text: String, _ letters: String) {
        let bare = String(letters.prefix { $0 != "=" })
        #expect(Base64.encode(ascii(text), .required) == letters)
        #expect(Base64.encode(ascii(text), .forbidden) == bare)
        #expect(Base64.decode(letters.utf8, .required) == ascii(text))
        #expect(Base64.decode(bare.utf8, .forbidden) == ascii(text))
        if bare != letters {
            #expect(Base64.decode(bare.utf8, .required) == nil)
            #expect(Base64.decode(letters.utf8, .forbidden) == nil)
        }
    }

    @Test func hasTheStandardAlphabet() {
        #expect(Base64.decode("+/+/".utf8, .required) == [0xfb, 0xff, 0xbf])
        #expect(Base64.decode("-_-_".utf8, .required) == nil)
    }

    @Test(arguments: [
        // Bits that mean nothing are not zero.
        "Zh==", "Zi==", "Zo==", "Zm9=", "Zm+=",
        // Padding that is missing, too long, or in the wrong place.
        "Z", "Zg", "Zg=", "Zg===", "Zm8", "Zm8==", "Zm9v=", "Zm9v==", "Zm9v====", "=", "==", "====", "Z===", "Zg=g",
        "Z=g=", "=Zg=", "Zg==Zg==", "Zg==Zm9v",
        // Other letters.
        "Zm9v ", " Zm9v", "Zm 9v", "Zm9v\n", "Zm9v\r\n", "\nZm9v", "Zm9\tv", "Zm9!", "Zm9\0", "Zm9é", "Zg==\n", "Zg= =",
    ]) func whatIsNotCanonicalIsRefused(_ letters: String) {
        #expect(Base64.decode(letters.utf8, .required) == nil)
    }

    @Test(arguments: [
        "Zh", "Zi", "Zo", "Zm9", "Zm+", "Z", "Zm9vY", "Zg=", "Zg==", "Zm8=", "=", "Zm9v=", "Zm9v ", " Zg", "Zg\n",
        "Z g",
        "Zg\0",
    ]) func whatIsNotCanonicalIsRefusedWithoutPadding(_ letters: String) {
        #expect(Base64.decode(letters.utf8, .forbidden) == nil)
    }

    @Test func ignoresOnlyWhatItIsTold() {
        func decoded(_ letters: String, _ ignoring: String) -> [UInt8]? {
            Base64.decodeSecret(ascii(letters).span, .required, ignoring: ignoring)?.array
        }
        #expect(decoded("Zm9v\r\nYg==\n", "\r\n") == ascii("foob"))
        #expect(decoded("Zm9v Yg==", "\r\n") == nil)
        #expect(decoded("Zm9v\nYg==", "") == nil)
        #expect(decoded("", "") == [])
    }

    @Test func everyLengthComesBack() {
        for count in 0..<100 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 167 + count) }
            #expect(Base64.decode(Base64.encode(bytes, .required).utf8, .required) == bytes)
            #expect(Base64.decode(Base64.encode(bytes, .forbidden).utf8, .forbidden) == bytes)
        }
    }

    /// Also what differs from a letter in its highest bit only.
    @Test(arguments: 0..<4) func everyOtherByteIsRefused(_ place: Int) {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let accepted = (UInt8(0)...0xFF).filter { byte in
            var letters = Array("AAAA".utf8)
            letters[place] = byte
            return Base64.decode(letters, .forbidden) != nil
        }
        #expect(Set(accepted) == alphabet)
    }

    /// Two spellings that are read are two texts.
    @Test func everyTextOfTwoLettersHasOneSpelling() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for first in alphabet {
            for second in alphabet {
                guard let decoded = Base64.decode([first, second], .forbidden) else { continue }
                #expect(Base64.encode(decoded, .forbidden) == String(decoding: [first, second], as: UTF8.self))
            }
        }
    }
}

// MARK: Bytes to compare

extension Span<UInt8> {
    fileprivate var array: [UInt8] { indices.map { self[$0] } }
}

extension SecretBytes {
    fileprivate var array: [UInt8] { withBytes { $0.array } }
}

extension SecretText {
    fileprivate var array: [UInt8] { withBytes { $0.array } }
}

private func array(_ secret: consuming SecretBytes?) -> [UInt8]? {
    switch consume secret {
    case .some(let secret): secret.array
    case .none: nil
    }
}

private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

private func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

private func secret(_ hex: String) -> SecretBytes { SecretBytes(copying: bytes(hex).span) }
