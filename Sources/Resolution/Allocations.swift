package import Diagnostics
package import SiteModel

/// Which numbers of the site's pools were given out, and to whom: `allocations.yaml` (DESIGN §10).
///
/// A line is `pool/owner/field: number`. The owner is a VM: `dev/web1` is web1 of the env dev.
package struct Allocations: Sendable {
    package let pools: [Key: NumberPool]
    /// The numbers by their lines, in the order of the file.
    package let lines: Fields
    /// Each number that was given out, by whichever pool.
    private let taken: Set<Int>

    init(_ site: Fields?, _ file: Fields?) {
        var pools: [Key: NumberPool] = [:]
        for entry in site?["pools"]?.map?.entries ?? [] {
            guard let from = entry.value.map?["from"]?.integer, let to = entry.value.map?["to"]?.integer else {
                continue
            }
            let except = entry.value.map?["except"]?.list?.compactMap(\.integer) ?? []
            pools[entry.key] = NumberPool(name: entry.key, from: from, to: to, except: Set(except))
        }
        self.pools = pools
        lines = file ?? Fields()
        taken = Set(lines.entries.compactMap(\.value.integer))
    }

    /// The line that records the number of a field of a VM.
    package static func line(_ pool: Key, owner: String, field: [Key]) -> Key {
        Key("\(pool)/\(owner)/\(SecretRef.path(field))")
    }

    func number(_ line: Key) -> Value? { lines[line].flatMap { $0.integer == nil ? nil : $0 } }

    /// The lowest number of a pool that nobody has.
    package func next(of pool: NumberPool, from start: Int = 0, butNot others: Set<Int>) -> Int? {
        pool.next(from: start) { taken.contains($0) || others.contains($0) }
    }

    /// What is wrong with what was given out: R0612.
    var diagnostics: [Diagnostic] {
        var holders: [Int: [Fields.Entry]] = [:]
        return lines.entries.flatMap { entry -> [Diagnostic] in
            let parts = entry.key.text.slashedParts
            guard parts.count >= 3, !parts.contains("") else { return [.noLine(entry)] }
            guard let number = entry.value.integer else { return [.noNumber(entry)] }
            guard let pool = pools[Key(String(parts[0]))], pool.from <= pool.to else { return [] }
            guard pool.contains(number) else { return [.outside(entry, number, pool)] }
            let first = holders[number]?.first { other in
                let name = other.key.text.slashedParts[0]
                return name == parts[0] || pools[Key(String(name))]?.contains(number) == true
            }
            holders[number, default: []].append(entry)
            return first.map { [.givenTwice(entry, $0, number)] } ?? []
        }
    }
}

extension LinkedSite {
    /// Pools that do not exist (R0201), and what is wrong with those that do: R0402, R0612.
    func checkAllocations() -> [Diagnostic] {
        // Where site.yaml cannot be read, its pools are not known.
        let isSiteUnread = entities[.site] == nil && catalogue.siteFile != nil
        guard let allocations, !isSiteUnread else { return checkPools() }
        let names = entities[.site]?.fields["pools"]?.map?.entries.map(\.key.text) ?? []
        let references = entities.values.flatMap(\.allocations)
        return checkPools() + allocations.diagnostics
            + references.filter { !names.contains($0.pool.text) }.map { .noPool($0, names) }
            + references.compactMap { reference in
                guard let range = reference.range, let pool = allocations.pools[reference.pool], pool.from <= pool.to,
                    !range.contains(pool.from) || !range.contains(pool.to)
                else { return nil }
                let place = entities[.site]?.fields["pools"]?.map?.entry(pool.name)?.keySpan
                return .unfit(reference, pool, range, place)
            }
    }

    private func checkPools() -> [Diagnostic] {
        (entities[.site]?.fields["pools"]?.map?.entries ?? []).compactMap { pool in
            guard let from = pool.value.map?["from"], let to = pool.value.map?["to"], let first = from.integer,
                let last = to.integer
            else {
                // The Python resolver knows no pools, so leniency has nothing to follow.
                return strictness == .lenient ? .noNumbers(pool) : nil
            }
            return first > last ? .emptyPool(pool.key, from.origin.span, to.origin.span) : nil
        }
    }
}

extension Diagnostic {
    fileprivate static func noPool(_ reference: PoolReference, _ names: [String]) -> Diagnostic {
        let near = Suggestions.near(reference.pool.text, among: names)
        let help =
            !near.isEmpty
            ? "did you mean \(near.asChoices)?"
            : names.isEmpty
                ? "describe it in site.yaml: `pools: {\(reference.pool): {from: 22222, to: 22299}}`"
                : "there \(names.count == 1 ? "is" : "are"): \(names.prefix(8).joined(separator: ", "))"
        return Diagnostic(
            .dangling, "no pool named \"\(reference.pool)\"", at: reference.span, "not in pools of site.yaml",
            help: help)
    }

    fileprivate static func noNumbers(_ pool: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .badValue, "the pool \"\(pool.key)\" has no numbers", at: pool.keySpan,
            help: "say its first and its last: `{from: 22222, to: 22299}`")
    }

    fileprivate static func unfit(
        _ reference: PoolReference, _ pool: NumberPool, _ range: ClosedRange<Int>, _ place: Span?
    ) -> Diagnostic {
        Diagnostic(
            .badValue,
            "the pool \"\(pool.name)\" has numbers that the field does not take: \(pool.from) to \(pool.to)",
            at: reference.span, "it takes \(range.lowerBound) to \(range.upperBound)",
            related: place.map { [Label($0, "the pool")] } ?? [], help: "make the pool fit, or take another one")
    }

    fileprivate static func emptyPool(_ name: Key, _ from: Span?, _ to: Span?) -> Diagnostic {
        Diagnostic(
            .badValue, "the pool \"\(name)\" ends before it begins", at: to, "its last number",
            related: from.map { [Label($0, "its first")] } ?? [], help: "exchange `from` and `to`")
    }

    fileprivate static func noLine(_ entry: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .badLine, "\"\(entry.key)\" names no pool, owner and field", at: entry.keySpan,
            help: "a line is `pool/owner/field: number`: `ssh/dev/web1/ssh_port: 22222`")
    }

    fileprivate static func noNumber(_ entry: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .badLine, "\(entry.key) wants a number, but this is \(entry.value.phrase)", at: entry.value.origin.span,
            help: entry.value.string.flatMap { Int($0) } != nil
                ? "remove the quotes" : "remove the line, and `resolve alloc --write` gives a number")
    }

    fileprivate static func outside(_ entry: Fields.Entry, _ number: Int, _ pool: NumberPool) -> Diagnostic {
        let reason =
            pool.except.contains(number) && number >= pool.from && number <= pool.to
            ? "one of its exceptions" : "outside \(pool.from) to \(pool.to)"
        return Diagnostic(
            .badLine, "\(number) is no number of the pool \"\(pool.name)\": it is \(reason)",
            at: entry.value.origin.span,
            help: "widen the pool, or remove the line, and `resolve alloc --write` gives another number")
    }

    fileprivate static func givenTwice(_ second: Fields.Entry, _ first: Fields.Entry, _ number: Int) -> Diagnostic {
        Diagnostic(
            .badLine, "\(number) was given out twice", at: second.value.origin.span, "to \(second.key)",
            related: first.value.origin.span.map { [Label($0, "to \(first.key)")] } ?? [],
            help: "remove the line of the one that has not been made yet, and `resolve alloc --write` gives it another")
    }
}

extension Code {
    package static let badLine = Code(
        "R0612", "an allocation that cannot be",
        explanation: """
            `allocations.yaml` records which numbers of the pools were given out: `pool/owner/field: number`, each number \
            once. Two branches that each took a number may meet in it with the same one.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            pools: {ssh: {from: 22222, to: 22299}}
            -- allocations.yaml --
            ssh/dev/db/ssh_port: 22222
            ssh/dev/web/ssh_port: 22222
            -- envs/dev.yaml --
            vms:
              - {name: web, ssh_port: !alloc ssh}
              - {name: db, ssh_port: !alloc ssh}
            """,
        fix: "Remove the line that is wrong and run `resolve alloc --write`.")
}
