import SiteConfig
import TestSupport
import Testing

/// The lock and `build --check`: what is current is current, and what is not is named, without a secret.
@Suite struct BuildLockTests {
    /// With its secrets open, or with all of it redacted and nothing opened.
    private static func made(_ seed: Int) throws -> (built: BuiltSite, identities: Identities?) {
        let identities = seed % 2 == 0 ? Identities() : nil
        let built = BuiltSite.made(seed, opening: identities, isRedacted: identities == nil)
        return (try #require(built), identities)
    }

    @Test(arguments: 0..<2) func aBuildOverItsOwnResultChangesNothing(_ seed: Int) throws {
        let (built, identities) = try Self.made(seed)
        let again = SiteCompiler(MemoryFiles(built.files), identities: identities).build(BuildRequest())
        #expect(again.report.isClean && again.leftovers.isEmpty)
        #expect(String(decoding: try again.lockBytes(isPruned: false), as: UTF8.self) == built.lock)
        let checked = try Checked(built.files, opening: identities)
        #expect(checked.check.isCurrent && checked.check.text.isEmpty && checked.named.isEmpty, "\(checked.shown)")
        // Whoever opens the secrets writes the same lock as who does not.
        let other = SiteCompiler(MemoryFiles(built.site), identities: identities == nil ? Identities() : nil)
            .build(BuildRequest())
        #expect(String(decoding: try other.lockBytes(isPruned: true), as: UTF8.self) == built.lock)
    }

    @Test(arguments: 0..<2) func whatSomebodyChangedOrRemovedIsNamed(_ seed: Int) throws {
        let (built, identities) = try Self.made(seed)
        var random = SeededNumbers(seed)
        for path in built.outputs.keys.sorted().shuffled(using: &random).prefix(3) {
            var bytes = Array((built.outputs[path] ?? "").utf8)
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] = bytes[place] == 0x61 ? 0x62 : 0x61
            var outputs = built.outputs
            outputs[path] = String(decoding: bytes, as: UTF8.self)
            let changed = try Checked(built.with(outputs: outputs), opening: identities)
            #expect(!changed.check.isCurrent && changed.named == [path], "\(path) at \(place): \(changed.shown)")
            #expect(changed.check.text.contains(path))
            outputs[path] = nil
            let removed = try Checked(built.with(outputs: outputs), opening: identities)
            // What holds secrets is not expected to be there: it is in no repository.
            let isExpected = !built.open.contains(path)
            #expect(removed.check.isCurrent == !isExpected && removed.named == (isExpected ? [path] : []), "\(path)")
            #expect(isExpected || removed.check.notes.contains { $0.contains(".resolve.lock only") })
        }
    }

    /// Exactly the files that a build would write otherwise.
    @Test(arguments: 0..<3) func whatTheSiteChangesIsNamed(_ seed: Int) throws {
        let (built, identities) = try Self.made(seed)
        var mutation = SiteMutation(seed)
        var reached = 0
        for _ in 0..<12 where reached < 2 {
            let changed = mutation.scalar(of: built.site)
            guard let after = BuiltSite(changed.files, opening: identities) else { continue }
            let paths = Set(built.outputs.keys).union(after.outputs.keys)
            let differing = paths.filter { built.outputs[$0] != after.outputs[$0] }
            let checked = try Checked(built.with(site: changed.files), opening: identities)
            let story = "\(changed.path):\(changed.line)\n\(checked.shown)"
            #expect(checked.report.isClean && checked.named == differing, "\(differing) by \(story)")
            #expect(checked.check.isCurrent == (differing.isEmpty && after.lock == built.lock), "\(story)")
            #expect(!checked.shown.contains(RandomEstate.secretText), "\(story)")
            // Written, and not in the lock: a build was cut short between the two, or the lock was left out of a commit.
            let half = try Checked(after.with(lock: built.lock), opening: identities)
            #expect(half.check.isCurrent == (after.lock == built.lock), "\(story)")
            #expect(!half.shown.contains(RandomEstate.secretText))
            let redigested = paths.filter { built.digest(of: $0) != after.digest(of: $0) }
            #expect(half.named.isSuperset(of: redigested), "\(story)")
            reached += differing.isEmpty ? 0 : 1
        }
        #expect(reached > 0)
    }

    // MARK: Secrets

    /// A lock speaks of every machine, so it may be longer than a file of the site.
    @Test func aLongLockIsRead() {
        let input = String(repeating: "a", count: 17 << 20)
        let files = [
            "site.yaml": "", "resolve.yaml": "outputs: []\n",
            Build.lockName: """
            {
              "version": 1,
              "outputs": {
                "dist/x.json": {
                  "command": "vars x",
                  "sha256": "",
                  "redacted": true,
                  "inputs": [
                    "\(input)"
                  ],
                  "secrets": {}
                }
              }
            }

            """,
        ]
        let build = SiteCompiler(MemoryFiles(files)).build(BuildRequest())
        #expect(build.report.isClean && build.leftovers == ["dist/x.json"])
    }

    /// Whatever lies there: outputs with their secrets open, an older lock, another site's lock, a lock of other forms.
    @Test(arguments: 0..<2) func noSecretIsEverShown(_ seed: Int) throws {
        let open = try #require(BuiltSite.made(seed, opening: Identities()))
        let redacted = try #require(BuiltSite.made(seed, isRedacted: true))
        let other = try #require(BuiltSite.made(seed + 50, opening: Identities()))
        #expect(!open.open.isEmpty && open.outputs.values.contains { $0.contains(RandomEstate.secretText) })
        #expect(!redacted.outputs.values.contains { $0.contains(RandomEstate.secretText) })
        var mutation = SiteMutation(seed)
        var newer = open.site
        for _ in 0..<4 {
            let changed = mutation.scalar(of: newer).files
            if BuiltSite(changed) != nil { newer = changed }
        }
        let folders = [
            open.with(site: redacted.site), open.with(lock: redacted.lock), open.with(lock: other.lock),
            open.with(site: other.site), open.with(site: newer), redacted.with(outputs: open.outputs),
            redacted.with(site: newer, outputs: open.outputs), other.with(outputs: open.outputs),
        ]
        for files in folders {
            for identities in [nil, Identities()] {
                let checked = try Checked(files, opening: identities)
                #expect(!checked.shown.contains(RandomEstate.secretText), "\(checked.shown)")
                #expect(!checked.shown.contains("5e5e5e5e"))
            }
        }
    }

    /// A value that stood in clear, and is a secret from now on: it is not told on the way.
    @Test func whatBecomesASecretIsNotShown() throws {
        let before = [
            "site.yaml": "", "envs/dev.yaml": "vms: []\nvars: {pin: hunter2, other: 1}\n",
            "secrets.yaml": "pins: {dev: hunter2}\n",
            "resolve.yaml": "outputs: [{emit: inventory, env: dev, to: dist/hosts.json, redact: true}]\n",
        ]
        var after = before
        after["envs/dev.yaml"] = "vms: []\nvars: {pin: !secret pins.dev, other: 2}\n"
        let built = try #require(BuiltSite(before))
        let checked = try Checked(built.with(site: after))
        #expect(checked.named == ["dist/hosts.json"])
        let comparison = SiteCompiler(MemoryFiles(after)).compare(since: SiteCompiler(MemoryFiles(before)))
        #expect(!checked.shown.contains("hunter2"), "\(checked.shown)")
        #expect(!comparison.text.contains("hunter2"))
        #expect(!String(decoding: comparison.json, as: UTF8.self).contains("hunter2"))
    }

    /// A damaged lock tells nothing, and a lock of another version no more.
    @Test(arguments: [
        "", "{}", "{\"version\": 2}", "<<<<<<< HEAD\n", "[]", "{\"version\": 1, \"outputs\": {\"o\": {}}}",
    ])
    func aDamagedLockIsAnError(_ lock: String) throws {
        let site = ["site.yaml": "", "envs/dev.yaml": "vms: []\n", "resolve.yaml": "outputs: []\n"]
        let built = try #require(BuiltSite(site))
        let checked = try Checked(built.with(lock: lock))
        #expect(checked.report.codes.contains("R0719") && !checked.check.isCurrent)
    }

    /// What the lock says of an output that is the same is not read but compared: only if that is all that it says.
    @Test func whatStandsInTheLockWordForWordIsThatAlone() throws {
        let site = [
            "site.yaml": "",
            "nodes/pve.yaml": "datastore: local\napi_token: null\napi_endpoint: https://10.0.0.2:8006\n",
            "vms/web.yaml": "{cores: 1, memory: 512, image: debian-12}\n",
            "envs/dev.yaml": "vms: [{name: web1, template: web, vmid: 100}, {name: web2, template: web, vmid: 101}]\n",
            "resolve.yaml": "outputs: [{emit: env, env: dev, to: dist/dev.json}]\n",
        ]
        let built = try #require(BuiltSite(site))
        func codes(_ lock: String) -> [String] {
            SiteCompiler(MemoryFiles(built.with(lock: lock))).build(BuildRequest()).report.codes
        }
        #expect(codes(built.lock) == [])
        let start = try #require(built.lock.firstRange(of: "    \"dist/dev.json\": {"))
        let end = try #require(built.lock.firstRange(of: "\n    }"))
        let account = String(built.lock[start.lowerBound..<end.upperBound])
        let vm = "\n        \"web2\""
        let longer = account.replacing(vm, with: "\n        \"web2\",\n        \"web3\"")
        let shorter = account.replacing(vm, with: "\n        \"web\\u0032\"")
        for (other, found) in [
            (longer, ["R0717"]), (shorter, []), (account + "x", ["R0719"]), (account + ",\n" + account, ["R0719"]),
            (String(account.dropLast()), ["R0719"]),
            (account.replacing("dist/", with: "dist//"), ["R0719"]),
        ] {
            let lock = built.lock.replacing(account, with: other)
            #expect(lock != built.lock && codes(lock) == found, "\(other)")
        }
    }
}
