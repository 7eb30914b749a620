internal import Diagnostics
internal import SiteModel

/// What becomes of one file: it is made, rewritten, moved or removed.
public struct FileChange: Sendable, Equatable {
    /// Where it was, relative to the site; nil for a new file.
    public let oldPath: String?
    /// Where it will be; nil for a file that goes.
    public let newPath: String?
    /// What it held; empty for a new file.
    public let oldBytes: [UInt8]
    /// What it will hold; empty for a file that goes.
    public let newBytes: [UInt8]

    /// Describes a change.
    public init(oldPath: String?, newPath: String?, oldBytes: [UInt8], newBytes: [UInt8]) {
        self.oldPath = oldPath
        self.newPath = newPath
        self.oldBytes = oldBytes
        self.newBytes = newBytes
    }

    /// Whether a diff of it would show lines that speak of passwords, as a roster names them. A file that only moves shows none.
    public var mayShowPasswords: Bool {
        oldBytes != newBytes
            && Source(id: SourceID(index: 0), path: path, bytes: oldBytes, isSecret: false).mentionsPasswords
    }

    /// Where it stands in a list of changes.
    var path: String { oldPath ?? newPath ?? "" }
}

/// A site as it would be after changes to its files.
struct ChangedFiles: SiteFiles {
    private let base: any SiteFiles
    /// Nil for a file that goes.
    private let texts: [String: [UInt8]?]

    init(_ base: any SiteFiles, _ changes: [FileChange]) {
        self.base = base
        var texts: [String: [UInt8]?] = [:]
        for change in changes { if let path = change.oldPath { texts.updateValue(nil, forKey: path) } }
        for change in changes { if let path = change.newPath { texts.updateValue(change.newBytes, forKey: path) } }
        self.texts = texts
    }

    var location: String? { base.location }

    func destination(of path: String) -> String? { base.destination(of: path) }

    /// A folder that loses its last file goes, too.
    func names(in folder: String) throws(FileError) -> [String] {
        let prefix = folder.isEmpty ? "" : folder + "/"
        var added: Set<String> = []
        var removed: Set<String> = []
        for (path, text) in texts {
            guard let steps = path.behind(prefix)?.pathSteps, let name = steps.first.map(String.init) else { continue }
            if text != nil { added.insert(name) } else if steps.count == 1 { removed.insert(name) }
        }
        var names: [String] = []
        do throws(FileError) {
            names = try base.names(in: folder)
        } catch  where error == .missing && !added.isEmpty {}
        let left = names.filter { !removed.contains($0) }
        let all = left + added.filter { !left.contains($0) }.sorted()
        if all.isEmpty, !names.isEmpty, !folder.isEmpty { throw .missing }
        return all
    }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        guard let text = texts[path] else { return try base.read(path, limit: limit) }
        guard let text else { throw .missing }
        return Array(text.prefix(limit))
    }
}
