import SiteModel
import Testing

@Suite struct CatalogueTests {
    @Test(arguments: ["dev", "a.b", "joe@host", "9lives", "a_b-c"]) func names(_ name: String) {
        #expect(Catalogue.isName(name))
    }

    @Test(arguments: ["", ".hidden", "_draft", "TEMPLATE", "TEMPLATE-x", "x.example", "a b", "a/b", "..", "é", "a\n"])
    func ignoredNames(_ name: String) { #expect(!Catalogue.isName(name)) }

    @Test func theFirstFolderWinsAndTheOrderDependsOnWhoAsks() throws {
        var catalogue = Catalogue()
        catalogue.add(folder: "postures", names: ["dev.yaml", "flat.yml"])
        catalogue.add(folder: "v2/postures", names: ["dev.yaml", "nested.yaml"])
        #expect(catalogue.place("dev", .postureForAuth)?.path == "v2/postures/dev.yaml")
        #expect(catalogue.place("dev", .postureForVariables)?.path == "postures/dev.yaml")
        #expect(catalogue.place("flat", .postureForAuth)?.path == "postures/flat.yml")
        #expect(catalogue.names(.posture) == ["dev", "flat", "nested"])
        #expect(catalogue.shadowed("dev", .postureForAuth).map(\.path) == ["postures/dev.yaml"])
    }

    @Test func twoEndingsOfOneNameAreRivals() {
        var catalogue = Catalogue()
        catalogue.add(folder: "envs", names: ["dev.yml", "dev.yaml"])
        #expect(catalogue.place("dev", .kind(.env))?.rival == "envs/dev.yml")
    }

    /// A folder that is changed while it is listed may have a name twice.
    @Test(arguments: [["dev.yml", "dev.yml"], ["dev.yaml", "dev.yaml"], ["dev.yml", "dev.yaml", "dev.yml"]])
    func aNameThatIsThereTwice(_ names: [String]) {
        var catalogue = Catalogue()
        catalogue.add(folder: "envs", names: names)
        catalogue.add(folder: "pillar/hosts", names: ["web.sls", "web.sls"])
        #expect(catalogue.all(.env).count == 1 && catalogue.all(.hostGroup).count == 1)
        #expect(catalogue.place("dev", .kind(.env))?.rival == (Set(names).count == 2 ? "envs/dev.yml" : nil))
        #expect(catalogue.place("web", .kind(.hostGroup))?.rival == nil)
    }

    /// Names sort otherwise without their endings: `a-b.yaml` stands before `a.yaml`, and `a` before `a-b`.
    @Test(arguments: [
        ["a.yaml", "a-b.yaml", "a.b.yaml", "a.b-c.yml"], ["b.yaml", "a.yml"], ["a.yaml", "a@b.yaml", "a0.yaml"],
    ])
    func filesAreListedByTheirNames(_ names: [String]) {
        var catalogue = Catalogue()
        catalogue.add(folder: "v2/postures", names: names)
        catalogue.add(folder: "postures", names: Array(names.reversed()))
        let stems = names.map { String($0[..<($0.lastIndex(of: ".") ?? $0.endIndex)]) }.sorted { $0.precedes($1) }
        #expect(catalogue.names(.posture) == stems)
        let folders = catalogue.all(.posture).map(\.id.folder.text)
        #expect(folders == stems.flatMap { _ in ["postures", "v2/postures"] })
    }

    @Test func theOnlyName() {
        var catalogue = Catalogue()
        #expect(catalogue.onlyName(.posture) == nil)
        catalogue.add(folder: "postures", names: ["dev.yaml"])
        catalogue.add(folder: "v2/postures", names: ["dev.yaml"])
        #expect(catalogue.onlyName(.posture) == "dev")
        catalogue.add(folder: "postures", names: ["dev.yaml", "lab.yaml"])
        #expect(catalogue.onlyName(.posture) == nil)
    }

    @Test func pathsAreNoNames() {
        var catalogue = Catalogue()
        catalogue.add(folder: "envs", names: ["dev.yaml"])
        for name in ["../envs/dev", "./dev", "/etc/passwd", "dev.yaml", "DEV"] {
            #expect(catalogue.place(Key(name), .kind(.env)) == nil)
        }
    }

    @Test func aPathLeadsToItsFile() {
        var catalogue = Catalogue()
        catalogue.add(
            folder: "envs", names: ["dev.yaml", "a.b.yml", "a name of many letters.yaml", "lab-of-many-letters.yml"])
        catalogue.add(folder: "v2/specs", names: ["dev.yaml"])
        for path in ["envs/dev.yaml", "envs/a.b.yml", "envs/lab-of-many-letters.yml", "v2/specs/dev.yaml"] {
            #expect(catalogue.place(at: path)?.path == path)
        }
        for path in [
            "envs/dev.yml", "envs/dev", "dev.yaml", "specs/dev.yaml", "envs/", "envs/.yaml", "v2.x/dev", "", "/", ".",
            "envs/x/dev.yaml", "envs//dev.yaml",
        ] {
            #expect(catalogue.place(at: path) == nil)
        }
    }

    @Test func secretPathsQuoteWhatADotWouldBreak() {
        #expect(SecretRef(["ssh_keys", "joe@host.lan"], .string).path == #"ssh_keys."joe@host.lan""#)
        #expect(SecretRef(["auth", "site_token"], .string).path == "auth.site_token")
    }
}
