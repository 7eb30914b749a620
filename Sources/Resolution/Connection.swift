package import Diagnostics
internal import SiteModel

/// How Ansible reaches the hosts of a group: its `connection`, as the variables that say so.
struct Connection {
    private(set) var variables: [Fields.Entry] = []
    private(set) var diagnostics: [Diagnostic] = []

    /// What ssh needs, and no other connection.
    static let ofSSH: [Key] = [
        "ansible_host", "ansible_user", "ansible_port", "ansible_password", "ansible_ssh_private_key_file",
        "ansible_ssh_common_args",
    ]

    /// The plugins that reach a host by its address.
    static let overSSH = ["ssh", "smart", "paramiko", "paramiko_ssh"]

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

extension Minion {
    /// What Ansible needs to reach it: as its roster has it, in Ansible's words.
    var connection: [Fields.Entry] {
        let key = ssh.entry("priv").flatMap { $0.value.string == "agent-forwarding" ? nil : $0 }
        return [
            host?.named("ansible_host"), ssh.entry("user")?.named("ansible_user"),
            ssh.entry("port")?.named("ansible_port"),
            ssh.entry("passwd")?.named("ansible_password"), key?.named("ansible_ssh_private_key_file"), sshArguments,
            ssh.entry("sudo")?.named("ansible_become"), ssh.entry("sudo_user")?.named("ansible_become_user"),
        ].compactMap { $0?.literal }
    }

    /// `ssh_options` as the command line has them.
    private var sshArguments: Fields.Entry? {
        guard let entry = ssh.entry("ssh_options"), let options = entry.value.list, !options.isEmpty else { return nil }
        let words = options.compactMap(\.string).map { "-o " + ShellWord.quoted($0) }
        return Fields.Entry(
            "ansible_ssh_common_args", keySpan: entry.keySpan,
            .string(words.joined(separator: " "), entry.value.origin), rule: .derived("ssh_options"))
    }
}

extension Fields.Entry {
    /// The same as data: salt-ssh takes it as it is written, so for Ansible it is no template either.
    fileprivate var literal: Fields.Entry {
        var entry = self
        switch value.content {
        case .string(let text): entry.value.origin.isRaw = ["{{", "{%", "{#"].contains(where: text.contains)
        case .secret: entry.value.origin.isRaw = true
        default: break
        }
        return entry
    }
}

/// A word of a command line, as a POSIX shell splits it.
private enum ShellWord {
    static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                Identifier.isOne(Key("_" + String(UnicodeScalar(byte)))) || "@%+=:,./-".utf8.contains(byte)
            }
        if isPlain { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
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
