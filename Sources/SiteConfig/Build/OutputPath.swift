internal import SiteModel

/// Where an output is written: a path from the site's folder in its simplest form, such as `dist/dev.json` or `../tofu/dev.json`.
struct OutputPath {
    let text: String
    /// How many folders it leads up before it leads down; nil for an absolute path.
    private let ascent: Int?
    private let steps: [Substring]

    init(_ written: String) {
        var ascent = 0
        var steps: [Substring] = []
        for step in written.split(separator: "/") where step != "." {
            if step != ".." { steps.append(step) } else if steps.popLast() == nil { ascent += 1 }
        }
        let isAbsolute = written.hasPrefix("/")
        self.ascent = isAbsolute ? nil : ascent
        self.steps = steps
        text = (isAbsolute ? "/" : String(repeating: "../", count: ascent)) + steps.joined(separator: "/")
    }

    /// Why nothing may be written there; nil if it may.
    ///
    /// - Parameter depth: how many folders the site lies below the one that is not to be left; nil if any may be written.
    func objection(depth: Int?) -> String? {
        if steps.isEmpty { return "it names no file" }
        if text.contains("\0") { return "it has a null in it" }
        if let depth, ascent.map({ $0 > depth }) ?? true {
            return depth == 0 ? "it leads out of the site" : "it leads out of the git repository"
        }
        if steps.contains(".git") { return "it is git's own" }
        return ascent == 0 ? reader : nil
    }

    /// Who would read it as a file of the site; nil if nobody.
    private var reader: String? {
        let name = String(steps[steps.count - 1])
        let folder = steps.dropLast().joined(separator: "/")
        if steps[0] == "secrets" || (folder.isEmpty && name.hasPrefix("secrets")) {
            return "the site's secrets stand there"
        }
        let singles = EntityKind.allCases.filter(\.folders.isEmpty).flatMap { kind in
            [".yaml", ".yml"].map { kind.rawValue + $0 }
        }
        if folder.isEmpty, singles.contains(name) { return "it is a file of the site itself" }
        if folder.isEmpty, name == BuildLock.fileName { return "build keeps its own account there" }
        let kind = EntityKind.allCases.first { kind in
            kind.folders.contains(folder) && kind.endings.contains(where: name.hasSuffix)
        }
        return kind.map { "it would be read as \($0.withArticle) of the site" }
    }
}
