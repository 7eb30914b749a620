/// Which files under `secrets/components` and `secrets/hosts` belong to which entity, from the listings alone (DESIGN §1).
package struct SecretLayerFiles: Sendable {
    /// The kinds that have secrets of their own, and where.
    package static let folders: [(kind: EntityKind, folder: String)] = [
        (.component, "secrets/components"), (.hostGroup, "secrets/hosts"),
    ]

    private var files: [EntityID: [String]] = [:]
    /// Files whose names begin with that of no entity.
    package private(set) var ownerless: [(path: String, kind: EntityKind)] = []

    package init() {}

    /// Records what such a folder holds; `names` in any order.
    package mutating func add(_ names: [String], _ kind: EntityKind, in folder: String, of catalogue: Catalogue) {
        for name in names.inByteOrder where !Catalogue.isIgnored(name) {
            let path = "\(folder)/\(name)"
            if let owner = Self.owner(of: name, kind, catalogue) {
                files[owner, default: []].append(path)
            } else {
                ownerless.append((path, kind))
            }
        }
    }

    /// The entity of the longest name that the file's begins with, a dot behind it.
    package static func owner(of name: String, _ kind: EntityKind, _ catalogue: Catalogue) -> EntityID? {
        var stem = Substring(name)
        while let dot = stem.lastIndex(of: ".") {
            stem = stem[..<dot]
            if let place = catalogue.place(Key(String(stem)), .kind(kind)) { return place.id }
        }
        return nil
    }

    /// The files of an entity, sorted: more than one is a mistake.
    package subscript(id: EntityID) -> [String] { files[id] ?? [] }

    /// Every entity that has a file, by the paths.
    package var owners: [EntityID] {
        files.sorted(byBytesOf: \.value[0]).map(\.key)
    }
}
