package import Diagnostics
internal import SiteModel

/// Whether machines that are made together can be: what two of them hold that only one can (DESIGN §10).
///
/// Reports R0601, R0602, R0603 (a name, a number, an address), R0605 (a forwarded port), R0606, R0607 (MAC addresses).
package func checkTogether(_ vms: [VM], _ strictness: Strictness) -> [Diagnostic] {
    checkTwins(vms, strictness) + checkPorts(vms, strictness) + checkMACs(vms, strictness)
}

/// What two VMs cannot have in common.
enum TwinField: String, CaseIterable {
    case name, vmid, ip

    fileprivate var key: Key {
        switch self {
        case .name: "name"
        case .vmid: "vmid"
        case .ip: "ip"
        }
    }

    fileprivate var code: Code {
        switch self {
        case .name: .sameName
        case .vmid: .sameNumber
        case .ip: .sameAddress
        }
    }

    /// Two that a VM shares with another; of an address the prefix does not count.
    fileprivate func clashes(_ vms: [VM]) -> [(first: VM, second: VM)] {
        switch self {
        case .name: vms.clashes(\.facts.name)
        case .vmid: vms.clashes(\.facts.number)
        case .ip: vms.clashes(\.facts.address?.address)
        }
    }
}

/// Two VMs that are made together with one name, vmid or address: R0601, R0602, R0603.
func checkTwins(
    _ vms: [VM], _ strictness: Strictness, in kinds: [TwinField] = TwinField.allCases
) -> [Diagnostic] {
    kinds.flatMap { kind -> [Diagnostic] in
        kind.clashes(vms).compactMap { first, second in
            let (first, second) = (Holding(of: kind.key, first), Holding(of: kind.key, second))
            return kind == .ip && first.isShared(with: second)
                ? nil : .twins(kind, first, second, strictness.severity)
        }
    }
}

/// What one machine has that no other may have as well.
struct Holding {
    let vm: VM
    let value: Value
    /// The keys that lead to it in the VM.
    let path: [Key]

    init(vm: VM, value: Value, path: [Key]) {
        self.vm = vm
        self.value = value
        self.path = path
    }

    /// What a field of the VM holds.
    init(of key: Key, _ vm: VM) { self.init(vm: vm, value: vm[key] ?? Value(.null, .nowhere), path: [key]) }

    var name: String { vm["name"]?.name ?? "a VM without a name" }

    /// Whether both say that they share it, under one name.
    func isShared(with other: Holding) -> Bool {
        guard let name = vm["shared"]?.name else { return false }
        return other.vm["shared"]?.name.map { Key($0) } == Key(name)
    }

    /// Where the VM's own entry says it, or, if it was computed or inherited, the VM's name.
    var place: Span? {
        (value.origin.layer == .instance || value.origin.layer == .manifest ? value.origin.span : nil)
            ?? vm["name"]?.origin.span ?? value.origin.span
    }

    /// Where it is inherited from, if the VM's own entry does not say it.
    var source: Span? {
        let isOwn = [.instance, .manifest].contains(value.origin.layer)
        return isOwn || value.origin.span == place ? nil : value.origin.span
    }
}

extension Array {
    /// Each that holds what an earlier one has, with that: equal identities are held twice.
    func clashes<Identity: Hashable>(
        _ identity: (Element) -> Identity?
    ) -> [(first: Element, second: Element)] {
        let identities = map(identity)
        var holders = HashedPlaces(capacity: count)
        var found: [(first: Element, second: Element)] = []
        for place in indices {
            guard let identity = identities[place] else { continue }
            let hash = UInt64(truncatingIfNeeded: identity.hashValue)
            if let first = holders.place(hash, where: { identities[$0] == identity }) {
                found.append((self[first], self[place]))
            } else {
                holders.put(place, hash)
            }
        }
        return found
    }
}

extension Diagnostic {
    /// Two that hold one thing, both shown, and where each has it from.
    static func clash(
        _ code: Code, _ severity: Severity, _ message: String, _ first: Holding, _ second: Holding, help: String?
    ) -> Diagnostic {
        var related = first.place.map { [Label($0, "the first one")] } ?? []
        for source in [first.source, second.source].compactMap(\.self) {
            let label = Label(source, "it comes from here")
            if !related.contains(label) { related.append(label) }
        }
        return Diagnostic(code, severity, message, at: second.place, "the second one", related: related, help: help)
    }

    fileprivate static func twins(
        _ kind: TwinField, _ first: Holding, _ second: Holding, _ severity: Severity
    ) -> Diagnostic {
        // Of an address the prefix does not count.
        let shown = String((second.value.name ?? "").prefix { kind != .ip || $0 != "/" })
        let message =
            kind == .name
            ? "two VMs are named \"\(shown)\""
            : "\"\(first.name)\" and \"\(second.name)\" both have \(kind.rawValue) \(shown)"
        let help: String? =
            switch kind {
            case .name: nil
            case .vmid:
                second.vm.isCounted
                    ? "it is vmid_base plus the VM's place; give one of them a vmid of its own" : nil
            case .ip: "give one of them another address, or write `shared: NAME` on both if that is meant"
            }
        return clash(kind.code, severity, message, first, second, help: help)
    }
}

extension Code {
    package static let sameName = Code(
        "R0601", "two VMs of one name",
        explanation: "OpenTofu keys VMs by their name: the second would take the first one's place.",
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vms:
              - name: web
              - name: web
            """,
        fix: "Rename one of them.")

    package static let sameNumber = Code(
        "R0602", "two VMs of one vmid",
        explanation: """
            Proxmox has one machine to a number, so making the second fails or, worse, touches the first. A number may \
            also come from `vmid_base` plus the VM's place in the list.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vmid_base: 200
            vms:
              - {name: web, vmid: 201}
              - {name: db}
            """,
        fix: "Give one of them another `vmid`.")

    package static let sameAddress = Code(
        "R0603", "two VMs of one address",
        explanation: "Two machines with one address on a network disturb each other, and neither is reached reliably.",
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            -- nodes/pve.yaml --
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vms:
              - {name: web, ip: 10.0.0.5/24}
              - {name: db, ip: 10.0.0.5/24}
            """,
        fix: "Give one of them another `ip`.")
}
