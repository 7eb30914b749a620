extension FieldTable {
    /// `probes/*.yaml`: what the blackbox exporter looks at from outside.
    package static let probe = FieldTable([
        Field(
            "job", .text, whenAbsent: "the file's name",
            "The Prometheus job, which several files may share; else the file's name."),
        Field("module", .text, "The module of blackbox.yml; else what prometheus.yml says."),
        Field("labels", .mapOf(.visible), "Labels of all its targets."),
        Field(
            "targets", .list(.either(.text, or: probeTarget)), required: true,
            "URLs, or what else the module takes, such as host:port."),
        Field("description", .text, "For people."),
    ])

    private static let probeTarget = FieldTable([
        Field("url", .text, required: true, "The URL, or what else the module takes."),
        Field("module", .text, "A module of its own."),
        Field("labels", .mapOf(.visible), "Labels of its own, over those of all."),
    ])
}
