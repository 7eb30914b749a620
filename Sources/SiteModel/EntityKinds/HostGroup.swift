extension FieldTable {
    /// `pillar/hosts/*.sls`: Salt minions of one make. Open: any other key is pillar.
    package static let hostGroup = FieldTable(
        isOpen: true,
        [
            .extends,
            Field("env", .nullable(.reference(.kind(.env))), structural: true, "The env that its minions belong to."),
            Field(
                "components", .list(.reference(.kind(.component))), merged: .union, structural: true,
                "What its minions run."),
            Field("instances", .any, structural: true, "Its minions: addresses by number or name, or a list."),
            Field("ssh", .mapOf(.any), merged: .deep, structural: true, "How salt-ssh reaches them."),
            Field("naming", .text, structural: true, "How their ids are made."),
            Field("labels", .mapOf(.any), merged: .deep, structural: true, "Prometheus labels."),
            Field("vars", .mapOf(.any), merged: .deep, structural: true, "Ansible host variables."),
            Field(
                "pillar", .mapOf(.any), merged: .deep, structural: true, "Pillar under keys that collide with these."),
        ])
}
