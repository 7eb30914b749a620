import Foundation
import SiteConfig
import TestSupport
import Testing

/// Random families of presets, templates and envs, with every tag and rule: whatever is inherited, `explain` tells of each
/// value of the output, and a change where it says changes that value and no other.
@Suite struct RandomSiteTests {
    @Test(arguments: 0..<60) func theStoryIsTrue(_ seed: Int) throws {
        var site = RandomSite(seed)
        let files = site.files()
        let target = Target.env(.init(name: "e1"))
        let before = try Output(files, target).leaves
        let stories = try Story.all(files, target)
        #expect(stories.map(\.path) == before.map(\.path), "\(files)")
        var tried = 0
        for place in Set(stories.compactMap(\.place)).sorted() {
            // What names things leads elsewhere, and nothing is there.
            guard !place.file.hasPrefix("nodes/"), files.line(of: place)?.contains("name:") == false else { continue }
            let changed = try #require(ExplainTests.change(files, at: place))
            let after = try Output(changed, target).leaves
            tried += 1
            let differing = zip(before, after).enumerated().filter { $1.0.value != $1.1.value }.map(\.offset)
            let named = stories.indices.filter { stories[$0].names(place) }
            #expect(after.count == before.count && differing == named, "\(place) of \(files)")
        }
        #expect(tried > 4, "\(files)")
    }

    /// Nothing that is written in a site of any shape stops the compiler, and `explain` fails just where the compile does.
    @Test(arguments: 0..<150) func anyTagAnywhereIsAnswered(_ seed: Int) {
        var site = RandomSite(seed)
        site.isWild = true
        let compiler = SiteCompiler(MemoryFiles(site.files()))
        for name in ["e0", "e1"] {
            let target = Target.env(.init(name: name))
            let compiled = compiler.compile(target)
            let explained = compiler.explain(target)
            #expect(explained.report.isClean == compiled.report.isClean)
            #expect(explained.report.codes == compiled.report.codes)
            #expect((explained.count > 0) == compiled.report.isClean)
        }
        let first = compiler.validate().report.text()
        #expect(first == compiler.validate().report.text())
    }
}

extension [String: String] {
    fileprivate func line(of place: Place) -> String? {
        self[place.file].map { $0.components(separatedBy: "\n")[place.line - 1] }
    }
}

/// Writes a site. Every number in it is another one, and far from the others.
private struct RandomSite {
    private var random: SeededNumbers
    private var count = 0
    /// Shapes and tags do not fit each other.
    var isWild = false

    init(_ seed: Int) { random = SeededNumbers(seed) }

    mutating func files() -> [String: String] {
        var files = [
            "nodes/pve.yaml": "datastore: local\napi_endpoint: https://localhost:8006\napi_token: null\n",
            "site.yaml": "merge: {vm.l: \(pick(["union", "append", "replace"])), vm.m: \(pick(["deep", "replace"]))}\n",
        ]
        for number in 0..<4 {
            files["vms/presets/p\(number).yaml"] = extends("p", below: number) + fields()
            files["vms/t\(number).yaml"] =
                extends("t", below: number) + "preset: p\(Int.random(in: 0..<4, using: &random))\n" + fields()
        }
        files["envs/e0.yaml"] = "vmid_base: \(unique())\nvms:\n" + vm("x0") + vm("x1")
        let ownBase = Bool.random(using: &random) ? "vmid_base: \(tag(["!force", "!default"]))\(unique())\n" : ""
        let ownVMs = Bool.random(using: &random) ? "vms: \(tag(["!append", "!union"]))\n" + vm("y0") + vm("y1") : ""
        files["envs/e1.yaml"] = "extends: e0\n" + ownBase + ownVMs
        return files
    }

    private mutating func vm(_ name: String) -> String {
        let start = Bool.random(using: &random) ? "template: t" : "vm_preset: p"
        let lines = fields().split(separator: "\n").map { "    \($0)\n" }.joined()
        return "  - name: \(name)\n    \(start)\(Int.random(in: 0..<4, using: &random))\n" + lines
    }

    private mutating func extends(_ kind: String, below number: Int) -> String {
        let limit = isWild ? 4 : number
        let parents = (0..<limit).filter { _ in Bool.random(using: &random) }.map { "\(kind)\($0)" }
        return parents.isEmpty ? "" : "extends: [\(parents.joined(separator: ", "))]\n"
    }

    private mutating func fields() -> String {
        var text = ""
        for key in ["a", "b"] where chance(2) { text += "\(key): \(scalar())\n" }
        if chance(2) {
            text +=
                "l: \(chance(6) ? "!unset" : "\(tag(["!append", "!union", "!replace", "!force", "!default"]))[\(unique()), \(unique())]")\n"
        }
        guard chance(2) else { return text }
        if chance(6) { return text + "m: !unset\n" }
        if isWild, chance(3) { return text + "m: \(scalar())\nl2: !deep\n  - {x: !unset }\n" }
        text += "m: \(tag(["!deep", "!replace", "!force", "!default"]))\n"
        for key in ["x", "y"] where chance(2) { text += "  \(key): \(scalar())\n" }
        text += "  n: {z: \(unique())}\n"
        return text + "  l: \(tag(["!append", "!replace", "!force"]))[\(unique())]\n"
    }

    private mutating func scalar() -> String {
        if chance(8) { return "!unset" }
        return tag(isWild ? ["!force", "!default", "!append", "!deep", "!raw", "!what"] : ["!force", "!default"])
            + String(unique())
    }

    private mutating func tag(_ choices: [String]) -> String { chance(3) ? pick(choices) + " " : "" }

    private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? choices[0] }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    private mutating func unique() -> Int {
        count += 1
        return 1000 * count
    }
}
