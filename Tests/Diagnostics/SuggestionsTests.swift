import TestSupport
import Testing

@testable import Diagnostics

@Suite struct SuggestionsTests {
    @Test func swapOfNeighboursIsOneEdit() {
        #expect(Suggestions.distance(Array("smlal".utf8), Array("small".utf8), limit: 2) == 1)
        #expect(Suggestions.distance(Array("abc".utf8), Array("xyz".utf8), limit: 1) == nil)
    }

    @Test func nearestFirstAndAtMostThree() {
        let names = ["vm-small", "vm-smell", "vm-smalls", "vm-large", "vm-smal2"]
        #expect(Suggestions.near("vm-smal", among: names) == ["vm-smal2", "vm-small", "vm-smalls"])
    }

    @Test func prefixAndSuffixAreNear() {
        #expect(Suggestions.near("small", among: ["vm-small", "large"]) == ["vm-small"])
        #expect(Suggestions.near("jderose", among: ["jderose@father"]) == ["jderose@father"])
        #expect(Suggestions.near("small", among: ["vm-small"], includingParts: false).isEmpty)
    }

    /// Whatever tells names apart at a glance, and whenever a table is left early, the same are near as by the whole table.
    @Test(arguments: 0..<4) func asByTheWholeTable(_ seed: Int) {
        var random = SeededNumbers(seed)
        func word(_ letters: [Character]) -> String {
            String(
                (0..<Int.random(in: 1...9, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
        }
        var found = 0
        for _ in 0..<60 {
            let letters = Array(["ab-", "abcABC_.", "aäéÅ", "tmpl0123456789@/"].randomElement(using: &random) ?? "a")
            let names = (0..<40).map { _ in word(letters) }
            let name = word(letters)
            let near = Suggestions.near(name, among: names)
            #expect(near == Self.near(name, among: names), "\(name): \(names)")
            found += near.count
        }
        #expect(found > 60)
    }

    private static func near(_ name: String, among candidates: [String]) -> [String] {
        let wanted = Array(name.lowercased().utf8)
        let limit = max(1, wanted.count / 3)
        let found = candidates.filter { $0 != name }.compactMap { candidate -> (Int, String)? in
            let letters = Array(candidate.lowercased().utf8)
            let distance = distance(wanted, letters)
            if distance <= limit { return (distance, candidate) }
            let (part, whole) = wanted.count < letters.count ? (wanted, letters) : (letters, wanted)
            guard part.count >= 2, part.count < whole.count else { return nil }
            let isPart =
                (whole.starts(with: part) && "-_@./".utf8.contains(whole[part.count]))
                || (whole.suffix(part.count).elementsEqual(part)
                    && "-_@./".utf8.contains(whole[whole.count - part.count - 1]))
            return isPart ? (limit + 1, candidate) : nil
        }
        return found.sorted { $0 < $1 }.prefix(3).map(\.1)
    }

    /// By its definition.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var table = [[Int]](repeating: Array(0...right.count), count: left.count + 1)
        for row in 0...left.count { table[row][0] = row }
        for row in left.indices {
            for column in right.indices {
                let change = table[row][column] + (left[row] == right[column] ? 0 : 1)
                table[row + 1][column + 1] = min(change, table[row][column + 1] + 1, table[row + 1][column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    table[row + 1][column + 1] = min(
                        table[row + 1][column + 1], table[row - 1][column - 1] + 1)
                }
            }
        }
        return table[left.count][right.count]
    }
}
