internal import Glibc
internal import SiteConfig
internal import SystemPackage

/// Writes a file whole or not at all: a temporary file beside it, made exclusively, then renamed (DESIGN §4, *Handling*).
struct FileWriter {
    private let target: FilePath
    private let name: String
    private let folder: FilePath
    private let holdsSecrets: Bool
    /// Who may do what with the file; nil for what the process's mask leaves.
    private let mode: mode_t?

    /// - Parameter model: a file whose permissions the target gets.
    /// - Throws: `Failure` if the target may not be written: a symbolic link, a device, a folder that anyone may change.
    init(_ path: String, holdsSecrets: Bool, like model: String? = nil) throws {
        self.holdsSecrets = holdsSecrets
        mode = model.flatMap(Self.mode)
        target = FilePath(path)
        guard let last = target.lastComponent, last.kind == .regular else {
            throw Failure.couldNotRun("cannot write \(path): it names no file")
        }
        name = last.string
        let parent = target.removingLastComponent()
        folder = parent.isEmpty ? FilePath(".") : parent
        try checkTarget()
        if holdsSecrets { try checkFolder() }
    }

    /// Whether two paths lead to one file.
    static func isSame(_ path: String, _ other: String) -> Bool {
        var first = stat()
        var second = stat()
        guard unsafe stat(path, &first) == 0, unsafe stat(other, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    /// Whether anybody else may read a file that is there.
    static func isReadableByOthers(_ path: String) -> Bool { mode(of: path).map { $0 & 0o077 != 0 } ?? false }

    private static func mode(of path: String) -> mode_t? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    func write(_ bytes: Span<UInt8>) throws {
        removeLeftovers()
        try stage(bytes).commit()
    }

    /// A file that is written and waits beside its target to take its place.
    struct Staged {
        fileprivate let temporary: FilePath
        fileprivate let target: FilePath
        /// How it stood when it had been written.
        let written: WrittenFile?

        /// Puts it in the place of its target.
        func commit() throws {
            guard unsafe rename(temporary.string, target.string) == 0 else {
                let reason = Errno(rawValue: errno)
                discard()
                throw Failure.couldNotRun("cannot write \(target.string): \(reason.description)")
            }
        }

        func discard() { unsafe unlink(temporary.string) }
    }

    /// Writes the bytes beside the target.
    func stage(_ bytes: Span<UInt8>) throws -> Staged {
        try stage { file in try file.write(whole: bytes) }
    }

    /// The same of bytes in pieces.
    func stage(_ pieces: [[UInt8]]) throws -> Staged {
        try stage { file in
            // Some are short, and each call of the system has its price.
            var waiting: [UInt8] = []
            waiting.reserveCapacity(2 * Self.mostWaiting)
            for piece in pieces {
                waiting += piece
                if waiting.count < Self.mostWaiting { continue }
                try file.write(whole: waiting.span)
                waiting.removeAll(keepingCapacity: true)
            }
            try file.write(whole: waiting.span)
        }
    }

    private static let mostWaiting = 1 << 18

    private func stage(_ write: (FileDescriptor) throws -> Void) throws -> Staged {
        let temporary = folder.appending(TemporaryName(of: name, by: Self.owner).text)
        WaitingFiles.add(temporary)
        do {
            let file: FileDescriptor
            do {
                file = try open(temporary)
            } catch Errno.fileExists {
                // Left by a killed process that had this one's number.
                unsafe unlink(temporary.string)
                file = try open(temporary)
            }
            do {
                let written = try file.closeAfter {
                    if let mode, fchmod(file.rawValue, mode) != 0 { throw Errno(rawValue: errno) }
                    let trial = TimeTrial(file.rawValue)
                    try write(file)
                    return trial.written(file.rawValue)
                }
                return Staged(temporary: temporary, target: target, written: written)
            } catch {
                unsafe unlink(temporary.string)
                throw error
            }
        } catch let error as Errno {
            throw Failure.couldNotRun("cannot write \(target.string): \(error.description)")
        }
    }

    private func open(_ temporary: FilePath) throws -> FileDescriptor {
        try FileDescriptor.open(
            temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
            permissions: holdsSecrets
                ? [.ownerReadWrite] : [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
    }

    private func checkTarget() throws {
        var status = stat()
        guard unsafe lstat(target.string, &status) == 0 else { return }
        let kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: ""
            case S_IFLNK: "a symbolic link"
            case S_IFDIR: "a folder"
            default: "no regular file"
            }
        guard kind.isEmpty else {
            throw Failure.couldNotRun(
                "refusing to write \(target.string): it is \(kind); remove it, or write elsewhere (`-o -` is stdout)")
        }
    }

    private func checkFolder() throws {
        var status = stat()
        guard unsafe stat(folder.string, &status) == 0 else { return }
        if status.st_mode & S_IWOTH != 0, status.st_mode & S_ISVTX == 0 {
            throw Failure.couldNotRun(
                "refusing to write secrets to \(target.string): anyone may change the folder \(folder.string)")
        }
    }

    /// Removes what a killed run left beside the target.
    private func removeLeftovers() { Self.removeLeftovers(in: folder, of: name) }

    /// Removes what killed runs left in a folder.
    ///
    /// - Parameter name: the file that they were to become; nil for any.
    static func removeLeftovers(in folder: FilePath, of name: String? = nil) {
        for found in names(in: folder) {
            guard let temporary = TemporaryName(found),
                name.map({ $0.utf8.elementsEqual(temporary.target.utf8) }) ?? true,
                isLeft(folder.appending(found), by: temporary.owner)
            else { continue }
            unsafe unlink(folder.appending(found).string)
        }
    }

    /// This process in the name of a file: its number, and where that counts.
    private static let owner = "\(getpid())" + (world.isEmpty ? "" : "-\(world)")

    /// Where the numbers of processes are those that this one sees: since when the machine runs, and in which container. Empty where
    /// the system does not tell.
    private static let world: String = {
        var bytes = [UInt8](repeating: 0, count: 8)
        let boot = try? FileDescriptor.open(
            FilePath("/proc/sys/kernel/random/boot_id"), .readOnly, options: [.closeOnExec])
        defer { try? boot?.close() }
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe (try? boot?.read(into: $0)) ?? 0 }
        var status = stat()
        guard count == bytes.count, unsafe stat("/proc/self/ns/pid", &status) == 0 else { return "" }
        return String(decoding: bytes, as: UTF8.self) + String(status.st_ino, radix: 16)
    }()

    /// Whether nobody works on a temporary file any more: its process is gone, or, if this one would not see it, an hour is.
    private static func isLeft(_ path: FilePath, by owner: String) -> Bool {
        if owner == Self.owner { return false }
        let parts = owner.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, let process = Int32(first), process > 0, parts.count <= 2 else { return false }
        if parts.count == 1 || parts[1] == world { return kill(process, 0) != 0 && errno == ESRCH }
        var status = stat()
        return unsafe lstat(path.string, &status) == 0 && time(nil) - status.st_mtim.tv_sec > 3600
    }

    /// The names in a folder, in no order; none if it cannot be read.
    static func names(in folder: FilePath) -> [String] {
        guard let directory = unsafe opendir(folder.string) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            names.append(
                unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }
}
