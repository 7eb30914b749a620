internal import ArgumentParser
internal import SiteConfig

struct Inventory: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory",
        abstract: "Hosts and groups for Ansible: an inventory script, or a static file.",
        discussion: """
            Hosts are the minions of pillar/hosts/, the nodes, the physical machines of hosts/ and the VMs with a static \
            address; groups are made of envs, host groups and components, and of the files in groups/. With an env only its \
            VMs and minions are hosts. When it succeeds it says nothing on stderr, which Ansible would show as an error: \
            `resolve validate` has the warnings.

            As an inventory script, an executable file of two lines:
              #!/bin/sh
              exec resolve inventory "$@"

            EXAMPLES:
              ansible-playbook -i ./inventory site.yml
              resolve inventory prod --format yaml -o inventory/prod.yaml
              resolve inventory --host kt_web_1
              resolve explain inventory _meta.hostvars.kt_web_1
            """)

    @OptionGroup var subject: Arguments

    @Flag(help: "Every host and group, which is what happens anyway: Ansible asks a script so.")
    var list = false

    @Option(
        help: ArgumentHelp("The variables of one host: Ansible asks a script so.", valueName: "host"),
        completion: .custom(Completion.hosts))
    var host: String?

    @Option(help: "script, for Ansible's script protocol; json or yaml, for a static file.")
    var format: Format?

    @OptionGroup var options: GlobalOptions

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case script, json, yaml
    }

    /// What names the output.
    struct Arguments: ParsableArguments {
        @Argument(
            help: "The env whose VMs and minions alone are wanted; all hosts without one.",
            completion: .custom(Completion.envs))
        var env: String?
    }

    func validate() throws {
        if list, host != nil { throw ValidationError("--list and --host exclude each other.") }
        if let format, format != .script, list || host != nil {
            throw ValidationError("--\(list ? "list" : "host") is for the script form, not for --format \(format).")
        }
    }

    func execute() throws -> ExitStatus {
        let form: Target.Inventory.Form =
            switch (host, format) {
            case (let host?, _): .host(host)
            case (nil, .json): .json
            case (nil, .yaml): .yaml
            case (nil, .script), (nil, nil): .script
            }
        // Ansible takes whatever a script says on stderr for an error.
        return try options.compile(.inventory(.init(env: subject.env, form: form)), isSilent: true)
    }
}
