import Foundation
import SiteConfig
import TestSupport
import Testing

/// R0816 and R0817 are true: without a line that they are about every output is the same, over random sites in which few
/// values are many times said.
@Suite struct IdleValueTests {
    static let seeds = Array(0..<12)

    @Test(arguments: seeds) func whatIsIdleMakesNoDifference(_ seed: Int) throws {
        var maker = RepetitiveSite(seed, isTagged: seed % 2 == 0)
        let files = maker.files()
        let compiler = SiteCompiler(MemoryFiles(files))
        let report = compiler.validate().report
        try #require(report.errorCount == 0, "\(report.text())")
        let before = try Self.outputs(files)
        for finding in try Finding.all(report) where ["R0816", "R0817"].contains(finding.code) {
            let after = try Self.outputs(files.without(finding.line, of: finding.file))
            #expect(after == before, "\(finding) of \(files)")
        }
    }

    /// All R0816 that edits can remove, removed together, change nothing either: none is the reason of another.
    @Test(arguments: seeds) func fixesAreTrueTogether(_ seed: Int) throws {
        var maker = RepetitiveSite(seed, isTagged: seed % 2 == 0)
        let files = maker.files()
        let before = try Self.outputs(files)
        var changed = files
        for finding in try Finding.all(SiteCompiler(MemoryFiles(files)).validate().report)
            .filter({ $0.code == "R0816" }).sorted(by: { $0.line > $1.line })
        {
            changed = changed.without(finding.line, of: finding.file)
        }
        #expect(try Self.outputs(changed) == before, "\(files)")
    }

    /// Of a VM's own lines, which start from everything else, all that change nothing are told.
    @Test(arguments: seeds.prefix(4)) func whatAVMSaysInVainIsTold(_ seed: Int) throws {
        var maker = RepetitiveSite(seed, isTagged: false)
        let files = maker.files()
        let before = try Self.outputs(files)
        let told = try Finding.all(SiteCompiler(MemoryFiles(files)).validate().report).filter { $0.code == "R0816" }
        for (number, line) in (files["envs/e0.yaml"] ?? "").components(separatedBy: "\n").enumerated()
        where line.hasPrefix("    ") && !line.contains("name:") && !line.contains("template:") && !line.contains("m:") {
            let isIdle = try Self.outputs(files.without(number + 1, of: "envs/e0.yaml")) == before
            let isTold = told.contains { $0.file == "envs/e0.yaml" && $0.line == number + 1 }
            #expect(isIdle == isTold, "envs/e0.yaml:\(number + 1) of \(files)")
        }
    }

    @Test func theyAreSeenAtAll() throws {
        let codes = Self.seeds.flatMap { seed -> [String] in
            var maker = RepetitiveSite(seed, isTagged: seed % 2 == 0)
            return SiteCompiler(MemoryFiles(maker.files())).validate().report.codes
        }
        #expect(codes.count { $0 == "R0816" } > 12)
        #expect(codes.count { $0 == "R0817" } > 2)
    }

    struct Finding {
        let code: String
        let file: String
        let line: Int

        static func all(_ report: Report) throws -> [Finding] {
            try report.jsonLines().split(separator: UInt8(ascii: "\n")).compactMap { line in
                let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
                guard let code = object?["code"] as? String, let file = object?["file"] as? String,
                    let number = object?["line"] as? Int
                else { return nil }
                return Finding(code: code, file: file, line: number)
            }
        }
    }

    /// Every output of the site, whatever the order of its keys.
    static func outputs(_ files: [String: String]) throws -> [NSDictionary] {
        let compiler = SiteCompiler(MemoryFiles(files))
        var targets: [Target] = ["e0", "e1"].map { .env(.init(name: $0)) }
        targets += ["q0", "q1", "q2"].map { .variables(.posture($0)) }
        targets += try #require(compiler.minions().listing).entries.map { .pillar($0.name) }
        targets.append(.roster(.init(form: .json)))
        return try targets.map { target in
            let compiled = compiler.compile(target)
            let document = try #require(compiled.document, "\(compiled.report.text())\n\(files)")
            let object = try JSONSerialization.jsonObject(with: Data(document.bytes(.redacted)))
            return try #require(object as? NSDictionary)
        }
    }
}

extension [String: String] {
    /// Without a line, and without maps that have nothing in them then.
    fileprivate func without(_ line: Int, of file: String) -> [String: String] {
        var lines = (self[file] ?? "").components(separatedBy: "\n")
        lines.remove(at: line - 1)
        func indent(_ index: Int) -> Int { lines[index].prefix { $0 == " " }.count }
        while let empty = lines.indices.dropLast().last(where: { index in
            lines[index].hasSuffix(":") && (lines[index + 1].isEmpty || indent(index + 1) <= indent(index))
        }) {
            lines.remove(at: empty)
        }
        return merging([file: lines.joined(separator: "\n")]) { $1 }
    }
}

/// Writes a site in which a key has one of two values, a line each.
private struct RepetitiveSite {
    private var random: SeededNumbers
    private let isTagged: Bool

    init(_ seed: Int, isTagged: Bool) {
        random = SeededNumbers(seed)
        self.isTagged = isTagged
    }

    mutating func files() -> [String: String] {
        var files = [
            "nodes/pve.yaml": "datastore: local\napi_endpoint: https://localhost:8006\napi_token: null\n",
            "site.yaml": "defaults: {bridge: vmbr1}\nmerge: {vm.m: deep}\n",
        ]
        for number in 0..<3 {
            files["vms/presets/p\(number).yaml"] = extends("p", below: number) + fields(VM.keys)
            files["vms/t\(number).yaml"] =
                extends("t", below: number) + "preset: p\(number)\n" + fields(VM.keys)
            files["components/c\(number).yaml"] =
                extends("c", below: number) + "requires: [\((0..<number).map { "c\($0)" }.joined(separator: ", "))]\n"
                + "pillar:\n  z\(number): 1\n"
                + fields(VM.pillar, indent: "  ", isTagged: false)
            files["postures/q\(number).yaml"] =
                extends("q", below: number)
                + "ssh:\n  permit_root_login: \"\(["yes", "no", "prohibit-password"][number])\"\n"
                + fields(["port"], indent: "  ", isTagged: false).replacing(": a", with: ": 22").replacing(
                    ": b", with: ": 23")
        }
        files["envs/e0.yaml"] = "posture: q1\nvms:\n" + (0..<4).map { vm("x\($0)", $0 % 3) }.joined()
        files["envs/e1.yaml"] = "posture: q2\nextends: e0\nvms: !append\n" + vm("y0", 1)
        files["postures/dev.yaml"] = "extends: q0\n"
        for number in 0..<3 {
            var text = extends("g", below: number) + "components: [c\(number)]\n" + fields(VM.pillar)
            text += "ssh:\n  timeout: 9\n" + fields(["user"], indent: "  ") + "instances:\n"
            for instance in 0..<2 {
                text += "  \(instance):\n    ip: 203.0.113.\(number * 10 + instance)\n"
                text += fields(VM.pillar, indent: "    ") + "    ssh:\n      port: \(number * 10 + instance + 1)\n"
                text += fields(["user"], indent: "      ")
            }
            files["pillar/hosts/g\(number).sls"] = text
        }
        return files
    }

    private enum VM {
        static let keys = ["image", "cores", "bridge", "other"]
        static let pillar = ["motd", "zone"]
    }

    private mutating func vm(_ name: String, _ number: Int) -> String {
        "  - name: \(name)\n    template: t\(number)\n" + fields(VM.keys, indent: "    ")
    }

    /// The first of its kind always, so that families are deep.
    private mutating func extends(_ kind: String, below number: Int) -> String {
        let parents = (0..<number).filter { $0 == number - 1 || chance(3) }.map { "\(kind)\($0)" }
        return parents.isEmpty ? "" : "extends: [\(parents.joined(separator: ", "))]\n"
    }

    private mutating func fields(_ keys: [String], indent: String = "", isTagged: Bool = true) -> String {
        var text = ""
        for key in keys where chance(2) {
            let tag = isTagged && self.isTagged && chance(4) ? (chance(2) ? "!force " : "!default ") : ""
            text += "\(indent)\(key): \(tag)\(chance(2) ? "a" : "b")\n"
        }
        guard keys == VM.keys || keys == VM.pillar, chance(2) else { return text }
        text += "\(indent)m:\n\(indent)  k: 0\n"
        for key in ["x", "y"] where chance(2) { text += "\(indent)  \(key): \(chance(2) ? "a" : "b")\n" }
        return text
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
}
