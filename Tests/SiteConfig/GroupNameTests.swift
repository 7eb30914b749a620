import SiteConfig
import Testing

/// What no group may be called, whoever calls it so.
@Suite struct GroupNameTests {
    private static func codes(_ name: String) -> [String] {
        let files = [
            "site.yaml": "", "components/a.yaml": "ansible_group: \(name)\n",
            "pillar/hosts/kt.sls": "components: [a]\ninstances: {1: 10.0.0.1}\n",
        ]
        return SiteCompiler(MemoryFiles(files)).compile(.inventory(.init())).report.codes
    }

    /// Ansible has them itself, or a host is called so.
    @Test(arguments: [("all", "R0709"), ("ungrouped", "R0709"), ("kt-1", "R0617"), ("k.t", nil)])
    func groups(_ name: String, _ code: String?) { #expect(Self.codes(name) == (code.map { [$0] } ?? [])) }

    /// Where a script's answer has the variables of all hosts, no group can stand; and nothing is no name.
    @Test(arguments: ["_meta", "-meta", "\"\""]) func noGroups(_ name: String) {
        #expect(!Self.codes(name).isEmpty)
    }
}
