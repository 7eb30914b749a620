internal import Diagnostics

/// Which entities exist, from the directory listings alone: no file is opened for it.
///
/// Names are looked up here and never joined into a path, so `../x` finds nothing.
package struct Catalogue: Sendable {
    /// A file of a site. No text is kept of it, since most files of a large site are never asked for.
    package struct Place: Sendable, BitwiseCopyable {
        package let id: EntityID
        /// Which of its kind's endings it has.
        fileprivate let ending: UInt8
        fileprivate var hasRival = false

        /// Relative to the site.
        package var path: String { path(Int(ending)) }

        /// Another file of the same stem (`.yaml` and `.yml`): an error when the entity is used.
        package var rival: String? { hasRival ? path(Int(ending) + 1) : nil }

        private func path(_ ending: Int) -> String { "\(id.folder.text)/\(id.name.text)\(id.kind.endings[ending])" }
    }

    private var folders: [Key: Folder] = [:]
    /// Every file of a kind, by name, then by the order of the folders.
    private var listed: [EntityKind: [Place]] = [:]

    /// The files of a folder.
    private struct Folder {
        /// By name.
        let files: [Place]
        private let places: HashedPlaces

        init(_ files: [Place]) {
            self.files = files
            places = HashedPlaces(files.count) { files[$0].id.name.hash }
        }

        func place(named name: Key) -> Place? {
            places.place(name.hash) { files[$0].id.name == name }.map { files[$0] }
        }
    }

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
            folders[folder] = Folder(found)
            listed[kind] = merge(found, of: folder, into: listed[kind] ?? [], kind)
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
        let others = others.filter { $0.id.folder != folder }
        guard !others.isEmpty, !found.isEmpty else { return others + found }
        func place(of folder: Key) -> Int { kind.folders.firstIndex(of: folder) ?? 0 }
        return (others + found).sorted { left, right in
            guard left.id.name == right.id.name else { return left.id.name < right.id.name }
            return place(of: left.id.folder) < place(of: right.id.folder)
        }
    }

    /// The files of a folder, by name.
    private mutating func collect(_ kind: EntityKind, _ folder: Key, _ names: [String]) -> [Place] {
        var places: [Place] = []
        var misnamed: [String] = []
        places.reserveCapacity(names.count)
        let endings = kind.endings
        for name in names {
            let letters = name.utf8.span
            guard let ending = endings.firstIndex(where: { letters.ends(with: $0.utf8.span) }) else {
                if kind == .hostGroup, !Self.isIgnored(name), name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
                    misnamed.append(name)
                }
                continue
            }
            let count = letters.count - endings[ending].utf8.count
            guard Self.isName(letters.extracting(first: count)) else {
                if !Self.isIgnored(name), !name.dropLast(endings[ending].count).hasSuffix(".example") {
                    misnamed.append(name)
                }
                continue
            }
            let stem = Key(short: letters.extracting(first: count)) ?? Key(String(name.dropLast(endings[ending].count)))
            places.append(Place(id: EntityID(kind, folder: folder, stem), ending: UInt8(ending)))
        }
        self.misnamed += misnamed.inByteOrder.map { "\(folder.text)/\($0)" }
        return Self.sorted(places)
    }

    /// By name, each once: one that has a rival says so.
    private static func sorted(_ places: [Place]) -> [Place] {
        // The texts of long names are taken once each, and not for each comparison.
        let sorted =
            places.contains { $0.id.name.isLong }
            ? places.sorted(byBytesOf: \.id.name.text) : places.sorted { $0.id.name < $1.id.name }
        guard sorted.indices.dropFirst().contains(where: { sorted[$0].id.name == sorted[$0 - 1].id.name }) else {
            return sorted
        }
        var single: [Place] = []
        for place in sorted {
            guard let last = single.last, last.id.name == place.id.name else {
                single.append(place)
                continue
            }
            // A folder that is changed while it is listed may have a name twice.
            guard last.ending != place.ending else { continue }
            single[single.count - 1] = last.ending < place.ending ? last : place
            single[single.count - 1].hasRival = true
        }
        return single
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
            guard let files = folders[folder] else { continue }
            for spelling in order.spellings(of: name, in: folder) {
                if let place = files.place(named: spelling) { return place }
            }
        }
        return nil
    }

    /// Whether a name means a file.
    package func contains(_ name: Key, _ order: SearchOrder) -> Bool {
        for folder in order.folders {
            guard let files = folders[folder] else { continue }
            if files.place(named: name) != nil { return true }
            if order.respells, order.spellings(of: name, in: folder).contains(where: { files.place(named: $0) != nil })
            {
                return true
            }
        }
        return false
    }

    /// The file at a path from the site's folder.
    package func place(at path: String) -> Place? {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")),
            let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")), slash < dot
        else { return nil }
        let stem = Key(String(path[path.index(after: slash)..<dot]))
        return folders[Key(String(path[..<slash]))]?.place(named: stem).flatMap { $0.path.isSame(as: path) ? $0 : nil }
    }

    package func place(_ id: EntityID) -> Place? { folders[id.folder]?.place(named: id.name) }

    /// The files of that name that a search passes over, because an earlier folder has one.
    package func shadowed(_ name: Key, _ order: SearchOrder) -> [Place] {
        Array(order.folders.compactMap { folders[$0]?.place(named: name) }.dropFirst())
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
    package func hasFolder(_ folder: Key) -> Bool { folders[folder] != nil }
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
