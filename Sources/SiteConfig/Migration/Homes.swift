internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

/// Why a file stays where it is.
enum Obstacle {
    /// Another one has the name, and says something else.
    case differs(BoundEntity)
    /// A name in that file would lead elsewhere, or cannot be changed.
    case misleads(BoundEntity)
    /// Users of that spec would get keys by the move, or lose them.
    case givesKeys(BoundEntity)
    /// Its users are written so that `ssh_keys` cannot be added to them.
    case cannotSayKeys
    /// Its name says that it holds secrets.
    case holdsSecrets
}

/// Where presets and specs will live, so that every reference leads to the document that it leads to now.
struct Homes {
    /// The new place of each that moves.
    private(set) var homes: [EntityID: EntityID] = [:]
    /// Those that go, with what says the same at their new place.
    private(set) var united: [EntityID: BoundEntity] = [:]
    /// Those that stay, and why.
    private(set) var staying: [EntityID: Obstacle] = [:]
    private let reading: SiteReading
    /// Found on the way not to be movable, or not under another name.
    private var fixed: [EntityID: Obstacle] = [:]
    private var keepsName: Set<EntityID> = []
    /// Those that this round found to keep their names.
    private var newlyKept: Set<EntityID> = []
    /// What the round before found: whether two files say the same depends on where their parents go.
    private var assumed: [EntityID: EntityID] = [:]

    /// - Parameter misled: specs that would mean something else in another place.
    init(_ reading: SiteReading, misled: [EntityID: Obstacle]) {
        self.reading = reading
        fixed = misled
        // Every time this fails one file more is fixed, so there is an end.
        repeat { settle() } while fixMisled()
    }

    /// Places all until another round finds the same: each round settles one more generation of heirs.
    private mutating func settle() {
        for _ in 0...reading.site.catalogue.all(.preset).count {
            assumed = homes
            homes = [:]
            united = [:]
            staying = fixed
            placePresets()
            placeSpecs()
            if homes == assumed { return }
        }
    }

    /// Whether one file can stand for another wherever that is used: equal, in the same order, with the same parents.
    private func saysTheSame(_ one: BoundEntity, _ other: BoundEntity) -> Bool {
        guard one.id != other.id else { return true }
        guard one.tags.isEmpty, other.tags.isEmpty else { return false }
        return one.fields.without(["extends"]) == other.fields.without(["extends"])
            && parents(of: one) == parents(of: other)
    }

    private func parents(of entity: BoundEntity) -> [EntityID?] {
        entity.parents.map { parent in
            reading.site.catalogue.place(parent.name, parent.order).map { assumed[$0.id] ?? $0.id }
        }
    }

    func home(of id: EntityID) -> EntityID { homes[id] ?? id }

    func path(of place: Catalogue.Place) -> String {
        let home = home(of: place.id)
        let ending = place.id.kind.endings.first(where: place.path.hasSuffix) ?? ".yaml"
        return home == place.id ? place.path : "\(home.folder)/\(home.name)\(ending)"
    }

    // MARK: Places

    private mutating func placePresets() {
        let presets = reading.site.catalogue.all(.preset).compactMap(reading.entity)
        for preset in presets where preset.id.folder != "presets" && Loader.holdsSecrets(preset.path) {
            staying[preset.id] = .holdsSecrets
        }
        var taken: [Key: BoundEntity] = [:]
        for preset in presets where preset.id.folder == "presets" { taken[preset.id.name] = preset }
        keepTwins(presets)
        for preset in presets where preset.id.folder == "vms/presets" && staying[preset.id] != nil {
            taken[preset.id.name] = taken[preset.id.name] ?? preset
        }
        for preset in presets where preset.id.folder == "v2/presets" { place(preset, [preset.id.name], &taken) }
        // A name that has the prefix goes first: it keeps it.
        let old = presets.filter { $0.id.folder == "vms/presets" }
        for preset in old where preset.id.name.hasPresetPrefix { place(preset, [preset.id.name], &taken) }
        for preset in old where !preset.id.name.hasPresetPrefix {
            let name = preset.id.name
            place(preset, keepsName.contains(preset.id) ? [name] : [Key("vm-\(name)"), name], &taken)
        }
    }

    /// Presets of one name that differ stay: which of them is meant would be another one without its folder.
    private mutating func keepTwins(_ presets: [BoundEntity]) {
        for name in reading.site.catalogue.names(.preset) {
            let twins = presets.filter { $0.id.name == Key(name) }
            guard let first = twins.first, let other = twins.first(where: { !saysTheSame($0, first) }) else {
                continue
            }
            for twin in twins where twin.id.folder != "presets" {
                staying[twin.id] = .differs(twin.id == first.id ? other : first)
            }
        }
    }

    private mutating func place(_ preset: BoundEntity, _ names: [Key], _ taken: inout [Key: BoundEntity]) {
        guard staying[preset.id] == nil else { return }
        // Where an equal one lives already, the two become one.
        let equal = names.filter { name in taken[name].map { saysTheSame($0, preset) } ?? false }
        for name in equal + names.filter({ !equal.contains($0) }) {
            let home = EntityID(.preset, folder: "presets", name)
            if let other = taken[name] {
                guard saysTheSame(other, preset), self.home(of: other.id) == home else { continue }
                united[preset.id] = other
            } else {
                taken[name] = preset
            }
            homes[preset.id] = home
            return
        }
        staying[preset.id] = names.first.flatMap { taken[$0] }.map { .differs($0) }
    }

    private mutating func placeSpecs() {
        let specs = reading.site.catalogue.all(.spec).compactMap(reading.entity)
        for spec in specs where spec.id.folder == "v2/specs" && staying[spec.id] == nil {
            guard !Loader.holdsSecrets(spec.path) else {
                staying[spec.id] = .holdsSecrets
                continue
            }
            guard reading.keyInsertions(spec) != nil else {
                staying[spec.id] = .cannotSayKeys
                continue
            }
            let home = EntityID(.spec, folder: "specs", spec.id.name)
            if let other = reading.site.entities[home] {
                guard let keyed = reading.withKeys(spec), saysTheSame(keyed, other) else {
                    staying[spec.id] = .differs(other)
                    continue
                }
                united[spec.id] = other
            }
            homes[spec.id] = home
        }
    }

    // MARK: References

    /// What a reference must say to lead where it leads now; nil if no name does.
    func name(for reference: Reference, of entity: BoundEntity, in catalogue: Catalogue) -> Key? {
        guard let place = reading.site.catalogue.place(reference.name, reference.order) else { return reference.name }
        let home = home(of: place.id)
        let order = reference.order.seen(from: self.home(of: entity.id).folder)
        return [reference.name, home.name].first { catalogue.place($0, order)?.id == home }
    }

    /// The files of the kinds that move, as they will stand.
    var catalogue: Catalogue {
        let places = EntityKind.allCases.flatMap(reading.site.catalogue.all)
        return Catalogue(paths: places.filter { united[$0.id] == nil }.map(path))
    }

    /// Fixes what a reference could not reach any more, or would have to be renamed where it cannot be.
    private mutating func fixMisled() -> Bool {
        let catalogue = catalogue
        let count = fixed.count + keepsName.count
        newlyKept = []
        for entity in reading.site.entities.values.sorted(byBytesOf: \.path) {
            for reference in entity.references where [.preset, .spec].contains(reference.order.kind) {
                check(reference, of: entity, catalogue)
            }
        }
        keepsName.formUnion(newlyKept)
        return fixed.count + keepsName.count > count
    }

    private mutating func check(_ reference: Reference, of entity: BoundEntity, _ catalogue: Catalogue) {
        guard let place = reading.site.catalogue.place(reference.name, reference.order) else {
            // What leads nowhere, which leniency allows, must not lead to a new name.
            let found = catalogue.place(reference.name, reference.order.seen(from: home(of: entity.id).folder))
            for (id, home) in homes where home == found?.id { keepName(of: id, because: entity) }
            return
        }
        guard let name = name(for: reference, of: entity, in: catalogue) else {
            fix(place.id, because: entity)
            fix(entity.id, because: reading.site.entities[place.id] ?? entity)
            return
        }
        guard name != reference.name, reading.replacement(of: reference, in: entity, by: name) == nil else { return }
        keepName(of: place.id, because: entity)
    }

    private mutating func keepName(of id: EntityID, because entity: BoundEntity) {
        if homes[id]?.name == id.name || keepsName.contains(id) {
            fix(id, because: entity)
        } else {
            newlyKept.insert(id)
        }
    }

    private mutating func fix(_ id: EntityID, because other: BoundEntity) {
        if homes[id] != nil, fixed[id] == nil { fixed[id] = .misleads(other) }
    }
}

extension Key {
    fileprivate var hasPresetPrefix: Bool { text.hasPrefix("vm-") }
}

extension SearchOrder {
    /// The search as it is from a file in another folder.
    fileprivate func seen(from folder: Key) -> SearchOrder {
        if case .parent(let kind, _) = self { .parent(kind, folder: folder) } else { self }
    }
}

extension SiteReading {
    /// How a reference is written with another name, its quotes kept; nil where it cannot be: behind an anchor or a tag.
    func replacement(of reference: Reference, in entity: BoundEntity, by name: Key) -> Edit? {
        guard let source = source(of: entity), !source.isSecret else { return nil }
        let written = source.text(of: reference.span)
        let quoted = JSONText.quoted(name.text)
        switch written.utf8.first {
        case UInt8(ascii: "'"): return Edit(reference.span, "'\(name)'")
        case UInt8(ascii: "\""): return Edit(reference.span, quoted)
        case UInt8(ascii: "&"), UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: ">"), nil: return nil
        default:
            let isText = ScalarType.resolve(Array(name.text.utf8)[...]) == .string
            return Edit(reference.span, isText ? name.text : quoted)
        }
    }

    /// Moves presets and specs, and renames what names them.
    func planMoves(_ plan: inout MigrationPlan) {
        var misled: [EntityID: Obstacle] = [:]
        while true {
            var attempt = MigrationPlan()
            move(to: Homes(self, misled: misled), &attempt)
            let new = specsMisled(by: attempt).filter { misled[$0.key] == nil }
            if new.isEmpty { return plan = attempt }
            misled.merge(new) { $1 }
        }
    }

    private func move(to homes: Homes, _ plan: inout MigrationPlan) {
        let catalogue = homes.catalogue
        for place in EntityKind.allCases.flatMap(site.catalogue.all) {
            let path = homes.path(of: place)
            guard path != place.path else { continue }
            if homes.united[place.id] != nil { plan.dropped.insert(place.path) } else { plan.moves[place.path] = path }
        }
        for entity in entities {
            for reference in entity.references where [.preset, .spec].contains(reference.order.kind) {
                guard let name = homes.name(for: reference, of: entity, in: catalogue), name != reference.name,
                    let edit = replacement(of: reference, in: entity, by: name)
                else { continue }
                plan.edit(entity.path, edit)
            }
        }
        plan.remarks += remarks(on: homes)
        planKeys(homes, &plan)
    }

    private func remarks(on homes: Homes) -> [Diagnostic] {
        let moving: [EntityKind] = [.preset, .spec]
        return moving.flatMap(site.catalogue.all).compactMap { place in
            guard let entity = entity(place) else { return nil }
            if let obstacle = homes.staying[place.id] {
                guard case .differs(let other) = obstacle, case .differs = homes.staying[other.id] else {
                    return .stays(entity, obstacle)
                }
                // Of two that differ, both stay; that is said once.
                return Key(other.path) < Key(entity.path) ? nil : .bothStay(entity, other)
            }
            return homes.united[place.id].flatMap { lostComments(of: entity, unitedWith: $0) }
        } + renamed(homes)
    }

    /// Comments of a dropped file that the one which stays does not have.
    private func lostComments(of entity: BoundEntity, unitedWith kept: BoundEntity) -> Diagnostic? {
        guard let left = tree(of: entity), let tree = tree(of: kept) else { return nil }
        let known = Set(tree.comments().map { Key(tree.source.text(of: $0)) })
        let lost = left.comments().filter { !known.contains(Key(left.source.text(of: $0))) }
        return lost.isEmpty ? nil : .losesComments(entity, kept, lost)
    }

    /// What names presets from outside the site has to follow.
    private func renamed(_ homes: Homes) -> [Diagnostic] {
        let names = site.catalogue.all(.preset).compactMap { place -> String? in
            let name = homes.home(of: place.id).name
            return name == place.id.name ? nil : "\(place.id.name) is \(name)"
        }
        return names.isEmpty ? [] : [.renamedPresets(names)]
    }
}

extension Diagnostic {
    fileprivate static func bothStay(_ one: BoundEntity, _ other: BoundEntity) -> Diagnostic {
        Diagnostic(
            .staysBehind, .warning, "\(one.path) and \(other.path) stay where they are: they differ", at: one.start,
            related: [Label(other.start, "the other one")],
            help: "make the two equal, remove one, or give one another name; then migrate again")
    }

    fileprivate static func stays(_ entity: BoundEntity, _ obstacle: Obstacle) -> Diagnostic {
        let kind = entity.id.kind.name
        func remark(
            _ words: String, _ related: [Label] = [], notes: [String] = [], help: String
        ) -> Diagnostic {
            Diagnostic(
                .staysBehind, .warning, "\(entity.path) stays where it is: \(words)", at: entity.start,
                related: related, notes: notes, help: help)
        }
        switch obstacle {
        case .differs(let other):
            return remark(
                "\(other.path) differs from it", [Label(other.start, "this one")],
                notes: entity.id.kind == .spec
                    ? ["a user without ssh_keys has every key in specs/, and none in v2/specs/"] : [],
                help: "make the two equal, remove one, or give it a name that no other \(kind) has; then migrate again")
        case .misleads(let other):
            return remark(
                "a name in \(other.path) would lead elsewhere, or cannot be changed",
                other.id == entity.id ? [] : [Label(other.start, "this one")],
                help: "write names without anchors and tags, each \(kind) under one name; then migrate again")
        case .givesKeys(let spec):
            return remark(
                "users of the spec \"\(spec.id.name)\" would get keys by the move, or lose them",
                spec.id == entity.id ? [] : [Label(spec.start, "this one")],
                help: "write `ssh_keys` for every user of the two and of what they extend; then migrate again")
        case .holdsSecrets:
            return remark(
                "by its name it holds secrets, and those are not touched",
                help: "if it holds none, give it another name; then migrate again")
        case .cannotSayKeys:
            return remark(
                "`ssh_keys: []` cannot be added to its users, as they are written",
                help: "write its users out, with their ssh_keys; then migrate again")
        }
    }

    fileprivate static func losesComments(
        _ entity: BoundEntity, _ kept: BoundEntity, _ lost: [Span]
    ) -> Diagnostic {
        let comments = lost.count == 1 ? "this comment" : "its \(lost.count) comments"
        return Diagnostic(
            .changedMeaning, .note, "\(entity.path) goes, for \(kept.path) says the same, but not \(comments)",
            at: lost[0], related: lost.dropFirst().prefix(20).map { Label($0, "") },
            help: "copy what is worth keeping before")
    }

    fileprivate static func renamedPresets(_ names: [String]) -> Diagnostic {
        let shown = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
        return Diagnostic(
            .changedMeaning, .note, "presets have new names: \(shown)", at: nil,
            help: "references within the site are renamed; command lines and scripts that name them have to follow")
    }
}
