import Synchronization
import TestSupport
import Testing

@testable import SiteConfig

/// A build through which envs pass one by one is the build that has all of them at once: what it writes, what it says, and what it
/// leaves for the next.
@Suite struct PassingEnvsTests {
    /// Random sites, as they are and with mistakes.
    @Test(arguments: 0..<8) func randomSites(_ part: Int) {
        var (passed, whole) = (0, 0)
        for seed in (part * 12)..<(part * 12 + 12) {
            var files = Self.plain(RandomEstate.files(seed))
            var mutation = SiteMutation(seed)
            for step in 0..<6 {
                if Self.compare(files, "site \(seed) after \(step) edits") { passed += 1 } else { whole += 1 }
                files = mutation.any(of: files)
            }
        }
        #expect(passed > 2 && whole > 2, "envs passed in \(passed), not in \(whole)")
    }

    @Test func goldens() throws {
        var passed = 0
        for site in try GoldenSite.all() where site.files.keys.contains(where: { $0.hasPrefix("envs/") }) {
            for seed in 0..<2 {
                var files = seed == 0 ? site.files : Self.plain(site.files)
                if files["resolve.yaml"] == nil { files["resolve.yaml"] = Self.declared(in: files) }
                if Self.compare(files, site.name) { passed += 1 }
            }
        }
        #expect(passed > 100, "envs passed in \(passed)")
    }

    /// What makes an env more than its own file, or has it asked for once more.
    @Test(
        arguments: [
            ("envs/lab.yaml", "extends: dev\nvms: !append [{name: two}]\n"),
            ("envs/lab.yaml", "vms: [{name: two, vm_preset: p, cores: !force 3}]\n"),
            ("envs/lab.yaml", "vms: []\nvars: {proxy: \"http://joe:x@10.0.0.9/\"}\n"),
            ("envs/lab.yml", "vms: []\n"), ("envs/lab.yaml", "vms: [\n"), ("envs/lab.yaml", "- vms\n"),
            ("presets/p.yaml", "cores: !default 2\n"), ("site.yaml", "merge: {vm.cores: replace}\n"),
            ("site.yaml", "pools: {vmids: 100-200}\n"), ("allocations.yaml", "{}\n"),
            ("manifests/m.yaml", "schema_version: 1\nname: m\nlevels: [{name: a, env: dev}]\n"),
            ("resolve.yaml", "outputs: [{emit: env, env: '*', to: 'o/{env}'}, {emit: targets, to: t}]\n"),
            ("resolve.yaml", "outputs: [{emit: env, env: '*', to: 'o/{env}'}, {emit: inventory, to: i}]\n"),
            ("resolve.yaml", "outputs: [{emit: env, env: '*', to: 'o/{env}'}, {emit: env, env: dev, to: second}]\n"),
            ("resolve.yaml", "outputs: [{emit: env, env: dev, vm_id: {one: 7}, to: o}]\n"),
            ("resolve.yaml", "outputs: [{emit: env, env: '*', to: one}]\n"),
        ]) func whatKeepsEnvs(_ path: String, _ text: String)
    {
        var files = Self.site
        #expect(Self.compare(files, "as it is"))
        files[path] = text
        #expect(!Self.compare(files, "\(path): \(text)"))
    }

    /// What does not.
    @Test(
        arguments: [
            ("envs/lab.yaml", "vms: [{name: two, vm_preset: p, ip: 10.0.0.5/24}]\n"),
            ("envs/lab.yaml", "vms: [{name: one, vm_preset: p, ip: 10.0.0.6/24}]\n"),
            ("envs/lab.yaml", "vms: # resolve: allow R0407 on purpose\n  - {name: two, vm_preset: nothing}\n"),
            ("envs/lab.yaml", "vmid_base: 100\n"), ("envs/lab.yaml", "vms: [{name: two, memroy: 1}]\n"),
            ("envs/lab.yaml", "vmid_base: 100\nvms: [{name: two}, {name: two, ip: 10.0.0.5/24, shared: x}]\n"),
            ("envs/dev.yaml", "vmid_base: 100\nvms: [{name: pve, ip: 10.0.0.7/24}, {name: env_dev, ip: 10.0.0.8}]\n"),
            ("groups/web.yaml", "hosts: [one, box, two, dhcp, nobody]\n"),
            ("groups/lab.yaml", "envs: [lab]\nvars: {a: 1}\n"), ("envs/lab.yaml", "vms: []\nvars: {a-b: 1}\n"),
            ("nodes/pve.yaml", "datastore: local\napi_token: pve\n"),
        ]) func whatLetsThemPass(_ path: String, _ text: String)
    {
        var files = Self.site
        files[path] = text
        files["resolve.yaml"]? += "  - {emit: vars, env: '*', to: 'vars/{env}'}\n  - {emit: host, host: pve, to: pve}\n"
        #expect(Self.compare(files, "\(path): \(text)"))
    }

    /// A file that changes between its two readings is not shown as what it was.
    @Test func anEnvThatChangesMeanwhileIsToldOf() {
        var files = Self.site
        // That its numbers meet those of another env is found when its text is gone.
        files["envs/lab.yaml"] = "vmid_base: 100\nvms: [{name: two, vm_preset: p}]\n"
        let changing = ChangingFiles(base: MemoryFiles(files), path: "envs/lab.yaml")
        let build = SiteCompiler(changing).build(BuildRequest(), handingOutputsTo: Basket())
        #expect(build.report.codes == ["R0610"])
        #expect(build.report.failures == ["cannot read envs/lab.yaml: it changed while the site was read"])
        #expect(!build.report.isClean && build.outputs.isEmpty)
    }

    // MARK: Comparing

    private static let site = [
        "site.yaml": "defaults: {domain: example.net}\n",
        "nodes/pve.yaml": "datastore: local\napi_endpoint: https://10.0.0.1:8006\napi_token: pve\nhost: box\n",
        "hosts/box.yaml": "ip: 10.0.0.2\nhardware: {memory_gb: 16}\n",
        "secrets.yaml": "api_tokens: {pve: x}\npasswords: {vm_root: y}\n",
        "presets/p.yaml": "cores: 2\nmemory: 2048\nimage: debian-13\n",
        "envs/dev.yaml": "vmid_base: 100\nvms: [{name: one, vm_preset: p, ip: 10.0.0.5/24}, {name: dhcp}]\n",
        "envs/lab.yaml": "vms: [{name: two, vm_preset: p, ip: 10.0.0.6/24}]\n",
        "resolve.yaml": "outputs:\n  - {emit: env, env: '*', to: 'o/{env}'}\n",
    ]

    /// A site without what keeps envs.
    private static func plain(_ files: [String: String]) -> [String: String] {
        var plain: [String: String] = [:]
        for (path, text) in files where !path.hasPrefix("manifests/") && path != "allocations.yaml" {
            plain[path] = text.replacing(#/!(force|default|append|prepend|union|replace|deep|unset|alloc) ?/#, with: "")
                .replacing(#/(?m)^merge: .*\n/#, with: "").replacing(#/(?m)^pools: .*\n/#, with: "")
            if path.hasPrefix("envs/") { plain[path] = plain[path]?.replacing(#/(?m)^extends: .*\n/#, with: "") }
        }
        plain["resolve.yaml"] = declared(in: files)
        return plain
    }

    private static func declared(in files: [String: String]) -> String {
        let node = files.keys.filter { $0.hasPrefix("nodes/") }.sorted().first?.dropFirst(6).prefix { $0 != "." }
        return "outputs:\n  - {emit: env, env: '*'\(node.map { ", node: \($0)" } ?? ""), to: 'o/{env}'}\n"
            + "  - {emit: roster, to: roster}\n  - {emit: nodegroups, to: nodegroups}\n"
            + "  - {emit: vars, env: '*', to: 'vars/{env}'}\n"
    }

    /// Builds a site in both ways.
    ///
    /// - Returns: whether envs passed one by one.
    private static func compare(_ files: [String: String], _ what: String) -> Bool {
        let compiler = SiteCompiler(MemoryFiles(files), identities: Identities(files: []))
        let basket = Basket()
        let whole = compiler.build(BuildRequest())
        let build = compiler.build(BuildRequest(), handingOutputsTo: basket)
        func shown() -> String { "\(what)\n\(files.sorted { $0.key < $1.key })" }
        #expect(build.report.text() == whole.report.text(), "\(shown())")
        #expect(build.report.failures == whole.report.failures, "\(shown())")
        #expect(build.outputs.map(\.path) == whole.outputs.map(\.path), "\(shown())")
        for (output, other) in zip(build.outputs, whole.outputs) {
            let bytes = output.isTaken ? basket[output.path] : output.document.bytes(output.disclosure)
            #expect(bytes == other.document.bytes(other.disclosure), "\(output.path) of \(shown())")
            #expect(output.holdsSecrets == other.holdsSecrets, "\(output.path) of \(shown())")
        }
        #expect((try? build.lockBytes(isPruned: false)) == (try? whole.lockBytes(isPruned: false)), "\(shown())")
        func stamped(_ build: Build) -> [String] {
            build.stampedEnvs.map { env in
                "\(env.path) \(env.interface) " + env.outputs.map { "\($0.path) \($0.place)" }.joined(separator: " ")
            }
        }
        #expect(stamped(build) == stamped(whole), "\(shown())")
        let ahead = OutputsAhead(BuildRequest(), Basket(), opening: true)
        return compiler.readWhole(compiler.newLoader(), ahead).whole.loader.released.count > 0
    }
}

/// Takes all outputs.
private final class Basket: OutputTaker {
    private let taken = Mutex<[String: [UInt8]]>([:])

    func take(_ path: String, _ bytes: Swift.Span<UInt8>, holdsSecrets: Bool) -> Bool {
        let copy = bytes.indices.map { bytes[$0] }
        return taken.withLock { taken in
            defer { taken[path] = copy }
            return taken[path] == nil
        }
    }

    func discard() { taken.withLock { $0 = [:] } }

    subscript(path: String) -> [UInt8]? { taken.withLock { $0[path] } }
}

/// Files one of which says something else whenever it is read again.
private final class ChangingFiles: SiteFiles {
    private let base: MemoryFiles
    private let path: String
    private let count = Mutex(0)

    init(base: MemoryFiles, path: String) {
        self.base = base
        self.path = path
    }

    func names(in folder: String) throws(FileError) -> [String] { try base.names(in: folder) }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let bytes = try base.read(path, limit: limit)
        guard path == self.path else { return bytes }
        let number = count.withLock { count in
            count += 1
            return count
        }
        return bytes + Array(repeating: 0x0A, count: number - 1)
    }
}
