package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// What OpenTofu needs to make `vms` on a node (DESIGN §6, *env*).
    package func deployment(of vms: [Fields], on node: BoundEntity) -> (
        deployment: Deployment, diagnostics: [Diagnostic]
    ) {
        let token = apiToken(of: node)
        let deployment = Deployment(
            node: node.fields["node"] ?? .string(node.id.name.text, .computed),
            apiEndpoint: node.fields["api_endpoint"] ?? .string("", .builtIn),
            apiToken: token.value,
            hostUser: node.fields["host_user"] ?? defaults["host_user"] ?? .string("root", .builtIn),
            vmUser: defaults["vm_user"] ?? .string("homestak", .builtIn),
            sshHost: sshHost(of: node),
            datastore: node.fields["datastore"] ?? .string("", .builtIn),
            rootPassword: optionalSecret(["passwords", "vm_root"]) ?? .string("", .builtIn),
            sshKeys: sshKeys,
            serverURL: defaults["server_url"] ?? .string("", .builtIn),
            dnsServers: defaults["dns_servers"],
            vms: vms)
        let endpoint = node.fields.contains("api_endpoint") ? [] : [Diagnostic.noEndpoint(node)]
        return (deployment, token.diagnostics + endpoint)
    }

    /// Every `secrets.ssh_keys` value, in the order of the file.
    var sshKeys: Value {
        if case .unchecked = secrets {
            return Value(.list([Value(.secret(SecretRef(["ssh_keys", "*"], .unknown)), .builtIn)]), .builtIn)
        }
        let keys = optionalSecret(["ssh_keys"])
        return Value(.list(keys?.map?.entries.map(\.value) ?? []), keys?.origin ?? .builtIn)
    }

    private func apiToken(of node: BoundEntity) -> (value: Value, diagnostics: [Diagnostic]) {
        let none = Value.string("", .builtIn)
        guard let written = node.fields["api_token"] else {
            let label = "without api_token, the node's own name is looked up"
            let found = secret(["api_tokens", node.id.name], neededAt: node.start, label)
            return (found.value ?? none, found.diagnostics)
        }
        // That a written name exists is checked with the other references.
        return (written.name.flatMap { optionalSecret(["api_tokens", Key($0)]) } ?? none, [])
    }

    private func sshHost(of node: BoundEntity) -> Value {
        if let endpoint = node.fields["api_endpoint"]?.string,
            ["localhost", "127.0.0.1"].contains(host(ofURL: endpoint))
        {
            return .string("127.0.0.1", .computed)
        }
        return node.fields["ip"] ?? .string("", .builtIn)
    }

    /// The host of a URL, or of `host:port`.
    private func host(ofURL url: String) -> String {
        var rest = url[...]
        for index in url.indices where url[index...].hasPrefix("://") {
            rest = url[url.index(index, offsetBy: 3)...]
            break
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return String(host.prefix { $0 != ":" }).lowercased()
    }
}

extension Diagnostic {
    fileprivate static func noEndpoint(_ node: BoundEntity) -> Diagnostic {
        Diagnostic(
            .missingField, .warning, "this node has no api_endpoint, so OpenTofu gets an empty one", at: node.start,
            help: "add `api_endpoint: https://HOST:8006`")
    }
}
