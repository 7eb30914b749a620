internal import SiteModel

/// Writes the schema of a kind: the binder's table, said in JSON Schema.
///
/// The law is that whatever `validate` accepts is accepted. So a key that it only remarks on is free, and where a check needs more
/// than the file, or looks at the merged value, the schema is wider.
struct KindSchema {
    let kind: EntityKind
    /// What exists, for schemas of one site.
    let names: ExistingNames?
    /// What is referred to from several places, by its name, in the order of use.
    var definitions = Fields()

    static func document(_ kind: EntityKind, _ names: ExistingNames?) -> Value {
        var schema = KindSchema(kind: kind, names: names)
        let body = kind == .allocations ? Self.allocations : schema.table(kind.table, isRoot: true)
        var document: Fields = [
            "$schema": .text("https://json-schema.org/draft/2020-12/schema"),
            "title": .text("site-config \(kind.name)"),
            "description": .text(
                kind.patterns.joined(separator: ", ") + (kind.table.isOpen ? ". Any other key is data." : ".")),
        ]
        document = body.behind(document)
        if !schema.definitions.isEmpty { document.set("$defs", .object(schema.definitions)) }
        return .object(document)
    }

    /// The keywords of a map with these fields.
    mutating func table(_ table: FieldTable, isRoot: Bool = false) -> Fields {
        let required = table.fields.filter { $0.isRequired && $0.formerName == nil }
        // An empty file is an empty map.
        let isEmptyFine = isRoot && required.isEmpty
        var schema: Fields = ["type": isEmptyFine ? .texts(["object", "null"]) : .text("object")]
        schema.set("properties", .object(properties(of: table, isRoot: isRoot)))
        if !required.isEmpty { schema.set("required", .texts(required.map(\.name.text))) }
        let former = formerFields(of: table)
        if !former.isEmpty { schema.set("allOf", .items(former)) }
        schema.set("patternProperties", .object(["^x-": .flag(true)]))
        // A key that nothing reads is a remark, but not where whoever reads the output would stumble over it, and not beside the
        // fields of a group, where Ansible's users write variables.
        let isClosed = table.refusal != nil || (kind == .group && isRoot)
        schema.set("additionalProperties", isClosed ? .flag(false) : additional)
        return schema
    }

    private mutating func properties(of table: FieldTable, isRoot: Bool) -> Fields {
        var properties = Fields()
        for field in table.fields {
            var property: Fields = ["description": .text(field.explanation)]
            property = keywords(field.type).behind(property)
            if field.isRequired, case .text = field.type { property.set("minLength", .number(1)) }
            properties.set(field.name, .object(property))
            guard let former = field.formerName else { continue }
            properties.set(
                former,
                .object([
                    "description": .text("Now called `\(field.name)`, and still read."), "deprecated": .flag(true),
                ])
            )
        }
        let refused = table.confusions.keys.sorted() + strangers(in: table, isRoot: isRoot)
        for key in refused where !properties.contains(key) { properties.set(key, .flag(false)) }
        return properties
    }

    /// Keys that are errors beside these fields, though other keys are data.
    private func strangers(in table: FieldTable, isRoot: Bool) -> [Key] {
        var keys: [Key] = []
        // What Salt's own pillar files have (R0418), and in an instance the fields of its group (R0404).
        if kind == .hostGroup, table.isOpen {
            keys += ["include", "exclude"]
            if !isRoot { keys += ["env", "extends", "instances", "naming"] }
        }
        return keys + (isRoot ? [] : secretKey)
    }

    /// A secret cannot stand for a map that has fields. In a file of secrets the key means nothing.
    var secretKey: [Key] { kind == .secrets ? [] : ["$secret"] }

    /// What holds under former names: nothing where the new name stands as well, for then that is read.
    private mutating func formerFields(of table: FieldTable) -> [Value] {
        table.fields.compactMap { field in
            guard let former = field.formerName else { return nil }
            let type: Fields = [former: .object(keywords(field.type))]
            return .object([
                "if": .object(["required": .texts([field.name.text])]),
                "else": .object(["properties": .object(type)]),
            ])
        }
    }

    /// `pool/owner/field: number`, as R0612 has it. There is no field to bind.
    private static let allocations: Fields = [
        "type": .texts(["object", "null"]),
        "propertyNames": .object(["pattern": .text("^[^/]+(/[^/]+){2,}$")]),
        "additionalProperties": .object([
            "description": .text("The number that was given out. `resolve alloc --write` keeps this file."),
            "type": .text("integer"),
        ]),
    ]
}

extension Field {
    /// What a person is told of it: what it is for, how it is merged, what holds where it is absent.
    fileprivate var explanation: String {
        var sentences = [summary]
        if rule != .replace { sentences.append("Merged by \(rule.rawValue): \(rule.summary).") }
        if let whenAbsent, !summary.contains("else \(whenAbsent)") { sentences.append("When absent: \(whenAbsent).") }
        return sentences.joined(separator: " ")
    }
}
