internal import ArgumentParser
internal import SiteConfig

struct Host: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "host",
        abstract: "How to reach a machine, as JSON.",
        discussion: """
            A node of nodes/, with its Proxmox API; else a machine of hosts/ that is none yet (is_host_only): its address, \
            user and port for SSH.

            EXAMPLES:
              resolve host pve
              resolve host father --redact | jq -r '"-p \\(.ssh_port) \\(.ssh_user)@\\(.ssh_host)"' | xargs -o ssh
            """)

    @OptionGroup var subject: Arguments
    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus { try options.compile(subject.target) }

    /// What names the output.
    struct Arguments: ParsableArguments {
        @Argument(
            help: "The machine: the name of a file in nodes/ or hosts/.", completion: .custom(Completion.machines))
        var name: String

        var target: Target { .host(name) }
    }
}
