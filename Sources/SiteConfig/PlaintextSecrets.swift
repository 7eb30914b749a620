internal import Diagnostics
internal import Resolution
internal import Secrets
internal import SiteModel
internal import YAMLSyntax

/// Where `resolve secrets plaintext` looks.
public struct PlaintextRequest: Sendable {
    /// The site's folder, in a working tree of git.
    public var folder: String
    /// Whether what is staged is looked at, not what is in the working tree.
    public var isStaged: Bool
    /// Patterns of paths, from the site's folder, that are left out.
    public var exceptions: [String]

    /// Describes the request.
    public init(folder: String, isStaged: Bool = false, exceptions: [String] = []) {
        self.folder = folder
        self.isStaged = isStaged
        self.exceptions = exceptions
    }
}

extension SiteCompiler {
    /// Looks for secrets in clear among what git tracks: files of secrets that are not encrypted, passwords in other files of
    /// the site, private keys anywhere in the repository, and outputs of a build with their secrets in them.
    ///
    /// - Throws: `FileError` if there is no git, or no repository.
    public func plaintextSecrets(_ request: PlaintextRequest) throws(FileError) -> Report {
        let exceptions = request.exceptions.map { Glob($0) }
        let index = try GitFiles(stagedIn: request.folder)
        let tracked = Set(index.allPaths.filter { path in !exceptions.contains { $0.matches(Key(path)) } })
        var search = PlaintextSearch(newLoader(), tracked)
        search.findSecretFiles()
        search.findOutputs(of: SiteCompiler(files, strictness))
        search.findKeys(try index.privateKeys(isStaged: request.isStaged))
        search.findPasswords(self)
        return report(on: search.loader, search.diagnostics, usage: nil)
    }
}

private struct PlaintextSearch {
    private(set) var loader: Loader
    private let tracked: Set<String>
    private(set) var diagnostics: [Diagnostic] = []

    init(_ loader: Loader, _ tracked: Set<String>) {
        self.loader = loader
        self.tracked = tracked
    }

    mutating func findSecretFiles() {
        loader.loadSecrets(isNeeded: false)
        loader.loadSecretLayers(isNeeded: false)
        let ownerless = loader.secretLayerFiles.ownerless.compactMap { loader.readSecrets($0.path) }
        for case .plain(let secrets, let source) in loader.secretsFound + loader.secretLayersFound + ownerless
        where tracked.contains(source.path) && secrets.documents.contains(where: { $0.valueCount > 0 }) {
            diagnostics.append(.tracked(source.path, .startOfFile(source.id)))
        }
        findStraySecrets()
    }

    /// Files that are named as secrets and that nothing reads: copies, and what stands in the wrong place.
    private mutating func findStraySecrets() {
        let known = Set(loader.sources.sources.map(\.path))
        for path in tracked.sorted() where path.behind("../") == nil && !known.contains(path) {
            let parts = path.pathSteps
            guard let name = parts.last, parts[0] == "secrets" || name.hasPrefix("secrets."),
                !parts.contains(where: { Catalogue.isIgnored(String($0)) }), !name.hasSuffix(".md"),
                let bytes = try? loader.files.read(path, limit: Loader.fileLimit), !bytes.isEmpty
            else { continue }
            let source = loader.keptSecret(path, bytes)
            if SealedFile.read(source) == nil { diagnostics.append(.tracked(path, .startOfFile(source.id))) }
        }
    }

    /// Outputs with their secrets in them: those that the lock knows, and those that a build would write, should it not.
    mutating func findOutputs(of compiler: SiteCompiler) {
        var entries = compiler.build(BuildRequest(allowsOutside: true, isCheck: true)).outputs.map(\.entry)
        if let read = try? BuildLock.read(loader, depth: nil, in: []) {
            loader = read.loader
            diagnostics += read.diagnostics
            let known = Set(entries.map { Key($0.path) })
            entries += (read.lock?.entries ?? []).filter { !known.contains(Key($0.path)) }
        }
        for entry in entries where entry.hasSecrets && tracked.contains(entry.path) {
            guard let bytes = try? loader.files.read(entry.path, limit: 1 << 30), entry.showsSecrets(bytes) else {
                continue
            }
            let source = loader.source(entry.path, line: 1)
            diagnostics.append(.trackedOutput(entry, .startOfFile(source.id)))
        }
    }

    mutating func findKeys(_ found: [(path: String, line: Int, kind: String)]) {
        for key in found where tracked.contains(key.path) {
            let source = loader.source(key.path, line: key.line)
            let end = UInt32(source.bytes.count)
            diagnostics.append(.trackedKey(key.path, key.kind, Span(source: source.id, start: end, end: end)))
        }
    }

    mutating func findPasswords(_ compiler: SiteCompiler) {
        let findings = compiler.checkEverything(&loader).findings
        // What cannot be read cannot be told from what is in clear.
        for finding in loader.diagnostics where finding.severity == .error {
            guard let place = finding.primary?.span, case let source = loader.sources[place.source], source.isSecret,
                tracked.contains(source.path)
            else { continue }
            diagnostics.append(finding)
        }
        let passwords = (loader.diagnostics + findings).filter { $0.code == .passwordInClear }
        for var finding in loader.allowances.filter(passwords, in: loader.sources) {
            guard let place = finding.primary?.span, tracked.contains(loader.sources[place.source].path) else {
                continue
            }
            finding.severity = .error
            diagnostics.append(finding)
        }
    }
}

extension Loader {
    /// A text of which nothing is kept but that it has so many lines: for a place in a file that shows nothing.
    fileprivate mutating func source(_ path: String, line: Int) -> Source {
        let breaks = [UInt8](repeating: 0x0A, count: line - 1)
        return maskedSource(path, breaks.span)
    }
}

extension BuildLock.Entry {
    /// Whether anything stands where the redacted form has the name of a secret.
    fileprivate func showsSecrets(_ bytes: [UInt8]) -> Bool {
        // A file that is the redacted form, now or when it was written, shows nothing.
        if FileDigest.text(of: bytes.span) == digest { return false }
        var sources = SourceMap()
        guard let tree = parse(sources.add(path: path, bytes: bytes, isSecret: true), .lenient).tree else {
            return true
        }
        return secrets.contains { pointer, secret in
            // Of a file whose keys are not known, nobody can say where they stand.
            guard let node = tree.node(at: pointer) else { return secret.steps.last == "*" }
            return tree.kind(node) != .map
                || tree.value(of: secret.claims == nil ? "$secret" : "$token", in: node) == nil
        }
    }
}

extension SyntaxTree {
    /// What a JSON pointer (RFC 6901) leads to.
    fileprivate func node(at pointer: String) -> NodeID? {
        var node = root
        for step in pointer.slashedParts.dropFirst() {
            let name = String(step).replacing("~1", with: "/").replacing("~0", with: "~")
            let next: NodeID? =
                switch kind(node) {
                case .map: value(of: name, in: node)
                case .list: Int(name).flatMap { items(node).indices.contains($0) ? items(node)[$0] : nil }
                default: nil
                }
            guard let next else { return nil }
            node = next
        }
        return node
    }
}

extension GitFiles {
    /// The marks that private keys begin with.
    private static let marks = [
        "AGE-SECRET-KEY-(PQ-)?1", "-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----", "PuTTY-User-Key-File-",
    ]

    /// Where private keys stand in files that git tracks, by their paths from the site's folder. Nothing of a key is read: git
    /// tells where its mark is.
    fileprivate func privateKeys(isStaged: Bool) throws(FileError) -> [(path: String, line: Int, kind: String)] {
        // Nobody's settings may hide a file: what git takes for binary, or colours, is looked at, too.
        var words = ["-c", "grep.fullName=false", "-c", "grep.column=false", "grep", "--text", "--no-color"]
        words += ["-n", "-z", "-o", "-E"] + (isStaged ? ["--cached"] : [])
        words += Self.marks.flatMap { ["-e", $0] } + ["--", ":/"]
        // 1 says that there is none.
        guard let output = try run(words, accepting: [0, 1]) else { throw .failed("git cannot look through its files") }
        var found: [(path: String, line: Int, kind: String)] = []
        // `PATH\0LINE\0MARK\n`; a path may have a line break in it.
        var rest = output[...]
        while let path = Self.take(&rest, upTo: 0), let line = Self.take(&rest, upTo: 0),
            let mark = Self.take(&rest, upTo: 0x0A)
        {
            found.append((path, Int(line) ?? 1, mark.hasPrefix("AGE") ? "an age identity" : "a private key"))
        }
        return found
    }

    private static func take(_ rest: inout ArraySlice<UInt8>, upTo end: UInt8) -> String? {
        guard let mark = rest.firstIndex(of: end) else { return nil }
        defer { rest = rest[(mark + 1)...] }
        return String(decoding: rest[..<mark], as: UTF8.self)
    }
}

extension Diagnostic {
    fileprivate static func trackedOutput(_ entry: BuildLock.Entry, _ span: Span) -> Diagnostic {
        Diagnostic(
            .trackedSecrets, "git tracks \(entry.path), an output with secrets in clear", at: span,
            help:
                "write it with `redact: true` in resolve.yaml, or ignore it (`git rm --cached`), and change the secrets"
        )
    }

    fileprivate static func trackedKey(_ path: String, _ kind: String, _ span: Span) -> Diagnostic {
        Diagnostic(
            .trackedKey, "\(kind) stands in \(path), which git tracks", at: span,
            help:
                "`git rm --cached`, ignore it, and make a new key; one that is there on purpose is left out with --except"
        )
    }
}

extension Code {
    static let trackedKey = Code(
        "R0516", "a private key that git tracks",
        explanation: """
            An age identity or an SSH key stands in a file of the repository. Whoever has a clone opens with it all that was \
            encrypted for it, also what is encrypted later, and removing the file does not take it out of the history.
            """,
        example: """
            $ git init -q && git add . && resolve secrets plaintext
            -- site.yaml --
            -- envs/dev.yaml --
            vms: []
            -- keys.txt --
            AGE-SECRET-KEY-1
            """,
        fix: "Remove it from the index, make a new key, and encrypt the secrets for that one.")
}
