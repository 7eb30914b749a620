package import Diagnostics
package import SiteModel

/// The order in which entities and what they extend are layers (DESIGN §3).
///
/// Depth-first, parents before children, left to right, each once at its first visit. Nothing is merged here.
package struct Ancestry: Sendable {
    /// One entity of a family, and the reference that led to it first; none for the entity whose family it is.
    package struct Member: Sendable {
        package let id: EntityID
        package let reference: Reference?
    }

    private var families: [EntityID: [Member]] = [:]
    package private(set) var diagnostics: [Diagnostic] = []

    /// How many layers a family may have.
    static let limit = 256

    /// Reports R0302.
    init(_ entities: [EntityID: BoundEntity], _ catalogue: Catalogue) {
        var reported: Set<EntityID> = []
        let heirs = entities.values.filter { !$0.parents.isEmpty }.sorted(byBytesOf: \.path)
        for heir in heirs {
            var walk = Walk(entities, catalogue) { $0.parents }
            walk.run(from: heir, limit: Self.limit)
            families[heir.id] = walk.order
            if walk.isTooLong { diagnostics.append(.tooManyParents(heir)) }
            diagnostics += Self.told(walk.cycles, &reported).map { .cycle($0, "extends", entities) }
        }
    }

    /// One circle for each entity: when it is mended, another that goes through there is told.
    fileprivate static func told(_ cycles: [[Edge]], _ reported: inout Set<EntityID>) -> [[Edge]] {
        cycles.filter { cycle in
            guard !cycle.contains(where: { reported.contains($0.child) }) else { return false }
            reported.formUnion(cycle.map(\.child))
            return true
        }
    }

    /// Whether the entity extends others.
    func hasFamily(_ id: EntityID) -> Bool { !families.isEmpty && families[id] != nil }

    /// The entity's layers, the weakest first, itself last.
    package func family(of id: EntityID) -> [Member] { families[id] ?? [Member(id: id, reference: nil)] }
}

/// One edge of a cycle: who names another, and where.
private struct Edge {
    let child: EntityID
    let reference: Reference
}

/// The walk from entities through those that they name, each once, with a stack of its own: families may be deep.
private struct Walk {
    private let entities: [EntityID: BoundEntity]
    private let catalogue: Catalogue
    private let edges: (BoundEntity) -> [Reference]
    private var path: [Visit] = []
    /// Those on the path, for it may be long.
    private var isOnPath: Set<EntityID> = []
    private var visited: Set<EntityID> = []
    var order: [Ancestry.Member] = []
    var cycles: [[Edge]] = []
    var isTooLong = false

    private struct Visit {
        let id: EntityID
        let reference: Reference?
        let targets: [Reference]
        var next = 0
    }

    init(
        _ entities: [EntityID: BoundEntity], _ catalogue: Catalogue,
        along edges: @escaping (BoundEntity) -> [Reference]
    ) {
        self.entities = entities
        self.catalogue = catalogue
        self.edges = edges
    }

    /// - Parameter limit: how many entities may be visited.
    mutating func run(from start: BoundEntity, limit: Int) {
        guard visited.insert(start.id).inserted else { return }
        isOnPath.insert(start.id)
        path.append(Visit(id: start.id, reference: nil, targets: edges(start)))
        while let visit = path.last {
            guard visit.next < visit.targets.count, !isTooLong else {
                order.append(Ancestry.Member(id: visit.id, reference: visit.reference))
                isOnPath.remove(visit.id)
                path.removeLast()
                continue
            }
            path[path.count - 1].next += 1
            enter(visit.targets[visit.next], limit)
        }
    }

    private mutating func enter(_ reference: Reference, _ limit: Int) {
        guard let place = catalogue.place(reference.name, reference.order), let parent = entities[place.id] else {
            return
        }
        if isOnPath.contains(parent.id), let start = path.firstIndex(where: { $0.id == parent.id }) {
            let edges = path[start...].dropLast().enumerated().compactMap { offset, visit in
                path[start + offset + 1].reference.map { Edge(child: visit.id, reference: $0) }
            }
            cycles.append(edges + [Edge(child: path[path.count - 1].id, reference: reference)])
            return
        }
        guard visited.insert(parent.id).inserted else { return }
        guard visited.count <= limit else {
            isTooLong = true
            return
        }
        isOnPath.insert(parent.id)
        path.append(Visit(id: parent.id, reference: reference, targets: edges(parent)))
    }
}

extension LinkedSite {
    /// Circles of `requires` among the components that were loaded, what they inherit included: R0302.
    package func circlesOfRequirements() -> [Diagnostic] {
        var reported: Set<EntityID> = []
        var walk = Walk(entities, catalogue) { self.requirements(of: $0) }
        for component in catalogue.all(.component).compactMap({ entities[$0.id] }) {
            walk.run(from: component, limit: .max)
        }
        return Ancestry.told(walk.cycles, &reported).map { .cycle($0, "requires", entities) }
    }

    /// What a component requires, with what it inherits, in listed order.
    func requirements(of component: BoundEntity) -> [Reference] {
        (inherited(component).entity.fields["requires"]?.list ?? []).compactMap { value in
            guard let name = value.name, let span = value.origin.span else { return nil }
            return Reference(order: .kind(.component), field: "requires", name: Key(name), span: span)
        }
    }

    /// The entity's layers, the weakest first, itself last.
    func layers(of entity: BoundEntity) -> [(entity: BoundEntity, lineage: Lineage?)] {
        ancestry.family(of: entity.id).compactMap { member in
            guard let ancestor = entities[member.id] else { return nil }
            let lineage = member.reference.map { reference in
                Lineage(ancestor.source, Step("extends", at: reference.span, to: ancestor.path))
            }
            return (ancestor, lineage)
        }
    }

    /// Whether all that the entity and its parents extend is there.
    func hasWholeFamily(_ entity: BoundEntity) -> Bool {
        layers(of: entity).allSatisfy { layer in
            layer.entity.parents.allSatisfy { self.entity($0.name, $0.order) != nil }
        }
    }

    func layers(inFamilyOf entity: BoundEntity) -> [MergeLayer] {
        layers(of: entity).map {
            $0.entity.layer(of: $0.entity.fields.without(["extends"]), $0.lineage)
        }
    }

    /// The entity with what it inherits, merged by its kind's rules. Reports R0304.
    package func inherited(_ entity: BoundEntity) -> (entity: BoundEntity, diagnostics: [Diagnostic]) {
        guard ancestry.hasFamily(entity.id) || !entity.tags.isEmpty else { return (entity, []) }
        let kept: Key? = [.env: "vms", .hostGroup: "instances"][entity.id.kind]
        let merged = merge(layers(inFamilyOf: entity), by: rules[MergeSubject(entity.id.kind)], keeping: kept)
        var result = entity
        result.fields = merged.fields
        return (result, merged.diagnostics)
    }
}

extension Diagnostic {
    fileprivate static func cycle(
        _ edges: [Edge], _ field: String, _ entities: [EntityID: BoundEntity]
    ) -> Diagnostic {
        func path(_ id: EntityID) -> String { entities[id]?.path ?? id.name.text }
        // The circle begins with its first file by name, from whichever it was found.
        let first = edges.indices.min { Key(path(edges[$0].child)) < Key(path(edges[$1].child)) } ?? 0
        let turned = Array(edges[first...] + edges[..<first])
        let round = (turned.map(\.child) + [turned[0].child]).map(path).joined(separator: " → ")
        let labels = turned.map { edge in Label(edge.reference.span, "\(path(edge.child)) \(field) it") }
        let message =
            turned.count == 1 ? "\(path(turned[0].child)) \(field) itself" : "\(field) goes in a circle: \(round)"
        return Diagnostic(
            .cycle, message, at: labels[0].span, turned.count == 1 ? "" : labels[0].text,
            related: Array(labels.dropFirst()),
            help: turned.count == 1 ? "remove it" : "remove one of these \(turned.count) references")
    }

    fileprivate static func tooManyParents(_ heir: BoundEntity) -> Diagnostic {
        Diagnostic(
            .cycle, "more than \(Ancestry.limit) files are inherited here", at: heir.parents.first?.span,
            help: "make the family of \(heir.path) smaller")
    }
}

extension Code {
    package static let cycle = Code(
        "R0302", "a circle of extends or requires",
        explanation: """
            What extends or requires something is a nearer layer than that. In a circle nothing would be nearest, so one \
            reference has to go. The message shows every one of them.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- vms/base.yaml --
            extends: web
            -- vms/web.yaml --
            extends: base
            """,
        fix: "Remove one of the references, or move what both need into a third file that both extend.")
}
