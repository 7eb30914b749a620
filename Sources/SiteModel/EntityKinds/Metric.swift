extension FieldTable {
    /// What Prometheus scrapes of a machine: an item of a component's `metrics`, and of those in site.yaml.
    static let metric = FieldTable(
        named: "metric",
        [
            Field("job", .text, whenAbsent: "the component's name", "The Prometheus job; else the component's name."),
            Field(
                "port", .portOrName, whenAbsent: "the component's `ports.metrics`",
                "The port: its number, or its name in `ports`; else `ports.metrics`."),
            Field("path", .text, whenAbsent: "/metrics", "The path; else /metrics."),
            Field("scheme", .choice(["http", "https"]), whenAbsent: "http", "http or https; else http."),
            Field("labels", .mapOf(.visible), "Labels of its own, over those of the minion."),
        ])
}
