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
        var count = 0
        var isSame = true
        let isRead = read(target, ofSize: bytes.count) { piece in
            isSame = isSame && piece.count <= bytes.count - count
            guard isSame else { return false }
            isSame = unsafe piece.withUnsafeBytes { present in
                unsafe bytes.extracting(count..<(count + piece.count)).withUnsafeBytes { wanted in
                    guard let present = present.baseAddress, let wanted = wanted.baseAddress else { return true }
                    return unsafe memcmp(present, wanted, piece.count) == 0
                }
            }
            count += piece.count
            return isSame
        }
        return isRead && isSame && count == bytes.count
    }

    /// The sum of what a file has; nil if it cannot be read.
    static func sum(of target: FilePath) -> OutputSum? {
        var sum = OutputSum()
        return read(
            target,
            {
                sum.add($0); return true
            }) ? sum : nil
    }

    /// Lends a regular file to a body, in pieces of `OutputSum.pieceSize`, the last of them shorter, until the body has enough.
    ///
    /// - Parameter size: how long it has to be, if that is known.
    /// - Returns: false if it is none, of another size, or cannot be read.
    private static func read(_ target: FilePath, ofSize size: Int? = nil, _ body: (Span<UInt8>) -> Bool) -> Bool {
        guard let file = try? FileDescriptor.open(target, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
        else { return false }
        defer { try? file.close() }
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            size.map({ $0 == Int(status.st_size) }) ?? true
        else { return false }
        return unsafe withUnsafeTemporaryAllocation(byteCount: OutputSum.pieceSize, alignment: 16) { buffer in
            // There may have been secrets in it.
            defer { if let start = buffer.baseAddress { unsafe explicit_bzero(start, buffer.count) } }
            while true {
                var count = 0
                while count < buffer.count {
                    let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                    guard let read = try? unsafe file.read(into: rest) else { return false }
                    if read == 0 { break }
                    count += read
                }
                let piece = unsafe UnsafeBufferPointer(buffer.assumingMemoryBound(to: UInt8.self))
                if count > 0, !body(unsafe Span(_unsafeElements: piece).extracting(0..<count)) { return true }
                if count < buffer.count { return true }
            }
        }
    }
}
