package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// The VMs of an env, each merged from its layers (DESIGN §6, *env*), and what is wrong among them.
    package func vms(of env: BoundEntity) -> (vms: [Fields], diagnostics: [Diagnostic]) {
        guard let entry = env.fields.entry("vms") else {
            let warning = Diagnostic(
                .noVMs, .warning, "the env has no vms, so an apply destroys those it made before", at: env.start,
                help: "say `vms: []` if that is meant")
            return ([], [warning])
        }
        let method = authMethod(of: env)
        var diagnostics = method.diagnostics
        var vms: [Fields] = []
        for (index, vm) in (entry.value.list ?? []).enumerated() {
            let base = env.fields["vmid_base"]?.integer
            let number = base.map { Value(.integer($0 + index), Origin(nil, .computed)) }
            let compiled = self.vm(vm.map ?? Fields(), number: number, method)
            vms.append(compiled.vm)
            diagnostics += compiled.diagnostics
        }
        diagnostics += checkTwins(vms, strictness)
        return (vms, diagnostics)
    }

    /// One VM: preset ← template ← instance, then what the site and the env fill in, then its token.
    package func vm(
        _ instance: Fields, number: Value?, _ method: AuthMethod
    ) -> (vm: Fields, diagnostics: [Diagnostic]) {
        let template = instance["template"]?.name.flatMap { entity(Key($0), .kind(.template)) }
        let hasTemplate = instance["template"].map { !$0.isNull } ?? false
        let presetName = hasTemplate ? template?.fields["preset"] : instance["vm_preset"]
        let preset = presetName?.name.flatMap { entity(Key($0), .presetOfVM) }
        let layers = [preset?.fields, template?.fields, instance].compactMap { $0?.without(FieldTable.choosers) }
        var vm = merge(layers, by: .vm)
        if let number, !vm.contains("vmid") { vm.set("vmid", number) }
        if !vm.contains("bridge") { vm.set("bridge", defaults["bridge"] ?? .string("vmbr0", .builtIn)) }
        if !vm.contains("gateway"), let gateway = defaults["gateway"] { vm.set("gateway", gateway) }

        var diagnostics: [Diagnostic] = []
        if let ip = vm.entry("ip") {
            // The Python resolver looks only at the address that counts.
            let checked = strictness == .strict ? [ip.value] + ip.beat : [ip.value]
            diagnostics += checked.flatMap { checkAddress($0, strictness) }
        }
        if let written = vm.entry("auth_token"), let span = written.keySpan {
            diagnostics.append(.writtenToken(span))
        }
        let token = authToken(of: vm, method)
        vm.set("auth_token", token.value)
        return (vm, diagnostics + token.diagnostics)
    }

    // MARK: Tokens

    /// How the VMs of an env prove who they are, and the place that says so.
    package struct AuthMethod: Sendable {
        let name: String
        let span: Span?
        package let diagnostics: [Diagnostic]
    }

    func authMethod(of env: BoundEntity) -> AuthMethod {
        let written = env.fields["posture"]
        return authMethod(ofPosture: written?.name.map { Key($0) }, namedAt: written?.origin.span)
    }

    /// The method of a posture; without a name, of `dev` if it exists.
    package func authMethod(ofPosture name: Key?, namedAt span: Span?) -> AuthMethod {
        let none = AuthMethod(name: "network", span: nil, diagnostics: [])
        guard let posture = entity(name ?? "dev", .postureForAuth) else { return none }
        if let method = posture.fields["auth"]?.map?["method"], let text = method.name {
            return AuthMethod(name: text, span: method.origin.span, diagnostics: [])
        }
        let nested: [Key] = ["auth", "ssh", "sudo", "fail2ban"]
        let isFlat = !posture.fields.entries.contains { nested.contains($0.key) }
        guard isFlat, posture.id.folder == "postures", catalogue.hasFolder("v2/postures") else { return none }
        let complaint = Diagnostic(
            .unknownMethod, strictness.severity,
            "the auth method of posture \"\(posture.id.name)\" is unknown: it stands only in \(posture.path), without auth",
            at: span ?? posture.start, "this site keeps auth in v2/postures/",
            help: "add v2/postures/\(posture.id.name).yaml with `auth: {method: network}` or another method")
        return AuthMethod(name: "network", span: nil, diagnostics: [complaint])
    }

    private func authToken(of vm: Fields, _ method: AuthMethod) -> (value: Value, diagnostics: [Diagnostic]) {
        let none = Value.string("", .builtIn)
        switch method.name {
        case "site_token":
            let found = secret(["auth", "site_token"], neededAt: method.span, "this method needs it")
            return (found.value ?? none, found.diagnostics)
        case "node_token":
            guard let name = vm["name"], let text = name.name else { return (none, []) }
            let reason = method.span.map { [Label($0, "this method needs a token for each VM")] } ?? []
            let found = secret(
                ["auth", "node_tokens", Key(text)], neededAt: name.origin.span ?? method.span, "no token for this VM",
                related: name.origin.span == nil ? [] : reason)
            return (found.value ?? none, found.diagnostics)
        default: return (none, [])
        }
    }
}

extension Diagnostic {
    fileprivate static func writtenToken(_ span: Span) -> Diagnostic {
        Diagnostic(
            .writtenToken, .warning, "auth_token is set by the posture's auth method; this value is not used", at: span,
            help: "remove it; tokens belong in the secrets, under auth")
    }
}

extension Code {
    package static let noVMs = Code(
        "R0407", "an env without vms",
        explanation: """
            OpenTofu makes what the env lists and destroys what it listed before. An env file that lost its `vms` is an \
            order to destroy them all.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vmid_base: 100
            """,
        fix: "Add the VMs, or write `vms: []` to say that there are none.")

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

    package static let writtenToken = Code(
        "R0409", "a written auth_token",
        explanation: "A VM's `auth_token` comes from the posture's auth method, whatever the VM's own entry says.",
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vms:
              - {name: web, auth_token: abc}
            """,
        fix: "Remove it; put the token into the secrets under `auth` and choose the method in the posture.")
}
