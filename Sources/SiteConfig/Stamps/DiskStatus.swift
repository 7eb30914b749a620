internal import Glibc
internal import SystemPackage

/// What the system says of a path without opening anything: what stands there, how large it is, when it changed, and which file
/// it is.
struct DiskStatus: Equatable, Sendable {
    /// Kind and permissions; 0 where nothing is there.
    let mode: UInt32
    let owner: UInt32
    let device: UInt64
    let inode: UInt64
    /// In bytes; why nothing is there, as the system numbers its errors.
    let size: Int64
    /// When its content changed last, in nanoseconds since 1970. Anybody may set that.
    let modified: Int64
    /// When anything of it changed last, in nanoseconds since 1970. Nobody can set that.
    let changed: Int64

    /// The same from its parts, as they were written down.
    init(mode: UInt32, owner: UInt32, device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
        self.mode = mode
        self.owner = owner
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
    }

    /// Of nothing that could be there, or not be there.
    static let never = DiskStatus(mode: 0, owner: 0, device: 0, inode: 0, size: -1, modified: 0, changed: 0)

    private init(_ status: stat, error: Int32?) {
        if let error {
            self.init(mode: 0, owner: 0, device: 0, inode: 0, size: Int64(error), modified: 0, changed: 0)
        } else {
            self.init(
                mode: status.st_mode, owner: status.st_uid, device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
                size: Int64(status.st_size), modified: Self.nanoseconds(status.st_mtim),
                changed: Self.nanoseconds(status.st_ctim))
        }
    }

    /// - Parameters:
    ///   - path: from the folder, unless it is absolute.
    ///   - isFollowed: whether a symbolic link stands for what it leads to.
    init(of path: String, in folder: FileDescriptor, isFollowed: Bool = false) {
        var status = stat()
        let flags = isFollowed ? 0 : AT_SYMLINK_NOFOLLOW
        let isThere = unsafe fstatat(folder.rawValue, path, &status, flags) == 0
        self.init(status, error: isThere ? nil : errno)
    }

    /// - Parameter range: where a path stands in a text, with a zero byte behind it; it has none inside.
    init(of range: Range<Int>, of text: [UInt8], in folder: FileDescriptor, isFollowed: Bool = false) {
        precondition(text[range.upperBound] == 0, "the path ends")
        var status = stat()
        let flags = isFollowed ? 0 : AT_SYMLINK_NOFOLLOW
        let isThere = unsafe text.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            let path = unsafe (start + range.lowerBound).assumingMemoryBound(to: CChar.self)
            return unsafe fstatat(folder.rawValue, path, &status, flags) == 0
        }
        self.init(status, error: isThere ? nil : errno)
    }

    /// Any path, symbolic links followed; nil if nothing is there.
    init?(of path: FilePath) {
        var status = stat()
        guard unsafe stat(path.string, &status) == 0 else { return nil }
        self.init(status, error: nil)
    }

    /// An open file.
    init?(of file: FileDescriptor) {
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0 else { return nil }
        self.init(status, error: nil)
    }

    var isThere: Bool { mode != 0 }

    var isLink: Bool { mode & S_IFMT == S_IFLNK }

    /// Whether a change from that moment on would show: it gives the file another time than it has.
    ///
    /// Where times are told in whole seconds, or two, it would only after that.
    ///
    /// - Parameter isExact: whether the file system gives a change that follows a look another time (`TimeTrial`): then it shows from this look on, unless the
    ///   file has a time that is yet to come.
    func showsChanges(after moment: Int64, isExact: Bool = false) -> Bool {
        guard isThere else { return true }
        if isExact {
            let now = Self.exactNow
            return modified <= now && changed <= now
        }
        let isCoarse = changed % 1_000_000_000 == 0
        return modified < moment && changed < (isCoarse ? moment - 3_000_000_000 : moment)
    }

    // MARK: Time

    /// The time that a file gets which changes now. It stands still for some milliseconds at a time.
    static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return nanoseconds(time)
    }

    /// The time between the ticks.
    private static var exactNow: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return nanoseconds(time)
    }

    /// Waits until what changes gets another time than what changed before; that is given up after a tenth of a second.
    static func waitForNextTime() {
        let before = now
        for _ in 0..<200 where now <= before { usleep(500) }
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
