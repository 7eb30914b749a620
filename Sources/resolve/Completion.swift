internal import ArgumentParser
internal import SiteConfig

/// The names that a shell completes: those of the site that the working directory leads to.
enum Completion {
    @Sendable static func envs(_ words: [String], _ index: Int, _ prefix: String) -> [String] { names("envs", words) }
    @Sendable static func nodes(_ words: [String], _ index: Int, _ prefix: String) -> [String] { names("nodes", words) }
    @Sendable static func templates(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        names("templates", words)
    }
    @Sendable static func presets(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        names("presets", words)
    }
    @Sendable static func specs(_ words: [String], _ index: Int, _ prefix: String) -> [String] { names("specs", words) }
    @Sendable static func manifests(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        names("manifests", words)
    }
    @Sendable static func machines(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        let nodes = names("nodes", words)
        return nodes + names("hosts", words).filter { !nodes.contains($0) }
    }
    @Sendable static func minions(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        (try? options(words)?.locate().compiler.minions().listing?.entries.map(\.name)) ?? []
    }
    @Sendable static func hosts(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        machines(words, index, prefix) + minions(words, index, prefix)
    }
    @Sendable static func postures(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        names("postures", words)
    }

    @Sendable static func jobs(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        (try? options(words)?.locate().compiler.compileJobs(.init()).jobs.map(\.name)) ?? []
    }

    /// The commands that can be explained, then what the one that stands there wants.
    @Sendable static func subjects(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        let before = words.prefix(index)
        switch before.last {
        case "--node": return names("nodes", words)
        case "--posture": return names("postures", words)
        case "--template": return names("templates", words)
        case "--preset": return names("presets", words)
        case "--spec", "spec": return names("specs", words)
        case "manifest": return names("manifests", words)
        case "host": return machines(words, index, prefix)
        case "pillar", "tops": return minions(words, index, prefix)
        case "--env": return names("envs", words)
        case "--rules": return SiteCompiler.mergedKinds
        case "env", "vars", "inventory": return names("envs", words)
        case "targets": return jobs(words, index, prefix)
        default: return before.contains(where: Subject.commands.contains) ? [] : Subject.commands
        }
    }

    private static func names(_ kind: String, _ words: [String]) -> [String] {
        let listing = try? options(words)?.locate().compiler.list(kind)
        return listing?.entries.map(\.name) ?? []
    }

    private static func options(_ words: [String]) -> GlobalOptions? {
        let site = words.firstIndex { $0 == "--site" || $0 == "-C" }.flatMap { words.dropFirst($0 + 1).first }
        return try? GlobalOptions.parse(site.map { ["--site", $0] } ?? [])
    }
}
