internal import ArgumentParser
internal import SiteConfig

struct Env: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "OpenTofu variables of an env on a node, as tfvars JSON.",
        discussion: """
            Merges each VM of envs/ENV.yaml from its preset, template and own entry, fills in what the site provides, and \
            adds the node's endpoint and the secrets that OpenTofu needs. Any mistake in what it reads is an error, and \
            then nothing is written.

            EXAMPLES:
              resolve env dev --node pve > terraform.tfvars.json
              resolve env dev --node pve --redact
              resolve env prod -o prod.tfvars.json
              resolve env dev --node pve --vm-id web=9001
            """)

    @OptionGroup var subject: Arguments
    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus { try options.compile(subject.target) }

    /// What names the output.
    struct Arguments: ParsableArguments {
        @Argument(help: "The env: the name of a file in envs/.", completion: .custom(Completion.envs))
        var env: String

        @Option(
            help: "The node: the name of a file in nodes/. May be left out if there is one, or the env names one.",
            completion: .custom(Completion.nodes))
        var node: String?

        @Option(
            name: .customLong("vm-id"),
            help: ArgumentHelp("The number of a VM, from 100, over the site's. May be repeated.", valueName: "name=n"))
        var numbers: [VMNumber] = []

        func validate() throws {
            for (index, number) in numbers.enumerated()
            where numbers[..<index].contains(where: { $0.name == number.name }) {
                throw ValidationError("--vm-id gives \(number.name) two numbers.")
            }
        }

        var target: Target { .env(.init(name: env, node: node, vmids: numbers.map { ($0.name, $0.number) })) }
    }
}

/// `NAME=N`
struct VMNumber: ExpressibleByArgument {
    let name: String
    let number: Int

    init?(argument: String) {
        guard let equals = argument.lastIndex(of: "="), let number = Int(argument[argument.index(after: equals)...]),
            (100...999_999_999).contains(number)
        else { return nil }
        name = String(argument[..<equals])
        self.number = number
        if name.isEmpty { return nil }
    }
}
