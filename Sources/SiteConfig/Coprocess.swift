internal import Glibc
internal import SystemPackage

/// Another program that answers as long as it is asked, as `git cat-file --batch` does. It ends when this goes.
///
/// One socket is its standard input and output: writing to a socket, unlike a pipe, need not be a signal where the program has
/// ended.
struct Coprocess: ~Copyable {
    private let socket: FileDescriptor
    private let process: pid_t

    /// - Parameters:
    ///   - words: the program, looked for in $PATH, and its arguments. Its complaints are dropped.
    ///   - unset: variables that it shall not have.
    /// - Throws: `Errno` if it cannot be run.
    init(_ words: [String], without unset: [String]) throws {
        var ends: [Int32] = [-1, -1]
        // Closed in every other program, which would keep this one waiting for more questions.
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Errno(rawValue: errno)
        }
        let (own, other) = (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
        defer { try? other.close() }
        let started = Result { try Subprocess.spawn(words, without: unset, isQuiet: true, input: other, output: other) }
        if case .failure = started { try? own.close() }
        process = try started.get()
        socket = own
    }

    deinit {
        try? socket.close()
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1, errno == EINTR {}
    }

    /// - Throws: `Errno` if nobody reads it.
    func ask(_ question: String) throws {
        var rest = Array(question.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(socket.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Errno(rawValue: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// The next line of an answer, without its end. Nothing behind it is taken.
    ///
    /// - Throws: `Errno` if it ends without, or is longer than `limit`.
    func line(limit: Int = 512) throws -> String {
        var line: [UInt8] = []
        while line.count < limit {
            var seen = [UInt8](repeating: 0, count: limit - line.count)
            let count = try unsafe seen.withUnsafeMutableBytes { try unsafe receive($0, Int32(MSG_PEEK)) }
            let end = seen[..<count].firstIndex(of: 0x0A)
            line += try bytes(end.map { $0 + 1 } ?? count)
            if end != nil { return String(decoding: line.dropLast(), as: UTF8.self) }
        }
        throw Errno.invalidArgument
    }

    /// The next bytes of an answer.
    ///
    /// - Throws: `Errno` if there are not so many.
    func bytes(_ count: Int) throws -> [UInt8] {
        try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                filled += try unsafe receive(
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]), 0)
            }
        }
    }

    /// Takes the next bytes of an answer, and forgets them.
    ///
    /// - Throws: `Errno` if there are not so many.
    func skip(_ count: Int) throws {
        var rest = count
        while rest > 0 { rest -= try bytes(min(rest, 1 << 18)).count }
    }

    /// - Returns: how many bytes came, at least one.
    private func receive(_ buffer: UnsafeMutableRawBufferPointer, _ flags: Int32) throws -> Int {
        while true {
            let count = unsafe recv(socket.rawValue, buffer.baseAddress, buffer.count, flags)
            if count > 0 { return count }
            if count == 0 { throw Errno.connectionReset }
            if errno != EINTR { throw Errno(rawValue: errno) }
        }
    }
}
