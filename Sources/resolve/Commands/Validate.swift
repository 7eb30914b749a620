internal import ArgumentParser
internal import SiteConfig

struct Validate: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check the whole site: every file, reference, env and node.",
        discussion: """
            Also says where YAML 1.1 and 1.2 would read a value differently, what nothing uses, and what changes nothing. \
            Findings go to stderr as text, or to stdout in a form for programs, with paths as they are in the git repository \
            for sarif and github. A comment allows warnings and notes where they are meant: behind a value it is about its \
            line, on a line of its own about the next one.

              cores: 2        # resolve: allow R0816 stays two, whatever the template says

            EXAMPLES:
              resolve validate
              resolve validate site-config --deny-warnings
              resolve validate --format json
              resolve validate --format sarif -o resolve.sarif
              resolve validate --format github
            """)

    @Argument(help: "The site's folder; else the site is found as for every command.", completion: .directory)
    var path: String?

    @Option(
        help: """
            text; json: one object a line; sarif: a log for code scanning (SARIF 2.1.0); github: workflow commands, which \
            annotate a checkout.
            """)
    var format: Format = .text

    @Flag(help: "Check the site as git has it staged, which is what the next commit will have.")
    var staged = false

    @Flag(help: "Take warnings as errors.")
    var denyWarnings = false

    @OptionGroup var options: GlobalOptions

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, sarif, github
    }

    func execute() throws -> ExitStatus {
        let site = try options.locate(path, isStaged: staged)
        let report = site.compiler.validate(withEdits: format != .text).report
        if format == .text {
            _ = options.show(report, of: site.location, errorsOnly: isBrief)
        } else {
            try options.deliver(plain: bytes(of: report, in: site.location))
            // An annotation of a workflow says it already.
            if format != .github { for failure in report.failures { Terminal.error.write("error: \(failure)\n") } }
        }
        let status = ExitStatus(report)
        guard status == .done, denyWarnings, report.warningCount > 0 else { return status }
        let count = "\(report.warningCount) warning\(report.warningCount == 1 ? "" : "s")"
        Terminal.error.write("\nresolve: \(count), which --deny-warnings takes for errors\n")
        return .wrongContent
    }

    /// Whether warnings are left out: not where they decide.
    private var isBrief: Bool { options.quiet && !denyWarnings }

    private func bytes(of report: Report, in location: Discovery.Location) -> [UInt8] {
        let prefix = GlobalOptions.placeInRepository(location)
        return switch format {
        case .text: []
        case .json: report.jsonLines(errorsOnly: isBrief)
        case .sarif:
            report.sarif(prefix: prefix, version: Resolve.configuration.version, errorsOnly: isBrief)
        case .github: report.gitHub(prefix: prefix, errorsOnly: isBrief)
        }
    }
}
