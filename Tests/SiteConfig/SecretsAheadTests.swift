import SiteConfig
import Testing

/// The secrets of a large site are read beside its other files; that changes nothing of what is said and written.
@Suite struct SecretsAheadTests {
    static let secrets: [String?] = [
        nil, "", "api_tokens: {pve: root@pam!x=1}\n", "api_tokens: {pve: 'root@pam!x=1'}\npasswords: {vm_root: ''}\n",
        "api_tokens: {pev: x}\n", "api_tokns: {pve: x}\n", "api_tokens: {pve: 7}\n", "api_tokens: &a {pve: x}\nx: *a\n",
        "api_tokens: {pve: [x]}\n", "api_tokens: {pve\n", "- pve\n", "api_tokens: {pve: x}\napi_tokens: {pve: y}\n",
        "api_tokens: {pve: 'ENC[AES256_GCM,data:x]'}\n", "a: {b: !unset }\n", "{}\n---\n{}\n",
    ]

    @Test(arguments: secrets) func saysTheSame(_ secrets: String?) {
        let small = Self.files(secrets)
        var large = small
        for number in 100..<240 { large["hosts/h\(number).yaml"] = "interface: eth0\n" }
        for isLenient in [false, true] {
            let (first, second) = (Self.outcome(small, isLenient), Self.outcome(large, isLenient))
            #expect(first == second)
            #expect(!first.isEmpty)
        }
    }

    /// Those of many bytes are read while folders are listed.
    @Test(arguments: secrets) func largeOnesSayTheSame(_ secrets: String?) {
        let padding = String(repeating: "# Nothing is said in this line.\n", count: 2100)
        let files = Self.files(secrets.map { $0 + padding })
        for isLenient in [false, true] {
            let first = Self.outcome(MemoryFiles(files), isLenient)
            #expect(first == Self.outcome(FilesOfUnknownSize(files: MemoryFiles(files)), isLenient))
            #expect(!first.isEmpty)
        }
    }

    /// Files of which nobody knows how large they are.
    private struct FilesOfUnknownSize: SiteFiles {
        let files: MemoryFiles

        func names(in folder: String) throws(FileError) -> [String] { try files.names(in: folder) }
        func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] { try files.read(path, limit: limit) }
    }

    private static func files(_ secrets: String?) -> [String: String] {
        var files = [
            "site.yaml": "defaults: {domain: example.net}\n",
            "nodes/pve.yaml": "datastore: local\napi_endpoint: https://10.0.0.2:8006\n",
            "envs/dev.yaml": "vms:\n  - {name: one, vmid: 100, image: debian-12}\n",
        ]
        files["secrets.yaml"] = secrets
        return files
    }

    private static func outcome(_ files: [String: String], _ isLenient: Bool) -> [String] {
        outcome(MemoryFiles(files), isLenient)
    }

    private static func outcome(_ files: any SiteFiles, _ isLenient: Bool) -> [String] {
        let compiler = SiteCompiler(files, isLenient: isLenient, identities: Identities(files: []))
        let compiled = compiler.compile(.env(.init(name: "dev", node: "pve")))
        let bytes = compiled.document?.bytes(.revealed) ?? []
        return [compiled.report.text(), String(decoding: bytes, as: UTF8.self)]
    }
}
