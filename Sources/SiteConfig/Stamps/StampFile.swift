internal import Glibc
internal import SystemPackage

/// A file in the user's cache folder, which only the user can read or change: `$XDG_CACHE_HOME/resolve/NAME`, else
/// `~/.cache/resolve/NAME` (XDG Base Directory Specification 0.8).
///
/// Whatever is wrong with it, there is none: it is never worth a word.
struct StampFile: Sendable {
    private let base: FilePath
    private let folder: FilePath
    private let path: FilePath

    /// Far more than the largest site needs.
    private static let limit = 256 << 20

    /// Nil where the user has no cache folder.
    init?(_ name: String, environment: (String) -> String?) {
        func variable(_ name: String) -> FilePath? {
            environment(name).map { FilePath($0) }.flatMap { $0.isAbsolute ? $0 : nil }
        }
        guard let base = variable("XDG_CACHE_HOME") ?? variable("HOME")?.appending(".cache") else { return nil }
        self.base = base
        folder = base.appending("resolve")
        path = folder.appending(name)
    }

    /// What is in it; nil if there is none that this user alone can have written.
    func read() -> [UInt8]? {
        let options: FileDescriptor.OpenOptions = [.noFollow, .closeOnExec, .nonBlocking]
        guard Self.isPrivate(folder), let file = try? FileDescriptor.open(path, .readOnly, options: options) else {
            return nil
        }
        defer { try? file.close() }
        guard let status = DiskStatus(of: file), status.mode & S_IFMT == S_IFREG, status.mode & 0o077 == 0,
            status.owner == geteuid(), (1...Int64(Self.limit)).contains(status.size)
        else { return nil }
        let bytes = try? unsafe [UInt8](unsafeUninitializedCapacity: Int(status.size)) { buffer, count in
            let whole = UnsafeMutableRawBufferPointer(buffer)
            while count < whole.count {
                let read = try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: whole[count...]))
                if read == 0 { break }
                count += read
            }
        }
        return bytes
    }

    /// Puts a new one in its place, whole or not at all.
    func write(_ bytes: [UInt8]) {
        guard bytes.count <= Self.limit, makeFolder() else { return }
        let temporary = folder.appending(".\(getpid()).tmp")
        let options: FileDescriptor.OpenOptions = [.create, .truncate, .noFollow, .closeOnExec]
        guard
            let file = try? FileDescriptor.open(
                temporary, .writeOnly, options: options, permissions: [.ownerReadWrite])
        else { return }
        let isWritten = (try? file.write(whole: bytes.span)) != nil
        if (try? file.close()) == nil || !isWritten || (unsafe rename(temporary.string, path.string)) != 0 {
            unsafe unlink(temporary.string)
        }
    }

    func remove() { unsafe unlink(path.string) }

    /// Removes what nobody has written for a month: stamps of sites that are gone, like the clones that a CI works in, and what
    /// was being written when a build was killed. A site that only rested is read whole once.
    func removeOld() {
        guard Self.isPrivate(folder) else { return }
        let names = (try? DiskFiles(root: folder.string).names(in: "")) ?? []
        // Anybody may have given a file any time, so nothing is subtracted from that.
        let oldest = DiskStatus.now - Self.month
        for name in names where Self.isOwnName(name) {
            let other = folder.appending(name)
            let status = DiskStatus(of: other.string, in: FileDescriptor(rawValue: AT_FDCWD))
            guard status.mode & S_IFMT == S_IFREG, status.modified < oldest else { continue }
            unsafe unlink(other.string)
        }
    }

    /// Whether a file's name is one that is made here: `SHA.build.stamps`, `SHA.check.stamps`, `.PID.tmp`.
    private static func isOwnName(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { return false }
        if parts[0].isEmpty {
            return parts[2].elementsEqual("tmp".utf8) && parts[1].allSatisfy { (0x30...0x39).contains($0) }
        }
        return parts[2].elementsEqual("stamps".utf8) && ["build", "check"].contains { parts[1].elementsEqual($0.utf8) }
            && parts[0].count == 40 && parts[0].allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// In nanoseconds.
    private static let month: Int64 = 30 * 86_400 * 1_000_000_000

    /// Makes the folder, in a home that is this user's: another's would then have a folder that it cannot write into.
    private func makeFolder() -> Bool {
        if Self.isPrivate(folder) { return true }
        let home = base.removingLastComponent()
        if DiskStatus(of: base) == nil {
            guard DiskStatus(of: home)?.owner == geteuid(), unsafe mkdir(base.string, 0o700) == 0 else { return false }
        }
        guard DiskStatus(of: base)?.owner == geteuid() else { return false }
        unsafe mkdir(folder.string, 0o700)
        return Self.isPrivate(folder)
    }

    /// Whether a folder is there that nobody else may change.
    private static func isPrivate(_ folder: FilePath) -> Bool {
        guard let status = DiskStatus(of: folder) else { return false }
        return status.mode & S_IFMT == S_IFDIR && status.owner == geteuid() && status.mode & 0o022 == 0
    }
}

extension FileDescriptor {
    /// Writes all of it. The library's `writeAll` takes any sequence, and to find out at run time what it was given takes longer
    /// than to write a little.
    package func write(whole bytes: Swift.Span<UInt8>) throws {
        var first = 0
        while first < bytes.count {
            let count = try unsafe bytes.extracting(first..<bytes.count).withUnsafeBytes { try unsafe write($0) }
            if count == 0 { throw Errno.ioError }
            first += count
        }
    }
}

extension [UInt8] {
    /// Eight bytes as a number, the lowest first.
    func number(at place: Int) -> UInt64 {
        precondition(place >= 0 && place <= count - 8, "all of it is there")
        let number = unsafe withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: place, as: UInt64.self) }
        return UInt64(littleEndian: number)
    }
}
