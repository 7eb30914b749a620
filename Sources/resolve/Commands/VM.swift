internal import ArgumentParser
internal import SiteConfig

struct VM: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "vm",
        abstract: "OpenTofu variables of one VM that stands in no env.",
        discussion: """
            The same document as `resolve env`, with one VM made from the command line.

            EXAMPLES:
              resolve vm adhoc1 --vmid 9001 --template base --node pve
              resolve vm adhoc1 --vmid 9001 --preset small --image debian-13 --posture stage
              resolve vm edge1 --vmid 9002 --preset vm-small --spec base --issued-at "$(date +%s)" -o edge1.tfvars.json
            """)

    @OptionGroup var subject: Arguments
    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus { try options.compile(subject.target) }

    /// What names the output.
    struct Arguments: ParsableArguments {
        @Argument(help: "The VM's name.")
        var name: String

        @Option(help: ArgumentHelp("Its number in Proxmox, from 100.", valueName: "n"))
        var vmid: Int

        @Option(
            help: "The template it starts from: the name of a file in vms/.", completion: .custom(Completion.templates))
        var template: String?

        @Option(help: "The preset it starts from, without a template.", completion: .custom(Completion.presets))
        var preset: String?

        @Option(
            help: "The node: the name of a file in nodes/. May be left out if there is one.",
            completion: .custom(Completion.nodes))
        var node: String?

        @Option(help: "The image, over the template's.")
        var image: String?

        @Option(
            help: "The posture whose auth method it has; else its spec's, else dev.",
            completion: .custom(Completion.postures))
        var posture: String?

        @Option(
            help:
                "The spec that it becomes. With a server_url and secrets.auth.signing_key its auth_token is a provisioning token.",
            completion: .custom(Completion.specs))
        var spec: String?

        @OptionGroup var time: IssueTime

        func validate() throws {
            guard (100...999_999_999).contains(vmid) else { throw ValidationError("--vmid wants a number from 100.") }
            if template == nil, preset == nil { throw ValidationError("Say --template or --preset.") }
            if template != nil, preset != nil {
                throw ValidationError("Say --template or --preset, not both: a template names its own preset.")
            }
        }

        var target: Target {
            get throws {
                .vm(
                    .init(
                        name: name, vmid: vmid, template: template, preset: preset, node: node, image: image,
                        posture: posture, spec: spec, issuedAt: try time.value))
            }
        }
    }
}
