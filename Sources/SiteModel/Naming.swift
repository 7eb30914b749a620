/// How the ids of a host group's minions are made: text with `{group}`, `{label}`, `{instance}` and `{env}`.
package struct Naming: Sendable {
    package enum Part: Sendable, Equatable {
        case text(String)
        case group, label, instance, env
    }

    package enum Mistake: Error, Equatable {
        /// A `{` or `}` without the other.
        case brace
        case unknown(String)
    }

    package let parts: [Part]

    /// What holds where none is written.
    package init(hasLabel: Bool) {
        parts =
            hasLabel
            ? [.group, .text("_"), .label, .text("_"), .instance] : [.group, .text("_"), .instance]
    }

    package init(_ text: String) throws(Mistake) {
        var parts: [Part] = []
        var rest = Substring(text)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}") else { throw .brace }
            if brace > rest.startIndex { parts.append(.text(String(rest[..<brace]))) }
            let name = String(rest[rest.index(after: brace)..<end])
            guard let part = Self.placeholders.first(where: { $0.name == name })?.part else {
                throw name.contains("{") ? .brace : .unknown(name)
            }
            parts.append(part)
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    /// What may stand in braces.
    package static let placeholders: [(name: String, part: Part)] = [
        ("group", .group), ("label", .label), ("instance", .instance), ("env", .env),
    ]

    package func id(group: String, label: String, instance: String, env: String) -> String {
        parts.reduce(into: "") { id, part in
            switch part {
            case .text(let text): id += text
            case .group: id += group
            case .label: id += label
            case .instance: id += instance
            case .env: id += env
            }
        }
    }
}
