public import Diagnostics

/// The kinds of thing that a site describes, and where they live (DESIGN §1).
@usableFromInline package enum EntityKind: String, Sendable, BitwiseCopyable, CaseIterable {
    case site, secrets, allocations
    /// What `resolve build` writes.
    case outputs = "resolve"
    case host, node, env, template, preset, posture, spec, manifest
    case hostGroup = "host group"
    case component, group, probe

    /// As a person says it: "preset".
    @usableFromInline package var name: String { rawValue }

    /// "a preset", "an env"; the single files by their names.
    package var withArticle: String {
        switch self {
        case .site, .secrets, .allocations, .outputs: rawValue + ".yaml"
        case .env: "an env"
        default: "a " + name
        }
    }

    /// As `resolve list` takes it.
    package var plural: String {
        switch self {
        case .site, .secrets, .allocations, .outputs: rawValue
        case .hostGroup: "host-groups"
        default: rawValue + "s"
        }
    }

    /// The folders it is found in, in the order in which a file is chosen; none for the single files.
    package var folders: [Key] {
        switch self {
        case .site, .secrets, .allocations, .outputs: []
        case .host: Folders.host
        case .node: Folders.node
        case .env: Folders.env
        case .template: Folders.template
        case .preset: SearchOrder.presetOfVM.folders
        case .posture: SearchOrder.postureForVariables.folders
        case .spec: Folders.spec
        case .manifest: Folders.manifest
        case .hostGroup: Folders.hostGroup
        case .component: Folders.component
        case .group: Folders.group
        case .probe: Folders.probe
        }
    }

    /// Made once each: names are looked up in them for every reference.
    private enum Folders {
        static let host = named(.host)
        static let node = named(.node)
        static let env = named(.env)
        static let manifest = named(.manifest)
        static let component = named(.component)
        static let group = named(.group)
        static let probe = named(.probe)
        static let template: [Key] = ["vms"]
        static let spec: [Key] = ["specs", "v2/specs"]
        static let hostGroup: [Key] = ["pillar/hosts"]

        private static func named(_ kind: EntityKind) -> [Key] { [Key(kind.plural)] }
    }

    /// Whether it is for Salt, Ansible or Prometheus: homestak's Python resolver does not know it.
    package var isForMinions: Bool { [.hostGroup, .component, .group, .probe].contains(self) }

    /// The endings of its files.
    package var endings: [String] { self == .hostGroup ? Endings.salt : Endings.yaml }

    private enum Endings {
        static let salt = [".sls"]
        static let yaml = [".yaml", ".yml"]
    }
}

/// Where a reference looks, when one name may stand in several folders. They are never merged: the first wins.
package enum SearchOrder: Hashable, Sendable {
    /// The kind's own order.
    case kind(EntityKind)
    /// A VM's or a template's preset.
    case presetOfVM
    /// A manifest's preset: the newer folders first. `vms/presets/` has names with and without `vm-`.
    case presetOfManifest
    /// A posture's `auth`: the nested document.
    case postureForAuth
    /// A posture's Ansible variables.
    case postureForVariables
    /// What an entity extends: beside its own file first.
    case parent(EntityKind, folder: Key)

    @usableFromInline package var kind: EntityKind {
        switch self {
        case .kind(let kind), .parent(let kind, _): kind
        case .presetOfVM, .presetOfManifest: .preset
        case .postureForAuth, .postureForVariables: .posture
        }
    }

    /// Whether a name may be spelt in several ways.
    var respells: Bool { if case .presetOfManifest = self { true } else { false } }

    private static let presetsOfVM: [Key] = ["vms/presets", "presets", "v2/presets"]
    private static let presetsOfManifest: [Key] = ["presets", "v2/presets", "vms/presets"]
    private static let posturesForAuth: [Key] = ["v2/postures", "postures"]
    private static let posturesForVariables: [Key] = ["postures", "v2/postures"]

    package var folders: [Key] {
        switch self {
        case .kind(let kind): kind.folders
        case .presetOfVM: Self.presetsOfVM
        case .presetOfManifest: Self.presetsOfManifest
        case .postureForAuth: Self.posturesForAuth
        case .postureForVariables: Self.posturesForVariables
        case .parent(let kind, let folder): [folder] + kind.folders.filter { $0 != folder }
        }
    }

    /// What a name may be called in one of the folders, best first.
    package func spellings(of name: Key, in folder: Key) -> [Key] {
        guard case .presetOfManifest = self, folder == "vms/presets" else { return [name] }
        let prefix = "vm-"
        return [
            name, Key(name.text.hasPrefix(prefix) ? String(name.text.dropFirst(prefix.count)) : prefix + name.text),
        ]
    }
}

/// Names one entity: its kind, the folder it was found in, and the stem of its file.
@usableFromInline package struct EntityID: Hashable, Sendable, BitwiseCopyable {
    @usableFromInline package let kind: EntityKind
    /// Empty for the single files: `site.yaml`, `secrets.yaml`, `allocations.yaml`, `resolve.yaml`.
    @usableFromInline package let folder: Key
    @usableFromInline package let name: Key

    @inlinable package init(_ kind: EntityKind, folder: Key, _ name: Key) {
        self.kind = kind
        self.folder = folder
        self.name = name
    }

    @inlinable package func hash(into hasher: inout Hasher) { hasher.combine(name.hash ^ folder.hash &* 31) }

    /// In one step, as a key's: files are looked up by it for every VM.
    @inlinable package func _rawHashValue(seed: Int) -> Int {
        Int(truncatingIfNeeded: HashedPlaces.hash(name.hash ^ UInt64(truncatingIfNeeded: seed), folder.hash))
    }

    package static let site = EntityID(.site, folder: "", "site")
    package static let secrets = EntityID(.secrets, folder: "", "secrets")
    package static let allocations = EntityID(.allocations, folder: "", "allocations")
    package static let outputs = EntityID(.outputs, folder: "", "resolve")
}
