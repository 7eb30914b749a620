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
    private let entitiesByPath: [String: BoundEntity]

    init(_ files: any SiteFiles, _ strictness: Strictness) {
        var loader = Loader(files, strictness)
        let findings = SiteCompiler(files, strictness).checkEverything(&loader).findings
        self.findings = loader.diagnostics + findings
        self.loader = loader
        site = loader.site
        entitiesByPath = Dictionary(site.entities.values.map { ($0.path, $0) }) { first, _ in first }
        let written = loader.sources.sources.map { source in
            // What was taken out so that no message shows it must not be lost from the file.
            guard !source.isAsWritten, !source.isSecret,
                let bytes = try? files.read(source.path, limit: Loader.fileLimit)
            else { return source }
            return Source(id: source.id, path: source.path, bytes: bytes, isSecret: false)
        }
        sources = Dictionary(written.map { ($0.path, $0) }) { first, _ in first }
    }

    /// Whether it may be compiled as it is.
    var isSound: Bool { !findings.hasErrors && loader.failures.isEmpty && ambiguities.isEmpty }

    /// Keys that stand twice in a map, which leniency lets pass: which of them is meant is not for a migration to say.
    var ambiguities: [Diagnostic] {
        findings.filter { $0.code == .duplicateKey }.map { finding in
            var error = finding
            error.severity = .error
            return error
        }
    }

    /// Every bound file, by its path. What holds secrets is not among them: it is never rewritten.
    var entities: [BoundEntity] {
        site.entities.values.filter { source(of: $0)?.isSecret == false }.sorted(byBytesOf: \.path)
    }

    func source(of entity: BoundEntity) -> Source? { sources[entity.path] }

    func bytes(of path: String) -> [UInt8] { sources[path]?.bytes ?? [] }

    /// The file's tree once more: binding does not keep it.
    func tree(of entity: BoundEntity) -> SyntaxTree? {
        source(of: entity).flatMap { parse($0, site.strictness).tree }
    }

    /// The edits of a file, and those that keep its comments in their columns.
    func aligned(_ edits: [Edit], _ path: String) -> [Edit] {
        guard !edits.isEmpty, let source = sources[path], let tree = parse(source, site.strictness).tree else {
            return edits
        }
        return edits.keepingColumns(of: tree)
    }

    /// How many files the one at a path inherits from: more than any of those does.
    func familySize(of path: String) -> Int { entitiesByPath[path].map { site.ancestry.family(of: $0.id).count } ?? 0 }

    func entity(_ place: Catalogue.Place) -> BoundEntity? { site.entities[place.id] }
}
