internal import Diagnostics
internal import Emitters
internal import Resolution
internal import Secrets
internal import SiteModel

// The targets that homestak's own tools read. Beside `Pipeline.swift`, of which they are a part.

extension SiteCompiler {
    /// A spec, its references filled in.
    func compileSpecification(_ name: String, _ loader: Loader) -> Draft {
        var loader = loader
        loader.loadSite()
        loader.loadSecrets(isNeeded: true)
        guard let place = loader.catalogue.place(Key(name), .kind(.spec)) else {
            return Draft(loader, [.notFound(Key(name), .kind(.spec), in: loader.catalogue, .error)], nil)
        }
        loader.load(place, .deployment)
        guard let spec = loader.entities[place.id] else { return Draft(loader, [], nil) }
        loader.loadPosture(ofSpec: spec)
        let site = loader.site
        let compiled = site.specification(spec)
        return Draft(
            loader, loader.links(of: site, .deployment) + compiled.diagnostics, .specification(compiled.specification))
    }

    /// A manifest's graph, its orders, and the variables of its roots if a node is named.
    func compileManifest(_ request: Target.Manifest, _ loader: Loader) -> Draft {
        var loader = loader
        loader.loadSite()
        let scope: Scope = request.node == nil ? .names : .deployment
        if request.node != nil { loader.loadSecrets(isNeeded: true) }
        let read = read(request.source, scope, &loader)
        var findings = read.diagnostics
        guard let entity = read.entity else { return Draft(loader, findings, usage: read.usage, nil) }
        loader.loadAllocations()
        if request.node != nil {
            for spec in loader.specs { loader.loadPosture(ofSpec: spec) }
            loader.load("dev", .postureForAuth, .deployment)
        }
        let node = request.node.map { chooseNode($0, nil, &loader) }
        let site = loader.site
        findings +=
            loader.links(of: site, scope, about: entity) + (node?.diagnostics ?? [])
            + site.shadowedPresets(.presetOfManifest)
        let compiled = site.manifest(entity)
        findings += compiled.diagnostics
        guard var manifest = compiled.manifest else { return Draft(loader, findings, nil) }
        var usage: String?
        if let node = node?.entity {
            findings += site.deployRoots(of: &manifest, on: node, issuedAt: request.issuedAt)
            usage = usageOfTime(
                request.issuedAt, manifest.roots.contains { $0.fields["spec"]?.isNull == false }, loader)
        }
        switch request.form {
        case .graph: return Draft(loader, findings, usage: usage, .manifest(manifest, .graph))
        case .order: return Draft(loader, findings, .manifest(manifest, .order))
        case .subtree(let name):
            // Where the graph is broken, what hangs on a node is not known.
            if findings.hasErrors { return Draft(loader, findings, nil) }
            let subtree = site.subtree(of: manifest, below: name)
            return Draft(
                loader, findings + subtree.diagnostics, subtree.manifest.map { .manifest($0, .source) })
        }
    }

    /// How to reach a machine: a node, else a host.
    func compileHost(_ name: String, _ loader: Loader) -> Draft {
        var loader = loader
        loader.loadSite()
        let catalogue = loader.catalogue
        guard let place = catalogue.place(Key(name), .kind(.node)) ?? catalogue.place(Key(name), .kind(.host)) else {
            return Draft(loader, [.noMachine(name, catalogue)], nil)
        }
        if place.id.kind == .node { loader.loadSecrets(isNeeded: true) }
        loader.load(place, .deployment)
        guard let entity = loader.entities[place.id] else { return Draft(loader, [], nil) }
        if place.id.kind == .host { loader.loadSecrets(isNeeded: false) }
        let site = loader.site
        let compiled = place.id.kind == .node ? site.access(toNode: entity) : site.access(toHost: entity)
        return Draft(loader, loader.links(of: site, .deployment) + compiled.diagnostics, .host(compiled.access))
    }

    /// What the command line has to say if a token is to be made: no output reads the clock.
    func usageOfTime(_ time: Int?, _ hasSpec: Bool, _ loader: Loader) -> String? {
        guard hasSpec, time == nil, loader.keyring != nil, loader.site.canSign else { return nil }
        return """
            when are the provisioning tokens issued? Say --issued-at UNIX (seconds since 1970: `date +%s`), or set \
            SOURCE_DATE_EPOCH
            """
    }

    private func read(
        _ source: Target.Manifest.Source, _ scope: Scope, _ loader: inout Loader
    ) -> (entity: BoundEntity?, diagnostics: [Diagnostic], usage: String?) {
        switch source {
        case .name(let name):
            guard let place = loader.catalogue.place(Key(name), .kind(.manifest)) else {
                return (nil, [.notFound(Key(name), .kind(.manifest), in: loader.catalogue, .error)], nil)
            }
            loader.load(place, scope)
            return (loader.entities[place.id], [], nil)
        case .file(let path, let bytes):
            // What such a file holds is not to be shown.
            if Loader.holdsSecrets(path) {
                return (nil, [], "\(path) is named as a file of secrets, and no manifest is read from one")
            }
            return (loader.load(path, bytes, as: .manifest, scope), [], nil)
        }
    }
}

extension Loader {
    /// The specs that were loaded, by their paths.
    fileprivate var specs: [BoundEntity] {
        entities.values.filter { $0.id.kind == .spec }.sorted(byBytesOf: \.path)
    }

    /// The posture of a spec that names none, itself or through what it extends.
    fileprivate mutating func loadPosture(ofSpec spec: BoundEntity) {
        let site = site
        if site.postureName(of: site.inherited(spec).entity) == nil { load("dev", .postureForAuth, .deployment) }
    }
}

extension LinkedSite {
    /// Gives each root what OpenTofu needs to make it on a node.
    fileprivate func deployRoots(
        of manifest: inout ManifestGraph, on node: BoundEntity, issuedAt time: Int?
    ) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        for place in manifest.nodes.indices where manifest.nodes[place].parent == nil {
            let compiled = root(manifest.nodes[place], of: manifest, issuedAt: time)
            let deployment = deployment(of: compiled.machines, on: node)
            manifest.nodes[place].deployment = deployment.deployment
            diagnostics += compiled.diagnostics + deployment.diagnostics
        }
        let vms = manifest.roots.flatMap { $0.deployment?.machines.vms ?? [] }.map { VM($0) }
        return diagnostics + checkTogether(vms, strictness) + checkPlace(of: vms, on: node)
    }
}

extension ManifestGraph {
    fileprivate var roots: [Node] { nodes.filter { $0.parent == nil } }
}

extension Diagnostic {
    fileprivate static func noMachine(_ name: String, _ catalogue: Catalogue) -> Diagnostic {
        let names = catalogue.names(.node) + catalogue.names(.host).filter { !catalogue.names(.node).contains($0) }
        let near = Suggestions.near(name, among: names)
        return Diagnostic(
            .dangling, "no node or host named \"\(name)\"", at: nil, notes: ["not in nodes/ or hosts/"],
            help: near.isEmpty
                ? "`resolve list nodes` and `resolve list hosts` show what there is" : "did you mean \(near.asChoices)?"
        )
    }
}
