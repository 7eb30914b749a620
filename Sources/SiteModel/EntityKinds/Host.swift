extension FieldTable {
    /// `hosts/*.yaml`: a physical machine.
    package static let host = FieldTable([
        Field("host", .text, "The machine's name; else the file's."),
        Field("domain", .nullable(.text), "Its DNS domain."),
        Field("ip", .nullable(.text), "Its address for SSH; else that of `network.interfaces.vmbr0`."),
        Field("host_user", formerly: "ssh_user", .text, "The user for SSH, where `access` names none."),
        Field("network", .map(network), "Its bridges."),
        Field("storage", .any, "Its pools of disks."),
        Field("hardware", .map(machine), "What it has."),
        Field("access", .map(access), "How it is reached."),
        Field("ssh", .any, "Its SSH daemon."),
        Field("description", .text, "For people."),
    ])

    private static let network = FieldTable(
        isOpen: true,
        [Field("interfaces", .mapOf(.map(bridge)), structural: true, "Bridges by name.")])

    private static let bridge = FieldTable(
        isOpen: true,
        [
            Field("type", .text, "bridge."),
            Field("ports", .list(.text), "The physical ports in it."),
            Field("address", .nullable(.text), "The machine's address on it, with its prefix."),
            Field("gateway", .nullable(.text), "The default gateway, if it is reached there."),
        ])

    private static let machine = FieldTable(
        isOpen: true,
        [
            Field("cpu_cores", .integer(1...1_000_000), "CPU cores."),
            Field("memory_gb", .any, "Memory in GiB."),
        ])

    private static let access = FieldTable([
        Field("host_user", formerly: "ssh_user", .text, "The user for SSH; else the site's."),
        Field("ssh_port", .integer(1...65535), "The port for SSH; else 22."),
        Field("authorized_keys", .list(.secret(under: "ssh_keys")), "The SSH keys that may enter."),
    ])
}
