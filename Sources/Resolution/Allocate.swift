package import Diagnostics
package import SiteModel

/// A number that a VM takes from a pool.
package struct Allocation: Sendable {
    /// What stands for it in `allocations.yaml`.
    package let line: Key
    package let pool: NumberPool
    /// The `!alloc`.
    package let span: Span?
    /// Whether `allocations.yaml` has it.
    package let isRecorded: Bool

    fileprivate var isOfCommandLine: Bool { line.text.hasPrefix("\(pool.name)/\(LinkedSite.noGroup)/") }
}

extension LinkedSite {
    /// VMs with the numbers that `allocations.yaml` records for them. R0611 for one that it does not have: none is invented.
    ///
    /// - Parameter owners: of each VM, what stands for it in `allocations.yaml`.
    package func allocate(
        _ vms: [Fields], to owners: [String]
    ) -> (vms: [Fields], wanted: [Allocation], diagnostics: [Diagnostic]) {
        guard let allocations else { return (vms, [], []) }
        var allocator = Allocator(allocations)
        let result = zip(vms, owners).map { vm, owner in allocator.fill(vm, of: owner) }
        let numbers = Set(result.flatMap(\.numbersInUse))
        return (result, allocator.wanted, isAllocationUnread ? [] : allocator.complaints(butNot: numbers))
    }

    /// What stands for a VM in `allocations.yaml`.
    ///
    /// - Parameter group: the env or manifest that it belongs to; `noGroup` without one.
    package func owner(_ vm: Fields, in group: String, at place: Int = 0) -> String {
        "\(group)/\(vm["name"]?.name ?? String(place))"
    }

    /// No env and no manifest can have this name.
    package static let noGroup = "-"
}

extension Fields {
    /// The numbers of a VM that a pool should not give to another: its own, and the ports that lead to it.
    package var numbersInUse: [Int] {
        let keys: [Key] = ["vmid", "ssh_port", "spice_port", "ports"]
        return keys.compactMap { self[$0] }.flatMap(\.integers)
    }
}

extension Value {
    fileprivate var integers: [Int] {
        switch content {
        case .integer(let number): [number]
        case .list(let items): items.flatMap(\.integers)
        case .map(let fields): fields.entries.flatMap(\.value.integers)
        default: []
        }
    }
}

private struct Allocator {
    let allocations: Allocations
    private(set) var wanted: [Allocation] = []

    init(_ allocations: Allocations) { self.allocations = allocations }

    mutating func fill(_ vm: Fields, of owner: String) -> Fields { fill(vm, owner, at: []) }

    private mutating func fill(_ fields: Fields, _ owner: String, at path: [Key]) -> Fields {
        var result = fields
        for entry in fields.entries {
            let path = path + [entry.key]
            switch entry.value.content {
            case .pooled(let pool): result.set(number(entry, of: pool, owner, path))
            case .map(let below):
                var changed = entry
                changed.value.content = .map(fill(below, owner, at: path))
                result.set(changed)
            default: break
            }
        }
        return result
    }

    /// The entry with its number; as it is if there is none, which becomes an error.
    private mutating func number(
        _ entry: Fields.Entry, of pool: Key, _ owner: String, _ path: [Key]
    ) -> Fields.Entry {
        guard let pool = allocations.pools[pool] else { return entry }
        let line = Allocations.line(pool.name, owner: owner, field: path)
        let span = entry.value.origin.span
        let number = allocations.number(line)
        wanted.append(Allocation(line: line, pool: pool, span: span, isRecorded: number != nil))
        guard let number else { return entry }
        let step = Step("!alloc", at: span, to: line.text)
        return Fields.Entry(
            entry.key, keySpan: entry.keySpan, number, rule: .derived("!alloc \(pool.name)"), beat: entry.beat,
            via: [step])
    }

    /// An error for each number that is not recorded, with the one that it would get.
    func complaints(butNot numbers: Set<Int>) -> [Diagnostic] {
        var given = numbers
        var starts: [Key: Int] = [:]
        return wanted.filter { !$0.isRecorded }.sorted { $0.line < $1.line }.map { allocation in
            let pool = allocation.pool
            guard let next = allocations.next(of: pool, from: starts[pool.name] ?? 0, butNot: given) else {
                return .emptied(allocation)
            }
            given.insert(next)
            starts[pool.name] = next + 1
            return .notAllocated(allocation, next)
        }
    }
}

extension Diagnostic {
    fileprivate static func notAllocated(_ allocation: Allocation, _ next: Int) -> Diagnostic {
        Diagnostic(
            .notAllocated, "no number is recorded for \(allocation.line)", at: allocation.span,
            notes: ["the next free number of \(allocation.pool.name) is \(next)"],
            help: allocation.isOfCommandLine
                ? "add `\(allocation.line): \(next)` to allocations.yaml: a VM of the command line is in no file"
                : "`resolve alloc --write` records it in allocations.yaml")
    }

    package static func emptied(_ allocation: Allocation) -> Diagnostic {
        let pool = allocation.pool
        return Diagnostic(
            .notAllocated, "the pool \"\(pool.name)\" has no number left for \(allocation.line)", at: allocation.span,
            help: "widen it in site.yaml (it has \(pool.from) to \(pool.to)), or remove lines of what is gone")
    }
}

extension Code {
    package static let notAllocated = Code(
        "R0611", "a number that was not allocated",
        explanation: """
            `!alloc POOL` takes its number from `allocations.yaml`, which is committed, so that it never changes. A compile \
            does not invent one: two people would get the same for two machines.
            """,
        example: """
            $ resolve env dev --node pve
            -- site.yaml --
            pools: {ssh: {from: 22222, to: 22299}}
            -- nodes/pve.yaml --
            api_endpoint: https://localhost:8006
            datastore: local
            api_token: null
            -- envs/dev.yaml --
            vms:
              - {name: web, ssh_port: !alloc ssh}
            """,
        fix: "Run `resolve alloc --write` and commit `allocations.yaml`.")
}
