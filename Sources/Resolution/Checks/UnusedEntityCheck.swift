package import Diagnostics
internal import SiteModel

extension LinkedSite {
    /// Presets, templates, postures and components that nothing refers to: R0815.
    ///
    /// Of an entity that stands in two folders, only the file that a lookup finds is used. Wants the whole site loaded.
    package func unusedEntities() -> [Diagnostic] {
        let used = usedFiles
        return [EntityKind.preset, .template, .posture, .component].flatMap { kind in
            catalogue.all(kind).compactMap { place in
                guard !used.contains(place.id), let entity = entities[place.id] else { return nil }
                let found = catalogue.all(kind).first { $0.id.name == place.id.name && used.contains($0.id) }
                return .unusedEntity(entity, insteadOf: found?.path)
            }
        }
    }

    /// The files that references lead to.
    private var usedFiles: Set<EntityID> {
        // Where no posture is named, `dev` stands in: also for a VM that only a command line knows.
        var used = Set(
            [SearchOrder.postureForAuth, .postureForVariables].compactMap { catalogue.place("dev", $0)?.id })
        for (kind, reference) in distinctReferences {
            let orders = kind == .spec ? [reference.order] : Scope.everything.searches(reference)
            used.formUnion(orders.compactMap { catalogue.place(reference.name, $0)?.id })
        }
        return used
    }

    /// The references of all files, each but once of those that say the same: many VMs start from few templates.
    var distinctReferences: [(kind: EntityKind, reference: Reference)] {
        struct Meaning: Hashable {
            let kind: EntityKind
            let order: SearchOrder
            let field: Key
            let name: Key

            func hash(into hasher: inout Hasher) { hasher.combine(name) }

            /// What `Set` asks, as of the name: there is one of these for each VM.
            func _rawHashValue(seed: Int) -> Int { name._rawHashValue(seed: seed) }
        }
        var seen: Set<Meaning> = []
        var distinct: [(kind: EntityKind, reference: Reference)] = []
        for (id, entity) in entities {
            for reference in entity.references {
                let meaning = Meaning(
                    kind: id.kind, order: reference.order, field: reference.field, name: reference.name)
                if seen.insert(meaning).inserted { distinct.append((id.kind, reference)) }
            }
        }
        return distinct
    }
}

extension Diagnostic {
    /// - Parameter path: the file of that name that is used.
    fileprivate static func unusedEntity(_ entity: BoundEntity, insteadOf path: String?) -> Diagnostic {
        Diagnostic(
            .unusedEntity, .note, "nothing uses the \(entity.id.kind.name) \"\(entity.id.name)\"", at: entity.start,
            notes: path.map { ["what is used under that name is \($0)"] } ?? [],
            help: "remove the file, or begin its name with `_` to keep it out of the site")
    }
}

extension Code {
    package static let unusedEntity = Code(
        "R0815", "a file that nothing refers to",
        explanation: """
            No env, manifest, host group or other file of the site names this preset, template, posture or component, so it is in \
            no output. Such remains are changed with care, and to no effect. A command line may still name it (`resolve vm`, \
            `resolve vars --posture`), so it is only a note.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- vms/presets/large.yaml --
            cores: 8
            """,
        fix: """
            Remove the file, or begin its name with `_`: then it is left alone. If only command lines name it, say so on its \
            first line: `# resolve: allow R0815 REASON`.
            """)
}
