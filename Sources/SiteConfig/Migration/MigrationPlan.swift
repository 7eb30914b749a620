internal import Diagnostics
internal import SiteModel

/// What is to become of the files of a site, and what is to be said of it.
struct MigrationPlan {
    /// Where files go, by where they are.
    var moves: [String: String] = [:]
    /// Small changes, by file.
    var edits: [String: [Edit]] = [:]
    /// Texts written anew, by file.
    var texts: [String: [UInt8]] = [:]
    /// Files that go, since another says the same.
    var dropped: Set<String> = []
    var remarks: [Diagnostic] = []

    /// Notes an edit; what several references share is edited once.
    mutating func edit(_ path: String, _ edit: Edit) {
        if edits[path]?.contains(edit) != true { edits[path, default: []].append(edit) }
    }

    /// What changes, in an order in which it can be done step by step. A file that ends as it was is none of it.
    func changes(of reading: SiteReading) -> [FileChange] {
        let paths = Set(moves.keys).union(edits.keys).union(texts.keys).union(dropped)
        // What others extend is written before them, and goes after them. Secrets are left alone, whatever was planned.
        let ordered = paths.filter { !Loader.holdsSecrets($0) }.sorted {
            (reading.familySize(of: $0), Key($0)) < (reading.familySize(of: $1), Key($1))
        }
        let changes = changes(ordered, of: reading)
        let isNew: (FileChange) -> Bool = { $0.newPath != nil && $0.newPath != $0.oldPath }
        return changes.filter(isNew) + changes.filter { $0.newPath == $0.oldPath }
            + changes.filter { $0.newPath == nil }.reversed()
    }

    private func changes(_ paths: [String], of reading: SiteReading) -> [FileChange] {
        paths.compactMap { path in
            let old = reading.bytes(of: path)
            if dropped.contains(path) {
                return FileChange(oldPath: path, newPath: nil, oldBytes: old, newBytes: [])
            }
            let new = texts[path] ?? reading.aligned(edits[path] ?? [], path).applied(to: old)
            let newPath = moves[path] ?? path
            guard newPath != path || new != old else { return nil }
            return FileChange(oldPath: path, newPath: newPath, oldBytes: old, newBytes: new)
        }
    }
}

extension SiteReading {
    /// Moves what the rules of each kind move, and edits what names it.
    func plan() -> MigrationPlan {
        var plan = MigrationPlan()
        planMoves(&plan)
        planPostures(&plan)
        planUpgrades(&plan)
        planFormerNames(&plan)
        let isChange = !plan.changes(of: self).isEmpty
        if isChange { plan.remarks += leftovers() }
        return plan
    }
}
