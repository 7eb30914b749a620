internal import Diagnostics
internal import SiteModel
internal import SystemPackage

/// What the disk was like at the end of a build that had nothing to say and, if it ran again, would have nothing to do: paths and
/// what the system said of them, no content of any file. Digests are only of names and of what an env shows to others, never of what
/// a file holds that has secrets.
///
/// They stay in the bytes that they are written in, and what is asked of them is found by its place there: after a small change
/// most of thousands of paths are neither asked for nor changed.
struct Stamps: Sendable {
    private let bytes: [UInt8]
    /// How many outputs the build has.
    let outputCount: Int
    private let folders: Part<FolderPlace>
    private let looks: Part<LookPlace>
    private let listings: Part<ListingPlace>
    private let envs: Part<EnvPlace>

    /// Things of one kind, which stand behind each other, with their number before them.
    private struct Part<Place: Sendable>: Sendable {
        let range: Range<Int>
        let places: [Place]
    }

    fileprivate struct FolderPlace: Sendable {
        let range: Range<Int>
        let path: Range<Int>
    }

    /// Where a look stands. (Small, since there are thousands.)
    fileprivate struct LookPlace: BitwiseCopyable {
        let start: UInt32
        let end: UInt32
        private let pathCount: UInt32

        init(_ range: Range<Int>, path: Range<Int>) {
            start = UInt32(range.lowerBound)
            end = UInt32(range.upperBound)
            pathCount = UInt32(path.count)
        }

        /// Behind two numbers.
        var path: Range<Int> { Int(start) + 16..<Int(start) + 16 + Int(pathCount) }
    }

    fileprivate struct ListingPlace: Sendable {
        let folder: Range<Int>
        let status: DiskStatus
        let meaning: Range<Int>
        let names: Range<Int>
    }

    fileprivate struct EnvPlace: Sendable {
        let start: Int
        let path: Range<Int>
    }

    /// A folder that outputs lie in.
    struct Folder {
        /// From the site's folder.
        let path: String
        /// Where it really is.
        let place: String
        /// How it stood when nothing was in it that a killed build left.
        let status: DiskStatus
    }

    /// What stamps say, as it is written: numbers with the lowest byte first; texts with their length before and a zero byte
    /// behind them.
    ///
    /// - Parameters:
    ///   - key: what else the build depends on, in bytes that are only compared.
    ///   - outputCount: how many outputs it has.
    ///   - folders: those that outputs lie in.
    ///   - listings: the folders that were listed.
    ///   - envs: those that can be compiled anew without the rest of the site.
    static func write(
        key: [UInt8], outputCount: Int, looks: [DiskRecord.Look], folders: [Folder],
        listings: [Listing], envs: [StampedEnv]
    ) -> [UInt8] {
        var text = StampText(capacity: 1024 + 160 * looks.count + 256 * envs.count)
        text.append(mark)
        text.append(key)
        text.append(UInt64(outputCount))
        text.append(UInt64(folders.count))
        for folder in folders { text.append(folder) }
        text.append(UInt64(looks.count))
        for look in looks { text.append(look) }
        text.append(UInt64(listings.count))
        for listing in listings {
            text.append(listing.folder)
            text.append(listing.status)
            text.append(listing.meaning)
            // No name has a slash.
            text.append(listing.names.joined(separator: "/"))
        }
        text.append(UInt64(envs.count))
        for env in envs { text.append(env) }
        return text.finished
    }

    /// Changes with the form of what is written.
    private static let mark = Array("resolve stamps 4".utf8)

    /// A folder that was listed.
    struct Listing {
        /// From the site's folder.
        let folder: String
        /// How it stood before.
        let status: DiskStatus
        /// The digest of what the names say to a site.
        let meaning: String
        let names: [String]
    }

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

    /// What these bytes say; nil if they are damaged.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= UInt32.max, var text = StampReader(bytes), text.isNext(Self.mark), text.range() != nil,
            let count = text.count(), let folders = Self.part(of: &text, { $0.folder() }),
            let looks = Self.part(of: &text, { $0.look() }), let listings = Self.part(of: &text, { $0.listing() }),
            let envs = Self.part(of: &text, { $0.env() }), text.isAtEnd
        else { return nil }
        self.bytes = bytes
        outputCount = count
        (self.folders, self.looks, self.listings, self.envs) = (folders, looks, listings, envs)
    }

    private static func part<Place>(of text: inout StampReader, _ read: (inout StampReader) -> Place?) -> Part<Place>? {
        let start = text.next
        return text.items(read).map { Part(range: start..<text.next, places: $0) }
    }

    /// An env that can be compiled anew without the rest of the site.
    func env(at path: String) -> StampedEnv? {
        envs.places.first { isText($0.path, path) }.flatMap { StampReader.env(at: $0.start, in: bytes) }
    }

    /// The digest of what the names in a folder that was listed said to a site.
    func meaning(of folder: String) -> String? {
        listings.places.first { isText($0.folder, folder) }
            .map { String(decoding: bytes[$0.meaning], as: UTF8.self) }
    }

    /// The names in a folder that still stands as it did when it was listed.
    func names(of folder: String, standing status: DiskStatus) -> [String]? {
        guard !status.isLink, let listing = listings.places.first(where: { isText($0.folder, folder) }),
            listing.status == status
        else { return nil }
        return bytes[listing.names].split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
    }

    private func isText(_ range: Range<Int>, _ text: String) -> Bool {
        range.count == text.utf8.count && bytes[range].elementsEqual(text.utf8)
    }

    /// Whether looks found everything as it was, but for some paths; a path that was not looked at before counts as another.
    func agree(with later: [DiskRecord.Look], except changed: [String]) -> Bool {
        let later = LooksByPath(later.filter { look in !changed.contains { $0.isSame(as: look.path) } })
        var former = [LookPlace?](repeating: nil, count: later.looks.count)
        forEachLook(among: later) { former[$1] = $0 }
        return later.looks.allSatisfy { look in
            later.place(of: look.path.utf8.span).flatMap { former[$0] }.map { isSame($0, look) } ?? false
        }
    }

    private func isSame(_ place: LookPlace, _ look: DiskRecord.Look) -> Bool {
        var text = StampText(capacity: 512)
        text.append(look)
        return text.withBytes { $0.isSame(as: bytes.span.extracting(Int(place.start)..<Int(place.end))) }
    }

    /// Finds, for each look here that is at the path of a later one, the last of those.
    private func forEachLook(among later: LooksByPath, _ body: (LookPlace, Int) -> Void) {
        let letters = bytes.span
        for place in looks.places {
            if let found = later.place(of: letters.extracting(place.path)) { body(place, found) }
        }
    }

    /// The same with later looks in the place of those at the same paths, and what was not looked at before; and with how folders
    /// of outputs stand now. Listings stay as the whole build left them: a folder that has changed since is listed each time.
    func renewed(with later: [DiskRecord.Look], _ laterFolders: [Folder]) -> [UInt8] {
        var text = StampText(capacity: bytes.count + 1024 + 160 * later.count)
        text.append(bytes, 0..<folders.range.lowerBound)
        text.append(UInt64(folders.places.count))
        for place in folders.places {
            if let folder = laterFolders.first(where: { isText(place.path, $0.path) }) {
                text.append(folder)
            } else {
                text.append(bytes, place.range)
            }
        }
        append(later, to: &text)
        text.append(bytes, looks.range.upperBound..<envs.range.upperBound)
        return text.finished
    }

    private func append(_ later: [DiskRecord.Look], to text: inout StampText) {
        let later = LooksByPath(later)
        var renewed: [(place: LookPlace, later: Int)] = []
        var isKnown = [Bool](repeating: false, count: later.looks.count)
        // A path stands twice where an output was looked for before it was written.
        forEachLook(among: later) {
            renewed.append(($0, $1))
            isKnown[$1] = true
        }
        let new = later.looks.indices.filter { index in
            !isKnown[index] && later.place(of: later.looks[index].path.utf8.span) == index
        }
        text.append(UInt64(looks.places.count + new.count))
        var next = looks.range.lowerBound + 8
        for (place, index) in renewed {
            text.append(bytes, next..<Int(place.start))
            text.append(later.looks[index])
            next = Int(place.end)
        }
        text.append(bytes, next..<looks.range.upperBound)
        for index in new { text.append(later.looks[index]) }
    }

    /// Whether builds that were cut short left something in a folder, for the next one to remove.
    static func hasTemporaries(_ folder: String) -> Bool {
        let names = (try? DiskFiles(root: folder).names(in: "")) ?? []
        return names.contains { TemporaryName($0) != nil }
    }
}

/// Finds looks by their paths: of several at one path the last. They get no `Key`, which the process would keep.
private struct LooksByPath {
    let looks: [DiskRecord.Look]
    private let places: HashedPlaces

    init(_ looks: [DiskRecord.Look]) {
        self.looks = looks
        places = HashedPlaces(looks.count) {
            HashedPlaces.hash(long: looks[looks.count - 1 - $0].path.utf8.span, seed: 0)
        }
    }

    func place(of path: Swift.Span<UInt8>) -> Int? {
        places.place(HashedPlaces.hash(long: path, seed: 0)) {
            looks[looks.count - 1 - $0].path.utf8.span.isSame(as: path)
        }
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

    /// Appends some bytes of others.
    mutating func append(_ stamps: [UInt8], _ range: Range<Int>) { bytes.append(stamps, range) }

    func withBytes<Result>(_ body: (Swift.Span<UInt8>) -> Result) -> Result { bytes.withBytes(body) }

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

    mutating func append(_ folder: Stamps.Folder) {
        append(folder.path)
        append(folder.place)
        append(folder.status)
    }

    mutating func append(_ look: DiskRecord.Look) {
        append(look.end == nil ? 0 : 1)
        append(look.path)
        append(look.status)
        if let end = look.end {
            append(end.status)
            append(end.path)
        }
    }

    mutating func append(_ env: StampedEnv) {
        append(env.path)
        append(env.interface)
        append(UInt64(env.outputs.count))
        for output in env.outputs {
            append(output.path)
            append(UInt64(output.place.lowerBound))
            append(UInt64(output.place.count))
        }
    }

    /// All of it, with its sum behind.
    var finished: [UInt8] {
        mutating get {
            append(bytes.withBytes { Self.sum(of: $0) })
            return bytes.array
        }
    }

    /// Tells of damage, not of malice (FNV-1a, eight bytes at a time).
    static func sum(of bytes: Swift.Span<UInt8>) -> UInt64 {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for place in stride(from: 0, to: bytes.count - 7, by: 8) {
            sum = (sum ^ bytes.word(at: place)) &* 0x100_0000_01B3
        }
        for place in (bytes.count & ~7)..<bytes.count { sum = (sum ^ UInt64(bytes[place])) &* 0x100_0000_01B3 }
        return sum
    }
}

/// Reads stamps. What is not as it should be is nil.
private struct StampReader {
    private let bytes: [UInt8]
    private let end: Int
    private(set) var next = 0

    /// Nil if the bytes are damaged.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 8 else { return nil }
        self.bytes = bytes
        end = bytes.count - 8
        guard bytes.number(at: end) == StampText.sum(of: bytes.span.extracting(first: end)) else { return nil }
    }

    /// Of bytes that are not damaged.
    private init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        end = bytes.count - 8
        next = start
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

    mutating func folder() -> Stamps.FolderPlace? {
        let start = next
        guard let path = range(), range() != nil, status() != nil else { return nil }
        return Stamps.FolderPlace(range: start..<next, path: path)
    }

    mutating func look() -> Stamps.LookPlace? {
        let start = next
        guard let kind = number(), let path = range(), status() != nil else { return nil }
        if kind == 1 { guard status() != nil, range() != nil else { return nil } }
        return Stamps.LookPlace(start..<next, path: path)
    }

    mutating func listing() -> Stamps.ListingPlace? {
        guard let folder = range(), let status = status(), let meaning = range(), let names = range() else {
            return nil
        }
        return Stamps.ListingPlace(folder: folder, status: status, meaning: meaning, names: names)
    }

    mutating func env() -> Stamps.EnvPlace? {
        let start = next
        guard let path = range(), range() != nil, items({ $0.output() }) != nil else { return nil }
        return Stamps.EnvPlace(start: start, path: path)
    }

    /// The env that stands in bytes that were read before.
    static func env(at start: Int, in bytes: [UInt8]) -> StampedEnv? {
        var text = StampReader(bytes, from: start)
        guard let path = text.string(), let interface = text.string(),
            let outputs = text.items({ text in
                text.output().map { (String(decoding: bytes[$0.path], as: UTF8.self), $0.place) }
            })
        else { return nil }
        return StampedEnv(path: path, interface: interface, outputs: outputs)
    }

    private mutating func output() -> (path: Range<Int>, place: Range<Int>)? {
        guard let path = range(), let start = count(), let length = count(), start >= 0, length >= 0,
            length < 1 << 40, start < 1 << 40
        else { return nil }
        return (path, start..<start + length)
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
