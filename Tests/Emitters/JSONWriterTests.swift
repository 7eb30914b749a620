import Diagnostics
import Emitters
import SiteModel
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    @Test func numbersAreExactAndFloatsKeepTheirPoint() {
        let values: [Value.Content] = [.integer(.max), .bigInteger("99999999999999999999"), .float(1500), .float(0.1)]
        #expect(
            text(.list(values.map { Value($0, .builtIn) }))
                == "[\n  9223372036854775807,\n  99999999999999999999,\n  1500.0,\n  0.1\n]\n")
    }

    @Test func infinityIsAnError() {
        #expect(JSONWriter.document(Value(.float(.infinity), .builtIn)).diagnostics.map(\.code.id) == ["R0701"])
    }

    /// Maps over one that they share are written as if each were a map of its own, at any depth, and more than once.
    @Test func sharedFieldsAreWrittenAsTheirOwn() {
        let secret = Value(.secret(SecretRef(["a", "b"], .string)), .builtIn)
        let below: [Fields] = [
            ["image": .string("debian\n", .builtIn), "cores": Value(.integer(2), .builtIn)],
            ["cores": Value(.integer(2), .builtIn), "token": secret],
            ["most": Value(.float(.infinity), .builtIn)], ["number": Value(.pooled("ports"), .builtIn)],
            ["deep": Value(.map(["list": Value(.list([secret, Value(.null, .builtIn)]), .builtIn)]), .builtIn)], [:],
        ]
        let own: [Fields] = [
            [:], ["cores": Value(.integer(4), .builtIn)], ["name": .string("web", .builtIn), "cores": secret],
            ["last": secret],
        ]
        for shared in below {
            let base = SharedFields(shared)
            for own in own {
                var over = Fields(over: base, 4, lineage: [])
                own.forEach { over.set($0) }
                let alone = Fields(distinct: over.entries)
                for isTemplated in [false, true] {
                    for depth in [0, 2, 0] {
                        let (first, second) = (document(over, depth, isTemplated), document(alone, depth, isTemplated))
                        #expect(first.output.bytes == second.output.bytes, "\(own) over \(shared)")
                        #expect(first.output.insertions.map(\.offset) == second.output.insertions.map(\.offset))
                        #expect(first.output.secrets == second.output.secrets)
                        #expect(first.output.hasPooledNumbers == second.output.hasPooledNumbers)
                        #expect(first.diagnostics.map(\.message) == second.diagnostics.map(\.message))
                    }
                }
            }
        }
    }

    /// Machines that are left in their parts are written as if each were put together.
    @Test func machinesAreWrittenAsIfTheyWerePutTogether() {
        let secret = Value(.secret(SecretRef(["a", "b"], .string)), .builtIn)
        let shared: [Fields] = [
            ["image": .string("debian\n", .builtIn), "cores": Value(.integer(2), .builtIn), "disk": secret],
            ["cores": Value(.integer(2), .builtIn), "name": .string("none", .builtIn), "last": Value(.null, .builtIn)],
            ["most": Value(.float(.infinity), .builtIn)], ["number": Value(.pooled("ports"), .builtIn)], [:],
        ]
        let own: [Fields] = [
            [:], ["template": .string("debian", .builtIn), "cores": Value(.integer(4), .builtIn)],
            ["name": .string("web", .builtIn), "bridge": .string("vmbr1", .builtIn), "cores": secret],
            [
                "last": secret, "tags": Value(.list([.string("a\"b", .builtIn), secret]), .builtIn),
                "vm_preset": secret,
            ],
        ]
        let fallbacks = [Fields.Entry("bridge", .string("vmbr0", .builtIn)), Fields.Entry("gateway", secret)]
        for fields in shared {
            let base = SharedFields(fields, fallbacks: fallbacks)
            var rows: [MachineRow] = [MachineRow(whole: fields)]
            var whole: [Value] = [Value(.map(fields), .builtIn)]
            for own in own {
                for (number, token) in [(nil, secret), (7, Value.string("", .builtIn))] as [(Int?, Value)] {
                    rows.append(
                        MachineRow(own, over: base, number: number.map { (value: $0, origin: .builtIn) }, token: token))
                    var together = fields
                    own.forEach { if !FieldTable.isChooser($0.key) { together.set($0) } }
                    if let number { together.set("vmid", Value(.integer(number), .builtIn)) }
                    for fallback in fallbacks where !together.contains(fallback.key) { together.set(fallback) }
                    together.set("auth_token", token)
                    whole.append(Value(.map(together), .builtIn))
                }
            }
            for count in [0, 1, rows.count] {
                let head: Fields = ["node": .string("pve", .builtIn), "api_token": secret]
                var (first, second) = (head, head)
                first.set("vms", Value(.list([]), .builtIn))
                first.set("last", .string("", .builtIn))
                second.set("vms", Value(.list(Array(whole.prefix(count))), .builtIn))
                second.set("last", .string("", .builtIn))
                let written = JSONWriter.document(
                    Value(.map(first), .builtIn), listing: MachineList("vms", ListedMachines(Array(rows.prefix(count))))
                )
                let expected = JSONWriter.document(Value(.map(second), .builtIn))
                #expect(written.output.bytes == expected.output.bytes)
                #expect(written.output.insertions.map(\.offset) == expected.output.insertions.map(\.offset))
                #expect(written.output.secrets == expected.output.secrets)
                #expect(written.output.hasPooledNumbers == expected.output.hasPooledNumbers)
                #expect(written.diagnostics.map(\.message) == expected.diagnostics.map(\.message))
            }
        }
    }

    private func document(
        _ fields: Fields, _ depth: Int, _ isTemplated: Bool
    ) -> (output: Output, diagnostics: [Diagnostic]) {
        var value = Value(.map(fields), .builtIn)
        for _ in 0..<depth { value = Value(.list([value, value]), .builtIn) }
        return JSONWriter.document(value, isTemplated: isTemplated)
    }

    private func text(_ content: Value.Content) -> String {
        String(decoding: JSONWriter.document(Value(content, .builtIn)).output.bytes, as: UTF8.self)
    }
}
