extension FieldTable {
    /// `components/*.yaml`: what minions run.
    package static let component = FieldTable([
        .extends,
        Field("requires", .list(.reference(.kind(.component))), "Components that come before it."),
        Field("states", .list(.text), "Its Salt states; else its name."),
        Field("ports", .mapOf(.integer(1...65535)), "Its ports by name."),
        Field("metrics", .list(.map(metric)), "What Prometheus scrapes of every minion that runs it."),
        Field("ansible_group", .text, "Its Ansible group; else its name."),
        Field("pillar", .mapOf(.any), merged: .deep, "Its pillar: the weakest layer of a minion's."),
        Field("description", .text, "For people."),
    ])
}
