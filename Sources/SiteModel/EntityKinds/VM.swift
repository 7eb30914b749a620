extension FieldTable {
    /// An entry of an env's `vms`. Open: any other key is data for OpenTofu.
    package static let vm = FieldTable(
        isOpen: true,
        [
            Field("name", .text, required: true, structural: true, "The VM's name, once in an env."),
            Field("template", .reference(.kind(.template)), structural: true, "The template it starts from."),
            Field(
                "vm_preset", .reference(.presetOfVM), structural: true, "The preset it starts from, without a template."
            ),
        ] + hardware, confusions: ["preset": "vm_preset", "extends": "template"])

    /// What presets, templates and VMs share.
    static let hardware: [Field] = [
        Field(
            "vmid", .nullable(.integer(100...999_999_999)), structural: true,
            whenAbsent: "the env's vmid_base plus the VM's place", "Its number in Proxmox."),
        Field("ip", .addressWithPrefix, "null, `dhcp`, or an address with prefix: 10.0.0.5/24."),
        Field("mac", .nullable(.text), "The MAC address; quote it, or PyYAML may take it for a number."),
        Field("shared", .text, "The name under which machines hold one address together, on purpose."),
        Field("ssh_port", .any, "The node's port that leads to its SSH."),
        Field("spice_port", .any, "The node's port that leads to its screen."),
        Field("ports", .any, "Other ports of the node that lead to it."),
        Field("cores", .any, local: true, "CPU cores."),
        Field("memory", .any, local: true, "Memory in MiB."),
        Field("disk", .any, local: true, "The size of the disk in GiB."),
        Field("image", .any, "The cloud image."),
        Field("bridge", .visible, whenAbsent: "the site's, else vmbr0", "The bridge; else the site's."),
        Field("gateway", .visible, whenAbsent: "the site's, if it has one", "The gateway; else the site's."),
    ]

    /// The keys that choose layers and are not data.
    package static let choosers: [Key] = ["template", "vm_preset", "preset", "extends"]

    /// Whether a key is one of these. Without the array, for which every thread would count a reference for every VM.
    @inlinable package static func isChooser(_ key: Key) -> Bool {
        key == "template" || key == "vm_preset" || key == "preset" || key == "extends"
    }
}
