/// Which entities exist, from the directory listings alone: no file is opened for it.
///
/// Names are looked up here and never joined into a path, so `../x` finds nothing.
package struct Catalogue: Sendable {
    /// A file of a site.
    package struct Place: Sendable {
        package let id: EntityID
        /// Relative to the site.
        package let path: String
        /// Another file of the same stem (`.yaml` and `.yml`): an error when the entity is used.
        package let rival: String?
    }

    private var places: [Key: [Key: Place]] = [:]
    /// Every file of a kind, by name, then by the order of the folders.
    private var listed: [EntityKind: [Place]] = [:]

    /// The files beside `site.yaml` that may hold the secrets. What they are is told by their content.
    package private(set) var secretFiles: [String] = []
    package internal(set) var siteFile: String?
    /// The file that records which numbers of pools were given out.
    package private(set) var allocationsFile: String?
    /// The file that says what `resolve build` writes.
    package private(set) var outputsFile: String?
    /// Pairs of files beside each other that have one name, of the single files.
    package private(set) var rivals: [(path: String, rival: String)] = []
    /// Files that would be read but for their names, which are none.
    package private(set) var misnamed: [String] = []

    package init() {}

    /// A site of those files, relative to it.
    package init(paths: [String]) {
        for folder in [""] + Self.folders {
            let prefix = folder.isEmpty ? "" : folder + "/"
            let files = paths.compactMap { $0.behind(prefix) }.filter { !$0.hasSlash }
            if folder.isEmpty || !files.isEmpty { add(folder: folder, names: files) }
        }
    }

    /// Records what a folder holds; `""` is the site itself. `names` are file names, in any order.
    package mutating func add(folder: String, names: [String]) {
        let names = names.inByteOrder
        if folder.isEmpty {
            siteFile = choose("site", names)
            allocationsFile = choose("allocations", names)
            outputsFile = choose("resolve", names)
            secretFiles =
                (choose("secrets", names).map { [$0] } ?? [])
                + Self.encryptedSecrets.filter(names.contains)
            return
        }
        let folder = Key(folder)
        for kind in EntityKind.allCases where kind.folders.contains(folder) {
            let found = collect(kind, folder, names)
            places[folder] = found.places
            listed[kind] = merge(found.listed, of: folder, into: listed[kind] ?? [], kind)
        }
    }

    /// The names of files with the site's secrets, beside `secrets.yaml`.
    package static let encryptedSecrets = ["secrets.yaml.enc", "secrets.enc.yaml", "secrets.yaml.age"]

    private mutating func choose(_ stem: String, _ names: [String]) -> String? {
        let found = [".yaml", ".yml"].map { stem + $0 }.filter(names.contains)
        if found.count == 2 { rivals.append((found[0], found[1])) }
        return found.first
    }

    /// Puts the files of a folder among those of others, by name, then by the order of the folders.
    private func merge(_ found: [Place], of folder: Key, into others: [Place], _ kind: EntityKind) -> [Place] {
        let all = others.filter { $0.id.folder != folder } + found
        func precedes(_ left: Place, _ right: Place) -> Bool {
            guard left.id.name == right.id.name else { return left.id.name < right.id.name }
            guard left.id.folder != right.id.folder else { return false }
            return kind.folders.firstIndex(of: left.id.folder) ?? 0 < kind.folders.firstIndex(of: right.id.folder) ?? 0
        }
        // Names without their endings are mostly in the order that they have with them.
        let isSorted = !zip(all, all.dropFirst()).contains { precedes($1, $0) }
        return isSorted ? all : all.sorted(by: precedes)
    }

    /// The files of a folder by their names, and in an order.
    private mutating func collect(
        _ kind: EntityKind, _ folder: Key, _ names: [String]
    ) -> (places: [Key: Place], listed: [Place]) {
        var places: [Key: Place] = [:]
        var listed: [Place] = []
        var hasRivals = false
        places.reserveCapacity(names.count)
        listed.reserveCapacity(names.count)
        let (start, endings) = (folder.text + "/", kind.endings)
        for name in names {
            let letters = name.utf8.span
            guard let ending = endings.first(where: { letters.ends(with: $0.utf8.span) }) else {
                if kind == .hostGroup, !Self.isIgnored(name), name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                    misnamed.append(start + name)
                }
                continue
            }
            let count = letters.count - ending.utf8.count
            guard Self.isName(letters.extracting(first: count)) else {
                if !Self.isIgnored(name), !name.dropLast(ending.count).hasSuffix(".example") {
                    misnamed.append(start + name)
                }
                continue
            }
            let stem = Key(short: letters.extracting(first: count)) ?? Key(String(name.dropLast(ending.count)))
            let id = EntityID(kind, folder: folder, stem)
            let place = Place(id: id, path: start + name, rival: nil)
            if let first = places.updateValue(place, forKey: stem) {
                places[stem] = Place(id: id, path: first.path, rival: place.path)
                hasRivals = true
            } else {
                listed.append(place)
            }
        }
        return (places, hasRivals ? listed.compactMap { places[$0.id.name] } : listed)
    }

    /// Dot names, `_*`, `TEMPLATE*` and `*.example` are left alone on purpose.
    package static func isIgnored(_ name: String) -> Bool {
        [".", "_", "TEMPLATE"].contains(where: name.hasPrefix) || name.hasSuffix(".example")
    }

    /// `[A-Za-z0-9][A-Za-z0-9._@-]*`, and not `TEMPLATE*` or `*.example`, which are ignored.
    package static func isName(_ text: String) -> Bool { isName(text.utf8.span) }

    /// The same of the text's UTF-8.
    package static func isName(_ letters: Swift.Span<UInt8>) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
        }
        guard !letters.isEmpty, isAlphanumeric(letters[0]) else { return false }
        for index in letters.indices where !isAlphanumeric(letters[index]) {
            switch letters[index] {
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "-"): break
            default: return false
            }
        }
        let last = letters.count - 1
        if letters[0] == UInt8(ascii: "T"), letters.extracting(first: 8).ends(with: "TEMPLATE".utf8.span) {
            return false
        }
        return letters[last] != UInt8(ascii: "e") || !letters.ends(with: ".example".utf8.span)
    }

    /// The file that `name` means, by the order of the folders.
    package func place(_ name: Key, _ order: SearchOrder) -> Place? {
        for folder in order.folders {
            guard let places = places[folder] else { continue }
            for spelling in order.spellings(of: name, in: folder) {
                if let place = places[spelling] { return place }
            }
        }
        return nil
    }

    /// Whether a name means a file.
    package func contains(_ name: Key, _ order: SearchOrder) -> Bool {
        for folder in order.folders {
            guard let places = places[folder] else { continue }
            if places.index(forKey: name) != nil { return true }
            if order.respells, order.spellings(of: name, in: folder).contains(where: { places[$0] != nil }) {
                return true
            }
        }
        return false
    }

    package func place(_ id: EntityID) -> Place? { places[id.folder]?[id.name] }

    /// The files of that name that a search passes over, because an earlier folder has one.
    package func shadowed(_ name: Key, _ order: SearchOrder) -> [Place] {
        Array(order.folders.compactMap { places[$0]?[name] }.dropFirst())
    }

    /// Every folder that a site may have.
    package static let folders: [String] = {
        var folders: [String] = []
        for kind in EntityKind.allCases {
            for folder in kind.folders where !folders.contains(folder.text) { folders.append(folder.text) }
        }
        return folders
    }()

    /// Every file of a kind, by name, then by the order of the folders.
    package func all(_ kind: EntityKind) -> [Place] { listed[kind] ?? [] }

    /// How many files there are in the folders of the site.
    package var count: Int { EntityKind.allCases.reduce(0) { $0 + all($1).count } }

    /// Every file that a compile may read, relative to the site.
    package var paths: [String] {
        [siteFile, allocationsFile, outputsFile].compactMap(\.self) + secretFiles
            + EntityKind.allCases.flatMap { all($0).map(\.path) }
    }

    /// The names of a kind, each once, sorted by their bytes.
    package func names(_ kind: EntityKind) -> [String] {
        var names: [Key] = []
        for place in all(kind) where names.last != place.id.name { names.append(place.id.name) }
        return names.map(\.text)
    }

    /// The one name of a kind; nil if there are more, or none.
    package func onlyName(_ kind: EntityKind) -> String? {
        guard let first = all(kind).first, all(kind).last?.id.name == first.id.name else { return nil }
        return first.id.name.text
    }

    /// Whether the site has that folder.
    package func hasFolder(_ folder: Key) -> Bool { places[folder] != nil }
}

extension Swift.Span<UInt8> {
    /// Whether these are the last letters.
    fileprivate func ends(with ending: Swift.Span<UInt8>) -> Bool {
        guard count >= ending.count else { return false }
        let start = count - ending.count
        for index in ending.indices where self[start + index] != ending[index] { return false }
        return true
    }
}
