package import Diagnostics
internal import SiteModel

/// An item of `metrics`, of a component or of site.yaml: one job's view of a machine (DESIGN §9).
struct Metric {
    let job: Fields.Entry
    /// Nil if there is none that could be, which is reported.
    let port: Int?
    let labels: Fields
    /// `__metrics_path__` and `__scheme__`, where they are not what Prometheus takes anyway.
    let parameters: [Fields.Entry]
    private(set) var diagnostics: [Diagnostic] = []

    /// Reports R0201, R0402, R0710 and R0711.
    ///
    /// - Parameters:
    ///   - written: the item.
    ///   - component: whose it is, with what it inherits; nil for the site's.
    init(_ written: Fields, at place: Span?, of component: BoundEntity?) {
        let ownName = component.map { component in
            Fields.Entry(
                "job", .string(component.id.name.text, Origin(component.start, .component)), rule: .fileName)
        }
        job = written.entry("job") ?? ownName ?? Fields.Entry("job", Value(.null, .builtIn))
        labels = written["labels"]?.map ?? Fields()
        let path = written.entry("path").flatMap { $0.value.string == "/metrics" ? nil : $0.named("__metrics_path__") }
        let scheme = written.entry("scheme").flatMap { $0.value.string == "http" ? nil : $0.named("__scheme__") }
        parameters = [path, scheme].compactMap(\.self)
        let found = Self.port(written.entry("port"), at: place, component)
        port = found.number
        diagnostics = found.diagnostic.map { [$0] } ?? []
        if let path, path.value.string?.hasPrefix("/") == false {
            diagnostics.append(
                .badTarget("a path begins with /", path.value.origin.span, "write /metrics, or what it is"))
        }
        if job.value.isNull, !written.contains("job") {
            diagnostics.append(.badTarget("this metric has no job", place, "add `job: node`, or what it is called"))
        } else if let name = job.value.string, !Catalogue.isName(name) {
            diagnostics.append(.badJob(name, job.value.origin.span))
        }
        diagnostics += checkLabels(labels)
    }

    private static func port(
        _ entry: Fields.Entry?, at place: Span?, _ component: BoundEntity?
    ) -> (number: Int?, diagnostic: Diagnostic?) {
        if let number = entry?.value.integer { return (number, nil) }
        let ports = component?.fields["ports"]?.map ?? Fields()
        let name = entry?.value.string ?? "metrics"
        if let number = ports[Key(name)]?.integer { return (number, nil) }
        // What is neither has been reported.
        if let entry, entry.value.string == nil { return (nil, nil) }
        return (nil, .noPort(entry, name, at: place, component, ports))
    }
}

/// What Prometheus would not take for a label (DESIGN §9). R0710.
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
        default: return nil
        }
    }
}

/// The names that Prometheus takes for labels.
private enum LabelName {
    static func isOne(_ name: String) -> Bool { AnsibleName.group(Key(name)) == Key(name) && !name.isEmpty }

    /// Whether it is a parameter of the request.
    static func isParameter(_ name: String) -> Bool { name.hasPrefix("__param_") && name.utf8.count > 8 }

    static func help(for name: String) -> String {
        let better = AnsibleName.group(Key(name)).text
        return better.isEmpty || better.utf8.allSatisfy { $0 == UInt8(ascii: "_") }
            ? "use letters, digits and `_`, no digit first" : "write \(better)"
    }
}

extension Diagnostic {
    fileprivate static func badLabel(_ label: Fields.Entry, _ problem: String, _ help: String) -> Diagnostic {
        Diagnostic(
            .badLabel, "the label \"\(label.key)\" \(problem)", at: label.keySpan ?? label.value.origin.span, help: help
        )
    }

    static func badTarget(_ message: String, _ span: Span?, _ help: String) -> Diagnostic {
        Diagnostic(.badTarget, message, at: span, help: help)
    }

    static func badJob(_ name: String, _ span: Span?) -> Diagnostic {
        Diagnostic(
            .badValue, "the job \"\(name)\" cannot name a file", at: span,
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
