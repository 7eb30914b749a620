internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

// In `specs/` a user without `ssh_keys` gets every key of the site, in `v2/specs/` none: a spec that moves says so.

extension SiteReading {
    /// The places at which a spec needs `ssh_keys: []`; nil if one cannot be given it there.
    func keyInsertions(_ spec: BoundEntity) -> [(edit: Edit, user: Span)]? {
        guard let tree = tree(of: spec) else { return nil }
        let lines = TextLines(tree.source.bytes)
        var insertions: [(edit: Edit, user: Span)] = []
        for user in tree.usersWithoutKeys {
            let map = MapEdits(user, in: tree, lines)
            let entries = tree.writtenEntries(user)
            let last = tree.isFlow(user) ? entries.last : entries.first(where: map.isWholeLine)
            guard let edit = last.flatMap({ map.insertion(of: ["ssh_keys: []"], behind: $0) }) else { return nil }
            if !insertions.contains(where: { $0.edit == edit }) { insertions.append((edit, tree.span(user))) }
        }
        return insertions
    }

    /// The spec as it will be in its new place; nil if it cannot be brought there.
    func withKeys(_ spec: BoundEntity) -> BoundEntity? {
        guard let source = source(of: spec), let insertions = keyInsertions(spec) else { return nil }
        let bytes = insertions.map(\.edit).applied(to: source.bytes)
        let changed = Source(id: source.id, path: source.path, bytes: bytes, isSecret: false)
        return parse(changed, site.strictness).tree.map { bind($0, as: spec.id, site.strictness).entity }
    }

    /// Specs of the old folder whose move would change what a spec means, with that one: users without `ssh_keys` that are
    /// inherited have all keys or none by the folder of the heir.
    func specsMisled(by plan: MigrationPlan) -> [EntityID: Obstacle] {
        let changes = plan.changes(of: self)
        guard site.catalogue.hasFolder("v2/specs"), !changes.isEmpty else { return [:] }
        let after = SiteReading(ChangedFiles(loader.files, changes), site.strictness)
        var misled: [EntityID: Obstacle] = [:]
        for name in site.catalogue.names(.spec) {
            guard let spec = site.entity(Key(name), .kind(.spec)),
                let new = after.site.entity(Key(name), .kind(.spec)),
                site.meaning(of: spec) != after.site.meaning(of: new)
            else { continue }
            for id in family(of: spec) where id.folder == "v2/specs" { misled[id] = .givesKeys(spec) }
        }
        return misled
    }

    private func family(of spec: BoundEntity) -> [EntityID] {
        var family = [spec.id]
        var next = 0
        while next < family.count {
            for parent in site.entities[family[next]]?.parents ?? [] {
                guard let place = site.catalogue.place(parent.name, parent.order) else { continue }
                if !family.contains(place.id) { family.append(place.id) }
            }
            next += 1
        }
        return family
    }

    /// Gives the users of specs that move what they had without saying it.
    func planKeys(_ homes: Homes, _ plan: inout MigrationPlan) {
        for place in site.catalogue.all(.spec) where homes.homes[place.id] != nil && homes.united[place.id] == nil {
            guard let spec = entity(place) else { continue }
            for insertion in keyInsertions(spec) ?? [] {
                plan.edit(place.path, insertion.edit)
                plan.remarks.append(.keysAreSaid(insertion.user, homes.path(of: place)))
            }
        }
    }
}

extension LinkedSite {
    fileprivate func meaning(of spec: BoundEntity) -> Value.Content {
        specification(spec).specification.fields.withoutMigrated.content
    }
}

extension SyntaxTree {
    /// The maps of `access.users` that do not say which keys their users have.
    fileprivate var usersWithoutKeys: [NodeID] {
        guard let access = value(of: "access", in: root), let users = value(of: "users", in: access) else { return [] }
        return items(users).filter { kind($0) == .map && value(of: "ssh_keys", in: $0) == nil }
    }
}

extension Diagnostic {
    fileprivate static func keysAreSaid(_ user: Span, _ path: String) -> Diagnostic {
        Diagnostic(
            .changedMeaning, .note, "in specs/ a user without ssh_keys gets every key of the site, in v2/specs/ none",
            at: user, "ssh_keys: [] is added",
            help: "name the keys in \(path), or remove the line to let all of them in")
    }
}
