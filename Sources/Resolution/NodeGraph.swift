package import Diagnostics
internal import SiteModel

/// Which machine of a manifest runs on which (DESIGN §6, *manifest*). Linear in the nodes, whatever their shape.
struct NodeGraph {
    /// Of each node, the place of the one that it runs on; nil for a root.
    private(set) var parents: [Int?]
    /// Breadth-first from the roots, in the order of the file. Without the nodes of a circle.
    private(set) var order: [Int] = []
    private(set) var depths: [Int]
    private(set) var diagnostics: [Diagnostic] = []
    private let children: [[Int]]

    /// Reports R0604 (two nodes of one name), R0205 (an unknown parent), R0308 (a circle).
    ///
    /// - Parameter nodes: of each node its name and the name of its parent, if it has one.
    init(_ nodes: [(name: Value, parent: Value?)]) {
        let index = NameIndex(nodes.map(\.name))
        diagnostics = index.diagnostics
        var suggestions = 0
        parents = []
        for node in nodes {
            guard let parent = node.parent, let name = parent.name else {
                parents.append(nil)
                continue
            }
            let place = index.places[Key(name)]
            if place == nil {
                diagnostics.append(.noParent(parent, name, suggestions < Self.few ? nodes.map(\.name) : []))
                suggestions += 1
            }
            parents.append(place)
        }
        depths = nodes.map { _ in 0 }
        var children = [[Int]](repeating: [], count: nodes.count)
        for (place, parent) in parents.enumerated() {
            if let parent { children[parent].append(place) } else { order.append(place) }
        }
        self.children = children
        // The queue is the order itself: what it has reached is never reached again, for a node has one parent.
        var next = 0
        while next < order.count {
            let place = order[next]
            for child in children[place] {
                depths[child] = depths[place] + 1
                order.append(child)
            }
            next += 1
        }
        if order.count < nodes.count { reportCircles(nodes) }
    }

    /// The nodes below one, breadth-first.
    func descendants(of place: Int) -> [Int] {
        var found = children[place]
        var next = 0
        while next < found.count {
            found += children[found[next]]
            next += 1
        }
        return found
    }

    /// What no root leads to goes in a circle, or hangs on one.
    private mutating func reportCircles(_ nodes: [(name: Value, parent: Value?)]) {
        /// The walk in which a node was first seen; a walk that comes back to its own goes in a circle.
        var walks = [Int](repeating: 0, count: nodes.count)
        for place in order { walks[place] = -1 }
        for start in nodes.indices where walks[start] == 0 {
            var path: [Int] = []
            var place = start
            while walks[place] == 0, let parent = parents[place] {
                walks[place] = start + 1
                path.append(place)
                place = parent
            }
            guard walks[place] == start + 1, let first = path.firstIndex(of: place) else { continue }
            diagnostics.append(.circle(path[first...].map { nodes[$0] }))
        }
    }

    /// How many suggestions are worth looking for, and how many edges of a circle are worth showing.
    fileprivate static let few = 20
}

/// Where each name stands first.
private struct NameIndex {
    private(set) var places: [Key: Int] = [:]
    private(set) var diagnostics: [Diagnostic] = []

    init(_ names: [Value]) {
        for (place, name) in names.enumerated() {
            guard let text = name.name else { continue }
            if let first = places[Key(text)] {
                diagnostics.append(.sameNode(text, name.origin.span, names[first].origin.span))
            } else {
                places[Key(text)] = place
            }
        }
    }
}

extension Diagnostic {
    fileprivate static func sameNode(_ name: String, _ second: Span?, _ first: Span?) -> Diagnostic {
        Diagnostic(
            .sameNode, "two nodes are named \"\(name)\"", at: second, "the second one",
            related: first.map { [Label($0, "the first one")] } ?? [], help: "rename one of them")
    }

    fileprivate static func noParent(_ parent: Value, _ name: String, _ names: [Value]) -> Diagnostic {
        let near = Suggestions.near(name, among: names.compactMap(\.name))
        let help =
            near.isEmpty
            ? "name a node of this manifest, or leave parent out: then it runs on the node that the manifest is for"
            : "did you mean \(near.asChoices)?"
        return Diagnostic(
            .noParent, "no node named \"\(name)\" in this manifest", at: parent.origin.span, "the parent of a node",
            help: help)
    }

    fileprivate static func circle(_ nodes: [(name: Value, parent: Value?)]) -> Diagnostic {
        // It begins with the node that stands first in the file.
        let starts = nodes.map { $0.name.origin.span?.start ?? 0 }
        let first = starts.indices.min { starts[$0] < starts[$1] } ?? 0
        let turned = nodes[first...] + nodes[..<first]
        let shown = turned.prefix(NodeGraph.few)
        let rest = nodes.count - shown.count
        let names = shown.compactMap(\.name.name) + (rest > 0 ? ["… (\(rest) more)"] : [])
        let round = (names + names.prefix(1)).joined(separator: " → ")
        let labels = shown.compactMap { node in
            node.parent?.origin.span.map { Label($0, "\"\(node.name.name ?? "")\" runs on it") }
        }
        return Diagnostic(
            .circle,
            nodes.count == 1 ? "\"\(names[0])\" is its own parent" : "the parents of nodes go in a circle: \(round)",
            at: labels.first?.span, labels.first?.text ?? "", related: Array(labels.dropFirst()),
            help: "remove one of these parents: what runs on nothing else is a root")
    }
}

extension Code {
    package static let sameNode = Code(
        "R0604", "two nodes of one name in a manifest",
        explanation: "Parents name nodes, and what is made is known by the node's name: the second would be the first.",
        example: """
            $ resolve manifest lab --order
            -- site.yaml --
            -- manifests/lab.yaml --
            schema_version: 2
            name: lab
            nodes:
              - {name: web, type: vm}
              - {name: web, type: vm}
            """,
        fix: "Rename one of them.")

    package static let noParent = Code(
        "R0205", "a parent that the manifest does not have",
        explanation: "`parent` names the node of the same manifest that a machine runs on.",
        example: """
            $ resolve manifest lab --order
            -- site.yaml --
            -- manifests/lab.yaml --
            schema_version: 2
            name: lab
            nodes:
              - {name: pve1, type: pve}
              - {name: web, type: vm, parent: pve2}
            """,
        fix: "Correct the name. A node without a parent runs on the node that the manifest is applied to.")

    package static let circle = Code(
        "R0308", "nodes of a manifest that run on each other",
        explanation: "A machine is made after the one that it runs on. In a circle none could be the first.",
        example: """
            $ resolve manifest lab --order
            -- site.yaml --
            -- manifests/lab.yaml --
            schema_version: 2
            name: lab
            nodes:
              - {name: outer, type: pve, parent: inner}
              - {name: inner, type: pve, parent: outer}
            """,
        fix: "Remove one of the parents.")
}
