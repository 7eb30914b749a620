import Diagnostics
import SiteModel
import Testing

@testable import Resolution

/// The graph of a manifest against an order that is worked out another way: by the paths from the roots.
@Suite struct NodeGraphTests {
    /// Others in every run; a failure shows its own.
    static let seeds = (0..<20).map { _ in Int.random(in: 0...Int(UInt32.max)) }

    @Test(arguments: seeds) func ordersARandomGraph(_ seed: Int) {
        var random = SeededRandom(seed)
        let nodes = Self.forest(of: Int.random(in: 1...60, using: &random), &random)
        let graph = NodeGraph(nodes)
        #expect(graph.diagnostics.isEmpty)
        #expect(graph.order.map { nodes[$0].name.name } == Self.breadthFirst(nodes), "\(Self.text(nodes))")
        for (place, node) in nodes.enumerated() {
            #expect(graph.depths[place] == Self.path(to: node, in: nodes).count - 1)
        }
        for place in nodes.indices {
            let below = Set(graph.descendants(of: place).map { nodes[$0].name.name ?? "" })
            let expected = nodes.filter { node in
                let path = Self.path(to: node, in: nodes)
                return path.dropLast().contains(place)
            }
            #expect(below == Set(expected.map { $0.name.name ?? "" }))
        }
    }

    /// A random forest in which some nodes are led into circles: just those are reported, each circle once.
    @Test(arguments: seeds) func findsEveryCircle(_ seed: Int) {
        var random = SeededRandom(seed)
        let count = Int.random(in: 2...30, using: &random)
        // Any node may have any parent, so circles of all lengths come up, and trees that hang on them.
        let parents = (0..<count).map { _ in
            Bool.random(using: &random) ? Int.random(in: 0..<count, using: &random) : nil
        }
        let nodes = parents.enumerated().map { place, parent in
            (name: Self.value("n\(place)"), parent: parent.map { Self.value("n\($0)") })
        }
        let graph = NodeGraph(nodes)
        var circles: Set<Set<Int>> = []
        for start in nodes.indices {
            var path = [start]
            while let parent = parents[path[path.count - 1]], path.count <= count { path.append(parent) }
            guard path.count > count, let first = path.dropLast().lastIndex(of: path[path.count - 1]) else { continue }
            circles.insert(Set(path[first...]))
        }
        #expect(graph.diagnostics.count == circles.count)
        #expect(graph.diagnostics.allSatisfy { $0.code.id == "R0308" })
        let reached = Set(graph.order)
        for place in nodes.indices {
            var path = [place]
            while let parent = parents[path[path.count - 1]], path.count <= count { path.append(parent) }
            #expect(reached.contains(place) == (path.count <= count))
        }
    }

    /// As long a chain as nobody writes, both ways round, and one that closes.
    @Test func aDeepChainIsNoMatterOfTheStack() {
        let count = 10_000
        let forwards = (0..<count).map {
            (name: Self.value("n\($0)"), parent: $0 == 0 ? nil : Self.value("n\($0 - 1)"))
        }
        for nodes in [forwards, forwards.reversed()] {
            let graph = NodeGraph(nodes)
            #expect(graph.diagnostics.isEmpty && graph.order.count == count)
            #expect(graph.depths.max() == count - 1)
            #expect(graph.descendants(of: graph.order[0]).count == count - 1)
        }
        var ring = forwards
        ring[0].parent = Self.value("n\(count - 1)")
        let graph = NodeGraph(ring)
        #expect(graph.order.isEmpty && graph.diagnostics.count == 1)
        #expect((graph.diagnostics.first?.related.count ?? 0) < 100)
    }

    /// Ten thousand parents that do not exist: each is told, and looking for what was meant does not take their square.
    @Test func manyMistakesAreToldAtOnce() {
        let nodes = (0..<10_000).map { (name: Self.value("n\($0)"), parent: Optional(Self.value("m\($0)"))) }
        #expect(NodeGraph(nodes).diagnostics.count == nodes.count)
    }

    // MARK: The independent order

    /// Each node by the places on its path from the root: a breadth-first walk is a walk by length, then by the paths.
    private static func breadthFirst(_ nodes: [(name: Value, parent: Value?)]) -> [String] {
        let paths = nodes.map { path(to: $0, in: nodes) }
        let sorted = paths.sorted { left, right in
            left.count != right.count ? left.count < right.count : left.lexicographicallyPrecedes(right)
        }
        return sorted.compactMap { nodes[$0[$0.count - 1]].name.name }
    }

    private static func path(to node: (name: Value, parent: Value?), in nodes: [(name: Value, parent: Value?)]) -> [Int]
    {
        let place = nodes.firstIndex { $0.name.name == node.name.name } ?? 0
        guard let parent = node.parent, let above = nodes.first(where: { $0.name.name == parent.name }) else {
            return [place]
        }
        return path(to: above, in: nodes) + [place]
    }

    /// Nodes in random order, each with a parent among those made before, or none.
    private static func forest(of count: Int, _ random: inout SeededRandom) -> [(name: Value, parent: Value?)] {
        var nodes: [(name: Value, parent: Value?)] = []
        for index in 0..<count {
            let parent = Int.random(in: 0..<4, using: &random) == 0 ? nil : nodes.randomElement(using: &random)?.name
            nodes.append((value("n\(index)"), parent))
        }
        return nodes.shuffled(using: &random)
    }

    private static func value(_ text: String) -> Value { .string(text, .nowhere) }

    private static func text(_ nodes: [(name: Value, parent: Value?)]) -> String {
        nodes.map { "\($0.name.name ?? "") on \($0.parent?.name ?? "-")" }.joined(separator: ", ")
    }
}
