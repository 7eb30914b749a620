internal import SystemPackage

/// Tries whether a file system gives each change of a file a time of its own.
///
/// Most tell the time in ticks of some milliseconds, so that of two changes within one the second does not show. Since 6.13 Linux
/// gives a change that comes after somebody has looked at the file a time between the ticks (multigrain timestamps). That is not
/// asked of the system but seen: a file is made, looked at, changed, and looked at again, all within one tick. And only of file systems
/// of this machine's own: where another one tells the times, a tick here says nothing of those there.
public struct TimeTrial: Sendable {
    private let moment = DiskStatus.now
    private let first: DiskStatus?

    /// - Parameter file: the descriptor of a file that was just made, which nobody else knows, and which is about to be changed.
    public init(_ file: Int32) { first = DiskStatus(of: FileDescriptor(rawValue: file)) }

    /// How the file stands; nil if the system does not say.
    ///
    /// - Parameter file: the same, changed meanwhile. It is not to be changed any more.
    public func written(_ file: Int32) -> WrittenFile? {
        guard let second = DiskStatus(of: FileDescriptor(rawValue: file)) else { return nil }
        guard let first, DiskStatus.now == moment,
            // Made in this tick: else the one between is seen.
            first.changed >= moment, first.modified >= moment,
            first.changed < second.changed, first.modified < second.modified, Self.local.contains(second.device)
        else { return WrittenFile(status: second, isExact: false) }
        return WrittenFile(status: second, isExact: true)
    }

    // MARK: File systems

    /// The devices that hold file systems of this machine's own which are known to tell times so.
    private static let local = localDevices(in: mounts)

    /// The devices of a text like `/proc/self/mountinfo` (proc(5)): `36 35 98:0 / /mnt rw - ext4 /dev/sda1 rw`.
    static func localDevices(in mounts: String) -> Set<UInt64> {
        var devices: Set<UInt64> = []
        // Bytes, not characters: of these a machine with containers has many thousands.
        for line in mounts.utf8.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard words.count > 2, let mark = words.firstIndex(where: { $0.elementsEqual("-".utf8) }),
                mark + 1 < words.count, ["ext4", "xfs", "tmpfs"].contains(Substring(words[mark + 1]))
            else { continue }
            let numbers = words[2].split(separator: UInt8(ascii: ":")).compactMap { UInt64(Substring($0)) }
            if numbers.count == 2 { devices.insert(device(numbers[0], numbers[1])) }
        }
        return devices
    }

    /// As `stat` says it (makedev(3)).
    private static func device(_ major: UInt64, _ minor: UInt64) -> UInt64 {
        (major & 0xFFFF_F000) << 32 | (major & 0xFFF) << 8 | (minor & 0xFFFF_FF00) << 12 | minor & 0xFF
    }

    private static var mounts: String {
        guard let file = try? FileDescriptor.open(FilePath("/proc/self/mountinfo"), .readOnly, options: [.closeOnExec])
        else { return "" }
        defer { try? file.close() }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 14)
        while let count = unsafe (try? piece.withUnsafeMutableBytes { try unsafe file.read(into: $0) }), count > 0 {
            text += piece[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// A file as it stood when it had been written. Where each change gives a file another time, it tells later whether that is still
/// its content, without reading it.
public struct WrittenFile: Sendable {
    private let status: DiskStatus
    /// Whether that was seen of this very file (`TimeTrial`), which not each is quick enough for.
    public let isExact: Bool

    fileprivate init(status: DiskStatus, isExact: Bool) {
        self.status = status
        self.isExact = isExact
    }

    /// Where it lies.
    var device: UInt64 { status.device }

    /// Whether what has that status is the file, unchanged: it may have got another name.
    func isStill(_ other: DiskStatus) -> Bool {
        other.device == status.device && other.inode == status.inode && other.mode == status.mode
            && other.size == status.size && other.modified == status.modified
    }
}
