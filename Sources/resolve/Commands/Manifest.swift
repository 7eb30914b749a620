internal import ArgumentParser
internal import SiteConfig

struct Manifest: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "manifest",
        abstract: "A manifest's machines, and the orders in which they are made and destroyed, as JSON.",
        discussion: """
            The graph with its defaults filled in. create_order is breadth-first from the roots, in the order of the file; \
            destroy_order is its reverse. With --node each root has its OpenTofu variables, as `resolve vm` writes them. \
            Levels of version 1 are read as a chain.

            EXAMPLES:
              resolve manifest n2-push
              resolve manifest n2-push --order
              resolve manifest n2-push --node father --issued-at "$(date +%s)" -o n2.json
              resolve manifest n2-push --subtree root-pve | resolve manifest --file -
            """)

    @OptionGroup var subject: Arguments
    @OptionGroup var options: GlobalOptions

    func execute() throws -> ExitStatus { try options.compile(subject.target) }

    /// What names the output.
    struct Arguments: ParsableArguments {
        @Argument(
            help: "The manifest: the name of a file in manifests/.", completion: .custom(Completion.manifests))
        var name: String?

        @Option(
            help:
                "A manifest that stands elsewhere, or - for stdin: YAML or JSON. What it refers to is looked up in the site.",
            completion: .file(extensions: ["yaml", "yml", "json"]))
        var file: String?

        @Flag(help: "Only the two orders.")
        var order = false

        @Option(
            help: ArgumentHelp(
                "What runs on a node of the manifest, as a manifest of version 2; its children become roots.",
                valueName: "name"))
        var subtree: String?

        @Option(
            help: "The Proxmox node on which the roots are made: the name of a file in nodes/.",
            completion: .custom(Completion.nodes))
        var node: String?

        @OptionGroup var time: IssueTime

        func validate() throws {
            if (name == nil) == (file == nil) { throw ValidationError("Say a manifest, or --file, and not both.") }
            if order, subtree != nil { throw ValidationError("--order and --subtree exclude each other.") }
            if node != nil, order || subtree != nil {
                throw ValidationError(
                    "--node gives the roots their OpenTofu variables, which \(order ? "--order" : "--subtree") does not write."
                )
            }
        }

        var target: Target {
            get throws {
                let form: Target.Manifest.Form = order ? .order : subtree.map { .subtree($0) } ?? .graph
                return .manifest(.init(try source, form: form, node: node, issuedAt: try time.value))
            }
        }

        private var source: Target.Manifest.Source {
            get throws {
                guard let file else { return .name(name ?? "") }
                if file == "-" { return .file(path: "stdin", bytes: try Terminal.readInput()) }
                do throws(FileError) {
                    return try .file(at: file)
                } catch {
                    throw Failure.couldNotRun("cannot read \(file): \(error.reason)")
                }
            }
        }
    }
}

/// When tokens are issued: no output reads the clock.
struct IssueTime: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "When provisioning tokens are issued, in seconds since 1970; else $SOURCE_DATE_EPOCH.", valueName: "unix"))
    var issuedAt: Int?

    func validate() throws {
        if let issuedAt, !Self.range.contains(issuedAt) {
            throw ValidationError("--issued-at wants seconds since 1970, as `date +%s` says them.")
        }
    }

    /// Up to the year 5000: milliseconds are beyond.
    private static let range = 0...95_617_584_000

    /// What the command line says, else the environment; nil if neither does.
    var value: Int? {
        get throws { try issuedAt ?? Self.ofEnvironment }
    }

    /// What $SOURCE_DATE_EPOCH says; nil if it is not set.
    static var ofEnvironment: Int? {
        get throws {
            guard let text = GlobalOptions.environment("SOURCE_DATE_EPOCH"), !text.isEmpty else { return nil }
            guard let time = Int(text), Self.range.contains(time) else {
                throw Failure.usage("$SOURCE_DATE_EPOCH is \"\(text)\", and should be seconds since 1970")
            }
            return time
        }
    }
}
