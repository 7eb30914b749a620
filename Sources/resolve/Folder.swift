internal import Glibc
internal import SystemPackage

/// A folder that outputs are written into, each file whole and only when it changed.
struct Folder {
    private let path: FilePath

    /// Makes the folder if it is not there.
    ///
    /// - Throws: `Failure` if it cannot be made, or is none.
    init(_ path: String) throws {
        self.path = FilePath(path)
        var place = self.path.isAbsolute ? FilePath("/") : FilePath("")
        for component in self.path.components {
            place.append(component)
            if unsafe mkdir(place.string, 0o777) != 0, errno != EEXIST {
                throw Failure.couldNotRun("cannot make \(place.string): \(Errno(rawValue: errno).description)")
            }
        }
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure.couldNotRun("cannot write into \(path): it is no folder")
        }
    }

    /// Writes a file without secrets. One that has these bytes already is not touched, so that who watches it reads nothing again.
    func write(_ bytes: Span<UInt8>, to name: String) throws {
        let target = path.appending(name)
        let writer = try FileWriter(target.string, holdsSecrets: false)
        if !Self.holds(bytes, target) { try writer.write(bytes) }
    }

    private static func holds(_ bytes: Span<UInt8>, _ target: FilePath) -> Bool {
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
        return count == bytes.count && bytes.indices.allSatisfy { bytes[$0] == present[$0] }
    }
}
