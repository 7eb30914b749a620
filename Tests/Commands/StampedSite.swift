import Foundation
import TestSupport
import Testing

/// A site on disk that is built and changed, with a cache folder of its own.
struct StampedSite {
    /// Holds the site, what stands beside it, and the copy.
    let top: URL
    private var random: SeededNumbers
    var count = 0
    var time = 1_700_000_000

    static let secret = "PLANTED-71c0"

    var folder: URL { top.appendingPathComponent("a/site") }
    var cache: URL { top.appendingPathComponent("cache") }
    var variables: [String: String] {
        ["XDG_CACHE_HOME": cache.path, "SOURCE_DATE_EPOCH": String(time)]
    }

    private static let files = [
        "site.yaml": "defaults: {domain: example.net}\n",
        "resolve.yaml": """
        outputs:
          - {emit: env, env: "*", node: pve, to: "dist/{env}.json"}
          - {emit: vars, env: "*", redact: true, to: "out/vars/{env}.json"}
          - {emit: inventory, to: inventory.json}

        """,
        "nodes/pve.yaml": "datastore: local\napi_endpoint: https://10.0.0.1:8006\napi_token: null\n",
        "secrets.yaml": "passwords: {vm_root: \(secret)}\n",
        "presets/p.yaml": "cores: 2\nmemory: 2048\n",
        "postures/dev.yaml": "auth: {method: network}\nssh: {port: 22}\n",
        "envs/dev.yaml": "vms:\n  - {name: one, vm_preset: p, vmid: 100, image: debian-12, ip: 10.0.0.5/24}\n",
        "envs/lab.yaml": "vms:\n  - {name: two, vm_preset: p, vmid: 200, image: debian-12, ip: 10.0.0.6/24}\n",
    ]

    static func with(_ seed: Int, _ body: (inout StampedSite) throws -> Void) throws {
        try Program.withFolder(files.map { (path: "a/site/\($0.key)", text: $0.value) }) { top in
            try FileManager.default.createDirectory(
                at: top.appendingPathComponent("cache"), withIntermediateDirectories: true)
            var site = StampedSite(top: top, random: SeededNumbers(seed))
            try body(&site)
        }
    }

    private init(top: URL, random: SeededNumbers) {
        self.top = top
        self.random = random
    }

    mutating func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    mutating func pick<T>(_ items: [T]) -> T { items[number(items.count)] }

    mutating func unique() -> Int {
        count += 1
        return 1000 + count
    }

    // MARK: Building

    mutating func words() -> [String] {
        switch number(12) {
        case 0: ["--check"]
        case 1: ["--check", "--format", "json"]
        case 2: ["--check", "--quiet"]
        case 3: ["--quiet"]
        case 4: ["--lenient"]
        case 5: ["--allow-outside"]
        case 6: ["--prune", "--allow-shrink"]
        case 7: ["--check", "--redact"]
        case 8: ["--identity", "../key"]
        default: []
        }
    }

    /// Builds with stamps, and on a copy without.
    mutating func build(_ words: [String], after change: String) throws {
        try? FileManager.default.removeItem(at: top.appendingPathComponent("b"))
        try shell("cp -a a b")
        let copy = top.appendingPathComponent("b/site")
        let full = try Program.run(["build", "--no-cache"] + words, in: copy, with: variables)
        let stamped = try Program.run(["build"] + words, in: folder, with: variables)
        let place = "after \(change): build \(words.joined(separator: " "))"
        #expect(stamped.stdout == full.stdout, "\(place)")
        // Some messages say where the site really is.
        #expect(stamped.stderr == full.stderr.replacing("/b/site", with: "/a/site"), "\(place)")
        #expect(stamped.status == full.status, "\(place)")
        // Names, kinds, permissions, bytes, but no times.
        let difference = try Program.output(
            """
            diff -r --no-dereference a b
            diff <(cd a; find . -printf '%p %y %m %l\\n' | sort) <(cd b; find . -printf '%p %y %m %l\\n' | sort)
            """, in: top)
        #expect(difference.isEmpty, "\(place)")
        #expect(!stamped.stderr.contains("bug"))
    }

    /// Every stamp file, with what tells whether it was written again.
    func stamps(_ words: [String]) -> String? {
        let ending = words.contains("--check") ? "check" : "build"
        let found = try? Program.output("stat -c '%n %i %.9Y %.9Z' \(cache.path)/resolve/*.\(ending).stamps", in: top)
        return found?.contains("cannot") ?? true ? nil : found
    }

    /// Builds until there are stamps. On a busy machine a clock may stand still for long, and then a build leaves none.
    mutating func buildUntilStamped(_ words: [String] = []) throws {
        for _ in 1...20 where stamps(words) == nil { try build(words, after: "no stamps") }
    }

    var stampFiles: [URL] {
        let folder = cache.appendingPathComponent("resolve")
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted().map {
            folder.appendingPathComponent($0)
        }
    }

    @discardableResult
    func shell(_ line: String) throws -> String {
        let result = try Program.shell("set -e; \(line)", in: top)
        #expect(result.status == 0, "\(line): \(result.stderr)")
        return result.stdout
    }

    // MARK: Changes

    typealias Change = (name: String, make: @Sendable (inout StampedSite) throws -> Void)

    mutating func change() throws -> String {
        guard number(4) > 0 else { return "nothing" }
        let change = pick(Self.changes)
        try change.make(&self)
        return change.name
    }

    mutating func input() -> String {
        pick([
            "presets/p.yaml", "envs/dev.yaml", "envs/lab.yaml", "secrets.yaml", "site.yaml", "resolve.yaml",
            "postures/dev.yaml",
        ])
    }

    mutating func env() -> String { pick(["envs/dev.yaml", "envs/lab.yaml"]) }

    mutating func output() -> String {
        pick(["dist/dev.json", "out/vars/dev.json", "inventory.json", ".resolve.lock"])
    }

    /// In the site, if the file is there.
    func on(_ path: String, _ line: String) throws {
        try shell("cd a/site; F=\(path); if [ -e $F ]; then \(line); fi")
    }
}
