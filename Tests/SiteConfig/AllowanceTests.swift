import SiteConfig
import Testing

/// Where an allow comment may stand, and how it may be written.
@Suite struct AllowanceTests {
    @Test(arguments: [
        "x-a: yes # resolve: allow R0801 why", "x-a: yes\t#resolve:allow\tr0801\twhy",
        "x-a: yes ## resolve: allow R0802,R0801 ,R0803 why", "# resolve: allow R0801 why\nx-a: yes",
        "x-a: {b: yes, # resolve: allow R0801 why\n  c: 1}", "x-a:\n  # resolve: allow R0801 why\n\n  # more\n  - yes",
        "# resolve: allow R0801 why\r\nx-a: yes\r\n", "\u{FEFF}# resolve: allow R0801 why\nx-a: yes",
        "x-a: 'é'\nx-b: yes # resolve: allow R0801 wéb",
        "# resolve: allow R0801 why\n# resolve: allow R0802 why\nx-a: yes",
    ]) func itIsAllowed(_ text: String) { #expect(codes(text).filter { $0 != "R0814" } == [], "\(text)") }

    @Test(arguments: [
        "x-a: yes # resolve: allow R0802 why", "x-a: yes\n# resolve: allow R0801 why",
        "# resolve: allow R0801 why\nx-b: 1\nx-a: yes", "x-a: yes # allow R0801 why",
        "x-a: yes # see resolve: allow R0801",
        "x-a: |\n  # resolve: allow R0801 why\nx-b: yes", "x-a: \"# resolve: allow R0801 why\"\nx-b: yes",
        "# resolve: allow R0801 why\nx-c: |\n  text\nx-b: yes", "x-a: yes # resolve: allow r0801x why",
    ]) func itIsNotAllowed(_ text: String) { #expect(codes(text).contains("R0801"), "\(text)") }

    /// Of what a comment allows in vain, and of what it only seems to say.
    @Test func nothingAllowsWhatIsSaidOfComments() {
        #expect(
            codes("x-a: 1 # resolve: allow R0814,R0801 why\n# resolve: allow R0814 why\nx-b: 1") == [
                "R0814", "R0814", "R0814",
            ])
    }

    /// A fix that would change what the file says is none.
    @Test func aCommentThatEndsATextStays() {
        let kept = "x-a: |+\n  text\n# resolve: allow R0801 why\n\nx-b: 1\n"
        let fixes = report(kept).fixes
        #expect(fixes.allSatisfy { fix in codes(fix.files["site.yaml"] ?? "").isEmpty })
        let plain = report("x-a: 1  # resolve: allow R0801 why\n# resolve: allow R0801 why\nx-b: 1\n")
        #expect(
            plain.fixes.map { $0.files["site.yaml"] } == [
                "x-a: 1\n# resolve: allow R0801 why\nx-b: 1\n", "x-a: 1  # resolve: allow R0801 why\nx-b: 1\n",
            ])
    }

    @Test func whatIsAllowedIsLeftOutOfEveryCommand() {
        let files = [
            "site.yaml": "", "envs/dev.yaml": "vms: []\n",
            "nodes/pve.yaml": "# resolve: allow R0404 why\ndatastore: local\napi_token: null\n",
        ]
        let compiler = SiteCompiler(MemoryFiles(files))
        #expect(compiler.compile(.env(.init(name: "dev"))).report.codes == [])
        #expect(compiler.explain(.env(.init(name: "dev"))).report.codes == [])
        #expect(compiler.validate().report.warningCount == 0)
    }

    private func codes(_ text: String) -> [String] { report(text).codes }

    private func report(_ text: String) -> Report {
        SiteCompiler(MemoryFiles(["site.yaml": text])).validate().report
    }
}
