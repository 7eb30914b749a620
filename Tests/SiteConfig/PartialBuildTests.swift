import TestSupport
import Testing

@testable import SiteConfig

/// A build of envs alone is the whole build, or none: whatever else would be another, or be said, it leaves to that.
@Suite struct PartialBuildTests {
    /// Random edits of random sites' envs, of every kind: most mean something to others.
    @Test(arguments: 0..<4) func randomEdits(_ part: Int) throws {
        var (alone, whole) = (0, 0)
        for seed in (part * 24)..<(part * 24 + 24) {
            guard var site = StampedModel(seed) else { continue }
            var mutation = SiteMutation(seed)
            for _ in 0..<8 {
                let edit = site.edit(&mutation)
                if try site.check(edit.files, after: edit.what) { alone += 1 } else { whole += 1 }
            }
        }
        #expect(alone > 2 && whole > 2, "\(alone) were compiled alone, \(whole) not")
    }

    private static let site = [
        "site.yaml": "defaults: {domain: example.net}\n",
        "nodes/pve.yaml": "datastore: local\napi_endpoint: https://10.0.0.1:8006\napi_token: pve\nhost: box\n",
        "hosts/box.yaml": "ip: 10.0.0.2\nhardware: {memory_gb: 16}\n",
        "secrets.yaml": "api_tokens: {pve: x}\npasswords: {vm_root: y}\n",
        "presets/p.yaml": "cores: 2\nmemory: 2048\nimage: debian-13\n",
        "envs/dev.yaml": "vms:\n  - {name: one, vm_preset: p, vmid: 100, ip: 10.0.0.5/24}\n",
        "envs/lab.yaml": "vms:\n  - {name: two, vm_preset: p, vmid: 200, ip: 10.0.0.6/24}\n",
        "resolve.yaml": """
        outputs:
          - {emit: env, env: "*", node: pve, to: "dist/{env}.json"}
          - {emit: env, env: dev, node: pve, redact: true, to: redacted.json}
          - {emit: inventory, to: inventory.json}

        """,
    ]

    /// Whether one VM of `dev`, written so, is compiled without the rest of the site.
    @Test(
        arguments: [
            ("{name: one, vm_preset: p, vmid: 100, ip: 10.0.0.5/24, memory: 4096}", true),
            ("{name: one, disk: 9, cores: \"4\", vm_preset: p, vmid: 100, ip: 10.0.0.5/24} # more", true),
            // What others see.
            ("{name: uno, vm_preset: p, vmid: 100, ip: 10.0.0.5/24}", false),
            ("{name: one, vm_preset: p, vmid: 101, ip: 10.0.0.5/24}", false),
            ("{name: one, vm_preset: p, vmid: 100, ip: 10.0.0.7/24}", false),
            ("{name: one, vm_preset: p, vmid: 100, ip: 10.0.0.5/24, mtu: 9000}", false),
            // What may be more than a number.
            ("{name: one, vm_preset: p, vmid: 100, ip: 10.0.0.5/24, memory: !force 4096}", false),
            ("{name: one, vm_preset: p, vmid: 100, ip: 10.0.0.5/24, memory: !secret passwords.vm_root}", false),
            ("{name: one, vm_preset: p, vmid: 100, ip: 10.0.0.5/24, memory: {size: 4096}}", false),
            ("{name: one, vm_preset: p, vmid: 100, ip: 10.0.0.5/24, memory: null}", false),
            // What is said of it.
            ("{name: one, vm_preset: p, vmid: 100, ip: 10.0.0.5/24, memory: 20000}", false),
            ("{name: one, vm_preset: p, vmid: 100, ip: 10.0.0.5/24, memory: 4096, memory: 1}", false),
            ("{name: one, vm_preset: p, vmid: 100, ip: 10.0.0.5/24, memroy: 4096}", false),
        ] as [(String, Bool)]) func oneVM(_ text: String, isAlone: Bool) throws
    {
        var site = try #require(StampedModel(Self.site))
        var files = Self.site
        files["envs/dev.yaml"] = "vms:\n  - \(text)\n"
        #expect(try site.check(files, after: text) == isAlone)
    }

    /// What allows findings, and what merges otherwise, is more than values; so is what was taken out of a file.
    @Test(
        arguments: [
            (
                "envs/dev.yaml", "vms: # resolve: allow R0620 on purpose\n  - {name: one, vm_preset: p}\n",
                ["envs/lab.yaml"]
            ),
            ("envs/dev.yaml", "vms: []\nvars: {proxy: \"http://joe:x@10.0.0.9/\"}\n", ["envs/lab.yaml"]),
            ("site.yaml", "merge: {vm.cores: replace}\n", []),
            ("presets/q.yaml", "memory: !default 512\n", []),
            ("presets/q.yaml", "memory: 512\n", ["envs/dev.yaml", "envs/lab.yaml"]),
            ("manifests/m.yaml", "schema_version: 1\nname: m\nlevels: [{name: a, env: dev}]\n", ["envs/lab.yaml"]),
        ] as [(String, String, [String])]) func whatIsStamped(_ path: String, _ text: String, _ paths: [String])
    {
        var files = Self.site
        files[path] = text
        let build = SiteCompiler(MemoryFiles(files)).build(BuildRequest())
        #expect(build.report.isClean && build.stampedEnvs.map(\.path) == paths, "\(build.report.text())")
    }

    /// A file that changes while envs are compiled is not the one that the other outputs come from.
    @Test func whatChangesMeanwhile() throws {
        func look(_ path: String, _ size: Int64, end: Int64? = nil) -> DiskRecord.Look {
            func status(_ size: Int64) -> DiskStatus {
                DiskStatus(mode: 1, owner: 0, device: 1, inode: 1, size: size, modified: 1, changed: 1)
            }
            return DiskRecord.Look(
                path: path, status: status(size), end: end.map { (status($0), "x") }, isCertain: true)
        }
        let stamps = try #require(
            Stamps(
                Stamps.write(
                    key: [], outputCount: 1, looks: [look("a", 1), look("b", 2, end: 3), look("c", 4)], folders: [],
                    listings: [], envs: [])))
        #expect(stamps.agree(with: [look("a", 1), look("b", 2, end: 3)], except: []))
        #expect(stamps.agree(with: [look("a", 9), look("c", 4)], except: ["a"]))
        #expect(!stamps.agree(with: [look("a", 9)], except: ["c"]))
        #expect(!stamps.agree(with: [look("b", 2, end: 9)], except: []))
        #expect(!stamps.agree(with: [look("b", 2)], except: []))
        #expect(!stamps.agree(with: [look("d", 1)], except: []))
    }

    /// An env that another extends is more than its own outputs; so is one that extends.
    @Test(arguments: ["envs/dev.yaml", "envs/heir.yaml"]) func families(_ path: String) throws {
        var files = Self.site
        files["envs/heir.yaml"] = "extends: dev\n"
        files["envs/dev.yaml"] = "vms: []\n"
        let site = try #require(StampedModel(files))
        #expect(!site.envs.contains { $0.path == path })
        #expect(site.envs.contains { $0.path == "envs/lab.yaml" })
    }

    /// Where resolve.yaml reads another list of outputs out of the same names, the whole build says so.
    @Test func otherOutputs() throws {
        let site = try #require(StampedModel(Self.site))
        for (path, place) in [("dist/dev2.json", 0..<1), ("redacted.json", 7..<9)] {
            let envs = site.envs.map { env in
                StampedEnv(path: env.path, interface: env.interface, outputs: [(path, place)])
            }
            #expect(site.compiler.rebuild(envs, BuildRequest(), outputCount: 4) == nil)
        }
    }
}

/// A site with what a build of it said to stamps.
private struct StampedModel {
    private let site: [String: String]
    private let lock: String
    private let outputs: [(path: String, text: String)]
    let envs: [StampedEnv]

    var compiler: SiteCompiler { Self.compiler(site, lock) }

    /// A random site that declares some of what it can compile to, its envs for certain; nil if anything is to be said of it.
    init?(_ seed: Int) {
        var files = RandomEstate.files(seed)
        // With rules of its own nothing would be compiled alone.
        files["site.yaml"] = files["site.yaml"]?.replacing(#/merge: .*\n/#, with: "")
        let declared = DeclaredOutput.all(of: SiteCompiler(MemoryFiles(files))).filter {
            SiteCompiler(MemoryFiles(files)).compile($0.target).document != nil
        }
        let envs = declared.filter { if case .env = $0.target { true } else { false } }
        files["resolve.yaml"] = DeclaredOutput.text(Array(envs.prefix(4)) + declared.some(8))
        self.init(files)
    }

    init?(_ files: [String: String]) {
        let build = Self.compiler(files, nil).build(BuildRequest())
        guard build.report.isSilent else { return nil }
        site = files
        lock = Self.lock(of: build)
        outputs = Self.texts(of: build)
        envs = build.stampedEnvs
    }

    private static func compiler(_ files: [String: String], _ lock: String?) -> SiteCompiler {
        var files = files
        files[Build.lockName] = lock
        return SiteCompiler(MemoryFiles(files), identities: Identities(files: []))
    }

    private static func lock(of build: Build) -> String {
        (try? build.lockBytes(isPruned: false)).map { String(decoding: $0, as: UTF8.self) } ?? "none"
    }

    private static func texts(of build: Build) -> [(path: String, text: String)] {
        build.outputs.map { ($0.path, String(decoding: $0.document.bytes($0.disclosure), as: UTF8.self)) }
    }

    /// The site with one of its envs edited.
    func edit(_ mutation: inout SiteMutation) -> (files: [String: String], what: String) {
        let number = Int.random(in: 1...9000, using: &mutation.random)
        guard number % 3 > 0 else {
            let edit = mutation.scalar(of: site) { $0.hasPrefix("envs/") }
            return (edit.files, "another scalar in \(edit.path):\(edit.line)")
        }
        var files = site
        var lines = site["envs/apps.yaml", default: ""].split(separator: "\n").map(String.init)
        let places = lines.indices.filter { lines[$0].hasPrefix("  - name: ") }
        let fields = ["memory", "cores", "disk", "memory", "cores", "disk", "ssh_port", "image", "note"]
        let values = [
            "\(number)", "\(number)", "\"\(number)\"", "\(number).5", "large", "!default \(number)", "[1]", "true",
        ]
        let field = fields.randomElement(using: &mutation.random) ?? ""
        let value = values.randomElement(using: &mutation.random) ?? ""
        let place = places.randomElement(using: &mutation.random) ?? 0
        lines.insert("    \(field): \(value)", at: place + 1)
        files["envs/apps.yaml"] = lines.joined(separator: "\n") + "\n"
        return (files, lines[place...(place + 1)].joined(separator: " "))
    }

    /// Builds what changed, and everything, and compares.
    ///
    /// - Returns: whether what changed was compiled alone.
    mutating func check(_ files: [String: String], after what: String) throws -> Bool {
        let changed = files.keys.filter { files[$0] != site[$0] }
        let envs = envs.filter { changed.contains($0.path) }
        guard envs.count == changed.count else { return false }
        let compiler = Self.compiler(files, lock)
        guard let part = compiler.rebuild(envs, BuildRequest(), outputCount: outputs.count) else { return false }
        let whole = compiler.build(BuildRequest())
        #expect(whole.report.isSilent, "\(what): \(whole.report.text())")
        #expect(Self.lock(of: part) == Self.lock(of: whole), "\(what)")
        let fresh = Dictionary(uniqueKeysWithValues: Self.texts(of: part).map { ($0.path, $0.text) })
        let wanted = Self.texts(of: whole)
        #expect(outputs.map(\.path) == wanted.map(\.path), "\(what)")
        for (old, new) in zip(outputs, wanted) {
            #expect(fresh[old.path] ?? old.text == new.text, "\(what): \(old.path)")
        }
        #expect(part.outputCount == whole.outputCount)
        return true
    }
}
