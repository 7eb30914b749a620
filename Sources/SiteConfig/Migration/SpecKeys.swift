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
            guard let edit = lines.insertion(ofEmptyKeysIn: user, tree) else { return nil }
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

extension SyntaxTree {
    /// The maps of `access.users` that do not say which keys their users have.
    fileprivate var usersWithoutKeys: [NodeID] {
        guard let access = value(of: "access", in: root), let users = value(of: "users", in: access) else { return [] }
        return items(users).filter { kind($0) == .map && value(of: "ssh_keys", in: $0) == nil }
    }
}

extension TextLines {
    /// How `ssh_keys: []` is put behind the first line of a user, or of its entries in brackets.
    fileprivate func insertion(ofEmptyKeysIn user: NodeID, _ tree: SyntaxTree) -> Edit? {
        let entries = tree.writtenEntries(user)
        guard !tree.isAlias(user), !hasOddBreaks, let last = entries.last else { return nil }
        if tree.isFlow(user) {
            let end = max(tree.span(last.key).end, tree.span(last.value).end)
            return Edit(Span(source: tree.source.id, start: end, end: end), ", ssh_keys: []")
        }
        guard let entry = entries.first(where: { isWholeLine($0, tree) }) else { return nil }
        let column = column(of: entry.key, tree)
        let line = number(at: Int(tree.span(entry.key).start))
        let before = bytes[start(line)..<start(line) + column]
        guard before.allSatisfy({ $0 == 0x20 || $0 == UInt8(ascii: "-") }) else { return nil }
        let place = UInt32(start(line) + whole(line).prefix { $0 != 0x0A && $0 != 0x0D }.count)
        let text = newline + String(repeating: " ", count: column) + "ssh_keys: []"
        return Edit(Span(source: tree.source.id, start: place, end: place), text)
    }

    /// Whether an entry begins and ends in one line, so that another can follow.
    private func isWholeLine(_ entry: SyntaxTree.Entry, _ tree: SyntaxTree) -> Bool {
        let (key, value) = (tree.span(entry.key), tree.span(entry.value))
        let isBlockText = [.literal, .folded].contains(tree.style(entry.value)) && tree.kind(entry.value) == .scalar
        return !isBlockText && value.end >= key.end
            && number(at: Int(key.start)) == number(at: Int(max(key.end, value.end)) - 1)
    }
}

extension Diagnostic {
    fileprivate static func keysAreSaid(_ user: Span, _ path: String) -> Diagnostic {
        Diagnostic(
            .changedMeaning, .note, "in specs/ a user without ssh_keys gets every key of the site, in v2/specs/ none",
            at: user, "ssh_keys: [] is added", help: "name the keys in \(path), or remove the line to let all of them in")
    }
}
