package import SiteModel

/// Machines in their parts, as a test says them.
package final class ListedMachines: MachineRows {
    private let rows: [MachineRow]

    package init(_ rows: [MachineRow]) { self.rows = rows }

    package var count: Int { rows.count }
    package var names: [String] { [] }
    package subscript(index: Int) -> MachineRow { rows[index] }
}
