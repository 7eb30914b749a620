package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// A spec with what it inherits, its references filled in (DESIGN §6, *spec*).
    ///
    /// What is absent is added at the end, in the order in which homestak's Python resolver does.
    package func specification(_ spec: BoundEntity) -> (specification: Specification, diagnostics: [Diagnostic]) {
        let inherited = inherited(spec)
        var fields = inherited.entity.fields.without(["extends"])
        fields.lineage = inherited.entity.fields.lineage
        fields.update("identity") { identity in
            if !identity.contains("domain"), let domain = defaults.entry("domain") { identity.set(domain.filledIn) }
        }
        fields.update("config") { config in
            if !config.contains("timezone"), let zone = defaults.entry("timezone") { config.set(zone.filledIn) }
        }
        fields.update("identity") { identity in
            guard !identity.contains("hostname") else { return }
            let name = Value.string(spec.id.name.text, Origin(spec.start, .spec))
            identity.set(Fields.Entry("hostname", name, rule: .fileName))
        }
        let posture = posture(of: inherited.entity)
        fields.update("access") { access in
            if let entry = posture.entry { access.set(entry) }
            if let users = access.entry("users") { access.set(self.users(users, of: spec)) }
        }
        fields.lineage += posture.lineage
        return (Specification(fields), inherited.diagnostics + posture.diagnostics)
    }

    /// The posture that a spec names, else `dev`, which must exist.
    package func postureName(of spec: BoundEntity) -> Value? { spec.fields["access"]?.map?["posture"] }

    private func posture(
        of spec: BoundEntity
    ) -> (entry: Fields.Entry?, lineage: [Lineage], diagnostics: [Diagnostic]) {
        let written = postureName(of: spec)
        let name = Key(written?.name ?? "dev")
        guard let named = entity(name, .postureForAuth) else {
            // One that is written and does not exist has been reported, and so has one that cannot be read; what a parent
            // would say that is not there is not known.
            let isReported =
                written?.name != nil || catalogue.place(name, .postureForAuth) != nil || !hasWholeFamily(spec)
            return (nil, [], isReported ? [] : [.noPosture(spec, catalogue)])
        }
        let posture = inherited(named)
        let whole = Value(.map(posture.entity.fields.without(["extends"])), Origin(named.start, .posture))
        let step = Step("posture", at: written?.origin.span ?? spec.start, isWritten: written != nil, to: named.path)
        return (
            Fields.Entry("_posture", whole, rule: .derived("the whole posture")),
            [Lineage(named.source, step)] + posture.entity.fields.lineage, posture.diagnostics
        )
    }

    /// The users, their keys as text. Without `ssh_keys` a user that is written in `specs/` has all keys, one in `v2/specs/` none.
    private func users(_ users: Fields.Entry, of spec: BoundEntity) -> Fields.Entry {
        var result = users
        // Whoever inherits a user of v2/specs/ does not give that user every key.
        let family = layers(of: spec).map(\.entity)
        result.value.content = .list(
            (users.value.list ?? []).map { user in
                guard var fields = user.map else { return user }
                let home = family.first { $0.source == user.origin.span?.source } ?? spec
                if let keys = fields.entry("ssh_keys") {
                    fields.set(keyTexts(keys))
                } else if home.id.folder == "specs" {
                    fields.set(sshKeys)
                }
                return Value(.map(fields), user.origin)
            })
        return result
    }

    private func keyTexts(_ names: Fields.Entry) -> Fields.Entry {
        let section: Key = "ssh_keys"
        let texts = (names.value.list ?? []).compactMap { name in
            // That each exists is checked with the other references.
            name.name.flatMap { optionalSecret([section, Key($0).without(prefix: section)]) }
        }
        let value = Value(.list(texts), names.value.origin)
        return Fields.Entry("ssh_keys", keySpan: names.keySpan, value, rule: .derived("the keys of these names"))
    }
}

extension Fields {
    /// Changes a map below, which is made if there is none; anything else that stands there has been reported.
    fileprivate mutating func update(_ key: Key, _ body: (inout Fields) -> Void) {
        let entry = entry(key) ?? Entry(key, Value(.map(Fields()), .nowhere))
        guard var map = entry.value.map else { return }
        body(&map)
        var changed = entry
        changed.value.content = .map(map)
        set(changed)
    }
}

extension Fields.Entry {
    /// What the site says, where the spec says nothing.
    fileprivate var filledIn: Fields.Entry {
        Fields.Entry(key, keySpan: keySpan, value, rule: .whenAbsent)
    }
}

extension Diagnostic {
    fileprivate static func noPosture(_ spec: BoundEntity, _ catalogue: Catalogue) -> Diagnostic {
        var diagnostic = Diagnostic.notFound("dev", .postureForAuth, at: spec.start, in: catalogue, .error)
        diagnostic.notes.append("a spec that names no posture has dev")
        return diagnostic
    }
}
