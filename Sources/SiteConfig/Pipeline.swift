internal import Diagnostics
internal import Emitters
internal import Resolution
internal import Secrets
internal import SiteModel

// The compiler in one page: a target's files are loaded, parsed and bound; references are linked; layers are merged into
// the model; the model is emitted. Each stage returns what it made and what is wrong, and none stops the next.

/// What a target came to before it is written: the model, and what was found on the way.
struct Draft {
    let loader: Loader
    var findings: [Diagnostic]
    /// What the command line should have said.
    let usage: String?
    /// Nil where nothing could be made, which has been reported.
    let subject: Subject?

    init(_ loader: Loader, _ findings: [Diagnostic], usage: String? = nil, _ subject: Subject?) {
        self.loader = loader
        self.findings = findings
        self.usage = usage
        self.subject = subject
    }
}

extension SiteCompiler {
    func draft(_ target: Target, _ loader: Loader) -> Draft {
        switch target {
        case .env(let request): compileEnv(request, loader)
        case .vm(let request): compileVM(request, loader)
        case .variables(let request): compileVariables(request, loader)
        case .specification(let name): compileSpecification(name, loader)
        case .manifest(let request): compileManifest(request, loader)
        case .host(let name): compileHost(name, loader)
        case .roster(let request): compileRoster(request, loader)
        case .pillar(let id): compileMinion(id, loader) { .pillar($0) }
        // States are no secrets, so nothing is opened for them.
        case .tops(let id): compileMinion(id, loader.openingNothing, readsPillar: false) { .tops($0) }
        case .nodegroups: compileNodegroups(loader)
        case .inventory(let request): compileInventory(request, loader)
        case .targets(let request): compileTargets(request, loader)
        }
    }

    /// One env on one node.
    func compileEnv(_ request: Target.Env, _ loader: Loader) -> Draft {
        var loader = loader
        loader.loadSite()
        let (env, node) = loader.loadSecrets(isNeeded: true) { loader in
            let env = loadEnv(request.name, .deployment, &loader)
            return (env, chooseNode(request.node, env, &loader))
        }
        loader.loadAllocations()

        let site = loader.site
        var findings = loader.links(of: site, .deployment) + node.diagnostics + site.shadowedPresets()
        var machines = CompiledMachines()
        if let env {
            let numbered = env.entity.numbering(request.vmids)
            machines =
                request.vmids.isEmpty ? site.machines(asKeptOf: numbered.env) : site.machines(of: numbered.env)
            findings += env.diagnostics + numbered.diagnostics + machines.diagnostics
        } else if site.catalogue.place(Key(request.name), .kind(.env)) == nil {
            findings.append(.notFound(Key(request.name), .kind(.env), in: site.catalogue, strictness.severity))
        }
        if let node = node.entity { findings += site.checkPlace(of: machines, on: node) }
        let deployment = node.entity.map { site.deployment(of: site.machines(machines), on: $0, chosen: node.lineage) }
        return Draft(
            loader, findings + (deployment?.diagnostics ?? []), usage: node.usage,
            deployment.map { .deployment($0.deployment) })
    }

    /// One VM, without an env.
    func compileVM(_ request: Target.VM, _ loader: Loader) -> Draft {
        var loader = loader
        loader.loadSite()
        loader.loadSecrets(isNeeded: true)
        let node = chooseNode(request.node, nil, &loader)
        let references: [(field: Key, name: String?, order: SearchOrder)] = [
            ("template", request.template, .kind(.template)), ("vm_preset", request.preset, .presetOfVM),
            ("posture", request.posture, .postureForAuth), ("spec", request.spec, .kind(.spec)),
        ]
        var findings = node.diagnostics
        for (field, name, order) in references {
            guard let name else { continue }
            if loader.catalogue.place(Key(name), order) != nil {
                loader.load(Key(name), order, .deployment)
            } else {
                let severity = ["vm_preset", "spec"].contains(field) ? Severity.error : strictness.severity
                findings.append(.notFound(Key(name), order, in: loader.catalogue, severity))
            }
        }
        if request.posture == nil { loader.load("dev", .postureForAuth, .deployment) }
        loader.loadAllocations()

        let site = loader.site
        findings += loader.links(of: site, .deployment) + site.shadowedPresets()
        let method = site.authMethod(
            spec: request.spec.map { .string($0, .commandLine) },
            posture: request.posture.map { .string($0, .commandLine) }, issuedAt: request.issuedAt)
        let compiled = site.vm(request.instance, number: nil, method)
        let allocated = site.allocate([compiled.vm], to: [site.owner(compiled.vm, in: LinkedSite.noGroup)])
        findings += method.diagnostics + compiled.diagnostics + allocated.diagnostics
        let vms = allocated.vms.map { VM($0) }
        findings += checkTogether(vms, strictness)
        if let node = node.entity { findings += site.checkPlace(of: vms, on: node) }
        let machines = Deployment.Machines(
            allocated.vms, Fields.Entry("vms", Value(.list([]), .commandLine)), lineage: method.lineage)
        let deployment = node.entity.map { site.deployment(of: machines, on: $0) }
        return Draft(
            loader, findings + (deployment?.diagnostics ?? []),
            usage: node.usage
                ?? usageOfTime(
                    request.issuedAt, request.spec.map { site.entity(Key($0), .kind(.spec)) != nil } ?? false, loader),
            deployment.map { .deployment($0.deployment) })
    }

    /// The Ansible variables of an env's posture, or of a posture.
    func compileVariables(_ request: Target.Variables, _ loader: Loader) -> Draft {
        var loader = loader
        loader.loadSite()
        loader.loadSecrets(isNeeded: true)
        var findings: [Diagnostic] = []
        var env: InheritedEnv?
        var envName: Fields.Entry?
        var posture: Fields.Entry?
        switch request {
        case .env(let name):
            env = loadEnv(name, .variables, &loader)
            posture = env?.entity.fields.entry("posture")
            envName = Fields.Entry(
                "env_name", .string(name, env.map { Origin($0.entity.start, .env) } ?? .commandLine), rule: .fileName)
            findings += env?.diagnostics ?? []
            if loader.catalogue.place(Key(name), .kind(.env)) == nil {
                findings.append(.notFound(Key(name), .kind(.env), in: loader.catalogue, strictness.severity))
            }
        case .posture(let name):
            posture = Fields.Entry("posture", .string(name, .commandLine))
            if let place = loader.catalogue.place(Key(name), .postureForVariables) {
                loader.load(place, .variables)
            } else {
                findings.append(.notFound(Key(name), .postureForVariables, in: loader.catalogue, strictness.severity))
            }
        }
        if posture == nil { loader.load("dev", .postureForVariables, .variables) }
        let site = loader.site
        let compiled = site.variables(env: envName, posture: posture, in: env?.entity)
        findings += loader.links(of: site, .variables) + compiled.diagnostics
        return Draft(loader, findings, .variables(compiled.variables))
    }

    /// The whole site: every file, every reference, every env and node.
    func compileEverything(withEdits: Bool) -> Compilation {
        var loader = Loader(files, strictness, lints: true)
        let findings = checkEverything(&loader, withEdits: withEdits).findings
        return finish(Draft(loader, findings, nil), keepingLints: true)
    }

    /// Loads what is not loaded yet and checks all of it.
    ///
    /// - Parameters:
    ///   - isForOutputs: whether outputs will be made of it, which then need not work everything out again.
    ///   - ahead: takes outputs that are compiled on the way.
    func checkEverything(
        _ loader: inout Loader, withEdits: Bool = false, isForOutputs: Bool = false, _ ahead: OutputsAhead? = nil
    ) -> (site: LinkedSite, findings: [Diagnostic]) {
        loader.loadSite()
        // Where envs may pass one by one, all else is read first.
        loader.loadSecrets(isNeeded: false) { $0.loadAll(but: isForOutputs ? .env : nil) }
        loader.loadAllocations(always: true)
        loader.loadOutputs()
        loader.loadSecretLayers(isNeeded: false)
        var findings: [Diagnostic]
        var vms: [Machine] = []
        let site: LinkedSite
        let besides: Besides
        if let ahead, let passed = checkPassing(&loader, ahead) {
            (site, findings, besides) = (passed.site, passed.findings, passed.besides)
            vms = passed.machines
        } else {
            loader.loadAll()
            site = loader.site
            findings = loader.links(of: site, .everything) + site.shadowedPresets()
            // Of a site that is wrong nothing is written.
            let isWrong = (loader.diagnostics + findings).hasErrors || !loader.failures.isEmpty
            let maker = isWrong ? nil : ahead?.maker(site, loader, self)
            let envs: [(machines: [Machine], diagnostics: [Diagnostic])]
            (besides, envs) = Cores.both(
                { checkBesides(site, ahead) }, { site.checkEnvs(isKeeping: isForOutputs, maker) })
            for env in envs {
                findings += env.diagnostics
                vms += env.machines
            }
        }
        findings += besides.parts + site.overlappingNumbers()
        for place in site.catalogue.all(.manifest) {
            if let manifest = site.entities[place.id] { findings += site.checkManifest(manifest) }
        }
        findings += besides.whole
        // Where layers or rules are wrong, what a tag or a rule would do is not known.
        let isSound = !(loader.diagnostics + findings).hasErrors
        let isLinted = isSound && loader.lints && loader.failures.isEmpty
        let checked = site.checkMachines(vms, triesTags: isSound, triesValues: isLinted)
        keepToTheEnd(vms)
        findings += checked.findings
        if !checked.findings.hasErrors {
            findings += checked.idleTags + checked.unused
            findings += withEdits ? loader.removing(checked.idleValues) : checked.idleValues
        }
        // Counted once for the whole site, so that no two are told the same next number.
        findings = findings.filter { $0.code.id != Code.notAllocated.id } + site.missingNumbers()
        // A line that nothing takes may be the number of what seems to have none.
        let others = (loader.diagnostics + findings).filter { $0.code.id != Code.notAllocated.id }
        if !others.hasErrors { findings += site.unclaimedLines() }
        if let note = loader.uncheckedNote { findings.append(note) }
        findings += loader.unknownLayerNotes
        // Where outputs go says nothing of what they are.
        findings += besides.outside
        return (site, findings)
    }

    /// The same of a site whose envs can be checked one by one, and released; nil where they cannot, or one of them is not for
    /// itself.
    ///
    /// - Parameter loader: has read all but the envs.
    private func checkPassing(
        _ loader: inout Loader, _ ahead: OutputsAhead
    ) -> (site: LinkedSite, findings: [Diagnostic], machines: [Machine], besides: Besides)? {
        let site = loader.site
        let findings = loader.links(of: site, .everything) + site.shadowedPresets()
        var expecting = loader
        guard !(loader.diagnostics + findings).hasErrors, loader.failures.isEmpty,
            let passing = PassingEnvs(site, &expecting, ahead, self)
        else { return nil }
        let (besides, passed) = Cores.both({ checkBesides(site, ahead) }, { passing.pass() })
        guard let passed else {
            ahead.discard()
            return nil
        }
        loader = expecting
        var machines: [Machine] = []
        for env in passed {
            loader.keep(env)
            machines += env.machines
        }
        return (site.joined(by: passed.map(\.released)), findings, machines, besides)
    }

    private typealias Besides = (parts: [Diagnostic], whole: [Diagnostic], outside: [Diagnostic])

    /// What is wrong with what takes no VM to see: with parts of the site, and with what is made of all of it.
    private func checkBesides(_ site: LinkedSite, _ ahead: OutputsAhead?) -> Besides {
        var parts: [Diagnostic] = []
        for place in site.catalogue.all(.template) + site.catalogue.all(.preset) {
            let fields = site.entities[place.id]?.fields
            parts += fields?["ip"].map { checkAddress($0, strictness) } ?? []
            parts += fields?["mac"].map { checkMAC($0, strictness) } ?? []
        }
        for place in site.catalogue.all(.node) {
            if let node = site.entities[place.id] {
                parts += site.deployment(of: Deployment.Machines(), on: node).diagnostics
            }
        }
        for place in site.catalogue.all(.spec) {
            if let spec = site.entities[place.id] { parts += site.specification(spec).diagnostics }
        }
        var whole: [Diagnostic] = []
        var outside: [Diagnostic] = []
        if site.catalogue.outputsFile != nil {
            // How far outputs may go depends on the repository around, which a build knows.
            var planner = OutputPlanner(
                site, site.minions().minions, jobs: site.jobs, depth: ahead?.depth, in: folders,
                issuedAt: ahead?.issuedAt)
            planner.plan()
            ahead?.keep(planner.outputs)
            whole += planner.diagnostics
            outside = planner.outside
        }
        return (parts, whole, outside)
    }

    // MARK: Steps

    /// Emits what a draft came to, opens the secrets if the output needs them, and reports.
    func finish(_ draft: Draft, keepingLints: Bool = false) -> Compilation {
        var loader = draft.loader
        let loaded = loader.diagnostics.count
        var diagnostics = loader.diagnostics + draft.findings
        var output: Output?
        if let subject = draft.subject {
            let emitted = Registry.emit(subject)
            diagnostics += emitted.diagnostics
            output = emitted.output
            // Why it is not known has been reported; should that be missing, nothing is written all the same.
            if emitted.output.hasPooledNumbers, !diagnostics.hasErrors { diagnostics.append(.unknownNumber) }
        }
        if let output, output.hasSecrets, !diagnostics.hasErrors, loader.failures.isEmpty, draft.usage == nil {
            loader.openSecrets(for: output)
            diagnostics += loader.newDiagnostics(since: loaded) + loader.checkRevealed(output)
        }
        diagnostics += loader.keyring?.remarks.map { .oddKey($0) } ?? []
        let report = report(on: loader, diagnostics, usage: draft.usage, keepingLints: keepingLints)
        let document = report.isClean ? output.map { Document($0, loader.openedFiles) } : nil
        keepToTheEnd(loader)
        return Compilation(report: report, document: document)
    }

    func report(
        on loader: Loader, _ diagnostics: [Diagnostic], usage: String?, keepingLints: Bool = false,
        failures: [String]? = nil
    ) -> Report {
        // What is an error where it stands is no matter of style as well.
        let wrong = Set(diagnostics.filter { $0.severity == .error }.compactMap { $0.primary?.span })
        let shown = diagnostics.filter { finding in
            !finding.code.isLint || finding.severity == .error
                || (keepingLints && !(finding.primary.map { wrong.contains($0.span) } ?? false))
        }
        let (sources, missing) = loader.sources(showing: shown)
        let left =
            keepingLints
            ? loader.allowances.filterAndCheck(shown, in: sources, isWhole: loader.failures.isEmpty)
            : loader.allowances.filter(shown, in: sources)
        return Report(
            left.sorted(in: sources), sources, failures: (failures ?? loader.failures) + missing, usage: usage)
    }

    typealias InheritedEnv = (entity: BoundEntity, diagnostics: [Diagnostic])

    /// An env with what it inherits, loaded with all that the scope reads of it; nil if it cannot be read.
    func loadEnv(_ name: String, _ scope: Scope, _ loader: inout Loader) -> InheritedEnv? {
        guard let place = loader.catalogue.place(Key(name), .kind(.env)) else {
            if scope == .deployment { loader.load("dev", .postureForAuth, scope) }
            return nil
        }
        loader.load(place, scope)
        // Of an env's variables its VMs are no matter.
        let found = if case .variables = scope { loader.entities[place.id] } else { loader.wholeEnv(place.id) }
        guard let env = found else { return nil }
        let inherited = loader.site.inherited(env)
        if inherited.entity.fields["posture"] == nil, scope == .deployment {
            loader.load("dev", .postureForAuth, scope)
        }
        return inherited
    }

    /// The node that was named, or the only one that can be meant.
    func chooseNode(_ name: String?, _ env: InheritedEnv?, _ loader: inout Loader) -> ChosenNode {
        var chosen = ChosenNode()
        let named = name == nil ? env?.entity.fields["node"] : nil
        func onlyNode() -> String? {
            let nodes = loader.catalogue.names(.node)
            if nodes.isEmpty {
                chosen.diagnostics = [.noNodes]
            } else if nodes.count > 1 {
                chosen.usage = "which node? Say --node with one of: \(nodes.joined(separator: ", "))"
            }
            return nodes.count == 1 ? nodes[0] : nil
        }
        guard let meant = name ?? named?.name ?? onlyNode() else { return chosen }
        if let place = loader.catalogue.place(Key(meant), .kind(.node)) {
            loader.load(place, .deployment)
            chosen.entity = loader.entities[place.id]
            if let host = chosen.entity?.fields["host"]?.name { loader.glance(at: Key(host), .kind(.host)) }
            if let named, let entity = chosen.entity {
                chosen.lineage = Lineage(entity.source, Step("node", at: named.origin.span, to: entity.path))
            }
        } else if name != nil || env == nil {
            chosen.diagnostics = [.notFound(Key(meant), .kind(.node), in: loader.catalogue, .error)]
        }
        return chosen
    }

    struct ChosenNode {
        var entity: BoundEntity?
        /// The reference that named it; nil if the command line or nothing did.
        var lineage: Lineage?
        var diagnostics: [Diagnostic] = []
        /// What the command line should have said.
        var usage: String?
    }
}

extension LinkedSite {
    /// The VMs of every env, and what is wrong with them.
    ///
    /// - Parameters:
    ///   - isKeeping: whether the VMs are kept for the outputs.
    ///   - maker: compiles outputs at once; then only their VMs are kept.
    fileprivate func checkEnvs(
        isKeeping: Bool, _ maker: OutputsAhead.Maker?
    ) -> [(machines: [Machine], diagnostics: [Diagnostic])] {
        let envs = catalogue.all(.env).compactMap { entities[$0.id] }
        return Cores.map(envs.count, run: 4) { index in
            let id = envs[index].id
            let isMade = maker?.wants(id) == true
            let checked = checkEnv(envs[index], isKeeping: maker == nil ? isKeeping : isMade, isForBytes: isMade)
            maker?.make(id)
            let home = Machine.Home(checked.env)
            return (checked.vms.compactMap { machine($0, of: home) }, checked.diagnostics)
        }
    }

    /// The VMs of an env, and what is wrong with them on the node that it means.
    ///
    /// - Parameters:
    ///   - isKeeping: whether the VMs are kept for the outputs.
    ///   - isForBytes: whether nobody asks these for reasons.
    /// - Returns: the env, too, with what it inherits.
    func checkEnv(
        _ env: BoundEntity, isKeeping: Bool, isForBytes: Bool = false
    ) -> (env: BoundEntity, vms: [VM], diagnostics: [Diagnostic]) {
        let inherited = inherited(env)
        var compiled = machines(of: inherited.entity)
        let node = node(meantBy: inherited.entity)
        let place = checkPlace(of: compiled.vms, on: node)
        compiled.placed = (node?.id, place)
        compiled.isForBytes = isForBytes
        if isKeeping { keep(compiled, of: env.id) }
        return (inherited.entity, compiled.vms, inherited.diagnostics + compiled.diagnostics + place)
    }

    /// What is wrong with minions, and with what is made of all machines; and what the files say in vain, which counts only if
    /// nothing is wrong. None of these needs the others.
    fileprivate func checkMachines(
        _ vms: [Machine], triesTags: Bool, triesValues: Bool
    ) -> (findings: [Diagnostic], idleTags: [Diagnostic], idleValues: [Diagnostic], unused: [Diagnostic]) {
        // What takes longest stands first.
        let checks: [@Sendable () -> [Diagnostic]] = [
            { triesValues ? idleValues() : [] }, { checkInventories(vms) }, { checkTargets(vms) },
            { triesTags ? idleTags() + idleRules() : [] }, { checkMinions() }, { triesValues ? unusedEntities() : [] },
        ]
        let found = Cores.map(checks.count, run: 1) { checks[$0]() }
        return (found[4] + found[1] + found[2], found[3], found[0], found[5])
    }
}

extension Target.VM {
    /// The VM's own layer: what the command line says of it.
    fileprivate var instance: Fields {
        let origin = Origin.commandLine
        var fields: Fields = ["name": .string(name, origin), "vmid": Value(.integer(vmid), origin)]
        if let template { fields.set("template", .string(template, origin)) }
        if let preset { fields.set("vm_preset", .string(preset, origin)) }
        if let image { fields.set("image", .string(image, origin)) }
        return fields
    }
}

extension Diagnostic {
    fileprivate static let unknownNumber = Diagnostic(
        .notAllocated, "a number of a pool is not known", at: nil,
        help: "`resolve alloc --write` records what is missing in allocations.yaml")

    fileprivate static let noNodes = Diagnostic(
        .dangling, "the site has no nodes, so no VM can be placed", at: nil,
        help: "describe a Proxmox node in nodes/NAME.yaml")
}
