package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// How to reach a node (DESIGN §6, *host*).
    package func access(toNode node: BoundEntity) -> (access: HostAccess, diagnostics: [Diagnostic]) {
        let compiled = deployment(of: Deployment.Machines(), on: node)
        let deployment = compiled.deployment
        let access = HostAccess(
            name: name(of: node, .node), source: source("node", of: node, .node), node: deployment.node,
            sshHost: sshHost(of: node, deployment), hostUser: deployment.hostUser,
            sshPort: Self.builtInPort, vmUser: deployment.vmUser,
            apiEndpoint: deployment.apiEndpoint, apiToken: deployment.apiToken, datastore: deployment.datastore,
            imageRelease: imageRelease.overridden(by: node.fields.entry("image_release")),
            isHostOnly: isHostOnly(false, node, .node))
        let missing = access.sshHost.value.string?.isEmpty == true ? [Diagnostic.noAddress(node, strictness)] : []
        return (access, compiled.diagnostics + missing)
    }

    /// How to reach a machine that is no node yet.
    package func access(toHost host: BoundEntity) -> (access: HostAccess, diagnostics: [Diagnostic]) {
        let address = address(of: host)
        let access = HostAccess(
            name: name(of: host, .host), source: source("host", of: host, .host), node: .builtIn("node", ""),
            sshHost: address ?? .builtIn("ssh_host", ""),
            hostUser: hostUser(of: host),
            sshPort: Self.builtInPort.overridden(by: host.fields["access"]?.map?.entry("ssh_port")), vmUser: vmUser,
            apiEndpoint: .builtIn("api_endpoint", ""), apiToken: .builtIn("api_token", ""),
            datastore: .builtIn("datastore", ""), imageRelease: imageRelease,
            isHostOnly: isHostOnly(true, host, .host))
        return (access, address == nil ? [.noAddress(host, strictness)] : [])
    }

    /// The user for SSH to a node or a physical machine: its `access`, else itself, else the site, else root.
    func hostUser(of machine: BoundEntity) -> Fields.Entry {
        let access = machine.fields["access"]?.map
        return .builtIn("host_user", "root").overridden(by: defaults.entry("host_user"))
            .overridden(by: machine.fields.entry("host_user")).overridden(by: access?.entry("host_user"))
    }

    private static let builtInPort = Fields.Entry("ssh_port", Value(.integer(22), .builtIn), rule: .whenAbsent)

    private var imageRelease: Fields.Entry {
        .builtIn("image_release", "latest").overridden(by: defaults.entry("image_release"))
    }

    private func name(of entity: BoundEntity, _ layer: Layer) -> Fields.Entry {
        Fields.Entry("name", .string(entity.id.name.text, Origin(entity.start, layer)), rule: .fileName)
    }

    private func source(_ kind: String, of entity: BoundEntity, _ layer: Layer) -> Fields.Entry {
        let words = "it stands in \(entity.id.folder)/"
        return Fields.Entry("source", .string(kind, Origin(entity.start, layer)), rule: .derived(words))
    }

    private func isHostOnly(_ flag: Bool, _ entity: BoundEntity, _ layer: Layer) -> Fields.Entry {
        let words = "it stands in \(entity.id.folder)/"
        return Fields.Entry("is_host_only", Value(.bool(flag), Origin(entity.start, layer)), rule: .derived(words))
    }

    /// As for OpenTofu; without an address of its own, the host that the API is on.
    private func sshHost(of node: BoundEntity, _ deployment: Deployment) -> Fields.Entry {
        if let address = deployment.sshHost.value.string, !address.isEmpty {
            var entry = deployment.sshHost
            entry.value.content = .string(address.withoutPrefix)
            return entry
        }
        guard let endpoint = node.fields["api_endpoint"],
            let url = endpoint.string, case let host = URLHost.name(in: url), !host.isEmpty
        else { return deployment.sshHost }
        return Fields.Entry("ssh_host", .string(host, endpoint.origin), rule: .derived("the host of api_endpoint"))
    }

    /// A machine's `ip`, else the address of its bridge `vmbr0`, without the length of the prefix.
    func address(of host: BoundEntity) -> Fields.Entry? {
        if let ip = host.fields.entry("ip"), let text = ip.value.string, !text.isEmpty, text != "dhcp" {
            return Fields.Entry("ssh_host", keySpan: ip.keySpan, .string(text.withoutPrefix, ip.value.origin))
        }
        let bridge = host.fields["network"]?.map?["interfaces"]?.map?["vmbr0"]?.map
        guard let address = bridge?["address"], let text = address.string, !text.isEmpty, text != "dhcp" else {
            return nil
        }
        return Fields.Entry(
            "ssh_host", .string(text.withoutPrefix, address.origin), rule: .derived("the address of vmbr0"))
    }
}

extension Diagnostic {
    fileprivate static func noAddress(_ entity: BoundEntity, _ strictness: Strictness) -> Diagnostic {
        Diagnostic(
            .missingField, strictness.severity, "\(entity.path) has no address, so nothing can reach it",
            at: entity.start,
            help: entity.id.kind == .node
                ? "add `ip:`, or an api_endpoint" : "add `ip:`, or the address of network.interfaces.vmbr0")
    }
}
