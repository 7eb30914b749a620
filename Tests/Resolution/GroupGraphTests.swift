import Testing

@testable import Resolution

/// The graph of groups against one that is worked out by trying every way.
@Suite struct GroupGraphTests {
    /// Others in every run; a failure shows its own.
    static let seeds = (0..<40).map { _ in Int.random(in: 0...Int(UInt32.max)) }

    /// Any edges at all: ancestors where nothing goes in a circle, a true circle where something does.
    @Test(arguments: seeds) func anyGraph(_ seed: Int) {
        var random = SeededRandom(seed)
        let count = Int.random(in: 1...14, using: &random)
        let density = Int.random(in: 0...25, using: &random)
        let children = (0..<count).map { _ in
            (0..<count).filter { _ in Int.random(in: 0..<100, using: &random) < density }
        }
        let graph = GroupGraph(children)
        let below = Self.below(children)
        #expect(graph.circles.isEmpty == children.indices.allSatisfy { !below[$0].contains($0) }, "\(children)")
        for circle in graph.circles {
            #expect(Set(circle).count == circle.count && !circle.isEmpty)
            for (group, next) in zip(circle, circle.dropFirst() + [circle[0]]) {
                #expect(children[group].contains(next), "\(circle) of \(children)")
            }
        }
        for group in children.indices {
            #expect(graph.isTop(group) == !children.contains { $0.contains(group) })
            guard graph.circles.isEmpty else { continue }
            let above = children.indices.filter { graph.ancestors[group].contains($0) }
            #expect(above == children.indices.filter { below[$0].contains(group) }, "\(group) of \(children)")
        }
    }

    /// As long a chain as nobody writes, both ways round, and one that closes.
    @Test func aLongChainIsNoMatterOfTheStack() {
        let count = 20_000
        let forwards = (0..<count).map { $0 + 1 < count ? [$0 + 1] : [] }
        let backwards = (0..<count).map { $0 > 0 ? [$0 - 1] : [] }
        for (children, top) in [(forwards, 0), (backwards, count - 1)] {
            let graph = GroupGraph(children)
            #expect(graph.circles.isEmpty && graph.isTop(top))
            #expect(graph.ancestors[count - 1 - top].contains(top) && !graph.ancestors[top].contains(count - 1 - top))
        }
        let ring = GroupGraph((0..<count).map { [($0 + 1) % count] })
        #expect(ring.circles.count == 1 && ring.circles[0].count == count)
    }

    /// Twenty diamonds, one on the other: a million ways down.
    @Test func manyDiamondsEndQuickly() {
        var children: [[Int]] = []
        for level in 0..<20 {
            let first = 3 * level
            children += [[first + 1, first + 2], [first + 3], [first + 3]]
        }
        let graph = GroupGraph(children + [[]])
        #expect(graph.circles.isEmpty)
        #expect(children.indices.allSatisfy { graph.ancestors[60].contains($0) })
    }

    @Test func aGroupInItselfIsACircle() {
        #expect(GroupGraph([[0]]).circles == [[0]])
        #expect(GroupGraph([]).circles.isEmpty)
    }

    /// The groups below each.
    private static func below(_ children: [[Int]]) -> [Set<Int>] {
        children.indices.map { group in
            var found: Set<Int> = []
            var open = children[group]
            while let next = open.popLast() {
                if found.insert(next).inserted { open += children[next] }
            }
            return found
        }
    }
}
