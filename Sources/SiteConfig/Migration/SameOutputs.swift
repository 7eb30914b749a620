internal import Diagnostics
internal import Emitters
internal import Resolution
internal import SiteModel

/// Everything that a site compiles to, redacted, to be compared with what it compiles to after a migration.
struct SameOutputs {
    private let catalogue: Catalogue

    init(_ reading: SiteReading) { catalogue = reading.site.catalogue }

    /// The names of the outputs that are not the same from both.
    func differing(_ before: SiteCompiler, _ after: SiteCompiler) -> [String] {
        targets.filter { Self.isDifferent($0.target, before, after) }.map(\.name)
    }

    private static func isDifferent(_ target: Target, _ before: SiteCompiler, _ after: SiteCompiler) -> Bool {
        let (old, new) = (content(target, before), content(target, after))
        guard old != new else { return false }
        if old != nil { return true }
        // An auth method that was unknown is known afterwards, which is said.
        let draft = before.draft(target, before.newLoader())
        let errors = (draft.loader.diagnostics + draft.findings).filter { $0.severity == .error }
        return !errors.allSatisfy { $0.code == .unknownMethod }
    }

    private var targets: [(name: String, target: Target)] {
        let nodes = catalogue.names(.node)
        let envs = catalogue.names(.env)
        let manifests = catalogue.names(.manifest)
        let deployments = envs.flatMap { env in
            nodes.map { ("env \(env) --node \($0)", Target.env(.init(name: env, node: $0))) }
        }
        let deployedManifests = manifests.flatMap { name in
            nodes.map { ("manifest \(name) --node \($0)", Target.manifest(.init(.name(name), node: $0))) }
        }
        let machines = Set(nodes + catalogue.names(.host)).inByteOrder
        return deployments + deployedManifests + envs.map { ("vars \($0)", .variables(.env($0))) }
            + catalogue.names(.posture).map { ("vars --posture \($0)", .variables(.posture($0))) }
            + catalogue.names(.spec).map { ("spec \($0)", .specification($0)) }
            + manifests.map { ("manifest \($0)", .manifest(.init(.name($0)))) }
            + machines.map { ("host \($0)", .host($0)) }
    }

    /// What is written, without what a migration changes on purpose; nil if nothing would be.
    private static func content(_ target: Target, _ compiler: SiteCompiler) -> Value.Content? {
        let draft = compiler.draft(target, compiler.newLoader())
        guard compiler.finish(draft).document != nil, let subject = draft.subject else { return nil }
        switch subject {
        case .specification(let specification): return specification.fields.withoutMigrated.content
        case .manifest(var manifest, let form):
            // The names of presets change with their files; where they lead is checked with every reference.
            for place in manifest.nodes.indices { manifest.nodes[place].fields.set("preset", Value(.null, .nowhere)) }
            return Registry.document(of: .manifest(manifest, form))?.content
        default: return Registry.document(of: subject)?.content
        }
    }
}

extension Fields {
    /// A spec's fields without its posture, which is whole after a migration, and without lists of no keys, which say what
    /// was so before.
    var withoutMigrated: Value {
        var fields = self
        if var access = self["access"]?.map?.without(["_posture"]) {
            let users = access["users"]?.list?.map { user in
                user.map.map { Value(.map($0.withoutEmptyKeys), .nowhere) } ?? user
            }
            if let users { access.set("users", Value(.list(users), .nowhere)) }
            fields.set("access", Value(.map(access), .nowhere))
        }
        return Value(.map(fields), .nowhere)
    }

    private var withoutEmptyKeys: Fields { self["ssh_keys"]?.list?.isEmpty == true ? without(["ssh_keys"]) : self }
}
