package import Diagnostics
internal import SiteModel

/// How Ansible reaches the hosts of a group: its `connection`, as the variables that say so.
struct Connection {
    private(set) var variables: [Fields.Entry] = []
    private(set) var diagnostics: [Diagnostic] = []

    /// The plugin that enters an Incus instance, whose name it reads from `ansible_incus_host`.
    static let incusPlugin = "community.general.incus"

    /// Reports R0708.
    init(_ written: Fields.Entry) {
        guard let entry = written.value.map.map({ $0.entry("type") }) ?? written, let type = entry.value.string else {
            return
        }
        let plugin = type == "incus" ? Self.incusPlugin : type
        variables = [
            Fields.Entry(
                "ansible_connection", keySpan: entry.keySpan, .string(plugin, entry.value.origin),
                rule: .derived("connection"))
        ]
        for key in ["remote", "project"] as [Key] {
            guard let option = written.value.map?.entry(key) else { continue }
            if type == "incus" {
                variables.append(option.named(Key("ansible_incus_\(key)")))
            } else {
                diagnostics.append(.noOption(option, of: type))
            }
        }
    }
}

extension Fields {
    /// With further variables of the same group. Reports R0708 for one that both have.
    func joined(with other: Fields, _ diagnostics: inout [Diagnostic]) -> Fields {
        var joined = self
        for entry in other.entries {
            if let first = joined.entry(entry.key) { diagnostics.append(.saidTwice(first, entry)) }
            joined.set(entry)
        }
        joined.removed += other.removed
        joined.lineage += other.lineage
        return joined
    }
}

extension Diagnostic {
    fileprivate static func noOption(_ option: Fields.Entry, of type: String) -> Diagnostic {
        Diagnostic(
            .badConnection, "a connection of type \(type) has no \(option.key)", at: option.keySpan,
            help: "remove it, or write `type: incus`")
    }

    fileprivate static func saidTwice(_ first: Fields.Entry, _ second: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .badConnection, "\(second.key) of this group is said twice", at: second.keySpan ?? second.value.origin.span,
            related: (first.keySpan ?? first.value.origin.span).map { [Label($0, "it is said here")] } ?? [],
            help: "leave one of the two out")
    }
}

extension Code {
    package static let badConnection = Code(
        "R0708", "what a group says of itself in two ways",
        explanation: """
            `connection` is written as variables: `ansible_connection`, for Incus `ansible_incus_remote` and \
            `ansible_incus_project` too. What `vars` says of the same name would contradict it, as would an option that the \
            type of connection does not have. A group that is an env's has the variables of both files.
            """,
        example: """
            $ resolve inventory
            -- site.yaml --
            -- groups/lab.yaml --
            connection: local
            vars: {ansible_connection: ssh}
            """,
        fix: "Leave one of the two out.")
}
