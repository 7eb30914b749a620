internal import Diagnostics
internal import SiteModel
internal import SystemPackage

/// What the disk was like at the end of a build that had nothing to say and, if it ran again, would have nothing to do: paths and
/// what `lstat` said of them, no content of any file. Digests are only of names and of what an env shows to others, never of what
/// a file holds that has secrets.
struct Stamps {
    /// What else the build depends on, in bytes that are only compared.
    let key: [UInt8]
    /// How many outputs it has.
    let outputCount: Int
    var looks: [DiskRecord.Look]
    /// The folders that outputs lie in.
    var folders: [Folder]
    /// The folders that were listed, and the digest of what their names say to a site.
    let listings: [(folder: String, meaning: String)]
    /// The envs that can be compiled anew without the rest of the site.
    let envs: [StampedEnv]

    /// A folder that outputs lie in.
    struct Folder {
        /// From the site's folder.
        let path: String
        /// Where it really is.
        let place: String
        /// How it stood when nothing was in it that a killed build left.
        let status: DiskStatus
    }

    /// How they are written: numbers with the lowest byte first; texts with their length before and a zero byte behind them.
    var bytes: [UInt8] {
        var text = StampText(capacity: 1024 + 160 * looks.count + 256 * envs.count)
        text.append(Self.mark)
        text.append(key)
        text.append(UInt64(outputCount))
        text.append(UInt64(folders.count))
        for folder in folders {
            text.append(folder.path)
            text.append(folder.place)
            text.append(folder.status)
        }
        text.append(UInt64(looks.count))
        for look in looks {
            text.append(look.end == nil ? 0 : 1)
            text.append(look.path)
            text.append(look.status)
            if let end = look.end {
                text.append(end.status)
                text.append(end.path)
            }
        }
        text.append(UInt64(listings.count))
        for listing in listings {
            text.append(listing.folder)
            text.append(listing.meaning)
        }
        text.append(UInt64(envs.count))
        for env in envs {
            text.append(env.path)
            text.append(env.interface)
            text.append(UInt64(env.outputs.count))
            for output in env.outputs {
                text.append(output.path)
                text.append(UInt64(output.place.lowerBound))
                text.append(UInt64(output.place.count))
            }
        }
        return text.finished
    }

    /// Changes with the form of what is written.
    private static let mark = Array("resolve stamps 3".utf8)

    /// How the disk stands to stamps.
    struct Standing {
        /// How many outputs there are.
        let outputCount: Int
        /// The paths that are not as they were. Links always are.
        let changed: [String]
    }

    /// How the disk stands to these bytes; nil if a link or the place of an output is another, or they are damaged.
    static func standing(
        of bytes: [UInt8], key: [UInt8], _ files: DiskFiles, _ folder: FileDescriptor
    ) -> Standing? {
        guard var text = StampReader(bytes), text.isNext(mark), text.isNext(key), let count = text.count(),
            let folderCount = text.count()
        else { return nil }
        for _ in 0..<folderCount {
            guard let path = text.text(), let place = text.text(), let status = text.status(),
                let real = files.realPath(of: String(decoding: bytes[path], as: UTF8.self)),
                real.utf8.elementsEqual(bytes[place]),
                // Where nothing has come or gone, nothing was left.
                DiskStatus(of: place, of: bytes, in: folder) == status || !hasTemporaries(real)
            else { return nil }
        }
        guard let lookCount = text.count() else { return nil }
        var looks: [(path: Range<Int>, status: DiskStatus)] = []
        for _ in 0..<lookCount {
            guard let kind = text.number(), let path = text.text(), let status = text.status() else { return nil }
            looks.append((path, status))
            guard kind == 1 else { continue }
            guard let end = text.status(), let place = text.range(),
                DiskStatus(of: path, of: bytes, in: folder) == status,
                DiskStatus(of: path, of: bytes, in: folder, isFollowed: true) == end,
                (files.realPath(of: String(decoding: bytes[path], as: UTF8.self)) ?? "").utf8.elementsEqual(
                    bytes[place])
            else { return nil }
        }
        let known = looks
        let areSame = Cores.map(known.count, run: 256, wantsRoom: false) { place in
            DiskStatus(of: known[place].path, of: bytes, in: folder) == known[place].status
        }
        let changed = zip(known, areSame).filter { !$1 }.map { String(decoding: bytes[$0.0.path], as: UTF8.self) }
        return Standing(outputCount: count, changed: changed)
    }

    /// All that these bytes say; nil if they are damaged.
    init?(_ bytes: [UInt8]) {
        guard var text = StampReader(bytes), text.isNext(Self.mark), let key = text.range(), let count = text.count(),
            let folders = text.items({ $0.folder() }), let looks = text.items({ $0.look() }),
            let listings = text.items({ text in text.string().flatMap { path in text.string().map { (path, $0) } } }),
            let envs = text.items({ $0.env() }), text.isAtEnd
        else { return nil }
        self.init(
            key: Array(bytes[key]), outputCount: count, looks: looks, folders: folders, listings: listings, envs: envs)
    }

    init(
        key: [UInt8], outputCount: Int, looks: [DiskRecord.Look], folders: [Folder],
        listings: [(folder: String, meaning: String)], envs: [StampedEnv]
    ) {
        self.key = key
        self.outputCount = outputCount
        self.looks = looks
        self.folders = folders
        self.listings = listings
        self.envs = envs
    }

    /// Whether looks found everything as it was, but for some paths; a path that was not looked at before counts as another.
    func agree(with later: [DiskRecord.Look], except changed: [String]) -> Bool {
        let before = LooksByPath(looks)
        return later.allSatisfy { look in
            changed.contains { $0.isSame(as: look.path) }
                || before.place(of: look.path).map { looks[$0].isSame(as: look) } ?? false
        }
    }

    /// Takes later looks in the place of those at the same paths, and what was not looked at before.
    mutating func renew(with later: [DiskRecord.Look]) {
        let latest = LooksByPath(later)
        var isKnown = [Bool](repeating: false, count: later.count)
        // A path stands twice where an output was looked for before it was written.
        for index in looks.indices {
            guard let place = latest.place(of: looks[index].path) else { continue }
            looks[index] = later[place]
            isKnown[place] = true
        }
        for place in later.indices where !isKnown[place] && latest.place(of: later[place].path) == place {
            looks.append(later[place])
        }
    }

    /// Takes how folders stand now.
    mutating func renew(with later: [Folder]) {
        for index in folders.indices {
            if let folder = later.first(where: { $0.path.isSame(as: folders[index].path) }) { folders[index] = folder }
        }
    }

    /// Whether builds that were cut short left something in a folder, for the next one to remove.
    static func hasTemporaries(_ folder: String) -> Bool {
        let names = (try? DiskFiles(root: folder).names(in: "")) ?? []
        return names.contains { TemporaryName($0) != nil }
    }
}

/// Finds looks by their paths: of several at one path the last. There are thousands, most of which nobody asks for, so they get no
/// `Key`, which the process would keep.
private struct LooksByPath {
    private let looks: [DiskRecord.Look]
    private let places: HashedPlaces

    init(_ looks: [DiskRecord.Look]) {
        self.looks = looks
        places = HashedPlaces(looks.count) { HashedPlaces.hash(looks[looks.count - 1 - $0].path.utf8.span) }
    }

    func place(of path: String) -> Int? {
        places.place(HashedPlaces.hash(path.utf8.span)) { looks[looks.count - 1 - $0].path.isSame(as: path) }
            .map { looks.count - 1 - $0 }
    }
}

/// Stamps as they are written.
private struct StampText: ~Copyable {
    private var bytes: ByteWriter

    init(capacity: Int) { bytes = ByteWriter(capacity: capacity) }

    mutating func append(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func append(_ text: [UInt8]) { append(text.span) }

    mutating func append(_ text: String) { append(text.utf8.span) }

    private mutating func append(_ text: Swift.Span<UInt8>) {
        append(UInt64(text.count))
        bytes.append(text)
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

    /// All of it, with its sum behind.
    var finished: [UInt8] {
        mutating get {
            let text = bytes.array
            append(Self.sum(of: text, count: text.count))
            return bytes.array
        }
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

    /// A number of things, each read alike.
    mutating func items<Item>(_ read: (inout StampReader) -> Item?) -> [Item]? {
        guard let count = count() else { return nil }
        var items: [Item] = []
        for _ in 0..<count {
            guard let item = read(&self) else { return nil }
            items.append(item)
        }
        return items
    }

    mutating func string() -> String? { range().map { String(decoding: bytes[$0], as: UTF8.self) } }

    mutating func folder() -> Stamps.Folder? {
        guard let path = string(), let place = string(), let status = status() else { return nil }
        return Stamps.Folder(path: path, place: place, status: status)
    }

    mutating func look() -> DiskRecord.Look? {
        guard let kind = number(), let path = string(), let status = status() else { return nil }
        var end: (status: DiskStatus, path: String)?
        if kind == 1 {
            guard let status = self.status(), let path = string() else { return nil }
            end = (status, path)
        }
        return DiskRecord.Look(path: path, status: status, end: end, isCertain: true)
    }

    mutating func env() -> StampedEnv? {
        guard let path = string(), let interface = string(),
            let outputs = items({ text -> (path: String, place: Range<Int>)? in
                guard let path = text.string(), let start = text.count(), let length = text.count(),
                    start >= 0, length >= 0, length < 1 << 40, start < 1 << 40
                else { return nil }
                return (path, start..<start + length)
            })
        else { return nil }
        return StampedEnv(path: path, interface: interface, outputs: outputs)
    }

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
