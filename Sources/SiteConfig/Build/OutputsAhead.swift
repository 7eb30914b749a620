internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import Synchronization

/// The outputs of envs, compiled as soon as their VMs are made, while the rest of the site is still checked: so the VMs of one env
/// are there at a time, and not those of all. Should anything be wrong with the site, nobody asks for them.
final class OutputsAhead: Sendable {
    private let request: BuildRequest
    private let taker: (any OutputTaker)?
    private let isOpening: Bool
    private let compiled = Mutex<[Key: (planned: PlannedOutput, compiled: Builder.Compiled)]>([:])
    /// What is to be written.
    private let plan = Mutex<[PlannedOutput]>([])

    /// - Parameters:
    ///   - taker: takes what is compiled, if it can.
    ///   - isOpening: whether secrets are to be opened.
    init(_ request: BuildRequest, _ taker: (any OutputTaker)?, opening isOpening: Bool) {
        self.request = request
        self.taker = taker
        self.isOpening = isOpening
    }

    /// How many folders the site lies below the one that no output leaves; nil if any may be written.
    var depth: Int? { request.allowsOutside ? nil : request.depth }

    var issuedAt: Int? { request.issuedAt }

    /// Whether there is somebody to hand outputs on to.
    var handsOn: Bool { taker != nil }

    /// Forgets what was compiled.
    func discard() {
        compiled.withLock { $0 = [:] }
        taker?.discard()
    }

    /// Keeps what resolve.yaml declares, once that was read with all of the site.
    func keep(_ planned: [PlannedOutput]) { plan.withLock { $0 = planned } }

    var planned: [PlannedOutput] { plan.withLock(\.self) }

    /// What compiles the outputs of single envs.
    struct Maker: Sendable {
        fileprivate let outputs: [Key: PlannedOutput]
        /// Whether these are all that the site has of envs.
        let hasAllOutputs: Bool
        fileprivate let compile: @Sendable (PlannedOutput, (env: BoundEntity, site: LinkedSite)?) -> Void

        /// Whether there is one of that env.
        func wants(_ env: EntityID) -> Bool { outputs[env.name] != nil }

        /// Compiles the output of an env whose VMs the linked site has kept.
        func make(_ env: EntityID) { if let output = outputs[env.name] { compile(output, nil) } }

        /// The same of an env that the loader does not have.
        ///
        /// - Parameter site: has kept its VMs.
        func make(_ env: BoundEntity, in site: LinkedSite) {
            if let output = outputs[env.id.name] { compile(output, (env, site)) }
        }
    }

    /// - Parameter loader: has read all that the site has, but for envs that are given to the maker one by one.
    func maker(_ site: LinkedSite, _ loader: Loader, _ compiler: SiteCompiler) -> Maker {
        var planner = OutputPlanner(
            site, [], jobs: [], depth: depth, in: compiler.folders,
            issuedAt: request.issuedAt, isOfEnvs: true)
        planner.plan()
        // The VMs are kept for one output: others, and those with numbers of their own, make them again.
        var outputs: [Key: PlannedOutput] = [:]
        for output in planner.outputs where planner.outside.isEmpty {
            guard case .env(let request) = output.target, request.vmids.isEmpty, outputs[Key(request.name)] == nil
            else {
                continue
            }
            outputs[Key(request.name)] = output
        }
        var loader = loader.openingNothing
        loader.settle(site)
        // Neither reads anything, and there is no keyring that could change: threads only look at them.
        nonisolated(unsafe) let whole = WholeSite(compiler: compiler, loader: loader)
        let files = SortedFiles(loader.sources)
        let opened = isOpening && !loader.hasUnknownKeys ? loader.openedFiles : nil
        let hasAll = planner.diagnostics.isEmpty && planner.outputs.count == outputs.count
        return Maker(outputs: outputs, hasAllOutputs: hasAll) { [self] output, passing in
            let seen = unsafe passing.map { unsafe whole.seeing($0.env, in: $0.site) } ?? whole
            var made = Builder.compileRedacted(output, of: seen, files)
            if let output = made.output, !made.diagnostics.hasErrors, made.failures.isEmpty {
                made.output = handOn(output, opened)
            }
            compiled.withLock { $0[Key(output.path)] = (output, made) }
        }
    }

    /// Hands an output on that is to be written as it is, or with secrets that stand in clear. For others something has to be
    /// opened, or said.
    private func handOn(_ output: BuiltOutput, _ opened: OpenedFiles?) -> BuiltOutput {
        guard let taker else { return output }
        guard output.document.hasSecrets, !output.planned.isRedacted else { return output.handed(to: taker) }
        guard let opened else { return output }
        let document = Document(output.document.content, opened)
        guard document.isOpen, document.mistakesInSecrets.isEmpty else { return output }
        let handed = output.revealing(document).handed(to: taker)
        return handed.isTaken ? handed : output
    }

    /// What is to stand in the lock of an output, if it was compiled.
    func account(of path: String) -> BuildLock.Entry? {
        compiled.withLock { $0[Key(path)]?.compiled.output?.entry }
    }

    /// What came of an output, if it was compiled; then it is known here no more.
    func take(_ output: PlannedOutput) -> Builder.Compiled? {
        compiled.withLock { compiled in
            guard let made = compiled.removeValue(forKey: Key(output.path)),
                made.planned.command == output.command, made.planned.isRedacted == output.isRedacted
            else { return nil }
            return made.compiled
        }
    }
}
