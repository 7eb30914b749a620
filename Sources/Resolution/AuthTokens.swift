package import Diagnostics
package import SiteModel

// How a VM proves who it is when it fetches its specification.

extension LinkedSite {
    /// How the VMs of an env prove who they are, and the place that says so.
    package struct AuthMethod: Sendable {
        package let name: String
        let origin: Origin
        let via: [Step]
        package let lineage: [Lineage]
        package let diagnostics: [Diagnostic]
        /// Its token is one that homestak's server verifies, for this spec.
        package var provisioning: Provisioning?

        /// How the method leads to the tokens of all VMs, where each has its own.
        var chooses: Step?

        /// Whether each VM has a token of its own.
        var isOfEach: Bool { provisioning != nil || name == "node_token" }
    }

    /// A VM's token, and what is wrong with it.
    package typealias AuthToken = (entry: Fields.Entry, diagnostics: [Diagnostic])

    /// What a provisioning token says of a VM but its name (DESIGN §6).
    package struct Provisioning: Sendable {
        /// The reference to the spec.
        let spec: Value
        /// When it is issued, in seconds since 1970.
        let time: Int?
    }

    /// How a VM with a spec proves who it is: by a provisioning token, if the site has a server and a key to sign with,
    /// else as the posture says.
    ///
    /// - Parameters:
    ///   - spec: the reference to its spec.
    ///   - posture: the posture that is named for it, else its spec's.
    ///   - time: when its token is issued.
    package func authMethod(spec: Value?, posture: Value?, issuedAt time: Int?) -> AuthMethod {
        let document = spec?.name.flatMap { entity(Key($0), .kind(.spec)) }.map { inherited($0).entity }
        let named = posture ?? document.flatMap { postureName(of: $0) }
        let start = posture == nil ? document?.start : nil
        var method = authMethod(
            ofPosture: named?.name.map { Key($0) }, namedAt: named?.origin.span, absentIn: start)
        if let spec, !spec.isNull, canSign { method.provisioning = Provisioning(spec: spec, time: time) }
        return method
    }

    /// Whether tokens for VMs with a spec can be signed, and somebody is there to verify them.
    package var canSign: Bool {
        guard let server = defaults["server_url"]?.string, !server.isEmpty else { return false }
        return optionalSecret(Self.signingKey) != nil
    }

    private static let nodeTokens: [Key] = ["auth", "node_tokens"]
    private static let signingKey: [Key] = ["auth", "signing_key"]

    func authMethod(of env: BoundEntity) -> AuthMethod {
        let written = env.fields["posture"]
        return authMethod(
            ofPosture: written?.name.map { Key($0) }, namedAt: written?.origin.span, absentIn: env.start)
    }

    /// The method of a posture; without a name, of `dev` if it exists.
    package func authMethod(
        ofPosture name: Key?, namedAt span: Span?, absentIn start: Span? = nil
    ) -> AuthMethod {
        guard let named = entity(name ?? "dev", .postureForAuth) else {
            return AuthMethod(name: "network", origin: .builtIn, via: [], lineage: [], diagnostics: [])
        }
        let posture = inherited(named)
        let step = Step("posture", at: name == nil ? start : span, isWritten: name != nil, to: named.path)
        let lineage = [Lineage(named.source, step)] + posture.entity.fields.lineage
        if let method = posture.entity.fields["auth"]?.map?["method"], let text = method.name {
            var result = AuthMethod(
                name: text, origin: method.origin, via: [], lineage: lineage, diagnostics: posture.diagnostics)
            result.chooses = Step("auth.method", at: method.origin.span, toSecret: Self.nodeTokens)
            return result
        }
        let absent = Step("auth.method", at: named.start, isWritten: false, to: "network")
        let nested: [Key] = ["auth", "ssh", "sudo", "fail2ban"]
        let isFlat = !posture.entity.fields.entries.contains { nested.contains($0.key) }
        var diagnostics = posture.diagnostics
        if isFlat, named.id.folder == "postures", catalogue.hasFolder("v2/postures") {
            diagnostics.append(.unknownMethod(of: named, at: span, strictness))
        }
        return AuthMethod(
            name: "network", origin: .builtIn, via: [absent], lineage: lineage, diagnostics: diagnostics)
    }

    /// - Parameter name: the VM's; nil where it has none, or all VMs have one token.
    func authToken(of name: Value?, _ method: AuthMethod) -> AuthToken {
        let rule = method.origin.span == nil ? Rule.whenAbsent : .derived("auth.method \(method.name)")
        func entry(_ value: Value?, _ via: [Step]) -> Fields.Entry {
            Fields.Entry(
                "auth_token", value ?? .string("", method.origin), rule: rule, via: value == nil ? method.via : via)
        }
        func chooses(_ steps: [Key]) -> Step { Step("auth.method", at: method.origin.span, toSecret: steps) }
        let span = method.origin.span
        if let provisioning = method.provisioning { return (token(of: name, provisioning), []) }
        switch method.name {
        case "site_token":
            let steps: [Key] = ["auth", "site_token"]
            let found = secret(steps, neededAt: span, "this method needs it")
            return (entry(found.value, [chooses(steps)]), found.diagnostics)
        case "node_token":
            guard let name, let text = name.name else { return (entry(nil, []), []) }
            let steps = Self.nodeTokens + [Key(text)]
            let names = Step("name", at: name.origin.span, toSecret: steps)
            let via = [method.chooses ?? chooses(Self.nodeTokens), names]
            if let value = optionalSecret(steps), case .secret(let secret) = value.content, secret.type != .empty {
                return (entry(value, via), [])
            }
            let reason = span.map { [Label($0, "this method needs a token for each VM")] } ?? []
            let found = secret(
                steps, neededAt: name.origin.span ?? span, "no token for this VM",
                related: name.origin.span == nil ? [] : reason)
            return (entry(found.value, via), found.diagnostics)
        default: return (entry(nil, []), [])
        }
    }

    /// Where the tokens of single VMs stand; nil where another method says what a VM's token is.
    func nodeTokens(_ method: AuthMethod) -> SecretKeys.Section? {
        guard method.name == "node_token", method.provisioning == nil, case .keys(let keys) = secrets else {
            return nil
        }
        return keys.section(of: Self.nodeTokens)
    }

    private func token(of name: Value?, _ provisioning: Provisioning) -> Fields.Entry {
        let spec = provisioning.spec
        let claims = ProvisioningClaims(vm: name?.name ?? "", spec: spec.name ?? "", time: provisioning.time)
        let key = optionalSecret(Self.signingKey)
        var type = SecretType.unknown
        if case .secret(let secret)? = key?.content { type = secret.type }
        let token = Value(.secret(SecretRef(Self.signingKey, type, signing: claims)), key?.origin ?? .nowhere)
        let step = Step("spec", at: spec.origin.span, toSecret: Self.signingKey)
        return Fields.Entry("auth_token", token, rule: .derived("signed with auth.signing_key"), via: [step])
    }
}

extension Diagnostic {
    fileprivate static func unknownMethod(
        of posture: BoundEntity, at span: Span?, _ strictness: Strictness
    ) -> Diagnostic {
        let name = posture.id.name
        return Diagnostic(
            .unknownMethod, strictness.severity,
            "the auth method of posture \"\(name)\" is unknown: it stands only in \(posture.path), without auth",
            at: span ?? posture.start, "this site keeps auth in v2/postures/",
            help: "add v2/postures/\(name).yaml with `auth: {method: network}` or another method")
    }
}

extension Code {
    package static let unknownMethod = Code(
        "R0408", "a posture without a known auth method",
        explanation: """
            In a site that keeps `v2/postures/`, the auth method stands there. A posture that exists only flat, in \
            `postures/`, says nothing of it, and a guess could leave a VM without its token.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- postures/dev.yaml --
            ssh_port: 22
            -- postures/lab.yaml --
            ssh_port: 22
            -- v2/postures/dev.yaml --
            auth: {method: network}
            -- envs/dev.yaml --
            posture: lab
            vms: []
            """,
        fix: "Add the posture to `v2/postures/` with its `auth.method`.")
}
