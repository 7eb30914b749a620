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

    /// - Parameter list: a list of machines that is in the document but for its items.
    init(_ document: Value, listing list: MachineList? = nil) {
        visit(document)
        guard let list else { return }
        let end = step(to: list.key)
        for place in 0..<list.machines.count { visit(list.machines[place], at: place) }
        pointer.removeLast(pointer.count - end)
    }

    /// Whether anything in it comes from a source.
    func comes(from source: SourceID) -> Bool {
        let index = Int(source.index)
        return index < isSource.count && isSource[index]
    }

    private mutating func visit(_ value: Value) {
        note(value.origin.span)
        switch value.content {
        case .secret(let secret): note(secret)
        case .map(let fields):
            note(fields.lineage)
            fields.forEach { visit($0) }
        case .list(let items):
            for (index, item) in items.enumerated() {
                let end = step(to: index)
                visit(item)
                pointer.removeLast(pointer.count - end)
            }
        default: break
        }
    }

    private mutating func visit(_ machine: MachineRow, at place: Int) {
        guard let shared = machine.shared else {
            let end = step(to: place)
            visit(Value(.map(machine.own), .nowhere))
            pointer.removeLast(pointer.count - end)
            return
        }
        note(shared.lineage)
        // Without secrets, no more is to be said of what it shares.
        if !shared.holdsSecrets {
            let count = secrets.count
            machine.own.forEachOwn { index, key, kind, origin in
                guard !FieldTable.isChooser(key) else { return }
                note(origin.span)
                if kind.mayHoldSecrets { visit(key, machine.own.content(at: index), origin, in: place) }
            }
            machine.forEachFilled { visit($0, $1, $2, in: place) }
            // Several secrets stand in the order of the whole.
            guard secrets.count > count + 1 else { return }
            secrets.removeLast(secrets.count - count)
        }
        machine.forEach(
            shared: { places in
                for index in places {
                    shared.fields.withEntry(at: index) { visit($0, $1, $2, in: place) }
                }
            },
            own: { visit($0, $1, $2, in: place) })
    }

    /// A field of a machine.
    private mutating func visit(_ key: Key, _ content: Value.Content, _ origin: Origin, in machine: Int) {
        switch content {
        case .secret, .map, .list: break
        default: return note(origin.span)
        }
        // Most lists are tags and the like, none of which needs a pointer.
        if case .list(let items) = content, items.allSatisfy({ $0.content.kind == .string }) {
            note(origin.span)
            for item in items { note(item.origin.span) }
            return
        }
        let end = step(to: machine)
        go(to: key) { $0.visit(Value(content, origin)) }
        pointer.removeLast(pointer.count - end)
    }

    private mutating func visit(_ entry: Fields.Entry) {
        if entry.hasStory { for step in entry.via { note(step.span) } }
        switch entry.value.content {
        case .secret, .map, .list:
            go(to: entry.key) { $0.visit(entry.value) }
        default: note(entry.value.origin.span)
        }
    }

    private mutating func note(_ lineages: [Lineage]) {
        let lineages = lineages.span
        for index in lineages.indices {
            note(lineages[index].source)
            note(lineages[index].step.span)
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

    private mutating func note(_ secret: SecretRef) {
        if secrets.isEmpty || secrets[secrets.count - 1].secret.file != secret.file { secretFiles.insert(secret.file) }
        secrets.append((String(decoding: pointer, as: UTF8.self), secret))
    }

    /// Goes a step further, and back.
    private mutating func go(to key: Key, _ visit: (inout OutputFacts) -> Void) {
        let end = step(to: key)
        visit(&self)
        pointer.removeLast(pointer.count - end)
    }

    /// Goes a step further.
    ///
    /// - Returns: where the pointer ended before.
    private mutating func step(to key: Key) -> Int {
        let end = pointer.count
        pointer.append(UInt8(ascii: "/"))
        if key.holds(UInt8(ascii: "~")) || key.holds(UInt8(ascii: "/")) {
            pointer.append(contentsOf: Self.escaped(key.text).utf8)
        } else {
            key.append(to: &pointer)
        }
        return end
    }

    private mutating func step(to index: Int) -> Int {
        let end = pointer.count
        pointer.append(UInt8(ascii: "/"))
        Key(index).append(to: &pointer)
        return end
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
