/// "Did you mean": the known names that a misspelt one may stand for (DESIGN §2).
package enum Suggestions {
    /// At most three of `candidates`, the nearest first.
    ///
    /// A candidate is near if the edit distance is at most max(1, n/3) for a name of n letters (a swap of neighbours is
    /// one edit), or, with `includingParts`, if one is the other with a prefix or suffix before or after `-`, `_`, `@`,
    /// `.` or `/`.
    package static func near(_ name: String, among candidates: [String], includingParts: Bool = true) -> [String] {
        let wanted = Array(name.lowercased().utf8)
        let limit = max(1, wanted.count / 3)
        var found: [(distance: Int, name: String)] = []
        for candidate in candidates where candidate != name {
            let letters = Array(candidate.lowercased().utf8)
            if let distance = distance(wanted, letters, limit: limit) {
                found.append((distance, candidate))
            } else if includingParts, isPart(wanted, of: letters) || isPart(letters, of: wanted) {
                found.append((limit + 1, candidate))
            }
        }
        found.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return found.prefix(3).map(\.name)
    }

    /// The optimal string alignment distance, or nil if it is above `limit`.
    static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
        guard abs(left.count - right.count) <= limit else { return nil }
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for column in right.indices {
                let change = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(change, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count] <= limit ? last[right.count] : nil
    }

    private static func isPart(_ part: [UInt8], of whole: [UInt8]) -> Bool {
        guard part.count >= 2, part.count < whole.count else { return false }
        let separators = Array("-_@./".utf8)
        if whole.starts(with: part), separators.contains(whole[part.count]) { return true }
        return whole.suffix(part.count).elementsEqual(part) && separators.contains(whole[whole.count - part.count - 1])
    }
}

extension [String] {
    /// `"a"`, `"a" or "b"`, `"a", "b" or "c"`.
    package var asChoices: String {
        let quoted = map { "\"\($0)\"" }
        guard let last = quoted.last, count > 1 else { return quoted.joined() }
        return quoted.dropLast().joined(separator: ", ") + " or " + last
    }
}
