internal import Diagnostics
internal import Emitters
internal import Resolution
internal import SecretMemory
internal import Secrets
internal import SiteModel
internal import YAMLSyntax

/// What `resolve secrets check` and `recipients` say of encrypted files.
public struct SecretsAudit: Sendable {
    /// One file with secrets.
    public struct File: Sendable {
        /// Relative to the site, or as it was named.
        public let path: String
        /// `age`, or `SOPS` and its format; `plain` for a file that is not encrypted.
        public let form: String
        /// Who can open it. A SOPS file's key groups one by one; of an age file what its stanzas tell.
        public let recipients: [[String]]
        /// How many of the groups must be opened.
        public let groupsNeeded: Int
        /// The identities that opened it; nil if it was not opened.
        public let openedBy: [String]?
        /// How many values were verified; nil if it was not opened.
        public let values: Int?
    }

    /// The files, by their paths.
    public let files: [File]
    /// What is wrong with them.
    public let report: Report

    /// For people: a paragraph a file, who can open it, and who did.
    public var text: String {
        files.map { file in
            var lines = ["\(file.path): \(file.form)\(file.state)"]
            for (number, group) in file.recipients.enumerated() {
                if file.recipients.count > 1 { lines.append("  group \(number + 1):") }
                let indent = file.recipients.count > 1 ? "    " : "  "
                lines += group.map { indent + $0 }
            }
            if file.recipients.count > 1 {
                lines.append("  \(file.groupsNeeded) of the \(file.recipients.count) groups open it")
            }
            return lines.joined(separator: "\n") + "\n"
        }.joined()
    }

    /// `[{file, form, recipients: [[…]], groups_needed, opened_by: […] | null, values: n | null}, …]` with a final newline.
    public var json: [UInt8] {
        func text(_ text: String) -> Value { .string(text, .nowhere) }
        func list(_ items: [Value]) -> Value { Value(.list(items), .nowhere) }
        let items = files.map { file in
            let fields: Fields = [
                "file": text(file.path), "form": text(file.form),
                "recipients": list(file.recipients.map { list($0.map(text)) }),
                "groups_needed": Value(.integer(file.groupsNeeded), .nowhere),
                "opened_by": file.openedBy.map { list($0.map(text)) } ?? Value(.null, .nowhere),
                "values": Value(file.values.map { .integer($0) } ?? .null, .nowhere),
            ]
            return Value(.map(fields), .nowhere)
        }
        return Document(JSONWriter.document(list(items)).output).bytes(.redacted)
    }
}

extension SecretsAudit.File {
    fileprivate var state: String {
        guard let openedBy else { return "" }
        let counted = values.map { ", \($0) value\($0 == 1 ? "" : "s") verified" } ?? ", verified"
        return ", opened by \(openedBy.joined(separator: " and "))\(counted)"
    }
}

extension SiteCompiler {
    /// Looks at every file with secrets: who can open it, whether an identity does, GCM and MAC, what nothing reads,
    /// recipients that differ from `.sops.yaml`, plain files that git tracks; and checks the site's references.
    public func auditSecrets() -> SecretsAudit {
        var auditor = Auditor(Loader(files, strictness, keyring))
        auditor.lookAtAll(mustOpen: namesIdentities, asksRules: true)
        auditor.compareWithPlain()
        auditor.checkGit()
        var loader = auditor.loader
        let findings = checkEverything(&loader).findings
        let aboutSecrets = (loader.diagnostics + findings + unusedSecrets(loader.site)).filter {
            $0.isAboutSecrets(loader.sources)
        }
        let remarks = loader.keyring?.remarks.map { Diagnostic.oddKey($0) } ?? []
        let left = loader.allowances.filter(aboutSecrets + remarks, in: loader.sources)
        let shown = left.sorted(in: loader.sources)
        return SecretsAudit(
            files: auditor.found, report: Report(shown, loader.sources, failures: loader.failures, usage: nil))
    }

    /// Who can open the site's encrypted files. Nothing is opened.
    public func secretRecipients() -> SecretsAudit {
        var auditor = Auditor(Loader(files, strictness))
        auditor.lookAtAll()
        let loader = auditor.loader
        let errors = loader.diagnostics.filter { $0.severity == .error }.sorted(in: loader.sources)
        return SecretsAudit(
            files: auditor.found.filter { $0.form != "plain" },
            report: Report(errors, loader.sources, failures: loader.failures, usage: nil))
    }

    /// Who can open one encrypted file, a site's or not.
    ///
    /// - Throws: `FileError` if it cannot be read.
    public static func secretRecipients(fileAt path: String) throws(FileError) -> SecretsAudit {
        let bytes = try DiskFiles.read(anywhere: path, limit: decryptLimit)
        var sources = SourceMap()
        let source = sources.add(path: path, bytes: bytes, isSecret: true)
        guard let sealed = SealedFile.read(source) else {
            let report = Report([.nothingToDecrypt(path, source)], sources, failures: [], usage: nil)
            return SecretsAudit(files: [], report: report)
        }
        let report = Report(sealed.diagnostics.sorted(in: sources), sources, failures: [], usage: nil)
        return SecretsAudit(files: sealed.file.map { [SecretsAudit.File(path, $0)] } ?? [], report: report)
    }
}

extension SecretsAudit.File {
    fileprivate init(_ path: String, _ file: SealedFile, openedBy: [String]? = nil, values: Int? = nil) {
        self.path = path
        switch file {
        case .age(let age):
            form = "age"
            recipients = [age.recipients]
            groupsNeeded = 1
        case .sops(let sops):
            form = "SOPS \(sops.format.rawValue)"
            recipients = sops.recipients.enumerated().map { number, group in
                group + (number == 0 ? sops.otherKeys.map { "\($0), which is not supported" } : [])
            }
            groupsNeeded = sops.groupsNeeded
        }
        self.openedBy = openedBy
        self.values = values
    }
}

/// Walks over the files with secrets, each opened by itself.
private struct Auditor {
    private(set) var loader: Loader
    private(set) var found: [SecretsAudit.File] = []
    private var plain: [(path: String, span: Span)] = []
    private var rules: SOPSRules
    private var asksRules = false
    private var hasAccount = false
    private var mustOpen = false

    init(_ loader: Loader) {
        self.loader = loader
        rules = SOPSRules(loader.files)
    }

    /// - Parameters:
    ///   - mustOpen: whether it is an error if nothing opens a file, since an identity was named for it.
    ///   - asksRules: whether it matters who should be able to open it.
    mutating func lookAtAll(mustOpen: Bool = false, asksRules: Bool = false) {
        self.mustOpen = mustOpen
        self.asksRules = asksRules
        loader.loadSecrets(isNeeded: false)
        for file in loader.secretsFound { look(at: file) }
        loader.loadSecretLayers(isNeeded: false)
        for file in loader.secretLayersFound { look(at: file) }
        for (path, _) in loader.secretLayerFiles.ownerless {
            if let file = loader.readSecrets(path) { look(at: file) }
        }
    }

    private mutating func look(at file: SiteSecrets.Found) {
        switch file {
        case .sealed(let sealed): look(at: sealed)
        case .plain(let secrets, let source):
            plain.append((source.path, .startOfFile(source.id)))
            found.append(
                SecretsAudit.File(
                    path: source.path, form: "plain", recipients: [], groupsNeeded: 0, openedBy: nil,
                    values: secrets.documents.reduce(0) { $0 + $1.valueCount }))
        }
    }

    /// A plain file beside the encrypted one must say the same.
    mutating func compareWithPlain() { loader.compareWithPlain() }

    private mutating func look(at sealed: SiteSecrets.SealedSource) {
        if asksRules, case .sops(let file) = sealed.file {
            let place = Span.startOfFile(sealed.source.id)
            rules.check(sealed.source.path, file.recipients, at: place, &loader)
        }
        guard let keyring = loader.keyring else {
            return found.append(SecretsAudit.File(sealed.source.path, sealed.file))
        }
        let result = sealed.file.open(sealed.source, keyring)
        let openers = keyring.takeOpeners()
        // That nobody here can open a file is no fault of the file.
        for var finding in result.diagnostics {
            if finding.code.isAboutRun {
                if !mustOpen { finding.severity = .warning }
                // Which identities there are need be said but once.
                if hasAccount { finding.notes.removeAll(where: keyring.account.contains) }
                hasAccount = true
            }
            loader.report(finding)
        }
        guard let opened = result.secrets else {
            return found.append(SecretsAudit.File(sealed.source.path, sealed.file))
        }
        loader.adopt(opened, of: sealed)
        let count = opened.isBinary ? nil : opened.documents.reduce(0) { $0 + $1.valueCount }
        found.append(SecretsAudit.File(sealed.source.path, sealed.file, openedBy: openers, values: count))
    }

    /// Plain files that git tracks: their secrets are known to everybody who has the repository.
    mutating func checkGit() {
        guard !plain.isEmpty, let folder = loader.files.location else { return }
        let words = ["git", "-C", folder, "-c", "core.fsmonitor=false", "ls-files", "-z", "--"] + plain.map(\.path)
        // Without git, or outside a repository, nothing is tracked.
        guard let listed = try? Subprocess.output(of: words, isQuiet: true, limit: 1 << 20) else { return }
        let tracked = listed.withBytes { bytes in
            String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self).split(separator: "\0").map(String.init)
        }
        for (path, span) in plain where tracked.contains(path) { loader.report(.tracked(path, span)) }
    }
}

extension Diagnostic {
    /// Whether `secrets check` says it: other mistakes are for `validate`.
    fileprivate func isAboutSecrets(_ sources: SourceMap) -> Bool {
        let codes: [Code] = [.noSecret, .secretShows, .twoFiles, .ownerless]
        return code.id.hasPrefix("R05") || codes.contains(code)
            || (!code.isLint && primary.map { sources[$0.span.source].isSecret } == true)
    }
}

extension SecretNode {
    /// How many scalars it has.
    var valueCount: Int {
        switch content {
        case .map(let entries): entries.reduce(0) { $0 + $1.value.valueCount }
        case .list(let items): items.reduce(0) { $0 + $1.valueCount }
        case .scalar: 1
        }
    }
}

extension Diagnostic {
    static func tracked(_ path: String, _ span: Span) -> Diagnostic {
        Diagnostic(
            .trackedSecrets, "git tracks \(path), which holds secrets in clear", at: span,
            help: "`git rm --cached \(path)`, ignore it, encrypt it, and change every secret in it")
    }
}

extension Code {
    static let trackedSecrets = Code(
        "R0513", "secrets in clear that git tracks",
        explanation: """
            A plain file of secrets is in git's index. Everybody with a clone has them, and so does every backup of it, \
            also after the file is removed.
            """,
        example: """
            $ git init -q && git add . && resolve secrets check
            -- site.yaml --
            -- secrets.yaml --
            passwords: {vm_root: x}
            """,
        fix: "Remove it from the index, encrypt it, and change the secrets.")
}
