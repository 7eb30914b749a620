package import Diagnostics
internal import SiteModel

extension LinkedSite {
    /// Tags that change nothing in any merge that they take part in: R0805.
    ///
    /// Found by trying: every merge of the site is done again without the tag. Files that take part in no merge are left
    /// alone, for a tag in a template may be meant for the VMs to come.
    package func idleTags() -> [Diagnostic] {
        guard hasTags else { return [] }
        var trials = TagTrials()
        for place in catalogue.all(.env) {
            guard let env = entities[place.id] else { continue }
            // The tags of a VM's own entry take part in the VM's merge, not in the env's.
            trials.run(layers(inFamilyOf: env), by: rules[.env], leavingOut: "vms")
            for vm in inherited(env).entity.fields["vms"]?.list ?? [] {
                let fallback = MergeLayer(Fields(vmDefaults))
                trials.run([fallback] + layers(of: vm.map ?? Fields(), isTagged: true), by: rules[.vm])
            }
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
                trials.run(layers, by: rules[MergeSubject(kind)])
            }
        }
        for group in hostGroups {
            let pillar = pillarLayers(of: group)
            trials.run(pillar.layers, by: rules[.pillar])
            // Among siblings a tag settles what would be a conflict, in whatever order they are listed.
            let count = pillar.components.count
            trials.run(pillar.layers[..<count].reversed() + pillar.layers[count...], by: rules[.pillar])
        }
        // Through an anchor one tag stands before several values: it is idle if it is for all of them.
        let tags = entities.values.sorted { Key($0.path) < Key($1.path) }.flatMap(\.tags)
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

    func isEffective(_ tag: WrittenTag) -> Bool { effective.contains(tag.value) }

    func idleReason(_ tag: WrittenTag) -> String? { reasons[tag.value] }

    mutating func run(_ layers: [MergeLayer], by rules: MergeRules, leavingOut omitted: Key? = nil) {
        var result: Fields?
        for (index, layer) in layers.enumerated() where layer.isTagged {
            for tag in layer.fields.tags(leavingOut: omitted) where !effective.contains(tag.value) {
                let merged = result ?? merge(layers, by: rules).fields
                result = merged
                var changed = layers
                changed[index].fields = layer.fields.untagged(at: tag.value, .normal)
                if merge(changed, by: rules).fields != merged {
                    effective.insert(tag.value)
                } else if reasons[tag.value] == nil {
                    reasons[tag.value] = reason(tag, index, layers, rules)
                }
            }
        }
    }

    private func reason(_ tag: PlacedTag, _ index: Int, _ layers: [MergeLayer], _ rules: MergeRules) -> String {
        if tag.isNested, rules[tag.field] != .deep {
            return "\(tag.field) is replaced whole, so nothing in it is merged"
        }
        let others = layers.indices.filter { $0 != index && layers[$0].fields.contains(tag.field) }
        if others.isEmpty { return "no other layer sets \(tag.field)" }
        return tag.isNested ? "the result is the same without it" : "\(tag.field) would be the same without it"
    }
}

/// A tag, and the field of its layer that it stands in.
private struct PlacedTag {
    let value: Span
    let field: Key
    /// Whether it stands inside the field's value.
    let isNested: Bool
}

extension Fields {
    fileprivate func tags(leavingOut omitted: Key?) -> [PlacedTag] {
        entries.flatMap { entry -> [PlacedTag] in
            let own = entry.value.tagSpan.map { [PlacedTag(value: $0, field: entry.key, isNested: false)] } ?? []
            guard entry.key != omitted else { return own }
            return own
                + entry.value.nestedTags.map { PlacedTag(value: $0, field: entry.key, isNested: true) }
        }
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
    fileprivate var tagSpan: Span? { origin.tag == nil ? nil : origin.span }

    fileprivate var nestedTags: [Span] {
        let values = map?.entries.map(\.value) ?? list ?? []
        return values.flatMap { ($0.tagSpan.map { [$0] } ?? []) + $0.nestedTags }
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
