import Foundation
import SiteConfig
import TestSupport
import Testing

/// `resolve alloc` on random sites whose `allocations.yaml` was written in many hands.
@Suite struct AllocationTests {
    /// Others in every run; a failure shows its own.
    static let seeds = (0..<60).map { _ in Int.random(in: 0...Int(UInt32.max)) }

    @Test(arguments: seeds) func givesEachWishANumberOfItsOwn(_ seed: Int) throws {
        var site = PooledSite(seed)
        let files = site.files()
        let compiler = SiteCompiler(MemoryFiles(files))
        let plan = compiler.allocationPlan()
        #expect(plan.report.isClean, "\(plan.report.text()) \(files)")
        var after = files
        for change in plan.changes {
            #expect(
                change.newPath == "allocations.yaml"
                    && String(decoding: change.oldBytes, as: UTF8.self) == (files["allocations.yaml"] ?? ""))
            after["allocations.yaml"] = String(decoding: change.newBytes, as: UTF8.self)
        }
        let text = after["allocations.yaml"] ?? ""
        let numbers = try Self.numbers(text)
        // What was recorded stays, every wish has a number of its pool, and no number is given out twice.
        for (line, number) in site.recorded { #expect(numbers[line] == number, "\(text)") }
        for wish in site.wishes {
            let number = try #require(numbers[wish], "\(wish) in \(text)")
            let pool = PooledSite.pools[wish.prefix { $0 != "/" }.description] ?? 0..<0
            #expect(pool.contains(number) && number != pool.lowerBound + 2)
        }
        #expect(Set(numbers.values).count == numbers.count, "\(text)")
        #expect(Set(numbers.keys) == Set(site.recorded.keys).union(site.wishes))
        for comment in site.comments { #expect(text.contains(comment), "\(text)") }
        if !plan.changes.isEmpty {
            let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !"'\"".contains($0) } }
            let keys = lines.filter { !$0.hasPrefix("#") && $0.contains("/") }.map { $0.prefix { $0 != ":" } }
            #expect(keys == keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, "\(text)")
        }
        let again = SiteCompiler(MemoryFiles(after))
        #expect(again.allocationPlan().changes.isEmpty)
        #expect(again.compile(.env(.init(name: "dev"))).document != nil)
        // Pruning takes away what nothing takes, and nothing else.
        let pruned = again.allocationPlan(isPruning: true)
        let left = pruned.changes.first.map { String(decoding: $0.newBytes, as: UTF8.self) } ?? text
        #expect(Set(try Self.numbers(left).keys) == Set(site.wishes), "\(left)")
    }

    private static func numbers(_ text: String) throws -> [String: Int] {
        let document = try #require(SiteCompiler.read("allocations.yaml", Array(text.utf8)).document, "\(text)")
        let object = try JSONSerialization.jsonObject(with: Data(document.bytes(.revealed)))
        return try #require(object as? [String: Int], "\(text)")
    }
}

/// A site whose VMs take numbers, some of them recorded already, in a file of some style.
private struct PooledSite {
    static let pools: [String: Range<Int>] = ["ids": 100..<300, "ssh": 22000..<22300, "web": 22200..<22500]
    private var random: SeededNumbers
    private(set) var wishes: [String] = []
    private(set) var recorded: [String: Int] = [:]
    private(set) var comments: [String] = []

    init(_ seed: Int) { random = SeededNumbers(seed) }

    mutating func files() -> [String: String] {
        var vms = ""
        for index in 0..<Int.random(in: 1...8, using: &random) {
            let name = "vm\(index)"
            vms += "  - name: \(name)\n"
            for (field, pool) in [("ssh_port", "ssh"), ("spice_port", "web"), ("note", "ids")] where chance(2) {
                vms += "    \(field): !alloc \(pool)\n"
                wishes.append("\(pool)/dev/\(name)/\(field)")
            }
            if chance(3) {
                vms += "    ports: {http: !alloc web}\n"
                wishes.append("web/dev/\(name)/ports.http")
            }
        }
        var files = [
            "site.yaml": "pools:\n"
                + Self.pools.map {
                    "  \($0.key): {from: \($0.value.lowerBound), to: \($0.value.upperBound - 1), except: [\($0.value.lowerBound + 2)]}\n"
                }.joined(),
            "nodes/pve.yaml": "{datastore: local, api_token: null, api_endpoint: 'https://localhost:8006'}\n",
            "envs/dev.yaml": "vms:\n" + vms,
        ]
        if !chance(4) { files["allocations.yaml"] = allocations() }
        return files
    }

    private mutating func allocations() -> String {
        let gone = (0..<Int.random(in: 0...3, using: &random)).map { "ssh/dev/gone\($0)/ssh_port" }
        let lines = (wishes.filter { _ in Bool.random(using: &random) } + gone).shuffled(using: &random)
        var numbers: Set<Int> = []
        for line in lines {
            let pool = Self.pools[line.prefix { $0 != "/" }.description] ?? 0..<1
            var number = Int.random(in: pool, using: &random)
            while number == pool.lowerBound + 2 || !numbers.insert(number).inserted {
                number = Int.random(in: pool, using: &random)
            }
            recorded[line] = number
        }
        if !lines.isEmpty, chance(5) {
            return "{" + lines.map { "\($0): \(recorded[$0] ?? 0)" }.joined(separator: ", ") + "}\n"
        }
        let newline = chance(6) ? "\r\n" : "\n"
        var text = chance(6) ? "%YAML 1.1\n---\n" : chance(4) ? "---\n" : ""
        if chance(3) { text += comment("the file's") + "\n" }
        for line in lines {
            if chance(5) { text += comment("of \(line)") }
            if chance(8) { text += newline }
            let quote = ["", "", "\"", "'"].randomElement(using: &random) ?? ""
            text += "\(quote)\(line)\(quote):  \(recorded[line] ?? 0)"
            if chance(5) { text += "  " + comment("behind \(line)").dropLast() }
            text += newline
        }
        return !lines.isEmpty && chance(6) ? String(text.dropLast(newline.count == 2 ? 1 : 1)) : text
    }

    private mutating func comment(_ words: String) -> String {
        comments.append("# \(words)")
        return "# \(words)\n"
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
}
