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
        _ vms: [Fields], to owners: [String?]
    ) -> (vms: [Fields], wanted: [Allocation], diagnostics: [Diagnostic]) {
        guard let allocations else { return (vms, [], []) }
        var allocator = Allocator(allocations)
        let result = zip(vms, owners).map { vm, owner in allocator.fill(vm, of: owner) }
        let numbers = Set(result.flatMap { VM($0).numbersInUse })
        return (result, allocator.wanted, allocator.refused + missingNumbers(of: allocator.wanted, butNot: numbers))
    }

    /// What stands for a VM in `allocations.yaml`; nil for one whose name is none, or could be taken for two.
    ///
    /// - Parameter group: the env or manifest that it belongs to; `noGroup` without one.
    package func owner(_ vm: Fields, in group: String) -> String? {
        vm["name"]?.name.flatMap { $0.isEmpty || $0.hasSlash ? nil : "\(group)/\($0)" }
    }

    /// No env and no manifest can have this name.
    package static let noGroup = "-"
}

private struct Allocator {
    let allocations: Allocations
    private(set) var wanted: [Allocation] = []
    /// What could not be recorded.
    private(set) var refused: [Diagnostic] = []

    init(_ allocations: Allocations) { self.allocations = allocations }

    mutating func fill(_ vm: Fields, of owner: String?) -> Fields { fill(vm, owner, at: []) }

    private mutating func fill(_ fields: Fields, _ owner: String?, at path: [Key]) -> Fields {
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
        _ entry: Fields.Entry, of pool: Key, _ owner: String?, _ path: [Key]
    ) -> Fields.Entry {
        guard let pool = allocations.pools[pool], pool.from <= pool.to else { return entry }
        let span = entry.value.origin.span
        guard let owner, !path.contains(where: { $0.text.hasSlash }) else {
            refused.append(.noOwner(span))
            return entry
        }
        let line = Allocations.line(pool.name, owner: owner, field: path)
        let number = allocations.number(line)
        wanted.append(Allocation(line: line, pool: pool, span: span, isRecorded: number != nil))
        guard let number else { return entry }
        let step = Step("!alloc", at: span, to: line.text)
        return Fields.Entry(
            entry.key, keySpan: entry.keySpan, number, rule: .derived("!alloc \(pool.name)"), beat: entry.beat,
            via: [step])
    }
}

extension Allocations {
    /// The number that each wish without one would get, in the order of their lines: the lowest that nothing has; nil where its
    /// pool has none left.
    package func offers(
        for wanted: [Allocation], butNot numbers: Set<Int>
    ) -> [(wish: Allocation, number: Int?)] {
        var inUse = numbers
        var starts: [Key: Int] = [:]
        var seen: Set<Key> = []
        // A line that says something else than a number has been reported.
        let missing = wanted.filter { !$0.isRecorded && lines[$0.line] == nil && seen.insert($0.line).inserted }
        return missing.sorted { $0.line < $1.line }.map { wish in
            let number = next(of: wish.pool, from: starts[wish.pool.name] ?? 0, butNot: inUse)
            if let number {
                inUse.insert(number)
                starts[wish.pool.name] = number + 1
            }
            return (wish, number)
        }
    }
}

extension LinkedSite {
    /// R0611 for each number that is not recorded, with the one that it would get.
    package func missingNumbers(of wanted: [Allocation], butNot numbers: Set<Int>) -> [Diagnostic] {
        guard let allocations, !isAllocationUnread else { return [] }
        return allocations.offers(for: wanted, butNot: numbers).map { offer in
            offer.number.map { .notAllocated(offer.wish, $0) } ?? .emptied(offer.wish)
        }
    }
}

extension Diagnostic {
    fileprivate static func noOwner(_ span: Span?) -> Diagnostic {
        Diagnostic(
            .badAllocation, "a number of a pool needs a VM with a name to record it by", at: span,
            help: "give the VM a name, and neither it nor the field a `/`")
    }

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
