package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// The Ansible variables of a posture: built-in ← site ← posture (DESIGN §6, *vars*).
    ///
    /// - Parameters:
    ///   - env: the env that they are for, with what it inherits; `env_name` then says it.
    ///   - posture: its name, `dev` if none is named; one that does not exist leaves the built-in defaults.
    package func variables(env: Fields.Entry?, posture: Fields.Entry?, in envEntity: BoundEntity? = nil) -> (
        variables: MachineVariables, diagnostics: [Diagnostic]
    ) {
        let written = posture?.value
        let name = written?.name ?? "dev"
        let document = entity(Key(name), .postureForVariables)
        let step = document.map { document in
            Step(
                "posture", at: posture == nil ? envEntity?.start : written?.origin.span, isWritten: posture != nil,
                to: document.path)
        }
        let merged = merge(variableLayers(document), by: rules[.posture])
        var fields = merged.fields
        if let env { fields.set(env.named("env_name")) }
        let absent = posture == nil ? [Step("posture", at: envEntity?.start, isWritten: false, to: name)] : []
        fields.set(
            posture?.named("posture_name")
                ?? .builtIn("posture_name", name, via: envEntity == nil ? [] : absent))
        fields.set(sshKeys.named("ssh_authorized_keys"))
        if let document, let step { fields.lineage.append(Lineage(document.source, step)) }
        fields.lineage += envEntity?.fields.lineage ?? []
        return (MachineVariables(fields), merged.diagnostics)
    }

    /// What the variables of a posture are merged from, under their Ansible names.
    func variableLayers(_ document: BoundEntity?) -> [MergeLayer] {
        let postures = document.map { layers(of: $0) } ?? []
        return [MergeLayer(Self.builtInVariables, isTagged: false), MergeLayer(siteVariables, isTagged: hasTags)]
            + postures.map { layer in
                layer.entity.layer(of: postureVariables(layer.entity.fields), layer.lineage)
            }
    }

    private static let builtInVariables: Fields = [
        "timezone": .string("UTC", .builtIn),
        "pve_remove_subscription_nag": Value(.bool(true), .builtIn),
        "packages": Value(.list([]), .builtIn),
        "ssh_port": Value(.integer(22), .builtIn),
        "ssh_permit_root_login": .string("prohibit-password", .builtIn),
        "ssh_password_authentication": .string("no", .builtIn),
        "sudo_nopasswd": Value(.bool(false), .builtIn),
        "fail2ban_enabled": Value(.bool(false), .builtIn),
    ]

    private var siteVariables: Fields {
        let keys: [Key] = ["timezone", "pve_remove_subscription_nag", "packages"]
        return Fields(keys.compactMap { defaults.entry($0) })
    }

    /// A posture's keys under their Ansible names: the flat form first, then the nested one.
    private func postureVariables(_ posture: Fields) -> Fields {
        var fields = Fields()
        if let packages = posture.entry("packages") { fields.set(packages) }
        for name in FieldTable.flatPostureKeys {
            let isWhole = rules[.posture][name.section] == .replace
            let nested = posture.entry(name.section)?.variable(name.key, isWhole: isWhole)
            if var entry = posture.entry(name.flat) {
                entry.decide(by: entry.rule, over: nested.map { [$0.value] } ?? [])
                fields.set(entry)
            } else if let nested {
                fields.set(nested.named(name.flat))
            }
        }
        return fields
    }
}

extension Fields.Entry {
    /// What a section of a posture says of one of its keys. `!unset`, and what replaces the section, speak of all of them.
    fileprivate func variable(_ key: Key, isWhole: Bool) -> Fields.Entry? {
        if isUnset { return Fields.Entry(key, keySpan: keySpan, value) }
        if let entry = value.map?.entry(key) { return entry }
        guard value.origin.tag == .replace || (isWhole && value.origin.tag != .deep) else { return nil }
        return Fields.Entry(
            key, keySpan: keySpan, Value(.null, Origin(value.origin.span, value.origin.layer, tag: .unset)))
    }
}
