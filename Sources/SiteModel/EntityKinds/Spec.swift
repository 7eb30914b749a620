extension FieldTable {
    /// `specs/`, `v2/specs/`: what a machine becomes: its users, packages and services.
    package static let spec = FieldTable([
        .extends,
        Field("schema_version", .integer(1...1), "1."),
        Field("identity", .map(identity), merged: .deep, "Who it is."),
        Field("network", .map(network), merged: .deep, "Its address, where DHCP gives none."),
        Field("access", .map(access), merged: .deep, "Who may enter, and how it is secured."),
        Field("platform", .map(platform), merged: .deep, "What is installed and runs."),
        Field("config", .map(config), merged: .deep, "What else its type needs. Open."),
        Field("run", .map(run), merged: .deep, "How it keeps to its specification."),
        Field("description", .text, "For people."),
    ])

    private static let identity = FieldTable([
        Field("hostname", .text, whenAbsent: "the spec's name", "Its host name; else the spec's name."),
        Field("domain", .nullable(.text), whenAbsent: "the site's, if it has one", "Its DNS domain; else the site's."),
    ])

    private static let network = FieldTable([
        Field("ip", .text, "Its address."),
        Field("gateway", .text, "The default gateway."),
        Field("dns", .list(.text), "DNS servers."),
    ])

    private static let access = FieldTable([
        Field("posture", .reference(.postureForAuth), "How it is secured; else dev, which must exist."),
        Field("users", .list(.map(user)), "The users made on it."),
    ])

    private static let user = FieldTable([
        Field("name", .text, required: true, "The user's name."),
        Field("sudo", .boolean, "Whether the user may use sudo; else false."),
        Field(
            "ssh_keys", .list(.secret(under: "ssh_keys", mayNamePart: true)),
            "The SSH keys that let the user in. Absent in specs/: all of them; in v2/specs/: none."),
    ])

    private static let platform = FieldTable([
        Field("packages", .list(.text), "Packages to install."),
        Field("services", .map(services), "Services."),
    ])

    private static let services = FieldTable([
        Field("enable", .list(.text), "Services that run."),
        Field("disable", .list(.text), "Services that do not."),
    ])

    private static let config = FieldTable(
        isOpen: true,
        [Field("timezone", .text, whenAbsent: "the site's, if it has one", "Its time zone; else the site's.")])

    private static let run = FieldTable([
        Field("trigger", .choice(["schedule", "webhook", "git", "manual"]), "What makes it converge; else manual."),
        Field("interval", .text, "How often, for schedule: 30m, 1h."),
        Field("port", .integer(1...65535), "The port, for webhook."),
        Field("path", .text, "The path, for webhook."),
        Field("repo", .text, "The repository, for git."),
        Field("branch", .text, "The branch, for git."),
        Field("poll_interval", .text, "How often the branch is looked at, for git."),
    ])
}
