/// A manifest as a graph: machines, which of them run on which, and the orders in which they are made and destroyed.
package struct ManifestGraph: Sendable {
    /// What stands above the nodes: `name`, `description`, `pattern`, `execution`, `settings`, defaults filled in.
    package var head: Fields
    /// In the order of the file.
    package var nodes: [Node]
    /// The list of them.
    package var list: Fields.Entry
    /// Places in `nodes`: breadth-first from the roots, in the order of the file.
    package var createOrder: [Int]
    /// What stands for it in `allocations.yaml`.
    package let group: String
    /// How the files took part that values come from.
    package var lineage: [Lineage]

    package init(
        head: Fields, nodes: [Node], list: Fields.Entry, createOrder: [Int], group: String, lineage: [Lineage] = []
    ) {
        self.head = head
        self.nodes = nodes
        self.list = list
        self.createOrder = createOrder
        self.group = group
        self.lineage = lineage
    }

    /// One machine.
    package struct Node: Sendable {
        /// By the names of version 2, `null` for what is absent.
        package var fields: Fields
        /// The node that it runs on, as a place in the list; nil for a root.
        package var parent: Int?
        /// What OpenTofu needs to make it; only of roots, and only if a hypervisor is named.
        package var deployment: Deployment?

        package init(_ fields: Fields, parent: Int?) {
            self.fields = fields
            self.parent = parent
        }

        package var name: String { fields["name"]?.name ?? "" }

        /// What a level adds to the numbers of its env.
        package var offset: Int { fields["vmid_offset"]?.integer ?? 0 }
    }

    /// What of a manifest is written.
    package enum Form: Sendable {
        /// The graph, with its orders.
        case graph
        /// The two orders alone.
        case order
        /// The nodes as a manifest of version 2.
        case source
    }
}
