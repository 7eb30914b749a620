internal import SiteModel

extension OutputFormat {
    /// `resolve env`, `resolve vm`: variables for OpenTofu, as `terraform.tfvars.json` (DESIGN §6, *env*).
    package static let tfvars = OutputFormat(
        name: "env", summary: "OpenTofu variables of an env on a node",
        syntax: { subject in
            guard case .deployment(let deployment) = subject, let rows = deployment.machines.rows else {
                return .json()
            }
            return .jsonOfMachines(MachineList("vms", rows))
        },
        document: { subject in
            guard case .deployment(let deployment) = subject else { return nil }
            let machines = deployment.machines
            let vms = machines.vms.map { Value(.map($0), machines.list.value.origin) }
            var fields = Fields(
                [
                    deployment.node.named("node"),
                    deployment.apiEndpoint.named("api_endpoint"),
                    deployment.apiToken.named("api_token"),
                    deployment.hostUser.named("ssh_user"),
                    deployment.vmUser.named("automation_user"),
                    deployment.sshHost.named("ssh_host"),
                    deployment.datastore.named("datastore"),
                    deployment.rootPassword.named("root_password"),
                    deployment.sshKeys.named("ssh_keys"),
                    deployment.serverURL.named("spec_server"),
                    deployment.dnsServers?.named("dns_servers"),
                    Fields.Entry(
                        "vms", keySpan: machines.list.keySpan, Value(.list(vms), machines.list.value.origin),
                        rule: .ofItems, beat: machines.list.beat),
                ].compactMap(\.self))
            fields.lineage = machines.lineage
            return Value(.map(fields), .nowhere)
        })
}
