internal import Diagnostics
internal import SiteModel

/// Where an output is written: a path from the site's folder in its simplest form, such as `dist/dev.json` or `../tofu/dev.json`.
struct OutputPath {
    let text: String
    /// How many folders it leads up before it leads down; nil for an absolute path.
    private let ascent: Int?
    private let steps: [Substring]

    /// Whether it says that it is a folder.
    private let isFolder: Bool

    /// - Parameter site: the folders that lead to the site, as far as they are known: a path through the folder above may lead
    ///   back into it.
    init(_ written: String, from site: [Substring] = []) {
        let parts = written.pathSteps
        var ascent = 0
        var steps: [Substring] = []
        for part in parts where part != "." {
            if part != ".." { steps.append(part) } else if steps.popLast() == nil { ascent += 1 }
        }
        var isAbsolute = written.utf8.first == UInt8(ascii: "/")
        isFolder = written.utf8.last == UInt8(ascii: "/") || parts.last == "." || parts.last == ".."
        let back = isAbsolute ? site : site.suffix(ascent)
        if !back.isEmpty, isAbsolute || back.count == ascent, Self.begins(steps, with: back) {
            steps.removeFirst(back.count)
            (ascent, isAbsolute) = (0, false)
        }
        self.ascent = isAbsolute ? nil : ascent
        self.steps = steps
        let below = steps.reduce(into: "") { path, step in
            if !path.isEmpty { path += "/" }
            path += step
        }
        text = isAbsolute ? "/" + below : String(repeating: "../", count: ascent) + below
    }

    /// Byte by byte: two normal forms of a letter are two names.
    private static func begins(_ steps: [Substring], with others: some Collection<Substring>) -> Bool {
        steps.count >= others.count && zip(steps, others).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }

    /// Why nothing may be written there, wherever the site lies; nil if it may.
    var objection: String? {
        if steps.isEmpty || isFolder { return "it names no file" }
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        if !isPlain, text.terminalSafe != text || text.utf8.contains(where: { [0x00, 0x09, 0x0A].contains($0) }) {
            return "it has signs in it that nobody sees"
        }
        if text.utf8.count > 1000 { return "it is too long" }
        if steps.contains(where: { TemporaryName($0) != nil }) {
            return "build names files so that it has not finished"
        }
        if steps.contains(".git") { return "it is git's own" }
        return ascent == 0 ? reader : nil
    }

    /// Whether it leads out of a folder that many above the site's, as far as that is to be seen without the disk; what it leads out
    /// of, in words.
    func border(crossedAt depth: Int) -> String? {
        guard ascent.map({ $0 > depth }) ?? true else { return nil }
        return depth == 0 ? "it leads out of the site" : "it leads out of the git repository"
    }

    /// Who would read it, or a folder on its way, as a file of the site; nil if nobody.
    private var reader: String? {
        let (path, folderOfThat) = (text, text + "/")
        if steps[0] == "secrets" || (steps.count == 1 && path.hasPrefix("secrets")) {
            return "the site's secrets stand there"
        }
        for count in 1..<steps.count {
            let folder = steps.prefix(count)
            if let reason = Self.reader(of: folder) { return "\(reason) (\(folder.joined(separator: "/")))" }
        }
        if Self.folders.contains(where: { $0 == path || $0.hasPrefix(folderOfThat) }) {
            return "files of the site stand in a folder of that name"
        }
        return Self.reader(of: steps[...])
    }

    private static let folders = Catalogue.folders + ["secrets"]

    /// Why a file of that name would be taken for one of the site's.
    private static func reader(of steps: ArraySlice<Substring>) -> String? {
        let name = String(steps.last ?? "")
        let folder = steps.dropLast().joined(separator: "/")
        if folder.isEmpty {
            if singles.contains(name) { return "it is a file of the site itself" }
            if name == BuildLock.fileName { return "build keeps its own account there" }
        }
        let kind = kindsOfFolders[Key(folder)]?.first { $0.endings.contains(where: name.hasSuffix) }
        return kind.map { "it would be read as \($0.withArticle) of the site" }
    }

    private static let singles =
        EntityKind.allCases.filter(\.folders.isEmpty).flatMap { kind in
            [".yaml", ".yml"].map { kind.rawValue + $0 }
        } + Catalogue.encryptedSecrets

    /// What is read in each folder.
    private static let kindsOfFolders = Dictionary(
        grouping: EntityKind.allCases.flatMap { kind in kind.folders.map { (folder: $0, kind: kind) } }, by: \.folder
    ).mapValues { $0.map(\.kind) }
}
