internal import ArgumentParser
internal import SiteConfig

struct Spec: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "spec",
        abstract: "A specification with its references filled in, as JSON.",
        discussion: """
            What homestak's server hands to a machine: the document of specs/NAME.yaml, what the site says of domain and \
            time zone, the whole posture under access._posture, and each user's SSH keys as text.

            EXAMPLES:
              resolve spec base
              resolve spec base --redact
              resolve explain spec base access.users
            """)

    @OptionGroup var subject: Arguments
    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus { try options.compile(subject.target) }

    /// What names the output.
    struct Arguments: ParsableArguments {
        @Argument(help: "The spec: the name of a file in specs/ or v2/specs/.", completion: .custom(Completion.specs))
        var name: String

        var target: Target { .specification(name) }
    }
}
