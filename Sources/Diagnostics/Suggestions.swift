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
        var rows = Rows()
        let look = Look(name.utf8)
        for candidate in candidates where candidate != name {
            // Thousands of names may be compared with thousands of misspelt ones: most are told apart at a glance.
            guard look.mayBeNear(Look(candidate.utf8), limit: limit, includingParts) else { continue }
            let letters = Array(candidate.lowercased().utf8)
            if let distance = rows.distance(wanted, letters, limit: limit) {
                found.append((distance, candidate))
            } else if includingParts, isPart(wanted, of: letters) || isPart(letters, of: wanted) {
                found.append((limit + 1, candidate))
            }
        }
        found.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return found.prefix(3).map(\.name)
    }

    /// How many letters a name has, and which, as far as 64 bits can tell.
    private struct Look {
        private var letters: UInt64 = 0
        private var count = 0
        private var isASCII = true

        init(_ text: String.UTF8View) {
            for byte in text {
                let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
                letters |= 1 << UInt64(lower & 63)
                if byte >= 0x80 { isASCII = false }
                count += 1
            }
        }

        /// False where no distance up to the limit, and no part, is possible: an edit brings one new letter at most.
        func mayBeNear(_ other: Look, limit: Int, _ includingParts: Bool) -> Bool {
            guard isASCII, other.isASCII else { return true }
            let missing = (letters & ~other.letters).nonzeroBitCount
            let extra = (other.letters & ~letters).nonzeroBitCount
            if includingParts, missing == 0 || extra == 0 { return true }
            return abs(count - other.count) <= limit && missing <= limit && extra <= limit
        }
    }

    /// The optimal string alignment distance, or nil if it is above `limit`.
    static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
        var rows = Rows()
        return rows.distance(left, right, limit: limit)
    }

    /// The rows of a table of distances between the beginnings of two texts: three, one after the other, used for many texts.
    private struct Rows {
        private var cells: [Int] = []

        mutating func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
            guard abs(left.count - right.count) <= limit else { return nil }
            let width = right.count + 1
            if cells.count < 3 * width { cells = [Int](repeating: 0, count: 3 * width) }
            var (beforeLast, last, current) = (0, width, 2 * width)
            for column in 0..<width { cells[last + column] = column }
            for row in left.indices {
                cells[current] = row + 1
                var least = row + 1
                for column in right.indices {
                    let change = cells[last + column] + (left[row] == right[column] ? 0 : 1)
                    var best = min(change, cells[last + column + 1] + 1, cells[current + column] + 1)
                    if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                        best = min(best, cells[beforeLast + column - 1] + 1)
                    }
                    cells[current + column + 1] = best
                    least = min(least, best)
                }
                // No row has less than the one before, but for a swap, which goes back one more.
                if least > limit + 1 { return nil }
                (beforeLast, last, current) = (last, current, beforeLast)
            }
            return cells[last + right.count] <= limit ? cells[last + right.count] : nil
        }
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
