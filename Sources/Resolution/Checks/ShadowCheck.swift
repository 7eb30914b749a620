package import Diagnostics
package import SiteModel

extension LinkedSite {
    /// A preset that stands in two folders with different content: the first is used, which should be known. R0301.
    ///
    /// - Parameter order: where what is compiled looks.
    package func shadowedPresets(_ order: SearchOrder = .presetOfVM) -> [Diagnostic] {
        memo.shadowed(order) { findShadowed(order) }
    }

    private func findShadowed(_ order: SearchOrder) -> [Diagnostic] {
        catalogue.names(.preset).flatMap { name -> [Diagnostic] in
            guard let used = entity(Key(name), order) else { return [] }
            return catalogue.shadowed(Key(name), order).compactMap { place in
                guard let other = entities[place.id], !other.fields.hasSameData(as: used.fields) else { return nil }
                return .shadowed(used, other)
            }
        }
    }
}

extension Fields {
    /// Equal but for the order of the keys.
    fileprivate func hasSameData(as other: Fields) -> Bool {
        entries.count == other.entries.count && entries.allSatisfy { other[$0.key]?.content == $0.value.content }
    }
}

extension Diagnostic {
    fileprivate static func shadowed(_ used: BoundEntity, _ other: BoundEntity) -> Diagnostic {
        Diagnostic(
            .shadowed, .warning, "two presets named \"\(used.id.name)\" differ, and \(used.path) is used",
            at: other.start,
            "this one is not read here",
            help: "make them equal, or give one another name: a VM looks in vms/presets/ first, a manifest in presets/")
    }
}

extension Code {
    package static let shadowed = Code(
        "R0301", "two presets of one name differ",
        explanation: """
            A preset is looked up in `vms/presets/`, `presets/` and `v2/presets/`, and the first one found is used whole: \
            presets in different folders are never merged. A manifest looks in `vms/presets/` last.
            """,
        example: """
            $ resolve vm web --vmid 9000 --preset small
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- vms/presets/small.yaml --
            cores: 1
            -- presets/small.yaml --
            cores: 2
            """,
        fix: "Make them equal, or give one another name. `resolve migrate` makes one of two that are equal.")
}
