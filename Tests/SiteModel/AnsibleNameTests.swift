import SiteModel
import Testing

@Suite struct AnsibleNameTests {
    @Test(arguments: [
        ("web", "web"), ("kt_web", "kt_web"), ("lab-2", "lab_2"), ("a.b@c", "a_b_c"), ("2fa", "_2fa"), ("9", "_9"),
        ("-9", "_9"), ("Web", "Web"), ("_x", "_x"), ("a b", "a_b"), ("é", "_"), ("e\u{301}x", "e_x"), ("a\nb", "a_b"),
        ("٣", "_"), ("🙂", "_"),
    ])
    func groupsAreIdentifiers(_ name: String, _ expected: String) {
        #expect(AnsibleName.group(Key(name)).text == expected)
        #expect(AnsibleName.isVariable(AnsibleName.group(Key(name))))
    }

    /// What is an identifier stays as it is, and so twice is as once.
    @Test(arguments: 0..<50) func rewritingEnds(_ seed: Int) {
        var random = SystemRandomNumberGenerator()
        let letters = ["a", "Z", "_", "-", ".", "@", "0", "9", "é", " "]
        let name = (0...seed % 7).compactMap { _ in letters.randomElement(using: &random) }.joined()
        let once = AnsibleName.group(Key(name))
        #expect(AnsibleName.group(once) == once, "\(name)")
        #expect(once.text.utf8.allSatisfy { $0 < 0x80 }, "\(name)")
    }

    @Test(arguments: ["tz", "_x", "ansible_host", "a1", "True1", "nones"]) func variables(_ name: String) {
        #expect(AnsibleName.isVariable(Key(name)))
    }

    @Test(arguments: ["", "1a", "a-b", "a.b", "a b", "é", "true", "False", "None", "none"])
    func noVariables(_ name: String) { #expect(!AnsibleName.isVariable(Key(name))) }

    /// Among what ansible-core warns of.
    @Test(arguments: ["port", "tags", "environment", "hosts", "name", "serial", "hostvars", "inventory_hostname"])
    func reserved(_ name: String) { #expect(AnsibleName.isReserved(Key(name))) }

    /// What an inventory sets all the time.
    @Test(arguments: [
        "ansible_host", "ansible_user", "ansible_port", "ansible_become", "ansible_connection", "tz", "Port",
    ])
    func notReserved(_ name: String) { #expect(!AnsibleName.isReserved(Key(name))) }

    @Test(arguments: ["web-1", "kt_web_1", "a.example.org", "1"]) func hosts(_ name: String) {
        #expect(AnsibleName.isHost(Key(name)))
    }

    /// Patterns, ranges and what no file's name may be.
    @Test(arguments: ["", "web[1:3]", "a:b", "a,b", "*", "!x", "&x", "a b", "~x", "-x"])
    func noHosts(_ name: String) { #expect(!AnsibleName.isHost(Key(name))) }
}
