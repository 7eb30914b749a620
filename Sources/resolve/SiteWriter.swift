internal import Glibc
internal import SiteConfig
internal import SystemPackage

/// Changes the files of a site's folder, and nothing outside of it.
///
/// New files are written first, then those that change, then the old ones go: wherever that is interrupted, every
/// reference still leads somewhere, and another migration does the rest.
struct SiteWriter {
    private let root: FilePath

    init(_ root: String) { self.root = FilePath(root) }

    /// - Throws: `Failure` if a file cannot be written or removed; before anything is changed, if that can be foreseen.
    func write(_ changes: [FileChange]) throws {
        for path in changes.flatMap({ [$0.oldPath, $0.newPath] }).compactMap(\.self) { try check(path) }
        do {
            for change in changes { try write(change) }
            let kept = changes.compactMap(\.newPath)
            for path in changes.reversed().compactMap(\.oldPath) where !kept.contains(path) { try remove(path) }
        } catch let failure as Failure {
            throw Failure.couldNotRun(
                "\(failure.message)\nhelp: what was done before stays, and the site means what it meant; mend this and run it again"
            )
        }
    }

    /// A symbolic link may lead out of the site, so nothing is written or removed through one.
    private func check(_ path: String) throws {
        var place = root
        for component in FilePath(path).components {
            place.append(component)
            if Self.kind(of: place) == S_IFLNK {
                throw Failure.couldNotRun(
                    "refusing to change \(path): \(place.string) is a symbolic link; nothing was written")
            }
        }
    }

    private func write(_ change: FileChange) throws {
        guard let path = change.newPath else { return }
        try makeFolders(above: path)
        let model = change.oldPath.map { root.pushing(FilePath($0)).string }
        let writer = try FileWriter(root.pushing(FilePath(path)).string, holdsSecrets: false, like: model)
        try writer.write(change.newBytes.span)
    }

    private func makeFolders(above path: String) throws {
        var place = root
        for component in FilePath(path).removingLastComponent().components {
            place.append(component)
            if unsafe mkdir(place.string, 0o777) != 0, errno != EEXIST {
                throw Failure.couldNotRun("cannot make \(place.string): \(Errno(rawValue: errno).description)")
            }
        }
    }

    /// Removes a file, and the folders that it leaves empty.
    private func remove(_ path: String) throws {
        guard unsafe unlink(root.pushing(FilePath(path)).string) == 0 || errno == ENOENT else {
            throw Failure.couldNotRun("cannot remove \(path): \(Errno(rawValue: errno).description)")
        }
        var folder = FilePath(path).removingLastComponent()
        while !folder.isEmpty, unsafe rmdir(root.pushing(folder).string) == 0 { folder.removeLastComponent() }
    }

    private static func kind(of path: FilePath) -> mode_t? {
        var status = stat()
        return unsafe lstat(path.string, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
