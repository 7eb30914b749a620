extension FieldTable {
    /// What Prometheus scrapes of a machine: an item of a component's `metrics`, and of those in site.yaml.
    static let metric = FieldTable([
        Field("job", .text, whenAbsent: "the component's name", "The Prometheus job."),
        Field("port", .portOrName, whenAbsent: "the component's `ports.metrics`", "The port."),
        Field("path", .text, whenAbsent: "/metrics", "The path."),
        Field("scheme", .choice(["http", "https"]), whenAbsent: "http", "http or https."),
        Field("labels", .mapOf(.visible), "Labels of its own, over those of the minion."),
    ])
}
