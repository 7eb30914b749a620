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
}
