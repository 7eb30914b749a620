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
    private var path: [Step] = []

    private enum Step {
        case key(Key)
        case place(Int)
    }

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
            secrets.append((pointer, secret))
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
                path.append(.place(index))
                visit(item)
                path.removeLast()
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
            path.append(.key(entry.key))
            visit(entry.value)
            path.removeLast()
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

    private var pointer: String {
        var text: [UInt8] = []
        for step in path {
            text.append(UInt8(ascii: "/"))
            switch step {
            case .key(let key):
                let start = text.count
                key.append(to: &text)
                if text.span.extracting(start...).isEscapedInPointers {
                    text.removeSubrange(start...)
                    text.append(contentsOf: Self.escaped(key.text).utf8)
                }
            case .place(let place): Key(place).append(to: &text)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func escaped(_ key: String) -> String {
        guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
        return key.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

extension Swift.Span<UInt8> {
    /// Whether a letter in it has another form in a JSON pointer.
    fileprivate var isEscapedInPointers: Bool {
        firstPlace(of: UInt8(ascii: "~")) != nil || firstPlace(of: UInt8(ascii: "/")) != nil
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
