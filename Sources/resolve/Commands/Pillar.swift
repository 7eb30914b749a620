internal import ArgumentParser
internal import SiteConfig

struct Pillar: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "pillar",
        abstract: "A minion's pillar, as JSON.",
        discussion: """
            Merged deep, the weakest first: its components in the order of their `requires`, their secrets \
            (secrets/components/), the host group, its secrets (secrets/hosts/), the instance. Then `host` says who the minion \
            is, and which states it runs. Only what this minion needs is read and decrypted.

            EXAMPLES:
              resolve pillar kt_web_1
              resolve pillar kt_web_1 --redact
              resolve explain pillar kt_web_1 nginx.worker_processes
            """)

    @OptionGroup var subject: Arguments
    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus { try options.compile(.pillar(subject.minion)) }

    /// What names the output.
    struct Arguments: ParsableArguments {
        @Argument(help: "The minion's id, as `resolve list minions` shows it.", completion: .custom(Completion.minions))
        var minion: String
    }
}
