internal import Glibc
internal import SiteConfig
internal import Synchronization
internal import SystemPackage

/// Outputs that wait beside their targets, under hidden names, until all of a build is known to be right.
///
/// Most are taken while others are still compiled (`OutputTaker`). What it is not sure of it leaves to `OutputSet`, which comes
/// when the build is done and knows what to say of it.
final class OutputStage: OutputTaker {
    /// The site's folder.
    let root: FilePath
    /// The folder that no output leaves; nil if any may be written.
    let boundary: FilePath?
    private let state = Mutex(State())

    /// An output that was taken.
    struct File: Sendable {
        /// Nil if the target says the same already.
        let staged: FileWriter.Staged?
        /// Nil where what was written tells by itself whether it is still the same (`WrittenFile`), and nothing was in its place:
        /// then whatever is found there otherwise is something else.
        let sum: OutputSum?
    }

    private struct State {
        var files: [String: File] = [:]
        /// The folders that were asked for, and whether anything may be written there.
        var folders: [FilePath: Bool] = [:]
        var made: [FilePath] = []
    }

    /// - Parameters:
    ///   - site: the site's folder.
    ///   - depth: how many folders it lies below the one that is not to be left; nil if any may be written.
    init(site: String, depth: Int?) throws {
        root = FilePath(site)
        guard var folder = Self.resolved(root) else { throw Failure.couldNotRun("cannot find the folder \(site)") }
        for _ in 0..<(depth ?? 0) { folder.removeLastComponent() }
        boundary = depth == nil ? nil : folder
    }

    func target(_ path: String) -> FilePath { root.pushing(FilePath(path)) }

    // MARK: Taking

    func take(_ path: String, _ bytes: Span<UInt8>, holdsSecrets: Bool) -> Bool {
        guard isReady(path), let file = try? file(path, bytes, holdsSecrets) else { return false }
        let isNew = state.withLock { state in
            guard state.files[path] == nil else { return false }
            state.files[path] = file
            return true
        }
        if !isNew { file.staged?.discard() }
        return isNew
    }

    /// Whether the folder of an output is there, or could be made, and is one to write into.
    private func isReady(_ path: String) -> Bool {
        let folder = target(path).removingLastComponent()
        return state.withLock { state in
            if let known = state.folders[folder] { return known }
            let isReady = (try? prepare(path, &state.made)) != nil
            state.folders[folder] = isReady
            return isReady
        }
    }

    private func prepare(_ path: String, _ made: inout [FilePath]) throws {
        try checkPlace(of: path)
        FileWriter.removeLeftovers(in: target(path).removingLastComponent())
        try makeFolders(above: target(path), &made)
    }

    private func file(_ path: String, _ bytes: Span<UInt8>, _ holdsSecrets: Bool) throws -> File {
        let target = target(path)
        let isThere = Self.isThere(target)
        if isThere, !(holdsSecrets && FileWriter.isReadableByOthers(target.string)),
            Folder.holds(bytes, target)
        {
            return File(staged: nil, sum: OutputSum(of: bytes))
        }
        let staged = try FileWriter(target.string, holdsSecrets: holdsSecrets).stage(bytes)
        let isTold = !isThere && staged.written?.isExact == true
        return File(staged: staged, sum: isTold ? nil : OutputSum(of: bytes))
    }

    // MARK: What was taken

    /// What is known of an output that was taken.
    subscript(path: String) -> File? { state.withLock { $0.files[path] } }

    /// Whether what was taken of an output stands in its place already, as far as its bytes tell.
    func holds(_ path: String) -> Bool {
        guard let sum = self[path]?.sum, let found = Folder.sum(of: target(path)) else { return false }
        return found == sum
    }

    /// Keeps these outputs only.
    func keep(only paths: Set<String>) {
        let others = state.withLock { state in
            let others = state.files.filter { !paths.contains($0.key) }
            for path in others.keys { state.files[path] = nil }
            return others
        }
        for file in others.values { file.staged?.discard() }
    }

    /// Takes back what waits, and the folders made for it.
    func discard() {
        keep(only: [])
        let made = state.withLock { state in
            defer { (state.made, state.folders) = ([], [:]) }
            return state.made
        }
        for folder in made.reversed() { unsafe rmdir(folder.string) }
    }

    /// Makes the folders that lead to a target.
    func makeFolders(above target: FilePath) throws { try state.withLock { try makeFolders(above: target, &$0.made) } }

    private func makeFolders(above target: FilePath, _ made: inout [FilePath]) throws {
        var folder = target.removingLastComponent()
        var missing: [FilePath] = []
        while !folder.isEmpty, !Self.isThere(folder), folder.lastComponent != nil {
            missing.append(folder)
            folder.removeLastComponent()
        }
        for folder in missing.reversed() {
            WaitingFiles.add(folder)
            if unsafe mkdir(folder.string, 0o777) == 0 {
                made.append(folder)
            } else if errno != EEXIST {
                throw Failure.couldNotRun("cannot make \(folder.string): \(Errno(rawValue: errno).description)")
            }
        }
    }

    // MARK: Places

    /// A symbolic link may lead anywhere, so the folders are looked at as they really are.
    func checkPlace(of path: String) throws {
        guard let boundary else { return }
        var folder = target(path).removingLastComponent()
        while !folder.isEmpty, folder.components.count > 0, Self.resolved(folder) == nil {
            folder.removeLastComponent()
        }
        let real = Self.resolved(folder.isEmpty ? FilePath(".") : folder)
        if real?.components.contains(".git") ?? false {
            throw Failure.couldNotRun("refusing to write \(path): a symbolic link leads into .git; nothing was written")
        }
        guard let real, real.starts(with: boundary) else {
            throw Failure.couldNotRun(
                "refusing to write \(path): a symbolic link leads out of \(boundary.string); nothing was written\n"
                    + "help: choose another path, or say --allow-outside")
        }
    }

    /// Where a folder really leads, as far as it is there.
    static func place(of folder: FilePath) -> FilePath {
        var folder = folder
        var below: [FilePath.Component] = []
        while resolved(folder.isEmpty ? FilePath(".") : folder) == nil, let last = folder.lastComponent {
            below.insert(last, at: 0)
            folder.removeLastComponent()
        }
        var real = resolved(folder.isEmpty ? FilePath(".") : folder) ?? folder
        for component in below { real.append(component) }
        return real
    }

    private static func resolved(_ path: FilePath) -> FilePath? {
        unsafe realpath(path.string, nil).map { path in
            defer { unsafe free(path) }
            return FilePath(unsafe String(cString: path))
        }
    }

    static func isThere(_ path: FilePath) -> Bool { kind(of: path) != nil }

    static func isLink(_ path: FilePath) -> Bool { kind(of: path) == S_IFLNK }

    /// What stands there, a link not followed; nil if nothing does.
    static func kind(of path: FilePath) -> mode_t? {
        var status = stat()
        return unsafe lstat(path.string, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
