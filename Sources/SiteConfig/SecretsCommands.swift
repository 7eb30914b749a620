internal import Diagnostics
internal import Emitters
internal import Resolution
internal import Secrets
internal import SiteModel

extension SiteCompiler {
    /// The most bytes of a file that `decrypt` takes: the whole of it must be verified before any of it is shown.
    static let decryptLimit = 256 << 20

    /// Opens one encrypted file, a site's or not: an age file's bytes; a SOPS document as JSON, several documents as an
    /// array, a binary one as its bytes (DESIGN §4).
    ///
    /// - Parameters:
    ///   - path: as it is to be shown.
    ///   - bytes: the file's content.
    ///   - identities: what may open it; nil only to write it redacted.
    public static func decrypt(_ path: String, _ bytes: [UInt8], _ identities: Identities?) -> Compilation {
        var sources = SourceMap()
        let source = sources.add(path: path, bytes: bytes, isSecret: true)
        guard let sealed = SealedFile.read(source) else {
            let report = Report([.nothingToDecrypt(path, source)], sources, failures: [], usage: nil)
            return Compilation(report: report, document: nil)
        }
        var diagnostics = sealed.diagnostics
        var output: Output?
        var opened: OpenedSecrets?
        if let file = sealed.file {
            if let identities {
                let keyring = Keyring(ProcessHost(identities))
                let result = file.open(source, keyring)
                opened = result.secrets
                diagnostics += result.diagnostics + keyring.remarks.map { .oddKey($0) }
                if let opened { (output, diagnostics) = write(opened, adding: diagnostics) }
            } else {
                (output, diagnostics) = write(file, path, adding: diagnostics)
            }
        }
        let report = Report(diagnostics.sorted(in: sources), sources, failures: [], usage: nil)
        return Compilation(
            report: report, document: report.isClean ? output.map { Document($0, OpenedFiles(site: opened)) } : nil)
    }

    /// Opens one encrypted file from disk.
    ///
    /// - Throws: `FileError` if it cannot be read.
    public static func decrypt(fileAt path: String, _ identities: Identities?) throws(FileError) -> Compilation {
        let bytes = try DiskFiles.read(anywhere: path, limit: decryptLimit + 1)
        guard bytes.count <= decryptLimit else { throw .failed("it has more than \(decryptLimit >> 20) MiB") }
        return decrypt(path, bytes, identities)
    }

    private static func write(
        _ opened: OpenedSecrets, adding found: [Diagnostic]
    ) -> (Output?, [Diagnostic]) {
        guard !opened.isBinary else {
            var output = Output()
            let steps: [Key] = opened.documents.first?.entries.first.map { [Key($0.key)] } ?? []
            output.append(SecretRef(steps, .unknown), .raw)
            return (output, found)
        }
        return write(opened.documents, adding: found)
    }

    /// The readable part of a file that is not opened.
    private static func write(
        _ file: SealedFile, _ path: String, adding found: [Diagnostic]
    ) -> (Output?, [Diagnostic]) {
        if case .sops(let file) = file, file.format != .binary { return write(file.outlines, adding: found) }
        var output = Output()
        output.append(SecretRef([Key(path)], .unknown), .raw)
        return (output, found)
    }

    private static func write(_ documents: [SecretNode], adding found: [Diagnostic]) -> (Output?, [Diagnostic]) {
        let values =
            documents.count == 1
            ? [value(documents[0], [])]
            : documents.enumerated().map { value($0.element, [Key(String($0.offset))]) }
        let written = JSONWriter.document(documents.count == 1 ? values[0] : Value(.list(values), .nowhere))
        return (written.output, found + documents.flatMap { withoutJSONForm($0, []) })
    }

    /// The numbers that JSON cannot hold, each by its path.
    private static func withoutJSONForm(_ node: SecretNode, _ path: [String]) -> [Diagnostic] {
        switch node.content {
        case .map(let entries): entries.flatMap { withoutJSONForm($0.value, path + [$0.key]) }
        case .list(let items): items.enumerated().flatMap { withoutJSONForm($0.element, path + [String($0.offset)]) }
        case .scalar(.nonFinite, _): [.noJSONForm(path, at: node.span)]
        case .scalar: []
        }
    }

    private static func value(_ node: SecretNode, _ steps: [Key]) -> Value {
        let origin = Origin(node.span, .site)
        switch node.content {
        case .map(let entries):
            let fields = entries.map {
                Fields.Entry(Key($0.key), keySpan: $0.keySpan, value($0.value, steps + [Key($0.key)]))
            }
            return Value(.map(Fields(fields)), origin)
        case .list(let items):
            return Value(.list(items.enumerated().map { value($0.element, steps + [Key(String($0.offset))]) }), origin)
        case .scalar(let kind, _):
            return Value(.secret(SecretRef(steps, kind == .nonFinite ? .nonFinite : .unknown)), origin)
        }
    }
}

extension Diagnostic {
    fileprivate static func noJSONForm(_ path: [String], at span: Span) -> Diagnostic {
        Diagnostic(
            .noJSONNumber, "\(DottedPath.text(path)) is infinite or no number, which has no form in JSON", at: span,
            help: "with sops, make it text: put it in quotes")
    }

    static func nothingToDecrypt(_ path: String, _ source: Source) -> Diagnostic {
        Diagnostic(
            .unreadableSecrets, "\(path) is not encrypted, so there is nothing to decrypt", at: .startOfFile(source.id),
            help: "age and SOPS files are recognised by their content: a SOPS file has a `sops` section")
    }
}
