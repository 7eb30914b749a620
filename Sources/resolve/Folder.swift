internal import Glibc
internal import SiteConfig
internal import SystemPackage

/// A folder that outputs are written into, each file whole and only when it changed.
struct Folder {
    private let path: FilePath

    /// Makes the folder if it is not there, in one that is; removes what a killed run left in it.
    ///
    /// - Throws: `Failure` if it cannot be made, or is none.
    init(_ path: String) throws {
        self.path = FilePath(path)
        if unsafe mkdir(path, 0o777) != 0, errno != EEXIST {
            throw Failure.couldNotRun("cannot make the folder \(path): \(Errno(rawValue: errno).description)")
        }
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure.couldNotRun("cannot write into \(path): it is no folder")
        }
        FileWriter.removeLeftovers(in: self.path)
    }

    /// Writes files without secrets: none if one of them cannot be. One that has these bytes already is not touched, so that who
    /// watches it reads nothing again.
    func write(_ files: [(name: String, document: Document)]) throws {
        let writers = try files.map { try FileWriter(path.appending($0.name).string, holdsSecrets: false) }
        for (file, writer) in zip(files, writers) {
            try file.document.withBytes(.redacted) { bytes in
                if !Self.holds(bytes, path.appending(file.name)) { try writer.write(bytes) }
            }
        }
    }

    /// The names of files in it that end so, sorted.
    func names(endingIn ending: String) -> [String] {
        let names = FileWriter.names(in: path).filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }
        return names.sorted()
    }

    /// Whether a file has these bytes.
    static func holds(_ bytes: Span<UInt8>, _ target: FilePath) -> Bool {
        guard let file = try? FileDescriptor.open(target, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
        else { return false }
        // One byte more shows that it is longer.
        var present = [UInt8](repeating: 0, count: bytes.count + 1)
        let count = try? file.closeAfter {
            var count = 0
            while count < present.count {
                let read = try unsafe present.withUnsafeMutableBytes { buffer in
                    try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
                }
                if read == 0 { break }
                count += read
            }
            return count
        }
        guard count == bytes.count else { return false }
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe present.withUnsafeBytes { present in
                guard let left = bytes.baseAddress, let right = present.baseAddress else { return true }
                return unsafe memcmp(left, right, bytes.count) == 0
            }
        }
    }
}
