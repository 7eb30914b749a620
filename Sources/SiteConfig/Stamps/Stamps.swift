internal import SystemPackage

/// What the disk was like at the end of a build that had nothing to say and, if it ran again, would have nothing to do: paths and
/// what `lstat` said of them, no content of any file and no digest of one.
struct Stamps {
    /// What else the build depends on, in bytes that are only compared.
    let key: [UInt8]
    /// How many outputs it has.
    let outputCount: Int
    let looks: [DiskRecord.Look]
    /// The folders that outputs lie in, from the site's, and where they really are.
    let folders: [(path: String, place: String)]

    /// How they are written: numbers with the lowest byte first; texts with their length before and a zero byte behind them.
    var bytes: [UInt8] {
        var text = StampText()
        text.append(Self.mark)
        text.append(key)
        text.append(UInt64(outputCount))
        text.append(UInt64(folders.count))
        for folder in folders {
            text.append(Array(folder.path.utf8))
            text.append(Array(folder.place.utf8))
        }
        text.append(UInt64(looks.count))
        for look in looks {
            text.append(look.end == nil ? 0 : 1)
            text.append(Array(look.path.utf8))
            text.append(look.status)
            if let end = look.end {
                text.append(end.status)
                text.append(Array(end.path.utf8))
            }
        }
        text.append(StampText.sum(of: text.bytes, count: text.bytes.count))
        return text.bytes
    }

    /// Changes with the form of what is written.
    private static let mark = Array("resolve stamps 1".utf8)

    /// How many outputs there are, if the disk is still as these bytes say, in every respect; nil if it is not, or they are damaged.
    static func outputCount(
        in bytes: [UInt8], key: [UInt8], _ files: DiskFiles, _ folder: FileDescriptor
    ) -> Int? {
        guard var text = StampReader(bytes), text.isNext(mark), text.isNext(key), let count = text.count(),
            let folderCount = text.count()
        else { return nil }
        for _ in 0..<folderCount {
            guard let path = text.text(), let place = text.range(),
                let real = files.realPath(of: String(decoding: bytes[path], as: UTF8.self)),
                real.utf8.elementsEqual(bytes[place]), !hasTemporaries(real)
            else { return nil }
        }
        guard let lookCount = text.count() else { return nil }
        var looks: [(path: Range<Int>, status: DiskStatus)] = []
        for _ in 0..<lookCount {
            guard let kind = text.number(), let path = text.text(), let status = text.status() else { return nil }
            looks.append((path, status))
            guard kind == 1 else { continue }
            guard let end = text.status(), let place = text.range(),
                DiskStatus(of: path, of: bytes, in: folder, isFollowed: true) == end,
                (files.realPath(of: String(decoding: bytes[path], as: UTF8.self)) ?? "").utf8.elementsEqual(
                    bytes[place])
            else { return nil }
        }
        guard text.isAtEnd else { return nil }
        let known = looks
        let areSame = Cores.map(known.count, run: 256) { place in
            DiskStatus(of: known[place].path, of: bytes, in: folder) == known[place].status
        }
        return areSame.allSatisfy(\.self) ? count : nil
    }

    /// Whether builds that were cut short left something in a folder, for the next one to remove.
    private static func hasTemporaries(_ folder: String) -> Bool {
        let names = (try? DiskFiles(root: folder).names(in: "")) ?? []
        return names.contains { $0.hasPrefix(".") && $0.hasSuffix(".tmp") && $0.contains(".resolve-") }
    }
}

/// Stamps as they are written.
private struct StampText {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func append(_ text: [UInt8]) {
        append(UInt64(text.count))
        bytes += text
        bytes.append(0)
    }

    mutating func append(_ status: DiskStatus) {
        append(UInt64(status.mode) | UInt64(status.owner) << 32)
        append(status.device)
        append(status.inode)
        append(UInt64(bitPattern: status.size))
        append(UInt64(bitPattern: status.modified))
        append(UInt64(bitPattern: status.changed))
    }

    /// Of so many bytes. Tells of damage, not of malice (FNV-1a, eight bytes at a time).
    static func sum(of bytes: [UInt8], count: Int) -> UInt64 {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for place in stride(from: 0, to: count - 7, by: 8) { sum = (sum ^ bytes.number(at: place)) &* 0x100_0000_01B3 }
        for byte in bytes[(count & ~7)..<count] { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return sum
    }
}

/// Reads stamps. What is not as it should be is nil.
private struct StampReader {
    private let bytes: [UInt8]
    private let end: Int
    private var next = 0

    /// Nil if the bytes are damaged.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 8 else { return nil }
        self.bytes = bytes
        end = bytes.count - 8
        guard bytes.number(at: end) == StampText.sum(of: bytes, count: end) else { return nil }
    }

    var isAtEnd: Bool { next == end }

    mutating func number() -> UInt64? {
        guard end - next >= 8 else { return nil }
        defer { next += 8 }
        return bytes.number(at: next)
    }

    /// A number of things that stand behind it.
    mutating func count() -> Int? { number().flatMap { Int(exactly: $0) } }

    /// Where a text stands, without the zero byte behind it.
    mutating func range() -> Range<Int>? {
        guard let count = count(), count >= 0, count < end - next, bytes[next + count] == 0 else { return nil }
        defer { next += count + 1 }
        return next..<next + count
    }

    /// Where a text stands that has no zero byte inside.
    mutating func text() -> Range<Int>? {
        range().flatMap { range in bytes[range].contains(0) ? nil : range }
    }

    mutating func isNext(_ text: [UInt8]) -> Bool { range().map { bytes[$0].elementsEqual(text) } ?? false }

    mutating func status() -> DiskStatus? {
        guard let kind = number(), let device = number(), let inode = number(), let size = number(),
            let modified = number(), let changed = number()
        else { return nil }
        return DiskStatus(
            mode: UInt32(truncatingIfNeeded: kind), owner: UInt32(truncatingIfNeeded: kind >> 32), device: device,
            inode: inode, size: Int64(bitPattern: size), modified: Int64(bitPattern: modified),
            changed: Int64(bitPattern: changed))
    }
}
