import SiteModel
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        "10.0.0.5/24", "0.0.0.0/0", "255.255.255.255/32", "::1/128", "2001:db8::5/64", "::ffff:10.0.0.1/96",
    ])
    func soundAddresses(_ text: String) { #expect(AddressWithPrefix(text) != nil) }

    @Test(arguments: [
        "10.0.0.5", "10.0.0.5/33", "10.0.0.999/24", "10.0.0.5/", "/24", "10.0.0.5/24/1", "10.0.0.05/24", "10.0.0.5/+4",
        " 10.0.0.5/24",
        "10.0.0/24", "::1/129", "fe80::1%eth0/64", "10.0.0.5/0x8", "", "10.0.0.5\u{0}/24", "१.0.0.1/24",
    ]) func brokenAddresses(_ text: String) { #expect(AddressWithPrefix(text) == nil) }

    @Test func thePythonResolverLetsMorePass() {
        #expect(AddressWithPrefix.passesPythonResolver("10.0.12.999/24"))
        #expect(AddressWithPrefix.passesPythonResolver("010.0.0.1/08"))
        #expect(!AddressWithPrefix.passesPythonResolver("10.0.12.1/33"))
        #expect(!AddressWithPrefix.passesPythonResolver("10.0.12.1"))
        #expect(!AddressWithPrefix.passesPythonResolver("2001:db8::5/64"))
    }
}
