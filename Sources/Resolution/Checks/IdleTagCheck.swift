package import Diagnostics
internal import SiteModel

extension LinkedSite {
    /// Tags that change nothing in any merge that they take part in: R0805.
    ///
    /// Found by trying: every merge of the site is done again without the tag. Files that take part in no merge are left
    /// alone, for a tag in a template may be meant for the VMs to come; so is a `!force` that something nearer may meet.
    package func idleTags() -> [Diagnostic] {
        guard hasTags else { return [] }
        var trials = TagTrials()
        for place in catalogue.all(.env) {
            guard let env = entities[place.id] else { continue }
            // The tags of a VM's own entry take part in the VM's merge, not in the env's.
            trials.run(layers(inFamilyOf: env), by: rules[.env], leavingOut: "vms")
            let heir = inherited(env).entity
            let base = heir.fields.entry("vmid_base")
            for (index, vm) in (heir.fields["vms"]?.list ?? []).enumerated() {
                let number = base.flatMap { Fields.Entry.number($0, plus: index) }
                let fallbacks = [number].compactMap(\.self) + vmDefaults
                trials.run(layers(of: vm.map ?? Fields(), isTagged: true), by: rules[.vm], filling: fallbacks)
            }
        }
        for place in catalogue.all(.template) {
            guard let template = entities[place.id] else { continue }
            // Which preset a template has is inherited, too.
            let layers = layers(of: template).map { layer in
                layer.entity.layer(of: Fields([layer.entity.fields.entry("preset")].compactMap(\.self)), layer.lineage)
            }
            trials.run(layers, by: rules[.vm])
        }
        for place in catalogue.all(.posture) {
            guard let posture = entities[place.id] else { continue }
            trials.run(variableLayers(posture), by: rules[.posture])
            trials.run(layers(inFamilyOf: posture), by: rules[.posture])
        }
        for kind in [EntityKind.spec, .component, .hostGroup] {
            for place in catalogue.all(kind) {
                guard let entity = entities[place.id] else { continue }
                let layers = layers(inFamilyOf: entity).map { $0.withoutPillar(of: kind) }
                // The tags of an instance take part in its minion's merges.
                trials.run(layers, by: rules[MergeSubject(kind)], leavingOut: "instances")
            }
        }
        let graph = ComponentGraph(self)
        for group in hostGroups {
            let instances = minions(of: group).minions.compactMap(\.fields)
            for instance in [nil] + instances {
                let components = graph.components(of: group, instance)
                trials.run(pillarLayers(of: group, instance, components, graph), by: rules[.pillar])
                // Among siblings a tag settles what would be a conflict, in whatever order they are listed.
                trials.run(pillarLayers(of: group, instance, components.reversed(), graph), by: rules[.pillar])
            }
            for key in ["ssh", "labels", "vars"] as [Key] {
                for instance in instances {
                    trials.run(layers(of: key, in: group, with: instance), by: rules[.hostGroup])
                }
            }
        }
        // Through an anchor one tag stands before several values: it is idle if it is for all of them.
        let tags = entities.values.sorted(byBytesOf: \.path).flatMap(\.tags)
        var settled = Set(tags.filter(trials.isEffective).map(\.span))
        return tags.compactMap { tag in
            guard let reason = trials.idleReason(tag), settled.insert(tag.span).inserted else { return nil }
            return .idleTag(tag, reason)
        }
    }
}

extension MergeLayer {
    /// What of an entity's own fields is no pillar: that has merges of its own.
    fileprivate func withoutPillar(of kind: EntityKind) -> MergeLayer {
        let own = FieldTable.hostGroup.fields.map(\.name).filter { $0 != "pillar" }
        var layer = self
        switch kind {
        case .component: layer.fields = fields.without(["pillar"])
        case .hostGroup: layer.fields = Fields(fields.entries.filter { own.contains($0.key) })
        default: break
        }
        return layer
    }
}

/// What trying came to.
private struct TagTrials {
    private var effective: Set<Span> = []
    /// By the span of its value: why a tag did nothing so far.
    private var reasons: [Span: String] = [:]
    /// What need not be tried again: another nearest layer says nothing of the field.
    private var done: Set<Trial> = []

    private struct Trial: Hashable {
        let tag: Span
        let sources: [SourceID?]
    }

    func isEffective(_ tag: WrittenTag) -> Bool { effective.contains(tag.value) }

    func idleReason(_ tag: WrittenTag) -> String? { reasons[tag.value] }

    /// - Parameters:
    ///   - omitted: a field whose value has merges of its own.
    ///   - fallbacks: what is filled in behind the merge.
    mutating func run(
        _ layers: [MergeLayer], by rules: MergeRules, leavingOut omitted: Key? = nil,
        filling fallbacks: [Fields.Entry] = []
    ) {
        let sources = layers.dropLast().map(\.source)
        for (index, layer) in layers.enumerated() where layer.isTagged {
            var tried: Set<Span> = []
            for tag in layer.fields.tags(leavingOut: omitted)
            where !effective.contains(tag.value) && tried.insert(tag.value).inserted {
                if layers.last?.fields.contains(tag.path[0]) == false, sources.contains(where: { $0 != nil }) {
                    guard done.insert(Trial(tag: tag.value, sources: sources)).inserted else { continue }
                }
                attempt(tag, index, layers, rules, fallbacks.filter { $0.key == tag.path[0] })
            }
        }
    }

    /// Merges with and without the tag, only what stands where it stands.
    private mutating func attempt(
        _ tag: PlacedTag, _ index: Int, _ layers: [MergeLayer], _ rules: MergeRules, _ fallbacks: [Fields.Entry]
    ) {
        func result(_ layers: [MergeLayer]) -> (fields: Fields, remarks: [String]) {
            var merged = merge(layers, by: rules)
            for fallback in fallbacks { merged.fields.fill(fallback) }
            return (merged.fields, merged.diagnostics.map(\.message))
        }
        var projected = layers
        for index in projected.indices { projected[index].fields = layers[index].fields.along(tag.path[...]) }
        let with = result(projected)
        projected[index].fields = projected[index].fields.untagged(at: tag.value, .normal)
        // `!replace` before an env's VMs says that those inherited are to go, which is an answer to R0307.
        let isAnswer = tag.tag == .replace && tag.path == ["vms"]
        let isGuard = isAnswer || (tag.tag == .force && index < layers.count - 1 && !isHidden(tag, rules))
        if isGuard || result(projected) != with {
            effective.insert(tag.value)
        } else if reasons[tag.value] == nil {
            reasons[tag.value] = reason(tag, index, layers, rules, isFilled: !fallbacks.isEmpty)
        }
    }

    /// Whether it stands inside what is replaced whole.
    private func isHidden(_ tag: PlacedTag, _ rules: MergeRules) -> Bool { tag.isNested && rules[tag.path[0]] != .deep }

    private func reason(_ tag: PlacedTag, _ index: Int, _ layers: [MergeLayer], _ rules: MergeRules, isFilled: Bool)
        -> String
    {
        let field = tag.path[0]
        if isHidden(tag, rules) { return "\(field) is replaced whole, so nothing in it is merged" }
        let others = layers.indices.filter { $0 != index && layers[$0].fields.contains(field) }
        if others.isEmpty, !isFilled { return "no other layer sets \(field)" }
        return tag.isNested ? "the result is the same without it" : "\(field) would be the same without it"
    }
}

/// A tag, and where in its layer it stands.
private struct PlacedTag {
    let tag: MergeTag
    let value: Span
    /// The keys that lead to the value, or to the list that it stands in.
    let path: [Key]
    let isInList: Bool

    /// Whether it stands inside a field's value.
    var isNested: Bool { path.count > 1 || isInList }
}

extension Fields {
    fileprivate func tags(leavingOut omitted: Key?, below path: [Key] = []) -> [PlacedTag] {
        entries.flatMap { entry -> [PlacedTag] in
            let path = path + [entry.key]
            let own = entry.value.tags.map { PlacedTag(tag: $0.tag, value: $0.span, path: path, isInList: false) }
            if entry.key == omitted { return own }
            if let fields = entry.value.map { return own + fields.tags(leavingOut: nil, below: path) }
            let inside = (entry.value.list ?? []).flatMap(\.tagsInside)
            return own + inside.map { PlacedTag(tag: $0.tag, value: $0.span, path: path, isInList: true) }
        }
    }

    /// Only what stands on the way to a value and in it.
    fileprivate func along(_ path: ArraySlice<Key>) -> Fields {
        guard let key = path.first, var entry = entry(key) else { return Fields() }
        if path.count > 1, let fields = entry.value.map {
            entry.value.content = .map(fields.along(path.dropFirst()))
        }
        return Fields([entry])
    }

    /// The fields as they were without one tag. Without its `!unset`, a key would not be there.
    fileprivate func untagged(at span: Span, _ strength: Strength) -> Fields {
        Fields(
            entries.compactMap { entry in
                if entry.isUnset, entry.value.origin.span == span { return nil }
                var entry = entry
                entry.value = entry.value.untagged(at: span, strength)
                return entry
            })
    }
}

extension Value {
    /// Its own tag.
    fileprivate var tags: [(tag: MergeTag, span: Span)] {
        guard let tag = origin.tag, let span = origin.span else { return [] }
        return [(tag, span)]
    }

    /// Its own tag, and those inside.
    fileprivate var tagsInside: [(tag: MergeTag, span: Span)] {
        let values = map?.entries.map(\.value) ?? list ?? []
        return tags + values.flatMap(\.tagsInside)
    }

    fileprivate func untagged(at span: Span, _ strength: Strength) -> Value {
        var value = self
        if value.origin.span == span { value.origin.tag = nil }
        // What the command line says stays as strong as it is.
        if origin.layer != .commandLine { value.origin.strength = value.origin.tag?.strength ?? strength }
        switch content {
        case .map(let fields): value.content = .map(fields.untagged(at: span, value.origin.strength))
        case .list(let items): value.content = .list(items.map { $0.untagged(at: span, value.origin.strength) })
        default: break
        }
        return value
    }
}
