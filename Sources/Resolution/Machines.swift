package import Diagnostics
package import SiteModel

/// A machine that Ansible reaches and Prometheus watches, as one file tells of it. A reference, since several lists have it.
package final class Machine: Sendable {
    package enum Kind: Sendable {
        /// Of `hosts/`.
        case physical
        case node
        /// Of that env.
        case vm(env: Key)
        case minion(Minion)
    }

    package let name: Key
    private let place: Place

    /// Where it is named, and reached. A site has many VMs: so they say it themselves, or, where nothing else of them is kept,
    /// what has to be said of them stands here.
    private enum Place: Sendable {
        indirect case said(Kind, span: Span?, path: String, address: Fields.Entry?)
        case ofVM(VM, Home)
        case ofReleasedVM(span: Span?, address: Key, Origin, Home)
    }

    /// The env of VMs, once for all of them.
    package final class Home: Sendable {
        fileprivate let env: Key
        fileprivate let path: String
        /// How files took part that it comes from.
        fileprivate let lineage: [Lineage]

        /// - Parameter env: with what it inherits.
        package init(_ env: BoundEntity) {
            self.env = env.id.name
            path = env.path
            lineage = env.fields.lineage
        }
    }

    init(kind: Kind, name: Key, span: Span?, path: String, address: Fields.Entry?) {
        self.name = name
        place = .said(kind, span: span, path: path, address: address)
    }

    /// A VM that has a name and a static address.
    fileprivate init(_ vm: VM, _ name: Key, of env: Home) {
        self.name = name
        place = .ofVM(vm, env)
    }

    /// The same without the VM, which can then go: all that is told of it but for how its address came about. Itself where more
    /// is to be told.
    package var released: Machine {
        guard case .ofVM(let vm, let env) = place, let own = vm.ownPlace else { return self }
        return Machine(name, .ofReleasedVM(span: own.name, address: own.address, own.origin, env))
    }

    private init(_ name: Key, _ place: Place) {
        self.name = name
        self.place = place
    }

    package var kind: Kind {
        switch place {
        case .said(let kind, _, _, _): kind
        case .ofVM(_, let env), .ofReleasedVM(_, _, _, let env): .vm(env: env.env)
        }
    }

    /// The file that it stands in.
    package var path: String {
        switch place {
        case .said(_, _, let path, _): path
        case .ofVM(_, let env), .ofReleasedVM(_, _, _, let env): env.path
        }
    }

    /// Where it is named.
    package var span: Span? {
        switch place {
        case .said(_, let span, _, _), .ofReleasedVM(let span, _, _, _): span
        case .ofVM(let vm, _): vm["name"]?.origin.span
        }
    }

    /// Its address, as text without a prefix; nil if none is said.
    package var address: Fields.Entry? {
        switch place {
        case .said(_, _, _, let address): address
        case .ofReleasedVM(_, let address, let origin, _): Fields.Entry("ip", .string(address.text, origin))
        case .ofVM(let vm, _):
            vm.address.map { entry in
                var address = entry
                if let text = entry.value.string { address.value.content = .string(text.withoutPrefix) }
                return address
            }
        }
    }

    /// How the files took part that the address comes from; of a VM that was released, its env's alone.
    package var lineage: [Lineage] {
        switch place {
        case .said: []
        case .ofVM(let vm, let env): env.lineage + vm.lineage
        case .ofReleasedVM(_, _, _, let env): env.lineage
        }
    }

    /// The name under which it shares its address on purpose.
    package var shared: Key? {
        if case .ofVM(let vm, _) = place { vm["shared"]?.name.map { Key($0) } } else { nil }
    }

    /// The env that it is of.
    package var env: Key? {
        switch place {
        case .ofVM(_, let env), .ofReleasedVM(_, _, _, let env): env.env
        case .said(.minion(let minion), _, _, _): minion.env.name.map { Key($0) }
        case .said: nil
        }
    }

    /// Its file, if that is a node's or a physical machine's.
    var entity: EntityID? {
        switch kind {
        case .physical: EntityID(.host, folder: "hosts", name)
        case .node: EntityID(.node, folder: "nodes", name)
        case .vm, .minion: nil
        }
    }

    /// What its name belongs to.
    var layer: Layer {
        switch place {
        case .said(.physical, _, _, _): .host
        case .said(.node, _, _, _): .node
        case .said(.minion, _, _, _): .instance
        case .said(.vm, _, _, _), .ofVM, .ofReleasedVM: .env
        }
    }

    /// What it is, for a sentence.
    var phrase: String {
        switch kind {
        case .physical: "the machine of \(path)"
        case .node: "the node of \(path)"
        case .vm(let env): "a VM of env \(env)"
        case .minion: "a minion of \(path)"
        }
    }
}

extension LinkedSite {
    /// The nodes and the physical machines that were loaded. Reports R0402.
    package func nodesAndHosts() -> (machines: [Machine], diagnostics: [Diagnostic]) {
        var machines: [Machine] = []
        var diagnostics: [Diagnostic] = []
        for place in catalogue.all(.host) + catalogue.all(.node) {
            guard let entity = entities[place.id] else { continue }
            let isNode = place.id.kind == .node
            let address = isNode ? addressOfNode(entity) : address(of: entity)
            if let written = entity.fields["ip"], let text = written.string, !text.isEmpty, text != "dhcp",
                !HostAddress.isOne(text), AddressWithPrefix(text) == nil
            {
                diagnostics.append(.noHostAddress(text, written.origin.span))
            }
            machines.append(
                Machine(
                    kind: isNode ? .node : .physical, name: place.id.name, span: entity.start, path: place.path,
                    address: address))
        }
        return (machines, diagnostics)
    }

    /// A node's own `ip`: not that of the API, which may be another way in.
    private func addressOfNode(_ node: BoundEntity) -> Fields.Entry? {
        guard let ip = node.fields.entry("ip"), let text = ip.value.string, !text.isEmpty, text != "dhcp" else {
            return nil
        }
        return Fields.Entry("ip", keySpan: ip.keySpan, .string(text.withoutPrefix, ip.value.origin))
    }

    /// The VMs of an env that have a static address. Reports R0302–R0305 and R0406.
    ///
    /// - Parameter env: with what it inherits.
    package func machines(withAddressOf env: BoundEntity) -> (machines: [Machine], diagnostics: [Diagnostic]) {
        var machines: [Machine] = []
        var diagnostics: [Diagnostic] = []
        let home = Machine.Home(env)
        for vm in (env.fields["vms"]?.list ?? []).compactMap(\.map) {
            let merged = merge(layers(of: vm, isTagged: hasTags), by: rules[.vm])
            diagnostics += merged.diagnostics + (merged.fields["ip"].map { checkAddress($0, strictness) } ?? [])
            if let machine = machine(VM(merged.fields), of: home) { machines.append(machine) }
        }
        return (machines, diagnostics)
    }

    /// A VM with all that it inherits; nil if it has no static address.
    package func machine(_ vm: VM, of env: Machine.Home) -> Machine? {
        guard let name = vm.facts.name else { return nil }
        if vm.facts.address == nil {
            // Neither is every text an address, nor every address written as one.
            guard let ip = vm["ip"]?.string, ip != "dhcp" else { return nil }
        }
        return Machine(vm, name, of: env)
    }

    /// A minion; it may have no address.
    func machine(_ minion: Minion) -> Machine {
        Machine(
            kind: .minion(minion), name: minion.id, span: minion.span, path: entities[minion.hostGroup]?.path ?? "",
            address: minion.address.value.string == nil ? nil : minion.address)
    }
}

extension Key {
    /// An address without the length of its network's prefix.
    init(withoutPrefix address: String) {
        let letters = address.utf8.span
        let end = letters.firstPlace(of: UInt8(ascii: "/")) ?? letters.count
        self = Key(short: letters.extracting(0..<end)) ?? Key(address.withoutPrefix)
    }
}

extension String {
    /// An address without the length of its network's prefix.
    var withoutPrefix: String {
        guard let slash = utf8.span.firstPlace(of: UInt8(ascii: "/")) else { return self }
        return String(utf8.prefix(slash)) ?? self
    }
}

extension Diagnostic {
    fileprivate static func noHostAddress(_ text: String, _ span: Span?) -> Diagnostic {
        let host = URLHost.name(in: text)
        return Diagnostic(
            .badValue, "\(URLPassword.isIn(text) ? "this" : "\"\(text)\"") is neither an IP address nor a host name",
            at: span,
            help: HostAddress.isOne(host) && host != text ? "write \(host)" : "write one, without scheme and port")
    }
}
