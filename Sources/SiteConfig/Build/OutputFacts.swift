internal import Diagnostics
internal import Emitters
internal import SiteModel

/// What a document says of itself for the lock: where its secrets stand, and which files it comes from.
struct OutputFacts {
    /// By JSON pointers (RFC 6901), in the order of the document.
    private(set) var secrets: [(pointer: String, secret: SecretRef)] = []
    /// Whether something comes from the source of that number.
    private var isSource: [Bool] = []
    private var last: SourceID?
    /// The files that its secrets stand in; nil for the site's own.
    private(set) var secretFiles: Set<Key?> = []
    /// The pointer to where it is.
    private var pointer: [UInt8] = []

    init(_ document: Value) { visit(document) }

    /// Whether anything in it comes from a source.
    func comes(from source: SourceID) -> Bool {
        let index = Int(source.index)
        return index < isSource.count && isSource[index]
    }

    private mutating func visit(_ value: Value) {
        note(value.origin.span)
        switch value.content {
        case .secret(let secret):
            secrets.append((String(decoding: pointer, as: UTF8.self), secret))
            secretFiles.insert(secret.file)
        case .map(let fields):
            let lineages = fields.lineage
            let steps = lineages.span
            for index in steps.indices {
                note(steps[index].source)
                note(steps[index].step.span)
            }
            // What a VM shares comes from the files of its lineage.
            let count = secrets.count
            let isShort = fields.base.map { !$0.holdsSecrets } ?? false
            if isShort { visit(ownOf: fields) }
            // Several secrets stand in the order of the whole.
            if !isShort || secrets.count > count + 1 {
                secrets.removeLast(secrets.count - count)
                fields.forEach { visit($0) }
            }
        case .list(let items):
            for (index, item) in items.enumerated() {
                go(to: Key(index)) { $0.visit(item) }
            }
        default: break
        }
    }

    /// The entries of a map that it does not share with others.
    private mutating func visit(ownOf fields: Fields) {
        fields.forEachOwn { place, _, kind, origin in
            switch kind {
            case .secret, .map, .list: break
            default:
                guard fields.hasVia(at: place) else { return note(origin.span) }
            }
            visit(fields.own(at: place))
        }
    }

    private mutating func visit(_ entry: Fields.Entry) {
        if entry.hasStory { for step in entry.via { note(step.span) } }
        switch entry.value.content {
        case .secret, .map, .list:
            go(to: entry.key) { $0.visit(entry.value) }
        default: note(entry.value.origin.span)
        }
    }

    private mutating func note(_ span: Span?) { if let span { note(span.source) } }

    private mutating func note(_ source: SourceID) {
        // Most of what stands together comes from one file.
        guard source != last else { return }
        last = source
        let index = Int(source.index)
        if index >= isSource.count { isSource += [Bool](repeating: false, count: index + 1 - isSource.count) }
        isSource[index] = true
    }

    /// Goes a step further, and back.
    private mutating func go(to key: Key, _ visit: (inout OutputFacts) -> Void) {
        let end = pointer.count
        pointer.append(UInt8(ascii: "/"))
        if key.holds(UInt8(ascii: "~")) || key.holds(UInt8(ascii: "/")) {
            pointer.append(contentsOf: Self.escaped(key.text).utf8)
        } else {
            key.append(to: &pointer)
        }
        visit(&self)
        pointer.removeSubrange(end...)
    }

    static func escaped(_ key: String) -> String {
        guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
        return key.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

extension Subject {
    /// The machines that OpenTofu makes of it, by name.
    var madeMachines: [String] {
        switch self {
        case .deployment(let deployment): deployment.machines.names
        case .manifest(let manifest, _): manifest.nodes.compactMap { $0.fields["name"]?.name }
        default: []
        }
    }

    /// How many VMs, minions, hosts or targets there are; nil where it is about something else.
    ///
    /// - Parameter machines: those that it makes.
    func count(ofMade machines: [String]) -> Int? {
        switch self {
        case .deployment, .manifest: machines.count
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
