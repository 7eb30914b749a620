internal import ArgumentParser

/// The command line. It parses arguments, calls the library, writes, and decides the exit status; nothing else.
@main
struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Compile a site-config into what OpenTofu, Ansible, Salt, Prometheus and homestak read.",
        discussion: """
            A site-config is a folder of YAML: site.yaml, nodes/, hosts/, envs/, vms/, presets/, postures/, specs/, \
            manifests/, pillar/hosts/, components/, groups/, probes/, and secrets beside it. The site is found by --site, $RESOLVE_SITE, $HOMESTAK_SITE_CONFIG, $HOMESTAK_ETC, from the working directory, \
            or in homestak's own folders.

            EXAMPLES:
              resolve env dev --node pve > terraform.tfvars.json
              resolve --site examples/homestak vars prod -o vars.json
              resolve pillar kt_web_1
              resolve inventory prod --format yaml -o inventory.yaml
              resolve targets --dir /etc/prometheus/file_sd
              resolve validate
              resolve help R0201

            EXIT STATUS:
              0  done
              1  the site's content is wrong
              2  could not run: a file could not be read or written, or there is no site
              64 the command line is wrong
              70 a bug in resolve
            """,
        version: Self.version,
        subcommands: [
            Env.self, VM.self, Vars.self, Inventory.self, Roster.self, Pillar.self, Tops.self, Nodegroups.self,
            Targets.self, Spec.self,
            Manifest.self,
            Host.self, Explain.self, Diff.self, ImpactCommand.self, Where.self, List.self,
            Validate.self, Fix.self, BuildOutputs.self, Migrate.self, Alloc.self, Secrets.self, Schema.self, Read.self,
            Help.self,
        ])

    static let version = "0.1.0"

    @OptionGroup var options: GlobalOptions

    static func main() {
        var parsed: any ParsableCommand
        do {
            parsed = try parsedAlone ?? parseAsRoot()
        } catch {
            // What was wrong with the command line.
            exit(withError: error)
        }
        guard let command = parsed as? any StatusCommand else {
            // `--help`, or a command that does nothing without a subcommand.
            do { try parsed.run() } catch { exit(withError: error) }
            ExitStatus.done.exit()
        }
        do {
            try command.execute().exit()
        } catch let failure as Failure {
            Terminal.error.write("error: \(failure.message)\n")
            failure.status.exit()
        } catch {
            Terminal.error.write("error: this is a bug in resolve, please report it: \(error)\n")
            ExitStatus.bug.exit()
        }
    }

    /// The command that the first word names, or the first behind `--site DIR`, parsed without all others: to set up a parser of
    /// them takes longer than most of what commands do. Nil where anything is to be said of the words, or of the command, which the
    /// whole parser does.
    private static var parsedAlone: (any StatusCommand)? {
        var words = Array(CommandLine.arguments.dropFirst())
        var site: String?
        if words.first == "--site" || words.first == "-C", words.count > 2, !words[1].hasPrefix("-") {
            site = words[1]
            words.removeFirst(2)
            // Two sites are for the whole parser to choose from.
            if words.contains(where: { $0.hasPrefix("--site") || $0.hasPrefix("-C") }) { return nil }
        }
        let others = words.dropFirst()
        if words.first == "build", let build = BuildOutputs.command(ofFlags: others, site: site) { return build }
        let command = configuration.subcommands.first { $0._commandName == words.first }
        return (try? command?.parseAsRoot((site.map { ["--site", $0] } ?? []) + others)) as? any StatusCommand
    }
}

/// A command that says how it ended.
protocol StatusCommand: ParsableCommand {
    func execute() throws -> ExitStatus
}

extension StatusCommand {
    func run() throws { try execute().exit() }
}
