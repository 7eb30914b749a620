import SiteModel
import Testing

/// Paths are bytes: an accent right behind a slash belongs to the next step.
@Suite struct PathTextTests {
    @Test(arguments: [
        ("a/b", ["a", "b"]), ("/a//b/", ["a", "b"]), ("", []), ("..\u{2F}\u{301}x", ["..", "\u{301}x"]),
        ("secrets/\u{308}a.yaml", ["secrets", "\u{308}a.yaml"]), ("ü/ö", ["ü", "ö"]),
    ])
    func steps(_ path: String, _ steps: [String]) {
        #expect(path.pathSteps.map { Array($0.utf8) } == steps.map { Array($0.utf8) })
    }

    @Test func slashes() {
        #expect("a/b".hasSlash && "a/\u{301}".hasSlash && !"ab".hasSlash && !"a\u{2215}b".hasSlash)
    }

    @Test func whatStandsBehind() {
        #expect("/home/jürgen/site/secrets.yaml".behind("/home/jürgen/site/") == "secrets.yaml")
        #expect("a/\u{301}b".behind("a/").map { Array($0.utf8) } == Array("\u{301}b".utf8))
        #expect("a".behind("a") == "" && "a".behind("") == "a" && "a".behind("ab") == nil)
        // Two normal forms of a letter are two names.
        #expect("\u{E9}/x".behind("e\u{301}/") == nil)
    }
}
