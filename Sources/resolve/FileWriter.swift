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
        /// Where it lies, if times were seen to be exact there (`TimeTrial`).
        let exactDevice: UInt64?

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
        let temporary = folder.appending(".\(name).resolve-\(getpid()).tmp")
        // One of this very process is of a former one that had its number.
        if Self.isOld(temporary) { unsafe unlink(temporary.string) }
        guard WaitingFiles.add(temporary) else { throw Failure.couldNotRun("cannot write so many files") }
        do {
            let file = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
                permissions: holdsSecrets
                    ? [.ownerReadWrite] : [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
            do {
                let exactDevice = try file.closeAfter {
                    if let mode, fchmod(file.rawValue, mode) != 0 { throw Errno(rawValue: errno) }
                    let trial = TimeTrial(file.rawValue)
                    _ = try unsafe bytes.withUnsafeBytes { try unsafe file.writeAll($0) }
                    return trial.device(of: file.rawValue)
                }
                return Staged(temporary: temporary, target: target, exactDevice: exactDevice)
            } catch {
                unsafe unlink(temporary.string)
                throw error
            }
        } catch let error as Errno {
            throw Failure.couldNotRun("cannot write \(target.string): \(error.description)")
        }
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
        let mark = ".resolve-"
        for found in names(in: folder) {
            guard found.hasPrefix("."), found.hasSuffix(".tmp"), let range = found.ranges(of: mark).last,
                name.map({ found.hasPrefix(".\($0)\(mark)") }) ?? true,
                let process = Int32(found[range.upperBound...].dropLast(4)), process > 0,
                kill(process, 0) != 0, errno == ESRCH, isOld(folder.appending(found))
            else { continue }
            unsafe unlink(folder.appending(found).string)
        }
    }

    /// Whether a file is there that no run still works on: one in another container, or on another machine, is not seen by its number.
    private static func isOld(_ path: FilePath) -> Bool {
        var status = stat()
        return unsafe lstat(path.string, &status) == 0 && time(nil) - status.st_mtim.tv_sec > longestRun
    }

    /// In seconds; by far.
    private static let longestRun = 60

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
