internal import Diagnostics
internal import Secrets
internal import SiteModel
internal import YAMLSyntax

/// `.sops.yaml`: whom SOPS would encrypt a file for today. Needed only to find files that were encrypted for others.
struct SOPSRules {
    private let files: any SiteFiles
    /// sops looks through as many folders.
    private static let mostLevels = 100

    init(_ files: any SiteFiles) { self.files = files }

    /// What to say if a file's recipients are not those of the first rule that fits its path.
    func stale(_ path: String, _ recipients: [[String]], at place: Span) -> [Diagnostic] {
        guard let wanted = wanted(for: path) else { return [] }
        let have = Set(recipients.joined())
        let want = Set(wanted)
        let missing = wanted.filter { !have.contains($0) }
        let surplus = recipients.joined().filter { !want.contains($0) }
        guard !missing.isEmpty || !surplus.isEmpty else { return [] }
        return [.stale(path, missing: missing, surplus: Array(surplus), at: place)]
    }

    /// The recipients of the first creation rule that fits, from the nearest `.sops.yaml` above the file.
    private func wanted(for path: String) -> [String]? {
        var folder = path.pathSteps.dropLast().map(String.init)
        var inside: [String] = [path.pathSteps.last.map(String.init) ?? path]
        while true {
            if let rules = read((folder + [".sops.yaml"]).joined(separator: "/")) {
                return recipients(in: rules, for: inside.joined(separator: "/"))
            }
            guard let last = folder.popLast() else { break }
            inside.insert(last, at: 0)
        }
        var above = files.location?.pathSteps.map(String.init) ?? []
        var climbed = ""
        for _ in 0..<Self.mostLevels {
            guard let last = above.popLast() else { return nil }
            inside.insert(last, at: 0)
            climbed += "../"
            if let rules = read(climbed + ".sops.yaml") {
                return recipients(in: rules, for: inside.joined(separator: "/"))
            }
        }
        return nil
    }

    private func read(_ path: String) -> SyntaxTree? {
        guard let bytes = try? files.read(path, limit: 1 << 20) else { return nil }
        var sources = SourceMap()
        // A file that sops itself could not read says nothing about recipients.
        return parse(sources.add(path: path, bytes: bytes, isSecret: false), .lenient).tree
    }

    private func recipients(in tree: SyntaxTree, for path: String) -> [String]? {
        guard let rules = tree.value(of: "creation_rules", in: tree.root) else { return nil }
        for rule in tree.items(rules) {
            if let regex = tree.value(of: "path_regex", in: rule).map(tree.string), !regex.isEmpty {
                guard let pattern = try? Pattern(regex), pattern.matches(path) else { continue }
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

extension Diagnostic {
    fileprivate static func stale(
        _ path: String, missing: [String], surplus: [String], at place: Span
    ) -> Diagnostic {
        Diagnostic(
            .staleRecipients, .warning, "the recipients of \(path) are not those of .sops.yaml", at: place,
            notes: missing.map { "\($0) cannot open it" } + surplus.map { "\($0) still can" },
            help: "`sops updatekeys \(path)`; who could read it keeps what was read: change the secrets of who left")
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
}
