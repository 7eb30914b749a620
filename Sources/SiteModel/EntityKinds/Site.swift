extension FieldTable {
    /// `site.yaml`: what holds for the whole site.
    package static let site = FieldTable([
        Field("defaults", .map(defaults), "What VMs, nodes and postures fall back on."),
        Field(
            "merge", .mapOf(.choice(MergeRule.allCases.map(\.rawValue))),
            "Merge rules of this site's own: `vm.tags: union`."),
        Field("salt", .map(salt), "How Salt's minions are counted."),
        Field("metrics", .map(metrics), "What Prometheus scrapes of nodes, hosts and VMs."),
        Field("pools", .mapOf(.map(pool)), "Pools of numbers that `!alloc POOL` takes one of."),
    ])

    private static let salt = FieldTable([
        Field(
            "first_instance", .integer(0...999_999_999), whenAbsent: "1",
            "The number of the first address where a host group lists its instances.")
    ])

    private static let metrics = FieldTable([
        Field("nodes", .list(.map(metric)), "Of every node: it wants an `ip`."),
        Field("hosts", .list(.map(metric)), "Of every physical machine."),
        Field("vms", .list(.map(metric)), "Of every VM with a static address."),
    ])

    private static let pool = FieldTable([
        Field("from", .integer(0...999_999_999), required: true, "The first number."),
        Field("to", .integer(0...999_999_999), required: true, "The last number."),
        Field("except", .list(.integer(0...999_999_999)), "Numbers between them that are not given out."),
    ])

    private static let defaults = FieldTable([
        Field("timezone", .text, "The time zone of every machine, such as Europe/Paris; else UTC."),
        Field("domain", .nullable(.text), "The DNS domain."),
        Field("bridge", .text, "The bridge of a VM that names none; else vmbr0."),
        Field("gateway", .nullable(.text), "The gateway of a VM that names none."),
        Field("dns_servers", .list(.text), "The DNS servers that OpenTofu hands to cloud-init."),
        Field("packages", .list(.text), merged: .union, "Packages on every machine; a posture adds its own."),
        Field("host_user", formerly: "ssh_user", .text, "The user for SSH to nodes and hosts; else root."),
        Field("vm_user", formerly: "automation_user", .text, "The user made on VMs; else homestak."),
        Field(
            "server_url", formerly: "spec_server", .nullable(.text), "Where VMs fetch their specification; else none."),
        Field("image_release", formerly: "packer_release", .nullable(.text), "The release that images come from."),
        Field("pve_remove_subscription_nag", .boolean, "Whether Proxmox's notice is removed; else true."),
        Field("datastore", .nullable(.text), "No longer read: a node says its own."),
    ])
}
