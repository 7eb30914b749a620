internal import ArgumentParser
internal import SiteConfig

/// What is explained: an emitting command with its arguments, and perhaps a path into its output.
struct Subject {
    let target: Target
    let path: String?

    /// The commands whose outputs can be explained.
    static let commands = [
        "env", "vm", "vars", "inventory", "roster", "pillar", "tops", "nodegroups", "targets", "spec", "manifest",
        "host",
    ]

    /// - Parameter words: as they stand on the command line: `env dev --node pve vms.web1`.
    init(_ words: [String]) throws {
        guard let command = words.first else {
            throw Failure.usage("say what: one of \(Self.commands.joined(separator: ", ")), with its arguments")
        }
        let rest = Array(words.dropFirst())
        if command.hasPrefix("-") {
            throw Failure.usage(
                "\"\(command)\" comes too early: the command comes first, then its options: explain env prod --node pve"
            )
        }
        if !Self.commands.contains(command), let place = rest.firstIndex(where: Self.commands.contains) {
            let order = (rest[place...] + [command]).joined(separator: " ")
            throw Failure.usage("the command comes first, the path last: \(order)")
        }
        switch command {
        case "env":
            let parsed = try Explained<Env.Arguments>.read(rest, "env ENV [--node NODE] [--vm-id NAME=N]… [PATH]")
            (target, path) = (parsed.subject.target, parsed.path)
        case "vm":
            let parsed = try Explained<VM.Arguments>.read(
                rest, "vm NAME --vmid N (--template T | --preset P) [--node NODE] … [PATH]")
            (target, path) = (try parsed.subject.target, parsed.path)
        case "roster":
            let parsed = try Explained<Roster.Selection>.read(rest, "roster [--env E] [--set ID=IP]… [PATH]")
            (target, path) = (try parsed.subject.target(of: [], .json), parsed.path)
        case "pillar":
            let parsed = try Explained<Pillar.Arguments>.read(rest, "pillar MINION [PATH]")
            (target, path) = (.pillar(parsed.subject.minion), parsed.path)
        case "tops":
            let parsed = try Explained<Pillar.Arguments>.read(rest, "tops MINION [PATH]")
            (target, path) = (.tops(parsed.subject.minion), parsed.path)
        case "inventory":
            let parsed = try Explained<Inventory.Arguments>.read(rest, "inventory [ENV] [PATH]")
            (target, path) = (.inventory(.init(env: parsed.subject.env)), parsed.path)
        case "targets":
            let parsed = try Explained<Targets.Arguments>.read(rest, "targets [JOB] [--env E] [PATH]")
            (target, path) = Self.targets(parsed.subject, parsed.path)
        case "nodegroups":
            let parsed = try Explained<NoArguments>.read(rest, "nodegroups [PATH]")
            (target, path) = (.nodegroups, parsed.path)
        case "spec":
            let parsed = try Explained<Spec.Arguments>.read(rest, "spec NAME [PATH]")
            (target, path) = (parsed.subject.target, parsed.path)
        case "host":
            let parsed = try Explained<Host.Arguments>.read(rest, "host NAME [PATH]")
            (target, path) = (parsed.subject.target, parsed.path)
        case "manifest":
            let parsed = try Explained<Manifest.Arguments>.read(
                rest, "manifest NAME [--node NODE] [PATH], or manifest --file FILE [PATH]")
            (target, path) = (try parsed.subject.target, parsed.path)
        case "vars":
            let parsed = try Explained<Vars.Arguments>.read(rest, "vars ENV [PATH], or vars --posture P [PATH]")
            // With --posture, what looks like an env is the path.
            let isPath = parsed.subject.posture != nil && parsed.path == nil
            var subject = parsed.subject
            if isPath { subject.env = nil }
            guard let target = subject.target else {
                let isNothing = subject.env == nil
                throw Failure.usage(
                    isNothing ? "say an env, or --posture P" : "say an env, or --posture P, and not both")
            }
            (self.target, path) = (target, isPath ? parsed.subject.env : parsed.path)
        default:
            throw Failure.usage(
                "\"\(command)\" writes no output that can be explained; these do: \(Self.commands.joined(separator: ", "))."
            )
        }
    }
}

extension Subject {
    /// Behind `inventory`, one word alone that names no env is a path.
    func settled(in site: SiteCompiler) -> Subject {
        guard case .inventory(let request) = target, let word = request.env, path == nil,
            site.list("env")?.entries.contains(where: { $0.name == word }) != true
        else { return self }
        return Subject(.inventory(.init()), path: word)
    }

    private init(_ target: Target, path: String?) {
        self.target = target
        self.path = path
    }

    /// Behind `targets`, one word alone is a path if it begins with an item's place.
    private static func targets(_ arguments: Targets.Arguments, _ path: String?) -> (Target, String?) {
        guard path == nil, let word = arguments.job,
            let first = word.split(separator: ".", omittingEmptySubsequences: false).first,
            first == "*" || (!first.isEmpty && first.allSatisfy(\.isNumber))
        else { return (.targets(arguments.target), path) }
        return (.targets(.init(env: arguments.env)), word)
    }
}

private struct NoArguments: ParsableArguments {}

/// A command's arguments, then a path.
private struct Explained<Arguments: ParsableArguments>: ParsableCommand {
    @OptionGroup var subject: Arguments
    @Argument var path: String?

    static func read(_ words: [String], _ usage: String) throws -> Self {
        do {
            return try Self.parse(words)
        } catch {
            throw Failure.usage("\(Self.message(for: error))\nhelp: the subject is: \(usage)")
        }
    }
}
