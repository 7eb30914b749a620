internal import ArgumentParser
internal import SiteConfig

struct Explain: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Where the values of an output come from, and how they were merged.",
        discussion: """
            SUBJECT is a command that writes an output, with its arguments: \(Subject.commands.joined(separator: ", ")). For each value: what set it \
            (file, line, layer, rule), what it beat, and the references that led there. PATH chooses values: dotted, items \
            of lists by index or by their name, `*` for any one step. Secrets are shown by their names; nothing is opened.

            EXAMPLES:
              resolve explain env dev --node pve
              resolve explain env dev --node pve vms.dev1.memory
              resolve explain env prod 'vms.*.ip' --format json
              resolve explain vars prod packages
              resolve explain --rules
              resolve explain --rules vm
            """)

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "A command that writes an output, with its arguments, then perhaps a path into the output.",
            valueName: "subject"), completion: .custom(Completion.subjects))
    var subject: [String] = []

    @Flag(help: "Print the merge rules instead: of all kinds, or of the kind that is named.")
    var rules = false

    @Option(help: "text, or json: an array with an object for each value.")
    var format: Format = .text

    @OptionGroup var options: GlobalOptions

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    func execute() throws -> ExitStatus {
        if rules { return try explainRules() }
        let words = try Subject(subject)
        let site = try options.locate()
        let subject = words.settled(in: site.compiler)
        let explanation = site.compiler.explain(subject.target, path: subject.path)
        let status = options.show(explanation.report, of: site.location)
        guard status == .done else { return status }
        switch format {
        case .text:
            try options.deliver(plain: Array(explanation.text(isColoured: options.isColoured(on: .output)).utf8))
        case .json: try options.deliver(plain: explanation.json)
        }
        return status
    }

    private func explainRules() throws -> ExitStatus {
        guard subject.count <= 1 else { throw Failure.usage("--rules takes one kind at most") }
        // Without a site there are rules all the same.
        let site = options.site == nil ? try? options.locate() : try options.locate()
        let told = site.map { $0.compiler.rules(of: subject.first, asJSON: format == .json) }
        if let told, let (report, bytes) = told {
            let status = options.show(report, of: site?.location)
            if status == .done { try options.deliver(plain: bytes) }
            return status
        }
        guard told == nil, let bytes = SiteCompiler.rules(of: subject.first, asJSON: format == .json) else {
            let kinds = SiteCompiler.mergedKinds.joined(separator: ", ")
            throw Failure.usage("nothing named \"\(subject[0])\" is merged; there are: \(kinds)")
        }
        try options.deliver(plain: bytes)
        return .done
    }
}
