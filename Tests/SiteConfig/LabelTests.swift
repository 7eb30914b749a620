import SiteConfig
import TestSupport
import Testing

/// What is taken for a label, for a probe's target, for a job.
@Suite struct LabelTests {
    private static func codes(_ probe: String) -> [String] {
        let files = ["site.yaml": "", "probes/p.yaml": probe]
        return SiteCompiler(MemoryFiles(files)).compile(.targets(.init())).report.codes
    }

    @Test(arguments: ["team", "_x", "a1", "A_b", "__param_target", "__param_x1"]) func labels(_ name: String) {
        #expect(Self.codes("targets: [\"https://a.example.org/\"]\nlabels: {\(name): x}\n") == [])
    }

    /// No identifiers, and what is Prometheus's own.
    @Test(arguments: [
        "a-b", "a.b", "9a", "é", "a b", "\"\"", "__address__", "__name__", "__scheme__", "__metrics_path__", "__x",
        "__meta_x", "__", "__param_", "__param_a-b",
    ])
    func noLabels(_ name: String) {
        #expect(Self.codes("targets: [\"https://a.example.org/\"]\nlabels: {\(name): x}\n") == ["R0710"])
        let own = "targets: [{url: \"https://a.example.org/\", labels: {\(name): x}}]\n"
        #expect(Self.codes(own) == ["R0710"])
    }

    /// Wherever labels stand they are looked at in the same way.
    @Test func labelsAreCheckedEverywhere() {
        let group = "components: [c]\n"
        let sites: [[String: String]] = [
            ["components/c.yaml": "metrics: [{port: 1, labels: {a-b: 1}}]\n"],
            [
                "components/c.yaml": "metrics: [{port: 1}]\n",
                "pillar/hosts/g.sls": group + "labels: {a-b: 1}\ninstances: [10.0.0.1]\n",
            ],
            [
                "components/c.yaml": "metrics: [{port: 1}]\n",
                "pillar/hosts/g.sls": group + "instances: {1: {ip: 10.0.0.1, labels: {a-b: 1}}}\n",
            ],
            ["site.yaml": "metrics: {vms: [{job: j, port: 1, labels: {a-b: 1}}]}\n"],
        ]
        for files in sites {
            let all = files.merging(["site.yaml": ""]) { own, _ in own }
            #expect(SiteCompiler(MemoryFiles(all)).compile(.targets(.init())).report.codes == ["R0710"], "\(files)")
        }
    }

    @Test(arguments: ["[1]", "{a: 1}", "!secret a.b"]) func valuesAreScalars(_ value: String) {
        #expect(Self.codes("targets: [\"https://a.example.org/\"]\nlabels: {a: \(value)}\n") != [])
    }

    /// As JSON writes them; null and nothing are no label.
    @Test(arguments: [
        ("7", "7"), ("0x10", "16"), ("1.50", "1.5"), ("1.0", "1.0"), ("yes", "true"), ("off", "false"), ("a", "a"),
        ("\"07\"", "07"), ("12345678901234567890123", "12345678901234567890123"), ("null", nil), ("\"\"", nil),
        ("2024-01-01", "2024-01-01"),
    ])
    func valuesAreTexts(_ written: String, _ expected: String?) throws {
        let files = ["site.yaml": "", "probes/p.yaml": "targets: [\"https://a.b/\"]\nlabels: {a: \(written)}\n"]
        let compiled = SiteCompiler(MemoryFiles(files)).compile(.targets(.init()))
        let document = try #require(compiled.document, "\(compiled.report.text())")
        let labels = try OrderedJSON.parsed(document.bytes(.redacted)).items[0]["labels"]
        #expect(labels?["a"]?.string == expected)
        #expect(labels?.entries.count == (expected == nil ? 0 : 1))
    }

    @Test(arguments: [
        "https://a.example.org", "http://a:8080/x?y=1#z", "https://[2001:db8::1]:8443/", "http://10.0.0.1/",
        "a.example.org:22", "[2001:db8::1]:53", "10.0.0.1", "a.example.org", "https://é.example.org/", "HTTPS://A.B/",
    ])
    func targets(_ url: String) throws {
        let files = ["site.yaml": "", "probes/p.yaml": "targets: [\"\(url)\", {url: \"\(url)\"}]\n"]
        let compiled = SiteCompiler(MemoryFiles(files)).compile(.targets(.init()))
        let document = try #require(compiled.document, "\(compiled.report.text())")
        let entry = try OrderedJSON.parsed(document.bytes(.redacted)).items[0]
        #expect(entry.text == "{\"targets\": [\(url.debugDescription)], \"labels\": {}}")
    }

    @Test(arguments: ["", "https://", "https:///x", "https://a b/", "https://u:p@a.b/", "a b", "a\\nb", "http://?x"])
    func noTargets(_ url: String) {
        #expect(Self.codes("targets: [\"\(url)\"]\n").contains("R0711"))
        #expect(Self.codes("targets: [{url: \"\(url)\"}]\n").contains("R0711"))
    }

    /// What stands in a URL's place for a password is not repeated.
    @Test func passwordsAreNotShown() {
        let files = ["site.yaml": "", "probes/p.yaml": "targets: [\"https://user:hunter2@a.b/\"]\n"]
        let text = SiteCompiler(MemoryFiles(files)).compile(.targets(.init())).report.text()
        #expect(text.contains("R0711") && !text.contains("hunter2"))
    }

    /// A job names a file.
    @Test(arguments: ["\"\"", "a/b", "..", ".a", "\"a b\"", "\"a\\n\"", "é"]) func noJobs(_ job: String) {
        #expect(Self.codes("job: \(job)\ntargets: [\"https://a.b/\"]\n") == ["R0402"])
    }
}
