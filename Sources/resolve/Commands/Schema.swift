internal import ArgumentParser
internal import SiteConfig

struct Schema: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "JSON Schemas of a site's files, for editors.",
        discussion: """
            Without a kind: the kinds, and where their files are. With one: its schema (JSON Schema 2020-12). Every file that `resolve \
            validate` accepts is accepted, so what a schema refuses is an error; what only the whole site shows, `validate` says. \
            No site is needed, but with --live: then the names that exist in it are offered for what refers to them.

            An editor with yaml-language-server takes a schema from a file's first line, the path being relative to the file:
              # yaml-language-server: $schema=../schema/preset.schema.json

            EXAMPLES:
              resolve schema
              resolve schema preset
              resolve schema --dir schema
              resolve schema --live --dir .schema
            """)

    @Argument(
        help: "The kind, in the singular or plural; `resolve schema` alone lists them.",
        completion: .list(SiteCompiler.kindsWithSchemas))
    var kind: String?

    @Option(
        help: ArgumentHelp(
            "Write a file KIND.schema.json for each kind, or for the one that is named, into this folder.",
            valueName: "dir"), completion: .directory)
    var dir: String?

    @Flag(
        help:
            "Offer the names that exist in the site: of what is referred to, and of tokens and SSH keys. Opens nothing."
    )
    var live = false

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if dir != nil, options.output != nil {
            throw ValidationError("--dir writes a file for each kind, -o one for all: say one of them.")
        }
        if live, kind == nil, dir == nil {
            throw ValidationError("--live wants a kind, or --dir for all of them.")
        }
    }

    func execute() throws -> ExitStatus {
        let schemas = try schemas()
        if let dir {
            try Folder(dir).write(schemas.map { (name: $0.fileName, document: $0.document) })
        } else if kind != nil {
            for schema in schemas { try options.deliver(plain: schema.document.bytes(.redacted)) }
        } else {
            try options.deliver(plain: Array(schemas.map(line).joined().utf8))
        }
        return .done
    }

    /// Those of the kind that is named, or all.
    private func schemas() throws -> [FileSchema] {
        if let kind, !SiteCompiler.schemas.contains(where: { $0.isNamed(kind) }) { throw unknown(kind) }
        let all = live ? try liveSchemas() : SiteCompiler.schemas
        return all.filter { schema in kind.map { schema.isNamed($0) } ?? true }
    }

    private func liveSchemas() throws -> [FileSchema] {
        let found = try options.locate().compiler.liveSchemas()
        if let failure = found.failures.first { throw Failure.couldNotRun(failure) }
        if found.lacksSecrets, !options.quiet {
            Terminal.error.write(
                "note: the secrets' keys are not known, so none is offered; `resolve validate` says why\n"
            )
        }
        return found.schemas
    }

    private func unknown(_ kind: String) -> Failure {
        let near = SiteCompiler.kindsWithSchemas(like: kind).map { "\"\($0)\"" }.joined(separator: " or ")
        let help =
            near.isEmpty
            ? "there are: \(SiteCompiler.kindsWithSchemas.joined(separator: ", "))" : "did you mean \(near)?"
        return .usage("no kind of file named \"\(kind)\"; \(help)")
    }

    private func line(_ schema: FileSchema) -> String {
        let width = (SiteCompiler.kindsWithSchemas.map(\.count).max() ?? 0) + 2
        let kind = schema.kind + String(repeating: " ", count: width - schema.kind.count)
        return kind + schema.patterns.joined(separator: "  ") + "\n"
    }
}
