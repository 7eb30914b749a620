internal import ArgumentParser
internal import SiteConfig

struct Where: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "where",
        abstract: "Which values of an output a line of the site decides.",
        discussion: """
            The other way round than `explain`: for a line of a file, the paths of the values that it sets or, as a \
            reference, leads to. SUBJECT is a command that writes an output, with its arguments: \(Subject.commands.joined(separator: ", ")).

            EXAMPLES:
              resolve where vms/presets/small.yaml:2 env dev --node pve
              resolve where site.yaml:4 vars prod
              resolve where envs/prod.yaml:19 env prod --format json
            """)

    @Argument(
        help: ArgumentHelp("A file of the site and a line in it, such as envs/dev.yaml:12.", valueName: "file:line"),
        completion: .file(), transform: LineOfFile.init)
    var place: LineOfFile

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("A command that writes an output, with its arguments.", valueName: "subject"),
        completion: .custom(Completion.subjects))
    var subject: [String]

    @Option(help: "text, or json: an array with an object for each value.")
    var format: Explain.Format = .text

    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus {
        let words = try Subject(subject)
        let site = try options.locate()
        let subject = words.settled(in: site.compiler)
        let file = GlobalOptions.relative(place.file, to: site.location)
        let decided = site.compiler.decided(by: file, line: place.line, in: subject.target, path: subject.path)
        let status = options.show(decided.report, of: site.location)
        guard status == .done else { return status }
        switch format {
        case .text: try options.deliver(plain: Array(decided.text.utf8))
        case .json: try options.deliver(plain: decided.json)
        }
        if let remark = decided.remark, !options.quiet { Terminal.error.write("note: \(remark)\n") }
        return status
    }
}

/// `FILE:LINE`
struct LineOfFile {
    let file: String
    let line: Int

    init(_ argument: String) throws {
        // A column behind the line, as editors write it, is passed over.
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.reversed().prefix { Int($0) != nil }.prefix(2)
        guard let line = numbers.last.flatMap({ Int($0) }), line > 0, parts.count > numbers.count, parts[0] != "" else {
            throw ValidationError("FILE:LINE comes first, such as envs/dev.yaml:12, then the subject.")
        }
        file = parts.dropLast(numbers.count).joined(separator: ":")
        self.line = line
    }
}
