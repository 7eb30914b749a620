internal import SecretMemory
internal import Secrets

/// The machine as a keyring sees it, with account kept of the files that it is asked for: by their paths, which hold no secret.
struct RecordedHost: KeyringHost {
    let base: ProcessHost
    let passphraseFile: String?
    let record: DiskRecord

    var identityFiles: [String] { base.identityFiles }

    func read(_ path: String, limit: Int) throws(KeyringHostError) -> SecretText? {
        record.look(anywhere: path)
        return try base.read(path, limit: limit)
    }

    func environment(_ name: String) -> SecretText? { base.environment(name) }

    func output(of command: [String], recipient: String?) throws(KeyringHostError) -> SecretText {
        try base.output(of: command, recipient: recipient)
    }

    func passphrase(for purpose: String) throws(KeyringHostError) -> SecretText {
        if let passphraseFile { record.look(anywhere: passphraseFile) }
        return try base.passphrase(for: purpose)
    }
}
