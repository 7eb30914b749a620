extension FieldTable {
    /// `vms/presets/`, `presets/`, `v2/presets/`: the size of a VM. Open, as a VM is.
    package static let preset = FieldTable(isOpen: true, [.extends] + hardware)
}
