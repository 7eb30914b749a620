internal import Resolution
internal import SiteModel

/// The names that a site has, for what refers to them: from the folders' listings and the keys of the secrets.
struct ExistingNames {
    private let catalogue: Catalogue
    /// The secrets, of which only the keys are looked at; nil if they are unknown.
    private let secrets: SecretKeys?

    init(_ catalogue: Catalogue, _ state: SecretsState) {
        self.catalogue = catalogue
        if case .keys(let known) = state { secrets = known } else { secrets = nil }
    }

    var knowsSecrets: Bool { secrets != nil }

    /// What a reference may say, sorted: every spelling under which it finds a file.
    func names(_ order: SearchOrder) -> [String] {
        let spellings = catalogue.all(order.kind).flatMap { order.spellings(of: $0.id.name, in: $0.id.folder) }
        return Self.sorted(spellings.filter { catalogue.place($0, order) != nil })
    }

    /// What a reference to a secret may say, sorted.
    ///
    /// - Parameter mayNamePart: whether it may begin with the part's name, too.
    func secrets(under part: Key, mayNamePart: Bool) -> [String] {
        let keys = secrets?.value(at: [part])?.map?.entries.map(\.key) ?? []
        return Self.sorted(keys + (mayNamePart ? keys.map { Key("\(part).\($0)") } : []))
    }

    private static func sorted(_ names: [Key]) -> [String] {
        names.sorted().reduce(into: [String]()) { sorted, name in
            if sorted.last.map({ Key($0) }) != name { sorted.append(name.text) }
        }
    }
}
