package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// The VMs of an env, each merged from its layers (DESIGN §6, *env*), and what is wrong among them.
    ///
    /// - Parameters:
    ///   - env: with what it inherits.
    ///   - offset: what a level of a manifest adds to its numbers.
    /// - Returns: the numbers, too, that they take from pools.
    package func machines(
        of env: BoundEntity, shiftedBy offset: Int = 0
    ) -> (machines: Deployment.Machines, wanted: [Allocation], diagnostics: [Diagnostic]) {
        let method = authMethod(of: env)
        let lineage = env.fields.lineage + method.lineage
        var diagnostics = method.diagnostics
        guard let entry = env.fields.entry("vms") else {
            // What a file would bring that is not there is not known.
            if hasWholeFamily(env) { diagnostics.append(.noVMs(env)) }
            return (Deployment.Machines(lineage: lineage), [], diagnostics)
        }
        var vms: [Fields] = []
        let base = env.fields.entry("vmid_base")
        for (index, vm) in (entry.value.list ?? []).enumerated() {
            let number = base.flatMap { Fields.Entry.number($0, plus: index + offset) }
            let compiled = self.vm(vm.map ?? Fields(), isTagged: hasTags, number: number, method)
            vms.append(compiled.vm)
            diagnostics += compiled.diagnostics
        }
        let owners = vms.map { owner($0, in: env.id.name.text) }
        let allocated = allocate(vms, to: owners)
        diagnostics += allocated.diagnostics + checkTogether(allocated.vms, strictness) + lostMachines(entry)
        return (Deployment.Machines(allocated.vms, entry, lineage: lineage), allocated.wanted, diagnostics)
    }

    /// VMs of what the env extends, which its own list replaces: R0307.
    private func lostMachines(_ list: Fields.Entry) -> [Diagnostic] {
        // `!replace` says that it is meant.
        guard list.value.origin.tag != .replace, list.rule == .merge(.replace) else { return [] }
        let kept = (list.value.list ?? []).compactMap { $0.map?["name"]?.name }
        return list.beat.compactMap { beaten in
            let names = (beaten.list ?? []).compactMap { $0.map?["name"]?.name }.filter { !kept.contains($0) }
            return names.isEmpty ? nil : .lostMachines(names, list, beaten)
        }
    }

    /// One VM: preset ← template ← instance, each after what it extends, then what the site and the env fill in, then
    /// its token.
    package func vm(
        _ instance: Fields, isTagged: Bool = false, number: Fields.Entry?, _ method: AuthMethod
    ) -> (vm: Fields, diagnostics: [Diagnostic]) {
        vm(from: layers(of: instance, isTagged: isTagged), number: number, method)
    }

    private func vm(
        from layers: [MergeLayer], number: Fields.Entry?, _ method: AuthMethod
    ) -> (vm: Fields, diagnostics: [Diagnostic]) {
        let merged = merge(layers, by: vmRules)
        var vm = merged.fields
        var diagnostics = merged.diagnostics
        for fallback in [number].compactMap(\.self) + vmDefaults { vm.fill(fallback) }
        if let ip = vm.entry("ip") {
            // The Python resolver looks only at the address that counts.
            let checked = strictness == .strict ? [ip.value] + ip.beat : [ip.value]
            diagnostics += checked.filter { $0.origin.tag != .unset }.flatMap { checkAddress($0, strictness) }
        }
        let written = vm.entry("auth_token")
        if let span = written?.keySpan { diagnostics.append(.writtenToken(span)) }
        let token = authToken(of: vm, method)
        vm.set(token.entry.overriding(written))
        return (vm, diagnostics + token.diagnostics)
    }

    /// A manifest's root as a VM: its preset, or the template of a level, then what the node says.
    package func vm(_ node: ManifestGraph.Node, _ method: AuthMethod) -> (vm: Fields, diagnostics: [Diagnostic]) {
        let data: [Key] = ["name", "vmid", "image", "disk"]
        let instance = Fields(data.compactMap { node.fields.entry($0) }.filter { !$0.value.isNull })
        var layers: [MergeLayer] = []
        if let template = node.fields.entry("template") {
            layers = self.layers(of: Fields([template]), isTagged: false).dropLast()
        } else if let preset = node.fields["preset"], let name = preset.name,
            let entity = entity(Key(name), .presetOfManifest)
        {
            add(entity, namedBy: "preset", preset, to: &layers)
        }
        return vm(from: layers + [MergeLayer(instance, isTagged: hasTags)], number: nil, method)
    }

    /// The layers of a VM, the weakest first.
    func layers(of instance: Fields, isTagged: Bool) -> [MergeLayer] {
        let choice = instance["template"]
        let hasTemplate = choice.map { !$0.isNull } ?? false
        let template = choice?.name.flatMap { entity(Key($0), .kind(.template)) }
        let chooser = hasTemplate ? template.flatMap(preset) : instance["vm_preset"].map { ("vm_preset", $0) }
        var result: [MergeLayer] = []
        if let (field, value) = chooser, let name = value.name, let preset = entity(Key(name), .presetOfVM) {
            add(preset, namedBy: field, value, to: &result)
        }
        if let template, let choice { add(template, namedBy: "template", choice, to: &result) }
        result.append(MergeLayer(instance.without(FieldTable.choosers), isTagged: isTagged))
        return result
    }

    private func add(_ entity: BoundEntity, namedBy field: Key, _ value: Value, to result: inout [MergeLayer]) {
        let named = Lineage(entity.source, Step(field, at: value.origin.span, to: entity.path))
        guard ancestry.hasFamily(entity.id) else {
            result.append(entity.layer(of: entity.fields.without(FieldTable.choosers), named))
            return
        }
        for layer in layers(of: entity) {
            result.append(
                layer.entity.layer(of: layer.entity.fields.without(FieldTable.choosers), layer.lineage ?? named))
        }
    }

    /// The preset that a template or what it extends names, and the field that does.
    private func preset(of template: BoundEntity) -> (field: Key, value: Value)? {
        let entry =
            !ancestry.hasFamily(template.id)
            ? template.fields.entry("preset")
            : inherited(template).entity.fields.entry("preset")
        guard let entry, !entry.isUnset else { return nil }
        return ("preset", entry.value)
    }

    // MARK: Tokens

    /// How the VMs of an env prove who they are, and the place that says so.
    package struct AuthMethod: Sendable {
        package let name: String
        let origin: Origin
        let via: [Step]
        package let lineage: [Lineage]
        package let diagnostics: [Diagnostic]
        /// Its token is one that homestak's server verifies, for this spec.
        package var provisioning: Provisioning?
    }

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
            return AuthMethod(
                name: text, origin: method.origin, via: [], lineage: lineage, diagnostics: posture.diagnostics)
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

    private func authToken(of vm: Fields, _ method: AuthMethod) -> (entry: Fields.Entry, diagnostics: [Diagnostic]) {
        let rule = method.origin.span == nil ? Rule.whenAbsent : .derived("auth.method \(method.name)")
        func entry(_ value: Value?, _ via: [Step]) -> Fields.Entry {
            Fields.Entry(
                "auth_token", value ?? .string("", method.origin), rule: rule, via: value == nil ? method.via : via)
        }
        func chooses(_ steps: [Key]) -> Step { Step("auth.method", at: method.origin.span, to: SecretRef.path(steps)) }
        let span = method.origin.span
        if let provisioning = method.provisioning { return (token(of: vm, provisioning), []) }
        switch method.name {
        case "site_token":
            let steps: [Key] = ["auth", "site_token"]
            let found = secret(steps, neededAt: span, "this method needs it")
            return (entry(found.value, [chooses(steps)]), found.diagnostics)
        case "node_token":
            guard let name = vm["name"], let text = name.name else { return (entry(nil, []), []) }
            let reason = span.map { [Label($0, "this method needs a token for each VM")] } ?? []
            let steps: [Key] = ["auth", "node_tokens", Key(text)]
            let found = secret(
                steps, neededAt: name.origin.span ?? span, "no token for this VM",
                related: name.origin.span == nil ? [] : reason)
            let names = Step("name", at: name.origin.span, to: SecretRef.path(steps))
            return (entry(found.value, [chooses(steps.dropLast()), names]), found.diagnostics)
        default: return (entry(nil, []), [])
        }
    }

    private func token(of vm: Fields, _ provisioning: Provisioning) -> Fields.Entry {
        let spec = provisioning.spec
        let claims = ProvisioningClaims(vm: vm["name"]?.name ?? "", spec: spec.name ?? "", time: provisioning.time)
        let key = optionalSecret(Self.signingKey)
        var type = SecretType.unknown
        if case .secret(let secret)? = key?.content { type = secret.type }
        let token = Value(.secret(SecretRef(Self.signingKey, type, signing: claims)), key?.origin ?? .nowhere)
        let step = Step("spec", at: spec.origin.span, to: SecretRef.path(Self.signingKey))
        return Fields.Entry("auth_token", token, rule: .derived("signed with auth.signing_key"), via: [step])
    }
}

extension Fields {
    /// Sets what nothing nearer says; a value that is there has beaten it.
    mutating func fill(_ fallback: Entry) {
        let gone = removed.first { $0.key == fallback.key }
        set(fallback.overridden(by: entry(fallback.key)).overriding(gone))
    }
}

extension Int {
    /// The sum; nil if it is no `Int`, as with a base that only --lenient lets pass.
    func plus(_ other: Int) -> Int? {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? nil : sum
    }
}

extension Fields.Entry {
    /// A VM's number, counted from the env's base, and what it would be by the bases that were beaten.
    static func number(_ base: Fields.Entry, plus index: Int) -> Fields.Entry? {
        // How strong the base is matters among bases, not against a VM's own number.
        func count(_ value: Value) -> Value? {
            value.integer.flatMap { $0.plus(index) }.map {
                Value(.integer($0), Origin(value.origin.span, value.origin.layer))
            }
        }
        return count(base.value).map {
            Fields.Entry("vmid", $0, rule: .offset(from: base.key, index), beat: base.beat.compactMap(count))
        }
    }

    /// The entry in the place of one that does not count.
    fileprivate func overriding(_ other: Fields.Entry?) -> Fields.Entry {
        guard let other else { return self }
        var entry = self
        entry.decide(by: rule, over: [other.value] + other.beat + beat, via: via)
        return entry
    }
}

extension Diagnostic {
    fileprivate static func noVMs(_ env: BoundEntity) -> Diagnostic {
        Diagnostic(
            .noVMs, .warning, "the env has no vms, so an apply destroys those it made before", at: env.start,
            help: "say `vms: []` if that is meant")
    }

    fileprivate static func lostMachines(_ names: [String], _ list: Fields.Entry, _ beaten: Value) -> Diagnostic {
        let count = names.count == 1 ? "an inherited VM is" : "\(names.count) inherited VMs are"
        let shown = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
        return Diagnostic(
            .lostMachines, .warning, "\(count) not in this env: \(shown)",
            at: list.keySpan ?? list.value.origin.span, "this list replaces the inherited one",
            related: beaten.origin.span.map { [Label($0, "they are listed here")] } ?? [],
            help: "write `vms: !append` to keep them, or `vms: !replace` if that is meant")
    }

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

    package static let lostMachines = Code(
        "R0307", "an env that replaces the VMs it inherits",
        explanation: """
            An env's `vms` is a list, and a list replaces the one that is inherited. The VMs of the env that is extended are \
            then not in this one, and an apply destroys those that were made before.
            """,
        example: """
            $ resolve env prod --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vms: [{name: web}, {name: db}]
            -- envs/prod.yaml --
            extends: dev
            vms: [{name: mail}]
            """,
        fix: "Write `vms: !append` to keep the inherited VMs, or `vms: !replace` to say that they are to go.")

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
