internal import ArgumentParser
internal import SiteConfig

struct List: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The names of a kind of entity.",
        discussion: """
            Kinds: \(Self.kinds.joined(separator: ", ")); the singular is understood, too. No file is opened, but for \
            minions: those are the instances of the host groups in pillar/hosts/.

            EXAMPLES:
              resolve list envs
              resolve list minions
              resolve list presets --format json
            """)

    /// What can be listed.
    static let kinds = SiteCompiler.kinds + ["minions"]

    @Argument(help: "What to list.", completion: .list(kinds))
    var kind: String

    @Option(help: "text: a name a line; json: an array of objects with name and file.")
    var format: Format = .text

    @OptionGroup var options: GlobalOptions

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    func execute() throws -> ExitStatus {
        let site = try options.locate()
        if ["minion", "minions"].contains(kind) {
            let found = site.compiler.minions()
            let status = options.show(found.report, of: site.location)
            if status == .done, let listing = found.listing { try deliver(listing) }
            return status
        }
        guard let listing = site.compiler.list(kind) else {
            throw Failure(
                message: "no kind named \"\(kind)\"; there are: \(Self.kinds.joined(separator: ", "))",
                status: .usage)
        }
        if let failure = listing.failures.first { throw Failure.couldNotRun(failure) }
        try deliver(listing)
        return .done
    }

    private func deliver(_ listing: Listing) throws {
        switch format {
        case .text: try options.deliver(plain: Array(listing.entries.map { $0.name + "\n" }.joined().utf8))
        case .json: try options.deliver(plain: listing.json)
        }
    }
}
