internal import SiteModel

// What schemas are written with: values that come from no file.

extension Value {
    static func text(_ text: String) -> Value { .string(text, .nowhere) }
    static func texts(_ texts: [String]) -> Value { .items(texts.map { .text($0) }) }
    static func number(_ number: Int) -> Value { Value(.integer(number), .nowhere) }
    static func flag(_ flag: Bool) -> Value { Value(.bool(flag), .nowhere) }
    static func items(_ items: [Value]) -> Value { Value(.list(items), .nowhere) }
    static func object(_ fields: Fields) -> Value { Value(.map(fields), .nowhere) }
}

extension Fields {
    /// Keywords of a schema that accepts whatever one of these accepts. Alternatives among them are taken for themselves.
    static func anyOf(_ schemas: [Fields]) -> Fields {
        let alternatives = schemas.flatMap { schema -> [Value] in
            schema.entries.count == 1 ? schema["anyOf"]?.list ?? [.object(schema)] : [.object(schema)]
        }
        return ["anyOf": .items(alternatives)]
    }

    /// These keywords behind others.
    func behind(_ others: Fields) -> Fields { Fields(others.entries + entries) }
}
