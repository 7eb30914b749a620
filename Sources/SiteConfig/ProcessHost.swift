internal import Glibc
internal import SecretMemory
internal import Secrets
internal import SystemPackage

/// The machine as a keyring sees it: files, variables, commands, the terminal. What it reads goes straight into locked
/// memory.
struct ProcessHost: KeyringHost {
    private let identities: Identities

    init(_ identities: Identities) { self.identities = identities }

    var identityFiles: [String] { identities.files }

    // MARK: Files

    func read(_ path: String, limit: Int) throws(KeyringHostError) -> SecretText? {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            defer { try? file.close() }
            return try contents(of: file, limit: limit)
        } catch Errno.noSuchFileOrDirectory, Errno.notDirectory {
            return nil
        } catch let error as Errno {
            throw KeyringHostError(error.description)
        } catch {
            throw KeyringHostError("\(error)")
        }
    }

    private func contents(of file: FileDescriptor, limit: Int) throws -> SecretText {
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

    // MARK: Variables

    func environment(_ name: String) -> SecretText? {
        guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { return nil }
        let count = unsafe strlen(value)
        let letters = unsafe UnsafeRawBufferPointer(start: value, count: count).bindMemory(to: UInt8.self)
        return SecretText(SecretBytes(copying: unsafe letters.span))
    }

    // MARK: Commands

    /// Runs a command found in $PATH, its standard error shown, and returns what it prints.
    func output(of command: [String], recipient: String?) throws(KeyringHostError) -> SecretText {
        do {
            let pipe = try FileDescriptor.pipe()
            defer { try? pipe.readEnd.close() }
            let process = try spawn(command, recipient, output: pipe)
            let text = try contents(of: pipe.readEnd, limit: 16 << 20)
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) == -1, errno == EINTR {}
            guard status == 0 else { throw KeyringHostError("the command failed") }
            return text
        } catch let error as KeyringHostError {
            throw error
        } catch let error as Errno {
            throw KeyringHostError("the command could not be run: \(error.description)")
        } catch {
            throw KeyringHostError("\(error)")
        }
    }

    private func spawn(
        _ command: [String], _ recipient: String?, output: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
    ) throws -> pid_t {
        defer { try? output.writeEnd.close() }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, output.writeEnd.rawValue, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_addclose(&actions, output.readEnd.rawValue)
        unsafe posix_spawn_file_actions_addclose(&actions, output.writeEnd.rawValue)
        if let recipient { unsafe setenv("SOPS_AGE_RECIPIENT", recipient, 1) }
        defer { if recipient != nil { unsafe unsetenv("SOPS_AGE_RECIPIENT") } }
        var words: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var process: pid_t = 0
        let error = unsafe posix_spawnp(&process, command[0], &actions, nil, &words, environ)
        guard error == 0 else { throw Errno(rawValue: error) }
        return process
    }

    // MARK: The passphrase

    func passphrase(for purpose: String) throws(KeyringHostError) -> SecretText {
        guard let path = identities.passphraseFile else { return try TerminalQuestion.ask(for: purpose) }
        guard let text = try read(path, limit: 1 << 16) else {
            throw KeyringHostError("there is no passphrase file \(path)")
        }
        // An editor ends the line; the passphrase does not.
        return text.withBytes { bytes in
            var count = bytes.count
            if count > 0, bytes[count - 1] == UInt8(ascii: "\n") { count -= 1 }
            if count > 0, count < bytes.count, bytes[count - 1] == UInt8(ascii: "\r") { count -= 1 }
            return SecretText(SecretBytes(copying: bytes.extracting(first: count)))
        }
    }
}
