internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

/// A whole site as its files say it: every entity bound, and how it is written.
struct SiteReading {
    let loader: Loader
    let site: LinkedSite
    /// What `validate` finds.
    let findings: [Diagnostic]
    private let sources: [String: Source]

    init(_ files: any SiteFiles, _ strictness: Strictness) {
        var loader = Loader(files, strictness)
        let findings = SiteCompiler(files, strictness).checkEverything(&loader)
        self.findings = loader.diagnostics + findings
        self.loader = loader
        site = loader.site
        sources = Dictionary(loader.sources.sources.map { ($0.path, $0) }) { first, _ in first }
    }

    /// Whether it may be compiled as it is.
    var isSound: Bool { !findings.hasErrors && loader.failures.isEmpty }

    /// Every bound file, by its path. What holds secrets is not among them: it is never rewritten.
    var entities: [BoundEntity] {
        site.entities.values.filter { source(of: $0)?.isSecret == false }.sorted { Key($0.path) < Key($1.path) }
    }

    func source(of entity: BoundEntity) -> Source? { sources[entity.path] }

    func bytes(of path: String) -> [UInt8] { sources[path]?.bytes ?? [] }

    /// The file's tree once more: binding does not keep it.
    func tree(of entity: BoundEntity) -> SyntaxTree? {
        source(of: entity).flatMap { parse($0, site.strictness).tree }
    }

    func entity(_ place: Catalogue.Place) -> BoundEntity? { site.entities[place.id] }
}
