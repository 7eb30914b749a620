internal import ArgumentParser
internal import SiteConfig

struct List: StatusCommand {
    static let configuration = CommandConfiguration(
        abstract: "The names of a kind of entity.",
        discussion: """
            Kinds: \(SiteCompiler.kinds.joined(separator: ", ")); the singular is understood, too. No file is opened.

            EXAMPLES:
              resolve list envs
              resolve list presets --format json
            """)

    @Argument(help: "What to list.", completion: .list(SiteCompiler.kinds))
    var kind: String

    @Option(help: "text: a name a line; json: an array of objects with name and file.")
    var format: Format = .text

    @OptionGroup var options: GlobalOptions

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    func execute() throws -> ExitStatus {
        let site = try options.locate()
        guard let listing = site.compiler.list(kind) else {
            throw Failure(
                message: "no kind named \"\(kind)\"; there are: \(SiteCompiler.kinds.joined(separator: ", "))",
                status: .usage)
        }
        if let failure = listing.failures.first { throw Failure.couldNotRun(failure) }
        switch format {
        case .text: try options.deliver(plain: Array(listing.entries.map { $0.name + "\n" }.joined().utf8))
        case .json: try options.deliver(plain: listing.json)
        }
        return .done
    }
}
