internal import SiteModel

/// Where a site's files come from: a folder on disk, git's objects, or memory.
public protocol SiteFiles: Sendable {
    /// The names in a folder, in any order. `""` is the site itself.
    ///
    /// - Throws: `FileError.missing` if there is no such folder.
    func names(in folder: String) throws(FileError) -> [String]

    /// The bytes of a file, `path` relative to the site.
    ///
    /// - Parameter limit: how many bytes are wanted at most; a longer file may be cut behind it.
    /// - Throws: `FileError.missing` if there is no such file.
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]

    /// The same, and where the file leads if it is a symbolic link, as `destination(of:)` says it.
    ///
    /// - Throws: as `read(_:limit:)`.
    func readTelling(_ path: String, limit: Int) throws(FileError) -> (bytes: [UInt8], destination: String?)

    /// A piece of a file; fewer bytes where it ends before.
    ///
    /// - Throws: as `read(_:limit:)`.
    func read(_ path: String, piece: Range<Int>) throws(FileError) -> [UInt8]

    /// Where a file that is a symbolic link leads: relative to the site, or, outside of it, its folder's name and its own. Nil for
    /// any other file.
    func destination(of path: String) -> String?

    /// How many bytes a file has, if that is known without reading it.
    func size(of path: String) -> Int?

    /// The site's folder as an absolute path, if it has one: what stands above it may say who should read its secrets.
    var location: String? { get }
}

extension SiteFiles {
    /// Not known.
    public func size(of path: String) -> Int? { nil }

    /// No folder.
    public var location: String? { nil }

    /// The one after the other.
    public func readTelling(
        _ path: String, limit: Int
    ) throws(FileError) -> (bytes: [UInt8], destination: String?) {
        (try read(path, limit: limit), destination(of: path))
    }

    /// The same of the whole file.
    public func read(_ path: String, piece: Range<Int>) throws(FileError) -> [UInt8] {
        Array(try read(path, limit: piece.upperBound).prefix(piece.upperBound).dropFirst(piece.lowerBound))
    }

    /// No links.
    public func destination(of path: String) -> String? { nil }
}

/// Why a file could not be read or written.
public enum FileError: Error, Equatable {
    /// There is none of that name.
    case missing
    /// The system refused; its reason in words.
    case failed(String)

    /// Why, in words.
    public var reason: String {
        switch self {
        case .missing: "there is no such file"
        case .failed(let reason): reason
        }
    }
}

/// A site in memory: paths and texts.
public struct MemoryFiles: SiteFiles {
    private let files: [String: [UInt8]]

    /// - Parameter files: the texts by their paths relative to the site.
    public init(_ files: [String: String]) {
        self.files = files.mapValues { Array($0.utf8) }
    }

    /// The names below a folder; a folder exists if a file stands in it.
    public func names(in folder: String) throws(FileError) -> [String] {
        let prefix = folder.isEmpty ? "" : folder + "/"
        let below = files.keys.compactMap { $0.behind(prefix) }
        if below.isEmpty, !folder.isEmpty { throw .missing }
        return Set(below.compactMap { $0.pathSteps.first.map(String.init) }).sorted()
    }

    /// How many bytes a file has.
    public func size(of path: String) -> Int? { files[path]?.count }

    /// The bytes of a file, cut behind `limit`.
    public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        guard let bytes = files[path] else { throw .missing }
        return Array(bytes.prefix(limit))
    }
}
