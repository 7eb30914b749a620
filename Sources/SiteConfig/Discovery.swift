internal import SiteModel

/// Finds the site that a command means (DESIGN §1, *Finding it*).
public enum Discovery {
    /// A site's folder and why it was chosen.
    public struct Location: Sendable, Equatable {
        /// As it was given, or relative to the working directory if it was found near it.
        public let path: String
        /// Such as `--site`, `$RESOLVE_SITE`, `the working directory`.
        public let reason: String
    }

    /// There is no site: every place that was tried, and what was wrong with it.
    public struct NotFound: Error, Equatable {
        /// One line for each place.
        public let tried: [String]
    }

    /// - Parameters:
    ///   - explicit: the folder that the command line names.
    ///   - option: what named it there.
    ///   - environment: looks up a variable of the environment.
    ///   - workingDirectory: its absolute path.
    public static func locate(
        explicit: String?, by option: String = "--site", environment: (String) -> String?, workingDirectory: String
    ) -> Result<Location, NotFound> {
        // A site that was named must be one: to fall back on another would compile the wrong machines.
        if let explicit { return named(explicit, by: option) }
        if let path = environment("RESOLVE_SITE"), !path.isEmpty { return named(path, by: "$RESOLVE_SITE") }
        var tried: [String] = []
        func first(of candidates: [Location]) -> Location? {
            for candidate in candidates {
                if isSite(candidate.path) { return candidate }
                tried.append("\(candidate.path) (\(candidate.reason))")
            }
            return nil
        }
        let found = first(of: named(in: environment)) ?? nearest(to: workingDirectory) ?? first(of: usual)
        return found.map { .success($0) } ?? .failure(NotFound(tried: tried))
    }

    private static func named(_ path: String, by reason: String) -> Result<Location, NotFound> {
        if isSite(path) { return .success(Location(path: path, reason: reason)) }
        // As of a variable of the shell that is not set.
        let shown = path.isEmpty ? "an empty name" : path
        return .failure(NotFound(tried: ["\(shown) (\(reason))"]))
    }

    private static func named(in environment: (String) -> String?) -> [Location] {
        ["HOMESTAK_SITE_CONFIG", "HOMESTAK_ETC"].compactMap { variable in
            environment(variable).flatMap { $0.isEmpty ? nil : Location(path: $0, reason: "$" + variable) }
        }
    }

    /// The nearest folder with a site.yaml. Any folder may have folders named like a site's, its own `v2/` among them: near here a
    /// site.yaml says more.
    private static func nearest(to workingDirectory: String) -> Location? {
        var folder = "."
        for depth in 0...workingDirectory.pathSteps.count {
            if hasSiteFile(folder) {
                let reason = depth == 0 ? "the working directory" : "the nearest parent with a site.yaml"
                return Location(path: folder, reason: reason)
            }
            folder = depth == 0 ? ".." : folder + "/.."
        }
        return nil
    }

    private static let usual: [Location] =
        [Location(path: ".", reason: "the working directory")]
        + ["site-config", "config"].flatMap { name in
            [
                Location(path: name, reason: "in the working directory"),
                Location(path: "../" + name, reason: "beside the working directory"),
            ]
        } + [
            Location(path: "/usr/local/etc/homestak", reason: "homestak's folder"),
            Location(path: "/opt/homestak/site-config", reason: "homestak's folder"),
        ]

    private static func hasSiteFile(_ path: String) -> Bool {
        let files = DiskFiles(root: path)
        // A folder above may be long, and few have one.
        guard ["site.yaml", "site.yml"].contains(where: files.mayBeThere), let names = try? files.names(in: "") else {
            return false
        }
        return names.contains("site.yaml") || names.contains("site.yml")
    }

    /// A folder is a site if it has a `site.yaml`, or at least two of the kinds' folders.
    static func isSite(_ path: String) -> Bool {
        let files = DiskFiles(root: path)
        guard let names = try? files.names(in: "") else { return false }
        if names.contains("site.yaml") || names.contains("site.yml") { return true }
        let folders = Catalogue.folders.filter { folder in
            let first = String(folder.prefix { $0 != "/" })
            return names.contains(first) && (try? files.names(in: folder)) != nil
        }
        return folders.count >= 2
    }
}
