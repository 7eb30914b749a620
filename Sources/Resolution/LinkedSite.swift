package import Diagnostics
package import SiteModel

/// The entities that a compile target needs, and the means to follow their references.
package struct LinkedSite: Sendable {
    package let catalogue: Catalogue
    package private(set) var entities: [EntityID: BoundEntity]
    /// What is kept of envs whose VMs are gone: their entities are without them.
    private(set) var released: [EntityID: ReleasedEnv] = [:]
    /// Entities that only checks look at: what is wrong in them, or with what they refer to, is no matter of the target.
    let surroundings: [EntityID: BoundEntity]
    package let secrets: SecretsState
    /// The secrets of components and host groups, where they were looked for.
    let secretLayers: [EntityID: SecretLayer]
    package let strictness: Strictness
    package let ancestry: Ancestry
    package let rules: SiteRules
    let vmRules: MergeRules
    /// `site.yaml`'s `defaults`; empty if there are none.
    let defaults: Fields
    /// Whether any loaded file has a tag that speaks of merging.
    let hasTags: Bool
    /// Whether no tag and no rule of the site's own says how anything merges. Where one does, whether it changes anything depends on
    /// all that is written.
    package var mergesPlainly: Bool { !hasTags && rules.own.isEmpty }
    /// The site's pools and what they gave out; nil where nothing takes a number from them.
    package let allocations: Allocations?
    /// Whether the numbers that were given out are not known.
    let isAllocationUnread: Bool
    /// What a VM has that does not say it: the weakest layer, written last.
    let vmDefaults: [Fields.Entry]
    private(set) var memo = SiteMemo()

    package init(
        catalogue: Catalogue, entities: [EntityID: BoundEntity], secrets: SecretsState, strictness: Strictness,
        surroundings: [EntityID: BoundEntity] = [:], secretLayers: [EntityID: SecretLayer] = [:]
    ) {
        self.secretLayers = secretLayers
        self.surroundings = surroundings
        self.catalogue = catalogue
        self.entities = entities
        self.secrets = secrets
        self.strictness = strictness
        ancestry = Ancestry(entities, catalogue)
        hasTags = entities.values.contains(where: \.isTagged)
        let site = entities[.site]?.fields
        let lines = entities[.allocations]?.fields
        let isAllocating = lines != nil || entities.values.contains { !$0.allocations.isEmpty }
        allocations = isAllocating ? Allocations(site, lines) : nil
        // That it cannot be read has been reported.
        isAllocationUnread = lines == nil && catalogue.allocationsFile != nil
        rules = SiteRules(site?["merge"]?.map, strictness)
        vmRules = rules[.vm]
        defaults = site?["defaults"]?.map ?? Fields()
        let bridge = Fields.Entry("bridge", .string("vmbr0", .builtIn), rule: .whenAbsent)
        vmDefaults = [bridge.overridden(by: defaults.entry("bridge")), defaults.entry("gateway")].compactMap { entry in
            guard var fallback = entry else { return nil }
            let beat = fallback.beat
            fallback.decide(by: .whenAbsent, over: beat)
            return fallback
        }
    }

    /// The same site with envs that were not in it, after they were released.
    package func joined(by envs: [ReleasedEnv]) -> LinkedSite {
        var site = self
        for env in envs {
            site.entities[env.entity.id] = env.entity
            site.released[env.entity.id] = env
        }
        return site
    }

    /// The same site, which remembers for itself what VMs start from.
    package var apart: LinkedSite {
        var site = self
        site.memo = SiteMemo()
        return site
    }

    /// Whether every file of those kinds could be read.
    func hasAll(_ kinds: [EntityKind]) -> Bool {
        kinds.allSatisfy { kind in catalogue.all(kind).allSatisfy { entities[$0.id] != nil } }
    }

    /// The entity that `name` means; nil if it does not exist or could not be read, which has been reported.
    package func entity(_ name: Key, _ order: SearchOrder) -> BoundEntity? {
        catalogue.place(name, order).flatMap { entities[$0.id] }
    }
}

/// A file of secrets that is a layer of pillars.
package struct SecretLayer: Sendable {
    /// Relative to the site.
    package let path: String
    package let state: SecretsState

    package init(path: String, state: SecretsState) {
        self.path = path
        self.state = state
    }
}

/// What is known of the site's secrets.
package enum SecretsState: Sendable {
    /// The keys are readable.
    case keys(SecretKeys)
    /// There is no file with secrets.
    case absent
    /// There is one, wholly encrypted and not opened: references into it are not checked.
    case unchecked
    /// There is one, but it cannot be read; why has been reported.
    case unreadable
}

/// Which references of the loaded entities a compile target follows.
package enum Scope: Sendable {
    /// VMs on a node, or a spec.
    case deployment
    /// A posture's Ansible variables.
    case variables
    /// Names have to exist, and nothing behind them is read.
    case names
    /// A minion's components.
    case minion
    /// The addresses of VMs, what minions run, and variables.
    case inventory
    /// The same without variables.
    case targets
    /// All of them.
    case everything

    /// The searches that a reference leads to in this scope; none if the target does not need it.
    package func searches(_ reference: Reference) -> [SearchOrder] {
        switch (self, reference.order.kind) {
        case _ where reference.isParent: [reference.order]
        case (.variables, .posture): [.postureForVariables]
        case (.variables, _): []
        case (.deployment, .posture), (.names, .posture), (.minion, .posture), (.inventory, .posture),
            (.targets, .posture):
            [.postureForAuth]
        case (.everything, .posture): [.postureForAuth, .postureForVariables]
        default: [reference.order]
        }
    }

    /// Whether a reference leads anywhere.
    package func follows(_ reference: Reference) -> Bool {
        if case .variables = self { !searches(reference).isEmpty } else { true }
    }

    /// Whether the target reads what a reference leads to, or only wants it to exist.
    package func reads(_ order: SearchOrder) -> Bool {
        if case .parent = order { return true }
        let kind = order.kind
        return switch self {
        case .everything: true
        case .deployment: [.template, .preset, .posture, .spec, .env].contains(kind)
        case .variables: kind == .posture
        case .names: false
        case .minion: kind == .component
        case .inventory, .targets: [.template, .preset, .env, .component].contains(kind)
        }
    }
}

extension Scope {
    /// Whether the target has to know that a secret exists.
    package func wants(_ reference: SecretReference) -> Bool {
        switch (self, reference.target) {
        case (.variables, _), (.targets, _): false
        // Tokens and keys are in no inventory.
        case (.inventory, .name): false
        default: true
        }
    }
}

extension Fields.Entry {
    /// The entry, or the nearer one if there is one and it is not weaker.
    func overridden(by nearer: Fields.Entry?) -> Fields.Entry {
        guard let nearer else { return self }
        return nearer.isUnset ? Unset.combine(self, nearer, isDeep: false) : ReplaceRule.combine(self, nearer)
    }
}
