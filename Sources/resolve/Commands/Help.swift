internal import ArgumentParser
internal import SiteConfig

struct Help: StatusCommand {
    static let configuration = CommandConfiguration(
        abstract: "Help on a command, or the page of a diagnostic's code.",
        discussion: """
            EXAMPLES:
              resolve help env
              resolve help R0201
              resolve help codes
            """)

    @Argument(help: "A command, a code such as R0201, or `codes` for a list of them.")
    var subject: String?

    func execute() throws -> ExitStatus {
        guard let subject else {
            Terminal.output.write(Resolve.helpMessage() + "\n")
            return .done
        }
        if subject == "codes" {
            Terminal.output.write(SiteCompiler.codes.map { "\($0.id)  \($0.title)\n" }.joined())
        } else if let command = Resolve.configuration.subcommands.first(where: { $0._commandName == subject }) {
            Terminal.output.write(Resolve.helpMessage(for: command) + "\n")
        } else if let page = SiteCompiler.help(code: subject) {
            Terminal.output.write(page)
        } else {
            throw Failure(
                message: "no command and no code named \"\(subject)\"; `resolve help codes` lists the codes",
                status: .usage)
        }
        return .done
    }
}
