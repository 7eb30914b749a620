extension FieldTable {
    /// `postures/`, `v2/postures/`: how a machine is secured. Flat keys and nested ones are both read, flat first.
    package static let posture = FieldTable([
        .extends,
        Field("auth", .map(auth), merged: .deep, "How a VM proves who it is when it fetches its specification."),
        Field("ssh", .map(ssh), merged: .deep, "The SSH daemon."),
        Field("sudo", .map(sudo), merged: .deep, "sudo."),
        Field("fail2ban", .map(fail2ban), merged: .deep, "fail2ban."),
        Field("packages", .list(.text), merged: .union, "Packages beside the site's."),
        Field("ssh_port", port, "Flat form of `ssh.port`."),
        Field("ssh_permit_root_login", permitRootLogin, "Flat form of `ssh.permit_root_login`."),
        Field("ssh_password_authentication", yesOrNo, "Flat form of `ssh.password_authentication`."),
        Field("sudo_nopasswd", .boolean, "Flat form of `sudo.nopasswd`."),
        Field("fail2ban_enabled", .boolean, "Flat form of `fail2ban.enabled`."),
        Field("description", .text, "For people."),
    ])

    /// The flat keys, which are the Ansible variables' names, and where they stand in the nested form.
    package static let flatPostureKeys: [(flat: Key, section: Key, key: Key)] = [
        ("ssh_port", "ssh", "port"), ("ssh_permit_root_login", "ssh", "permit_root_login"),
        ("ssh_password_authentication", "ssh", "password_authentication"), ("sudo_nopasswd", "sudo", "nopasswd"),
        ("fail2ban_enabled", "fail2ban", "enabled"),
    ]

    /// The methods of `auth.method`.
    package static let authMethods = ["network", "site_token", "node_token"]

    private static let auth = FieldTable([
        Field("method", .choice(authMethods), "network (none), site_token or node_token; else network.")
    ])

    private static let ssh = FieldTable([
        Field("port", port, "The port of the SSH daemon; else 22."),
        Field("permit_root_login", permitRootLogin, "\"yes\", \"no\" or \"prohibit-password\"; else the last."),
        Field("password_authentication", yesOrNo, "\"yes\" or \"no\"; else no."),
    ])

    private static let sudo = FieldTable([
        Field("nopasswd", .boolean, "Whether sudo asks for no password; else false.")
    ])

    private static let fail2ban = FieldTable([
        Field("enabled", .boolean, "Whether fail2ban runs; else false.")
    ])

    private static let port = FieldType.integer(1...65535)
    private static let yesOrNo = FieldType.choice(["yes", "no"])
    private static let permitRootLogin = FieldType.choice(["yes", "no", "prohibit-password"])
}
