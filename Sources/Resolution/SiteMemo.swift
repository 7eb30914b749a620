internal import Diagnostics
internal import SiteModel
internal import Synchronization

/// What of a linked site is worked out once, when it is first asked for. The site never changes, so neither does this.
final class SiteMemo: Sendable {
    private struct State: Sendable {
        var starts: [VMStart.Name: VMStart] = [:]
        var minions: (minions: [Minion], diagnostics: [Diagnostic])?
        var minionsOfGroups: [EntityID: (minions: [Minion], diagnostics: [Diagnostic])] = [:]
        var machines: [EntityID: CompiledMachines] = [:]
        var shadowed: [SearchOrder: [Diagnostic]] = [:]
    }

    private let state = Mutex(State())

    /// What VMs start from that name it so.
    func start(_ name: VMStart.Name, _ make: () -> VMStart) -> VMStart {
        if let known = state.withLock({ $0.starts[name] }) { return known }
        // Made outside of the lock, for it may ask for other things; two that make it at once make the same.
        let made = make()
        state.withLock { $0.starts[name] = made }
        return made
    }

    /// What VMs start from, as far as that is known.
    var starts: [VMStart.Name: VMStart] { state.withLock(\.starts) }

    /// All minions.
    func minions(
        _ make: () -> (minions: [Minion], diagnostics: [Diagnostic])
    ) -> (minions: [Minion], diagnostics: [Diagnostic]) {
        if let known = state.withLock({ $0.minions }) { return known }
        let made = make()
        state.withLock { $0.minions = made }
        return made
    }

    /// The minions of a host group.
    func minions(
        of group: EntityID, _ make: () -> (minions: [Minion], diagnostics: [Diagnostic])
    ) -> (minions: [Minion], diagnostics: [Diagnostic]) {
        if let known = state.withLock({ $0.minionsOfGroups[group] }) { return known }
        let made = make()
        state.withLock { $0.minionsOfGroups[group] = made }
        return made
    }

    /// What is wrong with presets of one name, which every output of VMs asks for.
    func shadowed(_ order: SearchOrder, _ make: () -> [Diagnostic]) -> [Diagnostic] {
        if let known = state.withLock({ $0.shadowed[order] }) { return known }
        let made = make()
        state.withLock { $0.shadowed[order] = made }
        return made
    }

    /// Keeps the VMs of an env for the one output that will ask for them.
    func keep(_ machines: CompiledMachines, of env: EntityID) { state.withLock { $0.machines[env] = machines } }

    /// The VMs of an env, if they were kept; then they are no more, since all of a site's would be much.
    func takeMachines(of env: EntityID) -> CompiledMachines? {
        state.withLock { $0.machines.removeValue(forKey: env) }
    }
}
