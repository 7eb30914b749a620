internal import ArgumentParser
internal import SiteConfig

struct Diff: StatusCommand {
    static let configuration = CommandConfiguration(
        abstract: "What changed since a revision of git: which minions are new, gone, renamed or moved.",
        discussion: """
            A machine is known by its address and port. One that has another id now answers to another pillar and other states, \
            and Salt knows it by another name: so it is when an address goes out of the middle of a list of instances. A map of \
            instances keeps the ids.

            The site is compared as it is in the working tree with what git has at REV, without a checkout. No secrets are opened.

            EXAMPLES:
              resolve diff
              resolve diff main
              resolve diff HEAD~3 --format json | jq -r '.[] | select(.change == "renamed").minion'
            """)

    @Argument(help: "The revision, as git names it.")
    var rev = "HEAD"

    @Option(help: "text, or json: an array with an object for each change.")
    var format: Explain.Format = .text

    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus {
        let site = try options.locate()
        let files: GitFiles
        do throws(FileError) {
            files = try GitFiles(rev, ofSiteIn: site.location.path)
        } catch {
            throw Failure.couldNotRun(error.reason)
        }
        let compared = site.compiler.compareMinions(since: SiteCompiler(files, isLenient: options.lenient))
        let status = options.show(compared.report, of: site.location)
        guard status == .done else { return status }
        guard compared.earlierReport.isClean else {
            _ = options.show(compared.earlierReport, of: nil)
            throw Failure(
                message: "the site had these errors at \(rev), so what it was cannot be told", status: .wrongContent)
        }
        switch format {
        case .text: try options.deliver(plain: Array(compared.text.utf8))
        case .json: try options.deliver(plain: compared.json)
        }
        if !options.quiet {
            if compared.renamed > 0 {
                Terminal.error.write(
                    "note: what is renamed has another pillar and other keys from now on; a map of instances keeps names, "
                        + "as \"instances: {1: …}\"\n")
            }
            Terminal.error.write("note: compared the working tree with \(rev) (\(files.commit?.prefix(12) ?? ""))\n")
        }
        return .done
    }
}
