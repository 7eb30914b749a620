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
            return try Subprocess.contents(of: file, limit: limit)
        } catch Errno.noSuchFileOrDirectory, Errno.notDirectory {
            return nil
        } catch let error as Errno {
            throw KeyringHostError(error.description)
        } catch {
            throw KeyringHostError("\(error)")
        }
    }

    // MARK: Variables

    func environment(_ name: String) -> SecretText? {
        guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { return nil }
        let count = unsafe strlen(value)
        let letters = unsafe UnsafeRawBufferPointer(start: value, count: count).bindMemory(to: UInt8.self)
        return SecretText(SecretBytes(copying: unsafe letters.span))
    }

    // MARK: Commands

    /// Runs a command found in $PATH, its complaints shown, and returns what it prints.
    func output(of command: [String], recipient: String?) throws(KeyringHostError) -> SecretText {
        do {
            let variables = recipient.map { ["SOPS_AGE_RECIPIENT=\($0)"] } ?? []
            if let text = try Subprocess.output(of: command, with: variables, limit: 16 << 20) { return text }
        } catch let error as Errno {
            throw KeyringHostError("the command could not be run: \(error.description)")
        } catch {
            throw KeyringHostError("\(error)")
        }
        throw KeyringHostError("the command failed")
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
