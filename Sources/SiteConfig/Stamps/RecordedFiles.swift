/// A site on disk, with account kept of all that is asked of it.
struct RecordedFiles: SiteFiles {
    let base: DiskFiles
    let record: DiskRecord

    var location: String? { base.location }

    func size(of path: String) -> Int? { base.size(of: path) }

    func destination(of path: String) -> String? {
        record.look(at: path)
        return base.destination(of: path)
    }

    func names(in folder: String) throws(FileError) -> [String] {
        record.look(at: folder)
        let known = record.knownNames(in: folder)
        let names = if let known { known } else { try base.names(in: folder) }
        record.keep(names, of: folder)
        return names
    }

    func read(_ path: String, piece: Range<Int>) throws(FileError) -> [UInt8] {
        record.look(at: path)
        return try base.read(path, piece: piece)
    }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        record.look(at: path)
        return try base.read(path, limit: limit)
    }

    func readTelling(_ path: String, limit: Int) throws(FileError) -> (bytes: [UInt8], destination: String?) {
        // Who has opened a file need not look at its path as well.
        let look = record.beginLook()
        if let bytes = base.readUnlinked(path, limit: limit, noting: { record.keep(look, of: path, $0) }) {
            return (bytes, nil)
        }
        record.look(at: path)
        return try base.readTelling(path, limit: limit)
    }
}
