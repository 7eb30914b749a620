package import Diagnostics
package import SiteModel

/// What of a site's targets is wanted.
package struct TargetSelection: Sendable {
    /// Nil for all jobs.
    package let job: Key?
    /// Whose minions and VMs alone are wanted: then nodes, physical machines and probes are left out.
    package let env: Key?

    package init(job: Key?, env: Key?) {
        self.job = job
        self.env = env
    }
}

extension LinkedSite {
    /// What Prometheus scrapes (DESIGN §9). Reports R0201, R0402, R0613 and R0710–R0714.
    ///
    /// - Parameters:
    ///   - vms: those with a static address, of all envs or of the one that is wanted.
    ///   - isCheck: whether machines of two envs at one place are no matter: they may be alternatives.
    package func targets(
        of selection: TargetSelection, _ vms: [Machine], isCheck: Bool = false
    ) -> (targets: ScrapeTargets, diagnostics: [Diagnostic]) {
        var gathering = TargetGathering(self, selection.env)
        gathering.gatherMinions(vms)
        gathering.gatherMachines(vms)
        gathering.gatherProbes()
        return gathering.finish(selection.job, isCheck: isCheck)
    }

    /// What is wrong with the targets of the whole site.
    ///
    /// Nobody reads the targets, so they are only made where two could be at one place, or a label hide another.
    package func checkTargets(_ vms: [Machine]) -> [Diagnostic] {
        for depth in [TargetGathering.Depth.hosts, .places] {
            var gathering = TargetGathering(self, nil, depth)
            gathering.gatherMinions(vms)
            gathering.gatherMachines(vms)
            gathering.gatherProbes()
            if let found = gathering.findings { return found }
        }
        return targets(of: TargetSelection(job: nil, env: nil), vms, isCheck: true).diagnostics
    }

    /// Every job that metrics or probes name.
    package var jobs: [Key] {
        var gathering = TargetGathering(self, nil, .hosts)
        gathering.gatherJobs()
        return gathering.jobs
    }

    /// Whether site.yaml wants something of nodes and physical machines to be scraped, and of VMs.
    package var scrapes: (machines: Bool, vms: Bool) {
        let metrics = entities[.site]?.fields["metrics"]?.map
        func wants(_ key: Key) -> Bool { metrics?[key]?.list?.isEmpty == false }
        return (wants("nodes") || wants("hosts"), wants("vms"))
    }
}

/// Targets while they are gathered: of what is nearest first, since one machine is scraped by a job once (DESIGN §9).
private struct TargetGathering {
    private let site: LinkedSite
    private let env: Key?
    private var targets: [ScrapeTargets.Target] = []
    private var diagnostics: [Diagnostic] = []
    /// Where each job is named first, by metrics and by probes.
    private var jobsOfMetrics: [Key: Span?] = [:]
    private var jobsOfProbes: [Key: Span?] = [:]
    private var labelsAreChecked: Set<Span> = []
    /// Machines that say no address.
    private var unreachable: [Machine] = []
    /// What is scraped of a machine, by the machine's name.
    private var scraped: [Key: [Scraped]] = [:]
    /// How many kinds of machines were gathered so far.
    private var round = 0
    private let depth: Depth
    private var places: [ScrapeTargets.Target.Place: Key?] = [:]
    /// Whether there may be something to say that only targets tell.
    private var isSuspicious = false

    /// What is made, since nobody may read the targets.
    enum Depth {
        /// Nothing; it is only seen whether no host is twice in an env, and so no target at one place with another.
        case hosts
        /// Where each target is, with its env.
        case places
        case targets
    }

    init(_ site: LinkedSite, _ env: Key?, _ depth: Depth = .targets) {
        self.site = site
        self.env = env
        self.depth = depth
    }

    /// Where a machine is scraped, and with which kind of machines that was found.
    private struct Scraped {
        let place: ScrapeTargets.Target.Place
        let round: Int
    }

    /// Whether a machine is scraped there anyway, as something nearer says.
    private func isKnown(_ place: ScrapeTargets.Target.Place, of machine: Key) -> Bool {
        scraped[machine]?.contains { $0.round < round && $0.place == place } ?? false
    }

    /// A machine, and what tells its targets from those of others.
    private struct Watched {
        let name: Key
        let address: Value
        /// Those that say which machine it is.
        var identity: [Fields.Entry] = []
        /// Those of the site.
        var labels: [Fields.Entry] = []
        let env: Key?
    }

    // MARK: Minions

    mutating func gatherMinions(_ vms: [Machine]) {
        let namesOfVMs = env == nil ? [] : Set(vms.map(\.name))
        let all = site.minions()
        diagnostics += all.diagnostics
        let metrics = metricsOfComponents()
        let graph = ComponentGraph(site)
        if depth != .hosts { scraped.reserveCapacity(all.minions.count) }
        if depth == .places { places.reserveCapacity(2 * all.minions.count) }
        var hosts = Set<HostOfEnv>(minimumCapacity: depth == .hosts ? all.minions.count : 0)
        var known: [EntityID: Shared] = [:]
        var last: (group: EntityID, shared: Shared)?
        var withoutAddress: [(group: EntityID, minions: [Minion])] = []
        for minion in all.minions {
            // Then it is looked at more closely anyway.
            if depth == .hosts, isSuspicious { return }
            guard let file = site.entities[minion.hostGroup] else { continue }
            if last?.group != file.id {
                let shared = known[file.id] ?? self.shared(file, graph, metrics)
                known[file.id] = shared
                last = (file.id, shared)
            }
            guard let shared = last?.shared else { continue }
            let labels = labels(of: minion, file, shared)
            let runs = minion.fields?.contains("components") == true
            let wanted =
                runs
                ? site.components(of: file, minion.fields, in: graph).filter { metrics[$0.id]?.isEmpty == false }
                : shared.wanted
            let own = minion.env.name.map { Key($0) }
            // A minion that is a VM of an env belongs to that env.
            guard !wanted.isEmpty, env == nil || own == env || (own == nil && namesOfVMs.contains(minion.id)) else {
                continue
            }
            guard let address = minion.address.value.string else {
                if withoutAddress.last?.group != file.id { withoutAddress.append((file.id, [])) }
                withoutAddress[withoutAddress.count - 1].minions.append(minion)
                continue
            }
            guard depth != .hosts else {
                let isNew = hosts.insert(HostOfEnv(host: Key(address), env: own)).inserted
                if !isNew || own == nil || runs || !shared.isPlain || URLPassword.isIn(address)
                    || labels.entries.contains(where: { $0.key.isOfTarget })
                {
                    isSuspicious = true
                }
                continue
            }
            for (id, origin) in wanted {
                guard let component = site.entities[id] else { continue }
                let watched = Watched(
                    name: minion.id, address: .string(address, minion.address.value.origin),
                    identity: depth == .targets ? minion.labels(id, component.start, of: file) : [],
                    labels: labels.entries, env: own)
                guard depth == .targets else {
                    for metric in metrics[id] ?? [] { addPlace(metric, watched) }
                    continue
                }
                let step = Step("components", at: origin.span, to: component.path)
                for metric in metrics[id] ?? [] { add(metric, watched, via: [step]) }
            }
        }
        diagnostics += withoutAddress.map { .noTarget($0.minions.map(\.id.text), at: $0.minions[0].span) }
    }

    /// What the minions of a host group have in common.
    private struct Shared {
        let labels: Fields
        /// The components of which something is scraped.
        let wanted: [(id: EntityID, origin: Origin)]
        /// Whether a minion has one target at each place, and its labels are its own.
        let isPlain: Bool
    }

    private mutating func shared(
        _ file: BoundEntity, _ graph: ComponentGraph, _ metrics: [EntityID: [Metric]]
    ) -> Shared {
        let labels = site.inherited(file).entity.fields["labels"]?.map ?? Fields()
        checkOnce(labels)
        let wanted = site.components(of: file, nil, in: graph).filter { metrics[$0.id]?.isEmpty == false }
        let all = wanted.flatMap { metrics[$0.id] ?? [] }
        let places = all.map { metric in
            ScrapeTargets.Target.Place(
                job: metric.job?.string.map { Key($0) } ?? "", host: "", port: metric.port, metric.parameters)
        }
        let isPlain =
            Set(places).count == places.count
            && !all.contains { $0.labels.entries.contains { $0.key.isOfTarget } }
        return Shared(labels: labels, wanted: wanted, isPlain: isPlain)
    }

    private struct HostOfEnv: Hashable {
        let host: Key
        let env: Key?
    }

    private mutating func labels(of minion: Minion, _ file: BoundEntity, _ shared: Shared) -> Fields {
        guard let own = minion.fields, let merged = site.merged("labels", of: file, with: own) else {
            return shared.labels
        }
        diagnostics += merged.diagnostics
        checkOnce(merged.fields)
        return merged.fields
    }

    /// Those of a host group reach many minions, and are checked once.
    private mutating func checkOnce(_ labels: Fields) {
        let fresh = labels.entries.filter { $0.keySpan.map { labelsAreChecked.insert($0).inserted } ?? true }
        diagnostics += checkLabels(Fields(distinct: fresh))
    }

    private mutating func metricsOfComponents() -> [EntityID: [Metric]] {
        var metrics: [EntityID: [Metric]] = [:]
        for component in site.catalogue.all(.component).compactMap({ site.entities[$0.id] }) {
            let inherited = site.inherited(component).entity
            metrics[component.id] = self.metrics(inherited.fields["metrics"], of: inherited)
        }
        return metrics
    }

    private mutating func metrics(_ list: Value?, of component: BoundEntity? = nil) -> [Metric] {
        (list?.list ?? []).compactMap { item in
            guard let written = item.map else { return nil }
            let metric = Metric(written, at: item.origin.span, of: component)
            diagnostics += metric.diagnostics
            if let job = metric.job, let name = job.string, jobsOfMetrics[Key(name)] == nil {
                jobsOfMetrics[Key(name)] = .some(job.origin.span)
            }
            return metric
        }
    }

    /// Notes where a target would be.
    private mutating func addPlace(_ metric: Metric, _ machine: Watched) {
        guard let job = metric.job?.string, let port = metric.port, let host = machine.address.string else { return }
        let labels = machine.labels
        guard !URLPassword.isIn(host), !labels.contains(where: { $0.key.isOfTarget }),
            !metric.labels.entries.contains(where: { $0.key.isOfTarget })
        else {
            isSuspicious = true
            return
        }
        // An IPv6 address is written in brackets, but here it only has to be another for another.
        let place = ScrapeTargets.Target.Place(job: Key(job), host: Key(host), port: port, metric.parameters)
        if isKnown(place, of: machine.name) { return }
        scraped[machine.name, default: []].append(Scraped(place: place, round: round))
        if let other = places.updateValue(machine.env, forKey: place) {
            if other == nil || machine.env == nil || other == machine.env { isSuspicious = true }
            places[place] = .some(other)
        }
    }

    private mutating func add(_ metric: Metric, _ machine: Watched, via steps: [Step]) {
        guard let job = metric.job?.string, let port = metric.port, let host = machine.address.string else { return }
        var labels = Fields(machine.identity)
        for label in machine.labels + metric.labels.entries {
            if let own = labels[label.key], !own.isNull, own.content != label.value.content,
                machine.identity.contains(where: { $0.key == label.key })
            {
                diagnostics.append(.ownLabel(label, "the target's own is \(own.phrase)"))
            }
            labels.lay(label)
        }
        for parameter in metric.parameters { labels.lay(parameter) }
        let isIPv6 = IPAddress(host).map { !$0.isIPv4 } ?? false
        let address = Value.string(isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)", machine.address.origin)
        let target = ScrapeTargets.Target(job: Key(job), address: address, labels: labels, via: steps + metric.steps)
        scraped[machine.name, default: []].append(Scraped(place: target.place, round: round))
        targets.append(target)
    }

    // MARK: VMs, nodes, physical machines

    mutating func gatherMachines(_ vms: [Machine]) {
        let written = site.entities[.site]?.fields["metrics"]?.map
        let (ofNodes, ofHosts) = (metrics(written?["nodes"]), metrics(written?["hosts"]))
        let ofVMs = metrics(written?["vms"])
        if depth == .hosts, !ofVMs.isEmpty || !ofNodes.isEmpty || !ofHosts.isEmpty { isSuspicious = true }
        gather(vms, ofVMs, "vm")
        guard env == nil, !ofNodes.isEmpty || !ofHosts.isEmpty else { return }
        let found = site.nodesAndHosts()
        diagnostics += found.diagnostics
        gather(found.machines.filter { $0.layer == .node }, ofNodes, "node")
        gather(found.machines.filter { $0.layer == .host }, ofHosts, "host")
    }

    private mutating func gather(_ machines: [Machine], _ metrics: [Metric], _ kind: Key) {
        guard !metrics.isEmpty else { return }
        // What something nearer says of the same machine counts; among machines of one kind it is said twice.
        round += 1
        for machine in machines {
            guard let address = machine.address?.value else {
                unreachable.append(machine)
                continue
            }
            guard depth == .targets else {
                let watched = Watched(name: machine.name, address: address, env: machine.env)
                for metric in metrics { addPlace(metric, watched) }
                continue
            }
            let origin = Origin(machine.span, machine.layer)
            let name = Fields.Entry(kind, .string(machine.name.text, origin), rule: .derived("its name"))
            let env = machine.env.map { Fields.Entry("env", .string($0.text, origin), rule: .derived("its env")) }
            let watched = Watched(
                name: machine.name, address: address, identity: [name, env].compactMap(\.self), env: machine.env)
            for metric in metrics {
                let count = targets.count
                add(metric, watched, via: [])
                if let added = targets.last, targets.count > count, isKnown(added.place, of: machine.name) {
                    targets.removeLast()
                }
            }
        }
    }

    // MARK: Probes

    mutating func gatherProbes() {
        for probe in site.catalogue.all(.probe).compactMap({ site.entities[$0.id] }) {
            let job = probe.fields["job"] ?? .string(probe.id.name.text, Origin(probe.start, .probe))
            guard let name = job.string else { continue }
            if !Catalogue.isName(name) { diagnostics.append(.badJob(name, job.origin.span)) }
            if jobsOfProbes[Key(name)] == nil { jobsOfProbes[Key(name)] = .some(job.origin.span) }
            let labels = probe.fields["labels"]?.map ?? Fields()
            diagnostics += checkLabels(labels)
            let step = probe.fields["job"].map { Step("job", at: $0.origin.span, to: name) }
            for target in probe.fields["targets"]?.list ?? [] {
                gather(target, of: probe, Key(name), labels, via: [step].compactMap(\.self))
            }
        }
    }

    private mutating func gather(
        _ target: Value, of probe: BoundEntity, _ job: Key, _ labels: Fields, via steps: [Step]
    ) {
        let own = target.map
        guard let address = own?["url"] ?? (own == nil ? target : nil), let text = address.string else { return }
        if let problem = ProbeTarget.problem(of: text) {
            diagnostics.append(.badProbe(problem, address.origin.span))
        }
        var all = labels
        let mine = own?["labels"]?.map ?? Fields()
        diagnostics += checkLabels(mine)
        for label in mine.entries { all.lay(label) }
        if let module = own?.entry("module") ?? probe.fields.entry("module") { all.lay(module.named("__param_module")) }
        guard env == nil else { return }
        let made = ScrapeTargets.Target(job: job, address: address, labels: all, via: steps)
        guard depth != .targets else { return targets.append(made) }
        if !URLPassword.isIn(text), places.updateValue(all["env"]?.name.map { Key($0) }, forKey: made.place) != nil {
            isSuspicious = true
        }
    }

    // MARK: The whole

    mutating func gatherJobs() {
        _ = metricsOfComponents()
        let written = site.entities[.site]?.fields["metrics"]?.map
        for kind in ["nodes", "hosts", "vms"] as [Key] { _ = metrics(written?[kind]) }
        gatherProbes()
    }

    var jobs: [Key] { Set(jobsOfMetrics.keys).union(jobsOfProbes.keys).sorted() }

    /// What there is to say; nil where that is only known when the targets are made.
    var findings: [Diagnostic]? {
        if depth == .hosts, jobsOfProbes.keys.contains(where: { jobsOfMetrics[$0] != nil }) { return nil }
        return isSuspicious ? nil : finish(nil, isCheck: true).diagnostics
    }

    func finish(_ job: Key?, isCheck: Bool) -> (targets: ScrapeTargets, diagnostics: [Diagnostic]) {
        var diagnostics = diagnostics
        let jobs = jobs
        for job in jobs {
            guard let metric = jobsOfMetrics[job], let probe = jobsOfProbes[job] else { continue }
            diagnostics.append(.mixedJob(job, metric, probe))
        }
        // Another file may say where the machine is.
        diagnostics += unreachable.filter { scraped[$0.name] == nil && !isScrapedBelow($0) }.map {
            .noTarget([$0.name.text], at: $0.span)
        }
        diagnostics += repeated(isCheck: isCheck)
        if let job, !jobs.contains(job), site.hasAll([.component, .probe]), !diagnostics.hasErrors {
            diagnostics.append(.noJob(job, jobs))
        }
        return (ScrapeTargets(targets, jobs: jobs, job: job), diagnostics)
    }

    /// Whether the machine that a node runs on is watched.
    private func isScrapedBelow(_ machine: Machine) -> Bool {
        let host = machine.entity.flatMap { site.entities[$0]?.fields["host"]?.name }
        return host.map { scraped[Key($0)] != nil } ?? false
    }

    /// What one job would scrape twice: R0714.
    private func repeated(isCheck: Bool) -> [Diagnostic] {
        // What cannot be a target is reported otherwise, and a password in it is not to be quoted.
        targets.clashes { $0.address.string.map(URLPassword.isIn) == false ? $0.place : nil }.compactMap {
            first, target in
            let envs = [first, target].compactMap { $0.labels["env"]?.name.map { Key($0) } }
            return isCheck && Set(envs).count == 2 ? nil : .repeated(first, target)
        }
    }
}

extension ScrapeTargets.Target {
    /// What is asked, of whom, and by which job.
    fileprivate struct Place: Hashable {
        let job: Key
        /// All of the address, or what stands before the number of its port.
        let host: Key
        let port: Int?
        let parameters: [Key]

        init(job: Key, host: Key, port: Int?, _ parameters: [Fields.Entry]) {
            self.job = job
            self.host = host
            self.port = port
            self.parameters =
                parameters.isEmpty
                ? []
                : parameters.sorted { $0.key < $1.key }.flatMap { [$0.key, Key($0.value.string ?? "")] }
        }

        /// - Parameter address: two texts are one place if they are the same.
        init(job: Key, address: String, _ parameters: [Fields.Entry]) {
            let digits = address.utf8.reversed().prefix { (0x30...0x39).contains($0) }.count
            let host = address.utf8.dropLast(digits + 1)
            let port = Int(address.suffix(digits))
            let isPort =
                address.utf8.dropLast(digits).last == UInt8(ascii: ":") && port.map(String.init)?.utf8.count == digits
            self.init(
                job: job, host: Key(isPort ? String(Substring(host)) : address), port: isPort ? port : nil, parameters)
        }
    }

    fileprivate var place: Place {
        Place(job: job, address: address.string ?? "", labels.entries.filter { $0.key.begins(with: "__") })
    }
}

extension Key {
    /// Whether a label of that name says which machine it is, or is a parameter of the request.
    fileprivate var isOfTarget: Bool {
        begins(with: "__") || ["minion", "group", "label", "env", "component", "vm", "node", "host"].contains(self)
    }
}

extension Minion {
    /// What tells the targets of one minion from those of others.
    fileprivate func labels(_ component: EntityID, _ start: Span?, of file: BoundEntity) -> [Fields.Entry] {
        let origin = Origin(file.start, .hostGroup)
        return [
            Fields.Entry("minion", .string(id.text, Origin(span, .instance)), rule: .derived("naming")),
            Fields.Entry("group", .string(group, origin), rule: .fileName),
            Fields.Entry("label", .string(label, origin), rule: .fileName),
            Fields.Entry("env", env),
            Fields.Entry("component", .string(component.name.text, Origin(start, .component)), rule: .fileName),
        ]
    }
}
