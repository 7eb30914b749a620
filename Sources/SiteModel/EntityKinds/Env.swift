extension FieldTable {
    /// `envs/*.yaml`: a set of VMs that are made and destroyed together, on whichever node is named.
    package static let env = FieldTable([
        .extends,
        Field("posture", .reference(.postureForAuth), "How its VMs are secured; else dev."),
        Field("node", .reference(.kind(.node)), "The node it is meant for, when none is named."),
        Field("vmid_base", .nullable(.integer(0...999_999_999)), "VM numbers count from here, by place in `vms`."),
        Field("vms", .list(.map(vm)), "The VMs."),
        Field("vars", .mapOf(.any), "Ansible variables of the env's group."),
        Field("description", .text, "For people."),
    ])
}
