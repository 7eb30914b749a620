package import SecretMemory

/// What a keyring needs of the machine: key files, variables, a command's output, a passphrase.
package protocol KeyringHost {
    /// The key files that the command line names.
    var identityFiles: [String] { get }
    /// The content of a file; nil if there is none.
    func read(_ path: String, limit: Int) throws(KeyringHostError) -> SecretText?
    /// A variable's value; nil if it is not set or empty.
    func environment(_ name: String) -> SecretText?
    /// What a command prints.
    func output(of command: [String], recipient: String?) throws(KeyringHostError) -> SecretText
    /// The passphrase, read from a file or asked on the terminal.
    ///
    /// - Parameter purpose: what it is for, as the question says.
    func passphrase(for purpose: String) throws(KeyringHostError) -> SecretText
}

/// What the machine refused, in words.
package struct KeyringHostError: Error, Equatable {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
}

/// The identities at hand, loaded one source after the other, each once and only when those before did not fit.
///
/// Those behind a passphrase come last, and the passphrase is wanted once.
package final class Keyring {
    private let host: any KeyringHost
    private var waiting: [KeySource]
    private var identities: [Identity] = []
    private var locked: [(file: AgeFile, place: String)] = []
    private var protected: [(publicKey: [UInt8]?, place: String)] = []
    private var commands: [(words: [String], recipients: [String?])] = []
    private var givenPassphrase: Result<SecretText, KeyringHostError>?
    /// What is odd about key files.
    package private(set) var remarks: [KeyRemark] = []
    /// What opened files since it was last taken: identities and their places, or the passphrase.
    private var openers: [String] = []
    /// Where identities were looked for, and what was there.
    private var looks: [(place: String, found: String)] = []

    package init(_ host: any KeyringHost) {
        self.host = host
        waiting = KeySource.all(host.identityFiles)
    }

    /// One of several files that hold the same: SOPS encrypts its data key for each recipient by itself.
    struct Candidate {
        let file: AgeFile
        /// The recipient's name, where the file around it tells.
        let recipient: String?
    }

    /// Opens an age file.
    ///
    /// - Parameter name: the file, for the question about its passphrase.
    package func open(_ file: AgeFile, named name: String) throws(AgeError) -> SecretText {
        try open([Candidate(file: file, recipient: nil)], named: name)
    }

    /// Opens the first of the files that an identity fits.
    func open(_ candidates: [Candidate], named name: String) throws(AgeError) -> SecretText {
        var failure: AgeError?
        var open: [Candidate] = []
        var withPassphrase: [Candidate] = []
        for candidate in candidates {
            do throws(AgeError) {
                if try candidate.file.header.isPassphrase() {
                    withPassphrase.append(candidate)
                } else {
                    open.append(candidate)
                }
            } catch {
                failure = failure ?? error
            }
        }
        if let text = try tryIdentities(open, &failure) { return text }
        if let text = try tryPassphrase(withPassphrase, name, &failure) { return text }
        if !open.isEmpty, let text = try tryLockedFiles(open, &failure) { return text }
        throw failure ?? .noMatch
    }

    private func tryIdentities(_ candidates: [Candidate], _ failure: inout AgeError?) throws(AgeError) -> SecretText? {
        guard !candidates.isEmpty else { return nil }
        var next = 0
        while true {
            while next < identities.count {
                if let text = try tryIdentity(identities[next], candidates, &failure) { return text }
                next += 1
            }
            if try runCommands(for: candidates) { continue }
            guard !waiting.isEmpty else { return nil }
            load(waiting.removeFirst())
        }
    }

    private func tryIdentity(
        _ identity: Identity, _ candidates: [Candidate], _ failure: inout AgeError?
    ) throws(AgeError) -> SecretText? {
        for candidate in candidates {
            do throws(AgeError) {
                if let fileKey = try identity.unwrap(candidate.file.header.stanzas) {
                    let text = try candidate.file.open(fileKey)
                    openers.append("\(shortened(identity.recipient)) (\(identity.place))")
                    return text
                }
            } catch {
                // A single file is refused at once; beside others, one damaged copy of the key is no obstacle.
                guard candidates.count > 1 else { throw error }
                failure = failure ?? error
            }
        }
        return nil
    }

    private func tryPassphrase(
        _ candidates: [Candidate], _ name: String, _ failure: inout AgeError?
    ) throws(AgeError) -> SecretText? {
        // One is enough of what takes seconds each.
        for candidate in candidates.prefix(1) {
            // A work factor beyond the limit is refused before anybody is asked.
            try ScryptRecipient.check(candidate.file.header.stanzas[0])
            guard case .success(let passphrase) = passphrase(for: name) else { continue }
            if let fileKey = try ScryptRecipient.unwrap(candidate.file.header.stanzas[0], passphrase) {
                let text = try candidate.file.open(fileKey)
                openers.append("the passphrase")
                return text
            }
            looks.append(("the passphrase", "does not open \(name)"))
        }
        return nil
    }

    /// Opens identity files that a passphrase protects, the one after the other.
    private func tryLockedFiles(_ candidates: [Candidate], _ failure: inout AgeError?) throws(AgeError) -> SecretText? {
        while !locked.isEmpty {
            let (file, place) = locked.removeFirst()
            do throws(AgeError) {
                let known = identities.count
                let text = try tryPassphrase([Candidate(file: file, recipient: nil)], place, &failure)
                guard let text else { continue }
                add(IdentityFile(text, at: place), at: place, isNested: true)
                for identity in identities[known...] {
                    if let text = try tryIdentity(identity, candidates, &failure) { return text }
                }
            } catch {
                remarks.append(KeyRemark(place, error.message))
            }
        }
        return nil
    }

    private func passphrase(for purpose: String) -> Result<SecretText, KeyringHostError> {
        if let givenPassphrase { return givenPassphrase }
        let answer: Result<SecretText, KeyringHostError>
        do throws(KeyringHostError) {
            let text = try host.passphrase(for: purpose)
            answer = text.count > 0 ? .success(text) : .failure(KeyringHostError("it is empty"))
        } catch {
            answer = .failure(error)
        }
        if case .failure(let error) = answer { looks.append(("a passphrase for \(purpose)", error.reason)) }
        givenPassphrase = answer
        return answer
    }

    /// What opened the last file.
    package func takeOpeners() -> [String] {
        defer { openers = [] }
        return openers
    }

    // MARK: Sources

    private func load(_ source: KeySource) {
        switch source {
        case .file(let path): loadFile(path, isExpected: true)
        case .variable(let name):
            guard let text = host.environment(name) else { return looks.append(("$\(name)", "not set")) }
            add(.words(text, at: "$\(name)"), at: "$\(name)")
        case .fileVariable(let name):
            guard let path = string(host.environment(name)) else { return looks.append(("$\(name)", "not set")) }
            loadFile(path, isExpected: true)
        case .commandVariable(let name):
            guard let command = string(host.environment(name)) else { return looks.append(("$\(name)", "not set")) }
            guard let words = CommandLine.split(command), !words.isEmpty else {
                return remarks.append(KeyRemark("$\(name)", "is no command: a quote is not closed"))
            }
            commands.append((words, []))
        case .configured(let path):
            if let folder = string(host.environment("XDG_CONFIG_HOME")) {
                loadFile("\(folder)/\(path)", isExpected: false)
            } else {
                load(.home(".config/\(path)"))
            }
        case .home(let path):
            guard let home = string(host.environment("HOME")) else { return looks.append(("$HOME", "not set")) }
            loadFile("\(home)/\(path)", isExpected: false)
        }
    }

    private func loadFile(_ path: String, isExpected: Bool) {
        do throws(KeyringHostError) {
            guard let text = try host.read(path, limit: IdentityFile.sizeLimit + 1) else {
                looks.append((path, "no such file"))
                if isExpected { remarks.append(KeyRemark(path, "there is no such file")) }
                return
            }
            guard text.count <= IdentityFile.sizeLimit else {
                return remarks.append(KeyRemark(path, "too large for a key file"))
            }
            add(IdentityFile(text, at: path), at: path)
        } catch {
            looks.append((path, error.reason))
            remarks.append(KeyRemark(path, "cannot be read: \(error.reason)"))
        }
    }

    private func add(_ file: IdentityFile, at place: String, isNested: Bool = false) {
        switch file {
        case .identities(let found, let odd):
            identities += found
            remarks += odd
        case .locked(let file):
            guard !isNested else { return remarks.append(KeyRemark(place, "is encrypted twice")) }
            locked.append((file, place))
        case .protected(let publicKey):
            protected.append((publicKey, place))
        }
    }

    /// Runs the key commands for recipients they were not asked about yet; says whether there are new identities.
    private func runCommands(for candidates: [Candidate]) throws(AgeError) -> Bool {
        let known = identities.count
        for index in commands.indices {
            for recipient in candidates.map(\.recipient).prefix(20)
            where !commands[index].recipients.contains(recipient) {
                commands[index].recipients.append(recipient)
                let place = "$SOPS_AGE_KEY_CMD"
                do throws(KeyringHostError) {
                    let text = try host.output(of: commands[index].words, recipient: recipient)
                    add(.words(text, at: place), at: place)
                } catch {
                    remarks.append(KeyRemark(place, error.reason))
                }
                if identities.count > known { return true }
            }
        }
        return false
    }

    private func string(_ text: SecretText?) -> String? {
        text?.withBytes { bytes in String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }
    }

    // MARK: The account

    /// What to tell who has no identity that fits: the identities at hand, and the places that have none.
    package var account: [String] {
        identities.map { "you have \(shortened($0.recipient)) (\($0.place))" }
            + locked.map { "\($0.place) is encrypted with a passphrase that was not given" }
            + protected.map { "\($0.place) is an SSH key protected by a passphrase, which is not supported" }
            + looks.map { "\($0.place): \($0.found)" }
    }

    /// Of protected SSH keys, those that the file names.
    package func protectedKeys(fitting file: AgeFile) -> [String] {
        let tags = file.header.stanzas.filter { $0.type == SSHEd25519Recipient.type }.compactMap(\.arguments.first)
        return protected.filter { key in
            guard let publicKey = key.publicKey else { return false }
            let tag = Base64.encode(SSHEd25519Recipient.tag(of: publicKey), .forbidden)
            return tags.contains { $0.elementsEqual(tag.utf8) }
        }.map(\.place)
    }

    private func shortened(_ recipient: String) -> String {
        recipient.utf8.count > 120 ? recipient.prefix(24) + "…" : recipient
    }
}

/// Where identities are looked for, in this order (DESIGN §4, *Identities*).
private enum KeySource {
    case file(String)
    /// The variable holds identities.
    case variable(String)
    /// The variable names a file.
    case fileVariable(String)
    /// The variable holds a command.
    case commandVariable(String)
    /// A file below the user's configuration folder, as the XDG base directories have it.
    case configured(String)
    /// A file below the home folder.
    case home(String)

    static func all(_ files: [String]) -> [KeySource] {
        files.map { .file($0) } + [
            .variable("SOPS_AGE_KEY"), .fileVariable("SOPS_AGE_KEY_FILE"), .commandVariable("SOPS_AGE_KEY_CMD"),
            .fileVariable("SOPS_AGE_SSH_PRIVATE_KEY_FILE"),
            .configured("sops/age/keys.txt"), .home(".ssh/id_ed25519"),
        ]
    }
}

extension IdentityFile {
    /// Identities parted by white space, as a variable holds them.
    fileprivate static func words(_ text: SecretText, at place: String) -> IdentityFile {
        text.withBytes { bytes in
            if begins(bytes, "age-encryption") || begins(bytes, "-----BEGIN") { return IdentityFile(text, at: place) }
            var lines = SecretBuffer(capacity: bytes.count)
            var isComment = false
            for index in bytes.indices {
                let byte = bytes[index]
                if byte == UInt8(ascii: "#") { isComment = true }
                if byte == UInt8(ascii: "\n") { isComment = false }
                let isSpace = byte == 0x20 || (0x09...0x0D).contains(byte)
                lines.append(isSpace && !isComment ? UInt8(ascii: "\n") : byte)
            }
            return IdentityFile(lines.finish(), at: place, hasLines: false)
        }
    }
}
