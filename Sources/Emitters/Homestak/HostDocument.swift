internal import SiteModel

extension OutputFormat {
    /// `resolve host`: how to reach a machine (DESIGN §6, *host*).
    package static let host = OutputFormat(
        name: "host", summary: "How to reach a machine",
        document: { subject in
            guard case .host(let host) = subject else { return nil }
            let fields = Fields([
                host.name.named("name"),
                host.source.named("source"),
                host.node.named("node"),
                host.sshHost.named("ssh_host"),
                host.hostUser.named("ssh_user"),
                host.sshPort.named("ssh_port"),
                host.vmUser.named("automation_user"),
                host.apiEndpoint.named("api_endpoint"),
                host.apiToken.named("api_token"),
                host.datastore.named("datastore"),
                host.imageRelease.named("packer_release"),
                host.isHostOnly.named("is_host_only"),
            ])
            return Value(.map(fields), .nowhere)
        })
}
