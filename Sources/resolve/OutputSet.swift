internal import Glibc
internal import SiteConfig
internal import SystemPackage

/// Writes the files of a build as one set: nothing before all of it is ready, and each file whole (DESIGN §11).
///
/// Every file that changes is first written beside its target, under a hidden name. Then the lock takes its place, or digests in
/// it do (`FilePatch`), then each output, then what is written no more goes. Wherever that is cut short, every output is whole, old
/// or new, the lock knows all of them, and the next build does the rest.
struct OutputSet {
    private let root: FilePath
    /// The folder that no output leaves; nil if any may be written.
    private let boundary: FilePath?
    private var staged: [FileWriter.Staged] = []
    private var made: [FilePath] = []
    /// How the lock stood when it had been amended.
    private var amendedLock: FileState?

    /// - Parameters:
    ///   - site: the site's folder.
    ///   - depth: how many folders it lies below the one that is not to be left; nil if any may be written.
    init(site: String, depth: Int?) throws {
        root = FilePath(site)
        guard var folder = Self.resolved(root) else { throw Failure.couldNotRun("cannot find the folder \(site)") }
        for _ in 0..<(depth ?? 0) { folder.removeLastComponent() }
        boundary = depth == nil ? nil : folder
    }

    /// What a build did, by paths from the site's folder.
    struct Result {
        var written: [String] = []
        var removed: [String] = []
    }

    /// - Throws: `Failure` if a file cannot be written; before anything is changed, if that can be foreseen.
    mutating func write(_ build: Build, isPruning: Bool) throws -> Result {
        var result = Result()
        let paths = build.outputs.map(\.path) + build.leftovers + [Build.lockName]
        for path in paths { try checkPlace(of: path) }
        let places = try distinctPlaces(build)
        let leftovers = build.leftovers.filter { !places.contains(place(of: $0)) }
        if isPruning {
            for path in leftovers where Self.kind(of: target(path)).map({ $0 != S_IFREG }) ?? false {
                throw Failure.couldNotRun("refusing to remove \(path): it is no regular file; nothing was written")
            }
        }
        for folder in Set(paths.map { target($0).removingLastComponent().string }).sorted() {
            FileWriter.removeLeftovers(in: FilePath(folder.isEmpty ? "." : folder))
        }
        try refuseStrangers(build)
        do {
            result.written = try stage(build.outputs)
            if let amendment = build.lockAmendment {
                try amend(build, amendment)
            } else {
                try stageLock(build, isPruned: false)?.commit()
            }
            for file in staged { try file.commit() }
        } catch {
            discard()
            throw error
        }
        guard isPruning, !build.leftovers.isEmpty else { return result }
        for path in leftovers where try remove(path) { result.removed.append(path) }
        try stageLock(build, isPruned: true)?.commit()
        return result
    }

    /// Whether an output is there as it should be, and nobody else can read its secrets.
    func holds(_ output: BuiltOutput) -> Bool {
        let target = target(output.path)
        let isExposed = output.holdsSecrets && FileWriter.isReadableByOthers(target.string)
        return !isExposed && output.document.withBytes(output.disclosure) { Folder.holds($0, target) }
    }

    /// Whether the lock is there as it should be, where nothing is left over.
    func holdsLock(of build: Build) -> Bool {
        let target = target(Build.lockName)
        // What was amended is the lock that was read, in all but the pieces, as long as nobody else has touched it.
        if let amendment = build.lockAmendment {
            return amendedLock != nil && amendedLock == FileState(of: target)
                && FilePatch.holds(amendment.pieces, target)
        }
        guard let bytes = try? build.lockBytes(isPruned: true) else { return false }
        return Folder.holds(bytes.span, target)
    }

    // MARK: Checks

    /// Why a file that is there would be written anew, whatever it holds; nil if it would not.
    static func objection(to output: BuiltOutput, ofSiteIn site: String) -> String? {
        let path = FilePath(site).pushing(FilePath(output.path)).string
        if isLink(FilePath(path)) { return "is a symbolic link, through which nothing is written" }
        let isExposed = output.entryHoldsSecrets && FileWriter.isReadableByOthers(path)
        return isExposed ? "has secrets in it, and others can read it" : nil
    }

    private func target(_ path: String) -> FilePath { root.pushing(FilePath(path)) }

    /// A symbolic link may lead anywhere, so the folders are looked at as they really are.
    private func checkPlace(of path: String) throws {
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

    /// Where a path really leads, as far as its folders are there.
    private func place(of path: String) -> String {
        var folder = target(path).removingLastComponent()
        var below: [FilePath.Component] = [target(path).lastComponent].compactMap(\.self)
        while Self.resolved(folder.isEmpty ? FilePath(".") : folder) == nil, let last = folder.lastComponent {
            below.insert(last, at: 0)
            folder.removeLastComponent()
        }
        var real = Self.resolved(folder.isEmpty ? FilePath(".") : folder) ?? folder
        for component in below { real.append(component) }
        return real.string
    }

    /// Where the outputs really go: two by different ways into one file would undo each other.
    private func distinctPlaces(_ build: Build) throws -> Set<String> {
        var places: [String: String] = [:]
        for output in build.outputs {
            if let other = places.updateValue(output.path, forKey: place(of: output.path)) {
                throw Failure.couldNotRun(
                    "refusing to write \(output.path): \(other) is the same file, through a symbolic link; nothing was written"
                )
            }
        }
        return Set(places.keys)
    }

    /// What no build wrote is not overwritten: it may be all that there is of it.
    private func refuseStrangers(_ build: Build) throws {
        let strangers = build.outputs.filter { output in
            guard !build.isKnown(output.path), Self.isThere(target(output.path)) else { return false }
            return output.document.withBytes(output.disclosure) { !Folder.holds($0, target(output.path)) }
        }
        guard !strangers.isEmpty else { return }
        let names = strangers.prefix(5).map(\.path).joined(separator: ", ")
        let more = strangers.count > 5 ? " and \(strangers.count - 5) more" : ""
        throw Failure.couldNotRun(
            "refusing to overwrite \(names)\(more): no earlier build wrote \(strangers.count == 1 ? "it" : "them"), "
                + "says \(Build.lockName); nothing was written\nhelp: look at what is in there, then remove it")
    }

    // MARK: Steps

    /// Writes outputs beside their targets, those that say something else.
    ///
    /// - Returns: their paths.
    private mutating func stage(_ outputs: [BuiltOutput]) throws -> [String] {
        // Where a folder is missing, so is the file.
        var folders: Set<FilePath> = []
        for target in outputs.map({ target($0.path) }) where folders.insert(target.removingLastComponent()).inserted {
            try makeFolders(above: target)
        }
        let set = self
        let results = Cores.map(outputs.count, run: 8) { place in Swift.Result { try set.staged(outputs[place]) } }
        staged = results.compactMap { try? $0.get() }
        return try zip(outputs, results).compactMap { output, result in try result.get().map { _ in output.path } }
    }

    /// Writes an output beside its target; nil if that says the same.
    private func staged(_ output: BuiltOutput) throws -> FileWriter.Staged? {
        let target = target(output.path)
        return try output.document.withBytes(output.disclosure) { bytes in
            let isExposed = output.holdsSecrets && FileWriter.isReadableByOthers(target.string)
            if !isExposed, Folder.holds(bytes, target) { return nil }
            return try FileWriter(target.string, holdsSecrets: output.holdsSecrets).stage(bytes)
        }
    }

    /// Amends the lock where it stands, or, if that cannot be, makes it anew.
    private mutating func amend(_ build: Build, _ amendment: LockAmendment) throws {
        let target = target(Build.lockName)
        let patch = FilePatch(target, amendment.pieces)
        guard amendment.isAsRead else {
            patch?.discard()
            throw Failure.couldNotRun(
                "\(Build.lockName) was changed by somebody else meanwhile; nothing was written\nhelp: build again")
        }
        if let patch {
            amendedLock = try patch.commit()
        } else {
            try stageLock(build, isPruned: false)?.commit()
        }
    }

    private func stageLock(_ build: Build, isPruned: Bool) throws -> FileWriter.Staged? {
        let target = target(Build.lockName)
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try build.lockBytes(isPruned: isPruned)
        } catch {
            throw Failure.couldNotRun("cannot amend \(Build.lockName): \(error.reason); nothing was written")
        }
        return Folder.holds(bytes.span, target)
            ? nil : try FileWriter(target.string, holdsSecrets: false).stage(bytes.span)
    }

    private mutating func makeFolders(above target: FilePath) throws {
        var folder = target.removingLastComponent()
        var missing: [FilePath] = []
        while !folder.isEmpty, !Self.isThere(folder), folder.lastComponent != nil {
            missing.append(folder)
            folder.removeLastComponent()
        }
        for folder in missing.reversed() {
            if unsafe mkdir(folder.string, 0o777) == 0 {
                made.append(folder)
            } else if errno != EEXIST {
                throw Failure.couldNotRun("cannot make \(folder.string): \(Errno(rawValue: errno).description)")
            }
        }
    }

    /// Takes back what was staged, and the folders made for it.
    private func discard() {
        for file in staged { file.discard() }
        for folder in made.reversed() { unsafe rmdir(folder.string) }
    }

    /// Removes a file, and the folders that it leaves empty; whether it was there.
    private func remove(_ path: String) throws -> Bool {
        let target = target(path)
        guard unsafe unlink(target.string) == 0 else {
            if errno == ENOENT { return false }
            throw Failure.couldNotRun("cannot remove \(path): \(Errno(rawValue: errno).description)")
        }
        var folder = FilePath(path).removingLastComponent()
        while folder.lastComponent?.kind == .regular, unsafe rmdir(root.pushing(folder).string) == 0 {
            folder.removeLastComponent()
        }
        return true
    }

    // MARK: The system

    private static func resolved(_ path: FilePath) -> FilePath? {
        unsafe realpath(path.string, nil).map { path in
            defer { unsafe free(path) }
            return FilePath(unsafe String(cString: path))
        }
    }

    private static func isThere(_ path: FilePath) -> Bool { kind(of: path) != nil }

    private static func isLink(_ path: FilePath) -> Bool { kind(of: path) == S_IFLNK }

    /// What stands there, a link not followed; nil if nothing does.
    private static func kind(of path: FilePath) -> mode_t? {
        var status = stat()
        return unsafe lstat(path.string, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
