import SiteModel
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

    @Test func keysCompareByTheirBytes() {
        let composed: Key = "caf\u{E9}"
        let decomposed: Key = "cafe\u{301}"
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(composed.text == decomposed.text)
    }
}
