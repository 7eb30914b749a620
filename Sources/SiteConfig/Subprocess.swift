internal import Glibc
internal import SecretMemory
internal import Synchronization
internal import SystemPackage

/// Another program, run to its end. What it prints goes straight into locked memory.
enum Subprocess {
    /// What the program prints; nil if it fails.
    ///
    /// - Parameters:
    ///   - words: the program, looked for in $PATH, and its arguments.
    ///   - variables: set for it besides this process's own.
    ///   - isQuiet: whether its complaints are dropped; else they are shown.
    /// - Throws: `Errno` if it cannot be run.
    static func output(
        of words: [String], with variables: [String] = [], isQuiet: Bool = false, limit: Int
    ) throws -> SecretText? {
        try run(words, variables, isQuiet: isQuiet) { file in
            let text = try contents(of: file, limit: limit)
            return (text, text.count >= limit)
        }
    }

    /// The same of a program that prints no secrets, and whose complaints are dropped.
    ///
    /// - Parameters:
    ///   - input: what it reads; nil for what this process would.
    ///   - unset: variables that it shall not have.
    ///   - accepted: the exit statuses with which it has not failed.
    static func plainOutput(
        of words: [String], input: [UInt8]? = nil, without unset: [String] = [], accepting accepted: Set<Int32> = [0],
        limit: Int
    ) throws -> [UInt8]? {
        try run(words, isQuiet: true, input: input, without: unset, accepting: accepted) { file in
            var bytes: [UInt8] = []
            // What a pipe holds.
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while bytes.count < limit {
                let count = try unsafe piece.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
                if count == 0 { break }
                bytes += piece[..<count]
            }
            return (bytes, bytes.count >= limit)
        }
    }

    /// - Parameter gather: takes what the program prints, and tells whether that is as much as is wanted.
    private static func run<Text>(
        _ words: [String], _ variables: [String] = [], isQuiet: Bool, input: [UInt8]? = nil,
        without unset: [String] = [], accepting accepted: Set<Int32> = [0],
        _ gather: (FileDescriptor) throws -> (text: Text, isEnough: Bool)
    ) throws -> Text? {
        let source = try input.map { try temporaryFile(of: $0) }
        defer { try? source?.close() }
        let pipe = try pipe()
        let process: pid_t
        do {
            process = try spawn(
                words, variables, without: unset, isQuiet: isQuiet, input: source, output: pipe.writeEnd)
            try? pipe.writeEnd.close()
        } catch {
            try? pipe.writeEnd.close()
            try? pipe.readEnd.close()
            throw error
        }
        let gathered = Result { try gather(pipe.readEnd) }
        // What it still has to say nobody hears: it must not wait for that.
        try? pipe.readEnd.close()
        if (try? gathered.get().isEnough) ?? true { kill(process, SIGKILL) }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1, errno == EINTR {}
        // A signal ended it, or it ended by itself: the status is in the second byte.
        return status & 0x7F == 0 && accepted.contains(status >> 8 & 0xFF) ? try gathered.get().text : nil
    }

    /// A file without a name, which goes when it is closed. A pipe would have to be filled while the program is answering.
    private static func temporaryFile(of bytes: [UInt8]) throws -> FileDescriptor {
        guard let stream = unsafe tmpfile() else { throw Errno(rawValue: errno) }
        defer { unsafe fclose(stream) }
        let file = try apart(FileDescriptor(rawValue: unsafe fileno(stream)))
        do {
            try file.writeAll(bytes)
            _ = try file.seek(offset: 0, from: FileDescriptor.SeekOrigin.start)
        } catch {
            try? file.close()
            throw error
        }
        return file
    }

    /// No other program has its ends: one that runs on would keep this one waiting for more.
    private static func pipe() throws -> (readEnd: FileDescriptor, writeEnd: FileDescriptor) {
        try spawning.withLock { _ in
            let made = try FileDescriptor.pipe()
            defer {
                try? made.readEnd.close()
                try? made.writeEnd.close()
            }
            let readEnd = try apart(made.readEnd)
            do {
                return (readEnd, try apart(made.writeEnd))
            } catch {
                try? readEnd.close()
                throw error
            }
        }
    }

    /// Held while a program is started, and while there are files that it could have and shall not.
    private static let spawning = Mutex<Void>(())

    /// The same file, closed in every other program, under a number that is not of the standard streams: where one of them is closed
    /// here, its number is free, and becomes another file in the program.
    private static func apart(_ file: FileDescriptor) throws -> FileDescriptor {
        let number = fcntl(file.rawValue, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: number)
    }

    /// Everything up to the end of a file or pipe, or the limit.
    static func contents(of file: FileDescriptor, limit: Int) throws -> SecretText {
        var gathered = SecretBuffer(capacity: 4096)
        var chunk = SecretBytes(count: 4096)
        while gathered.count < limit {
            let count = try chunk.fill { span in
                try unsafe span.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            }
            if count == 0 { break }
            chunk.withBytes { _ = gathered.append($0.extracting(first: count)) }
        }
        return gathered.finish()
    }

    /// Starts a program.
    ///
    /// - Parameter input: what becomes its standard input; nil for this process's own.
    static func spawn(
        _ words: [String], _ variables: [String] = [], without unset: [String], isQuiet: Bool, input: FileDescriptor?,
        output: FileDescriptor
    ) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, output.rawValue, STDOUT_FILENO)
        if let input { unsafe posix_spawn_file_actions_adddup2(&actions, input.rawValue, STDIN_FILENO) }
        if isQuiet { unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) }
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        let added = unsafe variables.map { unsafe strdup($0) }
        defer { unsafe added.forEach { unsafe free($0) } }
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe inherited(without: unset) + added + [nil]
        var process: pid_t = 0
        let error = spawning.withLock { _ in
            unsafe posix_spawnp(&process, words[0], &actions, nil, &arguments, &environment)
        }
        guard error == 0 else { throw Errno(rawValue: error) }
        return process
    }

    private static func inherited(without unset: [String]) -> [UnsafeMutablePointer<CChar>?] {
        var variables: [UnsafeMutablePointer<CChar>?] = unsafe []
        var next = unsafe environ
        while let variable = unsafe next.pointee {
            let isUnset = (["SOPS_AGE_RECIPIENT"] + unset).contains { name in
                unsafe strncmp(variable, name + "=", name.utf8.count + 1) == 0
            }
            if !isUnset { unsafe variables.append(variable) }
            unsafe next += 1
        }
        return unsafe variables
    }
}
