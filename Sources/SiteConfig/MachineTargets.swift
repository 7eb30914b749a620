internal import Diagnostics
internal import Emitters
internal import Resolution
internal import Secrets
internal import SiteModel

// What Ansible and Prometheus read of all machines. Beside `Pipeline.swift`, of which they are a part.

extension SiteCompiler {
    /// Hosts and groups for Ansible.
    func compileInventory(_ request: Target.Inventory, _ loader: Loader) -> Draft {
        var loader = loader
        let env = request.env.map { Key($0) }
        loader.loadHostGroups()
        loader.load(all: [.component, .group], .inventory)
        loader.loadMachines(of: env, .inventory)
        // A name that no host has may be that of a VM elsewhere.
        if env != nil, loader.site.listsOtherHosts { loader.load(all: [.env], .names) }
        let isNeeded = loader.site.needsSecrets(env, request.form)
        loader.loadMentionedSecrets(isNeeded: isNeeded, .inventory)
        let site = loader.site
        let vms = site.vms(of: env)
        let form = request.form.inModel
        let compiled = site.inventory(of: vms.machines, env: env, form)
        let findings =
            loader.links(of: site, .inventory) + site.unknown(env) + vms.diagnostics + site.circlesOfRequirements()
        return Draft(loader, findings + compiled.diagnostics, .inventory(compiled.inventory))
    }

    /// What Prometheus scrapes.
    func compileTargets(_ request: Target.Targets, _ loader: Loader) -> Draft {
        var loader = loader
        let env = request.env.map { Key($0) }
        loader.loadHostGroups()
        loader.load(all: [.component, .probe], .targets)
        let metrics = loader.site.scrapes
        if metrics.machines, env == nil { loader.load(all: [.node, .host], .targets) }
        // Which minions are VMs of the env is told by its VMs.
        if metrics.vms || env != nil { loader.load(env, .targets) }
        let site = loader.site
        let vms = metrics.vms || env != nil ? site.vms(of: env) : (machines: [], diagnostics: [])
        let selection = TargetSelection(job: request.job.map { Key($0) }, env: env)
        let compiled = site.targets(of: selection, vms.machines)
        let findings =
            loader.links(of: site, .targets) + site.unknown(env) + vms.diagnostics + site.circlesOfRequirements()
        return Draft(loader, findings + compiled.diagnostics, .targets(compiled.targets))
    }
}

extension Loader {
    fileprivate mutating func load(all kinds: [EntityKind], _ scope: Scope) {
        for kind in kinds {
            for place in catalogue.all(kind) { load(place, scope) }
        }
    }

    /// One env, or all of them.
    fileprivate mutating func load(_ env: Key?, _ scope: Scope) {
        guard let env else { return load(all: [.env], scope) }
        load(env, .kind(.env), scope)
    }

    fileprivate mutating func loadMachines(of env: Key?, _ scope: Scope) {
        if env == nil { load(all: [.node, .host], scope) }
        load(env, scope)
    }
}

extension LinkedSite {
    /// What is wrong with the inventories of the whole site.
    func checkInventories(_ vms: [Machine]) -> [Diagnostic] {
        let (inventory, found) = checkInventory(vms)
        let written = inventory.groups.map(\.variables) + inventory.hosts.map(\.variables) + [inventory.variables]
        return found + written.flatMap { JSONWriter.document(Value(.map($0), .nowhere)).diagnostics }
    }

    /// The VMs with a static address of one env, or of all.
    fileprivate func vms(of env: Key?) -> (machines: [Machine], diagnostics: [Diagnostic]) {
        var machines: [Machine] = []
        var diagnostics: [Diagnostic] = []
        for place in catalogue.all(.env) where env == nil || place.id.name == env {
            guard let entity = entities[place.id] else { continue }
            let inherited = inherited(entity)
            let found = self.machines(withAddressOf: inherited.entity)
            machines += found.machines
            diagnostics += inherited.diagnostics + found.diagnostics
        }
        return (machines, diagnostics)
    }

    fileprivate func unknown(_ env: Key?) -> [Diagnostic] {
        guard let env, catalogue.place(env, .kind(.env)) == nil else { return [] }
        return [.notFound(env, .kind(.env), in: catalogue, .error)]
    }
}

extension LinkedSite {
    /// Whether a secret may stand in an inventory.
    ///
    /// - Parameter env: the env that alone is wanted; nil for all.
    fileprivate func needsSecrets(_ env: Key?, _ form: Target.Inventory.Form) -> Bool {
        entities.values.contains { entity in
            guard !entity.secretReferences.isEmpty else { return false }
            switch (entity.id.kind, form) {
            case (.hostGroup, .host(let name)):
                return entity.hasSecretVariables && minions(of: entity).minions.contains { $0.id == Key(name) }
            case (.hostGroup, _):
                let own = inherited(entity).entity.fields["env"]?.name.map { Key($0) }
                return (env == nil || own == nil || own == env) && entity.hasSecretVariables
            case (.group, .host), (.env, .host): return false
            case (.env, _): return (env == nil || entity.id.name == env) && entity.hasSecretVariables
            case (.group, _): return entity.hasSecretVariables
            default: return false
            }
        }
    }
}

extension BoundEntity {
    /// Whether a secret stands among its variables, in its roster's fields, or in those of its instances.
    fileprivate var hasSecretVariables: Bool {
        let instances = fields["instances"].map { $0.map?.entries.map(\.value) ?? $0.list ?? [] } ?? []
        let maps = [fields["vars"], fields["ssh"]] + instances.flatMap { [$0.map?["vars"], $0.map?["ssh"]] }
        return maps.contains { $0?.hasSecretOfSite == true }
    }
}

extension Value {
    /// Whether a secret of the site stands in it, at any depth.
    var hasSecretOfSite: Bool {
        switch content {
        case .secret(let secret): secret.file == nil
        case .map(let fields): fields.entries.contains { $0.value.hasSecretOfSite }
        case .list(let items): items.contains(where: \.hasSecretOfSite)
        default: false
        }
    }
}

extension Target.Inventory.Form {
    fileprivate var inModel: SiteModel.Inventory.Form {
        switch self {
        case .script: .script
        case .host(let name): .host(Key(name))
        case .json: .json
        case .yaml: .yaml
        }
    }
}
