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

    package let kind: Kind
    package let name: Key
    /// The file that it stands in.
    package let path: String
    /// How files took part that its env comes from.
    private let ofEnv: [Lineage]
    private let place: Place

    /// Where it is named, and reached. A VM says it itself: a site has many.
    private enum Place {
        indirect case said(span: Span?, address: Fields.Entry?)
        case ofVM(VM)
    }

    init(kind: Kind, name: Key, span: Span?, path: String, address: Fields.Entry?) {
        self.kind = kind
        self.name = name
        self.path = path
        ofEnv = []
        place = .said(span: span, address: address)
    }

    /// A VM that has a name and a static address.
    fileprivate init(_ vm: VM, _ name: Key, of env: BoundEntity) {
        kind = .vm(env: env.id.name)
        self.name = name
        path = env.path
        ofEnv = env.fields.lineage
        place = .ofVM(vm)
    }

    /// Where it is named.
    package var span: Span? {
        switch place {
        case .said(let span, _): span
        case .ofVM(let vm): vm["name"]?.origin.span
        }
    }

    /// Its address, as text without a prefix; nil if none is said.
    package var address: Fields.Entry? {
        switch place {
        case .said(_, let address): address
        case .ofVM(let vm):
            vm.address.map { entry in
                var address = entry
                if let text = entry.value.string { address.value.content = .string(text.withoutPrefix) }
                return address
            }
        }
    }

    /// How the files took part that the address comes from.
    package var lineage: [Lineage] { if case .ofVM(let vm) = place { ofEnv + vm.lineage } else { [] } }

    /// The name under which it shares its address on purpose.
    package var shared: Key? {
        if case .ofVM(let vm) = place { vm["shared"]?.name.map { Key($0) } } else { nil }
    }

    /// The env that it is of.
    package var env: Key? {
        switch kind {
        case .physical, .node: nil
        case .vm(let env): env
        case .minion(let minion): minion.env.name.map { Key($0) }
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
        switch kind {
        case .physical: .host
        case .node: .node
        case .vm: .env
        case .minion: .instance
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
        for vm in (env.fields["vms"]?.list ?? []).compactMap(\.map) {
            let merged = merge(layers(of: vm, isTagged: hasTags), by: rules[.vm])
            diagnostics += merged.diagnostics + (merged.fields["ip"].map { checkAddress($0, strictness) } ?? [])
            if let machine = machine(VM(merged.fields), of: env) { machines.append(machine) }
        }
        return (machines, diagnostics)
    }

    /// A VM with all that it inherits; nil if it has no static address.
    package func machine(_ vm: VM, of env: BoundEntity) -> Machine? {
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

extension String {
    /// An address without the length of its network's prefix.
    var withoutPrefix: String { String(utf8.prefix { $0 != UInt8(ascii: "/") }) ?? self }
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
