internal import Diagnostics
internal import Secrets
internal import SiteModel
internal import YAMLSyntax

/// `.sops.yaml`: whom SOPS would encrypt a file for today. Needed only to find files that were encrypted for others.
struct SOPSRules {
    private let files: any SiteFiles
    /// What was read, by path.
    private var known: [String: RuleFile] = [:]
    /// sops looks through as many folders.
    private static let mostLevels = 100

    private enum RuleFile {
        case absent
        /// Of that it was told.
        case damaged
        case rules([NodeID], SyntaxTree)
    }

    init(_ files: any SiteFiles) { self.files = files }

    /// Says if a file's recipients are not those of the first rule that fits its path, R0512, and once of each `.sops.yaml` if
    /// nobody can tell, R0517.
    mutating func check(_ path: String, _ recipients: [[String]], at place: Span, _ loader: inout Loader) {
        guard let wanted = wanted(for: path, &loader) else { return }
        let have = Set(recipients.joined())
        let want = Set(wanted)
        let missing = wanted.filter { !have.contains($0) }
        let surplus = recipients.joined().filter { !want.contains($0) }
        guard !missing.isEmpty || !surplus.isEmpty else { return }
        loader.report(.stale(path, missing: missing, surplus: Array(surplus), at: place))
    }

    /// The recipients of the first creation rule that fits, from the nearest `.sops.yaml` above the file.
    private mutating func wanted(for path: String, _ loader: inout Loader) -> [String]? {
        var folder = path.pathSteps.dropLast().map(String.init)
        var inside: [String] = [path.pathSteps.last.map(String.init) ?? path]
        while true {
            let rules = (folder + [Self.name]).joined(separator: "/")
            if isThere(rules, &loader) { return recipients(in: rules, for: inside.joined(separator: "/"), &loader) }
            guard let last = folder.popLast() else { break }
            inside.insert(last, at: 0)
        }
        var above = files.location?.pathSteps.map(String.init) ?? []
        var climbed = ""
        for _ in 0..<Self.mostLevels {
            guard let last = above.popLast() else { return nil }
            inside.insert(last, at: 0)
            climbed += "../"
            let rules = climbed + Self.name
            if isThere(rules, &loader) { return recipients(in: rules, for: inside.joined(separator: "/"), &loader) }
        }
        return nil
    }

    private static let name = ".sops.yaml"

    // MARK: Reading

    private mutating func isThere(_ path: String, _ loader: inout Loader) -> Bool {
        if known[path] == nil { known[path] = read(path, &loader) }
        if case .absent? = known[path] { return false }
        return true
    }

    private func read(_ path: String, _ loader: inout Loader) -> RuleFile {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try files.read(path, limit: Loader.fileLimit)
        } catch {
            // A folder that may not be searched, far above the site, is passed over as by sops.
            guard error != .missing, files.size(of: path) != nil else { return .absent }
            loader.report(.noRules("cannot read \(path): \(error.reason)", at: nil))
            return .damaged
        }
        let source = loader.source(path, bytes)
        let parsed = parse(source, .lenient)
        let first = parsed.diagnostics.first { $0.severity == .error || $0.code == .duplicateKey }
        guard let tree = parsed.tree, first == nil else {
            loader.report(
                .noRules("\(path) cannot be read: \(first?.message ?? "it is no YAML")", at: first?.primary?.span))
            return .damaged
        }
        guard let list = tree.value(of: "creation_rules", in: tree.root), !tree.isNull(list) else {
            return .rules([], tree)
        }
        let rules = tree.items(list)
        let odd = tree.kind(list) == .list ? rules.first { tree.kind($0) != .map } : list
        guard let odd else { return .rules(rules, tree) }
        let wish = odd == list ? "the creation_rules of \(path) are no list" : "a rule of \(path) is no map"
        loader.report(.noRules(wish, at: tree.span(odd)))
        return .damaged
    }

    private mutating func recipients(in file: String, for path: String, _ loader: inout Loader) -> [String]? {
        guard case .rules(let rules, let tree)? = known[file] else { return nil }
        for rule in rules {
            if let regex = tree.value(of: "path_regex", in: rule), !tree.isNull(regex),
                case let text = tree.string(regex),
                !text.isEmpty
            {
                do throws(PatternError) {
                    if !(try Pattern(text).matches(path)) { continue }
                } catch {
                    known[file] = .damaged
                    loader.report(
                        .noRules("path_regex is no regular expression: \(error.message)", at: tree.span(regex)))
                    return nil
                }
            }
            let groups = tree.value(of: "key_groups", in: rule).map(tree.items) ?? [rule]
            return groups.flatMap { ageKeys($0, tree) }
        }
        return nil
    }

    /// A list, or one text with commas.
    private func ageKeys(_ node: NodeID, _ tree: SyntaxTree) -> [String] {
        guard let keys = tree.value(of: "age", in: node) else { return [] }
        let texts = tree.kind(keys) == .list ? tree.items(keys).map(tree.string) : [tree.string(keys)]
        return texts.flatMap { $0.split { $0 == "," || $0.isWhitespace }.map(String.init) }
    }
}

extension SyntaxTree {
    /// What is null means to sops the same as what is not there.
    fileprivate func isNull(_ node: NodeID) -> Bool { kind(node) == .scalar && value(node) == .null }
}

extension Diagnostic {
    fileprivate static func stale(
        _ path: String, missing: [String], surplus: [String], at place: Span
    ) -> Diagnostic {
        Diagnostic(
            .staleRecipients, .warning, "the recipients of \(path) are not those of .sops.yaml", at: place,
            notes: missing.map { "\($0) cannot open it" } + surplus.map { "\($0) still can" },
            help: "`sops updatekeys \(path)`; who could read it keeps what was read: change the secrets of who left")
    }

    fileprivate static func noRules(_ message: String, at place: Span?) -> Diagnostic {
        Diagnostic(
            .badRules, message, at: place,
            notes: ["so nobody can tell whether the encrypted files are for those who should read them"],
            help: "mend it; sops refuses it, too")
    }
}

extension Code {
    static let staleRecipients = Code(
        "R0512", "recipients that differ from .sops.yaml",
        explanation: """
            `.sops.yaml` says for whom files are encrypted, but a file changes only when sops writes it. So somebody who \
            was added cannot open this one yet, or somebody who was removed still can.
            """,
        example: """
            $ resolve secrets check
            -- site.yaml --
            -- .sops.yaml --
            creation_rules:
              - age: age1tr79cywf97v426cajyhuu34hk7hflj6k2es6lf64ls8d7hcmfswqgeq7yh
            \(Code.sealedFile("secrets.yaml.enc"))
            """,
        fix: "Run `sops updatekeys` on the file.")

    static let badRules = Code(
        "R0517", "a .sops.yaml that cannot be read",
        explanation: """
            `.sops.yaml` says for whom files are encrypted. Where it is no YAML, has another form, or a `path_regex` that is no \
            regular expression (in Go's syntax, RE2), sops refuses it, and nobody can tell whether the files that are there \
            are for those who should read them.
            """,
        example: """
            $ resolve secrets check
            -- site.yaml --
            -- .sops.yaml --
            creation_rules:
              - path_regex: secrets/(
                age: age1taj59024k3lueuccfjpdal5yl3yg4tw0dm8n8na4t0msdrn7sshsekc08j
            \(Code.sealedFile("secrets.yaml.enc"))
            """,
        fix: "Mend the rules.")
}
