import Resolution
import SiteModel
import Testing

@Suite struct MergeTests {
    @Test func nearerWinsAndRemembersWhatItBeat() {
        let preset: Fields = ["cores": Value(.integer(1), Origin(nil, .preset)), "disk": Value(.integer(8), .builtIn)]
        let instance: Fields = ["cores": Value(.integer(4), Origin(nil, .instance))]
        let merged = merged([preset, instance], by: .vm)
        #expect(merged.entries.map(\.key) == ["cores", "disk"])
        #expect(merged["cores"]?.integer == 4)
        #expect(merged.entry("cores")?.beat.map(\.integer) == [1])
        #expect(merged.entry("cores")?.beat.map(\.origin.layer) == [.preset])
    }
}

/// The fields that layers come to, by the rules of a table.
func merged(_ layers: [Fields], by table: FieldTable) -> Fields {
    merge(layers.map { MergeLayer($0) }, by: MergeRules(table)).fields
}
