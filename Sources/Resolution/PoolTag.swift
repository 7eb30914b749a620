package import Diagnostics
internal import SiteModel
internal import YAMLSyntax

// Where `!alloc POOL` can stand. Beside `Bind.swift`, which asks.

extension Binder {
    /// A number of a pool where the field has a type: R0414 if that is not a number's.
    mutating func allocation(_ node: NodeID, _ type: FieldType, at place: Place) -> Value {
        let origin = Origin(tree.span(node), place.layer, strength: place.strength)
        guard let range = type.numbers else {
            diagnostics.append(.badAllocation("\(SecretRef.path(steps)) wants \(type.wish)", tree.span(node)))
            return Value(.null, origin)
        }
        noteAllocation(node, at: place, range)
        return Value(content(node, at: place), origin)
    }

    /// Notes `!alloc POOL`; R0414 where the number would have no owner, or no name that stays.
    mutating func noteAllocation(_ node: NodeID, at place: Place, _ range: ClosedRange<Int>? = nil) {
        // What stands there is the user's own, and may be meant for other places.
        if steps.first?.begins(with: "x-") == true { return }
        let span = tree.span(node)
        let pool = tree.pool(node) ?? ""
        if place.isOfPassword {
            passwords.append(PasswordInClear(steps: steps, span: span, node: tree.target(node)))
            diagnostics.append(.badAllocation("a password is no number", span).hiding(true))
            return
        }
        let isNode = place.layer == .manifest && ["nodes", "levels"].contains(steps.first)
        if kind == .hostGroup || (!isNode && ![.instance, .template, .preset].contains(place.layer)) {
            diagnostics.append(
                .badAllocation("only a VM takes a number: in its own entry, a template, a preset or a manifest", span))
        } else if place.isInList {
            diagnostics.append(
                .badAllocation("an item of a list has no name that stays: use a map", span))
        } else if !Catalogue.isName(pool) {
            diagnostics.append(.badAllocation("it names no pool", span))
        } else {
            let isPort = steps.contains { ["ssh_port", "spice_port", "ports"].contains($0) }
            allocations.append(PoolReference(pool: Key(pool), span: span, range: range ?? (isPort ? 1...65535 : nil)))
        }
    }
}

extension FieldType {
    /// The numbers that a field takes; nil if it takes none.
    fileprivate var numbers: ClosedRange<Int>? {
        switch self {
        case .integer(let range): range
        case .nullable(let type): type.numbers
        default: nil
        }
    }
}

extension Diagnostic {
    fileprivate static func badAllocation(_ problem: String, _ span: Span) -> Diagnostic {
        Diagnostic(
            .badAllocation, "no number of a pool can stand here: \(problem)", at: span,
            help: "`ssh_port: !alloc ssh` in a VM takes a number of the pool ssh")
    }
}

extension Code {
    package static let badAllocation = Code(
        "R0414", "an !alloc where no number can be allocated",
        explanation: """
            `!alloc POOL` takes a number of a pool for one field of one VM. It stands in the VM's entry of an env or a manifest, \
            or in a template or preset, for each VM that uses it. Under a list there would be no name to record it by.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            pools: {web: {from: 8000, to: 8099}}
            -- envs/dev.yaml --
            vms:
              - {name: web, ports: [!alloc web]}
            """,
        fix: "Use a map: `ports: {http: !alloc web}`.")
}
