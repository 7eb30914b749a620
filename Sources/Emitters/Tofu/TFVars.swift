internal import SiteModel

extension OutputFormat {
    /// `resolve env`, `resolve vm`: variables for OpenTofu, as `terraform.tfvars.json` (DESIGN §6, *env*).
    package static let tfvars = OutputFormat(
        name: "env", summary: "OpenTofu variables of an env on a node",
        document: { subject in
            guard case .deployment(let deployment) = subject else { return nil }
            var fields: Fields = [
                "node": deployment.node,
                "api_endpoint": deployment.apiEndpoint,
                "api_token": deployment.apiToken,
                "ssh_user": deployment.hostUser,
                "automation_user": deployment.vmUser,
                "ssh_host": deployment.sshHost,
                "datastore": deployment.datastore,
                "root_password": deployment.rootPassword,
                "ssh_keys": deployment.sshKeys,
                "spec_server": deployment.serverURL,
            ]
            if let servers = deployment.dnsServers { fields.set("dns_servers", servers) }
            fields.set("vms", Value(.list(deployment.vms.map { Value(.map($0), .computed) }), .computed))
            return Value(.map(fields), .computed)
        })
}
