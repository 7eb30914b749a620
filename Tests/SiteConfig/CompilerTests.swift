import SiteConfig
import Testing

@Suite struct CompilerTests {
    @Test func compilesFromMemory() throws {
        let files = MemoryFiles([
            "site.yaml": "", "nodes/pve.yaml": "datastore: local\napi_token: null\n",
            "envs/dev.yaml": "vms: [{name: web}]\n",
        ])
        let result = SiteCompiler(files).compile(.env(.init(name: "dev")))
        #expect(result.report.isClean)
        let document = try #require(result.document)
        #expect(String(decoding: document.bytes(.redacted), as: UTF8.self).contains("\"name\": \"web\""))
    }
}
