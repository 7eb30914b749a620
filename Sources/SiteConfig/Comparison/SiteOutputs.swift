internal import Diagnostics
internal import Emitters
internal import Resolution
internal import SiteModel

/// Everything that a site can compile to, by the commands that write it: what two states of it are compared by.
struct SiteOutputs: Sendable {
    /// One output, compiled.
    struct Output: Sendable {
        let command: String
        /// Where `resolve build` writes it; nil if it does not.
        let file: String?
        let document: Value
    }

    /// In the order in which they are told: envs, their variables, minions, hosts.
    private(set) var outputs: [Output] = []
    /// What could not be compiled, and so is not compared.
    private(set) var skipped: [String] = []
    private var skippedStems: Set<Substring> = []
    private var written: Set<Written> = []

    /// A command's output in a file, or in none.
    private struct Written: Hashable {
        let command: String
        let file: String?
    }
    /// The first output of each command.
    private var places: [String: Int] = [:]
    private var seen: Set<String> = []
    /// The inventory of all, where resolve.yaml declares none; nil if it has errors.
    private let inventory: Value?
    private let declaresInventory: Bool

    /// All but inventories that resolve.yaml does not declare.
    init(_ state: SiteState) {
        let planned = state.planned
        // What resolve.yaml declares need not be told twice.
        var covered = Set(planned.compactMap(\.target.wholeOutput))
        let jobs = Set(planned.compactMap(\.target.wholeJob))
        if !jobs.isEmpty, jobs.isSuperset(of: state.jobs) { covered.insert("targets") }
        declaresInventory = covered.contains("inventory")
        inventory = declaresInventory ? nil : state.document(of: Self.wholeInventory)
        for output in planned { add(output.command, output.target, of: state, file: output.path) }
        for (command, target) in state.targets where !(target.wholeOutput.map(covered.contains) ?? false) {
            add(command, target, of: state)
        }
    }

    private static let wholeInventory = Target.inventory(.init())

    /// Whether there is one inventory of all.
    func hasInventory(_ state: SiteState) -> Bool {
        inventory != nil || declaresInventory && state.document(of: Self.wholeInventory) != nil
    }

    /// - Parameter isByEnv: whether inventories are compared env by env: where VMs of two envs have one name in either state,
    ///   there is none of all.
    mutating func addInventories(of state: SiteState, byEnv isByEnv: Bool) {
        guard !declaresInventory else { return }
        let inventory = inventory
        guard isByEnv else { return add("inventory", inventory) }
        for env in state.names(.env) { add("inventory \(env)", .inventory(.init(env: env)), of: state) }
    }

    /// The secrets that outputs name, by their paths.
    var secrets: [String: SecretRef] {
        let found = outputs.flatMap { OutputFacts($0.document).secrets }
        return Dictionary(found.map { ($0.secret.path, $0.secret) }) { first, _ in first }
    }

    /// How many there are of each command: `2 env, 2 vars, 1 inventory`.
    var kinds: String {
        var kinds: [(word: Substring, count: Int)] = []
        for output in outputs {
            let word = output.command.prefix { $0 != " " }
            if let place = kinds.firstIndex(where: { $0.word == word }) {
                kinds[place].count += 1
            } else {
                kinds.append((word, 1))
            }
        }
        return kinds.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
    }

    subscript(command: String) -> Output? { places[command].map { outputs[$0] } }

    /// Whether an output could not be compiled, on whichever node it would have been.
    func hasSkipped(_ command: String) -> Bool { skippedStems.contains(Self.stem(command)) }

    private static func stem(_ command: String) -> Substring {
        command.ranges(of: " --node ").first.map { command[..<$0.lowerBound] } ?? command[...]
    }

    /// Whether a command's output is written to a file, or to none.
    func writes(_ command: String, to file: String?) -> Bool { written.contains(Written(command: command, file: file)) }

    private mutating func add(_ command: String, _ target: Target, of state: SiteState, file: String? = nil) {
        add(command, file: file, state.document(of: target))
    }

    /// - Parameter document: what it comes to; looked at only if nothing of that command is there.
    private mutating func add(_ command: String, file: String? = nil, _ document: @autoclosure () -> Value?) {
        if let place = places[command] {
            // The same output in a second file.
            if let file { append(command, file, outputs[place].document) }
            return
        }
        guard seen.insert(command).inserted else { return }
        guard let document = document() else {
            skipped.append(command)
            skippedStems.insert(Self.stem(command))
            return
        }
        places[command] = outputs.count
        append(command, file, document)
    }

    private mutating func append(_ command: String, _ file: String?, _ document: Value) {
        written.insert(Written(command: command, file: file))
        outputs.append(Output(command: command, file: file, document: document))
    }
}

/// A site at one time: the working tree, what is staged, or a revision.
struct SiteState {
    let compiler: SiteCompiler
    /// What is wrong with it as a whole.
    let findings: [Diagnostic]
    private let loader: Loader
    /// Compiles from what was read, if nothing is wrong with it; else each output by itself, from what it reads.
    private let whole: WholeSite?
    /// Knows the site's files, and has read none.
    private let bare: Loader

    init(_ compiler: SiteCompiler) {
        self.compiler = compiler
        bare = compiler.newLoader()
        let (whole, findings) = compiler.readWhole(bare)
        self.findings = findings
        loader = whole.loader
        self.whole = findings.hasErrors || !whole.loader.failures.isEmpty ? nil : whole
    }

    var sources: SourceMap { loader.sources }

    var failures: [String] { loader.failures }

    var isSound: Bool { whole != nil }

    func names(_ kind: EntityKind) -> [String] { loader.catalogue.names(kind) }

    var jobs: [Key] { loader.site.jobs }

    var minions: [Minion] { loader.site.minions().minions }

    /// The site's own file of secrets.
    var secretFile: String? { loader.catalogue.secretFiles.first }

    /// Where a secret stands; nil if its file does not tell.
    func place(of secret: SecretRef) -> Span? {
        guard secret.file == nil, case .keys(let keys) = loader.secrets.state else { return nil }
        return keys.value(at: secret.steps)?.origin.span
    }

    /// The VMs that the envs make, by their names, and the env.
    var vms: [(name: Key, env: Key)] {
        names(.env).flatMap { env -> [(name: Key, env: Key)] in
            guard let place = loader.catalogue.place(Key(env), .kind(.env)), let entity = loader.entities[place.id]
            else { return [] }
            let vms = loader.site.inherited(entity).entity.fields["vms"]?.list ?? []
            return vms.compactMap { vm in vm.map?["name"]?.name.map { (Key($0), Key(env)) } }
        }
    }

    /// What resolve.yaml declares.
    var planned: [PlannedOutput] {
        guard whole != nil, loader.catalogue.outputsFile != nil else { return [] }
        var planner = OutputPlanner(
            loader.site, minions, jobs: loader.site.jobs, depth: nil, in: compiler.folders, issuedAt: nil)
        planner.plan()
        return planner.outputs
    }

    /// What the site compiles to besides, each by its command.
    var targets: [(command: String, target: Target)] {
        let nodes = names(.node)
        let machines = nodes + names(.host).filter { !nodes.contains($0) }
        let envs = names(.env).compactMap { env -> (String, Target)? in
            if isPlaced(env) { return ("env \(env)", .env(.init(name: env))) }
            // On which of several nodes it is made is not known; what its VMs are depends on none.
            return nodes.first.map { ("env \(env) --node \($0)", .env(.init(name: env, node: $0))) }
        }
        let aboutMinions: [(String, Target)] =
            minions.isEmpty
            ? [] : [("roster", .roster(.init(form: .json))), ("nodegroups", .nodegroups)]
        return envs + names(.env).map { ("vars \($0)", .variables(.env($0))) }
            + names(.spec).map { ("spec \($0)", .specification($0)) }
            + names(.manifest).map { ("manifest \($0)", .manifest(.init(.name($0)))) }
            + machines.map { ("host \($0)", .host($0)) }
            + aboutMinions + minions.map { ("pillar \($0.id)", .pillar($0.id.text)) }
            + [("targets", .targets(.init()))]
    }

    /// Whether it is known on which node an env is made.
    private func isPlaced(_ env: String) -> Bool {
        if names(.node).count == 1 { return true }
        guard let place = loader.catalogue.place(Key(env), .kind(.env)), let entity = loader.entities[place.id] else {
            return false
        }
        return loader.site.inherited(entity).entity.fields["node"]?.name != nil
    }

    /// What a target comes to; nil if it has errors.
    func document(of target: Target) -> Value? {
        let draft = whole?.draft(target) ?? compiler.draft(target, bare)
        let found = draft.loader.diagnostics + draft.findings
        guard !found.hasErrors, draft.usage == nil, draft.loader.failures.isEmpty, let subject = draft.subject else {
            return nil
        }
        return Registry.document(of: subject)
    }
}

extension [Value] {
    fileprivate subscript(safe index: Int) -> Value? { indices.contains(index) ? self[index] : nil }
}

extension Target {
    /// The job that it tells all targets of; nil for any other target.
    fileprivate var wholeJob: Key? {
        if case .targets(let request) = self, request.env == nil { request.job.map { Key($0) } } else { nil }
    }

    /// What a target says all of, in whatever form and on whatever node; nil if it is a part only.
    fileprivate var wholeOutput: String? {
        switch self {
        case .env(let request): request.vmids.isEmpty ? "env \(request.name)" : nil
        case .inventory(let request):
            if case .host = request.form { nil } else { request.env == nil ? "inventory" : nil }
        case .roster(let request):
            request.minions.isEmpty && request.env == nil && request.addresses.isEmpty ? "roster" : nil
        case .targets(let request): request.job == nil && request.env == nil ? "targets" : nil
        default: nil
        }
    }
}
