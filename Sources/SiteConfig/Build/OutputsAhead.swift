internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import Synchronization

/// The outputs of envs, compiled as soon as their VMs are made, while the rest of the site is still checked: so the VMs of one env
/// are there at a time, and not those of all. Should anything be wrong with the site, nobody asks for them.
final class OutputsAhead: Sendable {
    private let request: BuildRequest
    private let compiled = Mutex<[Key: Builder.Compiled]>([:])

    init(_ request: BuildRequest) { self.request = request }

    /// What is to be done with each env whose VMs a linked site has kept.
    ///
    /// - Parameter loader: has read all that the site has.
    func maker(_ site: LinkedSite, _ loader: Loader, _ compiler: SiteCompiler) -> @Sendable (EntityID) -> Void {
        var planner = OutputPlanner(
            site, [], jobs: [], depth: request.allowsOutside ? nil : request.depth, in: compiler.folders,
            issuedAt: request.issuedAt, isOfEnvs: true)
        planner.plan()
        var planned: [Key: [PlannedOutput]] = [:]
        for output in planner.outputs {
            if case .env(let request) = output.target { planned[Key(request.name), default: []].append(output) }
        }
        var loader = loader.openingNothing
        loader.settle(site)
        // Neither reads anything, and there is no keyring that could change: threads only look at them.
        nonisolated(unsafe) let whole = WholeSite(compiler: compiler, loader: loader)
        let files = loader.sortedSources
        let outputs = planned
        return { [self] env in
            // The VMs are kept for one output: others make them again.
            guard let output = outputs[env.name]?.first else { return }
            let made = unsafe Builder.compileRedacted(output, of: whole, files)
            compiled.withLock { $0[Key(output.path)] = made }
        }
    }

    /// What came of an output, if it was compiled; then it is known here no more.
    func take(_ output: PlannedOutput) -> Builder.Compiled? {
        compiled.withLock { $0.removeValue(forKey: Key(output.path)) }
    }
}
