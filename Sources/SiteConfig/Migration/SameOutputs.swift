internal import Resolution
internal import SiteModel

/// Everything that a site compiles to, redacted, to be compared with what it compiles to after a migration.
struct SameOutputs {
    private let catalogue: Catalogue

    init(_ reading: SiteReading) { catalogue = reading.site.catalogue }

    /// The names of the outputs that are not the same from both.
    func differing(_ before: SiteCompiler, _ after: SiteCompiler) -> [String] {
        targets.filter { target in
            let (old, new) = (before.compile(target.target), after.compile(target.target))
            return old.document?.bytes(.redacted) != new.document?.bytes(.redacted)
        }.map(\.name)
    }

    private var targets: [(name: String, target: Target)] {
        let nodes = catalogue.names(.node)
        let envs = catalogue.names(.env)
        let deployments = envs.flatMap { env in
            nodes.map { ("env \(env) --node \($0)", Target.env(.init(name: env, node: $0))) }
        }
        return deployments + envs.map { ("vars \($0)", .variables(.env($0))) }
            + catalogue.names(.posture).map { ("vars --posture \($0)", .variables(.posture($0))) }
    }
}
