extension FieldTable {
    /// `secrets.yaml`: the values that nothing shows. Other keys are data for references.
    package static let secrets = FieldTable(
        isOpen: true,
        [
            Field("api_tokens", .mapOf(.text), structural: true, "Proxmox API tokens, by the name that nodes use."),
            Field("passwords", .mapOf(.text), structural: true, "Password hashes; `vm_root` is the VMs' root."),
            Field("ssh_keys", .mapOf(.text), structural: true, "SSH public keys, by `user@host`."),
            Field("auth", .map(auth), structural: true, "Tokens with which VMs fetch their specification."),
        ])

    private static let auth = FieldTable(
        isOpen: true,
        [
            Field("site_token", .text, structural: true, "The token of every VM under `site_token`."),
            Field("node_tokens", .mapOf(.text), structural: true, "The tokens of single VMs, by name."),
            Field("signing_key", .text, structural: true, "The hex key that signs provisioning tokens."),
        ])
}
