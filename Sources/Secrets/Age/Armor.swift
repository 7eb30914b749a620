internal import SecretMemory

/// The text form of an age file: strict PEM with lines of 64 columns.
enum Armor {
    private static let begin = Array("-----BEGIN AGE ENCRYPTED FILE-----".utf8)
    private static let end = Array("-----END AGE ENCRYPTED FILE-----".utf8)
    /// White space before and behind that is passed over, at most.
    private static let mostSpace = 1023

    static func isArmored(_ bytes: [UInt8]) -> Bool {
        bytes.drop(while: isSpace).starts(with: begin)
    }

    /// The bytes inside. Lines end in LF or CRLF; nothing else may stand in the file.
    static func decode(_ bytes: [UInt8]) throws(AgeError) -> [UInt8] {
        let text = bytes.drop(while: isSpace)
        guard text.startIndex <= mostSpace else { throw .armor("too much white space before it") }
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        guard let first = lines.first, first.elementsEqual(begin) else { throw .armor("no begin line") }
        lines.removeFirst()
        guard let last = lines.firstIndex(where: { $0.elementsEqual(end) || $0.starts(with: end) }) else {
            throw .armor("no end line")
        }
        let tail = bytes[(lines[last].startIndex + end.count)...]
        guard tail.allSatisfy(isSpace), tail.count <= mostSpace else { throw .armor("something stands behind it") }
        return try decode(lines: lines[..<last])
    }

    private static func decode(lines: ArraySlice<ArraySlice<UInt8>>) throws(AgeError) -> [UInt8] {
        var letters: [UInt8] = []
        for (number, line) in lines.enumerated() {
            let isLast = number == lines.count - 1
            guard line.count == 64 || (isLast && (1...64).contains(line.count)) else {
                throw .armor("line \(number + 2) has \(line.count) columns")
            }
            letters += line
        }
        guard let decoded = Base64.decode(letters, .required) else { throw .armor("not canonical base64") }
        return decoded
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
