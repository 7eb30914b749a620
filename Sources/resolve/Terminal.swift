internal import Glibc
internal import SiteConfig
internal import SystemPackage

/// One of the process's streams.
struct Terminal {
    let descriptor: FileDescriptor

    static let output = Terminal(descriptor: .standardOutput)
    static let error = Terminal(descriptor: .standardError)

    var isTerminal: Bool { isatty(descriptor.rawValue) == 1 }

    /// Writes a message. What stderr refuses cannot be told anybody.
    func write(_ text: String) {
        let bytes = Array(text.utf8)
        try? write(bytes.span)
    }

    func write(_ bytes: Span<UInt8>) throws {
        do {
            try descriptor.write(whole: bytes)
        } catch let error as Errno {
            throw Failure.couldNotRun("cannot write the output: \(error.description)")
        }
    }

    /// All that stdin holds, as far as any file is read.
    static func readInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        let chunk = 1 << 16
        do {
            while bytes.count <= 17 << 20 {
                let part = try unsafe [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
                    count = try unsafe FileDescriptor.standardInput.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if part.isEmpty { break }
                bytes += part
            }
        } catch let error as Errno {
            throw Failure.couldNotRun("cannot read stdin: \(error.description)")
        }
        return bytes
    }

    /// Whether it is a regular file that others than its owner may read.
    var isReadableByOthers: Bool {
        var status = stat()
        guard unsafe fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return status.st_mode & (S_IRGRP | S_IROTH) != 0
    }
}
