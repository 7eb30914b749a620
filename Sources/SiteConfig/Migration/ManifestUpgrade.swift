internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

extension SiteReading {
    /// Turns manifests of levels into manifests of nodes.
    func planUpgrades(_ plan: inout MigrationPlan) {}
}
