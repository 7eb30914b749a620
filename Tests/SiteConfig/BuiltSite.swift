import SiteConfig
import TestSupport

/// A site with what a build of it wrote: the outputs, and the lock.
struct BuiltSite {
    /// The site's own files, resolve.yaml among them.
    let site: [String: String]
    /// The outputs' texts by their paths.
    let outputs: [String: String]
    let lock: String
    /// Outputs in which secrets stand.
    let open: Set<String>

    /// - Returns: nil if the site has a mistake.
    init?(_ site: [String: String], opening identities: Identities? = nil) {
        let build = SiteCompiler(MemoryFiles(site), identities: identities).build(BuildRequest())
        guard build.report.isClean, let text = try? build.lockBytes(isPruned: false) else { return nil }
        self.site = site
        outputs = Dictionary(
            uniqueKeysWithValues: build.outputs.map {
                ($0.path, String(decoding: $0.document.bytes($0.disclosure), as: UTF8.self))
            })
        lock = String(decoding: text, as: UTF8.self)
        open = Set(build.outputs.filter(\.holdsSecrets).map(\.path))
    }

    /// A random site that declares some of what it can compile to.
    static func made(_ seed: Int, opening identities: Identities? = nil, isRedacted: Bool = false) -> BuiltSite? {
        var files = RandomEstate.files(seed)
        let compiler = SiteCompiler(MemoryFiles(files))
        let declared = DeclaredOutput.all(of: compiler).some(18).filter { compiler.compile($0.target).document != nil }
        files["resolve.yaml"] = DeclaredOutput.text(declared, isRedacted: isRedacted)
        return BuiltSite(files, opening: identities)
    }

    /// Everything as it lies in one folder.
    var files: [String: String] { with() }

    /// What the lock says of an output's bytes.
    func digest(of path: String) -> String? {
        (try? OrderedJSON.parsed(Array(lock.utf8)))?["outputs"]?[path]?["sha256"]?.string
    }

    /// The folder, but for the site, the outputs or the lock.
    func with(
        site: [String: String]? = nil, outputs: [String: String]? = nil, lock: String? = nil
    ) -> [String: String] {
        var files = (site ?? self.site).merging(outputs ?? self.outputs) { $1 }
        files[Build.lockName] = lock ?? self.lock
        return files
    }
}

/// What `build --check` says in a folder.
struct Checked {
    let report: Report
    let check: BuildCheck
    /// The files that it names, but for the lock.
    let named: Set<String>

    init(_ files: [String: String], opening identities: Identities? = nil) throws {
        let memory = MemoryFiles(files)
        let build = SiteCompiler(memory, identities: identities).build(BuildRequest(isCheck: true))
        report = build.report
        check = build.check(against: memory) { _ in [] }
        named =
            try !build.report.isClean
            ? []
            : Set(OrderedJSON.parsed(check.json).items.compactMap { $0["output"]?.string })
                .subtracting([Build.lockName])
    }

    /// All that a person or a program is shown.
    var shown: String {
        check.text + String(decoding: check.json, as: UTF8.self) + check.notes.joined() + report.text()
            + String(decoding: report.jsonLines(), as: UTF8.self)
    }
}
