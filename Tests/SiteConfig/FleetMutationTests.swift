import SiteConfig
import TestSupport
import Testing

/// Files that somebody has been careless with: whatever stands in them, the compiler answers, and the same twice.
@Suite struct FleetMutationTests {
    @Test(arguments: 0..<40) func anyTextIsAnswered(_ seed: Int) {
        var random = SeededNumbers(seed)
        var site = RandomFleet.watched(seed)
        let grouped = RandomFleet.made(seed)
        site.groups = grouped.groups
        var files = site.files
        let kinds = ["groups/", "probes/", "components/", "site.yaml", "pillar/", "envs/", "nodes/", "hosts/"]
        let paths = files.keys.sorted().filter { path in kinds.contains { path.hasPrefix($0) } }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard let path = paths.randomElement(using: &random), let text = files[path] else { continue }
            files[path] = Self.spoilt(text, &random)
        }
        let compiler = SiteCompiler(MemoryFiles(files), identities: Identities())
        let env = site.envs[0].name
        let targets: [Target] = [
            .inventory(.init()), .inventory(.init(env: env, form: .yaml)), .inventory(.init(form: .host("pve1"))),
            .targets(.init()), .targets(.init(job: "node", env: env)),
        ]
        for target in targets {
            let compiled = compiler.compile(target)
            let shown = "\(compiled.report.text())\n\(files)"
            #expect((compiled.document != nil) == compiled.report.isClean, "\(shown)")
            let again = compiler.compile(target)
            #expect(again.report.text() == compiled.report.text(), "\(shown)")
            #expect(again.document?.bytes(.revealed) == compiled.document?.bytes(.revealed), "\(shown)")
        }
        let jobs = compiler.compileJobs(.init())
        #expect(jobs.report.isClean || jobs.jobs.isEmpty)
        _ = compiler.validate().report.text()
    }

    /// One value or key, by something else; or a piece taken out, or written twice.
    private static func spoilt(_ text: String, _ random: inout SeededNumbers) -> String {
        var letters = Array(text)
        let start = Int.random(in: 0...letters.count, using: &random)
        let isBreak: (Character) -> Bool = { " ,:[]{}\n".contains($0) }
        let from = letters[..<start].lastIndex(where: isBreak).map { $0 + 1 } ?? 0
        let to = letters[start...].firstIndex(where: isBreak) ?? letters.count
        switch Int.random(in: 0..<10, using: &random) {
        case 0: letters.removeSubrange(from..<min(letters.count, to + 1))
        case 1: letters.insert(contentsOf: letters[from..<to], at: to)
        case 2: letters.removeLast(letters.count - start)
        case 3: return text + text
        default: letters.replaceSubrange(from..<to, with: words.randomElement(using: &random) ?? "")
        }
        return String(letters)
    }

    private static let words = [
        "null", "yes", "-1", "0", "99999999999999999999", "1.5", ".inf", "\"\"", "[]", "{}", "[[]]", "{a: {b: [1]}}",
        "!secret db.user", "!secret db", "!unset", "!force 1", "!default {}", "!raw \"{{ x }}\"", "!append [a]", "&a x",
        "*a", "!what", "{{", "\"a b\"", "\"é\"", "\"a/../b\"", "all", "_meta", "ungrouped", "nodes", "env_prod", "kt",
        "kt_web", "pve1", "children", "hosts", "vars", "components", "connection", "incus", "{type: incus, remote: 1}",
        "extends", "requires", "ansible_group", "__address__", "__param_x", "metrics", "targets", "http://[", "0x",
    ]
}
