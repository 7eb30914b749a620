internal import Diagnostics
internal import Resolution
internal import SiteModel

extension SiteReading {
    /// What homestak's newest layout has no place for: read as before, left where it is.
    func leftovers() -> [Diagnostic] {
        var remarks: [Diagnostic] = []
        for kind in [EntityKind.env, .template] {
            let paths = site.catalogue.all(kind).map(\.path)
            if !paths.isEmpty { remarks.append(.keptForResolve(kind, paths)) }
        }
        let known = Catalogue.folders + site.catalogue.paths
        let strangers = ["v2", "v2/postures", "v2/presets", "v2/specs", "vms/presets"].flatMap {
            self.strangers(in: $0, known: known)
        }
        return strangers.isEmpty ? remarks : remarks + [.strangers(strangers)]
    }

    /// What stands in a folder and is none of those known.
    private func strangers(in folder: String, known: [String]) -> [String] {
        guard let names = try? loader.files.names(in: folder) else { return [] }
        return names.inByteOrder.map { "\(folder)/\($0)" }.filter { !known.contains($0) }
    }
}

extension Diagnostic {
    fileprivate static func keptForResolve(_ kind: EntityKind, _ paths: [String]) -> Diagnostic {
        Diagnostic(
            .staysBehind, .note, "homestak's newest tools do not read \(kind.plural), resolve does: \(paths.shown)",
            at: nil,
            help: "they stay where they are; homestak's own tools make machines from manifests")
    }

    fileprivate static func strangers(_ paths: [String]) -> Diagnostic {
        Diagnostic(.staysBehind, .note, "no part of the site's config, and left alone: \(paths.shown)", at: nil)
    }
}

extension [String] {
    fileprivate var shown: String { prefix(12).joined(separator: ", ") + (count > 12 ? " and \(count - 12) more" : "") }
}
