internal import Glibc
internal import SiteConfig
internal import SystemPackage

/// Writes the files of a build as one set: nothing takes its place before all of it is ready, and each file whole (DESIGN §11).
///
/// Every file that changes is first written beside its target, under a hidden name, most of them while the build goes on
/// (`OutputStage`). Then the lock takes its place, or digests in
/// it do (`FilePatch`), then each output, then what is written no more goes. Wherever that is cut short, every output is whole, old
/// or new, the lock knows all of them, and the next build does the rest.
struct OutputSet {
    /// What waits beside its target, and where that is.
    private let stage: OutputStage
    private var staged: [FileWriter.Staged] = []
    /// How files stood when they had been written, by paths from the site's folder.
    private(set) var files: [String: WrittenFile] = [:]
    /// How the lock stood when it had been amended.
    private var amendedLock: FileState?

    /// - Parameter stage: has what was taken while the build went on.
    init(_ stage: OutputStage) { self.stage = stage }

    /// What a build did, by paths from the site's folder.
    struct Result {
        var written: [String] = []
        var removed: [String] = []
    }

    /// - Throws: `Failure` if a file cannot be written; before anything is changed, if that can be foreseen.
    mutating func write(_ build: Build, isPruning: Bool) throws -> Result {
        do {
            return try writeAll(build, isPruning: isPruning)
        } catch {
            discard()
            throw error
        }
    }

    private mutating func writeAll(_ build: Build, isPruning: Bool) throws -> Result {
        var result = Result()
        let paths = build.outputs.map(\.path) + build.leftovers + [Build.lockName]
        // What lies in one folder lies in one place.
        var folders: Set<String> = []
        for path in paths where folders.insert(target(path).removingLastComponent().string).inserted {
            try stage.checkPlace(of: path)
        }
        var known: [FilePath: FilePath] = [:]
        let places = try distinctPlaces(build, &known)
        let leftovers = build.leftovers.filter { !places.contains(Self.place(of: target($0), &known)) }
        if isPruning {
            for path in leftovers where OutputStage.kind(of: target(path)).map({ $0 != S_IFREG }) ?? false {
                throw Failure.couldNotRun("refusing to remove \(path): it is no regular file; nothing was written")
            }
        }
        // Of a build that stamps led to they told already that nothing is left.
        for folder in folders.sorted() where build.lockAmendment == nil {
            FileWriter.removeLeftovers(in: FilePath(folder.isEmpty ? "." : folder))
        }
        try refuseStrangers(build)
        result.written = try stage(build)
        if let amendment = build.lockAmendment {
            try amend(build, amendment)
        } else {
            let lock = try stageLock(build, isPruned: false)
            try lock?.commit()
            files[Build.lockName] = lock?.written
        }
        for file in staged { try file.commit() }
        guard isPruning, !build.leftovers.isEmpty else { return result }
        for path in leftovers where try remove(path) { result.removed.append(path) }
        let lock = try stageLock(build, isPruned: true)
        try lock?.commit()
        files[Build.lockName] = lock?.written
        return result
    }

    /// Whether an output is there as it should be, and nobody else can read its secrets.
    func holds(_ output: BuiltOutput) -> Bool {
        let target = target(output.path)
        let isExposed = output.holdsSecrets && FileWriter.isReadableByOthers(target.string)
        if isExposed { return false }
        if output.isTaken { return stage.holds(output.path) }
        return output.document.withBytes(output.disclosure) { Folder.holds($0, target) }
    }

    /// Whether the lock is there as it should be, where nothing is left over.
    func holdsLock(of build: Build) -> Bool {
        let target = target(Build.lockName)
        // What was amended is the lock that was read, in all but the pieces, as long as nobody else has touched it.
        if let amendment = build.lockAmendment {
            return amendedLock != nil && amendedLock == FileState(of: target)
                && FilePatch.holds(amendment.pieces, target)
        }
        guard let text = try? build.lockPieces(isPruned: true) else { return false }
        return Folder.holds(text, target)
    }

    // MARK: Checks

    /// Why a file that is there would be written anew, whatever it holds; nil if it would not.
    static func objection(to output: BuiltOutput, ofSiteIn site: String) -> String? {
        let path = FilePath(site).pushing(FilePath(output.path)).string
        if OutputStage.isLink(FilePath(path)) { return "is a symbolic link, through which nothing is written" }
        let isExposed = output.entryHoldsSecrets && FileWriter.isReadableByOthers(path)
        return isExposed ? "has secrets in it, and others can read it" : nil
    }

    private func target(_ path: String) -> FilePath { stage.target(path) }

    /// Where a path really leads, as far as its folders are there.
    private static func place(of target: FilePath, _ known: inout [FilePath: FilePath]) -> String {
        let folder = target.removingLastComponent()
        let real = known[folder] ?? OutputStage.place(of: folder)
        known[folder] = real
        return (target.lastComponent.map { real.appending($0) } ?? real).string
    }

    /// Where the outputs really go: two by different ways into one file would undo each other.
    private func distinctPlaces(_ build: Build, _ known: inout [FilePath: FilePath]) throws -> Set<String> {
        var places: [String: String] = [:]
        for output in build.outputs {
            if let other = places.updateValue(output.path, forKey: Self.place(of: target(output.path), &known)) {
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
            guard !build.isKnown(output.path), OutputStage.isThere(target(output.path)) else { return false }
            if output.isTaken { return !stage.holds(output.path) }
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

    /// Writes outputs beside their targets, those that say something else, as far as they do not wait there.
    ///
    /// - Returns: their paths.
    private mutating func stage(_ build: Build) throws -> [String] {
        let outputs = build.outputs
        stage.keep(only: Set(outputs.lazy.filter(\.isTaken).map(\.path)))
        // Where a folder is missing, so is the file.
        var folders: Set<FilePath> = []
        for target in outputs.map({ target($0.path) }) where folders.insert(target.removingLastComponent()).inserted {
            try stage.makeFolders(above: target)
        }
        let set = self
        let results = Cores.map(outputs.count, run: 8) { place in Swift.Result { try set.staged(outputs[place]) } }
        staged = results.compactMap { try? $0.get() }
        for (output, result) in zip(outputs, results) { files[output.path] = try? result.get()?.written }
        return try zip(outputs, results).compactMap { output, result in try result.get().map { _ in output.path } }
    }

    /// Writes an output beside its target; nil if that says the same.
    private func staged(_ output: BuiltOutput) throws -> FileWriter.Staged? {
        if output.isTaken { return stage[output.path]?.staged }
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
        let text: [[UInt8]]
        do throws(FileError) {
            text = try build.lockPieces(isPruned: isPruned)
        } catch {
            throw Failure.couldNotRun("cannot amend \(Build.lockName): \(error.reason); nothing was written")
        }
        return Folder.holds(text, target) ? nil : try FileWriter(target.string, holdsSecrets: false).stage(text)
    }

    /// Takes back what was staged, and the folders made for it.
    private func discard() {
        for file in staged { file.discard() }
        stage.discard()
    }

    /// Removes a file, and the folders that it leaves empty; whether it was there.
    private func remove(_ path: String) throws -> Bool {
        let target = target(path)
        guard unsafe unlink(target.string) == 0 else {
            if errno == ENOENT { return false }
            throw Failure.couldNotRun("cannot remove \(path): \(Errno(rawValue: errno).description)")
        }
        var folder = FilePath(path).removingLastComponent()
        while folder.lastComponent?.kind == .regular, unsafe rmdir(stage.root.pushing(folder).string) == 0 {
            folder.removeLastComponent()
        }
        return true
    }
}
