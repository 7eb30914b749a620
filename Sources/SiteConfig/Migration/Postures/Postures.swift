internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

extension SiteReading {
    /// Brings postures into one nested document each, as long as their variables and auth methods stay what they are.
    func planPostures(_ plan: inout MigrationPlan) {
        var staying: [Key: Diagnostic?] = [:]
        while true {
            let attempt = PostureMoves(self, staying)
            let after = SiteReading(ChangedFiles(loader.files, attempt.plan.changes(of: self)), site.strictness)
            let changed = misled(after)
            let new = changed.filter { staying[$0.name] == nil }
            guard !changed.isEmpty || !after.isSound else {
                plan.add(attempt.plan)
                plan.remarks += knownMethods(after)
                return
            }
            for posture in new { staying[posture.name] = .some(remark(posture, attempt)) }
            // What they inherit may be what moved; at last nothing moves.
            let relatives = changed.flatMap { ancestors(of: $0.name) }.filter { staying[$0] == nil }
            for name in relatives { staying.updateValue(nil, forKey: name) }
            if new.isEmpty, relatives.isEmpty {
                for name in site.catalogue.names(.posture) where staying[Key(name)] == nil {
                    staying.updateValue(nil, forKey: Key(name))
                }
                if attempt.plan.changes(of: self).isEmpty { return }
            }
        }
    }

    /// The documents of a posture: for variables first, and for auth first.
    func documents(_ name: Key) -> (flat: BoundEntity?, nested: BoundEntity?) {
        (
            site.entities[EntityID(.posture, folder: "postures", name)],
            site.entities[EntityID(.posture, folder: "v2/postures", name)]
        )
    }

    // MARK: What must stay as it is

    /// A posture that would mean something else.
    struct Misled {
        let name: Key
        let variables: [Key]
        /// Whether its auth method would be another one, or not known any more.
        let isAuthLost: Bool
    }

    private func misled(_ after: SiteReading) -> [Misled] {
        site.catalogue.names(.posture).compactMap { text in
            let name = Key(text)
            let (old, new) = (variables(of: name), after.variables(of: name))
            let differing = old.entries.filter { new[$0.key]?.content != $0.value.content }.map(\.key)
            let isAuthLost =
                method(of: name).name != after.method(of: name).name
                || (after.isMethodUnknown(name) && !isMethodUnknown(name))
            guard !differing.isEmpty || isAuthLost else { return nil }
            return Misled(name: name, variables: differing, isAuthLost: isAuthLost)
        }
    }

    private func variables(of posture: Key) -> Fields {
        let entry = Fields.Entry("posture", .string(posture.text, .commandLine))
        return site.variables(env: nil, posture: entry).variables.fields
    }

    private func method(of posture: Key) -> LinkedSite.AuthMethod { site.authMethod(ofPosture: posture, namedAt: nil) }

    private func isMethodUnknown(_ posture: Key) -> Bool {
        method(of: posture).diagnostics.contains { $0.code == .unknownMethod }
    }

    private func ancestors(of name: Key) -> [Key] {
        var found: [Key] = [name]
        var next = 0
        while next < found.count {
            let (flat, nested) = documents(found[next])
            for parent in [flat, nested].compactMap(\.self).flatMap(\.parents) where !found.contains(parent.name) {
                found.append(parent.name)
            }
            next += 1
        }
        return found
    }

    /// Postures whose auth method was unknown and is not any more.
    private func knownMethods(_ after: SiteReading) -> [Diagnostic] {
        site.catalogue.names(.posture).compactMap { text in
            let name = Key(text)
            guard isMethodUnknown(name), !after.isMethodUnknown(name), let posture = documents(name).flat else {
                return nil
            }
            return .methodIsKnown(posture)
        }
    }

    private func remark(_ posture: Misled, _ attempt: PostureMoves) -> Diagnostic? {
        let documents = documents(posture.name)
        guard let main = documents.flat ?? documents.nested else { return nil }
        var paths = posture.variables.compactMap { name in
            FieldTable.flatPostureKeys.first { $0.flat == name }.map { [$0.section, $0.key] } ?? [name]
        }
        if posture.isAuthLost { paths.append(["auth", "method"]) }
        let leaves = [documents.nested, documents.flat].compactMap(\.self).flatMap { PostureLeaves($0.fields).leaves }
        let places = leaves.filter { paths.contains($0.path) }.compactMap(\.span)
        let changes =
            posture.variables.map(\.text) + (posture.isAuthLost ? ["auth.method"] : [])
        return .wouldChange(main, documents.nested, changes, places)
    }
}

/// One attempt to move all postures but those that stay.
private struct PostureMoves {
    private let reading: SiteReading
    private(set) var plan = MigrationPlan()

    init(_ reading: SiteReading, _ staying: [Key: Diagnostic?]) {
        self.reading = reading
        for text in reading.site.catalogue.names(.posture) {
            let name = Key(text)
            if let remark = staying[name] {
                if let remark = remark ?? self.remark(onRelative: name) { plan.remarks.append(remark) }
            } else {
                place(name)
            }
        }
    }

    /// What is to be said of a posture that stays for another's sake: that, unless it could not move by itself.
    private func remark(onRelative name: Key) -> Diagnostic? {
        let documents = reading.documents(name)
        if let flat = documents.flat, let nested = documents.nested {
            let contradictions = PostureLeaves(flat.fields).contradictions(PostureLeaves(nested.fields), ordered: false)
            return contradictions.isEmpty ? .staysForFamily(flat) : .contradict(flat, nested, contradictions)
        }
        guard let posture = documents.flat ?? documents.nested else { return nil }
        let isPlaced = documents.nested == nil && !posture.hasFlatKeys
        return isPlaced ? nil : .staysForFamily(posture)
    }

    private mutating func place(_ name: Key) {
        let (flat, nested) = reading.documents(name)
        let documents = [flat, nested].compactMap(\.self)
        if let named = documents.first(where: { Loader.holdsSecrets($0.path) }) {
            if documents.contains(where: { $0.hasFlatKeys || $0.id.folder != "postures" }) {
                plan.remarks.append(.staysNamedAsSecret(named))
            }
            return
        }
        switch reading.documents(name) {
        case (let flat?, nil): rewrite(flat, to: flat.path)
        case (nil, let nested?): rewrite(nested, to: "postures/" + nested.path.dropFirst("v2/postures/".count))
        case (let flat?, let nested?): unite(flat, nested)
        case (nil, nil): break
        }
    }

    private mutating func rewrite(_ posture: BoundEntity, to path: String) {
        guard let tree = reading.tree(of: posture) else { return }
        if posture.hasFlatKeys {
            let draft = PostureDocument(tree).map { PostureDraft($0) }
            guard let bytes = checked(draft, PostureLeaves(posture.fields), [tree], posture) else {
                plan.remarks.append(.staysFlat(posture, nil))
                return
            }
            // Flat keys that come from elsewhere in the file, as through `<<`, are not to be moved.
            if bytes == tree.source.bytes { plan.remarks.append(.staysFlat(posture, nil)) }
            plan.texts[posture.path] = bytes
            plan.remarks += PostureLeaves(posture.fields).overridden.map { .goesOverridden($0) }
        }
        if path != posture.path { plan.moves[posture.path] = path }
    }

    private mutating func unite(_ flat: BoundEntity, _ nested: BoundEntity) {
        guard let flatTree = reading.tree(of: flat), let nestedTree = reading.tree(of: nested) else { return }
        let (left, right) = (PostureLeaves(flat.fields), PostureLeaves(nested.fields))
        guard let first = PostureDocument(flatTree), let second = PostureDocument(nestedTree) else {
            plan.remarks.append(.staysFlat(flat, nested))
            return
        }
        // Block text holds what brackets hold, but not the other way round.
        let isTurned = (first.isFlow && !second.isFlow) || first.isEmpty
        let contradictions = left.contradictions(right, ordered: isTurned)
        guard contradictions.isEmpty else {
            plan.remarks.append(.contradict(flat, nested, contradictions))
            return
        }
        var draft = PostureDraft(isTurned ? second : first)
        draft.unite(with: isTurned ? first : second)
        guard let bytes = checked(draft, PostureLeaves(left, right), [flatTree, nestedTree], flat) else {
            plan.remarks.append(.staysFlat(flat, nested))
            return
        }
        plan.texts[flat.path] = bytes
        plan.dropped.insert(nested.path)
        plan.remarks += (left.overridden + right.overridden).map { .goesOverridden($0) }
    }

    /// The draft's text, if it really says what it should and has lost no comment.
    private func checked(
        _ draft: PostureDraft?, _ wanted: PostureLeaves, _ trees: [SyntaxTree], _ posture: BoundEntity
    ) -> [UInt8]? {
        guard let bytes = draft?.bytes, let source = reading.source(of: posture) else { return nil }
        let text = Source(id: source.id, path: source.path, bytes: bytes, isSecret: false)
        guard let tree = parse(text, reading.site.strictness).tree else { return nil }
        let bound = bind(tree, as: posture.id, reading.site.strictness).entity
        let comments = Set(tree.comments().map { Key(text.text(of: $0).trimmed) })
        let isWhole = trees.allSatisfy { old in
            old.comments().allSatisfy { comments.contains(Key(old.source.text(of: $0).trimmed)) }
        }
        return isWhole && PostureLeaves(bound.fields).saysTheSame(as: wanted) ? bytes : nil
    }
}

extension BoundEntity {
    fileprivate var hasFlatKeys: Bool { FieldTable.flatPostureKeys.contains { fields.contains($0.flat) } }
}

extension MigrationPlan {
    fileprivate mutating func add(_ other: MigrationPlan) {
        moves.merge(other.moves) { $1 }
        texts.merge(other.texts) { $1 }
        dropped.formUnion(other.dropped)
        remarks += other.remarks
    }
}

extension Diagnostic {
    fileprivate static func contradict(
        _ flat: BoundEntity, _ nested: BoundEntity, _ places: [(PostureLeaves.Leaf, PostureLeaves.Leaf)]
    ) -> Diagnostic {
        let names = places.map { $0.0.path.map(\.text).joined(separator: ".") }
        let labels = places.flatMap { pair in
            [
                pair.0.span.map { Label($0, "\(pair.0.value.phrase) here") },
                pair.1.span.map { Label($0, "\(pair.1.value.phrase) here") },
            ]
            .compactMap(\.self)
        }
        return Diagnostic(
            .staysBehind, .warning,
            "\(flat.path) and \(nested.path) stay as they are: they contradict each other in \(names.joined(separator: ", "))",
            at: labels.first?.span ?? flat.start, labels.first?.text ?? "", related: Array(labels.dropFirst()),
            help:
                "today variables come from \(flat.path), auth from \(nested.path): make both say what is meant, then migrate again"
        )
    }

    fileprivate static func staysFlat(_ posture: BoundEntity, _ other: BoundEntity?) -> Diagnostic {
        let paths = [posture.path, other?.path].compactMap(\.self).joined(separator: " and ")
        return Diagnostic(
            .staysBehind, .warning, "\(paths) \(other == nil ? "stays as it is" : "stay as they are")",
            at: posture.start,
            related: other.map { [Label($0.start, "")] } ?? [],
            notes: [
                "anchors, aliases, tags, `<<`, a byte order mark or an unusual form of its keys are in what would have to be rearranged"
            ],
            help: "write them out, or bring the posture into its nested form by hand, then migrate again")
    }

    fileprivate static func wouldChange(
        _ posture: BoundEntity, _ nested: BoundEntity?, _ changes: [String], _ places: [Span]
    ) -> Diagnostic {
        let isPair = nested.map { $0.id != posture.id } ?? false
        let paths = [posture.path, isPair ? nested?.path : nil].compactMap(\.self).joined(separator: " and ")
        return Diagnostic(
            .staysBehind, .warning,
            "\(paths) \(isPair ? "stay as they are: as one document" : "stays as it is: in the new layout"), what it means for \(changes.joined(separator: ", ")) would change",
            at: places.first ?? posture.start, places.isEmpty ? "" : "not read today, or overridden",
            related: places.dropFirst().map { Label($0, "and this") },
            help: "make the documents of the posture, and of those it extends, say the same; then migrate again")
    }

    fileprivate static func goesOverridden(_ leaf: PostureLeaves.Leaf) -> Diagnostic {
        let path = leaf.path.map(\.text).joined(separator: ".")
        return Diagnostic(
            .changedMeaning, .note,
            "\(path) goes: the flat key beside it says something else, and is what variables have",
            at: leaf.span, help: "a spec's _posture had both, and has the flat one's value afterwards")
    }

    fileprivate static func staysNamedAsSecret(_ posture: BoundEntity) -> Diagnostic {
        Diagnostic(
            .staysBehind, .warning,
            "\(posture.path) stays as it is: by its name it holds secrets, and those are not touched",
            at: posture.start,
            help: "if it holds none, give it another name; then migrate again")
    }

    fileprivate static func staysForFamily(_ posture: BoundEntity) -> Diagnostic {
        Diagnostic(
            .staysBehind, .warning,
            "\(posture.path) stays as it is: without it, a posture that extends it would mean something else",
            at: posture.start, help: "settle what is said of the others, then migrate again")
    }

    fileprivate static func methodIsKnown(_ posture: BoundEntity) -> Diagnostic {
        Diagnostic(
            .changedMeaning, .warning,
            "the auth method of posture \"\(posture.id.name)\" is network afterwards; today it is unknown, and an env with it an error",
            at: posture.start, help: "add `auth: {method: …}` to \(posture.path) if another one is meant")
    }
}
