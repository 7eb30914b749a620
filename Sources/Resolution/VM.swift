package import Diagnostics
package import SiteModel

/// A VM, merged from its layers.
///
/// Most of a site's values stand in its VMs, and most checks ask a VM for two or three of them. So a VM whose own entry simply
/// replaces what it starts from is left as the two of them: it says what a field is, and is put together (`LinkedSite.fields`)
/// only where the whole is wanted, with the story of each value. A reference, since several lists have it.
package final class VM: Sendable {
    /// What its own entry says; all that it is, if it is put together.
    fileprivate let own: Fields
    private let start: VMStart?
    private let filling: Filling?
    /// Its place in its env.
    private let index: Int
    let facts: Facts

    /// One that is put together.
    package init(_ fields: Fields) {
        own = fields
        start = nil
        filling = nil
        index = 0
        var facts = Facts()
        fields.forEach { entry in facts.note(entry.key) { entry.content } }
        self.facts = facts
    }

    /// One whose own entry lies over what it starts from; nil if that is not all.
    ///
    /// - Parameter index: its place in its env.
    init?(_ own: Fields, over start: VMStart, _ filling: Filling, at index: Int) {
        guard start.isPlain, own.count <= MachineRow.most else { return nil }
        var facts = start.facts
        facts.saysGateway = false
        own.forEachOwn { place, key, _, _ in facts.note(key) { own.content(at: place) } }
        if facts.hasToken { return nil }
        if !facts.saysNumber { facts.number = filling.integer(index) }
        self.own = own
        self.start = start
        self.filling = filling
        self.index = index
        self.facts = facts
    }

    /// What a field is; of its token, which is made for outputs alone, nothing.
    package subscript(key: Key) -> Value? {
        if let value = own[key] { return FieldTable.isChooser(key) && start != nil ? nil : value }
        guard let start, let filling else { return nil }
        return start[key] ?? (key == "vmid" ? filling.number(index)?.value : filling[key])
    }

    /// Its `ip`, with what that beat.
    var address: Fields.Entry? { start.map { $0.entry("ip", under: own.entry("ip")) } ?? own.entry("ip") }

    /// Its `gateway`, if that is an address: most have it from what they share.
    var gateway: IPAddress? {
        if facts.saysGateway { return own["gateway"].flatMap(IPAddress.init(ofGateway:)) }
        guard let start, let filling else { return nil }
        return start.gateway.isSaid ? start.gateway.address : filling.gateway
    }

    /// The bridge that it is on, if one is named.
    var bridge: Key? { facts.saysBridge ? facts.bridge : filling?["bridge"]?.name.map { Key($0) } }

    /// Where its own entry names it, and the address that this says, without a prefix, and where; nil where other layers have a say
    /// in that, or it shares its address.
    var ownPlace: (name: Span?, address: Key, origin: Origin)? {
        guard start != nil, !facts.sharesAddress else { return nil }
        var (name, address): (Span?, (Key, Origin)?) = (nil, nil)
        own.forEachOwn { place, key, kind, origin in
            if key == "name" { name = origin.span }
            guard key == "ip", kind == .string else { return }
            own.withEntry(at: place) { _, content, origin in
                if case .string(let text) = content { address = (Key(withoutPrefix: text), origin) }
            }
        }
        return name == nil ? nil : address.map { (name, $0.0, $0.1) }
    }

    /// Whether its number is counted from its env's.
    var isCounted: Bool {
        if start != nil { return !facts.saysNumber && facts.number != nil }
        return if case .offset? = own.entry("vmid")?.rule { true } else { false }
    }

    /// How the files took part that it was merged from.
    var lineage: [Lineage] { start?.lineage(named: own) ?? own.lineage }

    /// What it is to be put together of; nil if it is.
    fileprivate var parts: (start: VMStart, filling: Filling, index: Int)? {
        if let start, let filling { (start, filling, index) } else { nil }
    }
}

extension VM {
    /// What is asked of every VM, looked up once.
    struct Facts: Sendable {
        private(set) var name: Key?
        fileprivate(set) var number: Int?
        private(set) var address: AddressWithPrefix?
        private(set) var saysNumber = false
        /// Whether ports of the node lead to it.
        private(set) var hasPorts = false
        private(set) var hasMAC = false
        private(set) var hasToken = false
        private(set) var sharesAddress = false
        /// Whether its own entry says a gateway.
        fileprivate(set) var saysGateway = false
        /// The bridge, and whether a layer says one.
        fileprivate(set) var bridge: Key?
        fileprivate(set) var saysBridge = false
        /// How much memory it has, in MiB, if that is a number; nothing fills that in.
        private(set) var memory: Double?

        /// Notes what an entry says, instead of what a weaker one did.
        ///
        /// - Parameter content: what it has, which few are asked for.
        mutating func note(_ key: Key, _ content: () -> Value.Content) {
            switch key {
            case "name": name = Self.name(content())
            case "vmid":
                saysNumber = true
                if case .integer(let number) = content() { self.number = number } else { number = nil }
            case "ip":
                if case .string(let text) = content() { address = AddressWithPrefix(text) } else { address = nil }
            case "ssh_port", "spice_port", "ports": hasPorts = true
            case "mac": hasMAC = true
            case "auth_token": hasToken = true
            case "shared": sharesAddress = true
            case "gateway": saysGateway = true
            case "memory": memory = content().number
            case "bridge": (bridge, saysBridge) = (Self.name(content()), true)
            default: break
            }
        }

        private static func name(_ content: Value.Content) -> Key? {
            if case .string(let text) = content { Key(text) } else { Value(content, .nowhere).name.map { Key($0) } }
        }
    }

    /// What fills in for the fields that the VMs of an env leave out, the same for all of them.
    final class Filling: Sendable {
        let method: LinkedSite.AuthMethod
        /// The token of all of them; nil if each has its own.
        let token: LinkedSite.AuthToken?
        /// Where each has its own, if that is known.
        let tokens: SecretKeys.Section?
        private let base: Fields.Entry?
        private let first: Int?
        /// Whence their numbers are.
        private let origin: Origin?
        private let offset: Int
        private let defaults: [Fields.Entry]
        /// The gateway among them.
        fileprivate let gateway: IPAddress?

        /// - Parameters:
        ///   - base: the number that they count from.
        ///   - offset: what a level of a manifest adds to it.
        ///   - defaults: what a VM has that does not say it.
        init(
            _ method: LinkedSite.AuthMethod, _ token: LinkedSite.AuthToken?, among tokens: SecretKeys.Section?,
            countingFrom base: Fields.Entry?, plus offset: Int, _ defaults: [Fields.Entry]
        ) {
            self.method = method
            self.token = token
            self.tokens = tokens
            self.base = base
            first = base?.value.integer
            origin = base.map { Origin($0.value.origin.span, $0.value.origin.layer) }
            self.offset = offset
            self.defaults = defaults
            gateway = defaults.first { $0.key == "gateway" }.flatMap { IPAddress(ofGateway: $0.value) }
        }

        func number(_ index: Int) -> Fields.Entry? { base.flatMap { .number($0, plus: index + offset) } }

        /// The same for bytes alone: without the rule and without what the base has beaten.
        func plainNumber(_ index: Int) -> (value: Int, origin: Origin)? {
            guard let origin, let number = integer(index) else { return nil }
            return (number, origin)
        }

        /// The token of a VM, where each has its own and it is known where they stand.
        func plainToken(of vm: VM) -> Value? {
            guard let tokens, let name = vm.facts.name else { return nil }
            return tokens.text(name)
        }

        /// The same as a number alone.
        func integer(_ index: Int) -> Int? { first.flatMap { $0.plus(index + offset) } }

        subscript(key: Key) -> Value? {
            for entry in defaults where entry.key == key { return entry.value }
            return nil
        }
    }
}

extension IPAddress {
    /// Nil for what is none.
    init?(ofGateway value: Value) {
        guard let text = value.string else { return nil }
        self.init(text)
    }
}

extension LinkedSite {
    /// All that a VM is, each field with what set it.
    package func fields(of vm: VM) -> Fields {
        guard let (start, filling, index) = vm.parts else { return vm.own }
        // What is to be said of it has been said when the VM was checked.
        return finish(
            start.replaced(by: vm.own) ?? vm.own, [], filling.number(index), filling.method, filling.token,
            isFilled: start.isFilled
        ).vm
    }

    /// What OpenTofu is told of VMs.
    package func machines(_ compiled: CompiledMachines) -> Deployment.Machines {
        guard let list = compiled.list else { return Deployment.Machines(lineage: compiled.lineage) }
        if compiled.isForBytes {
            return Deployment.Machines([], list, lineage: compiled.lineage, rows: VMRows(compiled.vms, of: self))
        }
        return Deployment.Machines(compiled.vms.map(fields), list, lineage: compiled.lineage)
    }
}

/// The VMs of an env as an output writes them that nobody asks for reasons.
private final class VMRows: MachineRows {
    private let vms: [VM]
    /// The token of all; nil where each has its own.
    private let token: Value?
    /// The token of each; of one that is put together nothing, for it has its own.
    private let tokens: [Value]

    init(_ vms: [VM], of site: LinkedSite) {
        self.vms = vms
        // All that are left in their parts have the same filling.
        token = vms.lazy.compactMap(\.parts).first?.filling.token?.entry.value
        tokens =
            token != nil
            ? []
            : vms.map { vm in
                guard let filling = vm.parts?.filling else { return Value(.null, .nowhere) }
                return filling.plainToken(of: vm) ?? site.authToken(of: vm["name"], filling.method).entry.value
            }
    }

    var count: Int { vms.count }

    var names: [String] { vms.compactMap { $0.facts.name?.text } }

    subscript(index: Int) -> MachineRow {
        let vm = vms[index]
        guard let (start, filling, place) = vm.parts, let shared = start.shared else {
            return MachineRow(whole: vm.own)
        }
        return MachineRow(
            vm.own, over: shared, number: vm.facts.saysNumber ? nil : filling.plainNumber(place),
            token: token ?? tokens[index])
    }
}

/// The VMs of an env, the numbers that they take from pools, and what is wrong among them.
package struct CompiledMachines: Sendable {
    package var vms: [VM] = []
    /// The list of them; nil if the env has none.
    package var list: Fields.Entry?
    /// How the files took part that they come from.
    package var lineage: [Lineage] = []
    package var wanted: [Allocation] = []
    package var diagnostics: [Diagnostic] = []
    /// What is wrong with them on a node, if that was looked at; nil for the node where it is not known.
    package var placed: (node: EntityID?, diagnostics: [Diagnostic])?
    /// Whether only the bytes of an output are made of them.
    package var isForBytes = false

    init(lineage: [Lineage], diagnostics: [Diagnostic]) {
        self.lineage = lineage
        self.diagnostics = diagnostics
    }

    /// None.
    package init() {}
}
