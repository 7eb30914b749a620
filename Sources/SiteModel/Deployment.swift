/// One env on one node, everything resolved: what OpenTofu needs to make its VMs.
package struct Deployment: Sendable {
    /// The node's name in Proxmox.
    package var node: Value
    package var apiEndpoint: Value
    package var apiToken: Value
    /// The user for SSH to the node.
    package var hostUser: Value
    /// The user made on the VMs.
    package var vmUser: Value
    package var sshHost: Value
    package var datastore: Value
    package var rootPassword: Value
    package var sshKeys: Value
    package var serverURL: Value
    /// Present when the site sets it.
    package var dnsServers: Value?
    /// The merged fields of each VM.
    package var vms: [Fields]

    package init(
        node: Value, apiEndpoint: Value, apiToken: Value, hostUser: Value, vmUser: Value, sshHost: Value,
        datastore: Value, rootPassword: Value, sshKeys: Value, serverURL: Value, dnsServers: Value?, vms: [Fields]
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
        self.vms = vms
    }
}
