extension FieldTable {
    /// `pillar/hosts/*.sls`: Salt minions of one make. Open: any other key is pillar.
    package static let hostGroup = FieldTable(
        isOpen: true,
        [
            .extends,
            Field("env", .nullable(.reference(.kind(.env))), structural: true, "The env that its minions belong to."),
            components("What its minions run."),
            Field(
                "instances", .listOrMapOf(.nullable(.either(.address, or: instance))), structural: true,
                "Its minions: addresses by number or name, or a list of them. The map keeps names when one goes."),
            ssh("How salt-ssh reaches them."),
            Field(
                "naming", .text, structural: true,
                whenAbsent: "{group}_{label}_{instance}, without a label {group}_{instance}",
                "How their ids are made: text with {group}, {label}, {instance} and {env}."),
            labels("Prometheus labels."),
            vars("Ansible host variables."),
            pillar("Pillar under keys that collide with these."),
        ])

    /// One instance, where it says more than an address. Any other key is pillar.
    package static let instance = FieldTable(
        named: "instance", isOpen: true,
        [
            Field("ip", .nullable(.address), structural: true, "Its address, or null if the connection needs none."),
            components("What it runs beside the group's components."),
            ssh("How salt-ssh reaches it, field by field over the group's."),
            labels("Prometheus labels of its own."),
            vars("Ansible variables of its own."),
            Field("incus_name", .text, structural: true, "The name of its Incus instance, where that is another."),
            pillar("Pillar under keys that collide with these."),
        ])

    /// What salt-ssh reads in a roster (3006 to 3008). It passes over any other key in silence, or crashes on it.
    package static let roster = FieldTable(
        named: "ssh", refusing: "salt-ssh knows no roster field",
        [
            Field("host", .address, "Another address than the instance's, such as an alias of ssh's own config."),
            Field("user", .text, "The user."),
            Field("port", .integer(1...65535), "The port; else 22."),
            Field("passwd", .password, "The user's password."),
            Field("priv", .text, "The private key's file, or agent-forwarding."),
            Field("priv_passwd", .password, "The private key's passphrase."),
            Field("timeout", .integer(0...86_400), "How long a connection may take, in seconds."),
            Field("sudo", .boolean, "Whether commands run as root through sudo."),
            Field("sudo_user", .text, "The user that sudo runs commands as."),
            Field("tty", .boolean, "Whether a terminal is allocated."),
            Field("thin_dir", .text, "Where Salt unpacks itself on the target."),
            Field("cmd_umask", .integer(0...0o777), "The umask of what runs there, such as 0o077."),
            Field("set_path", .text, "The PATH there."),
            Field("minion_opts", .mapOf(.visible), "Minion configuration. Stored in clear on the target."),
            Field("grains", .mapOf(.visible), "Grains of its own."),
            Field("mine", .visible, "What the mine takes from it."),
            Field("mine_functions", .visible, "Functions whose results go to the mine."),
            Field("identities_only", .boolean, "Whether ssh tries only the key that is named."),
            Field("ssh_options", .list(.text), "Options for ssh, such as Compression=yes."),
            Field("remote_port_forwards", .text, "Remote forwards, as ssh -R takes them."),
            Field("ssh_pre_flight", .text, "A script that is run there before Salt."),
            Field("ssh_pre_flight_args", .visible, "Its arguments."),
            Field("ssh_pre_hook", .text, "A command that is run here before the connection."),
            Field("winrm", .boolean, "Whether the target is a Windows machine."),
            Field("ssh_python_env", .visible, "The Python environment on the target."),
            Field("relenv", .boolean, "Whether Salt's own Python is used on the target."),
            Field("disable_wipe", .boolean, "Whether Salt's files stay on the target."),
            Field("keepalive", .boolean, "Whether the connection is kept alive."),
            Field("keepalive_interval", .integer(0...86_400), "Seconds between two signs of life."),
            Field("keepalive_count_max", .integer(0...1_000_000), "How many signs of life may be lost."),
        ])

    private static func components(_ summary: String) -> Field {
        Field("components", .list(.reference(.kind(.component))), merged: .union, structural: true, summary)
    }

    private static func ssh(_ summary: String) -> Field {
        Field("ssh", .map(roster), merged: .deep, structural: true, summary)
    }

    private static func labels(_ summary: String) -> Field {
        Field("labels", .mapOf(.visible), merged: .deep, structural: true, summary)
    }

    private static func vars(_ summary: String) -> Field {
        Field("vars", .mapOf(.any), merged: .deep, structural: true, summary)
    }

    private static func pillar(_ summary: String) -> Field {
        Field("pillar", .mapOf(.any), merged: .deep, structural: true, summary)
    }
}
