internal import Diagnostics

/// What a SOPS file says of itself: who can open it, which values are encrypted, and the MAC.
struct Metadata: Sendable {
    /// The data key, or a share of it, encrypted for one age recipient.
    struct AgeKey: Sendable {
        let recipient: String
        /// The armored age file.
        let sealed: Result<AgeFile, AgeError>
    }

    /// Each group holds the data key, or, if there are several, a share of it.
    var groups: [[AgeKey]] = []
    /// How many groups' shares make the key.
    var threshold = 1
    /// As RFC 3339 with seconds: the MAC's additional data.
    var lastModified = ""
    var mac: String?
    var hashesOnlyEncrypted = false
    var selection = Selection.everything
    /// Key types that `resolve` does not know, which could open it, too.
    var otherKeys: [String] = []

    /// More are an attack: each costs every identity a try.
    static let mostKeys = 1000

    init() {}

    private static let otherKeyTypes = [
        ("kms", "AWS KMS"), ("gcp_kms", "GCP KMS"), ("hckms", "Huawei KMS"), ("azure_kv", "Azure Key Vault"),
        ("hc_vault", "HashiCorp Vault"), ("pgp", "PGP"),
    ]

    /// Reads the `sops` map. What is wrong with it is said at its place.
    static func read(_ sops: SOPSNode) -> (metadata: Metadata, diagnostics: [Diagnostic]) {
        var metadata = Metadata()
        var diagnostics: [Diagnostic] = []
        metadata.readKeys(sops, &diagnostics)
        metadata.readSelection(sops, &diagnostics)
        metadata.mac = sops["mac"]?.string
        metadata.lastModified = sops["lastmodified"].map(Self.timestamp) ?? ""
        switch sops["mac_only_encrypted"]?.scalar {
        case .bool(let flag): metadata.hashesOnlyEncrypted = flag
        case .string(let text): metadata.hashesOnlyEncrypted = text == "true"
        default: break
        }
        return (metadata, diagnostics)
    }

    /// As SOPS has it: parsed, and printed again without a fraction.
    private static func timestamp(_ node: SOPSNode) -> String {
        let text = node.scalar?.text ?? ""
        return GoTime(text)?.wholeSeconds ?? text
    }

    // MARK: Keys

    private mutating func readKeys(_ sops: SOPSNode, _ diagnostics: inout [Diagnostic]) {
        let nested = sops["key_groups"]?.items ?? []
        let sources = nested.isEmpty ? [sops] : nested
        for source in sources {
            groups.append((source["age"]?.items ?? []).compactMap { ageKey($0, &diagnostics) })
            for (field, name) in Self.otherKeyTypes
            where source[field]?.items?.isEmpty == false && !otherKeys.contains(name) {
                otherKeys.append(name)
            }
        }
        if groups.reduce(0, { $0 + $1.count }) > Self.mostKeys || groups.count > 255 {
            diagnostics.append(.malformed("it lists more than \(Self.mostKeys) recipients", at: sops.span))
            groups = []
        }
        threshold = groups.count
        guard groups.count > 1, let wanted = sops["shamir_threshold"]?.scalar, wanted != .null else { return }
        // In the flat formats it is text. Zero stands for all of them.
        guard let number = Int(wanted.text), (0...groups.count).contains(number) else {
            diagnostics.append(
                .malformed(
                    "its shamir_threshold is no number from 1 to its \(groups.count) key groups",
                    at: sops["shamir_threshold"]?.span ?? sops.span))
            return
        }
        if number > 0 { threshold = number }
    }

    private func ageKey(_ node: SOPSNode, _ diagnostics: inout [Diagnostic]) -> AgeKey? {
        guard let sealed = node["enc"]?.string else {
            diagnostics.append(.malformed("an age recipient without its copy of the key (enc)", at: node.span))
            return nil
        }
        let recipient = node["recipient"]?.string ?? ""
        do throws(AgeError) {
            return AgeKey(recipient: recipient, sealed: .success(try AgeFile(Array(sealed.utf8))))
        } catch {
            return AgeKey(recipient: recipient, sealed: .failure(error))
        }
    }

    // MARK: Rules

    private mutating func readSelection(_ sops: SOPSNode, _ diagnostics: inout [Diagnostic]) {
        let fields = [
            "unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex",
            "unencrypted_comment_regex", "encrypted_comment_regex",
        ]
        let given = fields.filter { sops[$0]?.scalar.map { !$0.text.isEmpty } == true }
        guard given.count <= 1 else {
            diagnostics.append(
                .malformed(
                    "it has two rules for what is encrypted: \(given.joined(separator: " and "))",
                    at: sops[given[1]]?.span ?? sops.span))
            return
        }
        guard let field = given.first, let node = sops[field], let text = node.scalar?.text else {
            selection = .unencryptedSuffix(Selection.defaultSuffix)
            return
        }
        switch field {
        case "unencrypted_suffix": selection = .unencryptedSuffix(text)
        case "encrypted_suffix": selection = .encryptedSuffix(text)
        default:
            do throws(PatternError) {
                let pattern = try Pattern(text)
                switch field {
                case "unencrypted_regex": selection = .unencryptedRegex(pattern)
                case "encrypted_regex": selection = .encryptedRegex(pattern)
                case "unencrypted_comment_regex": selection = .unencryptedCommentRegex(pattern)
                default: selection = .encryptedCommentRegex(pattern)
                }
            } catch {
                diagnostics.append(
                    .malformed("its \(field) is no regular expression: \(error.message)", at: node.span))
            }
        }
    }
}
