package import Diagnostics
internal import SiteModel

extension LinkedSite {
    /// Envs whose VM numbers, counted from `vmid_base`, meet: R0610.
    ///
    /// An env and what it extends are alternatives, and so are envs that name different nodes.
    package func overlappingNumbers() -> [Diagnostic] {
        let ranges = catalogue.all(.env).compactMap { entities[$0.id] }.compactMap { env in
            released[env.id].map(\.numbers) ?? NumberRange(of: env, in: self)
        }
        let sorted = ranges.sorted { ($0.numbers.lowerBound, $0.env.name) < ($1.numbers.lowerBound, $1.env.name) }
        // Each is told of one that it meets: when they are apart, the next one is told.
        return sorted.indices.compactMap { index in
            let second = sorted[index]
            let first = sorted[..<index].suffix(Self.rangesLookedAt).last { first in
                first.numbers.upperBound >= second.numbers.lowerBound && !areAlternatives(first.env, second.env)
                    && !(first.node != nil && second.node != nil && first.node != second.node)
            }
            return first.map { .overlap($0, second) }
        }
    }

    private static let rangesLookedAt = 64

    private func areAlternatives(_ first: EntityID, _ second: EntityID) -> Bool {
        ancestry.family(of: first).contains { $0.id == second }
            || ancestry.family(of: second).contains { $0.id == first }
    }

    /// The numbers of an env's VMs, from the first to the last that is counted.
    struct NumberRange: Sendable {
        fileprivate let env: EntityID
        fileprivate let base: Value
        fileprivate let numbers: ClosedRange<Int>
        /// The node that the env names.
        fileprivate let node: Key?

        init?(of env: BoundEntity, in site: LinkedSite) {
            let fields = site.inherited(env).entity.fields
            // What has a number of its own does not count.
            let vms = fields["vms"]?.list ?? []
            guard let base = fields["vmid_base"], let start = base.integer,
                let lowest = vms.firstIndex(where: { $0.map?["vmid"] == nil }),
                let highest = vms.lastIndex(where: { $0.map?["vmid"] == nil }), let first = start.plus(lowest),
                let last = start.plus(highest)
            else { return nil }
            self.env = env.id
            self.base = base
            numbers = first...last
            node = fields["node"]?.name.map { Key($0) }
        }
    }
}

extension Diagnostic {
    fileprivate static func overlap(_ first: LinkedSite.NumberRange, _ second: LinkedSite.NumberRange) -> Diagnostic {
        func text(_ range: LinkedSite.NumberRange) -> String {
            "\(range.env.name) (\(range.numbers.lowerBound) to \(range.numbers.upperBound))"
        }
        let isOne = first.base.origin.span == second.base.origin.span
        let other = isOne ? nil : first.base.origin.span
        return Diagnostic(
            .overlap, .warning, "the VM numbers of two envs overlap: \(text(first)) and \(text(second))",
            at: second.base.origin.span, isOne ? "both count from here" : "\(second.env.name) counts from here",
            related: other.map { [Label($0, "\(first.env.name) counts from here")] } ?? [],
            help: "leave room between the bases, or say with `node:` that the envs are for different nodes")
    }
}

extension Code {
    package static let overlap = Code(
        "R0610", "two envs whose VM numbers overlap",
        explanation: """
            VMs without a `vmid` are counted from their env's `vmid_base`. Where the numbers of two envs meet, making one \
            env on a node that has the other fails, or touches the wrong machines.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- envs/dev.yaml --
            vmid_base: 100
            vms: [{name: web}, {name: db}]
            -- envs/test.yaml --
            vmid_base: 101
            vms: [{name: mail}]
            """,
        fix: "Leave room between the bases: 9100, 9200.")
}
