internal import ArgumentParser
internal import SiteConfig

struct Vars: StatusCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ansible variables of an env's posture, as JSON.",
        discussion: """
            Merges the built-in defaults, site.yaml and the posture. Packages of site and posture are joined.

            EXAMPLES:
              resolve vars prod -o vars.json && ansible-playbook -e @vars.json site.yml
              resolve vars --posture dev
            """)

    @Argument(help: "The env: the name of a file in envs/.", completion: .custom(Completion.envs))
    var env: String?

    @Option(help: "A posture instead of an env.", completion: .custom(Completion.postures))
    var posture: String?

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if (env == nil) == (posture == nil) { throw ValidationError("Say an env, or --posture, and not both.") }
    }

    func execute() throws -> ExitStatus {
        let site = try options.locate()
        let request = env.map { Target.Variables.env($0) } ?? posture.map { .posture($0) }
        guard let request else { return .usage }
        return try options.deliver(site.compiler.compile(.variables(request)), of: site.location)
    }
}
