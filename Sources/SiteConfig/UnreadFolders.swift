internal import Diagnostics
internal import SiteModel

// Folders that seem to be the site's and that nothing reads. Beside `Loader.swift`, of which they are a part.

extension Loader {
    /// Folders with files that would be read elsewhere: beside the kinds' own under a name that is nearly one of theirs, and inside
    /// of these under any.
    func unreadFolders(in folder: String, _ names: [String]) -> [Diagnostic] {
        names.inByteOrder.compactMap { name in
            guard !Self.isFile(name), !Catalogue.isIgnored(name) else { return nil }
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            guard !Self.known.contains(where: { $0 == path || $0.behind(path + "/") != nil }) else { return nil }
            guard folder.isEmpty else { return hasFiles(path) ? .unread(path, below: folder) : nil }
            guard let meant = Self.meant(by: name) else { return nil }
            // `pillar` and `v2` hold folders of files.
            let places = Self.known.compactMap { $0 == meant ? "" : $0.behind(meant + "/").map { "/\($0)" } }
            return places.contains { hasFiles(path + $0) } ? .unread(path, meaning: meant) : nil
        }
    }

    private func hasFiles(_ folder: String) -> Bool {
        (try? files.names(in: folder))?.contains(where: Self.isFile) ?? false
    }

    private static let known = Catalogue.folders + ["secrets/hosts", "secrets/components"]

    /// The folder of the site's that a name seems to stand for. Of two letters every name is near another.
    private static func meant(by name: String) -> String? {
        let names = known.compactMap { $0.pathSteps.first.map(String.init) }
        return name.utf8.count > 2 ? Suggestions.near(name, among: names, includingParts: false).first : nil
    }

    private static func isFile(_ name: String) -> Bool {
        [".yaml", ".yml", ".sls"].contains(where: name.hasSuffix) && !Catalogue.isIgnored(name)
    }
}

extension Diagnostic {
    fileprivate static func unread(_ path: String, meaning folder: String) -> Diagnostic {
        Diagnostic(
            .misnamed, .warning, "\(path)/ is not read", at: nil,
            help: "did you mean \(folder)/? To leave it out, begin its name with `_`")
    }

    fileprivate static func unread(_ path: String, below folder: String) -> Diagnostic {
        Diagnostic(
            .misnamed, .warning, "\(path)/ is not read, for it is a folder among files", at: nil,
            help: "move its files to \(folder)/, each with a name of its own; to leave it out, begin its name with `_`")
    }
}
