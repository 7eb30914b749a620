package import Diagnostics
internal import SiteModel

/// An item of `metrics`, of a component or of site.yaml: one job's view of a machine (DESIGN §9).
struct Metric {
    /// Nil if there is none that could be, which is reported.
    let job: Value?
    let port: Int?
    let labels: Fields
    /// `__metrics_path__` and `__scheme__`, where they are not what Prometheus takes anyway.
    let parameters: [Fields.Entry]
    /// What led to the port and the job.
    private(set) var steps: [Step] = []
    private(set) var diagnostics: [Diagnostic] = []

    /// Reports R0201, R0402, R0710 and R0711.
    ///
    /// - Parameters:
    ///   - written: the item.
    ///   - component: whose it is, with what it inherits; nil for the site's.
    init(_ written: Fields, at place: Span?, of component: BoundEntity?) {
        let ownName = component.map { Value.string($0.id.name.text, Origin($0.start, .component)) }
        job = written["job"] ?? ownName
        labels = written["labels"]?.map ?? Fields()
        let path = written.entry("path").flatMap { $0.value.string == "/metrics" ? nil : $0.named("__metrics_path__") }
        let scheme = written.entry("scheme").flatMap { $0.value.string == "http" ? nil : $0.named("__scheme__") }
        parameters = [path, scheme].compactMap(\.self)
        let found = Self.port(written.entry("port"), at: place, component)
        port = found.port?.integer
        diagnostics = [found.diagnostic].compactMap(\.self) + Self.check(path: path?.value) + checkLabels(labels)
        if let name = job?.string {
            if !Catalogue.isName(name) { diagnostics.append(.badJob(name, job?.origin.span)) }
        } else if !written.contains("job") {
            diagnostics.append(.badTarget("this metric has no job", place, "add `job: node`, or what it is called"))
        }
        steps = [Step("metrics", at: place, to: job?.string ?? "")]
        for (field, value) in [("port", written["port"]), ("ports", found.port)] as [(Key, Value?)] {
            guard let value, let span = value.origin.span, !steps.contains(where: { $0.span == span }) else { continue }
            steps.append(Step(field, at: span, to: value.name ?? ""))
        }
    }

    private static func port(
        _ entry: Fields.Entry?, at place: Span?, _ component: BoundEntity?
    ) -> (port: Value?, diagnostic: Diagnostic?) {
        if let entry, entry.value.integer != nil { return (entry.value, nil) }
        let ports = component?.fields["ports"]?.map ?? Fields()
        let name = entry?.value.string ?? "metrics"
        if let port = ports[Key(name)], port.integer != nil { return (port, nil) }
        // What is neither has been reported.
        if let entry, entry.value.string == nil { return (nil, nil) }
        return (nil, .noPort(entry, name, at: place, component, ports))
    }

    private static func check(path: Value?) -> [Diagnostic] {
        guard let text = path?.string else { return [] }
        if !text.hasPrefix("/") {
            return [.badTarget("a path begins with /", path?.origin.span, "write /metrics, or what it is")]
        }
        let isPlain = text.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && !"?#".unicodeScalars.contains($0)
        }
        let help = "Prometheus would escape it: a parameter is a label, `labels: {__param_NAME: …}`"
        return isPlain ? [] : [.badTarget("a path has no parameters and no blanks", path?.origin.span, help)]
    }
}

/// What Prometheus would not take for a label (DESIGN §9): R0710. What it sets itself: R0715.
func checkLabels(_ labels: Fields) -> [Diagnostic] {
    labels.entries.compactMap { label in
        let name = label.key.text
        guard LabelName.isOne(name) else {
            return .badLabel(label, "is no name for a label", LabelName.help(for: name))
        }
        if name.hasPrefix("__"), !LabelName.isParameter(name) {
            let field = ["__metrics_path__": "path", "__scheme__": "scheme"][name]
            return .badLabel(
                label, "is Prometheus's own",
                field.map { "write `\($0):` beside `labels`" } ?? "only __param_NAME may be set: rename it otherwise")
        }
        switch label.value.content {
        case .list, .map: return .badLabel(label, "wants text, but this is \(label.value.phrase)", "write one text")
        case .float(let number) where !number.isFinite:
            return .badLabel(label, "wants text, but this is \(label.value.phrase)", "quote it if it is text")
        case .string(let text) where text.contains("{{"):
            return .badLabel(label, "is a template, and nothing renders it", "write the text itself")
        case .string(let text) where URLPassword.isIn(text):
            return Diagnostic.badLabel(label, "has a password in a URL", "take it out, and change it: it was readable")
                .hiding(true)
        default: return name == "job" || name == "instance" ? .ownLabel(label, "Prometheus sets it itself") : nil
        }
    }
}

/// The names that Prometheus takes for labels.
private enum LabelName {
    static func isOne(_ name: String) -> Bool { Identifier.isOne(Key(name)) }

    /// Whether it is a parameter of the request.
    static func isParameter(_ name: String) -> Bool { name.hasPrefix("__param_") && name.utf8.count > 8 }

    static func help(for name: String) -> String {
        Identifier.suggestion(for: Key(name)).map { "write \($0)" } ?? "use letters, digits and `_`, no digit first"
    }
}

extension Diagnostic {
    fileprivate static func badLabel(_ label: Fields.Entry, _ problem: String, _ help: String) -> Diagnostic {
        Diagnostic(
            .badLabel, "the label \"\(label.key)\" \(problem)", at: label.keySpan ?? label.value.origin.span, help: help
        )
    }

    static func ownLabel(_ label: Fields.Entry, _ reason: String) -> Diagnostic {
        Diagnostic(
            .ownLabel, .warning, "the label \"\(label.key)\" says otherwise than the target",
            at: label.keySpan ?? label.value.origin.span, reason,
            help: "call it otherwise; what is scraped could not be told apart by it")
    }

    static func badTarget(_ message: String, _ span: Span?, _ help: String) -> Diagnostic {
        Diagnostic(.badTarget, message, at: span, help: help)
    }

    static func badJob(_ name: String, _ span: Span?) -> Diagnostic {
        Diagnostic(
            .badValue,
            URLPassword.isIn(name) ? "this job cannot name a file" : "the job \"\(name)\" cannot name a file", at: span,
            help: "its targets go to JOB.json: use letters, digits, `.`, `_`, `@` and `-`, a letter or digit first")
    }

    fileprivate static func noPort(
        _ entry: Fields.Entry?, _ name: String, at place: Span?, _ component: BoundEntity?, _ ports: Fields
    ) -> Diagnostic {
        guard let entry else {
            let help =
                component == nil ? "add `port: 9100`, or what it is" : "add `port:` here, or `metrics:` to `ports`"
            return badTarget("this metric has no port", place, help)
        }
        let near = Suggestions.near(name, among: ports.entries.map(\.key.text))
        let names = ports.entries.map(\.key.text).joined(separator: ", ")
        return Diagnostic(
            .dangling, "no port named \"\(name)\"", at: entry.value.origin.span,
            component.map { "not among the `ports` of \($0.path)" } ?? "site.yaml has no `ports`",
            help: !near.isEmpty
                ? "did you mean \(near.asChoices)?" : names.isEmpty ? "write its number" : "there are: \(names)")
    }
}

extension Code {
    package static let badLabel = Code(
        "R0710", "a label that Prometheus refuses",
        explanation: """
            A label's name has letters, digits and `_`, no digit first, and begins with `__` only as a parameter of the request, \
            `__param_NAME`. Its value is one text: a number or a boolean becomes one, null is no label. Prometheus passes over a \
            file with any other, and goes on with the old one.
            """,
        example: """
            $ resolve targets
            -- site.yaml --
            -- probes/shop.yaml --
            labels: {probe-kind: page}
            targets: [https://shop.example.org/]
            """,
        fix: "Rename it, as the message says.")

    package static let ownLabel = Code(
        "R0715", "a label that says otherwise than the target",
        explanation: """
            `minion`, `group`, `label`, `env`, `component`, `node`, `host` and `vm` say which machine is scraped and why; `job` and \
            `instance` are Prometheus's own. A label of that name in the site hides what is so: two machines may look like one, \
            and an alert names the wrong one.
            """,
        example: """
            $ resolve targets
            -- site.yaml --
            -- components/nginx.yaml --
            metrics: [{port: 9113, labels: {job: web}}]
            """,
        fix: "Call the label otherwise. The job is `job:` beside `labels`.")

    package static let badTarget = Code(
        "R0711", "a target that cannot be scraped",
        explanation: """
            A machine's target is `address:port`, and the port of a metric is a number or the name of one of the component's \
            `ports`. Where the scheme and the path are others than http and /metrics, they are fields of the metric. Only what a \
            probe looks at is a URL; a password in one would be shown by Prometheus to everybody.
            """,
        example: """
            $ resolve targets
            -- site.yaml --
            -- components/nginx.yaml --
            metrics: [{job: nginx}]
            """,
        fix: "Say the port, or correct the target.")
}
