internal import Glibc
internal import SiteConfig
internal import SystemPackage

/// Replaces pieces of a file where they stand, by others as long.
///
/// All other files are made anew and take the place of what was there (`FileWriter`). This is for the one that speaks of every
/// machine, to make which anew costs more than all the rest of a small build: `.resolve.lock`, and digests in it. A reader may see
/// some of them before and others behind, as it may see the outputs themselves.
struct FilePatch {
    private let file: FileDescriptor
    private let pieces: [FileAmendment]

    /// Nil where the file cannot be changed so: it says something else, has another name as well, which would change, too, or may
    /// not be written.
    init?(_ path: FilePath, _ pieces: [FileAmendment]) {
        let options: FileDescriptor.OpenOptions = [.closeOnExec, .noFollow, .nonBlocking]
        guard let file = try? FileDescriptor.open(path, .readWrite, options: options) else { return nil }
        guard Self.isOnlyName(file), pieces.allSatisfy({ Self.says($0.former, at: $0.offset, in: file) }) else {
            try? file.close()
            return nil
        }
        self.file = file
        self.pieces = pieces
    }

    /// Replaces the pieces; nothing can be done with the patch afterwards.
    ///
    /// - Returns: how the file stands then.
    func commit() throws -> FileState? {
        do {
            return try file.closeAfter {
                for piece in pieces {
                    var written = 0
                    while written < piece.bytes.count {
                        let rest = Array(piece.bytes[written...])
                        let place = Int64(piece.offset + written)
                        written += try unsafe rest.withUnsafeBytes { bytes in
                            try unsafe file.write(toAbsoluteOffset: place, bytes)
                        }
                    }
                }
                return FileState(of: file)
            }
        } catch let error as Errno {
            throw Failure.couldNotRun(
                "cannot write \(Build.lockName): \(error.description)\nhelp: build again; no output was written")
        }
    }

    /// Whether a file says in all of the pieces what it is to say.
    static func holds(_ pieces: [FileAmendment], _ path: FilePath) -> Bool {
        let options: FileDescriptor.OpenOptions = [.closeOnExec, .noFollow, .nonBlocking]
        guard let file = try? FileDescriptor.open(path, .readOnly, options: options) else { return false }
        defer { try? file.close() }
        return pieces.allSatisfy { says($0.bytes, at: $0.offset, in: file) }
    }

    /// Gives up the patch.
    func discard() { try? file.close() }

    private static func isOnlyName(_ file: FileDescriptor) -> Bool {
        var status = stat()
        return unsafe fstat(file.rawValue, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_nlink == 1
    }

    private static func says(_ bytes: [UInt8], at offset: Int, in file: FileDescriptor) -> Bool {
        var found = [UInt8](repeating: 0, count: bytes.count)
        let count = unsafe found.withUnsafeMutableBytes { buffer in
            unsafe try? file.read(fromAbsoluteOffset: Int64(offset), into: buffer)
        }
        return count == bytes.count && found == bytes
    }
}

/// What tells a file from another, and from itself when it was changed.
struct FileState: Equatable {
    private let device: dev_t
    private let inode: ino_t
    private let size: off_t
    private let modified: [Int]
    private let changed: [Int]

    init?(of file: FileDescriptor) {
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Of what stands there, a link not followed.
    init?(of path: FilePath) {
        var status = stat()
        guard unsafe lstat(path.string, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        device = status.st_dev
        inode = status.st_ino
        size = status.st_size
        modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }
}
