internal import Diagnostics
internal import SecretMemory
internal import Secrets
internal import SiteModel

/// What homestak's server verifies before it hands out a spec: `b64url(payload).b64url(HMAC-SHA256(b64url(payload)))`,
/// without padding, under the site's `auth.signing_key` (DESIGN §6).
enum ProvisioningToken {
    /// How many bytes of key there should be.
    static let keySize = 32

    /// Appends a token for a payload.
    static func append(_ payload: String, signedWith key: SecretText, to bytes: inout SecretBuffer) {
        let payload = Base64.encode(Array(payload.utf8), .urlSafe)
        bytes.append(payload.utf8)
        bytes.append(UInt8(ascii: "."))
        let code = key.withBytes { HMAC.authenticate(Array(payload.utf8).span, key: $0) }
        code.withBytes { Base64.append($0, .urlSafe, to: &bytes) }
    }
}

extension OpenedSecrets {
    /// The key that signs, from its hexadecimal digits; nil if that is what it has not.
    func signingKey(at secret: SecretRef) -> SecretText? {
        guard let range = scalar(at: secret)?.range else { return nil }
        return text.withBytes(range) { Hex.decodeSecret($0) }
    }

    /// What is wrong with a key that is to sign.
    func checkSigningKey(_ secret: SecretRef) -> Diagnostic? {
        guard let key = signingKey(at: secret), key.count >= ProvisioningToken.keySize / 2 else {
            return .noSigningKey(secret.path)
        }
        return key.count < ProvisioningToken.keySize ? .shortSigningKey(secret.path, key.count) : nil
    }
}

extension Diagnostic {
    private static let advice = "`openssl rand -hex 32` makes one; the server must have the same"

    fileprivate static func noSigningKey(_ path: String) -> Diagnostic {
        Diagnostic(
            .signingKey, "\(path) is no key: it wants 64 hexadecimal digits", at: nil, help: advice)
    }

    fileprivate static func shortSigningKey(_ path: String, _ count: Int) -> Diagnostic {
        Diagnostic(
            .signingKey, .warning,
            "\(path) has only \(count) byte\(count == 1 ? "" : "s"), and a key of HMAC-SHA256 should have 32", at: nil,
            help: advice)
    }
}

extension Code {
    static let signingKey = Code(
        "R0514", "a signing key that is none",
        explanation: """
            Provisioning tokens are signed with `auth.signing_key` of the secrets: 64 hexadecimal digits, 32 bytes. \
            homestak's server verifies them with the same key.
            """,
        example: """
            $ resolve vm web1 --vmid 9001 --preset vm-small --spec base --issued-at 1767225600
            -- site.yaml --
            defaults: {server_url: "https://controller:44443"}
            -- nodes/pve.yaml --
            api_endpoint: https://localhost:8006
            api_token: null
            datastore: local
            -- postures/dev.yaml --
            auth: {method: network}
            -- presets/vm-small.yaml --
            cores: 1
            -- specs/base.yaml --
            schema_version: 1
            -- secrets.yaml --
            auth: {signing_key: "not hexadecimal"}
            """,
        fix: "Make a key (`openssl rand -hex 32`) and store it in the secrets and on the server.")
}
