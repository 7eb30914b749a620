internal import Diagnostics
internal import Resolution
internal import Secrets
internal import SiteModel
internal import YAMLSyntax

/// Reads, parses and binds the files that a target needs, each once, and nothing else.
struct Loader {
    let files: any SiteFiles
    let strictness: Strictness
    private(set) var catalogue = Catalogue()
    /// What the folders hold, where remarks on that are wanted.
    private var listed: [(folder: String, names: [String])] = []
    private(set) var sources = SourceMap()
    private(set) var entities: [EntityID: BoundEntity] = [:]
    /// What comments of the files that were bound allow.
    private(set) var allowances = Allowances()
    private var surroundings: [EntityID: BoundEntity] = [:]
    private(set) var diagnostics: [Diagnostic] = []
    /// What the system refused: the run could not be done, whatever the site says.
    var failures: [String] = []
    var secrets = SiteSecrets() { didSet { settled = nil } }
    /// The secrets of single components and host groups, once they are looked for.
    var secretLayers: [EntityID: SiteSecrets] = [:] { didSet { settled = nil } }
    var secretLayerFiles = SecretLayerFiles()
    var secretLayersFound: [SiteSecrets.Found] = []
    var hasListedSecretLayers = false
    /// Passwords that stand in clear in other files, by the files' paths.
    var passwords: [Key: OpenedSecrets] = [:]
    /// Every file that may be the site's secrets, as it was found.
    var secretsFound: [SiteSecrets.Found] = []
    /// What opens encrypted files; nil where nothing may be opened.
    private(set) var keyring: Keyring?
    private(set) var seen: Set<EntityID> = []
    /// The linked site, where nothing more will be read.
    private(set) var settled: LinkedSite?
    /// The site's secrets, where they were read while other files were.
    var secretsAhead: ReadSecrets?
    /// The same while they are still read: from before the folders are listed, where whoever loads is sure to want them.
    private(set) var secretsToCome: Cores.Ahead<ReadSecrets>?
    /// Whether remarks on style are wanted, which cost a look at every scalar.
    let lints: Bool
    /// The env that a target is compiled of, where not all are there at a time.
    private var present: BoundEntity?
    /// Envs that were read and compiled: their entities are without their VMs.
    private(set) var released: Set<EntityID> = []
    /// The sums of their texts, where the sources are empty.
    private var releasedSums: [SourceID: OutputSum] = [:]
    /// What the rest of the site sees of envs that were released; none of one that comments speak in.
    private(set) var interfaces: [EntityID: String] = [:]

    static let fileLimit = (16 << 20) + 1

    /// - Parameter wantsSecrets: whether the site's secrets are sure to be loaded.
    init(
        _ files: any SiteFiles, _ strictness: Strictness, _ keyring: Keyring? = nil, lints: Bool = false,
        wantsSecrets: Bool = false
    ) {
        self.init(beginning: files, strictness, keyring, lints: lints, wantsSecrets: wantsSecrets)
        listFolders()
    }

    /// Knows the site's own folder only, and begins to read the secrets, if they are wanted: `listFolders` does the rest.
    init(
        beginning files: any SiteFiles, _ strictness: Strictness, _ keyring: Keyring? = nil, lints: Bool = false,
        wantsSecrets: Bool
    ) {
        self.files = files
        self.keyring = keyring
        self.strictness = strictness
        self.lints = lints
        list([""])
        if wantsSecrets { readSecretsAhead() }
    }

    /// Finds out which files there are in the folders of the site.
    mutating func listFolders() {
        list(Catalogue.folders)
        guard lints else { return }
        diagnostics += catalogue.misnamed.map { .misnamed($0) }
        for (folder, names) in listed { diagnostics += unreadFolders(in: folder, names) }
        listed = []
    }

    private mutating func list(_ folders: [String]) {
        for folder in folders {
            do throws(FileError) {
                let names = try files.names(in: folder)
                catalogue.add(folder: folder, names: names)
                if lints { listed.append((folder, names)) }
            } catch {
                if case .failed(let reason) = error {
                    failures.append("cannot list \(folder.isEmpty ? "the site" : folder): \(reason)")
                }
            }
        }
    }

    /// Begins to read the site's secrets. Few are not worth a thread.
    private mutating func readSecretsAhead() {
        guard catalogue.secretFiles.count == 1, let path = catalogue.secretFiles.first,
            files.size(of: path) ?? 0 >= 1 << 16
        else { return }
        // It has its number before it is read, so that others have theirs whichever comes first.
        let (id, files, strictness) = (keptSecret(path, []).id, files, strictness)
        secretsToCome = Cores.Ahead { ReadSecrets(path, id, files, strictness, isBound: true) }
    }

    /// The catalogue, what was loaded, and the secrets' keys.
    var site: LinkedSite {
        settled
            ?? LinkedSite(
                catalogue: catalogue, entities: entities, secrets: secrets.state, strictness: strictness,
                surroundings: surroundings, secretLayers: layersOfSecrets)
    }

    /// Loads `site.yaml`, if there is one.
    mutating func loadSite() {
        guard let path = catalogue.siteFile, seen.insert(.site).inserted else { return }
        reportRival(path, catalogue.rivals.first { $0.path == path }?.rival)
        _ = bindFile(path, as: .site)
    }

    /// Loads `allocations.yaml`, if there is one and something that was loaded takes a number from it.
    mutating func loadAllocations(always: Bool = false) {
        guard let path = catalogue.allocationsFile,
            always || entities.values.contains(where: { !$0.allocations.isEmpty }),
            seen.insert(.allocations).inserted
        else { return }
        reportRival(path, catalogue.rivals.first { $0.path == path }?.rival)
        _ = bindFile(path, as: .allocations)
    }

    /// Loads `resolve.yaml`, if there is one.
    mutating func loadOutputs() {
        guard let path = catalogue.outputsFile, seen.insert(.outputs).inserted else { return }
        reportRival(path, catalogue.rivals.first { $0.path == path }?.rival)
        _ = bindFile(path, as: .outputs)
    }

    /// Loads an entity and, from reference to reference, all that the scope reads of it.
    mutating func load(_ place: Catalogue.Place, _ scope: Scope) {
        var waiting = [place]
        while let place = waiting.popLast() {
            guard seen.insert(place.id).inserted else { continue }
            reportRival(place.path, place.rival)
            guard let entity = bindFile(place.path, as: place.id) else { continue }
            for reference in entity.references {
                for order in scope.searches(reference) where scope.reads(order) {
                    waiting += places(of: reference.name, order)
                }
            }
        }
    }

    /// Loads every file of every kind.
    ///
    /// - Parameter kept: a kind that is left for later.
    mutating func loadAll(but kept: EntityKind? = nil) {
        let kinds = EntityKind.allCases.filter { $0 != kept }
        let places = kinds.flatMap { catalogue.all($0) }.filter { !seen.contains($0.id) }
        let first = Int(sources.nextID.index)
        if places.allSatisfy({ $0.rival == nil }) {
            let reader = reader
            let files = Cores.map(places.count) { place in
                reader.read(
                    places[place].path, as: places[place].id, SourceID(index: UInt32(first + place)))
            }
            if files.allSatisfy({ $0.source != nil }) {
                for (place, file) in zip(places, files) where seen.insert(place.id).inserted {
                    keep(file, as: place.id)
                }
                return
            }
        }
        // Sources are numbered as they are found, so where one is missing or there is one more, one comes after the other.
        for place in places { load(place, .everything) }
    }

    /// Loads what a name means, if it exists.
    mutating func load(_ name: Key, _ order: SearchOrder, _ scope: Scope) {
        for place in places(of: name, order) { load(place, scope) }
    }

    /// The file that a name means. Presets in several folders are not merged; that they differ is said, so the others
    /// are read, too.
    private func places(of name: Key, _ order: SearchOrder) -> [Catalogue.Place] {
        guard let place = catalogue.place(name, order) else { return [] }
        return order.kind == .preset ? [place] + catalogue.shadowed(name, order) : [place]
    }

    // MARK: Envs that are read one by one

    /// Counts these files among those that were read, each with a source of its own, empty until it is.
    ///
    /// - Returns: the sources' numbers.
    mutating func expect(_ places: [Catalogue.Place]) -> [SourceID] {
        places.map { place in
            seen.insert(place.id)
            return source(place.path, []).id
        }
    }

    /// Takes an env for one that was read while a target of its own is compiled.
    ///
    /// - Parameter site: the site as it is linked; it need not have the env.
    func seeing(_ env: BoundEntity, in site: LinkedSite) -> Loader {
        var loader = self
        loader.present = env
        loader.settled = site
        return loader
    }

    /// An env with its VMs, if it was read. One that was released is read again.
    mutating func wholeEnv(_ id: EntityID) -> BoundEntity? {
        if let present, present.id == id { return present }
        guard let known = entities[id], released.contains(id) else { return entities[id] }
        var source: Source? = sources[known.source]
        if let sum = releasedSums[known.source] { source = readAgain(known.path, known.source, sum) }
        return source.flatMap { reader.read($0.path, $0.bytes, as: id, $0.id).entity }
    }

    /// Keeps what is left of an env.
    mutating func keep(_ env: PassedEnv) {
        sources.keep(env.source)
        if let found = env.allowances { allowances.note(found, of: env.source.id) }
        diagnostics += env.diagnostics
        entities[env.released.entity.id] = env.released.entity
        released.insert(env.released.entity.id)
        releasedSums[env.source.id] = env.sum
        interfaces[env.released.entity.id] = env.interface
    }

    /// The sources, those of released envs read again as far as findings are about them; and what that failed for.
    func sources(showing found: [Diagnostic]) -> (sources: SourceMap, failures: [String]) {
        guard !releasedSums.isEmpty else { return (sources, []) }
        var loader = self
        loader.failures = []
        for finding in found {
            let places =
                [finding.primary?.span] + finding.related.map(\.span) + finding.fixes.flatMap(\.edits).map(\.span)
            for case let span? in places {
                guard let sum = loader.releasedSums.removeValue(forKey: span.source) else { continue }
                _ = loader.readAgain(loader.sources[span.source].path, span.source, sum)
            }
        }
        return (loader.sources, loader.failures)
    }

    private mutating func readAgain(_ path: String, _ id: SourceID, _ sum: OutputSum) -> Source? {
        do throws(FileError) {
            let bytes = try files.read(path, limit: Self.fileLimit)
            guard OutputSum(of: bytes.span) == sum else { throw .failed("it changed while the site was read") }
            let source = Source(id: id, path: path, bytes: bytes, isSecret: false)
            keep(source)
            return source
        } catch {
            failures.append("cannot read \(path): \(error.reason)")
            return nil
        }
    }

    /// Reads an entity that only checks look at: if it cannot be read, or is wrong, they do without it.
    mutating func glance(at name: Key, _ order: SearchOrder) {
        guard let place = catalogue.place(name, order), !seen.contains(place.id), place.rival == nil,
            let bytes = try? files.read(place.path, limit: Self.fileLimit)
        else { return }
        let file = reader.glance(at: place.path, bytes, as: place.id, sources.nextID)
        if let source = file.source { keep(source) }
        if let found = file.passwords { passwords[Key(place.path)] = found }
        surroundings[place.id] = file.entity
    }

    /// The same, which opens no encrypted file.
    var openingNothing: Loader { opening(with: nil) }

    /// The same, which opens encrypted files with other keys.
    func opening(with keyring: Keyring?) -> Loader {
        var loader = self
        loader.keyring = keyring
        return loader
    }

    /// Whether a file of secrets does not tell its keys until it is opened.
    var hasUnknownKeys: Bool { secrets.state.isUnchecked || secretLayers.values.contains(where: \.state.isUnchecked) }

    /// What is wrong with the references of what was read. Of a whole site they were checked when it was read.
    ///
    /// - Parameter entity: what the target is about. The Python resolver passes over more of what it does not make, so what
    ///   leniency took for a warning in the whole site may be an error there.
    func links(of site: LinkedSite, _ scope: Scope, about entity: BoundEntity? = nil) -> [Diagnostic] {
        guard settled != nil else {
            return link(site, scope) { entities, link in
                Cores.map(slices: entities, of: 64) { link(Array($0)) }.flatMap(\.self)
            }
        }
        return strictness == .lenient ? entity.map { link([$0], in: site, scope) } ?? [] : []
    }

    /// Takes what was read for all that will be: what was found so far has been reported.
    ///
    /// - Parameter whole: the site as it was checked, with all that was worked out for that.
    mutating func settle(_ whole: LinkedSite? = nil) {
        diagnostics = []
        settled = settled ?? whole ?? site
    }

    // MARK: Files

    /// Whether something is to be loaded for the first time.
    mutating func isFirst(_ id: EntityID) -> Bool { seen.insert(id).inserted }

    /// What was found after there were that many findings.
    func newDiagnostics(since count: Int) -> [Diagnostic] { Array(diagnostics[count...]) }

    mutating func report(_ found: Diagnostic) { diagnostics.append(found) }

    mutating func report(_ found: [Diagnostic]) { diagnostics += found }

    var nextSourceID: SourceID { sources.nextID }

    mutating func keep(_ source: Source) { sources.keep(source) }

    /// A new source.
    mutating func source(_ path: String, _ bytes: [UInt8]) -> Source {
        sources.add(path: path, bytes: bytes, isSecret: false)
    }

    /// A new source that is held for secret: its text is read, and shown nowhere.
    mutating func keptSecret(_ path: String, _ bytes: [UInt8]) -> Source {
        sources.add(path: path, bytes: bytes, isSecret: true)
    }

    /// A new source of which only the shape is kept.
    mutating func maskedSource(_ path: String, _ bytes: borrowing Swift.Span<UInt8>) -> Source {
        sources.add(path: path, masking: bytes)
    }

    mutating func reportRival(_ path: String, _ rival: String?) {
        guard let rival else { return }
        let source = sources.add(path: rival, bytes: [], isSecret: true)
        diagnostics.append(.twoFiles(path, rival, .startOfFile(source.id)))
    }

    /// Binds a file of the command line's, with all that the scope reads of what it refers to.
    mutating func load(_ path: String, _ bytes: [UInt8], as kind: EntityKind, _ scope: Scope) -> BoundEntity? {
        let name = path.pathSteps.last.map { String($0.prefix { $0 != "." }) } ?? path
        let id = EntityID(kind, folder: "", Key(name))
        guard let entity = keep(reader.read(path, bytes, as: id, sources.nextID), as: id) else { return nil }
        for reference in entity.references {
            for order in scope.searches(reference) where scope.reads(order) {
                for place in places(of: reference.name, order) { load(place, scope) }
            }
        }
        return entity
    }

    private mutating func bindFile(_ path: String, as id: EntityID) -> BoundEntity? {
        keep(reader.read(path, as: id, sources.nextID), as: id)
    }

    /// What reads single files.
    var reader: FileReader { FileReader(files: files, strictness: strictness, lints: lints) }

    /// Keeps a file as it was read.
    @discardableResult
    private mutating func keep(_ file: FileReader.File, as id: EntityID) -> BoundEntity? {
        if let source = file.source { keep(source) }
        if let failure = file.failure { failures.append(failure) }
        diagnostics += file.diagnostics
        if let found = file.allowances, let source = file.source { allowances.note(found, of: source.id) }
        if let found = file.passwords, let source = file.source { passwords[Key(source.path)] = found }
        guard let entity = file.entity else { return nil }
        entities[id] = entity
        settled = nil
        return entity
    }

    /// What stands under such a name is a secret, in any file format.
    static func holdsSecrets(_ path: String) -> Bool {
        guard path.utf8.span.holds("secrets") else { return false }
        let parts = path.pathSteps
        return parts.last?.hasPrefix("secrets") == true || parts.dropLast().contains("secrets")
    }
}

/// What another reading of the same site found, told of the sources of the first: they need not have the same numbers.
struct SecondReading {
    /// The sources of the first reading by their paths, once they are asked for.
    private var known: [Key: Source] = [:]
    private var places: [SourceID: SourceID] = [:]

    /// - Parameter loader: of the first reading; it gets what this one read otherwise.
    mutating func adopt(_ found: [Diagnostic], of other: Loader, into loader: inout Loader) -> [Diagnostic] {
        if known.isEmpty, !found.isEmpty {
            for source in loader.sources.sources { known[Key(source.path)] = source }
        }
        return found.map { $0.moved { place(of: $0, other, &loader) } }
    }

    private mutating func place(of id: SourceID, _ other: Loader, _ loader: inout Loader) -> SourceID {
        if let place = places[id] { return place }
        let source = other.sources[id]
        let own = known[Key(source.path)].flatMap { $0.bytes == source.bytes ? $0.id : nil }
        let place = own ?? loader.nextSourceID
        places[id] = place
        if own == nil { loader.keep(source.numbered(place)) }
        return place
    }
}

extension [Diagnostic] {
    /// What was found in a text, in the words for one that is secret.
    ///
    /// - Parameter found: what is found in it as a secret text, which may be more: tags of ours mean nothing there.
    func concealed(as found: [Diagnostic]) -> [Diagnostic] {
        map { diagnostic in
            let words = found.first { $0.code.id == diagnostic.code.id && $0.primary?.span == diagnostic.primary?.span }
            return (words ?? diagnostic).hiding(true)
        }
    }
}

extension Diagnostic {
    fileprivate static func misnamed(_ path: String) -> Diagnostic {
        let isHostGroup = path.hasPrefix("pillar/")
        return Diagnostic(
            .misnamed, .warning,
            "\(path) is not read\(isHostGroup ? "" : ", for its name is none")", at: nil,
            help: isHostGroup
                ? "host groups end in .sls; to leave it out, begin its name with `_`"
                : "use letters, digits, `.`, `_`, `@` and `-`, a letter or digit first; begin it with `_` to leave it out"
        )
    }

    fileprivate static func twoFiles(_ path: String, _ rival: String, _ span: Span) -> Diagnostic {
        Diagnostic(
            .twoFiles, "\(path) and \(rival) are both there", at: span,
            notes: ["they have one name, so only one could be read"],
            help: "remove or rename one of them")
    }
}

extension Code {
    static let twoFiles = Code(
        "R0204", "two files of one name",
        explanation: "`dev.yaml` and `dev.yml` are one entity. Which of them is read would be chance, so neither is.",
        example: """
            $ resolve vars dev
            -- site.yaml --
            -- envs/dev.yaml --
            vms: []
            -- envs/dev.yml --
            vms: []
            """,
        fix: "Remove or rename one of them.")

    static let misnamed = Code(
        "R0804", "a file or folder that is not read",
        explanation: """
            The name of a file is the name of what it describes, so it must be one that other files and command lines can \
            say: `[A-Za-z0-9][A-Za-z0-9._@-]*`. Any other file in these folders is passed over, and so is a folder in them; \
            one beside them is told of if its name is nearly that of a folder that is read: `env/`.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- envs/my env.yaml --
            vms: []
            """,
        fix: "Rename the file or folder. To leave it out on purpose, begin its name with `_` or end it in `.example`.")

    /// The codes of this module.
    static let ofSiteConfig: [Code] =
        [
            .twoFiles, .plainSecrets, .twoSealed, .uncheckedSecrets, .notSealed, .staleRecipients, .badRules,
            .trackedSecrets,
            .misnamed, .signingKey, .unclaimed, .ownerless, .badOutput, .shrinking, .damagedLock, .trackedKey,
            .badAllowance,
        ] + ofMigration
}
