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
    ) -> CompiledMachines {
        let method = authMethod(of: env)
        var result = CompiledMachines(lineage: env.fields.lineage + method.lineage, diagnostics: method.diagnostics)
        result.list = env.fields.entry("vms")
        guard let entry = result.list else {
            // What a file would bring that is not there is not known.
            if hasWholeFamily(env) { result.diagnostics.append(.noVMs(env)) }
            return result
        }
        let items = entry.value.list ?? []
        result.vms.reserveCapacity(items.count)
        let isTagged = hasTags && layers(of: env).contains { $0.entity.isTagged }
        let filling = VM.Filling(
            method, method.isOfEach ? nil : authToken(of: nil, method), among: nodeTokens(method),
            countingFrom: env.fields.entry("vmid_base"), plus: offset, vmDefaults)
        // What the memo would say, without its lock for each VM; and what is wrong with the token that all have.
        let starts = memo.starts
        let isTokenOfAll = filling.token != nil
        let foundOfToken = filling.token?.diagnostics ?? []
        let list = items.span
        for index in list.indices {
            var own = Fields()
            if case .map(let said) = list[index].content { own = said }
            if let vm = self.vm(own, filling, at: index, starts) {
                if vm.facts.address == nil, let address = vm["ip"] {
                    result.diagnostics += checkAddress(address, strictness)
                }
                if isTokenOfAll {
                    if !foundOfToken.isEmpty { result.diagnostics += foundOfToken }
                } else {
                    checkToken(of: vm, filling, &result.diagnostics)
                }
                result.vms.append(vm)
            } else {
                let compiled = self.vm(
                    own, isTagged: isTagged, number: filling.number(index), method, filling.token)
                result.vms.append(VM(compiled.vm))
                result.diagnostics += compiled.diagnostics
            }
        }
        if allocations != nil {
            let vms = result.vms.map(fields)
            let allocated = allocate(vms, to: vms.map { owner($0, in: env.id.name.text) })
            result.vms = allocated.vms.map { VM($0) }
            result.wanted = allocated.wanted
            result.diagnostics += allocated.diagnostics
        }
        result.diagnostics += checkTogether(result.vms, strictness) + lostMachines(entry)
        return result
    }

    /// A VM that need not be put together yet; nil where tags, rules or pools make more of it than its own entries over others.
    private func vm(
        _ own: Fields, _ filling: VM.Filling, at index: Int, _ starts: [VMStart.Name: VMStart]
    ) -> VM? {
        guard !hasTags, allocations == nil, let name = VMStart.Name(of: own) else { return nil }
        return VM(own, over: starts[name] ?? start(name, of: own), filling, at: index)
    }

    /// What is wrong with the token of such a VM, where each has its own.
    private func checkToken(of vm: VM, _ filling: VM.Filling, _ diagnostics: inout [Diagnostic]) {
        if let tokens = filling.tokens, let name = vm.facts.name, tokens.hasText(name) { return }
        diagnostics += authToken(of: vm["name"], filling.method).diagnostics
    }

    /// The VMs of an env that an output will ask for.
    package func keep(_ machines: CompiledMachines, of env: EntityID) { memo.keep(machines, of: env) }

    /// The VMs of an env that the files alone describe: those that were kept, once, or new ones.
    package func machines(asKeptOf env: BoundEntity) -> CompiledMachines {
        memo.takeMachines(of: env.id) ?? machines(of: env)
    }

    /// VMs of what the env extends, which its own list replaces: R0307.
    private func lostMachines(_ list: Fields.Entry) -> [Diagnostic] {
        // `!replace` says that it is meant.
        guard list.hasBeaten, list.value.origin.tag != .replace, list.rule == .merge(.replace) else { return [] }
        let kept = (list.value.list ?? []).compactMap { $0.map?["name"]?.name }
        return list.beat.compactMap { beaten in
            let names = (beaten.list ?? []).compactMap { $0.map?["name"]?.name }.filter { !kept.contains($0) }
            return names.isEmpty ? nil : .lostMachines(names, list, beaten)
        }
    }

    /// One VM: preset ← template ← instance, each after what it extends, then what the site and the env fill in, then
    /// its token.
    ///
    /// - Parameter token: what `authToken` says of it, where that is known.
    package func vm(
        _ instance: Fields, isTagged: Bool = false, number: Fields.Entry?, _ method: AuthMethod,
        _ token: AuthToken? = nil
    ) -> (vm: Fields, diagnostics: [Diagnostic]) {
        if !isTagged, let start = start(of: instance), let merged = start.replaced(by: instance) {
            return finish(merged, [], number, method, token, isFilled: start.isFilled)
        }
        return vm(from: layers(of: instance, isTagged: isTagged), number: number, method, token)
    }

    private func vm(
        from layers: [MergeLayer], number: Fields.Entry?, _ method: AuthMethod, _ token: AuthToken? = nil
    ) -> (vm: Fields, diagnostics: [Diagnostic]) {
        let merged = merge(layers, by: vmRules)
        return finish(merged.fields, merged.diagnostics, number, method, token)
    }

    /// A merged VM with what is filled in behind it.
    ///
    /// - Parameter isFilled: whether that was done in what it shares.
    func finish(
        _ merged: Fields, _ found: [Diagnostic], _ number: Fields.Entry?, _ method: AuthMethod, _ token: AuthToken?,
        isFilled: Bool = false
    ) -> (vm: Fields, diagnostics: [Diagnostic]) {
        var vm = merged
        var diagnostics = found
        if let number { vm.fill(number) }
        for fallback in vmDefaults where !isFilled || !vm.shares(fallback.key) { vm.fill(fallback) }
        if let ip = vm.entry("ip") {
            // The Python resolver looks only at the address that counts.
            let checked = strictness == .strict && ip.hasBeaten ? [ip.value] + ip.beat : [ip.value]
            for value in checked where value.origin.tag != .unset { diagnostics += checkAddress(value, strictness) }
        }
        let written = vm.entry("auth_token")
        if let span = written?.keySpan { diagnostics.append(.writtenToken(span)) }
        let token = token ?? authToken(of: vm["name"], method)
        vm.set(token.entry.overriding(written))
        return (vm, diagnostics + token.diagnostics)
    }

    /// A manifest's root as a VM: its preset, or the template of a level, then what the node says.
    package func vm(_ node: ManifestGraph.Node, _ method: AuthMethod) -> (vm: Fields, diagnostics: [Diagnostic]) {
        vm(from: layers(of: node), number: nil, method)
    }

    /// The layers of a manifest's node, the weakest first.
    func layers(of node: ManifestGraph.Node) -> [MergeLayer] {
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
        return layers + [MergeLayer(instance, isTagged: hasTags)]
    }

    /// The layers of a VM, the weakest first.
    func layers(of instance: Fields, isTagged: Bool) -> [MergeLayer] {
        (start(of: instance)?.layers(named: instance) ?? start(choice: instance))
            + [MergeLayer(instance.without(FieldTable.choosers), isTagged: isTagged)]
    }

    /// What a VM starts from: its preset and its template, each after what it extends.
    private func start(choice instance: Fields) -> [MergeLayer] {
        let choice = instance["template"]
        let hasTemplate = choice.map { !$0.isNull } ?? false
        let template = choice?.name.flatMap { entity(Key($0), .kind(.template)) }
        let chooser = hasTemplate ? template.flatMap(preset) : instance["vm_preset"].map { ("vm_preset", $0) }
        var result: [MergeLayer] = []
        if let (field, value) = chooser, let name = value.name, let preset = entity(Key(name), .presetOfVM) {
            add(preset, namedBy: field, value, to: &result)
        }
        if let template, let choice { add(template, namedBy: "template", choice, to: &result) }
        return result
    }

    /// The same, worked out once for all VMs that start alike; nil where no name says from what.
    private func start(of instance: Fields) -> VMStart? {
        VMStart.Name(of: instance).map { start($0, of: instance) }
    }

    private func start(_ name: VMStart.Name, of instance: Fields) -> VMStart {
        memo.start(name) { VMStart(start(choice: instance), by: vmRules, fallbacks: vmDefaults, strictness) }
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
