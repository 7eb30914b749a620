package import Diagnostics
internal import SiteModel

// What can be wrong with what groups name. Beside `CompileInventory.swift`, which asks.

extension Diagnostic {
    static func noGroup(_ value: Value, _ name: String, _ names: [String], isHost: Bool) -> Diagnostic {
        let near = Suggestions.near(name, among: names)
        let help =
            name == "all"
            ? "remove it: every group is in `all`"
            : isHost
                ? "it is a host, and stands under `hosts`"
                : !near.isEmpty
                    ? "did you mean \(near.asChoices)?"
                    : "make groups/\(Catalogue.isName(name) ? name : "NAME").yaml, or name a group that the site makes, such as env_prod, nodes or a component"
        return Diagnostic(
            .dangling, "no group named \"\(name)\"", at: value.origin.span,
            "neither in groups/ nor made by a component, a host group or an env", help: help)
    }

    /// - Parameters:
    ///   - span: where a group lists it; nil if the command line names it.
    ///   - isVM: whether it is one, but without an address.
    static func noHost(_ name: Key, _ span: Span?, _ names: [String], isGroup: Bool, isVM: Bool) -> Diagnostic {
        let near = Suggestions.near(name.text, among: names)
        var help = "`resolve inventory` shows the hosts"
        if isGroup {
            help = "it is a group, and stands under `children`"
        } else if isVM {
            help = "a VM of that name exists, but without a static `ip` no inventory has it"
        } else if name.text.utf8.contains(where: { "*?[!&:,".utf8.contains($0) }) {
            help = "hosts are listed by their names, without patterns"
        } else if !near.isEmpty {
            help = "did you mean \(near.asChoices)?"
        } else if !names.isEmpty, names.count <= 8 {
            help = "there \(names.count == 1 ? "is" : "are"): \(names.joined(separator: ", "))"
        }
        return Diagnostic(
            .dangling, "no host named \"\(name)\"", at: span,
            span == nil ? "" : "neither a minion, a node, a physical machine nor a VM with a static address", help: help
        )
    }

    static func allHasMembers(_ entry: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .ownGroup, "the group all has every host, whatever its \(entry.key) say", at: entry.keySpan,
            help: "remove it; groups/all.yaml has `vars` and `connection` only")
    }

    static func tooDeep(_ group: InventoryGroups.Group) -> Diagnostic {
        Diagnostic(
            .groupCircle, "the group \(group.name) is in more than 128 others, each in the next",
            at: group.sources.first?.span, help: "make the family of groups flatter")
    }

    /// - Parameter places: of the groups on the way, each a parent of the next, the last one of the first.
    static func circle(_ places: [Int], _ groups: [InventoryGroups.Group]) -> Diagnostic {
        // It begins with its first group by name, from whichever it was found.
        let first = places.indices.min { groups[places[$0]].name < groups[places[$1]].name } ?? 0
        let turned = Array(places[first...] + places[..<first])
        let steps = zip(turned, turned.dropFirst() + turned.prefix(1))
        let labels = steps.compactMap { parent, child -> Label? in
            let edge = groups[parent].children.first { $0.place == child }
            return edge?.origin.span.map { Label($0, "\(groups[parent].name) has the child \(groups[child].name)") }
        }
        let names = turned.map { groups[$0].name.text }
        return Diagnostic(
            .groupCircle,
            names.count == 1
                ? "the group \(names[0]) has itself for a child"
                : "groups go in a circle: \((names + names.prefix(1)).joined(separator: " → "))",
            at: labels.first?.span, labels.first?.text ?? "", related: Array(labels.dropFirst()),
            help: names.count == 1 ? "remove it" : "remove one of these children")
    }
}

extension Code {
    package static let groupCircle = Code(
        "R0309", "groups that are in each other",
        explanation:
            "Ansible refuses an inventory in which a group is, by whatever way, a child of itself, or in too many others.",
        example: """
            $ resolve inventory
            -- site.yaml --
            -- groups/backend.yaml --
            children: [api]
            -- groups/api.yaml --
            children: [backend]
            """,
        fix: "Remove one of the children. A host group `kt_web` is a child of its group `kt` already.")
}
