internal import Diagnostics
internal import Emitters
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

/// What `resolve build` wrote last: `.resolve.lock`, which is committed beside resolve.yaml (DESIGN §11).
///
/// Holds no secret and no digest of one: outputs are known by the digest of their redacted form.
struct BuildLock {
    static let fileName = ".resolve.lock"

    /// One output.
    struct Entry: Sendable {
        /// From the site's folder.
        let path: String
        /// The command line that writes the same.
        let command: String
        /// SHA-256 of the redacted form, in hexadecimal.
        let digest: String
        /// Whether the file is the redacted form.
        let isRedacted: Bool
        /// Whether secrets stand in it.
        let hasSecrets: Bool
        /// The machines that it makes, where they are known without reading.
        private let knownVMs: [String]?
        /// Where the list of them stands in the text.
        private let vmsPlace: Range<Int>
        /// How much is in it: VMs, hosts, minions, targets; nil where that is not what it is about.
        let count: Int?
        /// What stands in the lock behind its path, and all that is kept of what else it says: which files of the site its values
        /// come from, and where its secrets stand. Written where the output is compiled, on whichever core.
        let text: [UInt8]

        /// - Parameters:
        ///   - inputs: the files of the site that its values come from, sorted.
        ///   - secrets: where secrets stand in it: JSON pointers (RFC 6901), and what stands there in the redacted form.
        init(
            path: String, command: String, digest: String, isRedacted: Bool, inputs: [String],
            secrets: [(pointer: String, secret: SecretRef)], vms: [String], count: Int?
        ) {
            self.path = path
            self.command = command
            self.digest = digest
            self.isRedacted = isRedacted
            hasSecrets = !secrets.isEmpty
            knownVMs = vms
            self.count = count
            (text, vmsPlace) = LockWriter.text(
                command: command, digest: digest, isRedacted: isRedacted, inputs: inputs, secrets: secrets, vms: vms,
                count: count)
        }

        /// The same from a text that a build wrote.
        ///
        /// - Parameter vmsPlace: where the list of machines stands in it.
        init(
            path: String, command: String, digest: String, isRedacted: Bool, hasSecrets: Bool,
            vmsAt vmsPlace: Range<Int>,
            count: Int?, text: [UInt8]
        ) {
            self.path = path
            self.command = command
            self.digest = digest
            self.isRedacted = isRedacted
            self.hasSecrets = hasSecrets
            knownVMs = nil
            self.vmsPlace = vmsPlace
            self.count = count
            self.text = text
        }

        /// The machines that it makes, by name: those of OpenTofu.
        var vms: [String] { knownVMs ?? (vmsPlace.isEmpty ? [] : Self.texts(asWritten: text[vmsPlace])) }

        /// Whether another says the same machines, in the same words.
        func hasSameVMs(as other: Entry) -> Bool { text[vmsPlace].elementsEqual(other.text[other.vmsPlace]) }

        /// Where secrets stand in it: JSON pointers (RFC 6901), and what stands there in the redacted form.
        var secrets: [(pointer: String, secret: SecretRef)] {
            guard hasSecrets else { return [] }
            if let known = Self.secrets(asWritten: text) { return known }
            if let fields = Value(readingOutput: text)?.map?["secrets"]?.map { return Self.secrets(fields.entries) }
            // There are some, nobody knows where.
            return [("", SecretRef(["*"], .unknown))]
        }

        fileprivate static func secrets(_ entries: [Fields.Entry]) -> [(pointer: String, secret: SecretRef)] {
            entries.compactMap { entry in
                SecretRef(inLock: entry.value.string).map { (pointer: entry.key.text, secret: $0) }
            }
        }
    }

    /// Sorted by path.
    let entries: [Entry]
    /// Where each minion is reached, where any output speaks of minions.
    let minions: [(id: String, place: String)]
    private let places: [Key: Int]

    init(entries: [Entry], minions: [(id: String, place: String)]) {
        self.entries = entries
        self.minions = minions
        places = Dictionary(entries.enumerated().map { (Key($1.path), $0) }) { first, _ in first }
    }

    func entry(_ path: String) -> Entry? { places[Key(path)].map { entries[$0] } }
}

extension BuildLock {
    static let version = 1

    /// In bytes. It speaks of every machine, so it is longer than any file of the site may be.
    static let limit = 1 << 30

    /// Reads the file; nil if there is none. R0719 if it is damaged, or names what no build could have written: what it says is
    /// removed by `--prune`.
    ///
    /// - Parameters:
    ///   - depth: how many folders the site lies below the one that no output leaves; nil if any may be written.
    ///   - folders: those that lead to the site, as far as they are known.
    ///   - known: accounts that may stand in it word for word, by their paths.
    static func read(
        _ loader: Loader, depth: Int?, in folders: [Substring], known: (String) -> Entry? = { _ in nil }
    ) throws(FileError) -> (lock: BuildLock?, loader: Loader, diagnostics: [Diagnostic]) {
        var loader = loader
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try loader.files.read(fileName, limit: limit)
        } catch .missing {
            return (nil, loader, [])
        }
        // Should it be another file than it seems, nothing of it is shown.
        let source = loader.keptSecret(fileName, bytes)
        let place = Span.startOfFile(source.id)
        if loader.files.destination(of: fileName) != nil {
            return (nil, loader, [.damagedLock("it is a symbolic link", at: place)])
        }
        let lock: BuildLock
        var placeOf: (String) -> Span = { _ in place }
        if let written = BuildLock(asWritten: bytes, known: known) {
            lock = written
        } else {
            do throws(Damage) {
                (lock, placeOf) = try parsed(bytes, source, place)
            } catch {
                return (nil, loader, [.damagedLock(error.reason, at: error.span)])
            }
        }
        for entry in lock.entries {
            let path = OutputPath(entry.path, from: folders)
            if let objection = path.objection ?? depth.flatMap(path.border) {
                return (
                    nil, loader,
                    [.damagedLock("build cannot have written \(entry.path): \(objection)", at: placeOf(entry.path))]
                )
            }
            guard path.text.isSame(as: entry.path) else {
                return (
                    nil, loader,
                    [.damagedLock("\(entry.path) is no path in its simplest form", at: placeOf(entry.path))]
                )
            }
        }
        return (lock, loader, [])
    }

    /// Why a text is no lock.
    private struct Damage: Error {
        let reason: String
        let span: Span
    }

    /// What any YAML says of a lock, and where it speaks of each output.
    private static func parsed(
        _ bytes: [UInt8], _ source: Source, _ place: Span
    ) throws(Damage) -> (lock: BuildLock, placeOf: (String) -> Span) {
        let parsed = parse(Source(id: source.id, path: fileName, bytes: bytes, isSecret: false), .strict)
        guard let tree = parsed.tree, !parsed.diagnostics.hasErrors else {
            let first = parsed.diagnostics.first { $0.severity == .error }
            throw Damage(reason: first?.message ?? "it cannot be read", span: first?.primary?.span ?? place)
        }
        let fields = wholeValue(of: tree).map ?? Fields()
        guard fields["version"]?.integer == version else {
            throw Damage(reason: "it has no version \(version)", span: place)
        }
        guard let outputs = fields["outputs"]?.map, fields["minions"].map({ $0.map != nil }) ?? true else {
            throw Damage(reason: "it has no map of outputs", span: place)
        }
        var entries: [Entry] = []
        for output in outputs.entries {
            guard let entry = Entry(output) else {
                throw Damage(reason: "of \(output.key) something is missing", span: output.keySpan ?? place)
            }
            entries.append(entry)
        }
        let minions = (fields["minions"]?.map?.entries ?? []).map { (id: $0.key.text, place: $0.value.string ?? "") }
        return (
            BuildLock(entries: entries, minions: minions), { outputs.entry(Key($0))?.keySpan ?? place }
        )
    }
}

extension BuildLock.Entry {
    fileprivate init?(_ output: Fields.Entry) {
        guard let fields = output.value.map, let command = fields["command"]?.string,
            let digest = fields["sha256"]?.string, case .bool(let isRedacted)? = fields["redacted"]?.content,
            ["inputs", "vms"].allSatisfy({ fields[$0].map { $0.list != nil } ?? true }),
            fields["secrets"].map({ $0.map != nil }) ?? true
        else { return nil }
        let secrets = Self.secrets(fields["secrets"]?.map?.entries ?? [])
        func texts(_ key: Key) -> [String] { (fields[key]?.list ?? []).compactMap(\.string) }
        self.init(
            path: output.key.text, command: command, digest: digest, isRedacted: isRedacted, inputs: texts("inputs"),
            secrets: secrets, vms: texts("vms"), count: fields["count"]?.integer)
    }
}

extension SecretRef {
    private static let (secretMark, tokenMark) = ("$secret ", "$token ")

    /// Appends `$secret api_tokens.pve`, or `$token …` for a token that it signs: where a redacted output has an object.
    func append(inLockTo bytes: inout ByteWriter) {
        bytes.append(claims == nil ? Self.secretMark : Self.tokenMark)
        append(pathTo: &bytes)
    }

    /// Whether a text in the lock is one of a secret.
    static func isMarked(_ text: ArraySlice<UInt8>) -> Bool {
        text.starts(with: secretMark.utf8) || text.starts(with: tokenMark.utf8)
    }

    convenience init?(inLock text: String?) {
        guard let text, let mark = [Self.secretMark, Self.tokenMark].first(where: text.hasPrefix),
            let steps = Self.steps(of: String(text.dropFirst(mark.count)))
        else { return nil }
        let claims = ProvisioningClaims(vm: "", spec: "", time: nil)
        self.init(steps, .unknown, signing: mark == Self.tokenMark ? claims : nil)
    }
}

extension Diagnostic {
    fileprivate static func damagedLock(_ reason: String, at span: Span) -> Diagnostic {
        Diagnostic(
            .damagedLock, "\(BuildLock.fileName) is no account of an earlier build: \(reason)", at: span,
            help: "after a merge: `git checkout --ours \(BuildLock.fileName)`, then `resolve build`")
    }
}

extension Code {
    static let damagedLock = Code(
        "R0719", "a damaged .resolve.lock",
        explanation: """
            `resolve build` keeps account of what it wrote in .resolve.lock, so that it can say what changed, remove what is \
            written no more, and refuse to lose VMs. A lock that cannot be read, perhaps after a merge, tells nothing, and \
            going on without it would pass over all that.
            """,
        example: """
            $ resolve build
            -- site.yaml --
            -- resolve.yaml --
            outputs: []
            -- .resolve.lock --
            <<<<<<< HEAD
            """,
        fix: "Take one of the merged versions (`git checkout --theirs .resolve.lock`) and run `resolve build` again.")
}
