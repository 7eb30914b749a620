internal import SecretMemory

/// A site as git has it, in a revision or in the index: git's objects are read, nothing is checked out.
public struct GitFiles: SiteFiles {
    /// The site's folder, where git is run.
    private let folder: String
    /// The site's folder within the repository, with a `/` behind it; empty if it is the repository.
    private let place: String
    /// The commit, in full; nil for the index.
    public let commit: String?
    /// Every file of the repository, by its path there.
    private let objects: [String: Object]
    /// Every folder of the repository, and what is in it.
    private let folders: [String: [String]]
    /// The files that a compile reads, but those with secrets, which are read when they are wanted.
    private let texts: [String: [UInt8]]

    private struct Object {
        let name: String
        let isLink: Bool
    }

    /// A revision.
    ///
    /// - Parameters:
    ///   - revision: as git names one: `HEAD`, `main~2`, a tag.
    ///   - folder: the site's folder, in a working tree of git.
    /// - Throws: `FileError` if there is no git, no repository, or no such revision.
    public init(_ revision: String, ofSiteIn folder: String) throws(FileError) {
        let named = try Self.git(["rev-parse", "--verify", "--end-of-options", revision + "^{commit}"], in: folder)
        guard let commit = named.map({ String(decoding: $0, as: UTF8.self) })?.split(separator: "\n").first else {
            throw .failed(
                "git knows no revision \(revision) here: \(folder) is in no repository, or it has no such commit")
        }
        // `MODE TYPE OBJECT<tab>PATH`
        let listing = try Self.git(["ls-tree", "-r", "-z", "--full-tree", String(commit)], in: folder)
        guard let listing else { throw .failed("git cannot list \(revision)") }
        try self.init(String(commit), listing, ofSiteIn: folder) { $0[1] == "blob" ? String($0[2]) : nil }
    }

    /// What is staged: the index, which is what the next commit will have.
    ///
    /// - Throws: `FileError` if there is no git, no repository, or a merge is not finished.
    public init(stagedIn folder: String) throws(FileError) {
        // `MODE OBJECT STAGE<tab>PATH`
        guard let listing = try Self.git(["ls-files", "-s", "-z", "--full-name", "--", ":/"], in: folder) else {
            throw .failed("git has no index here: \(folder) is in no repository")
        }
        var isMerging = false
        try self.init(nil, listing, ofSiteIn: folder) { words in
            if words[2] != "0" { isMerging = true }
            return words[0] == "160000" ? nil : String(words[1])
        }
        if isMerging { throw .failed("a merge is not finished: git has several versions of a file staged") }
    }

    /// - Parameter object: the name of the object that a line of the listing tells of; nil for what is no file.
    private init(
        _ commit: String?, _ listing: [UInt8], ofSiteIn folder: String, _ object: ([Substring]) -> String?
    ) throws(FileError) {
        self.folder = folder
        self.commit = commit
        let prefix = try Self.git(["rev-parse", "--show-prefix"], in: folder) ?? []
        place = String(decoding: prefix.prefix { $0 != 0x0A }, as: UTF8.self)
        var objects: [String: Object] = [:]
        var folders: [String: [String]] = [:]
        for line in listing.split(separator: 0) {
            guard let tab = line.firstIndex(of: 0x09) else { continue }
            let words = String(decoding: line[..<tab], as: UTF8.self).split(separator: " ")
            guard words.count == 3, let name = object(words) else { continue }
            let path = String(decoding: line[line.index(after: tab)...], as: UTF8.self)
            objects[path] = Object(name: name, isLink: words[0] == "120000")
            Self.note(path, in: &folders)
        }
        self.objects = objects
        self.folders = folders
        texts = try Self.texts(of: objects, below: place, in: folder)
    }

    /// Notes a file in its folder, and each folder in the one above it.
    private static func note(_ path: String, in folders: inout [String: [String]]) {
        var rest = Substring(path)
        while true {
            let mark = rest.lastIndex(of: "/")
            let above = mark.map { String(rest[..<$0]) } ?? ""
            let isNew = folders[above] == nil
            folders[above, default: []].append(String(mark.map { rest[rest.index(after: $0)...] } ?? rest))
            guard isNew, !above.isEmpty else { return }
            rest = Substring(above)
        }
    }

    /// The names below a folder; a folder exists if a file stands in it.
    public func names(in folder: String) throws(FileError) -> [String] {
        let path = String((place + folder).reversed().drop { $0 == "/" }.reversed())
        guard let names = folders[path] else {
            if folder.isEmpty { return [] }
            throw .missing
        }
        return names.sorted()
    }

    /// The bytes of a file, cut behind `limit`. A symbolic link is followed within the site.
    public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        guard let inRepository = Self.joined(place, path), let object = objects[inRepository] else { throw .missing }
        if let text = texts[inRepository] { return Array(text.prefix(limit)) }
        if object.isLink {
            guard let target = destination(of: path), let end = objects[place + target], !end.isLink else {
                throw .failed("a symbolic link that leads out of the site, or to another")
            }
            return try read(target, limit: limit)
        }
        guard let bytes = try Self.git(["cat-file", "blob", object.name], in: folder, limit: limit) else {
            throw .failed("git cannot read it at \(commit ?? "the index")")
        }
        return bytes
    }

    /// Where a symbolic link leads, within the site.
    public func destination(of path: String) -> String? {
        guard let object = objects[place + path], object.isLink,
            let text = try? Self.git(["cat-file", "blob", object.name], in: folder)
        else { return nil }
        let above = path.split(separator: "/").dropLast().joined(separator: "/")
        return Self.joined(above.isEmpty ? "" : above + "/", String(decoding: text, as: UTF8.self))
    }

    /// Which of some files git is told to ignore; none without git.
    ///
    /// - Parameter paths: from the site's folder.
    public static func ignored(_ paths: [String], ofSiteIn folder: String) -> Set<String> {
        let input = paths.reduce(into: [UInt8]()) { $0 += Array($1.utf8) + [0] }
        // It fails where it finds none.
        guard let found = try? git(["check-ignore", "-z", "--stdin"], in: folder, input: input) else { return [] }
        return Set(found.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
    }

    /// Every file of the repository, by its path from the site's folder: `../main.tf`, where the site is a folder of it.
    var allPaths: [String] {
        let depth = place.split(separator: "/").count
        return objects.keys.sorted().map { path in
            path.hasPrefix(place)
                ? String(path.dropFirst(place.count)) : String(repeating: "../", count: depth) + path
        }
    }

    /// A path behind a folder, without `.` and `..`; nil if it leads out.
    private static func joined(_ folder: String, _ path: String) -> String? {
        var steps = folder.split(separator: "/").map(String.init)
        for step in path.split(separator: "/") where step != "." {
            if step != ".." { steps.append(String(step)) } else if steps.popLast() == nil { return nil }
        }
        return steps.joined(separator: "/")
    }

    // MARK: git

    /// What git prints in the site's folder; nil if it fails.
    func run(_ words: [String]) throws(FileError) -> [UInt8]? { try Self.git(words, in: folder) }

    /// What the files of a site hold that are no secrets, all of it from one run of git.
    private static func texts(
        of objects: [String: Object], below place: String, in folder: String
    ) throws(FileError) -> [String: [UInt8]] {
        let wanted = objects.keys.filter { path in
            path.hasPrefix(place) && objects[path]?.isLink == false && !Loader.holdsSecrets(path)
                && [".yaml", ".yml", ".sls"].contains(where: path.hasSuffix)
        }.sorted()
        guard !wanted.isEmpty else { return [:] }
        let names = wanted.compactMap { objects[$0]?.name }.joined(separator: "\n") + "\n"
        let words = ["cat-file", "--batch"]
        guard let output = try git(words, in: folder, input: Array(names.utf8), limit: 1 << 30) else {
            throw .failed("git cannot read its objects")
        }
        var texts: [String: [UInt8]] = [:]
        // `OBJECT blob SIZE\nTEXT\n`
        var rest = output[...]
        for path in wanted {
            let head = rest.prefix { $0 != 0x0A }
            let words = String(decoding: head, as: UTF8.self).split(separator: " ")
            guard words.count == 3, let size = Int(words[2]), rest.count > head.count + size + 1 else {
                throw .failed("git cannot read \(path)")
            }
            rest = rest.dropFirst(head.count + 1)
            texts[path] = Array(rest.prefix(size))
            rest = rest.dropFirst(size + 1)
        }
        return texts
    }

    /// What git prints; nil if it fails.
    private static func git(
        _ words: [String], in folder: String, input: [UInt8]? = nil, limit: Int = 256 << 20
    ) throws(FileError) -> [UInt8]? {
        do {
            let command = ["git", "-C", folder, "-c", "core.fsmonitor=false"] + words
            let text = try Subprocess.output(of: command, isQuiet: true, input: input, limit: limit)
            return text?.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        } catch {
            throw .failed("cannot run git: \(error)")
        }
    }
}
