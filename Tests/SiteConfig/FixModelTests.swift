import SiteConfig
import TestSupport
import Testing

/// `resolve fix` over all goldens, and over random sites with misspellings in them.
@Suite struct FixModelTests {
    /// But for two that show what another mistake hid.
    @Test(arguments: 0..<8) func goldens(_ part: Int) throws {
        let known = [
            "secrets/age-dangling.txt", "references/overridden.txt",
            // A comment that allows nothing is what is mended there.
            "validate/allow-wrong.txt", "validate/allow.txt",
        ]
        for (place, golden) in try GoldenSite.all().enumerated() where place % 8 == part && !known.contains(golden.name)
        {
            let plan = Self.checked(golden.files, golden.name)
            #expect(plan.changes.isEmpty == plan.fixed.isEmpty, "\(golden.name)")
        }
    }

    @Test func somethingIsFixed() throws {
        let plans = try GoldenSite.all().filter { $0.name.hasPrefix("values/") || $0.name.hasPrefix("syntax/") }.map {
            SiteCompiler(MemoryFiles($0.files)).fixes()
        }
        #expect(Set(plans.flatMap { $0.fixed.map(\.code) }).count > 3)
    }

    /// Makes the fixes: what is left has no more errors, the same comments, and nothing to fix.
    @discardableResult
    private static func checked(_ files: [String: String], _ name: String) -> FixPlan {
        let before = SiteCompiler(MemoryFiles(files)).validate().report
        let plan = SiteCompiler(MemoryFiles(files)).fixes()
        let fixed = MigrationTests.applied(plan.changes, to: files)
        let compiler = SiteCompiler(MemoryFiles(fixed))
        let after = compiler.validate().report
        let diff = String(decoding: plan.diff(below: ""), as: UTF8.self)
        #expect(after.errorCount <= before.errorCount, "\(name)\n\(diff)\n\(after.text())")
        #expect(plan.report.text() == after.text(), "\(name)")
        let again = compiler.fixes()
        #expect(again.changes.isEmpty && again.fixed.isEmpty, "\(name)\n\(diff)")
        for change in plan.changes {
            let (old, new) = (change.oldBytes, change.newBytes)
            #expect(change.oldPath == change.newPath && old != new, "\(name)")
            let texts = [old, new].map { String(decoding: $0, as: UTF8.self) }
            #expect(comments(texts[0]) == comments(texts[1]), "\(name)\n\(diff)")
            let codes = change.newPath.map { SiteCompiler.read($0, new).report.codes } ?? []
            #expect(!codes.contains { $0.hasPrefix("R0101") }, "\(name)\n\(diff)")
        }
        return plan
    }

    /// What follows a `#` at a line's start or behind a blank, outside of quotes.
    private static func comments(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            var quote: Character?
            var last: Character = " "
            for (offset, letter) in line.enumerated() {
                if let open = quote {
                    if letter == open, last != "\\" { quote = nil }
                } else if letter == "\"" || letter == "'" {
                    quote = letter
                } else if letter == "#", last == " " {
                    return String(line.dropFirst(offset))
                }
                last = letter
            }
            return nil
        }
    }

    /// What can be meant by one name only, and in a file that holds no secret.
    private static let slips = [
        ("template: web", "template: wbe"), ("template: base", "template: bsae"),
        ("vm_preset: large", "vm_preset: lagre"),
        ("preset: small", "preset: smal"), ("preset: large", "preset: lareg"), ("posture: hard", "posture: hadr"),
        ("vmid_base:", "vmid_bsae:"), ("node: metal", "node: meatl"),
        ("permit_root_login: \"no\"", "permit_root_login: no"),
        ("posture: ", "postrue: "), ("spec: edge", "spec: egde"),
        ("datastore: ", "datastor: "),
        ("instances:", "instancse:"),
    ]

    /// What was misspelt is as it was before, one slip or many at once.
    @Test(arguments: 0..<2) func misspellingsAreMended(_ seed: Int) {
        let made = RandomEstate.files(seed).mapValues { "# Kept.\n" + $0 }
        let original = MigrationTests.applied(SiteCompiler(MemoryFiles(made)).fixes().changes, to: made)
        #expect(SiteCompiler(MemoryFiles(original)).validate().report.isClean)
        var all = original
        for (right, wrong) in Self.slips {
            guard let path = original.keys.sorted().first(where: { original[$0]?.contains(right) == true }) else {
                continue
            }
            var files = original
            files[path] = original[path]?.replacingFirst(right, with: wrong)
            let plan = Self.checked(files, "\(path): \(wrong)")
            #expect(MigrationTests.applied(plan.changes, to: files) == original, "\(path): \(wrong), \(plan.fixed)")
            // Several in a file would hide each other's neighbours.
            if all[path] == original[path] { all[path] = files[path] }
        }
        let plan = Self.checked(all, "all at once")
        #expect(MigrationTests.applied(plan.changes, to: all) == original, "\(plan.fixed)\n\(plan.report.text())")
    }

    /// That there are errors elsewhere is no reason to make one.
    @Test func aFixMakesNoError() {
        let files = [
            "site.yaml": "", "vms/presets/small.yaml": "cores: 1\n",
            "envs/dev.yaml": "vms: [{name: web, vm_preset: small, map: here}]\n",
            "envs/other.yaml": "vms: [{name: lone, vm_preset: nothing-like-it}]\n",
        ]
        Self.checked(files, "map")
        var right = files
        right["envs/other.yaml"] = nil
        Self.checked(right, "map, and nothing wrong")
    }
}

extension String {
    fileprivate func replacingFirst(_ text: String, with other: String) -> String {
        firstRange(of: text).map { self[..<$0.lowerBound] + other + self[$0.upperBound...] } ?? self
    }
}
