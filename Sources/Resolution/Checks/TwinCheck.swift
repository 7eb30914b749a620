package import Diagnostics
internal import SiteModel

/// Two VMs of one env with one name, vmid or address (DESIGN §10): R0601, R0602, R0603.
func checkTwins(_ vms: [Fields], _ strictness: Strictness) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    let kinds: [(code: Code, field: Key, identity: (Value) -> Key?)] = [
        (.sameName, "name", { $0.name.map { Key($0) } }),
        (.sameNumber, "vmid", { $0.integer.map { Key(String($0)) } }),
        (.sameAddress, "ip", { address(of: $0) }),
    ]
    for kind in kinds {
        var holders: [Key: Fields] = [:]
        for vm in vms {
            guard let value = vm[kind.field], let identity = kind.identity(value) else { continue }
            if let first = holders[identity] {
                diagnostics.append(.twins(kind.code, kind.field, value, vm, first, strictness.severity))
            } else {
                holders[identity] = vm
            }
        }
    }
    return diagnostics
}

/// The address without its prefix, so that 10.0.0.5/24 and 10.0.0.5/16 are one.
private func address(of value: Value) -> Key? {
    guard let text = value.string, let address = AddressWithPrefix(text)?.address else { return nil }
    return Key(address.bytes.map { String($0) }.joined(separator: "."))
}

extension Fields.Entry {
    /// Whether it is a number that counts from another.
    fileprivate var isCounted: Bool { if case .offset = rule { true } else { false } }
}

extension Diagnostic {
    fileprivate static func twins(
        _ code: Code, _ field: Key, _ value: Value, _ second: Fields, _ first: Fields, _ severity: Severity
    ) -> Diagnostic {
        // Of an address the prefix does not count.
        let shown = String((value.name ?? "").prefix { field != "ip" || $0 != "/" })
        let names = [first, second].map { $0["name"]?.name ?? "a VM without a name" }
        let message =
            field == "name"
            ? "two VMs are named \"\(shown)\"" : "\"\(names[0])\" and \"\(names[1])\" both have \(field) \(shown)"
        var related = place(of: field, in: first).map { [Label($0, "the first one")] } ?? []
        for vm in [first, second] {
            guard let origin = vm[field]?.origin, origin.layer != .instance, let span = origin.span else { continue }
            let label = Label(span, "it comes from here")
            if !related.contains(label) { related.append(label) }
        }
        let help =
            second.entry(field)?.isCounted == true
            ? "it is vmid_base plus the VM's place; give one of them a vmid of its own" : nil
        return Diagnostic(
            code, severity, message, at: place(of: field, in: second), "the second one", related: related, help: help)
    }

    /// Where the VM's own entry says it, or, if it was computed or inherited, the VM's name.
    private static func place(of field: Key, in vm: Fields) -> Span? {
        let origin = vm[field]?.origin
        return (origin?.layer == .instance ? origin?.span : nil) ?? vm["name"]?.origin.span ?? origin?.span
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
