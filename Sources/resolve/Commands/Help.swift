internal import ArgumentParser
internal import SiteConfig

struct Help: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "help",
        abstract: "Help on a command, or the page of a diagnostic's code.",
        discussion: """
            EXAMPLES:
              resolve help env
              resolve help secrets check
              resolve help R0201
              resolve help codes
              resolve help fields
              resolve help fields group
              resolve help rules
            """)

    @Argument(
        help:
            "A command, a code such as R0201, `codes` for a list of them, `fields` for the fields of every file or `fields KIND` for those of one kind, or `rules` for how they are merged."
    )
    var subject: [String] = []

    func execute() throws -> ExitStatus {
        if let command = command() {
            Terminal.output.write(Resolve.helpMessage(for: command) + "\n")
            return .done
        }
        let subject = subject.joined(separator: " ")
        if subject == "codes" {
            Terminal.output.write(SiteCompiler.codes.map { "\($0.id)  \($0.title)\n" }.joined())
        } else if subject == "fields" {
            Terminal.output.write(SiteCompiler.fields)
        } else if subject.hasPrefix("fields "), let fields = SiteCompiler.fields(of: String(subject.dropFirst(7))) {
            Terminal.output.write(fields)
        } else if ["rules", "tags", "merge", "extends"].contains(subject), let rules = SiteCompiler.rules(of: nil) {
            Terminal.output.write(String(decoding: rules, as: UTF8.self))
        } else if let page = SiteCompiler.help(code: subject) {
            Terminal.output.write(page)
        } else {
            throw Failure(
                message:
                    "no command and no code named \"\(subject)\"; `resolve help` and `resolve help codes` list them",
                status: .usage)
        }
        return .done
    }

    /// The command that the words lead to; the program itself if there are none.
    private func command() -> (any ParsableCommand.Type)? {
        var command: any ParsableCommand.Type = Resolve.self
        for word in subject {
            guard let next = command.configuration.subcommands.first(where: { $0._commandName == word }) else {
                return nil
            }
            command = next
        }
        return command
    }
}
