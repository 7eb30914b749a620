package import Diagnostics
internal import SiteModel

extension LinkedSite {
    /// All that can be wrong with the minions of a site: R0303, R0304, R0416, R0417, R0613, R0614, R0705.
    package func checkMinions() -> [Diagnostic] {
        let all = minions()
        let lost = all.minions.filter(\.lacksAddress)
        var diagnostics = lost.isEmpty ? [] : [Diagnostic.unreachable(lost)]
        diagnostics += all.diagnostics + checkPlaces(of: all.minions) + doubleNames(all.minions)
        let graph = ComponentGraph(self)
        let instances = Dictionary(grouping: all.minions, by: \.hostGroup).mapValues { $0.map(\.fields) }
        for group in hostGroups {
            let known = instances[group.id] ?? []
            // Those that say only their address are all alike.
            let plain: [Fields?] = known.isEmpty || known.contains { $0 == nil } ? [nil] : []
            for instance in plain + known.filter({ $0 != nil }) {
                diagnostics += checkPillar(of: group, instance, graph)
            }
        }
        let conflicts = siblingConflicts()
        return diagnostics.besides(conflicts) + conflicts
    }
}

extension [Diagnostic] {
    /// Without the remarks on shapes that meet where siblings do: what settles the conflict settles them.
    func besides(_ conflicts: [Diagnostic]) -> [Diagnostic] {
        let places = Set(conflicts.flatMap { ([$0.primary] + $0.related).compactMap { $0?.span } })
        return filter { found in
            found.code.id != Code.shapes.id || !(found.primary.map { places.contains($0.span) } ?? false)
        }
    }
}
