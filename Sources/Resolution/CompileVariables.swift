package import SiteModel

extension LinkedSite {
    /// The Ansible variables of a posture: built-in ← site ← posture (DESIGN §6, *vars*).
    ///
    /// - Parameters:
    ///   - env: the env that they are for, which `env_name` then says.
    ///   - posture: its name, `dev` if none is named; one that does not exist leaves the built-in defaults.
    package func variables(env: Value?, posture: Value?) -> MachineVariables {
        let name = posture?.name ?? "dev"
        let document = entity(Key(name), .postureForVariables)?.fields ?? Fields()
        let layers = [Self.builtInVariables, siteVariables, postureVariables(document)]
        var fields = merge(layers, by: Self.variableTable)
        if let env { fields.set("env_name", env) }
        fields.set("posture_name", posture ?? .string(name, .builtIn))
        fields.set("ssh_authorized_keys", sshKeys)
        return MachineVariables(fields)
    }

    private static let variableTable = FieldTable([
        Field("packages", .list(.text), merged: .union, "The site's packages, then the posture's, once each.")
    ])

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
        let nested: [(flat: Key, section: Key, key: Key)] = [
            ("ssh_port", "ssh", "port"), ("ssh_permit_root_login", "ssh", "permit_root_login"),
            ("ssh_password_authentication", "ssh", "password_authentication"), ("sudo_nopasswd", "sudo", "nopasswd"),
            ("fail2ban_enabled", "fail2ban", "enabled"),
        ]
        var fields = Fields()
        if let packages = posture.entry("packages") { fields.set(packages) }
        for name in nested {
            if let entry = posture.entry(name.flat) {
                fields.set(entry)
            } else if let entry = posture[name.section]?.map?.entry(name.key) {
                fields.set(Fields.Entry(name.flat, keySpan: entry.keySpan, entry.value))
            }
        }
        return fields
    }
}
