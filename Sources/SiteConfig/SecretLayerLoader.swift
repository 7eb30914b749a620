internal import Diagnostics
internal import Emitters
internal import Resolution
internal import Secrets
internal import SiteModel

// The secret layers of a minion's pillar: `secrets/components/NAME.*` and `secrets/hosts/GROUP_LABEL.*` (DESIGN §7).

extension Loader {
    /// Reads the keys of the secret layers that some entities have.
    ///
    /// A SOPS file is opened only when an output has something of it.
    ///
    /// - Parameters:
    ///   - owners: nil for those of the whole site.
    ///   - isNeeded: whether the output depends on their keys: then a wholly encrypted one is opened, if there is a keyring.
    mutating func loadSecretLayers(of owners: [EntityID]? = nil, isNeeded: Bool) {
        listSecretLayers()
        for id in owners ?? secretLayerFiles.owners { loadSecretLayer(of: id, isNeeded) }
    }

    private mutating func listSecretLayers() {
        guard !hasListedSecretLayers else { return }
        hasListedSecretLayers = true
        for (kind, folder) in SecretLayerFiles.folders {
            do throws(FileError) {
                secretLayerFiles.add(try files.names(in: folder), kind, in: folder, of: catalogue)
            } catch {
                if case .failed(let reason) = error { failures.append("cannot list \(folder): \(reason)") }
            }
        }
        for (path, kind) in secretLayerFiles.ownerless { report(.ownerless(path, kind, catalogue)) }
        reportMisplaced()
    }

    /// What stands in `secrets` itself and seems to be meant for one of the folders in it.
    private mutating func reportMisplaced() {
        let folders = SecretLayerFiles.folders.map {
            $0.folder.pathSteps.last.map(String.init) ?? $0.folder
        }
        let names = ((try? files.names(in: "secrets")) ?? []).filter { !folders.contains($0) }
        for name in names.inByteOrder where !Catalogue.isIgnored(name) {
            let near = Suggestions.near(name, among: folders, includingParts: false).first
            let owner = SecretLayerFiles.folders.first { SecretLayerFiles.owner(of: name, $0.kind, catalogue) != nil }
            if let place = near.map({ "secrets/\($0)" }) ?? owner.map({ "\($0.folder)/\(name)" }) {
                report(.misplaced("secrets/\(name)", "is \(place) meant?"))
            } else if EntityKind.allCases.contains(where: { $0.plural == name }) {
                report(.misplaced("secrets/\(name)", "only host groups and components have secrets of their own"))
            }
        }
    }

    private mutating func loadSecretLayer(of id: EntityID, _ isNeeded: Bool) {
        guard secretLayers[id] == nil, let path = secretLayerFiles[id].first else { return }
        var layer = SiteSecrets(named: Key(path))
        layer.state = .unreadable
        secretLayers[id] = layer
        for rival in secretLayerFiles[id].dropFirst() { reportRival(path, rival) }
        guard let found = readSecrets(path) else { return }
        secretLayersFound.append(found)
        switch found {
        case .plain(let opened, let source):
            report(layer.take(opened, source, strictness))
            if Self.promisesEncryption(path) { report(.notSealed(path, .startOfFile(source.id), strictness)) }
        case .sealed(let file) where file.documentCount > 1:
            report(.severalDocuments(path, .startOfFile(file.source.id)))
        case .sealed(let file):
            report(layer.take(file, strictness))
        }
        secretLayers[id] = layer
        if isNeeded, layer.state.isUnchecked { openSecretLayer(id) }
    }

    private static func promisesEncryption(_ path: String) -> Bool {
        [".age", ".enc"].contains(where: path.hasSuffix) || path.contains(".enc.") || path.contains(".sops.")
    }

    /// The layers as the stages behind take them.
    var layersOfSecrets: [EntityID: SecretLayer] {
        secretLayers.compactMapValues { layer in
            layer.name.map { SecretLayer(path: $0.text, state: layer.state) }
        }
    }

    /// That keys of layers are not checked; nothing where all are known.
    var unknownLayerNotes: [Diagnostic] {
        unknownLayers.map { .unknownLayer($0.path, .startOfFile($0.id)) }
    }

    /// That an output lacks what layers say that were not opened.
    var missingLayerWarnings: [Diagnostic] {
        unknownLayers.map { .missingLayer($0.path, .startOfFile($0.id)) }
    }

    private var unknownLayers: [Source] {
        secretLayers.values.filter(\.state.isUnchecked).compactMap(\.sealed?.source)
            .sorted(byBytesOf: \.path)
    }
}

extension Diagnostic {
    fileprivate static func ownerless(_ path: String, _ kind: EntityKind, _ catalogue: Catalogue) -> Diagnostic {
        let name = path.pathSteps.last.map(String.init) ?? path
        let stem = String(name.prefix { $0 != "." })
        let near = Suggestions.near(stem, among: catalogue.names(kind))
        let ending = name.dropFirst(stem.count)
        return Diagnostic(
            .ownerless, "\(path) belongs to no \(kind.name), so nothing would read it", at: nil,
            notes: ["no \(kind.name) named \"\(stem)\", \(SearchOrder.kind(kind).absence)"],
            help: near.isEmpty
                ? "rename it after its \(kind.name), or begin its name with `_` to leave it out"
                : "is \(near.map { "\($0)\(ending)" }.asChoices) meant?")
    }

    fileprivate static func misplaced(_ path: String, _ help: String) -> Diagnostic {
        Diagnostic(.ownerless, "nothing reads \(path)", at: nil, help: help)
    }

    fileprivate static func missingLayer(_ path: String, _ span: Span) -> Diagnostic {
        Diagnostic(
            .uncheckedSecrets, .warning, "\(path) was not opened: what it says is missing here, and may count instead",
            at: span,
            help:
                "an output that is not redacted opens it; a SOPS file keeps its keys readable, so that they are known here"
        )
    }

    fileprivate static func unknownLayer(_ path: String, _ span: Span) -> Diagnostic {
        Diagnostic(
            .uncheckedSecrets, .note, "the keys of \(path) are not known: they are encrypted, too", at: span,
            help: "a SOPS file keeps its keys readable, so that they can be checked without an identity")
    }
}

extension Code {
    static let ownerless = Code(
        "R0206", "secrets that belong to nothing",
        explanation: """
            A file under `secrets/hosts` or `secrets/components` is named after a host group or a component: `kt_web.yaml` \
            belongs to `pillar/hosts/kt_web.sls`. Misspelt, it would be read by nobody, and the minions would get a pillar \
            without its secrets.
            """,
        example: """
            $ resolve pillar kt_web_1
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            instances: {1: 203.0.113.10}
            -- secrets/hosts/kt_wbe.yaml --
            db: {password: x}
            """,
        fix: "Rename the file after what it belongs to. To leave it out on purpose, begin its name with `_`.")
}
