internal import Diagnostics
internal import SiteModel

/// Which groups hold which (DESIGN §8): the edges that files draw, and what follows from them.
struct GroupGraph {
    /// For each group, those in it.
    private(set) var children: [[Int]]
    private var parents: [[Int]]
    /// For each group, those that it is in, directly or not.
    private(set) var ancestors: [PlaceSet] = []
    /// For each group, the length of the longest way to it; 1 for one that is in no other.
    private(set) var depths: [Int]
    /// Ways that come back to where they began, each as the groups on it.
    private(set) var circles: [[Int]] = []

    /// - Parameter edges: of each group, the places of its children, each once.
    init(_ children: [[Int]]) {
        self.children = children
        parents = children.map { _ in [] }
        depths = children.map { _ in 1 }
        for (group, below) in children.enumerated() {
            for child in below { parents[child].append(group) }
        }
        let order = walk()
        ancestors = children.map { _ in PlaceSet(count: children.count) }
        guard circles.isEmpty else { return }
        for group in order.reversed() {
            for parent in parents[group] {
                ancestors[group].insert(parent)
                ancestors[group].formUnion(ancestors[parent])
                depths[group] = max(depths[group], depths[parent] + 1)
            }
        }
    }

    func isTop(_ group: Int) -> Bool { parents[group].isEmpty }

    /// The groups, each behind all that are in it; notes the circles on the way. With a stack of its own: a chain may be long.
    private mutating func walk() -> [Int] {
        var order: [Int] = []
        var visited = children.map { _ in false }
        var place = children.map { _ in -1 }
        for start in children.indices where !visited[start] {
            var path: [(group: Int, next: Int)] = [(start, 0)]
            visited[start] = true
            place[start] = 0
            while let (group, next) = path.last {
                guard next < children[group].count else {
                    order.append(group)
                    place[group] = -1
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let child = children[group][next]
                if place[child] >= 0 { circles.append(path[place[child]...].map(\.group)) }
                guard !visited[child] else { continue }
                visited[child] = true
                place[child] = path.count
                path.append((child, 0))
            }
        }
        return order
    }
}
