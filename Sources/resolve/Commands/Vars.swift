internal import ArgumentParser
internal import SiteConfig

struct Vars: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "vars",
        abstract: "Ansible variables of an env's posture, as JSON.",
        discussion: """
            Merges the built-in defaults, site.yaml and the posture. Packages of site and posture are joined.

            EXAMPLES:
              resolve vars prod -o vars.json && ansible-playbook -e @vars.json site.yml
              resolve vars --posture dev
            """)

    @OptionGroup var subject: Arguments
    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if subject.target == nil { throw ValidationError("Say an env, or --posture, and not both.") }
    }

    func execute() throws -> ExitStatus {
        guard let target = subject.target else { return .usage }
        return try options.compile(target)
    }

    /// What names the output.
    struct Arguments: ParsableArguments {
        @Argument(help: "The env: the name of a file in envs/.", completion: .custom(Completion.envs))
        var env: String?

        @Option(help: "A posture instead of an env.", completion: .custom(Completion.postures))
        var posture: String?

        /// Nil if neither is named, or both are.
        var target: Target? {
            switch (env, posture) {
            case (let env?, nil): .variables(.env(env))
            case (nil, let posture?): .variables(.posture(posture))
            default: nil
            }
        }
    }
}
