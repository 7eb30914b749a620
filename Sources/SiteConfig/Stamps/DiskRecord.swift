internal import Secrets
internal import SiteModel
internal import Synchronization
internal import SystemPackage

/// What was asked of the disk, each path with what the system said of it *before* it was looked at.
///
/// So a path whose status is still the same holds what was read: a change after the look gives it another time. That is certain
/// only if the time it had was past already (git calls the others racy), so the record says whether all were.
final class DiskRecord: Sendable {
    /// One path.
    struct Look: Sendable {
        /// From the site's folder, or absolute.
        let path: String
        let status: DiskStatus
        /// What a symbolic link leads to; nil for anything else.
        let end: (status: DiskStatus, path: String)?
        /// Whether a later change is sure to show.
        let isCertain: Bool
    }

    private struct Account {
        var looks: [Look] = []
        var places: [Key: Int] = [:]
        /// The names in the folders that were listed.
        var listings: [(folder: String, names: [String])] = []
    }

    private let files: DiskFiles
    /// The site's folder.
    let folder: FileDescriptor
    private let start = DiskStatus.now
    private let account = Mutex(Account())
    /// Those of the last build, where they are trusted.
    private let former = Mutex<Stamps?>(nil)
    /// The devices that give a change which follows a look another time (`TimeTrial`).
    private let exact = Mutex<Set<UInt64>>([])

    /// Nil if the folder cannot be looked into.
    init?(_ files: DiskFiles, at location: String) {
        guard let folder = try? FileDescriptor.open(FilePath(location), .readOnly, options: [.closeOnExec, .directory])
        else { return nil }
        self.files = files
        self.folder = folder
    }

    deinit { try? folder.close() }

    var looks: [Look] { account.withLock { $0.looks } }

    // MARK: Looking

    /// Notes how a path stands, the first time that it is asked for.
    func look(at path: String) {
        let key = Key(path)
        guard account.withLock({ $0.places[key] == nil }) else { return }
        // Outside of the lock: other threads look elsewhere meanwhile. Of two looks at one path the first to be noted counts, and
        // each came before what its thread read.
        keep(newLook(at: path), key)
    }

    private func keep(_ look: Look, _ key: Key) {
        account.withLock { account in
            guard account.places[key] == nil else { return }
            account.places[key] = account.looks.count
            account.looks.append(look)
        }
    }

    /// A look at a file that is about to be opened: the moment before.
    struct BegunLook {
        fileprivate let moment: Int64
    }

    func beginLook() -> BegunLook { BegunLook(moment: DiskStatus.now) }

    /// Notes how a file stands that was found at a path, and is no link, the first time that it is asked for.
    func keep(_ begun: BegunLook, of path: String, _ status: DiskStatus) {
        let isCertain = status.showsChanges(after: begun.moment, isExact: isExact(status))
        keep(Look(path: path, status: status, end: nil, isCertain: isCertain), Key(path))
    }

    /// Notes a path that need not be the site's.
    func look(anywhere path: String) {
        look(at: path.hasPrefix("/") ? path : "\(DiskFiles(root: ".").location ?? "")/\(path)")
    }

    /// Takes what stamps say of folders for what these hold, where they stand as they did.
    func trust(_ stamps: Stamps?) { former.withLock { $0 = stamps } }

    /// The names in a folder, looked at already, if stamps tell.
    func knownNames(in folder: String) -> [String]? {
        guard let stamps = former.withLock(\.self), let status = status(of: folder) else { return nil }
        return stamps.names(of: folder, standing: status)
    }

    /// Notes what a folder was found to hold.
    func keep(_ names: [String], of folder: String) {
        account.withLock { $0.listings.append((folder, names)) }
    }

    /// Notes how a file stands whose content was known at some moment since this record was begun.
    ///
    /// - Parameter isNew: whether its content is looked at after this; else it must be older than the record.
    /// - Returns: how it stands.
    func look(atOutput path: String, isNew: Bool) -> DiskStatus {
        account.withLock { account in
            let look = newLook(at: path, before: isNew ? nil : start)
            account.looks.append(look)
            return look.status
        }
    }

    private func newLook(at path: String, before limit: Int64? = nil) -> Look {
        let moment = limit ?? DiskStatus.now
        let path = path.isEmpty ? "." : path
        let status = DiskStatus(of: path, in: folder)
        // What has to be older than this look is not certain for being looked at.
        func isCertain(_ status: DiskStatus) -> Bool {
            status.showsChanges(after: moment, isExact: limit == nil && isExact(status))
        }
        guard status.isLink else { return Look(path: path, status: status, end: nil, isCertain: isCertain(status)) }
        let end = DiskStatus(of: path, in: folder, isFollowed: true)
        let place = files.realPath(of: path)
        return Look(
            path: path, status: status, end: (end, place ?? ""), isCertain: isCertain(status) && isCertain(end))
    }

    /// Takes times for exact on these devices from here on (`TimeTrial`).
    func trustTimes(on devices: Set<UInt64>) { exact.withLock { $0.formUnion(devices) } }

    /// Whether a later change of what has that status shows, however soon it comes.
    func isExact(_ status: DiskStatus) -> Bool { status.isThere && isExact(status.device) }

    /// The same of all that lies on a device.
    func isExact(_ device: UInt64) -> Bool { exact.withLock { $0.contains(device) } }

    /// The same of what stands at a path.
    func isExact(_ path: String) -> Bool { isExact(DiskStatus(of: path, in: folder)) }

    // MARK: After files were written

    /// Whether a path stands otherwise than it was found.
    func hasChanged(_ path: String) -> Bool {
        account.withLock { account in
            guard let index = account.places[Key(path)] else { return true }
            return account.looks[index].status != newLook(at: path).status
        }
    }

    /// Notes again how a path stands that this process has changed: its content is looked at after this.
    ///
    /// - Returns: that; nil if it was never asked for.
    @discardableResult
    func lookAgain(at path: String) -> DiskStatus? {
        account.withLock { account in
            guard let index = account.places[Key(path)] else { return nil }
            account.looks[index] = newLook(at: path)
            return account.looks[index].status
        }
    }

    /// Notes again how the listed folders stand that this process has written into.
    ///
    /// - Returns: whether what they hold now means the same to a site.
    func listAgain() -> Bool {
        let listings = account.withLock { $0.listings }
        let changed = Set(listings.map(\.folder)).filter { hasChanged($0) }
        for folder in changed.sorted() {
            lookAgain(at: folder)
            guard let names = try? files.names(in: folder) else { return false }
            let meaning = Self.meaning(of: names, in: folder)
            let former = listings.filter { $0.folder == folder }
            guard former.allSatisfy({ Self.meaning(of: $0.names, in: folder) == meaning }) else { return false }
            keep(names, of: folder)
        }
        return true
    }

    /// The folders that were listed, each once.
    var stampedListings: [Stamps.Listing] {
        listings.map { folder, names in
            Stamps.Listing(
                folder: folder, status: status(of: folder) ?? .never, meaning: Self.digest(of: names, in: folder),
                names: names)
        }
    }

    /// How a path was found; nil if it was not looked at.
    private func status(of path: String) -> DiskStatus? {
        account.withLock { account in account.places[Key(path)].map { account.looks[$0].status } }
    }

    /// The same of one folder; nil if it was not listed.
    func meaning(of folder: String) -> String? {
        listings.first { $0.folder.isSame(as: folder) }.map { Self.digest(of: $0.names, in: $0.folder) }
    }

    /// The folders that were listed, each as it was the last time.
    private var listings: [(folder: String, names: [String])] {
        var seen: Set<Key> = []
        return account.withLock { $0.listings }.reversed().filter { seen.insert(Key($0.folder)).inserted }
    }

    private static func digest(of names: [String], in folder: String) -> String {
        FileDigest.text(of: Array(meaning(of: names, in: folder).joined(separator: "/").utf8).span)
    }

    /// What names say to a site: its own files; in a folder that is none of a site's, all of them.
    private static func meaning(of names: [String], in folder: String) -> [String] {
        guard folder.isEmpty || Catalogue.folders.contains(folder) else { return names.inByteOrder }
        var catalogue = Catalogue()
        catalogue.add(folder: folder, names: names)
        let rivals = EntityKind.allCases.flatMap { catalogue.all($0).compactMap(\.rival) }
        return catalogue.paths + rivals + catalogue.rivals.map(\.rival) + catalogue.misnamed
    }
}
