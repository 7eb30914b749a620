internal import ArgumentParser
internal import SiteConfig

struct Tops: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "tops",
        abstract: "A minion's states, for Salt's master_tops, as YAML.",
        discussion: """
            The states of its components in the order of their `requires`, each once. In the master's configuration: \
            `master_tops: {ext_nodes: resolve tops}`. Salt only logs a failure of it, and runs no states then; what stops a \
            broken site is the pillar, which raises (examples/salt).

            EXAMPLES:
              resolve tops kt_web_1
            """)

    @OptionGroup var subject: Pillar.Arguments
    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus { try options.compile(.tops(subject.minion)) }
}
