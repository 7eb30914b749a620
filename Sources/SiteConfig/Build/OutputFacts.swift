internal import Diagnostics
internal import Emitters
internal import SiteModel

/// What a document says of itself for the lock: where its secrets stand, and which files it comes from.
struct OutputFacts {
    /// By JSON pointers (RFC 6901), in the order of the document.
    private(set) var secrets: [(pointer: String, secret: SecretRef)] = []
    /// In no order.
    private(set) var sources: Set<SourceID> = []
    /// The files that its secrets stand in; nil for the site's own.
    private(set) var secretFiles: Set<Key?> = []
    private var path: [String] = []

    init(_ document: Value) { visit(document) }

    private mutating func visit(_ value: Value) {
        note(value.origin.span)
        switch value.content {
        case .secret(let secret):
            secrets.append((path.map { "/" + $0 }.joined(), secret))
            secretFiles.insert(secret.file)
        case .map(let fields):
            for lineage in fields.lineage {
                sources.insert(lineage.source)
                note(lineage.step.span)
            }
            for entry in fields.entries {
                for step in entry.via { note(step.span) }
                path.append(Self.escaped(entry.key.text))
                visit(entry.value)
                path.removeLast()
            }
        case .list(let items):
            for (index, item) in items.enumerated() {
                path.append(String(index))
                visit(item)
                path.removeLast()
            }
        default: break
        }
    }

    private mutating func note(_ span: Span?) { if let span { sources.insert(span.source) } }

    static func escaped(_ key: String) -> String {
        key.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

extension Subject {
    /// The machines that OpenTofu makes of it, by name.
    var madeMachines: [String] {
        switch self {
        case .deployment(let deployment): deployment.machines.vms.compactMap { $0["name"]?.name }
        case .manifest(let manifest, _): manifest.nodes.compactMap { $0.fields["name"]?.name }
        default: []
        }
    }

    /// How many VMs, minions, hosts or targets there are; nil where it is about something else.
    var count: Int? {
        switch self {
        case .deployment, .manifest: madeMachines.count
        case .roster(let roster): roster.minions.count
        case .nodegroups(let nodegroups): nodegroups.groups.count
        case .inventory(let inventory): inventory.isOfOneHost ? nil : inventory.hosts.count
        case .targets(let targets): targets.targets.count { targets.job == nil || $0.job == targets.job }
        default: nil
        }
    }

    /// Whether it speaks of minions, by their ids.
    var speaksOfMinions: Bool {
        switch self {
        case .roster, .pillar, .tops, .nodegroups, .inventory, .targets: true
        default: false
        }
    }
}

extension Inventory {
    fileprivate var isOfOneHost: Bool { if case .host = form { true } else { false } }
}
