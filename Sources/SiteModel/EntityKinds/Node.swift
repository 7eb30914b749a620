extension FieldTable {
    /// `nodes/*.yaml`: a Proxmox VE instance.
    package static let node = FieldTable([
        Field("node", .text, "The node's name in Proxmox; else the file's."),
        Field("host", .reference(.kind(.host)), "The physical machine it runs on."),
        Field("parent_node", .reference(.kind(.node)), "The node that a nested one runs on."),
        Field("api_endpoint", .text, "The URL of the Proxmox API."),
        Field("api_token", .nullable(.secret(under: "api_tokens")), "The key of its API token; else the file's name."),
        Field("datastore", .text, required: true, "Where the disks of its VMs are kept."),
        Field("ip", .nullable(.text), "Its address for SSH, when the API is not on localhost."),
        Field(
            "host_user", formerly: "ssh_user", .text, whenAbsent: "the site's, else root",
            "The user for SSH; else the site's."),
        Field("image_release", formerly: "packer_release", .nullable(.text), "The release that images come from."),
    ])
}
