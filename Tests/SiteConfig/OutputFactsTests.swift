import Diagnostics
import SiteModel
import TestSupport
import Testing

@testable import SiteConfig

/// What is said of machines that are left in their parts is what is said of the same machines put together.
@Suite struct OutputFactsTests {
    @Test(arguments: 0..<300) func machinesInTheirPartsAreTheSame(_ seed: Int) {
        var maker = MachineMaker(seed)
        let machines = (0..<6).map { _ in maker.machine() }
        let head: Fields = ["node": maker.value(from: 0), "api_token": maker.secret(from: 1)]
        var (frame, whole) = (head, head)
        frame.set("vms", Value(.list([]), maker.origin(2)))
        whole.set("vms", Value(.list(machines.map { Value(.map($0.whole), maker.origin(2)) }), maker.origin(2)))
        let list = MachineList("vms", ListedMachines(machines.map(\.row)))
        let parts = OutputFacts(Value(.map(frame), .nowhere), listing: list)
        let together = OutputFacts(Value(.map(whole), .nowhere))
        #expect(parts.secrets.map(\.pointer) == together.secrets.map(\.pointer))
        #expect(parts.secrets.map(\.secret) == together.secrets.map(\.secret))
        #expect(parts.secretFiles == together.secretFiles)
        for number in 0..<10 {
            let source = SourceID(index: UInt32(number))
            #expect(parts.comes(from: source) == together.comes(from: source), "source \(number)")
        }
    }
}

/// Machines with secrets anywhere, in both forms.
private struct MachineMaker {
    private var random: SeededNumbers

    init(_ seed: Int) { random = SeededNumbers(seed) }

    mutating func machine() -> (row: MachineRow, whole: Fields) {
        let keys: [Key] = ["name", "template", "preset", "cores", "memory", "tags", "a/b~", "extra", "bridge"]
        // All that is shared comes from files of the lineage.
        let lineage = [Lineage(SourceID(index: 3), Step("template", at: origin(4).span, to: "t"))]
        let holdsSecrets = chance(40)
        var shared = Fields()
        for key in keys where chance(40) && !FieldTable.isChooser(key) {
            shared.set(key, holdsSecrets ? value(from: 3) : .string("shared", origin(3)))
        }
        var own = Fields()
        for key in keys where chance(50) { own.set(key, value(from: FieldTable.isChooser(key) ? 9 : 5)) }
        if chance(15) { return (MachineRow(whole: own), own) }
        let fallbacks = chance(50) ? [Fields.Entry("bridge", value(from: 6))].filter { !shared.contains($0.key) } : []
        let number: (value: Int, origin: Origin)? = chance(50) ? (value: 7, origin: origin(7)) : nil
        let token = chance(50) ? secret(from: 8) : .string("", origin(8))
        var whole = shared
        own.forEach { if !FieldTable.isChooser($0.key) { whole.set($0) } }
        if let number { whole.set("vmid", Value(.integer(number.value), number.origin)) }
        for fallback in fallbacks where !own.contains(fallback.key) { whole.set(fallback) }
        whole.set("auth_token", token)
        whole.lineage = lineage
        let base = SharedFields(shared, fallbacks: fallbacks, lineage: lineage)
        return (MachineRow(own, over: base, number: number, token: token), whole)
    }

    mutating func value(from source: Int) -> Value {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: secret(from: source)
        case 1: Value(.list([.string("a", origin(source)), .string("b", origin(source))]), origin(source))
        case 2: Value(.list([secret(from: source), .string("b", origin(source))]), origin(source))
        case 3: Value(.map(["deep": secret(from: source), "flat": .string("x", origin(source))]), origin(source))
        default: .string("text", origin(source))
        }
    }

    mutating func secret(from source: Int) -> Value {
        let file: Key? = chance(20) ? "secrets/hosts/web.yaml" : nil
        return Value(.secret(SecretRef(["db", chance(50) ? "one" : "two"], in: file, .string)), origin(source))
    }

    func origin(_ source: Int) -> Origin {
        Origin(Span(source: SourceID(index: UInt32(source)), start: 0, end: 1), .instance)
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
}
