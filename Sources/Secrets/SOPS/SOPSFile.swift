package import Diagnostics
internal import SecretMemory

/// A file that SOPS encrypted (as of 3.13): its keys are readable, its values sealed.
package struct SOPSFile: Sendable {
    package enum Format: String, Sendable {
        case yaml, json, binary, dotenv, ini
    }

    /// Steps of matching, about a second of them.
    private static let mostWork = 20_000_000

    package let format: Format
    let source: Source
    let metadata: Metadata
    /// Without the metadata.
    private let documents: [SOPSNode]
    private let comments: CommentIndex?

    /// Reads a file if it is a SOPS file, told by its content; nil if it is none.
    package static func read(_ source: Source) -> (file: SOPSFile?, diagnostics: [Diagnostic])? {
        guard let format = format(of: source) else { return nil }
        if let marker = source.conflictMarker { return (nil, [.conflict(at: marker)]) }
        let documents: [SOPSNode]
        var comments: CommentIndex?
        var diagnostics: [Diagnostic]
        switch format {
        case .yaml: (documents, comments, diagnostics) = YAMLStore.read(source)
        case .dotenv:
            let (document, found) = DotenvStore.read(source)
            (documents, diagnostics) = ([document], found)
        case .ini:
            let (document, found) = INIStore.read(source)
            (documents, diagnostics) = ([document], found)
        case .json, .binary:
            let (document, found) = JSONStore.read(source)
            (documents, diagnostics) = (document.map { [$0] } ?? [], found)
        }
        if !diagnostics.hasErrors, documents.allSatisfy({ $0["sops"] == nil }) { return nil }
        return make(source, format, documents, comments, diagnostics)
    }

    private static func make(
        _ source: Source, _ format: Format, _ documents: [SOPSNode], _ comments: CommentIndex?,
        _ found: [Diagnostic]
    ) -> (SOPSFile?, [Diagnostic]) {
        let blocks = documents.compactMap { $0["sops"] }
        guard !found.hasErrors, let first = blocks.first else { return (nil, found) }
        guard case .map = first.content else {
            return (nil, [.malformed("its sops section is no map", at: first.span)])
        }
        if let other = blocks.first(where: { !$0.says(first) }) { return (nil, [.pastedTogether(at: other.span)]) }
        let (metadata, problems) = Metadata.read(first)
        guard !problems.hasErrors else { return (nil, problems) }
        if metadata.groups.allSatisfy(\.isEmpty) {
            return (nil, [.noAgeRecipient(metadata.otherKeys, at: first.span)])
        }
        let contents = documents.map { $0.removing("sops") }
        // A rule that takes minutes is an attack, or a mistake.
        guard metadata.selection.cost(of: contents.reduce(0) { $0 + $1.letters }) <= mostWork else {
            return (nil, [.malformed("its regular expression takes too long for its keys", at: first.span)])
        }
        let isBinary =
            format == .json && contents.count == 1 && contents[0].entries?.count == 1
            && contents[0]["data"]?.string != nil
        let file = SOPSFile(
            format: isBinary ? .binary : format, source: source, metadata: metadata, documents: contents,
            comments: metadata.selection.looksAtComments ? comments : nil)
        return (file, file.valuesInClear)
    }

    /// The format by the file's content, never by its name; nil if nothing speaks for SOPS.
    private static func format(of source: Source) -> Format? {
        // Most files are none, and some of them are long.
        guard source.holds("sops", by: 2) else { return nil }
        let bytes = source.bytes
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        if text.drop(while: isSpace).first == UInt8(ascii: "{"), source.holds("\"sops\"") { return .json }
        var flat: Format?
        for line in text.split(separator: 0x0A) {
            if ["sops:", "\"sops\":", "'sops':", "sops :", "? sops"].contains(where: { line.starts(with: $0.utf8) }) {
                return .yaml
            }
            if flat == nil, line.starts(with: "sops_".utf8), line.contains(UInt8(ascii: "=")) { flat = .dotenv }
            if flat == nil, line.filter({ !isSpace($0) }).elementsEqual("[sops]".utf8) { flat = .ini }
        }
        return flat
    }

    /// Whether ciphertext stands in a file that is no SOPS file any more.
    static func holdsCiphertext(_ source: Source) -> Bool { source.holds("ENC[AES256_GCM,", by: 2) }

    // MARK: What is readable

    /// The recipients, group by group: any one of a group opens it, and `groupsNeeded` groups open the file.
    package var recipients: [[String]] { metadata.groups.map { $0.map(\.recipient) } }

    package var groupsNeeded: Int { metadata.threshold }

    package var isShared: Bool { metadata.groups.count > 1 }

    /// Key types besides age that could open it.
    package var otherKeys: [String] { metadata.otherKeys }

    /// The keys and the types of the values, document by document.
    package var outlines: [SecretNode] { documents.map { outline($0, Selection.State()) } }

    private func outline(_ node: SOPSNode, _ state: Selection.State) -> SecretNode {
        switch node.content {
        case .map(let entries):
            return SecretNode(
                .map(
                    entries.map { entry in
                        let state = self.state(of: entry, state)
                        return SecretNode.Entry(
                            key: entry.key, keySpan: entry.keySpan, value: outline(entry.value, state))
                    }), at: node.span)
        case .list(let items):
            let kept = items.filter { !isEncryptedComment($0) }
            return SecretNode(.list(kept.map { outline($0, self.state(of: $0, state)) }), at: node.span)
        case .scalar(let scalar):
            let isEncrypted = metadata.selection.isEncrypted(state)
            return SecretNode(.scalar(kind(of: scalar, isEncrypted: isEncrypted), nil), at: node.span)
        }
    }

    func kind(of scalar: SOPSNode.Scalar, isEncrypted: Bool) -> SecretNode.Kind {
        switch scalar {
        case .null: return .null
        case .bool: return .bool
        case .integer: return .integer
        case .float(let number): return number.isFinite ? .float : .nonFinite
        case .time: return .string
        case .string(let text):
            if text.isEmpty { return .empty }
            guard isEncrypted else { return .string }
            switch Ciphertext.type(of: text) {
            case "int": return .integer
            case "float": return .float
            case "bool": return .bool
            default: return .string
            }
        }
    }

    /// Values that stand there in clear though the rule says that they are encrypted, which is seen without a key.
    private var valuesInClear: [Diagnostic] {
        guard format != .binary else { return [] }
        var found: [Diagnostic] = []
        for document in documents { collectClear(document, [], Selection.State(), &found) }
        return found
    }

    private func collectClear(
        _ node: SOPSNode, _ path: [String], _ state: Selection.State, _ found: inout [Diagnostic]
    ) {
        switch node.content {
        case .map(let entries):
            for entry in entries {
                collectClear(entry.value, path + [entry.key], self.state(of: entry, state), &found)
            }
        case .list(let items):
            for item in items { collectClear(item, path, self.state(of: item, state), &found) }
        case .scalar(let scalar):
            let isSealed = [.null, .string("")].contains(scalar) || Ciphertext.looksLikeOne(node.string ?? "")
            // A hundred are enough to see what happened.
            guard !isSealed, metadata.selection.isEncrypted(state), found.count < 100 else { return }
            found.append(.notEncrypted(DottedPath.text(path), at: node.span))
        }
    }

    /// In a list, SOPS stores a comment as an item.
    func isEncryptedComment(_ item: SOPSNode) -> Bool {
        item.string.map { Ciphertext.looksLikeOne($0) && Ciphertext.type(of: $0) == "comment" } ?? false
    }

    func state(of entry: SOPSNode.Entry, _ state: Selection.State) -> Selection.State {
        let comments = comments?.before(entry.keySpan.start, isEntry: true) ?? entry.value.comments
        return metadata.selection.entering(entry.key, metadata.selection.behind(comments, state))
    }

    func state(of item: SOPSNode, _ state: Selection.State) -> Selection.State {
        metadata.selection.behind(comments?.before(item.span.start, isEntry: false) ?? item.comments, state)
    }

    // MARK: Opening

    /// The file's values, after its MAC was verified.
    ///
    /// - Returns: nil and why not. No diagnostic holds a value.
    package func open(_ keyring: Keyring) -> (secrets: OpenedSecrets?, diagnostics: [Diagnostic]) {
        let place = Span.startOfFile(source.id)
        let dataKey: SecretBytes
        do throws(DataKeyError) {
            dataKey = try self.dataKey(keyring)
        } catch {
            return (nil, [diagnostic(of: error, keyring, at: place)])
        }
        var opener = Opener(file: self, dataKey)
        let trees = documents.map { opener.open($0, [], initialState) }
        let problems = opener.finish(metadata, at: place)
        guard problems.isEmpty else { return (nil, problems) }
        return (OpenedSecrets(documents: trees, text: opener.takeText(), isBinary: format == .binary), [])
    }

    /// Binary files ignore the rules.
    private var initialState: Selection.State { Selection.State() }

    private enum DataKeyError: Error {
        case age(AgeError, recipient: String)
        case tooFewGroups(opened: Int)
        case malformed
    }

    private func dataKey(_ keyring: Keyring) throws(DataKeyError) -> SecretBytes {
        var shares: [SecretText] = []
        var failure: (error: AgeError, recipient: String)?
        for group in metadata.groups where shares.count < metadata.threshold {
            var candidates: [Keyring.Candidate] = []
            for key in group {
                switch key.sealed {
                case .success(let file): candidates.append(Keyring.Candidate(file: file, recipient: key.recipient))
                case .failure(let error): failure = failure ?? (error, key.recipient)
                }
            }
            guard !candidates.isEmpty else { continue }
            do throws(AgeError) {
                shares.append(try keyring.open(candidates, named: source.path))
            } catch {
                if error != .noMatch { failure = failure ?? (error, group.count == 1 ? group[0].recipient : "") }
            }
        }
        guard shares.count == metadata.threshold else {
            if let failure { throw .age(failure.error, recipient: failure.recipient) }
            if metadata.groups.count > 1 { throw .tooFewGroups(opened: shares.count) }
            throw .age(.noMatch, recipient: "")
        }
        let isShared = metadata.groups.count > 1
        let key = isShared ? Shamir.combine(shares) : shares[0].withBytes { SecretBytes(copying: $0) }
        guard let key, key.count == 32 else { throw .malformed }
        return key
    }

    private func diagnostic(of error: DataKeyError, _ keyring: Keyring, at place: Span) -> Diagnostic {
        switch error {
        case .age(.noMatch, _): .noIdentity(source.path, wanted, keyring, at: place)
        case .tooFewGroups(let opened):
            .noIdentity(
                source.path,
                ["\(metadata.threshold) of \(metadata.groups.count) key groups; \(opened) opened"] + wanted, keyring,
                at: place)
        case .age(let error, let recipient):
            .damaged(
                source.path,
                "the data key's copy\(recipient.isEmpty ? "" : " for \(recipient)") cannot be opened: \(error.message)",
                at: place)
        case .malformed: .damaged(source.path, "what its recipients hold is no data key", at: place)
        }
    }

    /// Who can open it, as a message says it.
    private var wanted: [String] {
        let isShared = metadata.groups.count > 1
        return metadata.groups.enumerated().flatMap { number, group in
            group.map { key in key.recipient + (isShared ? " (group \(number + 1))" : "") }
        } + metadata.otherKeys.map { "\($0), which is not supported" }
    }
}

extension Source {
    /// The first line that a merge conflict left.
    var conflictMarker: Span? {
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let line = bytes[start..<end]
            if line.starts(with: "<<<<<<< ".utf8) || line.starts(with: ">>>>>>> ".utf8) {
                return Span(source: id, start: UInt32(start), end: UInt32(end))
            }
            start = end + 1
        }
        return nil
    }
}
