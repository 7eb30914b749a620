package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// The host groups, by name.
    package var hostGroups: [BoundEntity] { catalogue.all(.hostGroup).compactMap { entities[$0.id] } }

    /// The minions of a host group, in the order of its instances. Reports R0304, R0417.
    package func minions(of group: BoundEntity) -> (minions: [Minion], diagnostics: [Diagnostic]) {
        memo.minions(of: group.id) { gatherMinions(of: group) }
    }

    private func gatherMinions(of group: BoundEntity) -> (minions: [Minion], diagnostics: [Diagnostic]) {
        let inherited = inherited(group)
        var diagnostics = inherited.diagnostics
        let fields = inherited.entity.fields
        let env = fields["env"] ?? Value(.null, .builtIn)
        let (name, label) = group.id.name.groupAndLabel
        var naming = Naming(hasLabel: !label.isEmpty)
        if let written = fields["naming"], let text = written.string {
            do throws(Naming.Mistake) {
                naming = try Naming(text)
                // A host group that is only extended need not say what its heirs do.
                let hasInstances = !instances(in: fields["instances"]).isEmpty
                if naming.parts.contains(.env), env.isNull, hasInstances { throw .unknown("env") }
            } catch {
                return ([], diagnostics + [.badNaming(error, written)])
            }
        }
        let shared = fields["ssh"]?.map ?? Fields()
        var minions: [Minion] = []
        for instance in instances(in: fields["instances"]) {
            let text = naming.id(
                group: name, label: label, instance: instance.key.text, env: env.name ?? "")
            guard Catalogue.isName(text) else {
                diagnostics.append(.badID(text, instance))
                continue
            }
            if Self.fieldsOfInstance.contains(instance.key) {
                diagnostics.append(.fieldAsInstance(instance))
                continue
            }
            let own = instance.value.map
            if let own { diagnostics += own.entries.compactMap { misplaced($0) } }
            let address = own == nil ? Fields.Entry("ip", keySpan: instance.keySpan, instance.value) : own?.entry("ip")
            let ssh = own.flatMap { merged("ssh", of: group, with: $0) }
            diagnostics += ssh?.diagnostics ?? []
            let number = instance.key.text.asCanonicalNumber
            minions.append(
                Minion(
                    id: Key(text), hostGroup: group.id, span: instance.keySpan ?? instance.value.origin.span,
                    group: name, label: label,
                    instance: Value(
                        number ?? .string(instance.key.text), Origin(instance.keySpan ?? group.start, .instance)),
                    env: env, address: address ?? Self.noAddress, ssh: ssh?.fields ?? shared, fields: own))
        }
        return (minions, diagnostics)
    }

    /// All minions of the site, in natural order. Reports R0613 for two of one id.
    package func minions() -> (minions: [Minion], diagnostics: [Diagnostic]) { memo.minions(gatherMinions) }

    private func gatherMinions() -> (minions: [Minion], diagnostics: [Diagnostic]) {
        var minions: [Minion] = []
        var diagnostics: [Diagnostic] = []
        var known: [Key: Int] = [:]
        for group in hostGroups {
            let found = self.minions(of: group)
            diagnostics += found.diagnostics
            for minion in found.minions {
                if let first = known[minion.id] {
                    diagnostics.append(.sameMinion(minions[first], minion))
                } else {
                    known[minion.id] = minions.count
                    minions.append(minion)
                }
            }
        }
        return (minions.inOrder, diagnostics)
    }

    /// A field of a host group with what an instance says of it; nil if the instance says nothing.
    func merged(
        _ key: Key, of group: BoundEntity, with instance: Fields
    ) -> (fields: Fields, diagnostics: [Diagnostic])? {
        guard instance.contains(key) else { return nil }
        let merged = merge(layers(of: key, in: group, with: instance), by: rules[.hostGroup])
        return (merged.fields[key]?.map ?? Fields(), merged.diagnostics)
    }

    /// What a host group, after what it extends, and one of its instances say of a field.
    func layers(of key: Key, in group: BoundEntity, with instance: Fields) -> [MergeLayer] {
        func only(_ fields: Fields) -> Fields { Fields([fields.entry(key)].compactMap(\.self)) }
        return layers(of: group).map { $0.entity.layer(of: only($0.entity.fields), $0.lineage) }
            + [group.layer(of: only(instance), nil)]
    }

    private static let fieldsOfInstance = FieldTable.instance.fields.map(\.name)
    private static let noAddress = Fields.Entry("ip", Value(.null, .builtIn), rule: .whenAbsent)

    /// The instances by their keys; those of a list by their numbers.
    private func instances(in value: Value?) -> [Fields.Entry] {
        if let map = value?.map { return map.entries.filter { !$0.isUnset } }
        let first = entities[.site]?.fields["salt"]?.map?["first_instance"]?.integer ?? 1
        return (value?.list ?? []).enumerated().map { offset, item in
            Fields.Entry(Key(String(first + offset)), keySpan: item.origin.span, item)
        }
    }

    /// A key of a host group's that means nothing in an instance, and would be taken for pillar.
    private func misplaced(_ entry: Fields.Entry) -> Diagnostic? {
        ["env", "naming", "instances", "extends"].contains(entry.key) ? .misplaced(entry) : nil
    }
}

extension Key {
    /// `kt_web` is the group `kt` with the label `web`.
    package var groupAndLabel: (group: String, label: String) {
        guard let mark = text.firstIndex(of: "_") else { return (text, "") }
        return (String(text[..<mark]), String(text[text.index(after: mark)...]))
    }
}

extension String {
    /// The number that it is the only decimal form of.
    fileprivate var asCanonicalNumber: Value.Content? {
        if let number = Int(self), String(number) == self { return .integer(number) }
        let digits = hasPrefix("-") ? dropFirst() : self[...]
        let isNumber = digits.first != "0" && !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isNumber ? .bigInteger(self) : nil
    }
}

extension Diagnostic {
    fileprivate static func badNaming(_ mistake: Naming.Mistake, _ value: Value) -> Diagnostic {
        let names = Naming.placeholders.map { "{\($0.name)}" }.joined(separator: ", ")
        let (message, help) =
            switch mistake {
            case .brace: ("a brace in naming has no other", "write one of \(names)")
            case .unknown("env"): ("naming has {env}, and the host group names no env", "add `env:`, or leave it out")
            case .unknown(let name):
                (
                    "naming has no {\(name)}",
                    Suggestions.near(name, among: Naming.placeholders.map(\.name)).first.map { "did you mean {\($0)}?" }
                        ?? "there are \(names)"
                )
            }
        return Diagnostic(.badMinion, message, at: value.origin.span, help: help)
    }

    fileprivate static func badID(_ id: String, _ instance: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .badMinion, "\"\(id)\" is no minion id", at: instance.keySpan ?? instance.value.origin.span,
            help:
                "use letters, digits, `.`, `_`, `@` and `-`, a letter or digit first: Salt makes files and targets of it"
        )
    }

    fileprivate static func fieldAsInstance(_ entry: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .badMinion, "\(entry.key) is a field of an instance, and stands here as one", at: entry.keySpan,
            help: "write it below the instance's number or name, indented: `1: {\(entry.key): …}`")
    }

    fileprivate static func misplaced(_ entry: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .unknownKey, "an instance has no \(entry.key) of its own", at: entry.keySpan,
            "it would be pillar, and decide nothing",
            help: "it is the host group's; as pillar it stands under `pillar:`")
    }

    package static func sameMinion(_ first: Minion, _ second: Minion) -> Diagnostic {
        Diagnostic(
            .sameMinion, "two minions have the id \"\(second.id)\"", at: second.span,
            related: first.span.map { [Label($0, "the other")] } ?? [],
            help: first.hostGroup == second.hostGroup
                ? "put {instance} into naming"
                : "name one instance otherwise, or say `naming:` in one of the host groups")
    }
}

extension Code {
    package static let badMinion = Code(
        "R0417", "a minion that cannot be named",
        explanation: """
            A minion's id is made by `naming`, as a rule `{group}_{label}_{instance}`. Salt targets by it and names files \
            after it, so it has letters, digits, `.`, `_`, `@` and `-` only.
            """,
        example: """
            $ resolve roster
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            naming: "{group}-{lable}-{instance}"
            instances: {1: 203.0.113.10}
            """,
        fix: "Correct `naming`, or the name of the instance.")

    package static let sameMinion = Code(
        "R0613", "two minions of one id",
        explanation: """
            An id names one minion: its keys, its pillar and its states. Two host groups, or a `naming` without \
            `{instance}`, give this one twice.
            """,
        example: """
            $ resolve roster
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            instances: {1: 203.0.113.10}
            -- pillar/hosts/kt.sls --
            instances: {web_1: 203.0.113.11}
            """,
        fix: "Rename an instance, or give one of the host groups a `naming` of its own.")
}
