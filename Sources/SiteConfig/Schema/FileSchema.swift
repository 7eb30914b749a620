internal import Diagnostics
internal import Emitters
internal import SiteModel

/// The JSON Schema (draft 2020-12) of one kind of a site's files, for editors and for checks without this program.
///
/// It accepts every file that `validate` accepts, and is made of the tables that files are bound by.
public struct FileSchema: Sendable {
    /// The kind, in one word: `preset`, `host-group`.
    public let kind: String
    /// Where such files are, as globs relative to the site: `presets/*.{yaml,yml}`.
    public let patterns: [String]
    /// The schema, as JSON.
    public let document: Document
    private let plural: String

    init(_ kind: EntityKind, _ names: ExistingNames?) {
        self.kind = kind.word
        plural = kind.plural
        patterns = kind.patterns
        document = Document(JSONWriter.document(KindSchema.document(kind, names)).output)
    }

    /// `preset.schema.json`
    public var fileName: String { kind + ".schema.json" }

    /// Whether a name means this kind: in the singular or plural, as `resolve list` takes it.
    public func isNamed(_ name: String) -> Bool { name == kind || name == plural }
}

extension SiteCompiler {
    /// The schemas of all kinds, whatever site there is.
    public static var schemas: [FileSchema] { EntityKind.allCases.map { FileSchema($0, nil) } }

    /// The kinds that there are schemas of.
    public static let kindsWithSchemas: [String] = EntityKind.allCases.map(\.word)

    /// The kinds that a misspelt name may mean, the nearest first.
    public static func kindsWithSchemas(like name: String) -> [String] {
        Suggestions.near(name, among: kindsWithSchemas)
    }

    /// The schemas with the names that exist in this site, so that editors offer them. Reads the folders' listings and the keys of
    /// the secrets, and opens nothing.
    ///
    /// - Returns: the schemas; what the system refused; and whether the secrets' keys could not be read, so that none is offered.
    public func liveSchemas() -> (schemas: [FileSchema], failures: [String], lacksSecrets: Bool) {
        var loader = Loader(files, strictness)
        loader.loadSecrets(isNeeded: false)
        let names = ExistingNames(loader.catalogue, loader.secrets.state)
        let lacksSecrets = !loader.catalogue.secretFiles.isEmpty && !names.knowsSecrets
        return (EntityKind.allCases.map { FileSchema($0, names) }, loader.failures, lacksSecrets)
    }
}

extension EntityKind {
    /// Its name as a word of a command line or a file's name.
    var word: String { name.replacing(" ", with: "-") }

    /// Where its files are. Secrets only under the names that say that they are YAML.
    var patterns: [String] {
        let endings = endings.map { $0.dropFirst() }
        let ending = endings.count == 1 ? String(endings[0]) : "{\(endings.joined(separator: ","))}"
        let files = folders.isEmpty ? ["\(rawValue).\(ending)"] : folders.map { "\($0)/*.\(ending)" }
        return self == .secrets ? files + ["secrets.enc.yaml"] : files
    }
}
