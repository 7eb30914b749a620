internal import SiteModel

extension OutputFormat {
    /// `resolve spec`: what homestak's server hands to a machine (DESIGN §6, *spec*).
    package static let specification = OutputFormat(
        name: "spec", summary: "A specification, its references filled in",
        document: { subject in
            guard case .specification(let specification) = subject else { return nil }
            return Value(.map(specification.fields), .nowhere)
        })
}
