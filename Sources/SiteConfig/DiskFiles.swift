internal import Glibc
internal import SiteModel
internal import SystemPackage

/// A site in a folder on disk.
public struct DiskFiles: SiteFiles {
    private let root: FilePath

    /// - Parameter root: the folder, absolute or relative to the working directory.
    public init(root: String) { self.root = FilePath(root) }

    /// The folder, absolute, symbolic links followed; nil if it is not there.
    public var location: String? { Self.resolved(root) }

    /// False where certainly nothing stands.
    func mayBeThere(_ path: String) -> Bool { Self.isThere(root.appending(path)) || errno == EACCES }

    /// How many bytes a file has, links followed; nil if nothing is there.
    public func size(of path: String) -> Int? {
        var status = stat()
        return unsafe stat(root.appending(path).string, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Where a path really leads, absolute, symbolic links followed; nil if nothing is there.
    func realPath(of path: String) -> String? { Self.resolved(root.pushing(FilePath(path))) }

    /// Where a symbolic link leads.
    public func destination(of path: String) -> String? {
        Self.destination(of: root.appending(path), in: root)
    }

    /// Where a symbolic link leads, a site's or not.
    static func destination(anywhere path: String) -> String? { destination(of: FilePath(path), in: nil) }

    private static func destination(of path: FilePath, in root: FilePath?) -> String? {
        var status = stat()
        guard unsafe lstat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
            let destination = resolved(path)
        else { return nil }
        return root.flatMap(resolved).flatMap { destination.behind($0 + "/") }
            ?? destination.pathSteps.suffix(2).joined(separator: "/")
    }

    /// The absolute path, symbolic links followed; nil if nothing is there.
    private static func resolved(_ path: FilePath) -> String? {
        unsafe realpath(path.string, nil).map { path in
            defer { unsafe free(path) }
            return unsafe String(cString: path)
        }
    }

    /// The names in a folder, in the order of the directory.
    public func names(in folder: String) throws(FileError) -> [String] {
        try Self.names(in: folder.isEmpty ? root : root.appending(folder))
    }

    /// The bytes of a regular file, cut behind `limit`.
    public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try Self.read(root.appending(path), limit: limit)
    }

    /// The same. Most files are no links, and whoever opens one that is none need not ask.
    public func readTelling(
        _ path: String, limit: Int
    ) throws(FileError) -> (bytes: [UInt8], destination: String?) {
        let place = root.appending(path)
        if let bytes = try? Self.read(place, limit: limit, followsLinks: false) { return (bytes, nil) }
        return (try Self.read(place, limit: limit), destination(of: path))
    }

    /// The bytes of a file that is no link; nil if they cannot be had.
    ///
    /// - Parameter note: is told how the open file stands, before anything is read of it.
    func readUnlinked(_ path: String, limit: Int, noting note: (DiskStatus) -> Void) -> [UInt8]? {
        try? Self.read(root.appending(path), limit: limit, followsLinks: false, noting: note)
    }

    /// A piece of a regular file.
    public func read(_ path: String, piece: Range<Int>) throws(FileError) -> [UInt8] {
        try Self.read(root.appending(path), from: piece.lowerBound, limit: piece.count)
    }

    /// Reads any file, a site's or not.
    static func read(anywhere path: String, limit: Int) throws(FileError) -> [UInt8] {
        try read(FilePath(path), limit: limit)
    }

    /// Reads a file if it is a regular one: neither a pipe nor a device is waited for.
    private static func read(
        _ path: FilePath, from start: Int = 0, limit: Int, followsLinks: Bool = true,
        noting note: (DiskStatus) -> Void = { _ in }
    ) throws(FileError) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(
                path, .readOnly,
                options: followsLinks ? [.nonBlocking, .closeOnExec] : [.nonBlocking, .closeOnExec, .noFollow])
            defer { try? file.close() }
            guard let status = DiskStatus(of: file), status.mode & S_IFMT == S_IFREG else {
                throw FileError.failed("not a regular file")
            }
            note(status)
            return try contents(of: file, Int(status.size), from: start, limit: limit)
        } catch let error as FileError {
            throw error
        } catch Errno.noSuchFileOrDirectory {
            throw .missing
        } catch let error as Errno {
            throw .failed(error.description)
        } catch {
            throw .failed("\(error)")
        }
    }

    /// Whether something stands there, be it a link that leads nowhere.
    private static func isThere(_ path: FilePath, butLeadsNowhere: Bool = false) -> Bool {
        var status = stat()
        guard unsafe lstat(path.string, &status) == 0 else { return false }
        return !butLeadsNowhere || (unsafe stat(path.string, &status) != 0)
    }

    /// Reads into one array that does not grow: a copy left behind could not be wiped. A file that grows meanwhile is cut.
    private static func contents(of file: FileDescriptor, _ count: Int, from start: Int, limit: Int) throws -> [UInt8] {
        let size = count - start
        if start > 0 { try file.seek(offset: Int64(start), from: .start) }
        return try unsafe [UInt8](unsafeUninitializedCapacity: min(max(size, 0), limit)) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            while count < bytes.count {
                let read = try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
                if read == 0 { break }
                count += read
            }
        }
    }

    private static func names(in folder: FilePath) throws(FileError) -> [String] {
        guard let directory = unsafe opendir(folder.string) else {
            let reason = Errno(rawValue: errno)
            guard [.noSuchFileOrDirectory, .notDirectory].contains(reason) else { throw .failed(reason.description) }
            if isThere(folder) || isThere(folder.removingLastComponent(), butLeadsNowhere: true) {
                throw .failed(reason == .notDirectory ? reason.description : "a symbolic link that leads nowhere")
            }
            throw .missing
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
