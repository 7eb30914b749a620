internal import SiteModel

/// Every field of every kind, from the tables that files are bound by: what `resolve help fields` prints.
enum FieldReference {
    static var text: String {
        EntityKind.allCases.compactMap { kind in
            kind.table.fields.isEmpty ? nil : "\(heading(kind))\n\n" + lines(kind.table, below: "").joined()
        }.joined(separator: "\n")
    }

    /// The fields of a kind, in the singular or plural; nil for a kind that does not exist.
    static func text(of name: String) -> String? {
        let names = [name, name.replacing("-", with: " ")]
        let kind = EntityKind.allCases.first { kind in
            names.contains {
                $0 == kind.name || $0 == kind.plural || $0 == kind.name + "s" || $0 == kind.name + ".yaml"
            }
        }
        return kind.map { "\(heading($0))\n\n" + lines($0.table, below: "").joined() }
    }

    private static func heading(_ kind: EntityKind) -> String {
        let places =
            kind.folders.isEmpty ? kind.rawValue + ".yaml" : kind.folders.map { "\($0)/" }.joined(separator: ", ")
        let other = kind.table.isOpen ? "; any other key is data" : ""
        return "\(kind.name): \(places)\(other)"
    }

    private static func lines(_ table: FieldTable, below path: String) -> [String] {
        table.fields.flatMap { field -> [String] in
            let name = path + field.name.text
            var remarks = [field.type.wish]
            if field.isRequired { remarks.append("required") }
            if let former = field.formerName { remarks.append("formerly \(former)") }
            if field.rule != .replace { remarks.append("merged by \(field.rule.rawValue)") }
            let line = "  \(name) (\(remarks.joined(separator: "; ")))\n      \(field.summary)\n"
            return [line] + nested(field.type).flatMap { lines($0.table, below: name + $0.step) }
        }
    }

    /// The tables inside a type, and how their fields are reached.
    private static func nested(_ type: FieldType) -> [(table: FieldTable, step: String)] {
        switch type {
        case .map(let table): [(table, ".")]
        case .mapOf(let type): nested(type).map { ($0.table, ".*" + $0.step) }
        case .listOrMapOf(let type): nested(type).map { ($0.table, ".*" + $0.step) }
        case .either(let type, let table): nested(type) + [(table, ".")]
        case .list(let type), .oneOrMore(let type): nested(type).map { ($0.table, "[]" + $0.step) }
        case .nullable(let type): nested(type)
        default: []
        }
    }
}
