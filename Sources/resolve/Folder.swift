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
        let isRead = read(target, ofSize: bytes.count) { present in
            isSame = present.isIn(bytes, from: count)
            count += present.count
            return isSame
        }
        return isRead && isSame && count == bytes.count
    }

    /// The same of bytes in pieces.
    static func holds(_ pieces: [[UInt8]], _ target: FilePath) -> Bool {
        var (place, offset, count) = (0, 0, 0)
        var isSame = true
        let size = pieces.reduce(0) { $0 + $1.count }
        let isRead = read(target, ofSize: size) { present in
            var start = 0
            while isSame, start < present.count {
                while place < pieces.count, offset == pieces[place].count { (place, offset) = (place + 1, 0) }
                guard place < pieces.count else {
                    // It is longer than it was a moment ago.
                    isSame = false
                    return false
                }
                let piece = pieces[place]
                let length = min(present.count - start, piece.count - offset)
                isSame = present.extracting(start..<(start + length)).isIn(piece.span, from: offset)
                (start, offset) = (start + length, offset + length)
            }
            count += start
            return isSame
        }
        return isRead && isSame && count == size
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

extension Span<UInt8> {
    /// Whether all of it stands among others, from one of them on.
    fileprivate func isIn(_ others: Span<UInt8>, from first: Int) -> Bool {
        guard count <= others.count - first else { return false }
        return unsafe withUnsafeBytes { own in
            unsafe others.extracting(first..<(first + count)).withUnsafeBytes { others in
                guard let own = own.baseAddress, let others = others.baseAddress else { return true }
                return unsafe memcmp(own, others, count) == 0
            }
        }
    }
}
