import SiteModel
import Testing

@Suite struct MinionTests {
    @Test(arguments: [
        ("{group}_{label}_{instance}", "kt_web_1"), ("{env}-{group}{label}-{instance}", "prod-ktweb-1"), ("x", "x"),
        ("{instance}", "1"), ("{group}{group}", "ktkt"),
    ]) func namingFillsIn(_ text: String, _ id: String) throws {
        #expect(try Naming(text).id(group: "kt", label: "web", instance: "1", env: "prod") == id)
    }

    @Test(arguments: [
        ("{group", Naming.Mistake.brace), ("group}", .brace), ("{{group}}", .brace), ("{gruop}", .unknown("gruop")),
        ("{}", .unknown("")), ("a}{b", .brace),
    ]) func brokenNaming(_ text: String, _ mistake: Naming.Mistake) {
        #expect(throws: mistake) { try Naming(text) }
    }

    @Test(arguments: [
        "203.0.113.10", "::1", "2001:db8::1", "web.example.net", "web_1", "localhost", "a-b.c", "1and1.com",
        "10.example",
    ]) func hosts(_ text: String) { #expect(HostAddress(text) != nil) }

    @Test(arguments: [
        "", "203.0.113.256", "203.0.113", "203.0.113.10/24", "-a", "a-", "a..b", ".a", "a.", "a b", "http://a", "a:22",
        "fe80::1%eth0", "ä.example", "1", String(repeating: "a", count: 64), "[::1]",
    ]) func noHosts(_ text: String) { #expect(HostAddress(text) == nil) }

    @Test func oneAddressIsOneHowEverItIsWritten() {
        #expect(HostAddress("2001:DB8:0::1") == HostAddress("2001:db8::1"))
        #expect(HostAddress("Web.Example.NET") == HostAddress("web.example.net"))
        #expect(HostAddress("10.0.0.1") != HostAddress("::ffff:10.0.0.1"))
    }

    @Test(arguments: [
        ("*", "a_1", true), ("kt_web_*", "kt_web_1", true), ("kt_web_*", "kt_db_1", false), ("?b", "ab", true),
        ("[ab]1", "b1", true), ("[!ab]1", "b1", false), ("kt_web_1", "kt_web_1", true),
        ("kt_web_1", "kt_web_11", false),
        ("a\\*", "a*", false), ("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false),
    ]) func globs(_ pattern: String, _ id: String, _ matches: Bool) {
        #expect(Glob(pattern).matches(Key(id)) == matches)
    }

    // MARK: Changes

    private func fleet(_ addresses: [(id: String, address: String?)]) -> [Minion] {
        addresses.map { id, address in
            let value = address.map { Value.string($0, .nowhere) } ?? Value(.null, .nowhere)
            return Minion(
                id: Key(id), hostGroup: EntityID(.hostGroup, folder: "pillar/hosts", "g"), span: nil, group: "g",
                label: "", instance: .string(id, .nowhere), env: Value(.null, .nowhere),
                address: Fields.Entry("ip", value), ssh: Fields(), fields: nil)
        }
    }

    private func told(_ changes: [MinionChange]) -> [String] {
        changes.map { change in
            switch change {
            case .added(let minion): "+\(minion.id)"
            case .removed(let minion): "-\(minion.id)"
            case .renamed(let before, let minion): "\(before.id)>\(minion.id)"
            case .moved(let before, _): "~\(before.id)"
            }
        }
    }

    @Test func aListShiftsAndAMapDoesNot() {
        let old = fleet([("g_1", "10.0.0.1"), ("g_2", "10.0.0.2"), ("g_3", "10.0.0.3")])
        let shifted = fleet([("g_1", "10.0.0.1"), ("g_2", "10.0.0.3")])
        let kept = fleet([("g_1", "10.0.0.1"), ("g_3", "10.0.0.3")])
        #expect(told(MinionChange.all(from: old, to: shifted)) == ["g_3>g_2", "-g_2"])
        #expect(told(MinionChange.all(from: old, to: kept)) == ["-g_2"])
        #expect(told(MinionChange.all(from: old, to: old)).isEmpty)
    }

    @Test func machinesThatSwapAreBothRenamed() {
        let old = fleet([("a", "10.0.0.1"), ("b", "10.0.0.2")])
        let new = fleet([("a", "10.0.0.2"), ("b", "10.0.0.1")])
        #expect(told(MinionChange.all(from: old, to: new)) == ["b>a", "a>b"])
    }

    @Test func anAddressThatComesOrGoesIsAMove() {
        let old = fleet([("a", nil), ("b", "10.0.0.2"), ("c", "10.0.0.3")])
        let new = fleet([("a", "10.0.0.1"), ("b", nil), ("c", "10.0.0.4")])
        #expect(told(MinionChange.all(from: old, to: new)) == ["~a", "~b", "~c"])
    }

    /// Each machine of both states is told of once, or stayed as it was.
    @Test(arguments: 0..<200) func everyMachineIsAccountedFor(_ seed: Int) {
        var number = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func roll(_ count: UInt64) -> Int {
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((number >> 33) % count)
        }
        func random() -> [Minion] {
            var places = (1...6).map { "10.0.0.\($0)" }
            return fleet(
                (0..<6).compactMap { index in
                    guard roll(3) > 0 else { return nil }
                    return ("m\(index)", roll(5) == 0 ? nil : places.remove(at: roll(UInt64(places.count))))
                })
        }
        let (old, new) = (random(), random())
        let changes = MinionChange.all(from: old, to: new)
        var arrived: [Key] = []
        var left: [Key] = []
        for change in changes {
            switch change {
            case .added(let minion): arrived.append(minion.id)
            case .removed(let minion): left.append(minion.id)
            case .renamed(let before, let minion), .moved(let before, let minion):
                arrived.append(minion.id)
                left.append(before.id)
            }
        }
        #expect(Set(arrived).count == arrived.count && Set(left).count == left.count)
        let unchanged = new.filter { minion in
            old.contains { $0.id == minion.id && $0.place == minion.place }
        }.map(\.id)
        #expect(Set(arrived).union(unchanged) == Set(new.map(\.id)), "\(told(changes))")
        #expect(Set(left).union(unchanged) == Set(old.map(\.id)), "\(told(changes))")
    }
}
