internal import Diagnostics
internal import Emitters
internal import Resolution
internal import Secrets
internal import SiteModel
internal import YAMLSyntax

/// How the outputs that are there differ from what the site compiles to: the golden test of a site (DESIGN §11).
public struct BuildCheck: Sendable {
    /// For people: what differs and by which line, key by key. Empty if nothing does.
    public let text: String
    /// An array of `{output, command, change, path, before, after, file, line}`, an object for each key that differs; without
    /// `path` for an output as a whole.
    public let json: [UInt8]
    /// What could not be compared, and why.
    public let notes: [String]
    /// Whether `resolve build` would change nothing.
    public let isCurrent: Bool

    /// What there is to say where nothing differs.
    public static var nothing: BuildCheck { BuildCheck([], [], notes: []) }
}

extension Build {
    /// Compares the outputs with the files that are there.
    ///
    /// No value is shown that a file had and that may have been a secret: old values come only from files that are what the
    /// lock says they are.
    ///
    /// - Parameters:
    ///   - files: what is there, by paths from the site's folder.
    ///   - isIgnored: which of some files git ignores, so that they are not to be expected.
    ///   - objection: why a file that is there would be written anew, whatever it holds: others can read it.
    public func check(
        against files: any SiteFiles, isIgnored: ([String]) -> Set<String>,
        objection: (BuiltOutput) -> String? = { _ in nil }
    ) -> BuildCheck {
        guard let whole else { return BuildCheck(text: "", json: [], notes: [], isCurrent: false) }
        var checker = Checker(files, whole, earlier)
        for output in outputs {
            checker.check(output)
            if let objection = objection(output) { checker.remark(output.path, "\(output.path) \(objection)") }
        }
        checker.settleMissing(isIgnored)
        for path in leftovers {
            checker.remark(path, "\(path): nothing writes it any more; `resolve build --prune` removes it")
        }
        if earlier == nil || (checker.isCurrent && earlier?.bytes != (try? lockBytes(isPruned: true))) {
            let name = BuildLock.fileName
            checker.remark(
                name, "\(name) \(earlier == nil ? "is not there" : "is not current"); `resolve build` writes it")
        }
        for refusal in refusals {
            checker.notes.append("`resolve build` refuses that without --allow-shrink: \(refusal)")
        }
        if isSealed { checker.notes.append("no identity opens the secrets in the outputs, so those were not compared") }
        return checker.result
    }
}

private struct Checker {
    private let files: any SiteFiles
    private let whole: WholeSite
    private let earlier: BuildLock?
    private var comparison: KeyComparison
    private var outputs: [ComparedOutput] = []
    /// What is to be said of an output as a whole.
    private var remarks: [(output: String, text: String)] = []
    /// Outputs that are in the lock as they should be, and not there.
    private var missing: [BuiltOutput] = []
    var notes: [String] = []

    init(_ files: any SiteFiles, _ whole: WholeSite, _ earlier: BuildLock?) {
        self.files = files
        self.whole = whole
        self.earlier = earlier
        comparison = KeyComparison(nil, whole.loader.sources) {
            $0.path == $1.path && ($0.claims == nil) == ($1.claims == nil)
        }
    }

    var isCurrent: Bool { outputs.isEmpty && remarks.isEmpty }

    mutating func remark(_ output: String, _ text: String) { remarks.append((output, text)) }

    mutating func check(_ output: BuiltOutput) {
        guard let earlier else {
            // Without a lock nothing is known of what was there, so none of it is shown.
            let present = try? files.read(output.path, limit: Self.limit)
            if !(present.map { output.isSame(as: $0) } ?? false) {
                remark(output.path, "\(output.path) is not what would be written (\(output.command))")
            }
            return
        }
        guard let locked = earlier.entry(output.path) else {
            outputs.append(ComparedOutput(output.command, file: output.path, .added, nil))
            return
        }
        let present: [UInt8]
        do throws(FileError) {
            present = try files.read(output.path, limit: Self.limit)
        } catch .missing {
            if locked.digest == output.entry.digest {
                missing.append(output)
            } else {
                remark(
                    output.path,
                    "\(output.path) would change (\(output.command)), and is not there to be compared key by key")
            }
            return
        } catch {
            return remark(output.path, "\(output.path) cannot be read: \(error.reason)")
        }
        if output.isSealed {
            guard output.hasKnownKeys else {
                if locked.digest == output.entry.digest {
                    missing.append(output)
                } else {
                    remark(output.path, "\(output.path) would change (\(output.command))")
                }
                return
            }
        }
        let isSame = output.isSealed ? isSame(output, but: present) : output.isSame(as: present)
        if isSame, locked.digest == output.entry.digest { return }
        guard let before = locked.document(of: present), let after = document(of: output) else {
            let reason =
                isSame
                ? "the lock is not current"
                : !locked.hasSecrets ? "the file is not as build wrote it" : "it has, or had, secrets in it"
            return remark(
                output.path, "\(output.path) differs (\(output.command)); \(reason), so its old values are not shown")
        }
        if let compared = ComparedOutput(output.command, file: output.path, from: before, to: after, &comparison) {
            outputs.append(compared)
        } else if output.holdsSecrets {
            remark(output.path, "\(output.path) differs in the value of a secret (\(output.command))")
        } else {
            remark(output.path, "\(output.path) differs in its bytes and in no key (\(output.command))")
        }
    }

    private static let limit = 1 << 30

    /// Whether a file is what would be written but for its secrets, which are not open.
    private mutating func isSame(_ output: BuiltOutput, but present: [UInt8]) -> Bool {
        let secrets = Dictionary(output.entry.secrets.map { ($0.pointer, $0.secret) }) { first, _ in first }
        guard let found = Value(readingOutput: present)?.redacting(secrets), let wanted = document(of: output) else {
            return false
        }
        return ComparedOutput(output.command, file: nil, from: found, to: wanted, &comparison) == nil
    }

    /// The output, its values with their origins.
    private func document(of output: BuiltOutput) -> Value? {
        whole.draft(output.planned.target).subject.flatMap { Registry.document(of: $0) }
    }

    /// What is not there is a difference, unless it is not expected: git ignores it, or it holds secrets.
    mutating func settleMissing(_ isIgnored: ([String]) -> Set<String>) {
        guard !missing.isEmpty else { return }
        let ignored = isIgnored(missing.map(\.path))
        let expected = missing.filter { !ignored.contains($0.path) && $0.entry.isRedacted }
        for output in expected { remark(output.path, "\(output.path) is not there (\(output.command))") }
        let others = missing.count - expected.count
        if others > 0 {
            notes.append(
                "\(others) output\(others == 1 ? " is" : "s are") not here, and compared by \(BuildLock.fileName) only: git ignores \(others == 1 ? "it" : "them"), or secrets are inside"
            )
        }
    }

    var result: BuildCheck { BuildCheck(outputs, remarks, notes: notes) }
}

extension BuildCheck {
    fileprivate init(_ outputs: [ComparedOutput], _ remarks: [(output: String, text: String)], notes: [String]) {
        text = ChangeGroups(outputs).text + remarks.map { $0.text.terminalSafe + "\n" }.joined()
        let items = outputs.flatMap { $0.items } + remarks.map(Self.item)
        json = Document(JSONWriter.document(Value(.list(items), .nowhere)).output).bytes(.redacted)
        isCurrent = outputs.isEmpty && remarks.isEmpty
        self.notes = notes
    }

    private static func item(_ remark: (output: String, text: String)) -> Value {
        let fields: Fields = [
            "output": .string(remark.output, .nowhere), "change": .string("differs", .nowhere),
            "message": .string(remark.text, .nowhere),
        ]
        return Value(.map(fields), .nowhere)
    }
}

extension BuiltOutput {
    /// Whether secrets are to stand in the file, and no identity opened them.
    fileprivate var isSealed: Bool { !entry.isRedacted && disclosure == .redacted }

    /// Whether it is known which secrets stand where: of a file that is wholly encrypted it is not.
    fileprivate var hasKnownKeys: Bool { !entry.secrets.contains { $0.secret.steps.last == "*" } }

    /// Whether a file is what would be written.
    fileprivate func isSame(as present: [UInt8]) -> Bool {
        document.withBytes(disclosure) { $0.isSame(as: present.span) }
    }
}

extension BuildLock.Entry {
    /// What a file says, redacted; nil if it is not what the lock says it is: then it may be anything.
    fileprivate func document(of bytes: [UInt8]) -> Value? {
        guard let value = Value(readingOutput: bytes) else { return nil }
        // What it is known by is the digest without its secrets.
        let secrets = Dictionary(secrets.map { ($0.pointer, $0.secret) }) { first, _ in first }
        let redacted = value.redacting(secrets)
        let written = Document(JSONWriter.document(redacted).output)
        let isKnown = written.redactedDigest == digest
        // A file that is no JSON can be known by its own bytes, if nothing was redacted in it.
        return isKnown || FileDigest.text(of: bytes.span) == digest ? redacted : nil
    }
}

extension [UInt8] {
    /// The same without `!unsafe` before texts: the tag is Ansible's. What a file says is only taken from one whose digest is
    /// known, so a text that ends in these letters does no harm.
    fileprivate var withoutUnsafeTags: [UInt8] {
        let tag = Array("!unsafe \"".utf8)
        return contains(UInt8(ascii: "!"))
            ? Array(split(separator: tag, omittingEmptySubsequences: false).joined(separator: [UInt8(ascii: "\"")]))
            : self
    }
}

extension Value {
    /// What a file says that holds JSON, or YAML that is written like it; nil if it cannot be read.
    init?(readingOutput bytes: [UInt8]) {
        // A file of the site is a map; an output may be a list.
        let isList = bytes.first { ![0x09, 0x0A, 0x0D, 0x20].contains($0) } == UInt8(ascii: "[")
        let text = (isList ? Array("{\"\":".utf8) + bytes + Array("}".utf8) : bytes).withoutUnsafeTags
        var sources = SourceMap()
        guard let tree = parse(sources.add(path: "output", bytes: text, isSecret: false), .strict).tree else {
            return nil
        }
        let value = wholeValue(of: tree).withoutUnsafeMarks
        self = isList ? value.map?[""] ?? value : value
    }

    /// The same with what Ansible is told to take for no template as the text that it is.
    private var withoutUnsafeMarks: Value {
        switch content {
        case .list(let items): return Value(.list(items.map(\.withoutUnsafeMarks)), origin)
        case .map(let fields):
            if fields.entries.count == 1, let text = fields["__ansible_unsafe"] { return text }
            return Value(
                .map(Fields(fields.entries.map { Fields.Entry($0.key, $0.value.withoutUnsafeMarks) })), origin)
        default: return self
        }
    }

    /// The same with secrets by name where they stood.
    ///
    /// - Parameter secrets: by JSON pointers.
    fileprivate func redacting(_ secrets: [String: SecretRef], at pointer: String = "") -> Value {
        if let secret = secrets[pointer] { return Value(.secret(secret), origin) }
        switch content {
        case .list(let items):
            let redacted = items.enumerated().map { $1.redacting(secrets, at: "\(pointer)/\($0)") }
            return Value(.list(redacted), origin)
        case .map(let fields):
            let redacted = fields.entries.map { entry in
                let step = OutputFacts.escaped(entry.key.text)
                return Fields.Entry(entry.key, entry.value.redacting(secrets, at: "\(pointer)/\(step)"))
            }
            return Value(.map(Fields(redacted)), origin)
        default: return self
        }
    }
}

extension ComparedOutput {
    /// An object for each key that differs, or one for the output as a whole.
    var items: [Value] {
        func text(_ text: String?) -> Value { text.map { .string($0, .nowhere) } ?? Value(.null, .nowhere) }
        let own: Fields = ["output": text(file), "command": text(command)]
        guard change == .changed else {
            var fields = own
            fields.set("change", text(change.rawValue))
            return [Value(.map(fields), .nowhere)]
        }
        return keys.map { key in
            var fields = own
            let kind: Change = key.before == nil ? .added : key.after == nil ? .removed : .changed
            fields.set("change", text(kind.rawValue))
            fields.set("host", text(SpokenHost.split(key.path, of: command).host?.name.text))
            fields.set("path", text(DottedPath.text(key.path)))
            if let before = key.before { fields.set("before", before) }
            if let after = key.after { fields.set("after", after) }
            fields.set("file", text(key.cause?.file))
            fields.set("line", Value(key.cause.map { .integer($0.line) } ?? .null, .nowhere))
            fields.set("is_gone", Value(.bool(key.cause?.standing == .gone), .nowhere))
            fields.set("is_same", Value(.bool(key.cause?.standing == .same), .nowhere))
            return Value(.map(fields), .nowhere)
        }
    }
}
