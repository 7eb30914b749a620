package import Diagnostics
package import SiteModel

/// Which minions a roster is wanted of.
package struct RosterSelection: Sendable {
    /// Ids, and patterns of them; none for all.
    package let patterns: [String]
    /// The env that they belong to; nil for any.
    package let env: String?
    /// Addresses that are known only now, by the minions' ids.
    package let addresses: [(id: String, address: String)]

    package init(patterns: [String], env: String?, addresses: [(id: String, address: String)]) {
        self.patterns = patterns
        self.env = env
        self.addresses = addresses
    }
}

extension LinkedSite {
    /// How salt-ssh reaches the minions that were asked for (DESIGN §7). Reports R0201, R0402, R0613, R0614, R0704.
    ///
    /// - Parameter isWhole: whether all host groups could be read, so that a minion that is missing is missing.
    package func roster(
        of selection: RosterSelection, _ form: Roster.Form, isWhole: Bool
    ) -> (roster: Roster, diagnostics: [Diagnostic]) {
        let all = minions()
        var minions = all.minions
        var diagnostics =
            all.diagnostics + place(selection.addresses, among: &minions, isWhole) + checkPlaces(of: minions)
        if let env = selection.env {
            if catalogue.place(Key(env), .kind(.env)) == nil {
                diagnostics.append(.notFound(Key(env), .kind(.env), in: catalogue, .error))
            }
            minions = minions.filter { $0.env.name == env }
        }
        let isKnown = isWhole && !diagnostics.hasErrors
        let (selected, misses) = select(selection, among: minions, all.minions, isKnown: isKnown)
        diagnostics += misses
        if isWhole, catalogue.all(.hostGroup).isEmpty { diagnostics.append(.noHostGroups) }
        // That it has none may be meant; but who names a minion wants it.
        let unreachable = selected.filter { minion in
            minion.lacksAddress || (minion.host == nil && selection.patterns.contains { Key($0) == minion.id })
        }
        if isKnown, !unreachable.isEmpty { diagnostics.append(.unreachable(unreachable, selection.patterns)) }
        let lineage = hostGroups.flatMap { inherited($0).entity.fields.lineage }
        return (Roster(selected.filter { $0.host != nil }, lineage: lineage, form: form), diagnostics)
    }

    /// Gives minions the addresses that are known only now.
    private func place(
        _ addresses: [(id: String, address: String)], among minions: inout [Minion], _ isWhole: Bool
    ) -> [Diagnostic] {
        addresses.flatMap { id, address -> [Diagnostic] in
            guard let index = minions.firstIndex(where: { $0.id == Key(id) }) else {
                return isWhole ? [.noMinion(id, among: minions)] : []
            }
            minions[index] = minions[index].reached(at: Fields.Entry("ip", .string(address, .commandLine)))
            guard HostAddress.isOne(address) else {
                return [
                    Diagnostic(
                        .badValue, "--set \(id)=\(address): that is no address", at: nil,
                        help: "give an IP address without a prefix, or a host name")
                ]
            }
            return []
        }
    }

    /// - Parameters:
    ///   - minions: those of the env that is wanted.
    ///   - isKnown: whether all minions are known, so that one that is missing is missing.
    private func select(
        _ selection: RosterSelection, among minions: [Minion], _ all: [Minion], isKnown: Bool
    ) -> (minions: [Minion], diagnostics: [Diagnostic]) {
        guard !selection.patterns.isEmpty else { return (minions, []) }
        let globs = selection.patterns.map { (text: $0, glob: Glob($0)) }
        let misses = globs.filter { glob in isKnown && !minions.contains { glob.glob.matches($0.id) } }.map {
            text, glob -> Diagnostic in
            if let other = all.first(where: { glob.matches($0.id) }), let env = selection.env {
                return .elsewhere(text, other, env)
            }
            return glob.isPattern ? .noMatch(text, all.count) : .noMinion(text, among: all)
        }
        return (minions.filter { minion in globs.contains { $0.glob.matches(minion.id) } }, misses)
    }
}

extension Diagnostic {
    fileprivate static let noHostGroups = Diagnostic(
        .dangling, .warning, "the site has no host groups, so the roster is empty", at: nil,
        help: "host groups are files such as pillar/hosts/kt_web.sls")

    /// No minion of that id.
    package static func noMinion(_ id: String, among minions: [Minion]) -> Diagnostic {
        let near = Suggestions.near(id, among: minions.map(\.id.text))
        let few = minions.count <= 8 ? minions.map(\.id.text).joined(separator: ", ") : nil
        let help =
            !near.isEmpty
            ? "did you mean \(near.asChoices)?"
            : minions.isEmpty
                ? "no host group in pillar/hosts/ has instances"
                : few.map { "there \(minions.count == 1 ? "is" : "are"): \($0)" }
                    ?? "`resolve list minions` shows all \(minions.count)"
        return Diagnostic(
            .dangling, "no minion named \"\(id)\"", at: nil, notes: ["none of the instances in pillar/hosts/"],
            help: help)
    }

    fileprivate static func noMatch(_ pattern: String, _ count: Int) -> Diagnostic {
        Diagnostic(
            .dangling, "no minion matches \"\(pattern)\"", at: nil,
            help: count == 0
                ? "no host group in pillar/hosts/ has instances" : "`resolve list minions` shows all \(count)")
    }

    fileprivate static func elsewhere(_ pattern: String, _ minion: Minion, _ env: String) -> Diagnostic {
        Diagnostic(
            .dangling, "no minion of env \"\(env)\" matches \"\(pattern)\"", at: nil,
            help: "\(minion.id) is of \(minion.env.name.map { "env \($0)" } ?? "no env")")
    }

    /// - Parameter patterns: what was asked for: who names a minion wants it.
    static func unreachable(_ minions: [Minion], _ patterns: [String] = []) -> Diagnostic {
        let named = minions.contains { minion in patterns.contains { Key($0) == minion.id } }
        let shown = minions.prefix(5).map(\.id.text).joined(separator: ", ")
        let rest = minions.count > 5 ? " and \(minions.count - 5) more" : ""
        let verb =
            minions.count == 1
            ? "has no address, so the roster is without it" : "have no address, so the roster is without them"
        return Diagnostic(
            .unreachable, named ? .error : .warning, "\(shown)\(rest) \(verb)", at: minions[0].span,
            help: named
                ? "--set \(minions[0].id)=IP gives one that is known only now"
                : "say `ip: ADDRESS`, or `ip: null` if it needs none: `roster --set ID=IP` gives one that is known only then"
        )
    }
}

extension Code {
    package static let unreachable = Code(
        "R0704", "minions that the roster leaves out",
        explanation: """
            salt-ssh cannot reach an instance that says no address. Where that is meant, because it gets one only when it runs, \
            or its connection needs none (Incus), it says `null`; then the roster is without it. Asked for by its id it is an \
            error.
            """,
        example: """
            $ resolve roster
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            instances:
              1: 203.0.113.10
              2: {ssh: {port: 2222}}
            """,
        fix: "Give it an address, in the host group or with `--set ID=IP`, or say that it has none.")
}
