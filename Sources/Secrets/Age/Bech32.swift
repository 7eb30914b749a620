internal import SecretMemory

/// Bech32 (BIP 173) without its limit of 90 characters: the spelling of age's keys.
enum Bech32 {
    private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    /// The data of a text with that prefix; nil if it is malformed, of another prefix or in mixed case.
    ///
    /// The data goes straight into locked memory: it may be a secret key.
    static func decode(_ text: ByteSpan, prefix: String) -> SecretBytes? {
        let prefix = Array(prefix.utf8)
        let dataStart = prefix.count + 1
        guard text.count >= dataStart + 6, let isUpper = caseOf(text, prefix) else { return nil }
        var checksum = Checksum(prefix: prefix)
        let dataEnd = text.count - 6
        var data = SecretBytes(count: (dataEnd - dataStart) * 5 / 8)
        var bits = 0
        var pending: UInt32 = 0
        var written = 0
        for index in dataStart..<text.count {
            let letter = text[index]
            if isUpper ? isLowercase(letter) : isUppercase(letter) { return nil }
            guard let value = alphabet.firstIndex(of: lowercase(letter)) else { return nil }
            checksum.add(UInt8(value))
            guard index < dataEnd else { continue }
            pending = pending << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                data[written] = UInt8(truncatingIfNeeded: pending >> UInt32(bits))
                written += 1
                pending &= (1 << UInt32(bits)) - 1
            }
        }
        guard checksum.isSound, bits < 5, pending == 0 else { return nil }
        return data
    }

    /// The spelling of `data` in lower case.
    static func encode(_ data: [UInt8], prefix: String) -> String {
        var values: [UInt8] = []
        var bits = 0
        var pending: UInt32 = 0
        for byte in data {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                values.append(UInt8(pending >> UInt32(bits) & 31))
            }
            pending &= (1 << UInt32(bits)) - 1
        }
        if bits > 0 { values.append(UInt8(pending << UInt32(5 - bits) & 31)) }
        var checksum = Checksum(prefix: Array(prefix.utf8))
        for value in values { checksum.add(value) }
        let letters = (values + checksum.digits).map { alphabet[Int($0)] }
        return prefix + "1" + String(decoding: letters, as: UTF8.self)
    }

    /// Whether the text is in upper case, if it begins with the prefix in one case and the separator.
    private static func caseOf(_ text: ByteSpan, _ prefix: [UInt8]) -> Bool? {
        guard text[prefix.count] == UInt8(ascii: "1") else { return nil }
        var isUpper: Bool?
        for (index, letter) in prefix.enumerated() {
            guard lowercase(text[index]) == lowercase(letter) else { return nil }
            guard isUppercase(text[index]) || isLowercase(text[index]) else { continue }
            if let isUpper, isUpper != isUppercase(text[index]) { return nil }
            isUpper = isUppercase(text[index])
        }
        return isUpper
    }

    private static func isUppercase(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    private static func isLowercase(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func lowercase(_ byte: UInt8) -> UInt8 { isUppercase(byte) ? byte | 0x20 : byte }

    private struct Checksum {
        private var state: UInt32 = 1

        init(prefix: [UInt8]) {
            let letters = prefix.map(lowercase)
            for letter in letters { add(letter >> 5) }
            add(0)
            for letter in letters { add(letter & 31) }
        }

        mutating func add(_ value: UInt8) {
            let top = state >> 25
            state = (state & 0x1FF_FFFF) << 5 ^ UInt32(value)
            let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
            for (bit, word) in generator.enumerated() where top >> UInt32(bit) & 1 == 1 { state ^= word }
        }

        var isSound: Bool { state == 1 }

        /// The six values that make the checksum sound.
        var digits: [UInt8] {
            var copy = self
            for _ in 0..<6 { copy.add(0) }
            let sum = copy.state ^ 1
            return (0..<6).map { UInt8(sum >> UInt32(5 * (5 - $0)) & 31) }
        }
    }
}
