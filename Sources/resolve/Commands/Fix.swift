internal import ArgumentParser
internal import SiteConfig

struct Fix: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "fix",
        abstract: "Apply the fixes that `validate` suggests.",
        discussion: """
            Misspelt names with one that is meant, values that YAML 1.1 and 1.2 read differently, what lacks quotes. Comments \
            and formatting are kept. Each fix is tried: one that does not remove its finding, or brings another error, is left \
            out. What leaves a choice is left to you, and so are files with secrets or passwords. Notes, and findings that \
            may be meant (R0802, R0803), are only fixed when --code names them.

            Prints a diff, which `git apply` takes; --write changes the files.

            EXAMPLES:
              resolve fix
              resolve fix --write
              resolve fix --code R0801 --write
            """)

    @Flag(help: "Change the site's files.")
    var write = false

    @Option(help: ArgumentHelp("Only findings of this code. May be repeated.", valueName: "code"))
    var code: [String] = []

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        let known = SiteCompiler.codes.map(\.id)
        if let unknown = code.first(where: { !known.contains($0) }) {
            throw ValidationError("\(unknown) is no code; `resolve help codes` lists them.")
        }
    }

    func execute() throws -> ExitStatus {
        let site = try options.locate()
        let plan = site.compiler.fixes(only: code)
        guard plan.report.failures.isEmpty else { return options.show(plan.report, of: site.location) }
        if write {
            try SiteWriter(site.location.path).write(plan.changes)
            try options.deliver(plain: Array(plan.changes.map { $0.summary + "\n" }.joined().utf8))
        } else if let change = plan.changes.first(where: \.mayShowPasswords) {
            throw Failure(
                message: "\(change.oldPath ?? "a file") speaks of passwords, and a diff could show one\n"
                    + "help: --write makes the changes and shows no line", status: .wrongContent)
        } else if !plan.changes.isEmpty {
            try options.deliver(plain: plan.diff(below: GlobalOptions.placeInRepository(site.location)))
        }
        if !options.quiet { account(for: plan) }
        return .done
    }

    private func account(for plan: FixPlan) {
        let text = plan.fixed.map { "\($0.path): \($0.code), \($0.title)\n" }.joined()
        Terminal.error.write(text)
        let left = plan.leftCount
        let findings = "\(left) finding\(left == 1 ? "" : "s")"
        let rest = left == 0 ? "nothing is left" : "\(findings) of `resolve validate` left"
        let done =
            plan.fixed.isEmpty
            ? "nothing to fix"
            : write ? "\(plan.fixed.count) fixed" : "\(plan.fixed.count) can be fixed, --write does it"
        Terminal.error.write("note: \(done), \(rest)\n")
    }
}
