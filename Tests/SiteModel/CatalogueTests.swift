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

    @Test func pathsAreNoNames() {
        var catalogue = Catalogue()
        catalogue.add(folder: "envs", names: ["dev.yaml"])
        for name in ["../envs/dev", "./dev", "/etc/passwd", "dev.yaml", "DEV"] {
            #expect(catalogue.place(Key(name), .kind(.env)) == nil)
        }
    }

    @Test func secretPathsQuoteWhatADotWouldBreak() {
        #expect(SecretRef(["ssh_keys", "joe@host.lan"], .string).path == #"ssh_keys."joe@host.lan""#)
        #expect(SecretRef(["auth", "site_token"], .string).path == "auth.site_token")
    }
}
