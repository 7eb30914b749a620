internal import ArgumentParser
internal import SiteConfig

struct Roster: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "roster",
        abstract: "How salt-ssh reaches its minions: a roster.",
        discussion: """
            A minion for each instance of the host groups in pillar/hosts/, its address and the group's `ssh` fields. As YAML \
            it is a file for Salt's flat roster, and begins with #!yaml, so that Salt runs no Jinja over it; the JSON form is \
            for a roster module (examples/salt has one). A minion without an address is left out, which a warning says.

            EXAMPLES:
              resolve roster > /etc/salt/roster
              resolve roster 'kt_web_*' --env prod --format json
              resolve roster --set kt_web_3=203.0.113.30 new_web_3 -o roster
            """)

    @Argument(
        help: ArgumentHelp(
            "Minions: ids, or patterns with *, ? and […]. All without one.", valueName: "glob"),
        completion: .custom(Completion.minions))
    var minions: [String] = []

    @Option(help: "yaml, for Salt's flat roster; json, for a roster module.")
    var format: Format = .yaml

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case yaml, json

        var form: Target.Roster.Form { self == .yaml ? .yaml : .json }
    }

    @OptionGroup var selection: Selection
    @OptionGroup var options: GlobalOptions

    func validate() throws { _ = try selection.target(of: minions, format.form) }

    func execute() throws -> ExitStatus { try options.compile(try selection.target(of: minions, format.form)) }

    /// What else names the output.
    struct Selection: ParsableArguments {
        @Option(help: "Only the minions of this env.", completion: .custom(Completion.envs))
        var env: String?

        @Option(
            name: .customLong("set"),
            help: ArgumentHelp(
                "An address that is known only now. May be repeated.", valueName: "id=ip"))
        var addresses: [String] = []

        func target(of minions: [String], _ form: Target.Roster.Form) throws -> Target {
            var pairs: [(minion: String, address: String)] = []
            for text in addresses {
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
                    throw ValidationError("--set \(text): say ID=IP, such as kt_web_1=203.0.113.10.")
                }
                guard !pairs.contains(where: { $0.minion == parts[0] }) else {
                    throw ValidationError("--set gives \(parts[0]) two addresses.")
                }
                pairs.append((parts[0], parts[1]))
            }
            return .roster(.init(minions: minions, env: env, addresses: pairs, form: form))
        }
    }
}
