import SiteConfig
import Testing

/// What files are called that wait to take the place of others.
@Suite struct TemporaryNameTests {
    static let targets = ["dev.json", "\u{301}dev.json", "a.resolve-1.tmp", ".hidden", "\u{600}x", "ü", ".tmp"]
    static let others = [
        "", ".", "dev.json", ".dev.json", "x.resolve-1.tmp", ".x.resolve-1", ".x.tmp", ".x.resolve1.tmp",
    ]

    @Test(arguments: targets)
    func namesAreReadAsTheyAreMade(_ target: String) {
        for owner in ["1", "4711-0af3b2c1"] {
            let name = TemporaryName(of: target, by: owner).text
            let read = TemporaryName(name)
            #expect(read?.target.utf8.elementsEqual(target.utf8) == true && read?.owner == owner, "\(name)")
            #expect(
                name.utf8.first == UInt8(ascii: ".") && name.utf8.count == target.utf8.count + owner.utf8.count + 14)
        }
    }

    @Test(arguments: others)
    func othersAreNone(_ name: String) { #expect(TemporaryName(name) == nil) }
}
