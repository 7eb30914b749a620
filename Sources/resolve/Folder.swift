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

    /// Whether a file has these bytes. It is read piece by piece, as far as it has.
    static func holds(_ bytes: Span<UInt8>, _ target: FilePath) -> Bool {
        guard let file = try? FileDescriptor.open(target, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
        else { return false }
        defer { try? file.close() }
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            Int(status.st_size) == bytes.count
        else { return false }
        return unsafe withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            // There may have been secrets in it.
            defer { if let start = buffer.baseAddress { unsafe explicit_bzero(start, buffer.count) } }
            return unsafe bytes.withUnsafeBytes { bytes in
                var count = 0
                while let read = try? unsafe file.read(into: buffer), read <= bytes.count - count {
                    if read == 0 { return count == bytes.count }
                    guard let present = buffer.baseAddress, let wanted = bytes.baseAddress,
                        unsafe memcmp(present, wanted + count, read) == 0
                    else { return false }
                    count += read
                }
                return false
            }
        }
    }
}
