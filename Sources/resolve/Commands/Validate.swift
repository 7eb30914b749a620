internal import ArgumentParser
internal import SiteConfig

struct Validate: StatusCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the whole site: every file, reference, env and node.",
        discussion: """
            Also says where YAML 1.1 and 1.2 would read a value differently. Findings go to stderr as text, or to stdout \
            as JSON lines.

            EXAMPLES:
              resolve validate
              resolve validate site-config --deny-warnings
              resolve validate --format json
            """)

    @Argument(help: "The site's folder; else the site is found as for every command.", completion: .directory)
    var path: String?

    @Option(help: "text, or json: one object a line.")
    var format: Format = .text

    @Flag(help: "Check the site as git has it staged, which is what the next commit will have.")
    var staged = false

    @Flag(help: "Take warnings as errors.")
    var denyWarnings = false

    @OptionGroup var options: GlobalOptions

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    func execute() throws -> ExitStatus {
        let site = try options.locate(path, isStaged: staged)
        let report = site.compiler.validate().report
        var status: ExitStatus
        switch format {
        case .text: status = options.show(report, of: site.location)
        case .json:
            try options.deliver(plain: report.jsonLines(errorsOnly: options.quiet))
            for failure in report.failures { Terminal.error.write("error: \(failure)\n") }
            status = report.errorCount > 0 ? .wrongContent : report.failures.isEmpty ? .done : .couldNotRun
        }
        if status == .done, denyWarnings, report.warningCount > 0 { status = .wrongContent }
        return status
    }
}
