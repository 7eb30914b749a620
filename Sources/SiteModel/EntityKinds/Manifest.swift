extension FieldTable {
    /// `manifests/`: machines that are made in order, some of them inside others. Version 2 is a graph of nodes, version 1 a
    /// chain of levels.
    package static let manifest = FieldTable([
        Field("schema_version", .integer(1...2), whenAbsent: "1", "2 with `nodes`, 1 with `levels`."),
        Field("name", .text, required: true, "The manifest's name."),
        Field("description", .text, "For people."),
        Field("pattern", .choice(["flat", "tiered"]), whenAbsent: "flat", "The shape of the graph; else flat."),
        Field("execution", .map(execution), "How machines are configured."),
        Field("settings", .map(settings), "How the work is done."),
        Field("nodes", .list(.map(manifestNode)), "Version 2: the machines."),
        Field("levels", .list(.map(manifestLevel)), "Version 1: the machines, each inside the one before."),
    ])

    private static let modes = FieldType.choice(["push", "pull"])

    private static let execution = FieldTable([
        Field("default_mode", modes, whenAbsent: "push", "push (over SSH) or pull (it fetches its spec); else push.")
    ])

    private static let settings = FieldTable([
        Field("verify_ssh", .boolean, whenAbsent: "true", "Whether SSH is tried on each machine; else true."),
        Field(
            "cleanup_on_failure", .boolean, whenAbsent: "true", "Whether a failure removes what was made; else true."),
        Field("timeout_buffer", .integer(0...86400), whenAbsent: "60", "Seconds more for each depth; else 60."),
        Field(
            "on_error", .choice(["stop", "rollback", "continue"]), whenAbsent: "stop",
            "stop, rollback or continue; else stop."),
    ])

    /// A machine of a version 2 manifest.
    static let manifestNode = FieldTable(
        [
            Field("name", .text, required: true, "The machine's name, once in a manifest."),
            Field("type", .choice(["vm", "ct", "pve"]), required: true, "vm, ct (a container) or pve (a hypervisor)."),
            Field(
                "parent", .nullable(.text), "The node of this manifest that it runs on; else the one it is applied to."),
            Field("spec", .nullable(.reference(.kind(.spec))), "What it becomes."),
            Field("preset", .nullable(.reference(.presetOfManifest)), "Its size."),
            Field("image", .nullable(.text), "The cloud image."),
            Field("vmid", .nullable(.integer(100...999_999_999)), "Its number in Proxmox."),
            Field("disk", .nullable(.integer(1...1_000_000)), "The size of its disk in GiB, over the preset's."),
            Field("execution", .map(nodeExecution), "How this machine is configured."),
        ], confusions: ["vm_preset": "preset"])

    private static let nodeExecution = FieldTable([
        Field("mode", modes, whenAbsent: "the manifest's default_mode", "push or pull; else the manifest's.")
    ])

    /// A machine of a version 1 manifest.
    static let manifestLevel = FieldTable(
        [
            Field("name", .text, required: true, "The machine's name, once in a manifest."),
            Field("vm_preset", .nullable(.reference(.presetOfManifest)), "Its size."),
            Field("template", .nullable(.reference(.kind(.template))), "The template it starts from."),
            Field("env", .nullable(.reference(.kind(.env))), "An env instead of a machine of its own."),
            Field("image", .nullable(.text), "The cloud image."),
            Field("vmid", .nullable(.integer(100...999_999_999)), "Its number in Proxmox."),
            Field("vmid_offset", .integer(0...999_999_999), "Added to the env's vmid_base."),
            Field("post_scenario", .nullable(.text), "What is run on it afterwards; pve-setup makes it a hypervisor."),
            Field("post_scenario_args", .list(.text), "The arguments of that."),
        ], confusions: ["preset": "vm_preset"])
}
