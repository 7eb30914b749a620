package import Diagnostics
internal import SiteModel

// Values that might as well not be there. As with tags that change nothing, both kinds are found by trying: every merge of the
// site is done again without the value (`ValueTrials`).

extension LinkedSite {
    /// Values equal to what they inherit, R0816, and values that no output has, R0817.
    ///
    /// Wants the whole site loaded, without errors.
    package func idleValues() -> [Diagnostic] {
        var trials = ValueTrials(self)
        tryMachines(&trials)
        let abstract = abstractEntities
        for place in catalogue.all(.posture) where !abstract.contains(place.id) {
            guard let posture = entities[place.id] else { continue }
            trials.run(layers(inFamilyOf: posture), of: .posture, "file")
            trials.run(variableLayers(posture), of: .posture, "variables")
        }
        for kind in [EntityKind.spec, .component] {
            for place in catalogue.all(kind) where !abstract.contains(place.id) {
                guard let entity = entities[place.id] else { continue }
                let layers = layers(inFamilyOf: entity).map { $0.without(kind == .component ? ["pillar"] : []) }
                trials.run(layers, of: MergeSubject(kind))
            }
        }
        tryMinions(&trials)
        return trials.found
    }

    /// The VMs of envs and manifests.
    private func tryMachines(_ trials: inout ValueTrials) {
        // A site has many VMs, which start from few templates and presets.
        var starts: [VMStart.Name: ValueTrials.Start] = [:]
        let envs = catalogue.all(.env).compactMap { entities[$0.id] }
        let isInherited = envs.contains { !$0.parents.isEmpty }
        for env in envs {
            let list = inherited(env).entity.fields["vms"]?.list ?? []
            let items = list.span
            for index in items.indices {
                guard case .map(let vm) = items[index].content else { continue }
                guard let name = VMStart.Name(of: vm) else {
                    trials.run(layers(of: vm, isTagged: hasTags), of: .vm, filling: vmDefaults)
                    continue
                }
                let start: ValueTrials.Start
                if let known = starts[name] {
                    start = known
                } else {
                    start = ValueTrials.start(layers(of: vm, isTagged: hasTags).dropLast())
                    starts[name] = start
                }
                trials.run(vm, over: start, isOnly: !isInherited && !env.repeatsValues)
            }
        }
        for manifest in catalogue.all(.manifest).compactMap({ entities[$0.id] }) {
            for node in self.manifest(manifest).manifest?.nodes ?? [] where node.fields["env"]?.name == nil {
                trials.run(layers(of: node), of: .vm, filling: vmDefaults)
            }
        }
    }

    /// What minions are made of. A host group without instances is what its heirs make of it.
    private func tryMinions(_ trials: inout ValueTrials) {
        let graph = ComponentGraph(self)
        for group in hostGroups {
            let instances = minions(of: group).minions.map(\.fields)
            guard !instances.isEmpty else { continue }
            trials.run(layers(inFamilyOf: group).map { $0.only(["naming"]) }, of: .hostGroup)
            for key in Self.perInstance {
                let saying = instances.compactMap(\.self).filter { $0.contains(key) }
                let plain = saying.count < instances.count ? [Fields()] : []
                for instance in saying + plain {
                    trials.run(layers(of: key, in: group, with: instance), of: .hostGroup, key)
                }
            }
            tryPillars(of: group, instances, graph, &trials)
        }
    }

    private func tryPillars(
        of group: BoundEntity, _ instances: [Fields?], _ graph: ComponentGraph, _ trials: inout ValueTrials
    ) {
        let common = graph.components(of: group)
        let shared = pillarLayers(of: group, nil, common, graph)
        var isPlainTried = false
        for instance in instances {
            let own = instance?.pillar(besides: .instance) ?? Fields()
            let components = instance?.contains("components") == true ? graph.components(of: group, instance) : common
            var layers = shared
            if instance?.contains("components") == true {
                layers = pillarLayers(of: group, nil, components, graph)
            } else if own.isEmpty {
                guard !isPlainTried else { continue }
                isPlainTried = true
            }
            layers.append(group.layer(of: own, nil))
            // What they say may count, so that whatever they stand above or below may.
            if unknownLayers(of: group, components).isEmpty {
                trials.run(layers, of: .pillar)
            } else {
                trials.keep(layers)
            }
        }
    }

    private static let perInstance: [Key] = ["ssh", "labels", "vars"]

    /// What others extend and nothing names otherwise: no output is made of it alone.
    private var abstractEntities: Set<EntityID> {
        var extended: Set<EntityID> = []
        var named = Set(
            [SearchOrder.postureForAuth, .postureForVariables].compactMap { catalogue.place("dev", $0)?.id })
        for (_, reference) in distinctReferences {
            let places = Scope.everything.searches(reference).compactMap { catalogue.place(reference.name, $0)?.id }
            if reference.isParent { extended.formUnion(places) } else { named.formUnion(places) }
        }
        return extended.subtracting(named)
    }
}

extension MergeLayer {
    fileprivate func without(_ keys: [Key]) -> MergeLayer {
        var layer = self
        layer.fields = fields.without(keys)
        return layer
    }

    fileprivate func only(_ keys: [Key]) -> MergeLayer {
        var layer = self
        layer.fields = Fields(fields.entries.filter { keys.contains($0.key) })
        return layer
    }
}

extension Diagnostic {
    static func restated(_ path: [Key], _ span: Span?, _ inherited: Span?, around map: Key?) -> Diagnostic {
        Diagnostic(
            .restated, .note, "\(SecretRef.path(path)) is what it would be without this", at: span,
            related: inherited.map { [Label($0, "the same is inherited from here")] } ?? [],
            help: "remove \(rest(map)), so that a change there is one here, too")
    }

    static func replacedEverywhere(_ path: [Key], _ span: Span?, _ winners: [Span], around map: Key?) -> Diagnostic {
        Diagnostic(
            .replacedEverywhere, .note, "no output has this \(SecretRef.path(path))", at: span,
            "all that start from it say their own",
            related: zip(winners, ["here", "and here"]).map { Label($0, $1) },
            help: "remove \(rest(map)), or let it be what most of them say")
    }

    /// Nothing must be left of a map: what is empty is null, and that is a value.
    private static func rest(_ map: Key?) -> String { map.map { "it and \($0), which has nothing else in it" } ?? "it" }
}

extension Code {
    package static let restated = Code(
        "R0816", "a value equal to what it inherits",
        explanation: """
            Without the line every output would be the same, for a weaker layer says the same. As long as both agree it does \
            nothing; once the other is changed it holds on to the old value. So it is either a copy that was forgotten or a value \
            that is to stay, and a reader cannot tell which.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- vms/presets/small.yaml --
            cores: 2
            -- envs/dev.yaml --
            vms:
              - {name: web, vm_preset: small, cores: 2}
            """,
        fix: """
            Remove the line. If the value is to stay whatever becomes of the other, say so behind it: \
            `# resolve: allow R0816 REASON`.
            """)

    package static let replacedEverywhere = Code(
        "R0817", "a value that no output has",
        explanation: """
            Several start from the file, and every one sets the value itself, so this one is in no output: whoever changes it \
            changes nothing. What only one replaces is not said: that one may well start from a common size.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- vms/presets/small.yaml --
            cores: 2
            -- envs/dev.yaml --
            vms:
              - {name: web, vm_preset: small, cores: 4}
              - {name: db, vm_preset: small, cores: 8}
            """,
        fix:
            "Remove it, or let it be what most of them say. A default for what is to come can be kept: `# resolve: allow R0817 REASON`."
    )
}
