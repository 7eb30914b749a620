/// How a machine is reached: a Proxmox node, or a physical machine that is none yet.
package struct HostAccess: Sendable {
    package var name: Fields.Entry
    /// `node` or `host`: the kind of file that describes it.
    package var source: Fields.Entry
    /// The node's name in Proxmox.
    package var node: Fields.Entry
    package var sshHost: Fields.Entry
    package var hostUser: Fields.Entry
    package var sshPort: Fields.Entry
    /// The user made on its VMs.
    package var vmUser: Fields.Entry
    package var apiEndpoint: Fields.Entry
    package var apiToken: Fields.Entry
    package var datastore: Fields.Entry
    package var imageRelease: Fields.Entry
    /// Whether it is described as a machine only, without Proxmox.
    package var isHostOnly: Fields.Entry

    package init(
        name: Fields.Entry, source: Fields.Entry, node: Fields.Entry, sshHost: Fields.Entry, hostUser: Fields.Entry,
        sshPort: Fields.Entry, vmUser: Fields.Entry, apiEndpoint: Fields.Entry, apiToken: Fields.Entry,
        datastore: Fields.Entry, imageRelease: Fields.Entry, isHostOnly: Fields.Entry
    ) {
        self.name = name
        self.source = source
        self.node = node
        self.sshHost = sshHost
        self.hostUser = hostUser
        self.sshPort = sshPort
        self.vmUser = vmUser
        self.apiEndpoint = apiEndpoint
        self.apiToken = apiToken
        self.datastore = datastore
        self.imageRelease = imageRelease
        self.isHostOnly = isHostOnly
    }
}
