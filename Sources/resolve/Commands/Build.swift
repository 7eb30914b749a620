internal import ArgumentParser
internal import SiteConfig

struct BuildOutputs: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Every output that resolve.yaml declares, as one set.",
        discussion: """
            resolve.yaml stands beside site.yaml and says which command's output goes into which file:
              outputs:
                - {emit: env, env: "*", node: pve, to: "dist/{env}.tfvars.json"}
                - {emit: vars, env: [dev, prod], to: "dist/{env}.vars.json", redact: true}
                - {emit: targets, to: "dist/file_sd/{job}.json"}

            The whole site is checked; with any error no file takes its place. Files that stay the same are not touched. \
            .resolve.lock beside resolve.yaml keeps account of what was written: commit it. An output that would lose VMs, or \
            become empty, or rename minions, is an error unless --allow-shrink.

            --check writes nothing and exits with 1 if a build would change anything: the golden test of a site, for CI and \
            hooks. It says which keys differ and which line of the site does it, and needs no identity for redacted outputs.

            EXAMPLES:
              resolve build
              resolve build --check
              resolve build --prune --allow-shrink
            """)

    @Flag(help: "Write nothing; exit with 1 if the files differ from what would be written.")
    var check = false

    @Flag(help: "With --check: the site and the files as git has them staged.")
    var staged = false

    @Flag(help: "Remove files that an earlier build wrote and this one does not.")
    var prune = false

    @Flag(help: "Let outputs lose VMs or become empty, and minions be renamed.")
    var allowShrink = false

    @Flag(help: "Let outputs be written outside of the git repository, or, without one, of the site.")
    var allowOutside = false

    @Option(help: "With --check: text, or json: an array with an object for each key that differs.")
    var format: Explain.Format?

    @Flag(help: "Compile everything, even if no file has changed since the last build, and note nothing for the next.")
    var noCache = false

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if check, prune || allowShrink {
            throw ValidationError("--check writes nothing, so it takes no --prune or --allow-shrink.")
        }
        if staged, !check { throw ValidationError("--staged is for --check.") }
        if format != nil, !check { throw ValidationError("--format is for --check.") }
        if options.redact, !check {
            throw ValidationError(
                "--redact would take the secrets out of files that need them; write `redact: true` in resolve.yaml.")
        }
        if options.output != nil, !check {
            throw ValidationError("-o is for one output; resolve.yaml says where those of a build go.")
        }
    }

    func execute() throws -> ExitStatus {
        // Outputs go into files, whatever stdout is.
        let identities =
            options.redact ? nil : Identities(files: options.identity, passphraseFile: options.passphraseFile)
        let site = try options.locate(opening: identities, isStaged: staged)
        let depth = GlobalOptions.placeInRepository(site.location).utf8.count { $0 == UInt8(ascii: "/") }
        let request = BuildRequest(
            depth: depth, allowsOutside: allowOutside, allowsShrinking: allowShrink, isPruning: prune, isCheck: check,
            issuedAt: try IssueTime.ofEnvironment)
        var stamps =
            noCache
            ? nil
            : BuildStamps(
                site.compiler, request, version: Resolve.version, environment: GlobalOptions.environment)
        let stage = check ? nil : try OutputStage(site: site.location.path, depth: allowOutside ? nil : depth)
        let build: Build
        switch stamps?.standing(for: request) ?? .unknown {
        case .same(let count):
            if check { return try tell(.nothing, ofOutputs: count) }
            account(written: 0, ofOutputs: count, leftovers: [])
            return .done
        case .changed(let outputs): build = outputs
        case .unknown:
            build = (stamps?.compiler ?? site.compiler).build(request, handingOutputsTo: stage)
        }
        if !build.report.isClean { stage?.discard() }
        let status = options.show(build.report, of: site.location)
        guard status == .done else {
            stage?.discard()
            return status
        }
        guard let stage else {
            let check = compare(build, with: stamps?.files ?? site.files, at: site.location)
            stamps?.keep(build, after: check)
            return try tell(check, ofOutputs: build.outputCount)
        }
        stamps?.prepare(build)
        var set = OutputSet(stage)
        let result = try set.write(build, isPruning: prune)
        let lines = result.written.map { "wrote \($0)\n" } + result.removed.map { "removed \($0)\n" }
        Terminal.output.write(lines.joined())
        account(
            written: result.written.count, ofOutputs: build.outputCount, leftovers: prune ? [] : build.leftovers)
        let written = set
        stamps?.keep(build, written: result.written, files: set.files) {
            written.holds($0)
        } holdsLock: {
            written.holdsLock(of: build)
        }
        return .done
    }

    private func compare(_ build: Build, with files: any SiteFiles, at location: Discovery.Location) -> BuildCheck {
        build.check(
            against: files, isIgnored: { GitFiles.ignored($0, ofSiteIn: location.path) },
            objection: { staged ? nil : OutputSet.objection(to: $0, ofSiteIn: location.path) })
    }

    private func tell(_ check: BuildCheck, ofOutputs count: Int) throws -> ExitStatus {
        try options.deliver(plain: format == .json ? check.json : Array(check.text.utf8))
        if !options.quiet {
            for note in check.notes { Terminal.error.write("note: \(note)\n") }
            let outputs = "\(count) output\(count == 1 ? "" : "s")"
            Terminal.error.write(
                check.isCurrent
                    ? "note: compared \(outputs): all current\n"
                    : "note: compared \(outputs); `resolve build` writes what differs\(staged ? ", then `git add` it" : "")\n"
            )
        }
        return check.isCurrent ? .done : .wrongContent
    }

    private func account(written: Int, ofOutputs count: Int, leftovers: [String]) {
        guard !options.quiet else { return }
        Terminal.error.write("note: \(written) written, \(count - written) unchanged\n")
        guard !leftovers.isEmpty else { return }
        let names = leftovers.prefix(5).joined(separator: ", ")
        let more = leftovers.count > 5 ? " and \(leftovers.count - 5) more" : ""
        Terminal.error.write(
            "note: nothing writes \(names)\(more) any more; --prune removes what an earlier build wrote\n")
    }
}

extension BuildOutputs {
    /// The command of words that are all plain flags, without the parser: to set that up takes as long as a build that has nothing
    /// to do. Nil for any other words, and for flags of which the parser has something to say.
    static func command(ofFlags words: some Sequence<String>, site: String? = nil) -> BuildOutputs? {
        var command = BuildOutputs()
        command.check = false
        command.staged = false
        command.prune = false
        command.allowShrink = false
        command.allowOutside = false
        command.format = nil
        command.noCache = false
        var options = GlobalOptions.absent
        options.site = site
        for word in words {
            switch word {
            case "--check" where !command.check: command.check = true
            case "--staged" where !command.staged: command.staged = true
            case "--prune" where !command.prune: command.prune = true
            case "--allow-shrink" where !command.allowShrink: command.allowShrink = true
            case "--allow-outside" where !command.allowOutside: command.allowOutside = true
            case "--no-cache" where !command.noCache: command.noCache = true
            case "--quiet" where !options.quiet: options.quiet = true
            default: return nil
            }
        }
        command.options = options
        return (try? command.validate()) == nil ? nil : command
    }
}
