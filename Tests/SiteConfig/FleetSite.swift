import TestSupport

/// A site whose machines Ansible and Prometheus are told of, as it is before it is written.
struct FleetSite {
    struct VM {
        let name: String
        /// With a prefix, or `dhcp`; nil where it says nothing.
        var address: String?

        /// Where it is always reached.
        var staticAddress: String? { address.flatMap { $0 == "dhcp" ? nil : String($0.prefix { $0 != "/" }) } }
    }

    struct Env {
        let name: String
        var variables: [Said.Entry] = []
        var vms: [VM] = []
    }

    struct Node {
        let name: String
        var address: String?
        var user: String?
    }

    /// A physical machine.
    struct Machine {
        let name: String
        var address: String?
        /// Whether its address stands on its bridge, with a prefix, and not in `ip`.
        var isBridged = false
        var user: String?
        var accessUser: String?
        var port: Int?
    }

    /// A file of `groups/`.
    struct Group {
        let name: String
        var children: [String] = []
        var hosts: [String] = []
        var components: [String] = []
        var envs: [String] = []
        var variables: [Said.Entry] = []
        var connection: Connection?
    }

    typealias Label = (key: String, value: OrderedJSON)

    enum Connection {
        case ssh, local
        case incus(remote: String?, project: String?)
    }

    struct Metric {
        var job: String?
        /// As it is written: a number or a name.
        var port: String?
        var path: String?
        var scheme: String?
        var labels: [Label] = []
    }

    /// What a component says of metrics; nil where it says nothing and may inherit.
    struct Scraped {
        let component: String
        var ports: [(name: String, number: Int)]?
        var metrics: [Metric]?
    }

    struct Probe {
        let name: String
        var job: String?
        var module: String?
        var labels: [Label] = []
        var targets: [Target] = []

        struct Target {
            let url: String
            /// Whether it is a map, though it says no more.
            var isMap = false
            var module: String?
            var labels: [Label] = []
        }
    }

    /// Components, host groups and secrets.
    var salt = SaltSite()
    var hostUser: String?
    var vmUser: String?
    var envs: [Env] = []
    var nodes: [Node] = []
    var machines: [Machine] = []
    var groups: [Group] = []
    var scraped: [Scraped] = []
    var nodeMetrics: [Metric] = []
    var machineMetrics: [Metric] = []
    var vmMetrics: [Metric] = []
    var probes: [Probe] = []

    // MARK: Its files

    /// Components with what they say of metrics, and host groups.
    var watchedSalt: SaltSite {
        var salt = salt
        for index in salt.components.indices {
            let name = salt.components[index].name
            salt.components[index].fields += scraped.first { $0.component == name }?.fields ?? []
        }
        return salt
    }

    /// The texts by their paths.
    var files: [String: String] {
        var files = watchedSalt.files
        files["site.yaml", default: ""] += siteFields.lines
        for env in envs {
            files["envs/\(env.name).yaml"] =
                env.variables.field("vars").lines + "vms: \(OrderedJSON.list(env.vms.map(\.json)).text)\n"
        }
        for node in nodes { files["nodes/\(node.name).yaml"] = node.fields.lines }
        for machine in machines { files["hosts/\(machine.name).yaml"] = machine.fields.lines }
        for group in groups { files["groups/\(group.name).yaml"] = group.fields.lines }
        for probe in probes { files["probes/\(probe.name).yaml"] = probe.fields.lines }
        return files
    }

    private var siteFields: [Said.Entry] {
        let metrics = [("nodes", nodeMetrics), ("hosts", machineMetrics), ("vms", vmMetrics)].filter { !$0.1.isEmpty }
        return (text("host_user", hostUser) + text("vm_user", vmUser)).field("defaults")
            + metrics.map { Said.Entry($0, .list($1.map(\.json))) }.field("metrics")
    }

    /// For a person who looks for what went wrong.
    var shown: String { files.sorted { $0.key < $1.key }.map { "-- \($0.key) --\n\($0.value)" }.joined() }
}

private func text(_ key: String, _ text: String?) -> [Said.Entry] {
    text.map { [Said.Entry(key, .value(.string($0)))] } ?? []
}

private func pair(_ key: String, _ text: String?) -> [FleetSite.Label] { text.map { [(key, .string($0))] } ?? [] }

private func number(_ key: String, _ digits: String?) -> [Said.Entry] {
    digits.map { [Said.Entry(key, .value(.number($0)))] } ?? []
}

private func texts(_ key: String, _ texts: [String]) -> [Said.Entry] {
    texts.isEmpty ? [] : [Said.Entry(key, .list(texts.map { .string($0) }))]
}

extension [Said.Entry] {
    /// As a map under a key, if there is any.
    fileprivate func field(_ key: String) -> [Said.Entry] { isEmpty ? [] : [Said.Entry(key, .map(self))] }
}

extension FleetSite.VM {
    fileprivate var json: OrderedJSON { .map(pair("name", name) + pair("ip", address)) }
}

extension FleetSite.Node {
    fileprivate var fields: [Said.Entry] {
        [.init("datastore", .value(.string("local"))), .init("api_token", .value(.null))]
            + text("ip", address) + text("host_user", user)
    }
}

extension FleetSite.Machine {
    fileprivate var fields: [Said.Entry] {
        let bridge = text("address", isBridged ? address.map { $0 + "/24" } : nil)
        return text("ip", isBridged ? nil : address) + text("host_user", user)
            + bridge.field("vmbr0").field("interfaces").field("network")
            + (text("host_user", accessUser) + number("ssh_port", port.map(String.init))).field("access")
    }
}

extension FleetSite.Group {
    fileprivate var fields: [Said.Entry] {
        texts("children", children) + texts("hosts", hosts) + texts("components", components) + texts("envs", envs)
            + variables.field("vars") + (connection.map { [.init("connection", $0.said)] } ?? [])
            + text("description", name)
    }
}

extension FleetSite.Connection {
    fileprivate var said: Said {
        switch self {
        case .ssh: .value(.string("ssh"))
        case .local: .value(.string("local"))
        case .incus(nil, nil): .value(.string("incus"))
        case .incus(let remote, let project):
            .map(text("type", "incus") + text("remote", remote) + text("project", project))
        }
    }
}

extension [FleetSite.Label] {
    /// As a map under `labels`, if there are any.
    fileprivate var field: [FleetSite.Label] { isEmpty ? [] : [("labels", .map(self))] }
}

extension FleetSite.Metric {
    var json: OrderedJSON {
        // A port's number stands as it is, its name is quoted.
        let isNumber = port?.allSatisfy(\.isNumber) ?? false
        let port = port.map { [("port", isNumber ? OrderedJSON.number($0) : .string($0))] } ?? []
        return .map(pair("job", job) + port + pair("path", path) + pair("scheme", scheme) + labels.field)
    }
}

extension FleetSite.Scraped {
    fileprivate var fields: [Said.Entry] {
        let ports = ports.map { [Said.Entry("ports", .map($0.flatMap { number($0.name, String($0.number)) }))] }
        let metrics = metrics.map { [Said.Entry("metrics", .list($0.map(\.json)))] }
        return (ports ?? []) + (metrics ?? [])
    }
}

extension FleetSite.Probe {
    fileprivate var fields: [Said.Entry] {
        let labels: [Said.Entry] = labels.isEmpty ? [] : [.init("labels", .value(.map(labels)))]
        return text("job", job) + text("module", module) + labels + [.init("targets", .list(targets.map(\.json)))]
    }
}

extension FleetSite.Probe.Target {
    fileprivate var json: OrderedJSON {
        let more = pair("module", module) + labels.field
        return more.isEmpty && !isMap ? .string(url) : .map(pair("url", url) + more)
    }
}
