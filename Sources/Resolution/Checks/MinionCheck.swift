package import Diagnostics
internal import SiteModel

extension LinkedSite {
    /// All that can be wrong with the minions of a site: R0303, R0304, R0416, R0417, R0613, R0614, R0705.
    package func checkMinions() -> [Diagnostic] {
        let all = minions()
        var diagnostics = all.diagnostics + checkPlaces(of: all.minions) + doubleNames(all.minions)
        let graph = ComponentGraph(self)
        let special = Dictionary(grouping: all.minions.filter { $0.fields != nil }, by: \.hostGroup)
        for group in hostGroups {
            for instance in [nil] + (special[group.id] ?? []).map(\.fields) {
                diagnostics += checkPillar(of: group, instance, graph)
            }
        }
        return (diagnostics + siblingConflicts()).uniqued
    }
}

extension [Diagnostic] {
    /// Each once: what minions share is wrong for all of them.
    fileprivate var uniqued: [Diagnostic] {
        var seen: Set<Identity> = []
        return filter { seen.insert(Identity(span: $0.primary?.span, code: $0.code.id, message: $0.message)).inserted }
    }
}

private struct Identity: Hashable {
    let span: Span?
    let code: String
    let message: String
}
