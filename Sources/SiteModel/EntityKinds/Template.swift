extension FieldTable {
    /// `vms/*.yaml`: what several VMs have in common. Open, as a VM is.
    package static let template = FieldTable(
        isOpen: true,
        [.extends, Field("preset", .reference(.presetOfVM), structural: true, "The preset it starts from.")] + hardware,
        confusions: ["vm_preset": "preset"])
}
