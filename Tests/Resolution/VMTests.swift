import Diagnostics
import SiteModel
import TestSupport
import Testing
import YAMLSyntax

@testable import Resolution

/// A VM that is left as its own entry over what it starts from says what the whole merge says.
@Suite struct VMTests {
    /// Fields that checks ask for, with values of every sort, on every layer.
    @Test(arguments: 0..<200) func saysWhatTheWholeSays(_ seed: Int) throws {
        let site = try #require(PlainSite(seed).linked)
        let env = try #require(site.entities[EntityID(.env, folder: "envs", "dev")])
        let compiled = site.machines(of: env)
        let method = site.authMethod(of: env)
        let items = try #require(env.fields["vms"]?.list).map { $0.map ?? Fields() }
        #expect(compiled.vms.count == items.count)
        var told = compiled
        told.isForBytes = false
        var forBytes = compiled
        forBytes.isForBytes = true
        let rows = try #require(site.machines(forBytes).rows)
        #expect(rows.names == site.machines(told).names)
        let written = (reasons: site.machines(told).vms, bytes: (0..<rows.count).map { Self.fields(of: rows[$0]) })
        for (index, own) in items.enumerated() {
            let number = env.fields.entry("vmid_base").flatMap { Fields.Entry.number($0, plus: index) }
            // By the left fold of all layers, as they are written.
            let layers = site.layers(of: own, isTagged: true)
            let whole = site.finish(merge(layers, by: site.vmRules).fields, [], number, method, nil)
            let vm = compiled.vms[index]
            for fields in [written.reasons[index], written.bytes[index]] {
                #expect(
                    fields.entries.map(\.key) == whole.vm.entries.map(\.key), "VM \(index) of \(PlainSite(seed).files)")
                #expect(fields == whole.vm, "VM \(index) of \(PlainSite(seed).files)")
                var shown: [Key] = []
                fields.forEach { shown.append($0.key) }
                #expect(shown == fields.entries.map(\.key))
            }
            for entry in whole.vm.entries where entry.key != "auth_token" {
                #expect(vm[entry.key]?.content == entry.value.content, "\(entry.key) of \(PlainSite(seed).files)")
                #expect(vm[entry.key]?.origin.span == entry.value.origin.span)
                let reason = written.reasons[index].entry(entry.key)
                #expect(reason?.beat.map(\.content) == entry.beat.map(\.content) && reason?.keySpan == entry.keySpan)
            }
            for key in PlainSite.keys where !whole.vm.contains(key) { #expect(vm[key] == nil) }
            #expect(vm.facts.name == whole.vm["name"]?.name.map { Key($0) })
            #expect(vm.facts.number == whole.vm["vmid"]?.integer)
            #expect(vm.facts.address == whole.vm["ip"]?.string.flatMap { AddressWithPrefix($0) })
            #expect(vm.facts.hasMAC == whole.vm.contains("mac"))
            #expect(vm.facts.hasPorts == (whole.vm.contains("ssh_port") || whole.vm.contains("ports")))
            #expect(vm.address?.value.content == whole.vm["ip"]?.content)
            #expect(vm.lineage.map(\.source) == whole.vm.lineage.map(\.source))
            #expect(vm.isCounted == VM(whole.vm).isCounted)
        }
        // What is said is what is said of VMs that are put together.
        let together = VMTests.findings(of: items, in: site, env, method)
        #expect(compiled.diagnostics.map(\.message) == together.map(\.message), "\(PlainSite(seed).files)")
    }

    /// What is written of a machine that is left in its parts.
    private static func fields(of row: MachineRow) -> Fields {
        var entries: [Fields.Entry] = []
        row.forEach(
            shared: { places in if let shared = row.shared { entries += shared.fields.entries[places] } },
            own: { key, content, origin in entries.append(Fields.Entry(key, Value(content, origin))) })
        return Fields(distinct: entries)
    }

    private static func findings(
        of items: [Fields], in site: LinkedSite, _ env: BoundEntity, _ method: LinkedSite.AuthMethod
    ) -> [Diagnostic] {
        var found = method.diagnostics
        var vms: [VM] = []
        for (index, own) in items.enumerated() {
            let number = env.fields.entry("vmid_base").flatMap { Fields.Entry.number($0, plus: index) }
            let made = site.finish(
                merge(site.layers(of: own, isTagged: true), by: site.vmRules).fields, [], number, method, nil)
            found += made.diagnostics
            vms.append(VM(made.vm))
        }
        return found + checkTogether(vms, site.strictness)
    }

    /// Addresses that are read without the C library are the ones that it reads.
    @Test(arguments: 0..<20) func plainAddresses(_ seed: Int) {
        var random = SeededNumbers(seed)
        let pieces = ["0", "1", "9", "10", "255", "256", "00", "01", "1000", "", ".", "..", "-1", " ", "a", ":"]
        for _ in 0..<400 {
            let count = Int.random(in: 3...5, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined(separator: ".")
            let expected = IPAddress(text)
            #expect(AddressWithPrefix(text + "/8")?.address == expected, "\(text)")
        }
    }

    /// A key from bytes is the same whichever way it was made.
    @Test func keysOfBytes() {
        for text in ["", "a", "name", "fifteen_letters", "sixteen__letters", "ä", "a\u{0}b", "fourteen_lettä"] {
            let bytes = Array(text.utf8)
            let short = Key(short: bytes.span)
            #expect(short == nil || short == Key(text), "\(text)")
            #expect((short == nil) == (bytes.count > 15 || bytes.contains { $0 >= 0x80 }), "\(text)")
        }
    }
}

/// A site without tags: presets, templates that may name one, and an env of VMs, with few fields and few values for each.
private struct PlainSite {
    static let keys: [Key] = [
        "name", "vmid", "ip", "mac", "bridge", "gateway", "cores", "memory", "ssh_port", "ports", "shared", "tags",
        "template", "vm_preset", "preset",
    ]

    private(set) var files: [(path: String, id: EntityID, text: String)] = []
    private var random: SeededNumbers

    init(_ seed: Int) {
        random = SeededNumbers(seed)
        let defaults = pick([
            "", "defaults: {gateway: 10.0.0.1}\n", "defaults: {bridge: vmbr7}\n",
            "defaults: {bridge: null, gateway: null}\n",
        ])
        files.append(("site.yaml", .site, defaults))
        for number in 0..<3 {
            let name = Key("p\(number)")
            files.append(
                (
                    "vms/presets/\(name).yaml", EntityID(.preset, folder: "vms/presets", name),
                    fields(30, besides: ["name"])
                ))
        }
        for number in 0..<3 {
            let name = Key("t\(number)")
            let start = chance(50) ? "preset: p\(pick([0, 1, 2, 9]))\n" : ""
            files.append(
                ("vms/\(name).yaml", EntityID(.template, folder: "vms", name), start + fields(30, besides: [])))
        }
        let base = pick(["", "vmid_base: 100\n", "vmid_base: null\n"])
        var text = base + "vms:\n"
        for _ in 0..<6 {
            let start = pick([
                "", "template: t\(pick([0, 1, 2, 9]))", "vm_preset: p\(pick([0, 1, 2]))", "template: null",
            ])
            let own = [start] + fields(50, besides: []).split(separator: "\n").map(String.init)
            text += "  - {\(own.filter { !$0.isEmpty }.joined(separator: ", "))}\n"
        }
        files.append(("envs/dev.yaml", EntityID(.env, folder: "envs", "dev"), text))
    }

    private mutating func fields(_ percent: Int, besides others: [String]) -> String {
        let values: [(String, [String])] = [
            ("name", ["web", "db", "null", "7"]), ("vmid", ["100", "101", "null", "\"101\""]),
            ("ip", ["10.0.0.5/24", "10.0.0.6/24", "dhcp", "null", "10.0.0.300/24", "2001:db8::1/64"]),
            ("mac", ["\"02:00:00:00:00:01\"", "null", "xyz"]), ("bridge", ["vmbr1", "null"]),
            ("gateway", ["10.0.0.1", "null"]), ("cores", ["2", "4"]), ("memory", ["null", "1024"]),
            ("ssh_port", ["2222", "2223", "null"]), ("ports", ["[8080]", "[]", "{web: 8080}"]), ("shared", ["both"]),
            ("tags", ["[a, b]", "{a: 1}"]), ("auth_token", ["mine"]),
        ]
        let few = values.filter { !others.contains($0.0) && chance($0.0 == "auth_token" ? 2 : percent) }
            .map { "\($0.0): \(pick($0.1))\n" }.joined()
        // As many as have to be put together.
        return few + (chance(4) ? (0..<70).map { "x\($0): \($0)\n" }.joined() : "")
    }

    private mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    /// Nil if a file cannot be read, which none should be.
    var linked: LinkedSite? {
        var catalogue = Catalogue()
        for folder in ["vms", "vms/presets", "envs"] {
            catalogue.add(
                folder: folder, names: files.filter { $0.id.folder == Key(folder) }.map { "\($0.id.name).yaml" })
        }
        var sources = SourceMap()
        var entities: [EntityID: BoundEntity] = [:]
        for (path, id, text) in files {
            let source = sources.add(path: path, bytes: Array(text.utf8), isSecret: false)
            guard let tree = parse(source, .strict).tree else { return nil }
            entities[id] = bind(tree, as: id, .strict).entity
        }
        return LinkedSite(catalogue: catalogue, entities: entities, secrets: .absent, strictness: .strict)
    }
}
