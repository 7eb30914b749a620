internal import Diagnostics
internal import Emitters
internal import Resolution
internal import Secrets
internal import SiteModel

// The targets that Salt reads. Beside `Pipeline.swift`, of which they are a part.

extension SiteCompiler {
    /// How salt-ssh reaches minions.
    func compileRoster(_ request: Target.Roster, _ loader: Loader) -> Draft {
        var loader = loader
        loader.loadHostGroups()
        // Only a password in a roster needs the secrets' values.
        loader.loadMentionedSecrets(isNeeded: loader.site.hostGroups.contains(where: \.hasSecretInRoster))
        let site = loader.site
        let selection = RosterSelection(
            patterns: request.minions, env: request.env,
            addresses: request.addresses.map { (id: $0.minion, address: $0.address) })
        let isWhole = !loader.diagnostics.hasErrors && loader.failures.isEmpty
        let compiled = site.roster(of: selection, request.form == .json ? .json : .yaml, isWhole: isWhole)
        return Draft(loader, loader.links(of: site, .names) + compiled.diagnostics, .roster(compiled.roster))
    }

    /// What the states of one minion read. Reads only its host group, its components and their secrets, if its id leads there.
    func compileMinion(
        _ id: String, _ loader: Loader, readsPillar: Bool = true, _ subject: (MinionData) -> Subject
    ) -> Draft {
        var loader = loader
        guard let (minion, group, rivals) = loader.findMinion(id) else {
            loader.loadMentionedSecrets(isNeeded: false)
            let site = loader.site
            let all = site.minions()
            var findings = loader.links(of: site, .names) + all.diagnostics
            // What could not be read may have been it.
            if !(loader.diagnostics + findings).hasErrors, loader.failures.isEmpty {
                findings.append(.noMinion(id, among: all.minions))
            }
            return Draft(loader, findings, nil)
        }
        for name in loader.site.listedComponents(of: minion, in: group).compactMap(\.name) {
            loader.load(Key(name), .kind(.component), .minion)
        }
        let linked = loader.site
        loader.loadSecretLayers(of: linked.ownersOfSecrets(for: minion, in: group), isNeeded: true)
        loader.loadMentionedSecrets(isNeeded: true)
        let site = loader.site
        let compiled = site.data(of: minion, in: group)
        var findings =
            rivals + site.minions(of: group).diagnostics + compiled.diagnostics + loader.links(of: site, .minion)
        if readsPillar { findings += loader.missingLayerWarnings }
        return Draft(loader, findings, subject(compiled.data))
    }

    func compileNodegroups(_ loader: Loader) -> Draft {
        var loader = loader
        loader.loadHostGroups()
        for place in loader.catalogue.all(.component) { loader.load(place, .minion) }
        loader.loadMentionedSecrets(isNeeded: false)
        let site = loader.site
        let compiled = site.nodegroups()
        let circles = site.circlesOfRequirements()
        return Draft(
            loader, loader.links(of: site, .minion) + circles + compiled.diagnostics, .nodegroups(compiled.nodegroups))
    }

    /// Every minion, for `list`.
    func listMinions() -> (loader: Loader, findings: [Diagnostic], minions: [Minion]) {
        var loader = newLoader()
        loader.loadHostGroups()
        loader.loadMentionedSecrets(isNeeded: false)
        let site = loader.site
        let all = site.minions()
        return (loader, loader.links(of: site, .names) + all.diagnostics, all.minions)
    }
}

extension Loader {
    /// Loads `site.yaml` and every host group.
    mutating func loadHostGroups() {
        loadSite()
        for place in catalogue.all(.hostGroup) { load(place, .names) }
    }

    /// Reads the secrets' keys if anything that was loaded refers to them, and the target wants to know.
    mutating func loadMentionedSecrets(isNeeded: Bool, _ scope: Scope = .names) {
        if entities.values.contains(where: { $0.secretReferences.contains(where: scope.wants) }) {
            loadSecrets(isNeeded: isNeeded)
        }
    }

    /// Finds a minion in the host groups whose names its id begins with, as most are made, else among all. More than one that
    /// has it is a mistake: R0613.
    fileprivate mutating func findMinion(
        _ id: String
    ) -> (minion: Minion, group: BoundEntity, rivals: [Diagnostic])? {
        loadSite()
        var stem = Substring(id)
        var candidates: [Key] = []
        while let mark = stem.lastIndex(of: "_") {
            stem = stem[..<mark]
            candidates.append(Key(String(stem)))
            load(Key(String(stem)), .kind(.hostGroup), .names)
        }
        if let found = site.minion(id, in: candidates) { return found }
        loadHostGroups()
        return site.minion(id)
    }
}

extension LinkedSite {
    /// The minion of an id among the host groups that were loaded.
    ///
    /// - Parameter names: the host groups that are looked at; nil for all.
    fileprivate func minion(
        _ id: String, in names: [Key]? = nil
    ) -> (minion: Minion, group: BoundEntity, rivals: [Diagnostic])? {
        let groups = names.map { names in names.compactMap { entity($0, .kind(.hostGroup)) } } ?? hostGroups
        let found = groups.flatMap { group in
            minions(of: group).minions.filter { $0.id == Key(id) }.map { (minion: $0, group: group) }
        }
        return found.first.map { first in
            (first.minion, first.group, found.dropFirst().map { .sameMinion(first.minion, $0.minion) })
        }
    }
}

extension BoundEntity {
    /// Whether a secret stands under `ssh`, its own or an instance's.
    fileprivate var hasSecretInRoster: Bool {
        let instances = fields["instances"].map { $0.map?.entries.map(\.value) ?? $0.list ?? [] } ?? []
        let maps = [fields["ssh"]] + instances.map { $0.map?["ssh"] }
        return maps.contains { $0?.map?.entries.contains { $0.value.isSecretOfSite } == true }
    }
}

extension Value {
    fileprivate var isSecretOfSite: Bool {
        if case .secret(let secret) = content { secret.file == nil } else { false }
    }
}
