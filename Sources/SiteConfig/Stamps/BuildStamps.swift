internal import Diagnostics
internal import Secrets
internal import SiteModel
internal import SystemPackage

/// What tells without reading anything that a build would do nothing (ARCHITECTURE, *A build that would do nothing*).
///
/// Stamps stand outside of the site, in the user's cache folder. They are left by a build that had nothing to say, and hold for as
/// long as each path that it asked for, and each file that it wrote, is the file that it was. Nothing is an error here: without
/// stamps, or with any that do not hold, the build is done.
public struct BuildStamps: Sendable {
    /// Compiles the site, and keeps account of what it asks the disk.
    public let compiler: SiteCompiler
    /// The site's files, with the same account kept of them.
    public var files: any SiteFiles { compiler.files }
    private let disk: DiskFiles
    private let record: DiskRecord
    private let file: StampFile
    private let key: [UInt8]
    private let isCheck: Bool
    /// Those that hold but for what is compiled anew; nil where all is.
    private var former: Stamps?
    /// What is told of envs, while it is worked out.
    private var envsToCome: Cores.Ahead<[StampedEnv]>?

    /// Nil where there can be none: the site is no folder on disk, or the user has no cache folder.
    ///
    /// - Parameters:
    ///   - compiler: the site as it is to be built.
    ///   - request: what is to be done.
    ///   - version: the program's.
    ///   - environment: looks up a variable of the environment.
    public init?(
        _ compiler: SiteCompiler, _ request: BuildRequest, version: String, environment: (String) -> String?
    ) {
        guard let disk = compiler.files as? DiskFiles, let location = disk.location,
            let record = DiskRecord(disk, at: location), let program = DiskStatus(of: FilePath("/proc/self/exe"))
        else { return nil }
        var key = BuildKey()
        key.add("resolve \(version)")
        key.add(program)
        key.add(location)
        key.add(request)
        key.add(compiler.strictness == .strict ? "strict" : "lenient")
        key.add(compiler.identities, environment)
        let name = FileDigest.text(of: Array(location.utf8).span).prefix(40) + (request.isCheck ? ".check" : ".build")
        guard let file = StampFile(name + ".stamps", environment: environment) else { return nil }
        self.compiler = compiler.recorded(by: record, disk)
        self.disk = disk
        self.record = record
        self.file = file
        self.key = key.bytes
        isCheck = request.isCheck
    }

    /// How a site stands to the last build that had nothing to say.
    public enum Standing {
        /// A build would change nothing and say nothing.
        case same(outputCount: Int)
        /// A build would change these outputs alone, if any: only files of envs have changed, in nothing that others see.
        case changed(Build)
        /// Only a build can tell.
        case unknown
    }

    /// Looks how the site stands. Where something has changed, the stamps are gone until new ones are left.
    public mutating func standing(for request: BuildRequest) -> Standing {
        guard let bytes = file.read() else { return .unknown }
        let found = Stamps.standing(of: bytes, key: key, disk, record.folder)
        if let found, found.changed.isEmpty { return .same(outputCount: found.outputCount) }
        let loader = found.flatMap { beginPartialBuild(of: $0.changed) }
        file.remove()
        // The whole build asks the disk itself.
        defer { record.trust(nil) }
        guard let found, !isCheck, let build = partialBuild(of: found.changed, bytes, request, begun: loader) else {
            return .unknown
        }
        return .changed(build)
    }

    /// The most files of envs that are looked at one by one: with more, a whole build is soon as quick.
    private static let mostChanges = 64

    /// Begins to compile where it is plain that envs alone have changed; nil else. Of what changed nothing is read yet.
    private func beginPartialBuild(of changed: [String]) -> Loader? {
        let folders = EntityKind.env.folders.map(\.text)
        let isOfEnvs = changed.allSatisfy { path in folders.contains { path.isSame(as: $0) || path.hasPrefix($0 + "/") }
        }
        return isOfEnvs && !isCheck && changed.count <= Self.mostChanges ? compiler.beginRebuild() : nil
    }

    /// Compiles what comes of the changed paths, if they are files of envs, and folders with the same meaning.
    private mutating func partialBuild(
        of changed: [String], _ bytes: [UInt8], _ request: BuildRequest, begun loader: consuming Loader?
    ) -> Build? {
        guard changed.count <= Self.mostChanges, let stamps = Stamps(bytes) else { return nil }
        var envs: [StampedEnv] = []
        var folders: [(folder: String, meaning: String)] = []
        for path in changed {
            let folder = path == "." ? "" : path
            if let env = stamps.env(at: path) {
                envs.append(env)
            } else if let meaning = stamps.meaning(of: folder) {
                folders.append((folder, meaning))
            } else {
                return nil
            }
        }
        // What changed in this very moment could change again and have the same time.
        let isYoung = changed.contains { !DiskStatus(of: $0, in: record.folder).showsChanges(after: DiskStatus.now) }
        if isYoung { DiskStatus.waitForNextTime() }
        for path in changed { record.look(at: path == "." ? "" : path) }
        record.trust(stamps)
        guard let build = compiler.rebuild(envs, request, outputCount: stamps.outputCount, begun: loader) else {
            return nil
        }
        let isSame = folders.allSatisfy { record.meaning(of: $0.folder)?.isSame(as: $0.meaning) == true }
        // What changed since the stamps were compared with the disk is another site's.
        guard isSame, stamps.agree(with: record.looks, except: changed) else { return nil }
        former = stamps
        return build
    }

    /// Begins, on another core, to work out what stamps will say of a build whose outputs now take their places.
    public mutating func prepare(_ build: Build) {
        guard former == nil, !isCheck, build.report.isSilent, build.leftovers.isEmpty, build.outputs.count >= 64 else {
            return
        }
        // It is only looked at.
        nonisolated(unsafe) let build = build
        envsToCome = Cores.Ahead { unsafe build.stampedEnvs }
    }

    /// Leaves stamps after a check that found nothing.
    public func keep(_ build: Build, after check: BuildCheck) {
        guard check.isCurrent, check.notes.isEmpty else { return }
        write(build, folders: [])
    }

    /// Leaves stamps after a build that had nothing to say, if a change from now on is sure to show.
    ///
    /// - Parameters:
    ///   - written: the paths of the outputs that were not as they should be.
    ///   - files: how files stood when they had been written, by their paths.
    ///   - holds: whether an output is as it should be.
    ///   - holdsLock: whether the lock is.
    public func keep(
        _ build: Build, written: [String], files: [String: WrittenFile], holds: @Sendable (BuiltOutput) -> Bool,
        holdsLock: () -> Bool
    ) {
        guard build.report.isSilent, build.leftovers.isEmpty else { return }
        var exact: Set<UInt64> = []
        for file in files.values where file.isExact { exact.insert(file.device) }
        record.trustTimes(on: exact)
        func isStill(_ path: String, _ status: DiskStatus) -> Bool {
            record.isExact(status) && files[path]?.isStill(status) == true
        }
        if !written.isEmpty || record.hasChanged(Build.lockName) {
            // Where times are told in ticks, what was just written would not show that it is written again at once.
            let isExact = (written + [Build.lockName]).allSatisfy { path in
                files[path].map { record.isExact($0.device) } ?? record.isExact(path)
            }
            if !isExact { DiskStatus.waitForNextTime() }
            let isLock = record.lookAgain(at: Build.lockName).map { isStill(Build.lockName, $0) } ?? false
            guard record.listAgain(), isLock || holdsLock() else { return }
        }
        let written = Set(written.map { Key($0) })
        var folders = [folder("")]
        var known: Set<Key> = [""]
        var new: [BuiltOutput] = []
        for output in build.outputs {
            let isNew = written.contains(Key(output.path))
            let status = record.look(atOutput: output.path, isNew: isNew)
            if isNew, !isStill(output.path, status) { new.append(output) }
            let folder = FilePath(output.path).removingLastComponent().string
            if known.insert(Key(folder)).inserted { folders.append(self.folder(folder)) }
        }
        // After the looks: what changes from then on shows.
        let fresh = new
        guard Cores.map(fresh.count, run: 8, { holds(fresh[$0]) }).allSatisfy(\.self) else { return }
        write(build, folders: folders)
    }

    /// How a folder of outputs stands. Where a change would not be sure to show, or is due, that is how none ever does.
    private func folder(_ path: String) -> Stamps.Folder {
        let place = disk.realPath(of: path) ?? ""
        let moment = DiskStatus.now
        let status = DiskStatus(of: place, in: record.folder)
        let isSettled =
            status.isThere && status.showsChanges(after: moment, isExact: record.isExact(status))
            && !Stamps.hasTemporaries(place)
        return Stamps.Folder(path: path, place: place, status: isSettled ? status : .never)
    }

    private func write(_ build: Build, folders: [Stamps.Folder]) {
        let looks = record.looks
        guard build.report.isSilent, looks.allSatisfy(\.isCertain) else { return }
        let bytes =
            former?.renewed(with: looks, folders)
            ?? Stamps.write(
                key: key, outputCount: build.outputCount, looks: looks, folders: folders,
                listings: isCheck ? [] : record.stampedListings,
                envs: isCheck ? [] : envsToCome?.value ?? build.stampedEnvs)
        file.write(bytes)
        // Where one env was compiled there is no time for others.
        if former == nil { file.removeOld() }
    }
}

/// What a build depends on besides the files that it asks for.
private struct BuildKey {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ text: String) { bytes += Array(text.utf8) + [0] }

    /// Field by field: to describe a value as text is far more work than all else here.
    mutating func add(_ status: DiskStatus) {
        let numbers = [
            Int64(status.mode), Int64(status.owner), Int64(bitPattern: status.device),
            Int64(bitPattern: status.inode), status.size, status.modified, status.changed,
        ]
        add(numbers.map(String.init).joined(separator: " "))
    }

    mutating func add(_ request: BuildRequest) {
        let flags = [request.allowsOutside, request.allowsShrinking, request.isPruning, request.isCheck]
        add("\(request.depth) \(request.issuedAt.map { String($0) } ?? "")")
        add(flags.map { $0 ? "1" : "0" }.joined())
    }

    /// What may open secrets, by name.
    ///
    /// Of variables that hold a key or a command it only counts whether they are set. With the same files nothing has to be opened.
    mutating func add(_ identities: Identities?, _ environment: (String) -> String?) {
        guard let identities else { return add("opens nothing") }
        let files = identities.files + [identities.passphraseFile ?? ""]
        let named = ["HOME", "XDG_CONFIG_HOME", "SOPS_AGE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_FILE"].map {
            environment($0) ?? ""
        }
        for path in files + ["with"] + named { add(path) }
        for name in ["SOPS_AGE_KEY", "SOPS_AGE_KEY_CMD"] { add((environment(name) ?? "").isEmpty ? "without" : name) }
        if (files + named).contains(where: { !$0.isEmpty && !$0.hasPrefix("/") }) {
            add(DiskFiles(root: ".").location ?? "")
        }
    }
}
