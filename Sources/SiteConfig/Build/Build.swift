internal import Diagnostics
internal import Emitters
internal import Resolution
internal import SecretMemory
internal import Secrets
internal import SiteModel

/// What `resolve build` is to do.
public struct BuildRequest: Sendable {
    /// How many folders the site lies below the root of its git repository: outputs stay inside of that.
    public var depth: Int
    /// Whether outputs may be written anywhere.
    public var allowsOutside: Bool
    /// Whether outputs may lose VMs or become empty, and minions be renamed.
    public var allowsShrinking: Bool
    /// Whether outputs that are written no more are to be removed.
    public var isPruning: Bool
    /// Whether nothing is to be written: then outputs whose secrets no identity opens are compared without them.
    public var isCheck: Bool
    /// When provisioning tokens are issued, where resolve.yaml does not say it, in seconds since 1970.
    public var issuedAt: Int?

    /// Describes the request.
    public init(
        depth: Int = 0, allowsOutside: Bool = false, allowsShrinking: Bool = false, isPruning: Bool = false,
        isCheck: Bool = false, issuedAt: Int? = nil
    ) {
        self.depth = depth
        self.allowsOutside = allowsOutside
        self.allowsShrinking = allowsShrinking
        self.isPruning = isPruning
        self.isCheck = isCheck
        self.issuedAt = issuedAt
    }
}

/// Everything that resolve.yaml declares, compiled from one reading of the site (DESIGN §11), or what of it is not as it was.
public struct Build {
    /// What is wrong, with the site, with resolve.yaml, or with what would be lost. Where it has errors there are no outputs.
    public let report: Report
    /// The files to write, by their paths; of a build of what has changed, only those that came of it.
    public let outputs: [BuiltOutput]
    /// Files that an earlier build wrote and this one does not.
    public let leftovers: [String]
    /// Whether an output holds secrets that no identity opened: it can be checked, and not written.
    public let isSealed: Bool
    /// What `--allow-shrink` would have to allow, where nothing is to be written.
    let refusals: [String]
    let lock: Lock
    let earlier: BuildLock?
    /// The site that the outputs come from; nil where there was an error, or only a part of it was read.
    let whole: WholeSite?

    /// The lock as it is to be written.
    enum Lock {
        /// With the leftovers, since they are there as long as they are not removed.
        case made(BuildLock, text: [[UInt8]], places: [Range<Int>])
        /// The one that is there, with the digests of some outputs in it replaced: all else stays.
        case amended(LockAmendment, outputCount: Int)
    }

    /// How many outputs resolve.yaml declares: those that are known to stay as they are, too.
    public var outputCount: Int { if case .amended(_, let count) = lock { count } else { outputs.count } }

    /// What is to be another in the lock that is there; nil where it is written anew.
    public var lockAmendment: LockAmendment? { if case .amended(let amendment, _) = lock { amendment } else { nil } }

    /// The text of `.resolve.lock`.
    ///
    /// - Parameter isPruned: whether the leftovers are gone.
    /// - Throws: `FileError` if it is to be amended, and the one that is there cannot be read, or is another.
    public func lockBytes(isPruned: Bool) throws(FileError) -> [UInt8] {
        Array(try lockPieces(isPruned: isPruned).joined())
    }

    /// The same in pieces, most of which are there anyway: the lock of many outputs is as long as the site.
    public func lockPieces(isPruned: Bool) throws(FileError) -> [[UInt8]] {
        switch lock {
        case .amended(let amendment, _):
            var text = try amendment.files.read(BuildLock.fileName, limit: BuildLock.limit)
            for piece in amendment.pieces where !piece.amend(&text) { throw .failed("it is not what it was") }
            return [text]
        case .made(let lock, let text, _):
            guard isPruned, !leftovers.isEmpty else { return text }
            let entries = lock.entries.filter { !leftovers.contains($0.path) }
            return BuildLock(entries: entries, minions: lock.minions).text.pieces
        }
    }

    /// Whether an earlier build wrote a file.
    public func isKnown(_ path: String) -> Bool {
        if case .amended = lock { return true }
        return earlier?.entry(path) != nil
    }

    /// The name of the lock, beside resolve.yaml.
    public static var lockName: String { BuildLock.fileName }
}

/// What is to be another in the lock that is there.
public struct LockAmendment: Sendable {
    /// The digests that change, if any.
    public let pieces: [FileAmendment]
    let files: any SiteFiles

    /// Whether the lock is still the file that was there when it was read.
    public var isAsRead: Bool { (files as? RecordedFiles)?.record.hasChanged(BuildLock.fileName) != true }
}

/// A piece of a file that is to be another one, as long.
public struct FileAmendment: Sendable {
    /// Where it begins.
    public let offset: Int
    /// What is there.
    public let former: [UInt8]
    /// What is to be there.
    public let bytes: [UInt8]

    /// Changes a file's text; false if something else is there.
    func amend(_ text: inout [UInt8]) -> Bool {
        let place = offset..<(offset + former.count)
        guard bytes.count == former.count, place.upperBound <= text.count, text[place].elementsEqual(former) else {
            return false
        }
        text.replaceSubrange(place, with: bytes)
        return true
    }
}

/// One file of a build.
public struct BuiltOutput: Sendable {
    /// From the site's folder.
    public let path: String
    /// The command line that writes the same.
    public let command: String
    /// What it holds.
    public let document: Document
    /// How it is written.
    public let disclosure: Document.Disclosure
    let planned: PlannedOutput
    let entry: BuildLock.Entry
    let speaksOfMinions: Bool

    /// Whether secrets are to stand in the file, opened or not.
    public var entryHoldsSecrets: Bool { !entry.isRedacted }

    /// Whether secrets stand in the file.
    public let holdsSecrets: Bool
    /// Whether its bytes were taken while the build went on (`OutputTaker`): then they are here no more.
    public let isTaken: Bool

    init(
        _ planned: PlannedOutput, _ document: Document, _ disclosure: Document.Disclosure, _ entry: BuildLock.Entry,
        speaksOfMinions: Bool
    ) {
        path = planned.path
        command = planned.command
        self.document = document
        self.disclosure = disclosure
        self.planned = planned
        self.entry = entry
        self.speaksOfMinions = speaksOfMinions
        holdsSecrets = document.hasSecrets && disclosure == .revealed
        isTaken = false
    }

    /// The same, whose bytes were taken.
    private init(taken output: BuiltOutput) {
        path = output.path
        command = output.command
        document = Document(Output())
        disclosure = output.disclosure
        planned = output.planned
        entry = output.entry
        speaksOfMinions = output.speaksOfMinions
        holdsSecrets = output.holdsSecrets
        isTaken = true
    }

    /// The same with its secrets open.
    func revealing(_ document: Document) -> BuiltOutput {
        BuiltOutput(planned, document, .revealed, entry, speaksOfMinions: speaksOfMinions)
    }

    /// What is left of it when its bytes are taken; itself if they are not.
    func handed(to taker: any OutputTaker) -> BuiltOutput {
        let isTaken = document.withBytes(disclosure) { taker.take(path, $0, holdsSecrets: holdsSecrets) }
        return isTaken ? BuiltOutput(taken: self) : self
    }
}

/// A site that was read and checked whole, once, for everything that is compiled from it.
struct WholeSite {
    let compiler: SiteCompiler
    let loader: Loader

    /// The same with an env that it does not have.
    ///
    /// - Parameter site: what keeps the env's VMs.
    func seeing(_ env: BoundEntity, in site: LinkedSite) -> WholeSite {
        WholeSite(compiler: compiler, loader: loader.seeing(env, in: site))
    }

    /// What a target comes to.
    func draft(_ target: Target) -> Draft { compiler.draft(target, loader) }
}

extension SiteCompiler {
    /// Reads all of the site and checks it.
    ///
    /// - Parameter ahead: takes outputs that are compiled on the way.
    func readWhole(_ loader: Loader, _ ahead: OutputsAhead? = nil) -> (whole: WholeSite, findings: [Diagnostic]) {
        var loader = loader
        if loader.keyring != nil {
            loader.loadSecrets(isNeeded: true)
            loader.loadSecretLayers(isNeeded: true)
        }
        let (site, findings) = checkEverything(&loader, isForOutputs: true, ahead)
        let all = loader.diagnostics + findings
        loader.settle(site)
        return (WholeSite(compiler: self, loader: loader), all)
    }

    /// Compiles all that resolve.yaml declares.
    ///
    /// - Parameter taker: takes outputs that are compiled while others are not; then they are `isTaken`. If the build has errors,
    ///   it is to throw them away.
    public func build(_ request: BuildRequest, handingOutputsTo taker: (any OutputTaker)? = nil) -> Build {
        let ahead = OutputsAhead(request, taker, opening: keyring != nil)
        let (whole, found) = readWhole(newLoader(), ahead)
        var builder = Builder(whole, request, keyring, ahead)
        builder.report(found)
        builder.build()
        return builder.result(self)
    }
}

/// The files that were read, by their paths, so that what an output comes from is told in their order.
struct SortedFiles: Sendable {
    let ids: [SourceID]
    let paths: [String]

    init(_ sources: SourceMap) {
        let files = sources.sources.sorted(byBytesOf: \.path)
        ids = files.map(\.id)
        paths = files.map(\.path)
    }
}

/// Compiles outputs one by one; what is wrong with one stops no other from being looked at.
struct Builder {
    private var whole: WholeSite
    private let request: BuildRequest
    private let keyring: Keyring?
    private var diagnostics: [Diagnostic] = []
    private var failures: [String]
    private var planned: [PlannedOutput] = []
    private(set) var outputs: [BuiltOutput] = []
    private var minions: [Minion] = []
    private var earlier: BuildLock?
    private var isSealed = false
    private var refusals: [String] = []
    private let ahead: OutputsAhead?
    private var second = SecondReading()

    init(_ whole: WholeSite, _ request: BuildRequest, _ keyring: Keyring?, _ ahead: OutputsAhead? = nil) {
        self.ahead = ahead
        self.whole = whole
        self.request = request
        self.keyring = keyring
        failures = whole.loader.failures
    }

    mutating func report(_ found: [Diagnostic]) { diagnostics += found.filter { $0.severity != .note } }

    /// What a second reading of the site found, about the files of the first.
    private mutating func adopt(_ found: [Diagnostic], of loader: Loader) -> [Diagnostic] {
        var own = whole.loader
        let adopted = second.adopt(found, of: loader, into: &own)
        whole = WholeSite(compiler: whole.compiler, loader: own)
        return adopted
    }

    private var isWrong: Bool { diagnostics.hasErrors || !failures.isEmpty }

    mutating func build() {
        guard whole.loader.catalogue.outputsFile != nil else {
            failures.append(
                "the site has no resolve.yaml, which says what `resolve build` writes\n"
                    + "help: begin with: outputs: [{emit: env, env: \"*\", to: \"dist/{env}.tfvars.json\"}]")
            return
        }
        readLock()
        guard !isWrong else { return }
        minions = whole.loader.site.minions().minions
        compile(ahead?.planned ?? [])
        guard !isWrong, !request.allowsShrinking else { return }
        let lost = ShrinkCheck(earlier, outputs, minions, isPruning: request.isPruning).diagnostics
        if request.isCheck { refusals = lost.map(\.message) } else { diagnostics += lost }
    }

    /// Compiles these outputs, and opens what they hold.
    mutating func compile(_ outputs: [PlannedOutput]) {
        planned = outputs
        var redacted = compileRedacted()
        guard !isWrong else { return }
        reveal(&redacted)
        self.outputs = redacted
    }

    private mutating func readLock() {
        do throws(FileError) {
            let read = try BuildLock.read(
                whole.loader, depth: request.allowsOutside ? nil : request.depth, in: whole.compiler.folders,
                known: { [ahead] in ahead?.account(of: $0) })
            whole = WholeSite(compiler: whole.compiler, loader: read.loader)
            earlier = read.lock
            diagnostics += read.diagnostics
        } catch {
            failures.append("cannot read \(BuildLock.fileName): \(error.reason)")
        }
    }

    // MARK: Compiling

    /// What came of one output.
    struct Compiled: Sendable {
        var diagnostics: [Diagnostic]
        var failures: [String]
        var usage: String?
        var output: BuiltOutput?
    }

    /// The outputs as they are without any identity: so they are known in the lock, whoever builds.
    private mutating func compileRedacted() -> [BuiltOutput] {
        // Neither reads anything, and there is no keyring that could change: threads only look at them.
        nonisolated(unsafe) let whole = WholeSite(compiler: whole.compiler, loader: whole.loader.openingNothing)
        let (planned, ahead) = (planned, ahead)
        let files = SortedFiles(self.whole.loader.sources)
        let compiled = Cores.map(planned.count, run: 2) { place in
            unsafe ahead?.take(planned[place]) ?? Self.compileRedacted(planned[place], of: whole, files)
        }
        for (planned, compiled) in zip(planned, compiled) {
            take(compiled.diagnostics, of: planned)
            failures += compiled.failures
            if let usage = compiled.usage { diagnostics.append(.badOutput(planned, usage)) }
        }
        return compiled.compactMap(\.output)
    }

    static func compileRedacted(_ planned: PlannedOutput, of whole: WholeSite, _ files: SortedFiles) -> Compiled {
        var draft = whole.draft(planned.target)
        // What is not open here is opened for an output that is not redacted.
        if !planned.isRedacted { draft.findings.removeAll { $0.code == .uncheckedSecrets } }
        var result = Compiled(
            diagnostics: draft.loader.diagnostics + draft.findings, failures: draft.loader.failures, usage: draft.usage)
        guard let subject = draft.subject else { return result }
        let emitted = Registry.emit(subject)
        result.diagnostics += emitted.diagnostics
        let document = Document(emitted.output)
        let facts = OutputFacts(emitted.document, listing: emitted.list)
        let machines = subject.madeMachines
        let entry = BuildLock.Entry(
            path: planned.path, command: planned.command, digest: document.redactedDigest,
            isRedacted: planned.isRedacted || !document.hasSecrets, inputs: inputs(facts, of: whole.loader, in: files),
            secrets: facts.secrets,
            vms: machines, count: subject.count(ofMade: machines))
        result.output = BuiltOutput(planned, document, .redacted, entry, speaksOfMinions: subject.speaksOfMinions)
        return result
    }

    /// What has no place of its own is said where resolve.yaml asks for the output.
    private mutating func take(_ found: [Diagnostic], of planned: PlannedOutput) {
        report(
            found.filter { !$0.code.isLint }.map { finding in
                guard finding.primary == nil else { return finding }
                var placed = finding
                placed.primary = Label(planned.place, planned.command)
                return placed
            })
    }

    /// The files of the site that an output comes from, sorted.
    ///
    /// - Parameter files: all files that were read.
    private static func inputs(_ facts: OutputFacts, of loader: Loader, in files: SortedFiles) -> [String] {
        var paths: [String] = []
        for place in files.ids.indices where facts.comes(from: files.ids[place]) {
            let path = files.paths[place]
            if paths.last?.isSame(as: path) != true { paths.append(path) }
        }
        for path in facts.secretFiles.compactMap({ $0?.text ?? loader.catalogue.secretFiles.first }) {
            let place = paths.firstIndex { !$0.precedes(path) } ?? paths.count
            if place == paths.count || !paths[place].isSame(as: path) { paths.insert(path, at: place) }
        }
        return paths
    }

    // MARK: Secrets

    /// Opens what outputs hold that are not redacted.
    private mutating func reveal(_ outputs: inout [BuiltOutput]) {
        let places = outputs.indices.filter { !outputs[$0].planned.isRedacted && outputs[$0].document.hasSecrets }
        guard let keyring, !places.isEmpty else { return }
        let before = (diagnostics, failures)
        var opener = whole.loader.opening(with: keyring)
        let isKnown = !opener.hasUnknownKeys
        if !isKnown {
            // With the keys, other references lead somewhere.
            let (open, found) = whole.compiler.readWhole(whole.compiler.newLoader(keyring))
            report(adopt(found, of: open.loader))
            failures += open.loader.failures
            opener = open.loader
        }
        if isKnown {
            fill(&outputs, at: places, opener)
        } else {
            for place in places where !isWrong {
                guard let output = emit(outputs[place].planned, opener) else { continue }
                opener.openSecrets(for: output)
                let found = opener.diagnostics + opener.checkRevealed(output)
                report(adopt(found, of: opener))
                opener.settle()
                if !found.hasErrors { outputs[place] = outputs[place].revealing(Document(output, opener.openedFiles)) }
            }
        }
        report(keyring.remarks.map { .oddKey($0) })
        let errors = diagnostics.filter { $0.severity == .error }
        if request.isCheck, !errors.isEmpty, errors.allSatisfy(\.code.isAboutRun) {
            (diagnostics, failures) = before
            isSealed = true
        }
    }

    /// Where all keys were known without it, an identity changes nothing but what is filled in.
    private mutating func fill(_ outputs: inout [BuiltOutput], at places: [Int], _ site: Loader) {
        var opener = site
        var documents: [Output] = []
        for place in places where !isWrong {
            documents.append(outputs[place].document.content)
            opener.openSecrets(for: outputs[place].document.content)
            report(opener.diagnostics)
            // What was opened is known for the next output.
            opener.settle()
        }
        // Nothing is opened any more: threads only look.
        let (contents, opened) = (documents, opener.openedFiles)
        let filled = Cores.map(contents.count, run: 2) { index in
            let document = Document(contents[index], opened)
            return (found: document.mistakesInSecrets, document: document)
        }
        for (place, output) in zip(places, filled) {
            report(output.found)
            if output.found.hasErrors { return }
            outputs[place] = outputs[place].revealing(output.document)
        }
    }

    private mutating func emit(_ planned: PlannedOutput, _ opener: Loader) -> Output? {
        let draft = WholeSite(compiler: whole.compiler, loader: opener).draft(planned.target)
        take(adopt(draft.loader.diagnostics + draft.findings, of: draft.loader), of: planned)
        failures += draft.loader.failures
        if let usage = draft.usage { diagnostics.append(.badOutput(planned, usage)) }
        return draft.subject.map { Registry.emit($0).output }
    }

    // MARK: Result

    /// What was found.
    var report: Report { whole.compiler.report(on: whole.loader, diagnostics, usage: nil, failures: failures) }

    func result(_ compiler: SiteCompiler) -> Build {
        let report = report
        compiler.keepToTheEnd(whole.loader)
        let paths = Set(planned.map { Key($0.path) })
        let left = report.isClean ? (earlier?.entries ?? []).filter { !paths.contains(Key($0.path)) } : []
        let entries = (outputs.map(\.entry) + left).sorted(byBytesOf: \.path)
        let places =
            outputs.contains(where: \.speaksOfMinions)
            ? minions.compactMap(\.lockedPlace) : earlier?.minions ?? []
        let lock = BuildLock(entries: entries, minions: places)
        let text = report.isClean ? lock.text : (pieces: [], places: [])
        return Build(
            report: report, outputs: report.isClean ? outputs : [], leftovers: left.map(\.path), isSealed: isSealed,
            refusals: refusals, lock: .made(lock, text: text.pieces, places: text.places), earlier: earlier,
            whole: report.isClean ? whole : nil)
    }
}

extension Minion {
    /// Its id, and where it is reached; nil if it has no address.
    var lockedPlace: (id: String, place: String)? {
        place.map { place in
            let gateways = place.gateways.map { " " + $0.text }.joined()
            return (id.text, "\(host?.value.string ?? "") \(place.port)\(gateways)")
        }
    }
}

extension Diagnostic {
    fileprivate static func badOutput(_ planned: PlannedOutput, _ usage: String) -> Diagnostic {
        Diagnostic(
            .badOutput, "\(planned.command): \(usage)", at: planned.place,
            help: "say it in this item of resolve.yaml, an option without its dashes: `node: …`, `issued_at: …`")
    }
}
