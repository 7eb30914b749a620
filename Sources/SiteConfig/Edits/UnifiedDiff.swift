/// Changes of files as `git diff` writes them and `git apply` takes them.
enum UnifiedDiff {
    /// How many lines are shown around what changes.
    private static let context = 3

    /// - Parameter prefix: what stands before each path.
    static func text(of changes: [FileChange], below prefix: String = "") -> [UInt8] {
        changes.flatMap { text(of: $0, below: prefix) }
    }

    private static func text(of change: FileChange, below prefix: String) -> [UInt8] {
        let old = prefix + (change.oldPath ?? change.newPath ?? "")
        let new = change.newPath.map { prefix + $0 } ?? old
        var text = "diff --git a/\(old) b/\(new)\n"
        if change.oldPath == nil { text += "new file mode 100644\n" }
        if change.newPath == nil { text += "deleted file mode 100644\n" }
        if old != new { text += "rename from \(old)\nrename to \(new)\n" }
        guard change.oldBytes != change.newBytes else { return Array(text.utf8) }
        text += "--- \(change.oldPath == nil ? "/dev/null" : "a/\(old)")\n"
        text += "+++ \(change.newPath == nil ? "/dev/null" : "b/\(new)")\n"
        return Array(text.utf8) + hunks(LineChanges(from: change.oldBytes, to: change.newBytes))
    }

    private static func hunks(_ changes: LineChanges) -> [UInt8] {
        var bytes: [UInt8] = []
        var group: [LineChanges.Run] = []
        for run in changes.runs {
            if let last = group.last, run.old.lowerBound - last.old.upperBound > 2 * context {
                bytes += hunk(group, changes)
                group = []
            }
            group.append(run)
        }
        return group.isEmpty ? bytes : bytes + hunk(group, changes)
    }

    private static func hunk(_ runs: [LineChanges.Run], _ changes: LineChanges) -> [UInt8] {
        guard let first = runs.first, let last = runs.last else { return [] }
        let before = min(context, first.old.lowerBound)
        let after = min(context, changes.old.count - last.old.upperBound)
        let old = first.old.lowerBound - before..<last.old.upperBound + after
        let new = first.new.lowerBound - before..<last.new.upperBound + after
        var bytes = Array("@@ -\(place(old)) +\(place(new)) @@\n".utf8)
        var next = old.lowerBound
        for run in runs {
            for line in next..<run.old.lowerBound { append(" ", changes.old[line], to: &bytes) }
            for line in run.old { append("-", changes.old[line], to: &bytes) }
            for line in run.new { append("+", changes.new[line], to: &bytes) }
            next = run.old.upperBound
        }
        for line in next..<old.upperBound { append(" ", changes.old[line], to: &bytes) }
        return bytes
    }

    /// `first,count`, or `first` for one line; of no lines, the line before them.
    private static func place(_ lines: Range<Int>) -> String {
        switch lines.count {
        case 0: "\(lines.lowerBound),0"
        case 1: "\(lines.lowerBound + 1)"
        default: "\(lines.lowerBound + 1),\(lines.count)"
        }
    }

    private static func append(_ mark: String, _ line: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        bytes += mark.utf8
        bytes += line
        if line.last != 0x0A { bytes += "\n\\ No newline at end of file\n".utf8 }
    }
}

/// Which lines of a text another one replaces (Myers, *An O(ND) Difference Algorithm*, 1986).
struct LineChanges {
    /// Lines of the old text, and those of the new one in their place.
    struct Run {
        let old: Range<Int>
        let new: Range<Int>
    }

    /// With their line breaks.
    let old: [ArraySlice<UInt8>]
    let new: [ArraySlice<UInt8>]
    private(set) var runs: [Run] = []

    /// Beyond so many differing lines the rest is taken as replaced whole: the search costs their square.
    private static let limit = 2000

    init(from oldBytes: [UInt8], to newBytes: [UInt8]) {
        let (oldLines, newLines) = (TextLines(oldBytes), TextLines(newBytes))
        old = (0..<oldLines.count).map(oldLines.whole)
        new = (0..<newLines.count).map(newLines.whole)
        let start = zip(old, new).prefix { $0 == $1 }.count
        let ends = zip(old[start...].reversed(), new[start...].reversed()).prefix { $0 == $1 }.count
        let (oldRest, newRest) = (start..<old.count - ends, start..<new.count - ends)
        for match in matches(oldRest, newRest) + [(oldRest.upperBound, newRest.upperBound)] {
            add(upTo: match, from: (oldRest.lowerBound, newRest.lowerBound))
        }
    }

    private var oldNext = -1
    private var newNext = -1

    /// Notes what lies between the last equal pair of lines and the next one.
    private mutating func add(upTo match: (old: Int, new: Int), from start: (old: Int, new: Int)) {
        let (oldStart, newStart) = (max(oldNext, start.old), max(newNext, start.new))
        if oldStart < match.old || newStart < match.new {
            runs.append(Run(old: oldStart..<match.old, new: newStart..<match.new))
        }
        (oldNext, newNext) = (match.old + 1, match.new + 1)
    }

    /// The pairs of equal lines on a shortest way from one text to the other, in order.
    private func matches(_ oldRange: Range<Int>, _ newRange: Range<Int>) -> [(old: Int, new: Int)] {
        let (oldCount, newCount) = (oldRange.count, newRange.count)
        guard oldCount > 0, newCount > 0 else { return [] }
        var furthest = [1: 0]
        var trace: [[Int: Int]] = []
        for depth in 0...min(oldCount + newCount, Self.limit) {
            trace.append(furthest)
            for diagonal in stride(from: -depth, through: depth, by: 2) {
                var x = Self.step(diagonal, depth, furthest)
                while x < oldCount, x - diagonal < newCount,
                    old[oldRange.lowerBound + x] == new[newRange.lowerBound + x - diagonal]
                {
                    x += 1
                }
                furthest[diagonal] = x
                if x >= oldCount, x - diagonal >= newCount {
                    return Self.walkBack(trace, oldCount, newCount).map {
                        ($0.0 + oldRange.lowerBound, $0.1 + newRange.lowerBound)
                    }
                }
            }
        }
        return []
    }

    /// How far along a diagonal one more changed line leads: by adding a line, or by removing one.
    private static func step(_ diagonal: Int, _ depth: Int, _ furthest: [Int: Int]) -> Int {
        let (below, above) = (furthest[diagonal - 1] ?? -1, furthest[diagonal + 1] ?? -1)
        return diagonal == -depth || (diagonal != depth && below < above) ? above : below + 1
    }

    private static func walkBack(_ trace: [[Int: Int]], _ oldCount: Int, _ newCount: Int) -> [(Int, Int)] {
        var pairs: [(Int, Int)] = []
        var (x, y) = (oldCount, newCount)
        for depth in trace.indices.reversed() {
            let furthest = trace[depth]
            let diagonal = x - y
            let start = step(diagonal, depth, furthest)
            while x > start, y > start - diagonal, x > 0, y > 0 {
                (x, y) = (x - 1, y - 1)
                pairs.append((x, y))
            }
            guard depth > 0 else { break }
            let (below, above) = (furthest[diagonal - 1] ?? -1, furthest[diagonal + 1] ?? -1)
            let previous = diagonal == -depth || (diagonal != depth && below < above) ? diagonal + 1 : diagonal - 1
            x = furthest[previous] ?? 0
            y = x - previous
        }
        return pairs.reversed()
    }
}
