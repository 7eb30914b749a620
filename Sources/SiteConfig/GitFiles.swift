internal import SecretMemory

/// A site as a revision of its git repository has it: git's objects are read, nothing is checked out.
public struct GitFiles: SiteFiles {
    /// The site's folder, where git is run.
    private let folder: String
    /// The commit, in full.
    public let commit: String
    /// The files below the site's folder, by their paths.
    private let objects: [String: Object]

    private struct Object {
        let name: String
        let isLink: Bool
    }

    /// - Parameters:
    ///   - revision: as git names one: `HEAD`, `main~2`, a tag.
    ///   - folder: the site's folder, in a working tree of git.
    /// - Throws: `FileError` if there is no git, no repository, or no such revision.
    public init(_ revision: String, ofSiteIn folder: String) throws(FileError) {
        self.folder = folder
        let named = try Self.git(["rev-parse", "--verify", "--end-of-options", revision + "^{commit}"], in: folder)
        guard let commit = named.map({ String(decoding: $0, as: UTF8.self) })?.split(separator: "\n").first else {
            throw .failed(
                "git knows no revision \(revision) here: \(folder) is in no repository, or it has no such commit")
        }
        self.commit = String(commit)
        guard let listed = try Self.git(["ls-tree", "-r", "-z", self.commit], in: folder) else {
            throw .failed("git cannot list \(revision)")
        }
        var objects: [String: Object] = [:]
        // `MODE TYPE OBJECT<tab>PATH`, paths below the folder.
        for line in listed.split(separator: 0) {
            guard let tab = line.firstIndex(of: 0x09) else { continue }
            let words = String(decoding: line[..<tab], as: UTF8.self).split(separator: " ")
            guard words.count == 3, words[1] == "blob" else { continue }
            let path = String(decoding: line[line.index(after: tab)...], as: UTF8.self)
            objects[path] = Object(name: String(words[2]), isLink: words[0] == "120000")
        }
        self.objects = objects
    }

    /// The names below a folder; a folder exists if a file stands in it.
    public func names(in folder: String) throws(FileError) -> [String] {
        let prefix = folder.isEmpty ? "" : folder + "/"
        let below = objects.keys.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
        if below.isEmpty, !folder.isEmpty { throw .missing }
        return Set(below.map { String($0.prefix { $0 != "/" }) }).sorted()
    }

    /// The bytes of a file, cut behind `limit`. A symbolic link is followed within the site.
    public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        guard let object = objects[path] else { throw .missing }
        if object.isLink {
            guard let target = destination(of: path), objects[target]?.isLink == false else {
                throw .failed("a symbolic link that leads out of the site, or to another")
            }
            return try read(target, limit: limit)
        }
        guard let bytes = try Self.git(["cat-file", "blob", object.name], in: folder, limit: limit) else {
            throw .failed("git cannot read it at \(commit)")
        }
        return bytes
    }

    /// Where a symbolic link leads, within the site.
    public func destination(of path: String) -> String? {
        guard let object = objects[path], object.isLink,
            let text = try? Self.git(["cat-file", "blob", object.name], in: folder)
        else { return nil }
        var steps = path.split(separator: "/").dropLast().map(String.init)
        for step in String(decoding: text, as: UTF8.self).split(separator: "/") where step != "." {
            if step != ".." { steps.append(String(step)) } else if steps.popLast() == nil { return nil }
        }
        return steps.joined(separator: "/")
    }

    /// What git prints; nil if it fails.
    private static func git(
        _ words: [String], in folder: String, limit: Int = 256 << 20
    ) throws(FileError) -> [UInt8]? {
        do {
            let command = ["git", "-C", folder, "-c", "core.fsmonitor=false"] + words
            let text = try Subprocess.output(of: command, isQuiet: true, limit: limit)
            return text?.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        } catch {
            throw .failed("cannot run git: \(error)")
        }
    }
}
