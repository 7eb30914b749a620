internal import ArgumentParser
internal import SiteConfig

struct Diff: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "What changed between two states of the site, in every output, key by key.",
        discussion: """
            Compiles both states, the site as git has it at REV and as it is in the working tree (or at a second REV), and \
            compares everything that they compile to: the outputs of resolve.yaml, every env, spec, manifest and host, the \
            inventory, the targets, the roster and every minion's pillar. A change that is the same for many machines is told \
            once, with the line that did it. Minions that are new, gone, renamed or moved come first.

            Nothing is checked out, and no secrets are opened: they are the same or another, as their ciphertext is.

            EXAMPLES:
              resolve diff
              resolve diff main
              resolve diff v1.2 v1.3
              resolve diff HEAD~3 --format json | jq -r '.minions[] | select(.change == "renamed").minion'
            """)

    @Argument(help: "The revision, as git names it.")
    var rev = "HEAD"

    @Argument(help: "A second revision, instead of the working tree.")
    var until: String?

    @Option(help: "text, or json: an object with the changes of minions and of keys.")
    var format: Explain.Format = .text

    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus {
        let compared = try Revisions(rev, until, options).compare()
        guard let comparison = compared.comparison else { return compared.status }
        switch format {
        case .text: try options.deliver(plain: Array(comparison.text.utf8))
        case .json: try options.deliver(plain: comparison.json)
        }
        guard !options.quiet else { return .done }
        if comparison.minions.renamed > 0 {
            Terminal.error.write(
                "note: what is renamed has another pillar and other keys from now on; a map of instances keeps names, "
                    + "as \"instances: {1: …}\"\n")
        }
        for note in comparison.notes { Terminal.error.write("note: \(note)\n") }
        Terminal.error.write("note: \(compared.account)\(comparison.isEmpty ? ": nothing differs" : "")\n")
        return .done
    }
}

struct ImpactCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "impact",
        abstract: "Which outputs, machines and envs a change touches, as JSON for a CI matrix.",
        discussion: """
            Compares as `resolve diff` does, and lists what differs: the site's files, the outputs by command (and by the file \
            that resolve.yaml says), the machines that they speak of, and their envs. What was deleted is there, too; `envs` \
            are those that still exist.

            EXAMPLES:
              resolve impact --since origin/main
              resolve impact --since origin/main | jq -c .envs
              resolve impact --since HEAD~1 --format text
            """)

    @Option(help: "The revision to compare with, as git names it.")
    var since: String

    @Option(help: "json, or text: a line for each file, output and machine.")
    var format: Format = .json

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case json, text
    }

    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus {
        let compared = try Revisions(since, nil, options).compare()
        guard let comparison = compared.comparison, let impact = comparison.impact(since: since, compared.commit)
        else { return compared.status }
        switch format {
        case .text: try options.deliver(plain: Array(impact.text.utf8))
        case .json: try options.deliver(plain: impact.json)
        }
        if !options.quiet {
            for note in comparison.notes { Terminal.error.write("note: \(note)\n") }
            Terminal.error.write("note: \(compared.account)\n")
        }
        return .done
    }
}

/// Two states of a site, of which the later may be the working tree.
private struct Revisions {
    private let earlier: String
    private let later: String?
    private let options: GlobalOptions

    init(_ earlier: String, _ later: String?, _ options: GlobalOptions) {
        self.earlier = earlier
        self.later = later
        self.options = options
    }

    struct Compared {
        /// Nil if the later state has errors, which have been shown.
        let comparison: SiteComparison?
        let status: ExitStatus
        /// What was compared with what.
        let account: String
        /// The earlier commit, in full.
        let commit: String
    }

    func compare() throws -> Compared {
        let site = try options.locate()
        let old = try read(earlier, site.location)
        let new = try later.map { try read($0, site.location) }
        let compiler = new.map { SiteCompiler($0, isLenient: options.lenient) } ?? site.compiler
        let comparison = compiler.compare(since: SiteCompiler(old, isLenient: options.lenient))
        let status = options.show(comparison.report, of: site.location)
        let other = new.map { "\(later ?? "") (\(Self.short($0)))" } ?? "the working tree"
        if !old.holdsSite, !options.quiet {
            Terminal.error.write("note: \(earlier) has no site here: everything is new\n")
        }
        let account = "compared \(other) with \(earlier) (\(Self.short(old)))"
        if status == .done, !comparison.earlierReport.isClean {
            _ = options.show(comparison.earlierReport, of: nil)
            Terminal.error.write("note: the site had these errors at \(earlier); what had none is compared\n")
        }
        return Compared(
            comparison: status == .done ? comparison : nil, status: status, account: account, commit: old.commit ?? "")
    }

    private func read(_ revision: String, _ location: Discovery.Location) throws -> GitFiles {
        do throws(FileError) {
            return try GitFiles(revision, ofSiteIn: location.path)
        } catch {
            throw Failure.couldNotRun(error.reason)
        }
    }

    private static func short(_ files: GitFiles) -> String { String((files.commit ?? "").prefix(12)) }
}
