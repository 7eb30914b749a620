internal import SiteModel

// What a field may hold, said in JSON Schema. Beside `KindSchema.swift`, which asks; `FieldType.complaint` and the binder are what
// it follows.

extension KindSchema {
    mutating func keywords(_ type: FieldType) -> Fields {
        switch type {
        case .text: return ["type": .text("string")]
        case .integer(let range):
            return [
                "type": .text("integer"), "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound),
            ]
        case .boolean: return ["type": .text("boolean")]
        case .choice(let choices): return ["enum": .texts(choices)]
        case .addressWithPrefix: return definition("address-with-prefix", Self.addressWithPrefix)
        case .address: return definition("address", Self.address)
        case .either(let type, let table): return .anyOf([keywords(type), keywords(.map(table))])
        case .portOrName:
            return ["type": .texts(["integer", "string"]), "minimum": .number(1), "maximum": .number(65535)]
        case .reference(let order): return reference(order)
        case .parents:
            let parent = reference(.kind(kind))
            return .anyOf([parent, ["type": .text("array"), "items": .object(parent)]])
        case .secret(let part, let mayNamePart):
            let existing = names?.secrets(under: part, mayNamePart: mayNamePart) ?? []
            return offering(existing, ["type": .text("string"), "minLength": .number(1)])
        case .oneOrMore(let type):
            let item = keywords(type)
            return .anyOf([item, ["type": .text("array"), "items": .object(item)]])
        case .list(let type): return ["type": .text("array"), "items": .object(keywords(type))]
        case .map(let table):
            guard let name = table.name else { return self.table(table) }
            if definitions.contains(name) { return Self.reference(to: name) }
            return definition(name, self.table(table))
        case .mapOf(let type): return map(of: keywords(type))
        case .listOrMapOf(let type):
            let item = keywords(type)
            return .anyOf([["type": .text("array"), "items": .object(item)], map(of: item)])
        case .password: return .anyOf([["type": .text("string")], definition("secret", Self.secret)])
        case .nullable(let type): return nullable(keywords(type))
        case .any: return kind == .secrets ? [:] : definition("value", Self.value)
        case .visible: return definition("visible", Self.visible)
        }
    }

    /// What stands behind a key that no field has.
    var additional: Value {
        mutating get { kind == .secrets ? .flag(true) : .object(keywords(.any)) }
    }

    /// A reference to what is written once; writes it if it is not there yet.
    private mutating func definition(_ name: Key, _ schema: Fields) -> Fields {
        if !definitions.contains(name) { definitions.set(name, .object(schema)) }
        return Self.reference(to: name)
    }

    private static func reference(to name: Key) -> Fields { ["$ref": .text("#/$defs/\(name)")] }

    private func map(of type: Fields) -> Fields {
        var schema: Fields = ["type": .text("object")]
        // Under a key of its own a secret is a value, and the type says whether it may be.
        let refused = Fields(secretKey.map { Fields.Entry($0, .flag(false)) })
        if !refused.isEmpty { schema.set("properties", .object(refused)) }
        schema.set("additionalProperties", .object(type))
        return schema
    }

    private func nullable(_ schema: Fields) -> Fields {
        guard let type = schema["type"]?.string, schema["enum"] == nil else {
            return .anyOf([schema, ["type": .text("null")]])
        }
        var schema = schema
        schema.set("type", .texts([type, "null"]))
        return schema
    }

    private mutating func reference(_ order: SearchOrder) -> Fields {
        let existing = names?.names(order) ?? []
        // With a prefix a name may begin with what none begins with.
        guard case .presetOfManifest = order else { return offering(existing, definition("name", Self.name)) }
        return offering(existing, ["type": .text("string"), "pattern": .text("^[A-Za-z0-9._@-]+$")])
    }

    /// Names that an editor offers, beside whatever is well formed: files come and go, and `validate` knows which are there.
    private func offering(_ existing: [String], _ schema: Fields) -> Fields {
        existing.isEmpty ? schema : .anyOf([["enum": .texts(existing)], schema])
    }
}

// What is the same in every schema.
extension KindSchema {
    private static let name: Fields = [
        "description": .text("The name of a file, without its ending."), "type": .text("string"),
        "pattern": .text("^[A-Za-z0-9][A-Za-z0-9._@-]*$"),
    ]

    private static let address: Fields = [
        "description": .text("An IPv4 or IPv6 address, or a host name."), "type": .text("string"),
        "pattern": .text("^(\(ipv4)|\(ipv6)|\(hostName))$"), "maxLength": .number(253),
    ]

    private static let addressWithPrefix: Fields = [
        "description": .text("null, `dhcp`, or an address with the length of its prefix: 10.0.0.5/24."),
        "type": .texts(["string", "null"]),
        "pattern": .text(
            "^(dhcp|\(ipv4)/(0{0,2}[0-9]|0?[12][0-9]|0?3[0-2])|\(ipv6)/([0-9]{1,2}|0[0-9]{2}|1[01][0-9]|12[0-8]))$"),
    ]

    private static let secretPath: Value = .object([
        "description": .text("The value is the secret at this path: db.password, or ssh_keys.\"joe@host.lan\"."),
        "type": .text("string"), "minLength": .number(1),
    ])

    private static let secret: Fields = [
        "type": .text("object"), "properties": .object(["$secret": secretPath]), "required": .texts(["$secret"]),
        "additionalProperties": .flag(false),
    ]

    /// Data: anything, in it secrets by their paths; no ciphertext of another file's, and no pool as a map.
    private static let value: Fields = [
        "description": .text("Any value; {$secret: PATH} stands for a secret."), "not": ciphertext,
        "properties": .object(["$secret": secretPath, "$alloc": .flag(false)]),
        "if": .object(["required": .texts(["$secret"])]), "then": .object(["maxProperties": .number(1)]),
        "additionalProperties": .object(reference(to: "value")), "items": .object(reference(to: "value")),
    ]

    /// Data that is shown or checked, so that no secret can stand in it.
    private static let visible: Fields = [
        "description": .text("Any value that is no secret."), "not": ciphertext,
        "properties": .object(["$secret": .flag(false), "$alloc": .flag(false)]),
        "additionalProperties": .object(reference(to: "visible")), "items": .object(reference(to: "visible")),
    ]

    private static let ciphertext: Value = .object([
        "type": .text("string"), "pattern": .text("^(ENC\\[AES256_GCM,|\\$ANSIBLE_VAULT;)"),
    ])

    private static let octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    private static let ipv4 = "(\(octet)\\.){3}\(octet)"
    /// Wider than the notation: what a pattern cannot count, `validate` does.
    private static let ipv6 = "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"
    private static let label = "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?"
    /// Labels, the last of them not all digits: else it is a mistyped address.
    private static let hostName =
        "(\(label)\\.)*([0-9]*[A-Za-z_]([A-Za-z0-9_-]*[A-Za-z0-9_])?|[0-9]+-([A-Za-z0-9_-]*[A-Za-z0-9_]))"
}
