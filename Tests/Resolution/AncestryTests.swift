import Diagnostics
import Resolution
import SiteModel
import Testing
import YAMLSyntax

/// The order of layers in families of any shape (DESIGN §3, `extends`), seen in a list that every layer appends to.
@Suite struct AncestryTests {
    static let seeds = Array(0..<60)

    @Test func aDiamondIsVisitedOnce() {
        let family = Family(["a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]])
        #expect(family.order(of: "d") == ["a", "b", "c", "d"])
        #expect(Family(["a": [], "b": ["a"], "c": [], "d": ["c", "b", "a"]]).order(of: "d") == ["c", "a", "b", "d"])
    }

    @Test(arguments: seeds) func layersAreAsTheModel(_ seed: Int) {
        let family = Family.acyclic(seed)
        #expect(family.codes == [])
        for name in family.parents.map(\.0) {
            #expect(family.order(of: name) == family.model(of: name), "\(family)")
        }
    }

    @Test(arguments: seeds) func parentsStandBeforeChildrenAndEachOnce(_ seed: Int) {
        let family = Family.acyclic(seed)
        for (name, _) in family.parents {
            let order = family.order(of: name)
            #expect(order == order.firstSeen)
            for (place, child) in order.enumerated() {
                #expect(family.parents(of: child).allSatisfy(order[..<place].contains), "\(family)")
            }
        }
    }

    /// What the layers hold is merged in that order: the nearest value wins, and every field is there.
    @Test(arguments: seeds) func aVMInheritsFromAllOfThem(_ seed: Int) {
        let family = Family.acyclic(seed)
        for (name, _) in family.parents {
            let vm = family.vm(of: name)
            #expect(vm["nearest"]?.string == name.text)
            for member in family.model(of: name) { #expect(vm[Key("of_" + member.text)]?.string == member.text) }
        }
    }

    /// Preset chain ← template chain ← the VM itself; the preset is the one that the nearest layer names.
    @Test(arguments: seeds) func presetsComeBeforeTemplates(_ seed: Int) {
        var random = SeededRandom(seed)
        var templates = Family.acyclic(seed)
        let presets = Family.acyclic(seed + 1000, letter: "p")
        for (name, _) in templates.parents where random.chance(40) {
            templates.presets[name] = presets.parents.randomElement(using: &random)?.0
        }
        for (name, _) in templates.parents {
            let chosen = templates.model(of: name).last { templates.presets[$0] != nil }.flatMap {
                templates.presets[$0]
            }
            let expected = (chosen.map(presets.model) ?? []) + templates.model(of: name)
            #expect(templates.order(of: name, with: presets) == expected, "\(templates) \(presets)")
        }
    }

    @Test(arguments: seeds) func aCircleIsAnErrorAndNothingElseIs(_ seed: Int) {
        let family = Family.any(seed)
        #expect(family.codes.isEmpty == !family.hasCircle, "\(family)")
        #expect(family.codes.allSatisfy { $0 == "R0302" })
    }

    /// Even then each layer stands once, and none is lost that can be reached.
    @Test(arguments: seeds) func aCircleEndsTheWalk(_ seed: Int) {
        let family = Family.any(seed)
        for (name, _) in family.parents {
            #expect(family.order(of: name).sorted() == family.reachable(from: name).sorted(), "\(family)")
            #expect(family.order(of: name).last == name)
        }
    }

    /// Neither the layers nor the report depend on how dictionaries are laid out.
    @Test(arguments: seeds) func theOrderOfFilesDoesNotMatter(_ seed: Int) {
        var random = SeededRandom(seed)
        let family = Family.any(seed)
        let expected = family.site()
        for _ in 0..<3 {
            let shuffled = family.site(shuffledBy: &random)
            #expect(link(shuffled, .everything).map(\.message) == link(expected, .everything).map(\.message))
            for (name, _) in family.parents {
                #expect(Family.order(of: name, in: shuffled) == Family.order(of: name, in: expected))
            }
        }
    }

    /// Forty diamonds on one another have a trillion paths, and 121 layers.
    @Test(.timeLimit(.minutes(1))) func aLadderOfDiamondsIsShort() {
        var parents: [(Key, [Key])] = [("t0", [])]
        for step in 1...40 {
            let below = Key("t\(step - 1)")
            parents += [
                (Key("l\(step)"), [below]), (Key("r\(step)"), [below]),
                (Key("t\(step)"), [Key("l\(step)"), Key("r\(step)")]),
            ]
        }
        let family = Family(parents)
        #expect(family.codes.isEmpty)
        #expect(family.order(of: "t40") == parents.map(\.0))
    }

    /// The limit is an error, not a truncated family that nobody hears of.
    @Test(arguments: [255, 256, 257]) func aFamilyHasALimit(_ count: Int) {
        let parents = (0..<count).map { (Key("t\($0)"), $0 == 0 ? [] : [Key("t\($0 - 1)")]) }
        #expect(Family(parents).codes.isEmpty == (count <= 256))
    }
}

/// Templates (or presets) and what each extends.
private struct Family: CustomStringConvertible {
    let parents: [(Key, [Key])]
    /// The presets that templates name.
    var presets: [Key: Key] = [:]

    init(_ parents: [(Key, [Key])]) { self.parents = parents }
    init(_ parents: KeyValuePairs<Key, [Key]>) { self.parents = parents.map { ($0.key, $0.value) } }

    var description: String {
        parents.map { name, parents in "\(name): \(parents)" + (presets[name].map { " preset \($0)" } ?? "") }.joined(
            separator: ", ")
    }

    func parents(of name: Key) -> [Key] { parents.first { $0.0 == name }?.1 ?? [] }

    // MARK: Random ones

    /// Each may extend some of those before it, itself none; names say nothing of the order.
    static func acyclic(_ seed: Int, letter: String = "t") -> Family {
        random(seed, letter) { place, _ in 0..<place }
    }

    /// Each may extend any, itself too.
    static func any(_ seed: Int) -> Family { random(seed, "t") { 0..<$1 } }

    private static func random(_ seed: Int, _ letter: String, choosing range: (Int, Int) -> Range<Int>) -> Family {
        var random = SeededRandom(seed)
        let names = (0..<random.count(1...9)).map { Key("\(letter)\($0)") }.shuffled(using: &random)
        let density = random.count(10...60)
        return Family(
            names.enumerated().map { place, name in
                let chosen = range(place, names.count).filter { _ in random.chance(density) }.map { names[$0] }
                return (name, Array(chosen.shuffled(using: &random).prefix(4)))
            })
    }

    // MARK: What is expected of them

    /// Every path to every parent in full, then each name where it is first.
    func model(of name: Key) -> [Key] {
        func all(_ name: Key) -> [Key] { parents(of: name).flatMap(all) + [name] }
        return all(name).firstSeen
    }

    /// Whether something is left when, again and again, what extends nothing that is left is taken away.
    var hasCircle: Bool {
        var left = parents
        while let free = left.firstIndex(where: { entry in
            !entry.1.contains { parent in left.contains { $0.0 == parent } }
        }) {
            left.remove(at: free)
        }
        return !left.isEmpty
    }

    func reachable(from name: Key) -> [Key] {
        var found = [name]
        for _ in parents { found = (found + found.flatMap(parents(of:))).firstSeen }
        return found
    }

    // MARK: As sites

    var codes: [String] { link(site(), .everything).map(\.code.id) }

    func order(of name: Key, with presets: Family? = nil) -> [Key] { Self.order(of: name, in: site(with: presets)) }

    /// The layers of a VM of that template, as its list tells them.
    static func order(of name: Key, in site: LinkedSite) -> [Key] {
        (vm(of: name, in: site)["order"]?.list ?? []).compactMap { $0.name.map { Key($0) } }
    }

    func vm(of name: Key) -> Fields { Self.vm(of: name, in: site()) }

    private static func vm(of name: Key, in site: LinkedSite) -> Fields {
        let instance: Fields = ["name": .string("vm", .commandLine), "template": .string(name.text, .commandLine)]
        return site.vm(instance, number: nil, site.authMethod(ofPosture: nil, namedAt: nil)).vm
    }

    func site(with presets: Family? = nil) -> LinkedSite {
        var random = SeededRandom(0)
        return site(with: presets, shuffledBy: &random)
    }

    /// Each file adds its name to `order`, sets a field of its own and one that all set.
    func site(with presets: Family? = nil, shuffledBy random: inout SeededRandom) -> LinkedSite {
        var files = texts(in: "vms", .template) + (presets?.texts(in: "vms/presets", .preset) ?? [])
        files.append((.site, "site.yaml", "merge: {vm.order: append}\n"))
        files.shuffle(using: &random)
        var catalogue = Catalogue()
        for folder in ["vms", "vms/presets"] {
            catalogue.add(
                folder: folder, names: files.filter { $0.id.folder == Key(folder) }.map { "\($0.id.name).yaml" })
        }
        var sources = SourceMap()
        var entities = [EntityID: BoundEntity](minimumCapacity: random.count(0...200))
        for (id, path, text) in files {
            let source = sources.add(path: path, bytes: Array(text.utf8), isSecret: false)
            guard let tree = parse(source, .strict).tree else {
                Issue.record("\(path): \(text)")
                continue
            }
            entities[id] = bind(tree, as: id, .strict).entity
        }
        return LinkedSite(catalogue: catalogue, entities: entities, secrets: .absent, strictness: .strict)
    }

    private func texts(in folder: String, _ kind: EntityKind) -> [(id: EntityID, path: String, text: String)] {
        parents.map { name, parents in
            let list = parents.map(\.text).joined(separator: ", ")
            let preset = presets[name].map { "preset: \($0)\n" } ?? ""
            return (
                EntityID(kind, folder: Key(folder), name), "\(folder)/\(name).yaml",
                "extends: [\(list)]\norder: [\(name)]\nnearest: \(name)\nof_\(name): \(name)\n" + preset
            )
        }
    }
}
