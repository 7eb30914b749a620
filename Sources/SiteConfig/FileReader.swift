internal import Diagnostics
internal import Resolution
internal import Secrets
internal import SiteModel
internal import YAMLSyntax

/// Reads, parses and binds single files. What a file says needs no other one, so many can be read at once.
struct FileReader: Sendable {
    let files: any SiteFiles
    let strictness: Strictness
    /// Whether remarks on style are wanted, which cost a look at every scalar.
    let lints: Bool

    /// A file as it was read.
    struct File: Sendable {
        /// Nil if the system did not let it be read.
        var source: Source?
        /// Nil if it is not what its kind's table reads, and why has been said.
        var entity: BoundEntity?
        var diagnostics: [Diagnostic] = []
        /// What comments in it allow.
        var allowances: FileAllowances?
        /// Passwords that stand in it in clear.
        var passwords: OpenedSecrets?
        /// What the system refused.
        var failure: String?
    }

    /// - Parameter id: what its source will be called.
    func read(_ path: String, as entity: EntityID, _ id: SourceID) -> File {
        do throws(FileError) {
            let (bytes, destination) = try files.readTelling(path, limit: Loader.fileLimit)
            return read(path, bytes, leadingTo: destination, as: entity, id)
        } catch {
            return File(failure: "cannot read \(path): \(error.reason)")
        }
    }

    func read(_ path: String, _ bytes: [UInt8], as entity: EntityID, _ id: SourceID) -> File {
        read(path, bytes, leadingTo: files.destination(of: path), as: entity, id)
    }

    private func read(
        _ path: String, _ bytes: [UInt8], leadingTo destination: String?, as entity: EntityID, _ id: SourceID
    ) -> File {
        let source = Source(id: id, path: path, bytes: bytes, isSecret: holdsSecrets(path, leadingTo: destination))
        var file = File(source: source)
        guard let tree = parse(source, entity.kind, &file) else { return file }
        let bound = bind(tree, as: entity, strictness)
        file.entity = bound.entity
        file.diagnostics += bound.diagnostics
        file.allowances = FileAllowances(tree)
        let hidden = hide(bound.entity.passwords, of: tree, &file)
        if lints { file.diagnostics += tree.versionLints().filter { !hidden.contains($0.primary?.span) } }
        return file
    }

    /// Reads what only checks look at: it has an entity only if nothing is wrong with it, and nothing is said.
    func glance(at path: String, _ bytes: [UInt8], as entity: EntityID, _ id: SourceID) -> File {
        let isSecret = holdsSecrets(path, leadingTo: files.destination(of: path))
        let source = Source(id: id, path: path, bytes: bytes, isSecret: isSecret)
        var file = File(source: source)
        guard let tree = YAMLSyntax.parse(source, strictness).tree else { return file }
        let bound = bind(tree, as: entity, strictness)
        _ = hide(bound.entity.passwords, of: tree, &file)
        if !bound.diagnostics.hasErrors { file.entity = bound.entity }
        return file
    }

    /// The file's tree, or nil and why not.
    private func parse(_ source: Source, _ kind: EntityKind, _ file: inout File) -> SyntaxTree? {
        let parsed = parseOrConceal(source, kind, &file)
        if kind == .hostGroup, let found = jinja(in: source, parsed.tree, parsed.diagnostics) {
            // What Jinja is to YAML need not be said as well.
            file.diagnostics.append(found)
            if source.seemsToMentionPasswords { file.source = source.concealed }
            return nil
        }
        file.diagnostics += parsed.diagnostics
        return parsed.tree
    }

    /// The tree of a text. Where one that speaks of passwords has mistakes, they are told without its text: what cannot be
    /// read cannot be told from a password either.
    private func parseOrConceal(
        _ source: Source, _ kind: EntityKind, _ file: inout File
    ) -> (tree: SyntaxTree?, diagnostics: [Diagnostic]) {
        let parsed = YAMLSyntax.parse(source, strictness)
        guard !parsed.diagnostics.isEmpty,
            source.mentionsPasswords || (kind.isForMinions && source.seemsToMentionPasswords)
        else { return parsed }
        let concealed = source.concealed
        if parsed.tree == nil { file.source = concealed }
        return (parsed.tree, parsed.diagnostics.concealed(as: YAMLSyntax.parse(concealed, strictness).diagnostics))
    }

    /// Takes the passwords out of a file that should hold none, so that nothing can show them.
    ///
    /// - Returns: where they stand.
    private func hide(_ found: [PasswordInClear], of tree: SyntaxTree, _ file: inout File) -> Set<Span?> {
        let inURLs = urlsWithPasswords(in: tree)
        guard !found.isEmpty || !inURLs.isEmpty else { return [] }
        if !found.isEmpty {
            file.passwords = OpenedSecrets(
                tree, scalars: found.map { (steps: $0.steps.map(\.text), node: $0.node) })
        }
        let spans = found.flatMap { [$0.span, tree.span($0.node)] } + inURLs
        file.source = tree.source.masking(spans)
        return Set(spans)
    }

    /// Whether a file of the site holds secrets, by its name or by that of the file that it is a link to.
    private func holdsSecrets(_ path: String, leadingTo destination: String?) -> Bool {
        Loader.holdsSecrets(path) || (destination.map { Loader.holdsSecrets($0) } ?? false)
    }
}
