extension FieldTable {
    /// `resolve.yaml`: the files that `resolve build` writes (DESIGN §11).
    package static let outputs = FieldTable([
        Field("outputs", .list(.map(output)), required: true, "The files that `resolve build` writes.")
    ])

    /// One file, or one for each name that a pattern fits. Beside `emit` and `to` the options of the command.
    private static let output = FieldTable([
        Field("emit", .choice(emitters), required: true, "The command whose output it is."),
        Field(
            "to", .text, required: true,
            "The file, from the site's folder; {env}, {node} and such stand for the names in the options."),
        Field("redact", .boolean, whenAbsent: "false", "Whether secrets are written by name only; else false."),
        names("env", "For env, vars, inventory, roster, targets: the env."),
        names("node", "For env, vm, manifest: the node; else as on the command line."),
        names("posture", "For vars: the posture, without an env. For vm: that of its auth method."),
        names("minion", "For pillar and tops: the minion."),
        names("job", "For targets: the job; else all of them, which {job} writes a file each."),
        names("spec", "For spec: its name. For vm: what it becomes."),
        names("manifest", "For manifest: its name."),
        names("host", "For host: the node's or machine's name. For inventory: the host whose variables are wanted."),
        Field("format", .text, "For inventory: script, json or yaml. For roster: yaml or json."),
        Field("order", .boolean, "For manifest: the two orders alone."),
        Field("subtree", .text, "For manifest: what runs on this node of it, as a manifest."),
        Field("minions", .list(.text), "For roster: ids and shell patterns of minions."),
        Field("set", .mapOf(.text), "For roster: addresses known only when it runs, by the minions' ids."),
        Field("name", .text, "For vm: the VM's name."),
        Field("vmid", .integer(100...999_999_999), "For vm: its number in Proxmox."),
        Field("vm_id", .mapOf(.integer(100...999_999_999)), "For env: numbers of VMs over the site's."),
        Field("template", .text, "For vm: the template it starts from."),
        Field("preset", .text, "For vm: the preset it starts from, without a template."),
        Field("image", .text, "For vm: the image, over the template's."),
        Field(
            "issued_at", .integer(0...253_402_300_799),
            "For vm and manifest: when provisioning tokens are issued, in seconds since 1970."),
    ])

    /// The commands whose outputs can be written.
    package static let emitters = [
        "env", "vm", "vars", "inventory", "roster", "pillar", "tops", "nodegroups", "targets", "spec", "manifest",
        "host",
    ]

    private static func names(_ name: Key, _ summary: String) -> Field {
        Field(name, .oneOrMore(.text), "\(summary) A name, a pattern such as \"*\", or a list of them.")
    }
}
