import SiteConfig
import TestSupport
import Testing

/// Minions stand in natural order (DESIGN §5): it is total, so the same set is always listed alike, and each subset in the
/// order that its members have in the whole.
@Suite struct NaturalOrderTests {
    @Test(arguments: 0..<30) func anySubsetIsSortedLikeTheWhole(_ seed: Int) throws {
        var random = SeededNumbers(seed)
        let names = Self.names(&random)
        let sorted = names.sorted { NaturalKey($0) < NaturalKey($1) }
        #expect(try Self.listed(names) == sorted)
        let some = names.filter { _ in Bool.random(using: &random) } + [names[0]]
        let subset = Array(Set(some)).sorted().shuffled(using: &random)
        #expect(try Self.listed(subset) == sorted.filter(subset.contains))
    }

    /// Every pair, as if there were no others.
    @Test(arguments: 0..<6) func anyPairIsSortedLikeTheWhole(_ seed: Int) throws {
        var random = SeededNumbers(seed)
        let names = Array(Self.names(&random).prefix(12)).sorted { NaturalKey($0) < NaturalKey($1) }
        for (index, right) in names.enumerated() {
            for left in names[..<index] {
                #expect(try Self.listed([left, right]) == [left, right])
                #expect(try Self.listed([right, left]) == [left, right])
            }
        }
    }

    @Test func peopleCountLikeThis() throws {
        let sorted = [
            "0", "00", "001", "01", "1", "2", "02-1", "2-2", "10", "A", "a", "a-1", "a.1", "a01", "a1", "a1b", "a2",
            "a10",
            "a10a", "a99999999999999999998", "a99999999999999999999", "a100000000000000000000", "a_1", "aa",
        ]
        for (index, right) in sorted.enumerated() {
            for left in sorted[..<index] { #expect(NaturalKey(left) < NaturalKey(right), "\(left) \(right)") }
        }
        #expect(try Self.listed(sorted.reversed()) == sorted)
    }

    /// Different ones, with many digits in them.
    private static func names(_ random: inout SeededNumbers) -> [String] {
        let letters = Array("0123456789001122aAbz_-.")
        var names: [String] = []
        while names.count < 40 {
            let length = Int.random(in: 1...8, using: &random)
            let name = String((0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
            let isName = name.first.map { $0.isLetter || $0.isNumber } ?? false
            if isName, !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The names as the ids of minions, one host group for each.
    private static func listed(_ names: [String]) throws -> [String] {
        var files = ["site.yaml": ""]
        for (index, name) in names.enumerated() {
            files["pillar/hosts/g_\(index).sls"] = "naming: \"\(name)\"\ninstances: {x: null}\n"
        }
        let (listing, report) = SiteCompiler(MemoryFiles(files)).minions()
        return try #require(listing, "\(report.text())").entries.map(\.name)
    }
}
