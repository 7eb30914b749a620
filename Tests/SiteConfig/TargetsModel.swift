import TestSupport

/// What DESIGN §9 says of targets, once more and without any haste, from the site as it was written.
struct TargetsModel {
    struct Target {
        let job: String
        let address: String
        let labels: [(key: String, value: String)]
        /// The machine's name; nil for a probe.
        var machine: String?
        /// How near the file is that tells of it: a minion's is nearest.
        var distance = 0

        /// What is asked, of whom, and by which job.
        var place: String {
            let request = labels.filter { $0.key.hasPrefix("__") }.map { $0.key + "=" + $0.value }
            return ([job, address] + request.sorted()).joined(separator: " ")
        }
    }

    private let site: FleetSite
    private let env: String?
    private let salt: PillarModel
    /// All of them, each as often as something leads to it.
    private(set) var targets: [Target] = []
    /// Every job that somebody names, whether or not anything is scraped for it.
    private(set) var jobs: [String] = []
    /// The codes of what is wrong.
    private(set) var mistakes: Set<String> = []
    /// Whether a machine is to be watched of which nobody says an address.
    private(set) var isBlind = false
    /// Machines whose own file says none.
    private var unseen: [String] = []

    init(site: FleetSite, env: String? = nil) {
        self.site = site
        self.env = env
        salt = PillarModel(site: site.watchedSalt)
        let plain = Set(addMinions() + addMachines())
        let probed = Set(addProbes())
        jobs = plain.union(probed).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        if !plain.isDisjoint(with: probed) { mistakes.insert("R0712") }
        let all = targets
        // Another file may say where the machine is.
        isBlind = isBlind || unseen.contains { name in !all.contains { $0.machine == name } }
        targets = all.filter { target in
            target.machine == nil
                || !all.contains {
                    $0.machine == target.machine && $0.place == target.place && $0.distance < target.distance
                }
        }
    }

    // MARK: Minions

    private mutating func addMinions() -> [String] {
        let own = site.envs.first { $0.name == env }?.vms.filter { $0.staticAddress != nil }.map(\.name) ?? []
        let wanted = salt.minions.filter { minion in
            let named = salt.env(of: minion.group)
            return env == nil || named == env || (named == nil && own.contains(minion.id))
        }
        for minion in wanted {
            for component in salt.components(of: minion.group, minion.instance) { add(component, of: minion) }
        }
        // What a component says is wrong or not, whoever runs it.
        return site.salt.components.map(\.name).flatMap { name in
            metrics(of: name).map { metric in
                if port(of: metric, name) == nil { mistakes.insert(metric["port"] == nil ? "R0711" : "R0201") }
                return job(of: metric) ?? name
            }
        }
    }

    private func metrics(of component: String) -> [OrderedJSON] {
        salt.field("metrics", of: component)?.items ?? []
    }

    private func job(of metric: OrderedJSON) -> String? { metric["job"]?.string }

    private mutating func add(_ component: String, of minion: PillarModel.Minion) {
        let (group, label) = salt.names(of: minion.group)
        for metric in metrics(of: component) {
            guard let port = port(of: metric, component) else { continue }
            let own: [FleetSite.Label] = [
                ("minion", .string(minion.id)), ("group", .string(group)), ("label", .string(label)),
                ("env", salt.env(of: minion.group).map { .string($0) } ?? .null), ("component", .string(component)),
            ]
            isBlind = isBlind || minion.instance.address == nil
            add(
                job(of: metric) ?? component, minion.instance.address, port, own + salt.map("labels", of: minion),
                metric)
        }
    }

    /// Its number, or what the component calls so; `ports.metrics` if it says nothing.
    private func port(of metric: OrderedJSON, _ component: String) -> String? {
        let port = metric["port"] ?? .string("metrics")
        if case .number(let number) = port { return number }
        let named = salt.field("ports", of: component)?[port.string ?? ""]
        if case .number(let number)? = named { return number }
        return nil
    }

    private mutating func add(
        _ job: String, _ address: String?, _ port: String, _ labels: [FleetSite.Label], _ metric: OrderedJSON,
        distance: Int = 0
    ) {
        guard let address else { return }
        let host = address.contains(":") ? "[\(address)]" : address
        let name = labels.first?.value.string
        var labels = labels + (metric["labels"]?.entries ?? [])
        if let path = metric["path"]?.string, path != "/metrics" { labels.append(("__metrics_path__", .string(path))) }
        if let scheme = metric["scheme"]?.string, scheme != "http" { labels.append(("__scheme__", .string(scheme))) }
        targets.append(
            Target(
                job: job, address: "\(host):\(port)", labels: Self.written(labels), machine: name, distance: distance))
    }

    /// Of labels of one name the last, in the place of the first; texts all of them, and none of them empty.
    private static func written(_ labels: [FleetSite.Label]) -> [(key: String, value: String)] {
        var names: [String] = []
        for label in labels where !names.contains(label.key) { names.append(label.key) }
        return names.compactMap { name in
            switch labels.last(where: { $0.key == name })?.value {
            case nil, .null, .string(""): nil
            case .string(let text): (name, text)
            case .some(let value): (name, value.text)
            }
        }
    }

    // MARK: Other machines

    private mutating func addMachines() -> [String] {
        for metric in site.nodeMetrics where env == nil {
            for node in site.nodes {
                if node.address == nil { unseen.append(node.name) }
                add(metric, node.address, [("node", .string(node.name))], 2)
            }
        }
        for metric in site.machineMetrics where env == nil {
            for machine in site.machines {
                if machine.address == nil { unseen.append(machine.name) }
                add(metric, machine.address, [("host", .string(machine.name))], 3)
            }
        }
        for metric in site.vmMetrics {
            for owner in site.envs where env == nil || owner.name == env {
                for vm in owner.vms {
                    add(metric, vm.staticAddress, [("vm", .string(vm.name)), ("env", .string(owner.name))], 1)
                }
            }
        }
        return (site.nodeMetrics + site.machineMetrics + site.vmMetrics).compactMap(\.job)
    }

    /// - Parameter labels: its name first.
    private mutating func add(
        _ metric: FleetSite.Metric, _ address: String?, _ labels: [FleetSite.Label], _ distance: Int
    ) {
        add(metric.job ?? "", address, metric.port ?? "", labels, metric.json, distance: distance)
    }

    // MARK: Probes

    private mutating func addProbes() -> [String] {
        for probe in site.probes where env == nil {
            for target in probe.targets {
                let module = target.module ?? probe.module
                let own = module.map { [("__param_module", OrderedJSON.string($0))] } ?? []
                targets.append(
                    Target(
                        job: probe.job ?? probe.name, address: target.url,
                        labels: Self.written(probe.labels + target.labels + own)))
            }
        }
        return site.probes.map { $0.job ?? $0.name }
    }

    // MARK: What is looked at twice

    /// Whether one job has a target twice, with the same request and other labels.
    var hasTwins: Bool {
        let places = Dictionary(grouping: targets, by: \.place)
        return places.values.contains { targets in
            Set(targets.map { OrderedJSON.map($0.labels.map { ($0.key, .string($0.value)) }).sortedText }).count > 1
        }
    }

    /// Whether one job has a target twice, whatever is asked for there.
    var mayHaveTwins: Bool { Set(targets.map { $0.job + " " + $0.address }).count < targets.count }

    // MARK: The list

    /// An entry for each set of labels; nil where two sets are one in another order, so that it is not said which.
    func list(of job: String?) -> OrderedJSON? {
        let wanted = targets.filter { job == nil || $0.job == job }
        var sets: [String: (labels: OrderedJSON, addresses: Set<String>)] = [:]
        for target in wanted {
            let labels = OrderedJSON.map(target.labels.map { ($0.key, .string($0.value)) })
            sets[labels.text, default: (labels, [])].addresses.insert(target.address)
        }
        guard Set(sets.values.map(\.labels.sortedText)).count == sets.count else { return nil }
        let sorted = sets.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return .list(
            sorted.map { _, set in
                let addresses = set.addresses.sorted { NaturalKey($0) < NaturalKey($1) }
                return .map([("targets", .list(addresses.map { .string($0) })), ("labels", set.labels)])
            })
    }
}

extension OrderedJSON {
    /// On lines, two spaces a level.
    func lines(_ indentation: String = "") -> String {
        let inner = indentation + "  "
        func block(_ lines: [String], _ open: String, _ close: String) -> String {
            if lines.isEmpty { return open + close }
            return open + "\n" + lines.map { inner + $0 }.joined(separator: ",\n") + "\n" + indentation + close
        }
        return switch self {
        case .list(let items): block(items.map { $0.lines(inner) }, "[", "]")
        case .map(let entries):
            block(entries.map { $0.key.debugDescription + ": " + $0.value.lines(inner) }, "{", "}")
        default: text
        }
    }

    /// What Prometheus reads of it: each address with each of its labels.
    var pairs: Set<String> {
        Set(
            items.flatMap { entry in
                (entry["targets"]?.items ?? []).map { $0.text + " " + (entry["labels"]?.sortedText ?? "") }
            })
    }
}
