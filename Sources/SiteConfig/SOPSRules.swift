internal import Diagnostics
internal import Secrets
internal import SiteModel
internal import YAMLSyntax

/// `.sops.yaml`: whom SOPS would encrypt a file for today. Needed only to find files that were encrypted for others.
struct SOPSRules {
    private let files: any SiteFiles
    /// What was read, by path.
    private var known: [String: RuleFile] = [:]
    /// Of which it was told that a rule cannot be followed.
    private var told: Set<String> = []
    /// sops looks through as many folders.
    private static let mostLevels = 100

    private enum RuleFile {
        case absent
        /// Of that it was told.
        case damaged
        case rules([SOPSRule])
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
            loader.report(
                .noRules("cannot read \(path): \(error.reason)", at: nil, help: "let it be read, or remove it"))
            return .damaged
        }
        // What stands far above the site, or is another file than it seems, is nobody's to show.
        let isShown =
            path.behind("../") == nil && files.destination(of: path) == nil && !bytes.span.holds("AGE-SECRET-KEY-")
            && !bytes.span.holds("PRIVATE KEY")
        let source = isShown ? loader.source(path, bytes) : loader.keptSecret(path, bytes)
        let parsed = parse(source, .lenient)
        // go-yaml takes no key twice.
        let first = parsed.diagnostics.first { $0.severity == .error || $0.code == .duplicateKey }
        guard let tree = parsed.tree, first == nil else {
            loader.report(
                .noRules(
                    "\(path) cannot be read: \(first?.message ?? "it is no YAML")", at: first?.primary?.span,
                    help: "mend it; what sops reads all the same, write more plainly"))
            return .damaged
        }
        do throws(SOPSRule.WrongForm) {
            return .rules(try SOPSRule.all(in: tree))
        } catch {
            loader.report(.noRules("\(error.what) in \(path) is \(error.form)", at: error.place))
            return .damaged
        }
    }

    private mutating func recipients(in file: String, for path: String, _ loader: inout Loader) -> [String]? {
        guard case .rules(let rules)? = known[file] else { return nil }
        for rule in rules {
            if let pattern = rule.pattern {
                do throws(PatternError) {
                    guard try Pattern(pattern.text).matches(path) else { continue }
                } catch {
                    let reason = loader.sources[pattern.place.source].isSecret ? "" : ": \(error.message)"
                    tell(.noRules("path_regex is no regular expression\(reason)", at: pattern.place), of: file, &loader)
                    return nil
                }
            }
            do throws(SOPSRule.WrongForm) {
                return try rule.recipients
            } catch {
                tell(.noRules("\(error.what) in \(file) is \(error.form)", at: error.place), of: file, &loader)
                return nil
            }
        }
        return nil
    }

    /// Says once of each file that a rule of it cannot be followed. Others can be, for other paths.
    private mutating func tell(_ finding: Diagnostic, of file: String, _ loader: inout Loader) {
        if told.insert(file).inserted { loader.report(finding) }
    }
}

/// A creation rule of a `.sops.yaml`, as far as it says who shall read what. What is null is none, as to sops, and what sops looks
/// at only where it follows a rule is looked at only then.
private struct SOPSRule {
    /// Of the paths that it is for; nil if it is for all.
    let pattern: (text: String, place: Span)?
    private let keys: [Key]

    /// What shall name recipients of age: texts, with commas between them.
    private struct Key {
        /// Nil where it is no text.
        let text: String?
        let place: Span
    }

    /// What sops refuses.
    struct WrongForm: Error {
        let what: String
        let form: String
        let place: Span
    }

    static func all(in tree: SyntaxTree) throws(WrongForm) -> [SOPSRule] {
        var reader = Reader(tree: tree)
        var rules: [SOPSRule] = []
        for rule in try reader.list("creation_rules", in: tree.root) { rules.append(try reader.rule(rule)) }
        return rules
    }

    /// Those of age.
    ///
    /// - Throws: without the text, which may be a key in place of a recipient.
    var recipients: [String] {
        get throws(WrongForm) {
            var found: [String] = []
            for key in keys {
                guard let text = key.text else {
                    throw WrongForm(what: Self.recipient, form: "no text", place: key.place)
                }
                for part in text.split(separator: ",").map(Self.trimmed) where !part.isEmpty {
                    guard part.hasPrefix("age1") || part.hasPrefix("ssh-"), !part.utf8.contains(0x0A) else {
                        throw WrongForm(what: Self.recipient, form: "none", place: key.place)
                    }
                    found.append(part)
                }
            }
            return found
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(String(start.reversed()).drop(while: \.isWhitespace).reversed())
    }

    private static let recipient = "an age recipient"

    private struct Reader {
        let tree: SyntaxTree
        /// How many groups and recipients were read: aliases in aliases may name many.
        private var count = 0
        private static let most = 100_000

        init(tree: SyntaxTree) { self.tree = tree }

        private static let texts = [
            "path_regex", "unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex",
            "unencrypted_comment_regex", "encrypted_comment_regex", "aws_profile",
        ]

        mutating func rule(_ node: NodeID) throws(WrongForm) -> SOPSRule {
            guard tree.kind(node) == .map else { throw wrong("a rule", "no map", node) }
            for key in Self.texts {
                if let value = value(of: key, in: node) { _ = try text(value, key) }
            }
            if let threshold = value(of: "shamir_threshold", in: node) {
                guard isNumber(threshold) else { throw wrong("shamir_threshold", "no number", threshold) }
            }
            var pattern: (text: String, place: Span)?
            if let regex = value(of: "path_regex", in: node), case let text = tree.string(regex), !text.isEmpty {
                pattern = (text, tree.span(regex))
            }
            let groups = try list("key_groups", in: node)
            guard groups.isEmpty else { return SOPSRule(pattern: pattern, keys: try keys(of: groups)) }
            // A list, or one text. Here sops wants texts, in groups it takes a number for one.
            let keys = value(of: "age", in: node).map { tree.kind($0) == .list ? tree.items($0) : [$0] } ?? []
            return SOPSRule(
                pattern: pattern,
                keys: keys.map { key in
                    guard tree.kind(key) == .scalar, case .string(let text) = tree.value(key) else {
                        return Key(text: nil, place: tree.span(key))
                    }
                    return Key(text: text, place: tree.span(key))
                })
        }

        private mutating func keys(of groups: [NodeID]) throws(WrongForm) -> [Key] {
            var found: [Key] = []
            for group in groups {
                guard tree.kind(group) == .map else { throw wrong("a key group", "no map", group) }
                count += 1
                guard count <= Self.most else { throw wrong("a key group", "one of too many", group) }
                found += try keys(of: try list("merge", in: group))
                for key in try list("age", in: group) {
                    count += 1
                    guard count <= Self.most else { throw wrong(recipient, "one of too many", key) }
                    found.append(Key(text: try text(key, recipient), place: tree.span(key)))
                }
            }
            return found
        }

        /// The items of a list that may not be there.
        func list(_ key: String, in map: NodeID) throws(WrongForm) -> [NodeID] {
            guard let list = value(of: key, in: map) else { return [] }
            guard tree.kind(list) == .list else { throw wrong(key, "no list", list) }
            // go-yaml passes over what is null in a list of anything that cannot be.
            return tree.items(list).filter { !isNull($0) }
        }

        private func text(_ node: NodeID, _ what: String) throws(WrongForm) -> String {
            guard tree.kind(node) == .scalar else { throw wrong(what, "no text", node) }
            return tree.string(node)
        }

        private func isNumber(_ node: NodeID) -> Bool {
            guard tree.kind(node) == .scalar else { return false }
            switch tree.value(node) {
            case .integer: return true
            // go-yaml cuts off what stands behind the point.
            case .float(let number): return number.isFinite
            default: return false
            }
        }

        private func value(of key: String, in map: NodeID) -> NodeID? {
            tree.value(of: key, in: map).flatMap { isNull($0) ? nil : $0 }
        }

        private func isNull(_ node: NodeID) -> Bool { tree.kind(node) == .scalar && tree.value(node) == .null }

        private func wrong(_ what: String, _ form: String, _ node: NodeID) -> WrongForm {
            WrongForm(what: what, form: form, place: tree.span(node))
        }
    }
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

    fileprivate static func noRules(
        _ message: String, at place: Span?, help: String = "mend it; sops refuses it, too"
    ) -> Diagnostic {
        Diagnostic(
            .badRules, message, at: place,
            notes: ["so nobody can tell whether the encrypted files are for those who should read them"],
            help: help)
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
            `.sops.yaml` says for whom files are encrypted. Where it is no YAML, has another form or a key twice, or a `path_regex` that is no \
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
