internal import ArgumentParser
internal import SiteConfig

struct Targets: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "targets",
        abstract: "What Prometheus scrapes, for its file_sd.",
        discussion: """
            The `metrics` of components on the minions that run them, those of site.yaml on nodes, physical machines and VMs, \
            and the probes of probes/. Without a job the targets of all jobs in one list. With --dir a file JOB.json for each \
            job, replaced whole and only when it changed; Prometheus reads it again by itself.

            EXAMPLES:
              resolve targets --dir /etc/prometheus/file_sd
              resolve targets node
              resolve targets --env prod
              resolve explain targets node 0.labels
            """)

    @OptionGroup var subject: Arguments

    @Option(
        help: ArgumentHelp("Write a file JOB.json for each job into this folder.", valueName: "dir"),
        completion: .directory)
    var dir: String?

    @OptionGroup var options: GlobalOptions

    /// What names the output.
    struct Arguments: ParsableArguments {
        @Argument(help: "The job; all jobs without one.", completion: .custom(Completion.jobs))
        var job: String?

        @Option(
            help: "Only the minions and VMs of this env: no nodes, physical machines or probes.",
            completion: .custom(Completion.envs))
        var env: String?

        var target: Target.Targets { .init(job: job, env: env) }
    }

    func validate() throws {
        if dir != nil, options.output != nil {
            throw ValidationError("--dir writes a file for each job, -o one for all: say one of them.")
        }
    }

    func execute() throws -> ExitStatus {
        guard let dir else { return try options.compile(.targets(subject.target)) }
        let site = try options.locate()
        let compiled = site.compiler.compileJobs(subject.target)
        let status = options.show(compiled.report, of: site.location)
        guard status == .done else { return status }
        let folder = try Folder(dir)
        let files = compiled.jobs.map { (name: "\($0.name).json", document: $0.document) }
        try folder.write(files)
        if subject.job == nil, !options.quiet { remark(on: folder, besides: files.map(\.name)) }
        return status
    }

    /// Prometheus goes on with the file of a job that the site has no more.
    private func remark(on folder: Folder, besides written: [String]) {
        let others = folder.names(endingIn: ".json").filter { !written.contains($0) }
        guard !others.isEmpty else { return }
        let names = others.prefix(5).joined(separator: ", ") + (others.count > 5 ? " and \(others.count - 5) more" : "")
        Terminal.error.write(
            "note: \(dir ?? "") has files of no job of this site: \(names); Prometheus may read them until they are removed\n"
        )
    }
}
