package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// What OpenTofu needs to make VMs on a node (DESIGN §6, *env*).
    ///
    /// - Parameter chosen: the reference that named the node; nil if the command line or nothing did.
    package func deployment(
        of machines: Deployment.Machines, on node: BoundEntity, chosen: Lineage? = nil
    ) -> (deployment: Deployment, diagnostics: [Diagnostic]) {
        let token = apiToken(of: node)
        var machines = machines
        if let chosen { machines.lineage.append(chosen) }
        let name = Value.string(node.id.name.text, Origin(node.start, .node))
        let deployment = Deployment(
            node: node.fields.entry("node") ?? Fields.Entry("node", name, rule: .fileName),
            apiEndpoint: node.fields.entry("api_endpoint") ?? .builtIn("api_endpoint", ""),
            apiToken: token.entry,
            hostUser: hostUser(of: node),
            vmUser: vmUser,
            sshHost: sshHost(of: node),
            datastore: node.fields.entry("datastore") ?? .builtIn("datastore", ""),
            rootPassword: optionalSecret(["passwords", "vm_root"]).map {
                Fields.Entry("root_password", $0, rule: .derived("passwords.vm_root"))
            } ?? .builtIn("root_password", ""),
            sshKeys: sshKeys,
            serverURL: .builtIn("server_url", "").overridden(by: defaults.entry("server_url")),
            dnsServers: defaults.entry("dns_servers"),
            machines: machines)
        let endpoint = node.fields.contains("api_endpoint") ? [] : [Diagnostic.noEndpoint(node)]
        return (deployment, token.diagnostics + endpoint)
    }

    /// The user made on VMs.
    var vmUser: Fields.Entry { .builtIn("vm_user", "homestak").overridden(by: defaults.entry("vm_user")) }

    /// Every `secrets.ssh_keys` value, in the order of the file.
    var sshKeys: Fields.Entry {
        let rule = Rule.derived("all of ssh_keys")
        if case .unchecked = secrets {
            let all = Value(.secret(SecretRef(["ssh_keys", "*"], .unknown)), Origin(nil, .secrets))
            return Fields.Entry("ssh_keys", Value(.list([all]), all.origin), rule: rule)
        }
        let keys = optionalSecret(["ssh_keys"])
        let values = keys?.map?.entries.map(\.value) ?? []
        return Fields.Entry("ssh_keys", Value(.list(values), keys?.origin ?? .builtIn), rule: rule)
    }

    private func apiToken(of node: BoundEntity) -> (entry: Fields.Entry, diagnostics: [Diagnostic]) {
        func entry(_ value: Value?, _ steps: [Key], _ step: Step) -> Fields.Entry {
            value.map { Fields.Entry("api_token", $0, rule: .derived(SecretRef.path(steps)), via: [step]) }
                ?? .builtIn("api_token", "", via: [step])
        }
        guard let written = node.fields["api_token"] else {
            let label = "without api_token, the node's own name is looked up"
            let steps: [Key] = ["api_tokens", node.id.name]
            let found = secret(steps, neededAt: node.start, label)
            let step = Step("api_token", at: node.start, isWritten: false, to: SecretRef.path(steps))
            return (entry(found.value, steps, step), found.diagnostics)
        }
        guard let name = written.name else {
            return (Fields.Entry("api_token", .string("", written.origin), rule: .derived("api_token is null")), [])
        }
        // That a written name exists is checked with the other references.
        let steps: [Key] = ["api_tokens", Key(name)]
        let step = Step("api_token", at: written.origin.span, to: SecretRef.path(steps))
        return (entry(optionalSecret(steps), steps, step), [])
    }

    private func sshHost(of node: BoundEntity) -> Fields.Entry {
        let ip = node.fields.entry("ip")
        if let endpoint = node.fields["api_endpoint"], let url = endpoint.string,
            ["localhost", "127.0.0.1"].contains(URLHost.name(in: url))
        {
            return Fields.Entry(
                "ssh_host", .string("127.0.0.1", endpoint.origin), rule: .derived("api_endpoint is local"),
                beat: ip.map { [$0.value] } ?? [])
        }
        return ip ?? .builtIn("ssh_host", "")
    }
}

/// The host of a URL (RFC 3986, 3.2.2), or of `host:port`.
enum URLHost {
    /// In lower case; an IPv6 address without its brackets.
    static func name(in url: String) -> String {
        let letters = url.utf8
        var rest = letters[...]
        for index in letters.indices where letters[index...].starts(with: "://".utf8) {
            rest = letters[letters.index(index, offsetBy: 3)...]
            break
        }
        let ends = [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")]
        var host = rest.prefix { !ends.contains($0) }
        if let at = host.lastIndex(of: UInt8(ascii: "@")) { host = host[host.index(after: at)...] }
        if host.first == UInt8(ascii: "[") {
            host = host.dropFirst().prefix { $0 != UInt8(ascii: "]") }
        } else {
            host = host.prefix { $0 != UInt8(ascii: ":") }
        }
        return String(Substring(host)).lowercased()
    }
}

extension Fields.Entry {
    /// What `resolve` supplies where nothing is written.
    static func builtIn(_ key: Key, _ text: String, via: [Step] = []) -> Fields.Entry {
        Fields.Entry(key, .string(text, .builtIn), rule: .whenAbsent, via: via)
    }
}

extension Diagnostic {
    fileprivate static func noEndpoint(_ node: BoundEntity) -> Diagnostic {
        Diagnostic(
            .missingField, .warning, "this node has no api_endpoint, so OpenTofu gets an empty one", at: node.start,
            help: "add `api_endpoint: https://HOST:8006`")
    }
}
