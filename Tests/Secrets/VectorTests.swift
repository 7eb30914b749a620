import Foundation
import SecretMemory
import Testing

@testable import Secrets

/// The age vectors of C2SP's CCTV, when they lie beside the project: each is an age file and what must become of it.
@Suite struct VectorTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let folder = root.deletingLastPathComponent().appending(path: "shared/secrets/cctv")

    @Test func everyVectorEndsAsItSays() throws {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: Self.folder.path) else {
            print("VectorTests: \(Self.folder.path) is not there, so its vectors were not run")
            return
        }
        let vectors = try names.sorted().filter { $0 != "LICENSE" && !$0.hasPrefix("README") }.map { name in
            try Vector(name, Array(Data(contentsOf: Self.folder.appending(path: name))))
        }
        for vector in vectors { check(vector) }
        print("VectorTests: \(vectors.count) vectors of \(Self.folder.path) were run")
        #expect(!vectors.isEmpty)
    }

    private func check(_ vector: Vector) {
        let host = TestHost(vector.identities.joined(separator: "\n"), passphrase: vector.passphrases.first)
        switch outcome(of: vector.file, host) {
        case .opened(let plaintext):
            #expect(vector.expected == "success", "\(vector.name)")
            let digest = SHA256.hash(plaintext).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            #expect(digest == vector.payload, "\(vector.name)")
        case .failed(.noMatch): #expect(vector.expected == "no match", "\(vector.name)")
        // With another begin line it is no armor, but a file without a version line.
        case .failed(.header) where vector.name == "armor_whitespace_begin":
            #expect(vector.expected == "armor failure")
        case .failed(let error): #expect(vector.expected == "\(error.part) failure", "\(vector.name): \(error.message)")
        }
    }
}

/// Lines of `key: value`, an empty one, and the file.
private struct Vector {
    let name: String
    private(set) var expected = ""
    /// The SHA-256 of the plaintext; of a damaged payload's, what a program that streams would have given away.
    private(set) var payload = ""
    private(set) var identities: [String] = []
    private(set) var passphrases: [String] = []
    let file: [UInt8]

    init(_ name: String, _ bytes: [UInt8]) throws {
        self.name = name
        var rest = bytes[...]
        var isCompressed = false
        while let end = rest.firstIndex(of: 0x0A), end > rest.startIndex {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
            switch parts.first {
            case "expect": expected = parts[1]
            case "payload": payload = parts[1]
            case "identity": identities.append(parts[1])
            case "passphrase": passphrases.append(parts[1])
            case "compressed": isCompressed = parts[1] == "zlib"
            default: break
            }
        }
        let body = Array(rest.dropFirst())
        file = isCompressed ? try Inflater.inflated(zlib: body) : body
    }
}

/// Reads what zlib compressed (RFC 1950 and 1951), as Foundation does not everywhere. Its checksum is not verified.
private struct Inflater {
    private struct Malformed: Error {}

    private let bytes: [UInt8]
    private var offset = 2
    private var bit = 0
    private var output: [UInt8] = []

    static func inflated(zlib bytes: [UInt8]) throws -> [UInt8] {
        var inflater = Inflater(bytes: bytes)
        while try !inflater.readBlock() {}
        return inflater.output
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads one block and says whether it was the last.
    private mutating func readBlock() throws -> Bool {
        let isLast = try number(1) == 1
        switch try number(2) {
        case 0: try readStored()
        case 1:
            let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
            try readCodes(Code(lengths), Code(Array(repeating: 5, count: 30)))
        case 2:
            let (letters, distances) = try readTables()
            try readCodes(letters, distances)
        default: throw Malformed()
        }
        return isLast
    }

    private mutating func readStored() throws {
        if bit > 0 { (bit, offset) = (0, offset + 1) }
        let count = try number(16)
        offset += 2
        guard offset + count <= bytes.count else { throw Malformed() }
        output += bytes[offset..<offset + count]
        offset += count
    }

    private mutating func readTables() throws -> (letters: Code, distances: Code) {
        let letters = try number(5) + 257
        let distances = try number(5) + 1
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var lengths = [Int](repeating: 0, count: 19)
        for place in order.prefix(try number(4) + 4) { lengths[place] = try number(3) }
        let code = Code(lengths)
        var all: [Int] = []
        while all.count < letters + distances {
            switch try symbol(code) {
            case 16: all += Array(repeating: all.last ?? 0, count: try number(2) + 3)
            case 17: all += Array(repeating: 0, count: try number(3) + 3)
            case 18: all += Array(repeating: 0, count: try number(7) + 11)
            case let length: all.append(length)
            }
        }
        return (Code(Array(all[..<letters])), Code(Array(all[letters...])))
    }

    private mutating func readCodes(_ letters: Code, _ distances: Code) throws {
        while true {
            let symbol = try symbol(letters)
            if symbol == 256 { return }
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            let length = try length(symbol - 257)
            let place = try self.symbol(distances)
            let more = max(0, place / 2 - 1)
            let distance = place < 2 ? place + 1 : (2 + place % 2) << more + 1 + (try number(more))
            guard distance <= output.count else { throw Malformed() }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    private mutating func length(_ code: Int) throws -> Int {
        if code == 28 { return 258 }
        let more = max(0, code / 4 - 1)
        return code < 8 ? code + 3 : (4 + code % 4) << more + 3 + (try number(more))
    }

    // MARK: Bits

    private mutating func number(_ bits: Int) throws -> Int {
        var number = 0
        for place in 0..<bits {
            guard offset < bytes.count else { throw Malformed() }
            number |= Int(bytes[offset] >> UInt8(bit) & 1) << place
            (bit, offset) = bit == 7 ? (0, offset + 1) : (bit + 1, offset)
        }
        return number
    }

    private mutating func symbol(_ code: Code) throws -> Int {
        var word = 0
        var first = 0
        var index = 0
        for count in code.counts.dropFirst() {
            word |= try number(1)
            if word - first < count { return code.symbols[index + word - first] }
            index += count
            first = (first + count) << 1
            word <<= 1
        }
        throw Malformed()
    }

    /// A canonical Huffman code: how many words there are of each length, and the symbols in their order.
    private struct Code {
        let counts: [Int]
        let symbols: [Int]

        init(_ lengths: [Int]) {
            counts = (0...15).map { length in lengths.filter { $0 == length }.count }
            symbols = (1...15).flatMap { length in lengths.indices.filter { lengths[$0] == length } }
        }
    }
}
