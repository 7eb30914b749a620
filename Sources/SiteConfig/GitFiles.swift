internal import SiteModel
internal import Synchronization
internal import SystemPackage

/// A site as git has it, in a revision or in the index: git's objects are read, nothing is checked out.
public struct GitFiles: SiteFiles {
    /// The site's folder, where git is run.
    private let folder: String
    /// The site's folder within the repository, with a `/` behind it; empty if it is the repository.
    let place: String
    /// The commit, in full; nil for the index.
    public let commit: String?
    /// Every file of the repository, by its path there.
    private let objects: [String: Object]
    /// Every folder of the repository, and what is in it.
    private let folders: [String: [String]]
    /// The files that a compile reads, but those with secrets, which are read when they are wanted; and where links lead.
    private let texts: [String: [UInt8]]
    private let others: GitObjects

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
        others = GitObjects(in: folder)
    }

    /// Notes a file in its folder, and each folder in the one above it.
    private static func note(_ path: String, in folders: inout [String: [String]]) {
        var steps = path.pathSteps
        while let name = steps.popLast() {
            let above = steps.joined(separator: "/")
            let isNew = folders[above] == nil
            folders[above, default: []].append(String(name))
            guard isNew else { return }
        }
    }

    /// The names below a folder; a folder exists if a file stands in it.
    public func names(in folder: String) throws(FileError) -> [String] {
        let path = try followed(folder)
        guard let names = folders[path] else {
            if folder.isEmpty { return [] }
            throw .missing
        }
        return names.sorted()
    }

    /// The bytes of a file, cut behind `limit`. Symbolic links are followed within the repository.
    public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let end = try followed(path)
        guard let object = objects[end] else { throw .missing }
        if let text = texts[end] { return text.count > limit ? Array(text.prefix(limit)) : text }
        guard let bytes = try others.read(object.name, limit: limit) else {
            throw .failed("git cannot read it at \(commit ?? "the index")")
        }
        return bytes
    }

    /// Where a symbolic link leads: from the site's folder, or, outside of it, its folder's name and its own.
    public func destination(of path: String) -> String? {
        guard objects[place + path]?.isLink == true, let end = try? followed(path), objects[end] != nil else {
            return nil
        }
        return end.behind(place) ?? end.pathSteps.suffix(2).joined(separator: "/")
    }

    /// The path in the repository that a path from the site's folder leads to, every link on the way followed.
    private func followed(_ path: String) throws(FileError) -> String {
        var waiting = (place + path).pathSteps.map(String.init)
        var steps: [String] = []
        var links = 0
        while !waiting.isEmpty {
            let step = waiting.removeFirst()
            if step == "." { continue }
            if step == ".." {
                guard steps.popLast() != nil else { throw .failed("a symbolic link that leads out of the repository") }
                continue
            }
            steps.append(step)
            let here = steps.joined(separator: "/")
            guard objects[here]?.isLink == true else { continue }
            guard let target = texts[here].map({ String(decoding: $0, as: UTF8.self) }),
                target.utf8.first != UInt8(ascii: "/")
            else {
                throw .failed("a symbolic link that leads out of the repository")
            }
            links += 1
            guard links <= 40 else { throw .failed("symbolic links that lead in a circle") }
            steps.removeLast()
            waiting = target.pathSteps.map(String.init) + waiting
        }
        return steps.joined(separator: "/")
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
        let depth = place.pathSteps.count
        return objects.keys.sorted().map { path in
            path.behind(place) ?? String(repeating: "../", count: depth) + path
        }
    }

    // MARK: git

    /// What git sets for its hooks, for the folder that it was called in, and what changes the meaning of `:/`. The site's folder
    /// tells where the repository is. Which index is meant, a hook has to say.
    fileprivate static let hookVariables = [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS",
        "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
    ]

    /// Whether there is a site in it: its site.yaml, or two folders that sites have.
    public var holdsSite: Bool {
        let names = (try? names(in: "")) ?? []
        if names.contains("site.yaml") || names.contains("site.yml") { return true }
        return Catalogue.folders.count { (try? self.names(in: $0))?.isEmpty == false } > 1
    }

    /// What git prints in the site's folder; nil if it fails.
    func run(
        _ words: [String], accepting: Set<Int32> = [0], limit: Int = 256 << 20
    ) throws(FileError) -> [UInt8]? {
        try Self.git(words, in: folder, accepting: accepting, limit: limit)
    }

    /// What the files of a site hold that are no secrets, and where links lead, all of it from one run of git.
    private static func texts(
        of objects: [String: Object], below place: String, in folder: String
    ) throws(FileError) -> [String: [UInt8]] {
        let wanted = objects.keys.filter { path in
            if objects[path]?.isLink == true { return true }
            return path.behind(place) != nil && !Loader.holdsSecrets(path)
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
            guard words.count == 3, words[1] == "blob", let size = Int(words[2]), size >= 0,
                rest.count - head.count - 1 > size
            else {
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
        _ words: [String], in folder: String, input: [UInt8]? = nil, accepting: Set<Int32> = [0],
        limit: Int = 256 << 20
    ) throws(FileError) -> [UInt8]? {
        do {
            return try Subprocess.plainOutput(
                of: command(words, in: folder), input: input, without: hookVariables, accepting: accepting,
                limit: limit)
        } catch {
            throw .failed("cannot run git: \(error)")
        }
    }

    fileprivate static func command(_ words: [String], in folder: String) -> [String] {
        ["git", "-C", folder, "-c", "core.fsmonitor=false"] + words
    }
}

/// What git's objects hold, each read when it is wanted, all of them by one git: to start one takes longer than to read a file.
private final class GitObjects: Sendable {
    private let folder: String
    private let running = Mutex<Coprocess?>(nil)

    init(in folder: String) { self.folder = folder }

    /// The bytes of an object, cut behind `limit`; nil if git cannot read it.
    func read(_ object: String, limit: Int) throws(FileError) -> [UInt8]? {
        try running.withLock { (git) throws(FileError) in
            do {
                if git == nil {
                    let command = GitFiles.command(["cat-file", "--batch"], in: folder)
                    git = try Coprocess(command, without: GitFiles.hookVariables)
                }
            } catch {
                throw .failed("cannot run git: \(error)")
            }
            do {
                return try git?.read(object, limit: limit)
            } catch {
                // Where in its answers it is, nobody knows; the next question is for another one.
                git = nil
                return nil
            }
        }
    }
}

extension Coprocess {
    /// `OBJECT blob SIZE\nTEXT\n`, the same of what is no file, or `OBJECT missing\n`.
    fileprivate func read(_ object: String, limit: Int) throws -> [UInt8]? {
        try ask(object + "\n")
        let words = try line().split(separator: " ")
        if words.count == 2 { return nil }
        guard words.count == 3, let size = Int(words[2]), size >= 0 else { throw Errno.invalidArgument }
        let text = try bytes(words[1] == "blob" ? min(size, limit) : 0)
        try skip(size - text.count)
        try skip(1)
        return words[1] == "blob" ? text : nil
    }
}
