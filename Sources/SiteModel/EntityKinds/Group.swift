extension FieldTable {
    /// `groups/*.yaml`: an Ansible group. Unites with the group of that name that a component, a host group or an env makes.
    package static let group = FieldTable([
        Field(
            "children", .list(.text),
            "Groups in it: of groups/, or such as env_prod, kt_web, nodes. What they say beats what it says."),
        Field("hosts", .list(.text), "Hosts in it: minions, nodes, physical machines, VMs with a static address."),
        Field(
            "components", .list(.reference(.kind(.component))), "Every minion that runs one of these is a host of it."),
        Field("envs", .list(.reference(.kind(.env))), "Every minion and VM of one of these is a host of it."),
        Field("vars", .mapOf(.any), "Ansible variables. A child's beat its parents', and a map replaces a map."),
        Field(
            "connection", .either(.choice(connections), or: connection), whenAbsent: "ssh",
            "How Ansible reaches its hosts."),
        Field("description", .text, "For people."),
    ])

    private static let connection = FieldTable([
        Field("type", .choice(connections), required: true, "ssh, local or incus."),
        Field("remote", .text, "The Incus remote; else the client's default."),
        Field("project", .text, "The Incus project; else the remote's default."),
    ])

    private static let connections = ["ssh", "local", "incus"]
}
