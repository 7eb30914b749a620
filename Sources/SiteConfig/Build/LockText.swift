internal import Diagnostics
internal import SiteModel

// The text of `.resolve.lock`: JSON in one form only. What a build wrote is read here without a tree, for it is long; a text in
// any other form, as a merge may leave one, is for the reader of YAML (`BuildLock.read`), which knows what to say of it.

extension BuildLock {
    /// The file's text: JSON with two spaces, a final newline.
    var bytes: [UInt8] { Array(text.pieces.joined()) }

    /// The file's text in pieces, most of which are there: `Entry.text` of each entry; and where in the file these stand.
    var text: (pieces: [[UInt8]], places: [Range<Int>]) {
        var text = LockWriter(capacity: 1024)
        var pieces: [[UInt8]] = []
        var places: [Range<Int>] = []
        var count = 0
        func take(_ piece: [UInt8]) {
            pieces.append(piece)
            count += piece.count
        }
        text.open("{")
        text.item("version") { $0.add("\(Self.version)") }
        text.item("outputs") { text in
            text.map(entries) { text, entry in
                text.item(entry.path) { text in
                    take(text.take())
                    places.append(count..<(count + entry.text.count))
                    take(entry.text)
                }
            }
        }
        if !minions.isEmpty {
            text.item("minions") { text in
                text.map(minions) { text, minion in text.item(minion.id) { $0.add(quoted: minion.place) } }
            }
        }
        text.close("}")
        text.add("\n")
        take(text.take())
        return (pieces, places)
    }

    /// What a text says that a build wrote; nil for any other.
    ///
    /// - Parameter known: accounts that may stand in it word for word, by their paths: those are not read, only compared.
    init?(asWritten bytes: [UInt8], known: (String) -> Entry? = { _ in nil }) {
        guard (try? UTF8Span(validating: bytes.span)) != nil else { return nil }
        var text = LockReader(bytes)
        guard text.take("{\n  \"version\": \(Self.version),\n  \"outputs\": ") else { return nil }
        guard let entries = text.map(depth: 1, { $0.entry(of: $1, known($1)) }) else { return nil }
        var minions: [(id: String, place: String)] = []
        if text.take(",\n  \"minions\": ") {
            guard let found = text.map(depth: 1, { text, id in text.string().map { (id: id, place: $0) } }) else {
                return nil
            }
            minions = found
        }
        guard text.take("\n}\n"), text.isAtEnd else { return nil }
        self.init(entries: entries, minions: minions)
    }
}

extension BuildLock.Entry {
    /// What was written of one output; nil for any other text.
    init?(asWritten bytes: ArraySlice<UInt8>, of path: String) {
        var text = LockReader(Array(bytes))
        guard let entry = text.entry(of: path, nil), text.isAtEnd else { return nil }
        self = entry
    }

    /// The secrets of an account that was written; nil where one needed an escape.
    static func secrets(asWritten text: [UInt8]) -> [(pointer: String, secret: SecretRef)]? {
        var text = LockReader(text)
        return text.secrets()
    }

    /// Where in the text its digest begins.
    var digestPlace: Int { LockWriter.head(command: command, digest: digest).count - digest.utf8.count - 1 }

    /// The texts of a list in an account that was written.
    static func texts(asWritten list: ArraySlice<UInt8>) -> [String] {
        var text = LockReader(Array(list))
        return text.list(depth: 3) ?? []
    }

    /// Whether two accounts differ in nothing but the digest of what was written.
    func isLike(_ other: BuildLock.Entry) -> Bool {
        guard path.isSame(as: other.path), command.isSame(as: other.command),
            digest.utf8.count == other.digest.utf8.count, text.count == other.text.count
        else { return false }
        let head = LockWriter.head(command: command, digest: digest).count
        let otherHead = LockWriter.head(command: other.command, digest: other.digest)
        return other.text.starts(with: otherHead) && text[head...].elementsEqual(other.text[head...])
    }
}

/// Writes it, piece by piece.
struct LockWriter: ~Copyable {
    fileprivate var bytes: ByteWriter
    private var depth = 0
    private var isFirst = true

    init(capacity: Int) { bytes = ByteWriter(capacity: capacity) }

    mutating func add(_ text: String) { bytes.append(text) }

    mutating func add(quoted text: String) { bytes.append(quoted: text) }

    mutating func add(secret: SecretRef) { bytes.appendQuoted { secret.append(inLockTo: &$0) } }

    /// What was written so far, which is then behind it.
    mutating func take() -> [UInt8] {
        let written = bytes.array
        bytes.removeAll()
        return written
    }

    mutating func open(_ bracket: String) {
        add(bracket)
        depth += 1
        isFirst = true
    }

    mutating func close(_ bracket: String) {
        depth -= 1
        if !isFirst { newLine() }
        add(bracket)
        isFirst = false
    }

    mutating func item(_ write: (inout LockWriter) -> Void) {
        if !isFirst { add(",") }
        newLine()
        isFirst = false
        write(&self)
        isFirst = false
    }

    mutating func item(_ key: String, _ write: (inout LockWriter) -> Void) {
        item { text in
            text.add(quoted: key)
            text.add(": ")
            write(&text)
        }
    }

    mutating func map<Item>(_ items: [Item], _ write: (inout LockWriter, Item) -> Void) {
        open("{")
        for item in items { write(&self, item) }
        close("}")
    }

    mutating func list(_ items: [String]) {
        open("[")
        for (place, text) in items.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            newLine()
            add(quoted: text)
        }
        isFirst = items.isEmpty
        close("]")
    }

    /// What stands behind an output's path, and where in it the list of its machines.
    static func text(
        command: String, digest: String, isRedacted: Bool, inputs: [String],
        secrets: [(pointer: String, secret: SecretRef)], vms: [String], count: Int?
    ) -> (text: [UInt8], vms: Range<Int>) {
        var text = LockWriter(
            command: command, digest: digest, capacity: 512 + 32 * (inputs.count + vms.count) + 96 * secrets.count)
        text.item("redacted") { $0.add(isRedacted ? "true" : "false") }
        text.item("inputs") { $0.list(inputs) }
        text.item("secrets") { text in
            text.map(secrets) { text, place in text.item(place.pointer) { $0.add(secret: place.secret) } }
        }
        var list = 0..<0
        if !vms.isEmpty {
            text.item("vms") { text in
                let start = text.bytes.count
                text.list(vms)
                list = start..<text.bytes.count
            }
        }
        if let count { text.item("count") { $0.add(String(count)) } }
        text.close("}")
        return (text.bytes.array, list)
    }

    /// What it begins with.
    static func head(command: String, digest: String) -> [UInt8] {
        LockWriter(command: command, digest: digest, capacity: 512).bytes.array
    }

    private init(command: String, digest: String, capacity: Int) {
        self.init(capacity: capacity)
        depth = 2
        open("{")
        item("command") { $0.add(quoted: command) }
        item("sha256") { $0.add(quoted: digest) }
    }

    private mutating func newLine() {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(UInt8(ascii: " "), times: 2 * depth)
    }
}

/// Takes what `LockWriter` writes, piece by piece; what does not match is not taken.
private struct LockReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    mutating func take(_ text: String) -> Bool {
        let letters = text.utf8
        guard bytes.count - place >= letters.count else { return false }
        var index = place
        for letter in letters {
            if bytes[index] != letter { return false }
            index += 1
        }
        place = index
        return true
    }

    private mutating func take(_ text: [UInt8]) -> Bool {
        guard bytes.count - place >= text.count else { return false }
        let end = place + text.count
        guard bytes.span.extracting(place..<end).isSame(as: text.span) else { return false }
        place = end
        return true
    }

    /// A text in quotes that needed no escape.
    mutating func string() -> String? { text().flatMap { String(validating: bytes[$0], as: UTF8.self) } }

    /// Where such a text stands.
    private mutating func text() -> Range<Int>? {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
        var end = place + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            if bytes[end] == UInt8(ascii: "\\") || bytes[end] < 0x20 { return nil }
            end += 1
        }
        guard end < bytes.count else { return nil }
        defer { place = end + 1 }
        return place + 1..<end
    }

    private mutating func line(depth: Int) -> Bool {
        guard bytes.count - place > 2 * depth, bytes[place] == UInt8(ascii: "\n") else { return false }
        for index in (place + 1)...(place + 2 * depth) where bytes[index] != UInt8(ascii: " ") { return false }
        place += 2 * depth + 1
        return true
    }

    /// The entries of a map; nil where it has another form, or a key twice.
    mutating func map<Item>(depth: Int, _ read: (inout LockReader, String) -> Item?) -> [Item]? {
        var items: [Item] = []
        guard take("{") else { return nil }
        if take("}") { return items }
        var keys: Set<[UInt8]> = []
        repeat {
            guard line(depth: depth + 1), let key = string(), keys.insert(Array(key.utf8)).inserted, take(": "),
                let item = read(&self, key)
            else { return nil }
            items.append(item)
        } while take(",")
        return line(depth: depth) && take("}") ? items : nil
    }

    mutating func list(depth: Int) -> [String]? {
        var items: [String] = []
        guard take("[") else { return nil }
        if take("]") { return items }
        repeat {
            guard line(depth: depth + 1), let item = string() else { return nil }
            items.append(item)
        } while take(",")
        return line(depth: depth) && take("]") ? items : nil
    }

    /// Passes over a list of texts; false where it has another form.
    private mutating func passOver(list depth: Int) -> Bool {
        guard take("[") else { return false }
        if take("]") { return true }
        repeat {
            guard line(depth: depth + 1), text() != nil else { return false }
        } while take(",")
        return line(depth: depth) && take("]")
    }

    private mutating func number() -> Int? {
        let digits = bytes[place...].prefix { (0x30...0x39).contains($0) }
        guard let first = digits.first, digits.count < 10, first != 0x30 || digits.count == 1 else { return nil }
        place += digits.count
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Passes over a map of texts; nil where it has another form, or perhaps a key twice.
    ///
    /// - Returns: how many there are.
    private mutating func countOfTexts(depth: Int) -> Int? {
        guard take("{") else { return nil }
        if take("}") { return 0 }
        var keys = HashedPlaces(capacity: 0)
        var hashes: [UInt64] = []
        repeat {
            guard line(depth: depth + 1), let key = text() else { return nil }
            let hash = HashedPlaces.hash(bytes.span.extracting(key))
            guard keys.place(hash, where: { hashes[$0] == hash }) == nil, take(": "), let secret = text(),
                SecretRef.isMarked(bytes[secret])
            else { return nil }
            hashes.append(hash)
            keys.append { hashes[$0] }
        } while take(",")
        return line(depth: depth) && take("}") ? hashes.count : nil
    }

    /// The secrets of an entry.
    mutating func secrets() -> [(pointer: String, secret: SecretRef)]? {
        guard take("{\n      \"command\": "), text() != nil, take(",\n      \"sha256\": "), text() != nil,
            take(",\n      \"redacted\": "), take("true") || take("false"), take(",\n      \"inputs\": "),
            passOver(list: 3), take(",\n      \"secrets\": ")
        else { return nil }
        return map(depth: 3) { text, pointer in
            text.string().flatMap { SecretRef(inLock: $0) }.map { (pointer: pointer, secret: $0) }
        }
    }

    /// The account of an output.
    ///
    /// - Parameter known: what it may be, word for word: no account that is whole begins another.
    mutating func entry(of path: String, _ known: BuildLock.Entry?) -> BuildLock.Entry? {
        if let known, take(known.text) { return known }
        let start = place
        guard take("{\n      \"command\": "), let command = string(), take(",\n      \"sha256\": "),
            let digest = string(),
            take(",\n      \"redacted\": ")
        else { return nil }
        let isRedacted = take("true")
        guard isRedacted || take("false"), take(",\n      \"inputs\": "), passOver(list: 3),
            take(",\n      \"secrets\": "), let secretCount = countOfTexts(depth: 3)
        else { return nil }
        var vms = 0..<0
        if take(",\n      \"vms\": ") {
            let first = place
            guard passOver(list: 3), place > first + 2 else { return nil }
            vms = (first - start)..<(place - start)
        }
        var count: Int?
        if take(",\n      \"count\": ") {
            guard let number = number() else { return nil }
            count = number
        }
        guard take("\n    }") else { return nil }
        return BuildLock.Entry(
            path: path, command: command, digest: digest, isRedacted: isRedacted, hasSecrets: secretCount > 0,
            vmsAt: vms, count: count, text: Array(bytes[start..<place]))
    }
}
