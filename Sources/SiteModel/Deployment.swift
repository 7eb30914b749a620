/// One env on one node, everything resolved: what OpenTofu needs to make its VMs. Each entry knows what set it.
package struct Deployment: Sendable {
    /// The node's name in Proxmox.
    package var node: Fields.Entry
    package var apiEndpoint: Fields.Entry
    package var apiToken: Fields.Entry
    /// The user for SSH to the node.
    package var hostUser: Fields.Entry
    /// The user made on the VMs.
    package var vmUser: Fields.Entry
    package var sshHost: Fields.Entry
    package var datastore: Fields.Entry
    package var rootPassword: Fields.Entry
    package var sshKeys: Fields.Entry
    package var serverURL: Fields.Entry
    /// Present when the site sets it.
    package var dnsServers: Fields.Entry?
    package var machines: Machines

    package init(
        node: Fields.Entry, apiEndpoint: Fields.Entry, apiToken: Fields.Entry, hostUser: Fields.Entry,
        vmUser: Fields.Entry, sshHost: Fields.Entry, datastore: Fields.Entry, rootPassword: Fields.Entry,
        sshKeys: Fields.Entry, serverURL: Fields.Entry, dnsServers: Fields.Entry?, machines: Machines
    ) {
        self.node = node
        self.apiEndpoint = apiEndpoint
        self.apiToken = apiToken
        self.hostUser = hostUser
        self.vmUser = vmUser
        self.sshHost = sshHost
        self.datastore = datastore
        self.rootPassword = rootPassword
        self.sshKeys = sshKeys
        self.serverURL = serverURL
        self.dnsServers = dnsServers
        self.machines = machines
    }

    /// The VMs.
    package struct Machines: Sendable {
        /// The merged fields of each; none where they are left in their parts.
        package var vms: [Fields]
        /// The VMs in their parts.
        package var rows: (any MachineRows)?
        /// The list of them: where it is written, and what it beat.
        package var list: Fields.Entry
        /// How the files took part that they come from.
        package var lineage: [Lineage]

        /// The names of those that have one.
        package var names: [String] {
            if let rows { return rows.names }
            let vms = vms.span
            var names: [String] = []
            names.reserveCapacity(vms.count)
            for place in vms.indices {
                if let name = vms[place].text("name") ?? vms[place]["name"]?.name { names.append(name) }
            }
            return names
        }

        package init(
            _ vms: [Fields] = [], _ list: Fields.Entry = Fields.Entry("vms", Value(.list([]), .builtIn)),
            lineage: [Lineage] = [], rows: (any MachineRows)? = nil
        ) {
            self.vms = vms
            self.rows = rows
            self.list = list
            self.lineage = lineage
        }
    }
}
