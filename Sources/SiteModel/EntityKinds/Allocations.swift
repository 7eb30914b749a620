extension FieldTable {
    /// `allocations.yaml`: `pool/owner/field: number`, one a line. `resolve alloc --write` keeps it.
    package static let allocations = FieldTable(isOpen: true, [])
}
