import SiteModel
import TestSupport
import Testing

@Suite struct FieldsTests {
    @Test func keysKeepTheirPlaceAlsoWhenThereAreMany() {
        var fields = Fields()
        for number in 0..<50 { fields.set(Key("k\(number)"), Value(.integer(number), .builtIn)) }
        fields.set("k7", .string("new", .builtIn))
        #expect(fields.entries.count == 50)
        #expect(fields.entries[7].key == "k7")
        #expect(fields["k7"]?.string == "new")
        #expect(fields["k49"]?.integer == 49)
        #expect(fields.without(["k0"]).entries.first?.key == "k1")
    }

    /// What is shared and what is a map's own come in the order of its entries, however many there are.
    @Test(arguments: 0..<40) func sharedAndOwn(_ seed: Int) {
        var random = SeededNumbers(seed)
        func keys(_ most: Int) -> [Key] {
            let count = Int.random(in: 0...most, using: &random)
            return (0..<100).shuffled(using: &random).prefix(count).map { Key("k\($0)") }
        }
        let most = [8, 40, 64, 90][seed % 4]
        let below = keys(most).map { Fields.Entry($0, .string("below", .builtIn)) }
        let own = keys(most).map { Fields.Entry($0, .string("own", .builtIn)) }
        var fields = Fields(over: SharedFields(Fields(below)), own.count, lineage: [])
        for entry in own { fields.set(entry) }
        var found: [(Key, String?)] = []
        fields.forEach(shared: { found.append((below[$0].key, "below")) }) { key, content, origin in
            found.append((key, Value(content, origin).string))
        }
        let entries = fields.entries
        #expect(found.map(\.0) == entries.map(\.key))
        #expect(found.map(\.1) == entries.map(\.value.string))
        #expect(entries.count == Set((below + own).map(\.key)).count)
    }

    @Test func keysCompareByTheirBytes() {
        let composed: Key = "caf\u{E9}"
        let decomposed: Key = "cafe\u{301}"
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(composed.text == decomposed.text)
    }
}
