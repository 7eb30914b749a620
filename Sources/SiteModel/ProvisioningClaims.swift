internal import Diagnostics

/// What a provisioning token says: homestak's server hands a VM its spec for it (DESIGN §6).
package struct ProvisioningClaims: Hashable, Sendable {
    package let vm: String
    package let spec: String
    /// When it is issued, in seconds since 1970; nil where that was not said: then no token can be made.
    package let time: Int?

    package init(vm: String, spec: String, time: Int?) {
        self.vm = vm
        self.spec = spec
        self.time = time
    }

    /// Compact JSON, the text that is encoded and signed.
    package var payload: String? {
        time.map { "{\"v\":1,\"n\":\(JSONText.quoted(vm)),\"s\":\(JSONText.quoted(spec)),\"iat\":\($0)}" }
    }
}
