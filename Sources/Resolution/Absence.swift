internal import Diagnostics
internal import SiteModel

/// What there is to say of a name that means nothing, wherever it stands. Worked out once for each name, since many files may have
/// the same one, and all that exists is compared with it.
struct Absence {
    /// What was looked for.
    struct Name: Hashable {
        let name: Key
        let order: SearchOrder
        /// One that cannot be meant.
        let other: Key?

        init(_ name: Key, _ order: SearchOrder, besides other: Key? = nil) {
            self.name = name
            self.order = order
            self.other = other
        }
    }

    private let name: Name
    /// What may have been meant, the likeliest first.
    private let near: [String]
    private let help: String
    /// What of other kinds has that name.
    private let elsewhere: [String]

    init(of name: Name, in catalogue: Catalogue) {
        self.name = name
        let kind = name.order.kind
        let names = catalogue.names(kind).filter { Key($0) != name.other }
        near = Suggestions.near(name.name.text, among: names)
        if !near.isEmpty {
            let paths = near.compactMap { catalogue.place(Key($0), name.order)?.path }.joined(separator: ", ")
            help = "did you mean \(near.asChoices)?" + (paths.isEmpty ? "" : " (\(paths))")
        } else if names.isEmpty {
            let folder = name.order.folders.first(where: catalogue.hasFolder) ?? kind.folders[0]
            let file = Catalogue.isName(name.name.text) ? name.name.text : "NAME"
            help = "there is no \(kind.name) yet: make \(folder)/\(file).yaml"
        } else if names.count <= 8 {
            help = "there \(names.count == 1 ? "is" : "are"): \(names.joined(separator: ", "))"
        } else {
            help = "`resolve list \(kind.plural)` shows all \(names.count)"
        }
        elsewhere = EntityKind.allCases.filter { $0 != kind }.flatMap { other in
            catalogue.all(other).filter { $0.id.name == name.name }.map {
                "\(other.withArticle) of that name exists: \($0.path)"
            }
        }
    }

    /// - Parameter span: where the name stands; nil if the command line said it.
    func diagnostic(at span: Span?, _ severity: Severity) -> Diagnostic {
        let order = name.order
        return Diagnostic(
            .dangling, severity, "no \(order.kind.name) named \"\(name.name)\"", at: span, order.absence,
            notes: (span == nil ? [order.absence] : []) + elsewhere, help: help,
            fixes: near.count == 1 ? span.map { [.writing(near[0], at: $0)] } ?? [] : [])
    }
}
