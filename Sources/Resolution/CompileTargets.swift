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
    ///   - isWhole: whether all files could be read, so that a job that is missing is missing.
    package func targets(
        of selection: TargetSelection, _ vms: [Machine], isWhole: Bool = true
    ) -> (targets: ScrapeTargets, diagnostics: [Diagnostic]) {
        var gathering = TargetGathering(self, selection.env)
        gathering.gatherMinions()
        gathering.gatherMachines(vms)
        gathering.gatherProbes()
        return gathering.finish(selection.job, isWhole: isWhole)
    }

    /// Whether site.yaml wants something of nodes and physical machines to be scraped, and of VMs.
    package var scrapes: (machines: Bool, vms: Bool) {
        let metrics = entities[.site]?.fields["metrics"]?.map
        func wants(_ key: Key) -> Bool { metrics?[key]?.list?.isEmpty == false }
        return (wants("nodes") || wants("hosts"), wants("vms"))
    }
}

/// Targets while they are gathered.
private struct TargetGathering {
    private let site: LinkedSite
    private let env: Key?
    private var targets: [ScrapeTargets.Target] = []
    private var diagnostics: [Diagnostic] = []
    /// Where each job is named first, by metrics and by probes.
    private var jobsOfMetrics: [Key: Span?] = [:]
    private var jobsOfProbes: [Key: Span?] = [:]
    private var labelsAreChecked: Set<Span> = []

    init(_ site: LinkedSite, _ env: Key?) {
        self.site = site
        self.env = env
    }

    // MARK: Minions

    mutating func gatherMinions() {
        let all = site.minions()
        diagnostics += all.diagnostics
        var metrics: [EntityID: [Metric]] = [:]
        for place in site.catalogue.all(.component) {
            guard let component = site.entities[place.id] else { continue }
            metrics[place.id] = self.metrics(of: site.inherited(component).entity)
        }
        let graph = ComponentGraph(site)
        var shared: [EntityID: (labels: Fields, components: [EntityID])] = [:]
        var unreachable: [Minion] = []
        for minion in all.minions {
            guard let file = site.entities[minion.hostGroup] else { continue }
            if shared[file.id] == nil {
                let labels = site.inherited(file).entity.fields["labels"]?.map ?? Fields()
                shared[file.id] = (labels, graph.components(of: file))
            }
            guard let (groupLabels, groupComponents) = shared[file.id] else { continue }
            var labels = groupLabels
            if let own = minion.fields, let merged = site.merged("labels", of: file, with: own) {
                diagnostics += merged.diagnostics
                labels = merged.fields
            }
            check(labels)
            let runs = minion.fields?.contains("components") == true
            let components = runs ? graph.components(of: file, minion.fields) : groupComponents
            let scraped = components.filter { metrics[$0]?.isEmpty == false }
            guard !scraped.isEmpty, env == nil || minion.env.name.map({ Key($0) }) == env else { continue }
            guard let address = minion.address.value.string else {
                unreachable.append(minion)
                continue
            }
            for component in scraped {
                for metric in metrics[component] ?? [] {
                    let about = minion.labels(component, site.entities[component]?.start, of: file) + labels.entries
                    add(metric, Value.string(address, minion.address.value.origin), about)
                }
            }
        }
        diagnostics += Dictionary(grouping: unreachable, by: \.hostGroup).values.map {
            .noTarget($0.map(\.id.text), at: $0[0].span)
        }
    }

    private mutating func metrics(of component: BoundEntity) -> [Metric] {
        metrics(component.fields["metrics"], of: component)
    }

    private mutating func metrics(_ list: Value?, of component: BoundEntity? = nil) -> [Metric] {
        (list?.list ?? []).compactMap { item in
            guard let written = item.map else { return nil }
            let metric = Metric(written, at: item.origin.span, of: component)
            diagnostics += metric.diagnostics
            if let job = metric.job.value.string, jobsOfMetrics[Key(job)] == nil {
                jobsOfMetrics[Key(job)] = .some(metric.job.value.origin.span)
            }
            return metric
        }
    }

    /// Labels of host groups reach many minions, and are checked once.
    private mutating func check(_ labels: Fields) {
        let fresh = labels.entries.filter { $0.keySpan.map { labelsAreChecked.insert($0).inserted } ?? true }
        diagnostics += checkLabels(Fields(fresh))
    }

    /// - Parameter labels: those of the machine.
    private mutating func add(_ metric: Metric, _ address: Value, _ labels: [Fields.Entry]) {
        guard let job = metric.job.value.string, let port = metric.port, let host = address.string else { return }
        var all = Fields()
        for label in labels + metric.labels.entries + metric.parameters { all.lay(label) }
        let isIPv6 = IPAddress(host).map { !$0.isIPv4 } ?? false
        let target = Value.string(isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)", address.origin)
        targets.append(ScrapeTargets.Target(job: Key(job), address: target, labels: all))
    }

    // MARK: Nodes, physical machines, VMs

    mutating func gatherMachines(_ vms: [Machine]) {
        let written = site.entities[.site]?.fields["metrics"]?.map
        let metrics = (
            nodes: metrics(written?["nodes"]), hosts: metrics(written?["hosts"]), vms: metrics(written?["vms"])
        )
        var machines = metrics.vms.isEmpty ? [] : vms
        if env == nil, !metrics.nodes.isEmpty || !metrics.hosts.isEmpty {
            let found = site.nodesAndHosts()
            diagnostics += found.diagnostics
            machines = found.machines + machines
        }
        for machine in machines {
            let (wanted, kind): ([Metric], Key) =
                switch machine.kind {
                case .node: (metrics.nodes, "node")
                case .physical: (metrics.hosts, "host")
                case .vm, .minion: (metrics.vms, "vm")
                }
            guard !wanted.isEmpty else { continue }
            guard let address = machine.address?.value else {
                diagnostics.append(.noTarget([machine.name.text], at: machine.span))
                continue
            }
            var labels = [
                Fields.Entry(
                    kind, .string(machine.name.text, Origin(machine.span, machine.layer)), rule: .derived("its name"))
            ]
            if case .vm(let env) = machine.kind {
                labels.append(
                    Fields.Entry("env", .string(env.text, Origin(machine.span, .env)), rule: .derived("its env")))
            }
            for metric in wanted { add(metric, address, labels) }
        }
    }

    // MARK: Probes

    mutating func gatherProbes() {
        for place in site.catalogue.all(.probe) {
            guard let probe = site.entities[place.id] else { continue }
            let ownName = Value.string(place.id.name.text, Origin(probe.start, .probe))
            let job = probe.fields["job"] ?? ownName
            guard let name = job.string else { continue }
            if !Catalogue.isName(name) { diagnostics.append(.badJob(name, job.origin.span)) }
            if jobsOfProbes[Key(name)] == nil { jobsOfProbes[Key(name)] = .some(job.origin.span) }
            let labels = probe.fields["labels"]?.map ?? Fields()
            diagnostics += checkLabels(labels)
            for target in probe.fields["targets"]?.list ?? [] { gather(target, of: probe, Key(name), labels) }
        }
    }

    private mutating func gather(_ target: Value, of probe: BoundEntity, _ job: Key, _ labels: Fields) {
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
        if env == nil { targets.append(ScrapeTargets.Target(job: job, address: address, labels: all)) }
    }

    // MARK: The whole

    func finish(_ job: Key?, isWhole: Bool) -> (targets: ScrapeTargets, diagnostics: [Diagnostic]) {
        var diagnostics = diagnostics
        let jobs = Set(jobsOfMetrics.keys).union(jobsOfProbes.keys).sorted()
        for job in jobs {
            guard let metric = jobsOfMetrics[job], let probe = jobsOfProbes[job] else { continue }
            diagnostics.append(.mixedJob(job, metric, probe))
        }
        diagnostics += repeated()
        if let job, !jobs.contains(job), isWhole, !diagnostics.hasErrors { diagnostics.append(.noJob(job, jobs)) }
        return (ScrapeTargets(targets, jobs: jobs, job: job), diagnostics)
    }

    /// What one job would scrape twice: R0714.
    private func repeated() -> [Diagnostic] {
        var known: [[Key]: ScrapeTargets.Target] = [:]
        return targets.compactMap { target in
            let parameters = target.labels.entries.filter { $0.key.text.hasPrefix("__") }.sorted { $0.key < $1.key }
            let name =
                [target.job, Key(target.address.string ?? "")]
                + parameters.flatMap { [$0.key, Key($0.value.string ?? "")] }
            guard let first = known[name] else {
                known[name] = target
                return nil
            }
            return .repeated(first, target)
        }
    }
}

extension Machine {
    fileprivate var layer: Layer {
        switch kind {
        case .physical: .host
        case .node: .node
        case .vm: .env
        case .minion: .instance
        }
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
