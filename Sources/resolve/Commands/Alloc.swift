internal import ArgumentParser
internal import SiteConfig

struct Alloc: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "alloc",
        abstract: "Give VMs the numbers that they take from pools, and record them in allocations.yaml.",
        discussion: """
            site.yaml describes pools (`pools: {ssh: {from: 22222, to: 22299}}`), and a VM, a template or a preset takes a \
            number with `ssh_port: !alloc ssh`. Each VM gets the lowest number that nothing has, once: it is recorded as \
            `ssh/dev/web1/ssh_port: 22222` and never changes. Commit allocations.yaml. A compile invents no number.

            Prints what it would record as a diff; --write does it.

            EXAMPLES:
              resolve alloc
              resolve alloc --write
              resolve alloc --prune --write
            """)

    @Flag(help: "Change allocations.yaml.")
    var write = false

    @Flag(help: "Also remove the lines that nothing takes any more; their numbers may then be given to others.")
    var prune = false

    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus {
        let site = try options.locate()
        let plan = site.compiler.allocationPlan(isPruning: prune)
        let status = options.show(plan.report, of: site.location)
        guard status == .done, !plan.changes.isEmpty else { return status }
        guard write else {
            try options.deliver(plain: plan.diff(below: GlobalOptions.placeInRepository(site.location)))
            return status
        }
        try SiteWriter(site.location.path).write(plan.changes)
        try options.deliver(plain: Array(plan.changes.map { $0.summary + "\n" }.joined().utf8))
        return status
    }
}
