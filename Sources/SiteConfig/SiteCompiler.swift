internal import Diagnostics
internal import Emitters
internal import Resolution
internal import SecretMemory
internal import Secrets
internal import SiteModel
internal import Synchronization
internal import YAMLSyntax

/// Compiles a site-config into what OpenTofu, Ansible and homestak's own tools read.
///
/// A value: it reads files when it is asked to compile, and keeps nothing between two compiles.
public struct SiteCompiler: Sendable {
    let files: any SiteFiles
    let strictness: Strictness
    let identities: Identities?
    /// Whether the process ends with the compile.
    private let isLast: Bool

    /// - Parameters:
    ///   - files: the site's files.
    ///   - isLenient: whether mistakes that homestak's Python resolver passes over are only warnings, and the output is
    ///     what it would write.
    ///   - identities: what opens encrypted secrets, when an output needs them; nil to open nothing: documents can then
    ///     only be written redacted.
    ///   - isLast: whether the process ends with what is compiled: then what was made of the files is not taken apart value by
    ///     value, which is a tenth of the time of a compile, and its memory is the system's to take back.
    public init(
        _ files: some SiteFiles, isLenient: Bool = false, identities: Identities? = nil, isLast: Bool = false
    ) {
        self.files = files
        self.isLast = isLast
        self.identities = identities
        strictness = isLenient ? .lenient : .strict
    }

    /// The same site otherwise: nothing is opened.
    init(_ files: any SiteFiles, _ strictness: Strictness) {
        self.files = files
        self.strictness = strictness
        identities = nil
        isLast = false
    }

    /// The same, with account kept of what it asks the disk.
    func recorded(by record: DiskRecord, _ files: DiskFiles) -> SiteCompiler {
        SiteCompiler(
            RecordedFiles(base: files, record: record), isLenient: strictness == .lenient, identities: identities,
            isLast: isLast)
    }

    /// Keeps what was made of the files, if the process ends now. Of secrets only where they stand: their values are wiped.
    func keepToTheEnd(_ loader: Loader) {
        if isLast { Self.kept.withLock { $0 += [loader.entities, loader.secrets.state, loader.settled] } }
    }

    /// The same of the machines of a site.
    func keepToTheEnd(_ machines: [Machine]) { if isLast { Self.kept.withLock { $0.append(machines) } } }

    private static let kept = Mutex<[any Sendable]>([])

    /// The folders that lead to the site, as far as they are known.
    var folders: [Substring] { (files.location ?? (files as? GitFiles)?.place ?? "").pathSteps }

    /// What reads the site's files for one compile.
    ///
    /// - Parameters:
    ///   - keyring: what opens encrypted files; nil to open nothing.
    ///   - wantsSecrets: whether the site's secrets are sure to be loaded.
    func newLoader(_ keyring: Keyring? = nil, wantsSecrets: Bool = false) -> Loader {
        Loader(files, strictness, keyring, wantsSecrets: wantsSecrets)
    }

    /// Whether somebody said what is to open the secrets, and did not leave it to what is found.
    var namesIdentities: Bool { identities.map { !$0.files.isEmpty || $0.passphraseFile != nil } ?? false }

    /// The identities, to be loaded when they are needed: a ring for each compile.
    var keyring: Keyring? {
        identities.map { identities in
            let host = ProcessHost(identities)
            guard let record = (files as? RecordedFiles)?.record else { return Keyring(host) }
            return Keyring(RecordedHost(base: host, passphraseFile: identities.passphraseFile, record: record))
        }
    }

    /// Compiles one target, reading only the files it needs.
    ///
    /// - Returns: the document, if the site has no errors, and all that was found.
    public func compile(_ target: Target) -> Compilation {
        let wantsSecrets = if case .env = target { true } else { false }
        return finish(draft(target, newLoader(keyring, wantsSecrets: wantsSecrets)))
    }

    /// Compiles what Prometheus scrapes into one document for each job.
    ///
    /// - Parameter request: with a job, that one alone.
    /// - Returns: the documents by their jobs' names, sorted, if the site has no errors, and all that was found.
    public func compileJobs(_ request: Target.Targets) -> (jobs: [(name: String, document: Document)], report: Report) {
        let draft = compileTargets(request, newLoader())
        let whole = finish(draft)
        guard whole.document != nil, case .targets(let targets) = draft.subject else { return ([], whole.report) }
        let wanted = targets.job.map { [$0] } ?? targets.jobs
        let byJob = Dictionary(grouping: targets.targets, by: \.job)
        let jobs = wanted.map { job in
            let own = ScrapeTargets(byJob[job] ?? [], jobs: targets.jobs, job: job)
            return (name: job.text, document: Document(Registry.emit(.targets(own)).output))
        }
        return (jobs, whole.report)
    }

    /// Checks the whole site: every file, reference, env and node. The compilation has no document.
    ///
    /// - Parameter withEdits: whether edits that remove what does nothing are worked out; text does not show them.
    public func validate(withEdits: Bool = true) -> Compilation { compileEverything(withEdits: withEdits) }

    /// The entities of a kind, by the names of their files.
    ///
    /// - Parameter kind: as `resolve list` takes it, in the singular or plural: `envs`, `host-group`.
    /// - Returns: the names sorted by their UTF-8 bytes, or nil for a kind that does not exist.
    public func list(_ kind: String) -> Listing? {
        guard let kind = EntityKind.listable.first(where: { $0.plural == kind || $0.plural.dropLast() == kind })
        else { return nil }
        let loader = Loader(files, strictness)
        var entries: [Listing.Entry] = []
        for place in loader.catalogue.all(kind) {
            if entries.last?.name == place.id.name.text { continue }
            entries.append(Listing.Entry(name: place.id.name.text, path: place.path))
        }
        return Listing(entries: entries, failures: loader.failures)
    }

    /// The minions of the host groups, by their ids in natural order.
    ///
    /// - Returns: them, if the host groups have no errors, and all that was found.
    public func minions() -> (listing: Listing?, report: Report) {
        let drafted = listMinions()
        let report = report(on: drafted.loader, drafted.loader.diagnostics + drafted.findings, usage: nil)
        let entries = drafted.minions.map { minion in
            Listing.Entry(
                name: minion.id.text, path: drafted.loader.catalogue.place(minion.hostGroup)?.path ?? "")
        }
        return (report.isClean ? Listing(entries: entries, failures: []) : nil, report)
    }

    /// The kinds that `list` knows, in the plural.
    public static let kinds: [String] = EntityKind.listable.map(\.plural)

    /// Reads one YAML file as this compiler reads it, a site's file or not.
    ///
    /// - Parameters:
    ///   - path: as it is to be shown; a file named `secrets…` is held for secret.
    ///   - bytes: the file's content.
    public static func read(_ path: String, _ bytes: [UInt8], isLenient: Bool = false) -> Compilation {
        var sources = SourceMap()
        let strictness: Strictness = isLenient ? .lenient : .strict
        var diagnostics: [Diagnostic]
        var tree: SyntaxTree?
        var opened = OpenedFiles()
        if Loader.holdsSecrets(path) {
            let source = sources.add(path: path, masking: bytes.span)
            let text = SecretText(SecretBytes(copying: bytes.span))
            let read = OpenedSecrets.readPlain(text, source, strictness, isShown: true)
            opened.site = read.secrets
            diagnostics = AgeFile.isAge(bytes) ? [.notOpened(path, source)] : read.diagnostics
            tree = read.secrets?.outline(of: source)?.tree
        } else {
            let source = sources.add(path: path, bytes: bytes, isSecret: false)
            (tree, diagnostics) = parse(source, strictness)
            if source.mentionsPasswords {
                // Those it holds are shown as secrets are; what cannot be parsed is held for secret whole.
                sources.keep(source.concealed)
                diagnostics = diagnostics.concealed(as: parse(source.concealed, strictness).diagnostics)
                opened.others[Key(path)] = tree.map { tree in
                    OpenedSecrets(
                        tree, scalars: passwords(in: tree).map { (steps: $0.steps.map(\.text), node: $0.node) })
                }
            }
        }
        var document: Document?
        if let tree {
            let written = JSONWriter.document(wholeValue(of: tree))
            diagnostics += written.diagnostics
            document = Document(written.output, opened)
        }
        var allowances = Allowances()
        if let tree, let found = FileAllowances(tree) { allowances.note(found, of: tree.source.id) }
        let shown = allowances.filter(diagnostics.filter { !$0.code.isLint }, in: sources).sorted(in: sources)
        let report = Report(shown, sources, failures: [], usage: nil)
        return Compilation(report: report, document: report.isClean ? document : nil)
    }

    /// Reads one file from disk, as `resolve read` does.
    ///
    /// - Throws: `FileError` if it cannot be read.
    public static func read(fileAt path: String, isLenient: Bool = false) throws(FileError) -> Compilation {
        var bytes = try DiskFiles.read(anywhere: path, limit: Loader.fileLimit)
        let path = DiskFiles.destination(anywhere: path).flatMap { Loader.holdsSecrets($0) ? $0 : nil } ?? path
        defer { if Loader.holdsSecrets(path) { Sodium.wipe(&bytes) } }
        return read(path, bytes, isLenient: isLenient)
    }

    /// The page of a diagnostic's code, such as `R0201`, as text; nil if there is none.
    public static func help(code: String) -> String? { CodePage.text(for: code) }

    /// Every field of every kind of file: its type, its former name, how it merges, what it is for.
    public static var fields: String { FieldReference.text }

    /// The fields of one kind of file, named as in `list`; nil for a kind that does not exist.
    public static func fields(of kind: String) -> String? { FieldReference.text(of: kind) }

    /// Every code, in order, with its title.
    public static var codes: [(id: String, title: String)] { CodePage.all.map { ($0.id, $0.page.title) } }
}

extension Diagnostic {
    fileprivate static func notOpened(_ path: String, _ source: Source) -> Diagnostic {
        Diagnostic(
            .unreadableSecrets, "\(path) is encrypted with age, and `read` opens nothing", at: .startOfFile(source.id),
            help: "`resolve secrets decrypt \(path)` opens it")
    }
}

/// What is to be compiled.
public enum Target: Sendable {
    case env(Env)
    case vm(VM)
    case variables(Variables)
    /// What a machine becomes: the spec of that name.
    case specification(String)
    case manifest(Manifest)
    /// How to reach the node, else the host, of that name.
    case host(String)
    /// How salt-ssh reaches minions.
    case roster(Roster)
    /// The pillar of the minion of that id.
    case pillar(String)
    /// The states of the minion of that id.
    case tops(String)
    /// Names for sets of minions.
    case nodegroups
    /// Hosts and groups for Ansible.
    case inventory(Inventory)
    /// What Prometheus scrapes.
    case targets(Targets)

    /// An inventory for Ansible.
    public struct Inventory: Sendable {
        /// The env whose VMs and minions alone are wanted; nil for all hosts.
        public var env: String?
        /// What it is written as.
        public var form: Form

        /// What an inventory is written as.
        public enum Form: Sendable {
            /// What Ansible's script protocol wants of `--list`: JSON with `_meta`.
            case script
            /// What it wants of `--host`: the variables of one host.
            case host(String)
            /// A file for Ansible's yaml plugin, as JSON.
            case json
            /// A file for Ansible's yaml plugin, as YAML.
            case yaml
        }

        /// Describes the request.
        public init(env: String? = nil, form: Form = .script) {
            self.env = env
            self.form = form
        }
    }

    /// Targets for Prometheus's file_sd.
    public struct Targets: Sendable {
        /// The job; nil for all.
        public var job: String?
        /// The env whose VMs and minions alone are wanted; nil for all machines, and probes.
        public var env: String?

        /// Describes the request.
        public init(job: String? = nil, env: String? = nil) {
            self.job = job
            self.env = env
        }
    }

    /// A roster for salt-ssh.
    public struct Roster: Sendable {
        /// Ids of minions, and shell patterns of them; none for all.
        public var minions: [String]
        /// The env that they belong to; nil for any.
        public var env: String?
        /// Addresses that are known only when it runs, by the minions' ids.
        public var addresses: [(minion: String, address: String)]
        /// What it is written in.
        public var form: Form

        /// What a roster is written in.
        public enum Form: String, Sendable, CaseIterable {
            /// What Salt's flat roster reads, without Jinja.
            case yaml
            /// What a roster module reads.
            case json
        }

        /// Describes the request.
        public init(
            minions: [String] = [], env: String? = nil, addresses: [(minion: String, address: String)] = [],
            form: Form = .yaml
        ) {
            self.minions = minions
            self.env = env
            self.addresses = addresses
            self.form = form
        }
    }

    /// An env on a node, for OpenTofu.
    public struct Env: Sendable {
        /// The env's name.
        public var name: String
        /// The node's name; nil if only one can be meant.
        public var node: String?
        /// VM numbers that override those of the site.
        public var vmids: [(vm: String, vmid: Int)]

        /// Describes the request.
        public init(name: String, node: String? = nil, vmids: [(vm: String, vmid: Int)] = []) {
            self.name = name
            self.node = node
            self.vmids = vmids
        }
    }

    /// One VM that stands in no env, for OpenTofu.
    public struct VM: Sendable {
        /// The VM's name.
        public var name: String
        /// Its number in Proxmox.
        public var vmid: Int
        /// The template it starts from.
        public var template: String?
        /// The preset it starts from, without a template.
        public var preset: String?
        /// The node's name; nil if only one can be meant.
        public var node: String?
        /// The image, over the template's.
        public var image: String?
        /// The posture whose auth method it has; its spec's, else `dev`, if none is named.
        public var posture: String?
        /// The spec that it becomes.
        public var spec: String?
        /// When its provisioning token is issued, in seconds since 1970. Without it such a token is only written redacted.
        public var issuedAt: Int?

        /// Describes the request.
        public init(
            name: String, vmid: Int, template: String? = nil, preset: String? = nil, node: String? = nil,
            image: String? = nil, posture: String? = nil, spec: String? = nil, issuedAt: Int? = nil
        ) {
            self.name = name
            self.vmid = vmid
            self.template = template
            self.preset = preset
            self.node = node
            self.image = image
            self.posture = posture
            self.spec = spec
            self.issuedAt = issuedAt
        }
    }

    /// A manifest: its machines, their orders, the OpenTofu variables of its roots.
    public struct Manifest: Sendable {
        /// Where it stands.
        public var source: Source
        /// What of it is written.
        public var form: Form
        /// The node that its roots are made on: then each has its OpenTofu variables.
        public var node: String?
        /// When provisioning tokens are issued, in seconds since 1970. Without it they are only written redacted.
        public var issuedAt: Int?

        /// Describes the request.
        public init(_ source: Source, form: Form = .graph, node: String? = nil, issuedAt: Int? = nil) {
            self.source = source
            self.form = form
            self.node = node
            self.issuedAt = issuedAt
        }

        /// Where a manifest stands.
        public enum Source: Sendable {
            /// In the site, by its name.
            case name(String)
            /// Anywhere; the path is what messages say.
            case file(path: String, bytes: [UInt8])

            /// Reads a file from disk.
            ///
            /// - Throws: `FileError` if it cannot be read.
            public static func file(at path: String) throws(FileError) -> Source {
                let bytes = try DiskFiles.read(anywhere: path, limit: Loader.fileLimit)
                // A link to a file of secrets is one, whatever its own name.
                let destination = DiskFiles.destination(anywhere: path).flatMap { Loader.holdsSecrets($0) ? $0 : nil }
                return .file(path: destination ?? path, bytes: bytes)
            }
        }

        /// What of a manifest is written.
        public enum Form: Sendable {
            /// The graph, with its orders.
            case graph
            /// The two orders alone.
            case order
            /// What runs on a node, as a manifest of version 2.
            case subtree(String)
        }
    }

    /// Ansible variables of an env, or of a posture by its name.
    public enum Variables: Sendable {
        case env(String)
        case posture(String)
    }
}

/// What a compile came to.
public struct Compilation: Sendable {
    /// All that was found, warnings included.
    public let report: Report
    /// The output; nil if there was an error or the target has none.
    public let document: Document?
}

/// The entities of a kind.
public struct Listing: Sendable {
    /// One entity.
    public struct Entry: Sendable {
        /// The stem of its file.
        public let name: String
        /// The file, relative to the site.
        public let path: String
    }

    /// Sorted by name.
    public let entries: [Entry]
    /// What the system refused.
    public let failures: [String]

    /// `[{"name": …, "file": …}, …]` with a final newline.
    public var json: [UInt8] {
        let items = entries.map { entry -> Value in
            let fields: Fields = ["name": .string(entry.name, .nowhere), "file": .string(entry.path, .nowhere)]
            return Value(.map(fields), .nowhere)
        }
        return Document(JSONWriter.document(Value(.list(items), .nowhere)).output).bytes(.redacted)
    }
}

extension EntityKind {
    fileprivate static let listable: [EntityKind] = [
        .env, .node, .host, .template, .preset, .posture, .spec, .manifest, .hostGroup, .component, .group, .probe,
    ]
}
