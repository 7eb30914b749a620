internal import Diagnostics
internal import Emitters
internal import Resolution
internal import SecretMemory
internal import Secrets
internal import SiteModel

extension Loader {
    /// Finds the site's secrets and reads their keys, on another core while a body loads what does not need them.
    mutating func loadSecrets<Result>(isNeeded: Bool, besides load: (inout Loader) -> Result) -> Result {
        if secretsToCome != nil {
            let loaded = load(&self)
            loadSecrets(isNeeded: isNeeded)
            return loaded
        }
        // A small site has few secrets, which are not worth a thread.
        guard catalogue.count >= 128, catalogue.secretFiles.count == 1, let path = catalogue.secretFiles.first,
            !seen.contains(.secrets)
        else {
            loadSecrets(isNeeded: isNeeded)
            return load(&self)
        }
        // It has its number before it is read, so that others have theirs whichever comes first.
        let id = keptSecret(path, []).id
        let (files, strictness) = (files, strictness)
        let (read, loaded) = Cores.both({ ReadSecrets(path, id, files, strictness, isBound: true) }, { load(&self) })
        secretsAhead = read
        loadSecrets(isNeeded: isNeeded)
        return loaded
    }

    /// Finds the site's secrets and reads their keys.
    ///
    /// - Parameter isNeeded: whether the output may hold one of them. Only then, and with a keyring, a wholly encrypted
    ///   file is opened; a SOPS file waits until the output is known.
    mutating func loadSecrets(isNeeded: Bool) {
        guard isFirst(.secrets) else { return }
        if let secretsToCome { secretsAhead = secretsToCome.value }
        defer { secretsAhead = nil }
        var plain: [(secrets: OpenedSecrets, source: Source)] = []
        var sealed: [SiteSecrets.SealedSource] = []
        let rival = catalogue.rivals.first { catalogue.secretFiles.contains($0.path) }
        if let rival { reportRival(rival.path, rival.rival) }
        for path in catalogue.secretFiles {
            guard let found = readSecrets(path) else {
                secrets.state = .unreadable
                continue
            }
            secretsFound.append(found)
            if case .sealed(let file) = found, file.documentCount > 1 {
                report(.severalDocuments(path, .startOfFile(file.source.id)))
            }
            switch found {
            case .plain(let opened, let source): plain.append((opened, source))
            case .sealed(let file): sealed.append(file)
            }
        }
        if sealed.count > 1 {
            report(.twoSealed(sealed.map(\.source.path), .startOfFile(sealed[1].source.id)))
            secrets.state = .unreadable
        }
        guard !secrets.state.isUnreadable else { return }
        if let file = sealed.first {
            choose(file, plain.first, isNeeded: isNeeded)
        } else if let (opened, source) = plain.first {
            report(secrets.take(opened, source, strictness, secretsAhead?.bound))
        }
        for (_, source) in plain where Self.isNamedAsSealed(source.path) {
            report(.notSealed(source.path, .startOfFile(source.id), strictness))
        }
    }

    private static func isNamedAsSealed(_ path: String) -> Bool { path != "secrets.yaml" && path != "secrets.yml" }

    /// An encrypted file is the truth if it can be opened; a plain one beside it is then checked against it.
    private mutating func choose(
        _ file: SiteSecrets.SealedSource, _ plain: (secrets: OpenedSecrets, source: Source)?, isNeeded: Bool
    ) {
        guard let plain else {
            report(secrets.take(file, strictness))
            if isNeeded, secrets.state.isUnchecked { openSecrets() }
            return
        }
        let place = Span.startOfFile(plain.source.id)
        if strictness == .lenient {
            report(.plainBesideSealed(plain.source.path, file.source.path, place, .lenient))
            return report(secrets.take(plain.secrets, plain.source, strictness))
        }
        guard isNeeded, let keyring else {
            report(.plainBesideSealed(plain.source.path, file.source.path, place, .notOpened))
            return report(secrets.take(file, strictness))
        }
        let opened = file.file.open(file.source, keyring)
        guard opened.secrets != nil || opened.diagnostics.contains(where: { !$0.code.isAboutRun }) else {
            report(.plainBesideSealed(plain.source.path, file.source.path, place, .noIdentity))
            return report(secrets.take(plain.secrets, plain.source, strictness))
        }
        secrets = taking(opened, of: file, secrets)
        let differing = secrets.opened?.differences(from: plain.secrets) ?? []
        if !differing.isEmpty { report(.differing(plain.source.path, file.source.path, differing, place)) }
    }

    /// Opens the encrypted file of the site, if there is one and it was not opened.
    mutating func openSecrets() { if canOpen(secrets) { secrets = opening(secrets) } }

    /// Opens a secret layer, if it is encrypted and was not opened.
    mutating func openSecretLayer(_ id: EntityID) {
        if let layer = secretLayers[id], canOpen(layer) { secretLayers[id] = opening(layer) }
    }

    /// Opens the files that an output has something of.
    mutating func openSecrets(for output: Output) {
        if output.secrets.contains(where: { $0.file == nil }) { openSecrets() }
        let needed = Set(output.secrets.compactMap(\.file))
        for id in secretLayerFiles.owners where secretLayers[id]?.name.map(needed.contains) == true {
            openSecretLayer(id)
        }
    }

    /// What was opened, and the passwords that stand in clear in other files.
    var openedFiles: OpenedFiles {
        var files = OpenedFiles(site: secrets.opened, others: passwords)
        for case (let name?, let opened?) in secretLayers.values.map({ ($0.name, $0.opened) }) {
            files.others[name] = opened
        }
        return files
    }

    /// What only the values show: that there is none, a number that JSON cannot hold, a key that cannot sign.
    func checkRevealed(_ output: Output) -> [Diagnostic] {
        Document(output, openedFiles).mistakesInSecrets
    }

    /// That references into a wholly encrypted file are taken on trust; nil where they are checked.
    var uncheckedNote: Diagnostic? {
        guard secrets.state.isUnchecked, let file = secrets.sealed else { return nil }
        return .unchecked(file.source.path, .startOfFile(file.source.id))
    }

    /// Reports what a plain file says otherwise than the encrypted one beside it, if that was opened.
    mutating func compareWithPlain() {
        guard let sealed = secrets.sealed, let opened = secrets.opened else { return }
        for case .plain(let plain, let source) in secretsFound {
            let differing = opened.differences(from: plain)
            guard !differing.isEmpty else { continue }
            report(.differing(source.path, sealed.source.path, differing, .startOfFile(source.id)))
        }
    }

    /// Takes what was opened elsewhere, if it is the site's own file of secrets, or a layer, and its keys are not known yet.
    mutating func adopt(_ opened: OpenedSecrets, of file: SiteSecrets.SealedSource) {
        if secrets.sealed?.source.id == file.source.id, secrets.opened == nil {
            secrets = taking((opened, []), of: file, secrets)
        }
        for id in secretLayerFiles.owners {
            guard let layer = secretLayers[id], layer.sealed?.source.id == file.source.id, layer.opened == nil else {
                continue
            }
            secretLayers[id] = taking((opened, []), of: file, layer)
        }
    }

    /// Whether they are encrypted and were not opened.
    private func canOpen(_ secrets: SiteSecrets) -> Bool {
        keyring != nil && secrets.opened == nil && secrets.sealed != nil
    }

    /// The secrets, opened if they are encrypted and were not.
    private mutating func opening(_ secrets: SiteSecrets) -> SiteSecrets {
        guard let keyring, secrets.opened == nil, let file = secrets.sealed else { return secrets }
        return taking(file.file.open(file.source, keyring), of: file, secrets)
    }

    /// The secrets with what their file held.
    private mutating func taking(
        _ result: (secrets: OpenedSecrets?, diagnostics: [Diagnostic]), of file: SiteSecrets.SealedSource,
        _ closed: SiteSecrets
    ) -> SiteSecrets {
        var secrets = closed
        report(result.diagnostics)
        guard let opened = result.secrets else {
            secrets.state = .unreadable
            return secrets
        }
        guard opened.isBinary else {
            if !secrets.state.hasKeys { report(secrets.take(file, strictness)) }
            secrets.opened = opened
            return secrets
        }
        let text = opened.bytes
        let masked = text.withBytes { file.source.masking($0) }
        keep(masked)
        let read = OpenedSecrets.readPlain(text, masked, strictness)
        report(read.diagnostics)
        if let inner = read.secrets {
            report(secrets.take(inner, masked, strictness))
        } else {
            secrets.state = .unreadable
        }
        return secrets
    }

    /// A file with secrets, whatever form its content has; nil if it cannot be read, which is reported.
    mutating func readSecrets(_ path: String) -> SiteSecrets.Found? {
        let read = secretsAhead ?? ReadSecrets(path, nextSourceID, files, strictness)
        if let source = read.source { keep(source) }
        report(read.diagnostics)
        if let failure = read.failure { failures.append(failure) }
        return read.found
    }
}

/// A file with secrets as it was read, before anything of it is kept.
struct ReadSecrets: Sendable {
    /// Nil if the system did not let it be read.
    private(set) var source: Source?
    private(set) var found: SiteSecrets.Found?
    /// Its keys, if they were wanted and can be read.
    private(set) var bound: SiteSecrets.Keys?
    private(set) var diagnostics: [Diagnostic] = []
    /// What the system refused.
    private(set) var failure: String?

    /// - Parameters:
    ///   - id: what its source will be called.
    ///   - isBound: whether its keys are wanted at once, if they are those of the site's own secrets in clear.
    init(_ path: String, _ id: SourceID, _ files: any SiteFiles, _ strictness: Strictness, isBound: Bool = false) {
        var bytes: [UInt8]
        do throws(FileError) {
            bytes = try files.read(path, limit: Loader.fileLimit)
        } catch {
            failure = "cannot read \(path): \(error.reason)"
            return
        }
        guard bytes.count < Loader.fileLimit else {
            failure = "cannot read \(path): it has more than \(Loader.fileLimit >> 20) MiB"
            return
        }
        if readSealed(Source(id: id, path: path, bytes: bytes, isSecret: true)) { return }
        let text = SecretText(SecretBytes(copying: bytes.span))
        // What was read is overwritten, and is the source.
        Source.mask(&bytes)
        let masked = Source(id: id, path: path, bytes: bytes, isSecret: true)
        source = masked
        let read = OpenedSecrets.readPlain(text, masked, strictness)
        if isBound, let outline = read.secrets?.outline(of: masked) {
            bound = SiteSecrets.Keys(of: outline, named: nil, strictness)
        }
        diagnostics = read.diagnostics
        found = read.secrets.map { .plain($0, masked) }
    }

    /// Takes a file that is encrypted, its ciphertext kept as its source; false if it is not encrypted. Then nothing holds its
    /// bytes any more, and they can be wiped.
    private mutating func readSealed(_ file: Source) -> Bool {
        guard let sealed = SealedFile.read(file) else { return false }
        source = file
        diagnostics = sealed.diagnostics
        found = sealed.file.map { .sealed(SiteSecrets.SealedSource(file: $0, source: file)) }
        return true
    }
}

extension SecretsState {
    fileprivate var isUnreadable: Bool { if case .unreadable = self { true } else { false } }
    var isUnchecked: Bool { if case .unchecked = self { true } else { false } }
    fileprivate var hasKeys: Bool { if case .keys = self { true } else { false } }
}

extension Diagnostic {
    /// A reference that was taken on trust until the file was open.
    static func lost(_ secret: SecretRef) -> Diagnostic {
        Diagnostic(.noSecret, "no secret \(secret.path)", at: nil, help: "correct the reference, or add the secret")
    }

    /// Why a plain file beside an encrypted one is looked at, or not.
    fileprivate enum Standing { case lenient, notOpened, noIdentity }

    fileprivate static func plainBesideSealed(
        _ path: String, _ sealed: String, _ span: Span, _ standing: Standing
    ) -> Diagnostic {
        let (message, help) =
            switch standing {
            case .lenient:
                ("\(sealed) stands beside \(path), and the plain file is read", "make sure that they say the same")
            case .notOpened:
                (
                    "\(path) stands in clear beside \(sealed), and is not read",
                    "remove it: the encrypted file is enough"
                )
            case .noIdentity:
                (
                    "no identity opens \(sealed), so the plain \(path) beside it is read",
                    "make sure that they say the same, or name the identity with --identity FILE"
                )
            }
        return Diagnostic(.plainSecrets, .warning, message, at: span, help: help)
    }

    fileprivate static func differing(_ path: String, _ sealed: String, _ paths: [String], _ span: Span) -> Diagnostic {
        let shown = paths.prefix(10).joined(separator: ", ")
        let rest = paths.count > 10 ? " and \(paths.count - 10) more" : ""
        return Diagnostic(
            .plainSecrets, "\(path) and \(sealed) differ in \(shown)\(rest)", at: span,
            help: "decide which is right: remove the plain file, or encrypt it anew")
    }

    static func severalDocuments(_ path: String, _ span: Span) -> Diagnostic {
        Diagnostic(
            .unreadableSecrets, "\(path) holds several documents, and what is read of it is one", at: span,
            help: "join them into one map with sops")
    }

    fileprivate static func twoSealed(_ paths: [String], _ span: Span) -> Diagnostic {
        Diagnostic(
            .twoSealed, "\(paths.joined(separator: " and ")) are both encrypted secrets", at: span,
            notes: ["which of them is newer, no time of a file can tell"], help: "remove one of them")
    }

    fileprivate static func unchecked(_ path: String, _ span: Span) -> Diagnostic {
        Diagnostic(
            .uncheckedSecrets, .note, "references into \(path) are not checked: its keys are encrypted, too", at: span,
            help: "`resolve secrets check` opens it and checks them; a SOPS file keeps its keys readable")
    }

    static func notSealed(_ path: String, _ span: Span, _ strictness: Strictness) -> Diagnostic {
        Diagnostic(
            .notSealed, strictness.severity, "\(path) is not encrypted, though its name says so", at: span,
            help: "encrypt it (`sops encrypt`, `age -r`), change what is in it, and look whether git has it")
    }
}

extension Code {
    static let plainSecrets = Code(
        "R0502", "plain secrets beside encrypted ones",
        explanation: """
            The same secrets stand here twice. If an identity opens the encrypted file, that is the truth, and it is an \
            error if the plain one says something else; if none does, the plain file is read. Without opening anything \
            (--redact, validate) the encrypted file counts. --lenient reads the plain one.
            """,
        example: """
            $ resolve env dev --lenient
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_endpoint: https://10.0.0.2:8006
            -- secrets.yaml --
            api_tokens: {pve: root@pam!tofu=x}
            -- secrets.yaml.enc --
            \(Code.someAgeFile)
            -- envs/dev.yaml --
            vms: []
            """,
        fix: "Keep one of them, best the encrypted one.")

    static let twoSealed = Code(
        "R0508", "two files with encrypted secrets",
        explanation: """
            A site has one file of secrets: secrets.yaml.enc, secrets.enc.yaml, secrets.yaml.age, or an encrypted \
            secrets.yaml. Here are two. Which one counts would be chance.
            """,
        example: """
            $ resolve vars dev
            -- site.yaml --
            -- secrets.yaml.age --
            \(Code.someAgeFile)
            -- secrets.yaml.enc --
            \(Code.someAgeFile)
            -- envs/dev.yaml --
            vms: []
            """,
        fix: "Remove one of them.")

    static let uncheckedSecrets = Code(
        "R0509", "references into an encrypted file that was not opened",
        explanation: """
            The secrets are one age file, whose keys cannot be read without opening it, and `validate` opens nothing. Names \
            that lead into it are taken on trust until an output needs them.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- secrets.yaml.age --
            \(Code.someAgeFile)
            """,
        fix: "Run `resolve secrets check` with an identity, or encrypt with SOPS, which keeps keys readable.")

    static let notSealed = Code(
        "R0510", "a file that is named as encrypted, and is not",
        explanation: """
            The name ends in `.enc`, `.age` or `.enc.yaml`, so people commit it without a second look. Its content is \
            plain YAML.
            """,
        example: """
            $ resolve vars dev
            -- site.yaml --
            -- secrets.yaml.enc --
            passwords: {vm_root: x}
            -- envs/dev.yaml --
            vms: []
            """,
        fix: "Encrypt it. If it was pushed, change the secrets, for they are known.")
}
