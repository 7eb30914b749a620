import TestSupport

extension RandomFleet {
    /// A site that is watched.
    static func watched(_ seed: Int) -> FleetSite {
        var maker = RandomFleet(seed)
        maker.addMachines()
        for name in maker.componentNames where maker.chance(80) { maker.addMetrics(of: name) }
        if maker.chance(60) { maker.site.nodeMetrics = maker.siteMetrics() }
        if maker.chance(60) { maker.site.machineMetrics = maker.siteMetrics() }
        if maker.chance(60) { maker.site.vmMetrics = maker.siteMetrics() }
        if maker.chance(70) { maker.addProbes() }
        return maker.site
    }

    private mutating func addMetrics(of component: String) {
        var scraped = FleetSite.Scraped(component: component)
        let extends = site.salt.component(component)?.extends ?? []
        if chance(extends.isEmpty ? 100 : 50) { scraped.ports = [("metrics", 9100 + number(9)), ("http", 80)] }
        if chance(extends.isEmpty ? 90 : 50) {
            scraped.metrics = (0...number(2)).map { _ in
                var metric = metric()
                if chance(50) { metric.job = pick(["node", "web", "apps"]) }
                metric.port = pick([nil, "http", "metrics", "9200", String(9300 + number(20))])
                return metric
            }
        }
        // A name that the ports have not.
        if chance(4) { scraped.ports = scraped.ports?.filter { $0.name != "http" } }
        site.scraped.append(scraped)
    }

    private mutating func siteMetrics() -> [FleetSite.Metric] {
        (0...number(2)).map { _ in
            var metric = metric()
            metric.job = pick(["node", "machines", "apps"])
            metric.port = String(9100 + number(3))
            return metric
        }
    }

    private mutating func metric() -> FleetSite.Metric {
        FleetSite.Metric(
            path: pick([nil, nil, "/metrics", "/probe"]), scheme: pick([nil, "http", "https"]),
            labels: chance(50) ? labels() : [])
    }

    private mutating func addProbes() {
        let urls = [
            "https://a.example.org/x?y=1", "http://10.0.0.1:8080", "https://[2001:db8::1]/", "h2.example.org:22",
            "h10.example.org:22", "https://é.example.org/",
        ]
        for name in ["blackbox", "icmp", "a.b"] where chance(60) {
            var probe = FleetSite.Probe(name: name, module: pick([nil, "http_2xx", "tcp"]))
            if chance(40) { probe.job = pick(["sites", "sites", "sites", chance(30) ? "node" : "sites"]) }
            if chance(50) { probe.labels = labels() }
            probe.targets = some(of: urls, 60).map { url in
                FleetSite.Probe.Target(
                    url: url, isMap: chance(20), module: pick([nil, nil, "http_2xx", "icmp"]),
                    labels: chance(40) ? labels() : [])
            }
            site.probes.append(probe)
        }
    }
}
