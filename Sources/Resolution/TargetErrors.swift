package import Diagnostics
internal import SiteModel

// What can be wrong with targets. Beside `CompileTargets.swift`, which asks.

extension Diagnostic {
    static func badProbe(_ problem: ProbeTarget.Problem, _ span: Span?) -> Diagnostic {
        switch problem {
        case .empty: badTarget("a target is empty", span, "write a URL, or host:port")
        case .blank: badTarget("a target has no blanks in it", span, "write one target an item")
        case .template: badTarget("a target is a template, and nothing renders it", span, "write the text itself")
        case .noHost: badTarget("this URL has no host", span, "write https://HOST/…")
        case .password:
            badTarget(
                "a password in a URL is shown by Prometheus", span,
                "put it into the module, under `http: {basic_auth: …}` of blackbox.yml, and change it: it was readable"
            ).hiding(true)
        }
    }

    static func noTarget(_ names: [String], at span: Span?) -> Diagnostic {
        let shown = names.prefix(5).joined(separator: ", ")
        let rest = names.count > 5 ? " and \(names.count - 5) more" : ""
        return Diagnostic(
            .noTarget, .warning,
            "\(shown)\(rest) \(names.count == 1 ? "has" : "have") no address, so Prometheus watches nothing there",
            at: span, help: "add `ip:`, or leave out the `metrics`")
    }

    static func mixedJob(_ job: Key, _ metric: Span?, _ probe: Span?) -> Diagnostic {
        Diagnostic(
            .mixedJob, "the job \"\(job)\" has probes and plain targets", at: probe ?? metric, "its probes",
            related: metric.map { [Label($0, "its plain targets")] } ?? [],
            help: "give one of them another `job`: prometheus.yml sends a probe's target to the blackbox exporter")
    }

    static func noJob(_ job: Key, _ jobs: [Key]) -> Diagnostic {
        let near = Suggestions.near(job.text, among: jobs.map(\.text))
        let help =
            !near.isEmpty
            ? "did you mean \(near.asChoices)?"
            : jobs.isEmpty
                ? "no component has `metrics`, site.yaml has none, and there are no probes"
                : "there \(jobs.count == 1 ? "is" : "are"): \(jobs.map(\.text).joined(separator: ", "))"
        return Diagnostic(.dangling, "no job named \"\(job)\"", at: nil, help: help)
    }

    static func repeated(_ first: ScrapeTargets.Target, _ second: ScrapeTargets.Target) -> Diagnostic {
        func words(_ target: ScrapeTargets.Target) -> String {
            for key in ["minion", "vm", "node", "host"] as [Key] {
                if let name = target.labels[key]?.string { return "the \(key) \(name)" }
            }
            return "a probe"
        }
        let isSame = words(first) == words(second)
        let both = isSame ? "" : ": as \(words(first)) and as \(words(second))"
        let place = second.address.origin.span
        return Diagnostic(
            .repeatedTarget, .warning,
            "the job \"\(second.job)\" scrapes \(second.address.string ?? "") twice\(both)", at: place,
            related: first.address.origin.span.flatMap { $0 == place ? nil : [Label($0, "the first")] } ?? [],
            help: "leave one of them out: Prometheus would count everything there twice")
    }
}

extension Code {
    package static let mixedJob = Code(
        "R0712", "a job with probes and plain targets",
        explanation: """
            A job is one file and one scrape_config. That of probes hands every target to the blackbox exporter; a machine's own \
            exporter in it would be probed, and a URL among plain targets is refused.
            """,
        example: """
            $ resolve targets
            -- site.yaml --
            metrics: {nodes: [{job: shop, port: 9100}]}
            -- probes/shop.yaml --
            targets: [https://shop.example.org/]
            """,
        fix: "Give one of them another `job`.")

    package static let noTarget = Code(
        "R0713", "a machine that is not watched",
        explanation: """
            A component's `metrics`, or those of site.yaml, want something scraped of this machine, and it says no address. It \
            is left out, and no alert tells of it.
            """,
        example: """
            $ resolve targets
            -- site.yaml --
            -- components/nginx.yaml --
            metrics: [{port: 9113}]
            -- pillar/hosts/kt_web.sls --
            components: [nginx]
            instances: {1: null}
            """,
        fix: "Give it an address. That of an Incus instance is read by Prometheus only: Ansible goes by its name.")

    package static let repeatedTarget = Code(
        "R0714", "a target that a job has twice",
        explanation: """
            Two label sets, or two machines, lead one job to the same address and port: everything there is counted twice. A VM \
            that is a minion, too, needs an exporter in one place only: in a component, or in `metrics` of site.yaml.
            """,
        example: """
            $ resolve targets
            -- site.yaml --
            -- probes/shop.yaml --
            targets: [https://shop.example.org/, https://shop.example.org/]
            """,
        fix: "Leave one of them out.")
}
