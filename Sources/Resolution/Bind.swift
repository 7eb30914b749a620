package import Diagnostics
package import SiteModel
package import YAMLSyntax

/// Reads a file's tree as its kind's table says (DESIGN §1, *Unknown keys*).
///
/// Every mistake is reported and the rest is bound all the same. Reports R0401–R0406.
package func bind(
    _ tree: SyntaxTree, as id: EntityID, _ strictness: Strictness
) -> (entity: BoundEntity, diagnostics: [Diagnostic]) {
    // Of these the Python resolver knows nothing, so leniency has nothing to follow.
    let strictness: Strictness = id.kind.isForMinions ? .strict : strictness
    var binder = Binder(tree, id.kind, folder: id.folder, strictness)
    binder.checkRoot()
    let fields = binder.map(tree.root, id.kind.table, at: Place(of: id.kind))
    let entity = BoundEntity(
        id: id, path: tree.source.path, start: .startOfFile(tree.source.id), fields: fields,
        references: binder.references, secretReferences: binder.secretReferences, allocations: binder.allocations,
        tags: binder.tags, passwords: binder.passwords,
        parents: id.kind.inherits ? binder.references.filter(\.isParent) : [],
        repeatsValues: tree.hasAliases || tree.hasMerges)
    return (entity, binder.diagnostics)
}

/// Reads a file of secrets that is a layer of pillars: any keys, each value by its place in that file.
package func bindSecretLayer(_ tree: SyntaxTree, named file: Key) -> (fields: Fields, diagnostics: [Diagnostic]) {
    var binder = Binder(tree, .secrets, folder: "", .strict)
    binder.secretFile = file
    let fields = binder.map(tree.root, FieldTable(isOpen: true, []), at: Place(of: .secrets))
    return (fields, binder.diagnostics)
}

struct Binder {
    let tree: SyntaxTree
    let kind: EntityKind
    let folder: Key
    let strictness: Strictness
    var diagnostics: [Diagnostic] = []
    var references: [Reference] = []
    var secretReferences: [SecretReference] = []
    var allocations: [PoolReference] = []
    var tags: [WrittenTag] = []
    var passwords: [PasswordInClear] = []
    /// The file that the secrets stand in, if that is not the site's own.
    var secretFile: Key?
    /// The keys that lead to where the binder is.
    var steps: [Key] = []
    private var keysOfLast: (map: NodeID, keys: Set<Key>)?
    /// Whether there are tags that speak of merging.
    private let hasTags: Bool
    /// Whether scalars are what they seem: none is tagged, a secret, a path to one, or a number of a pool.
    let isPlain: Bool
    /// Whether it is a file of secrets in which no scalar has a tag.
    private let isPlainSecret: Bool

    init(_ tree: SyntaxTree, _ kind: EntityKind, folder: Key, _ strictness: Strictness) {
        self.tree = tree
        self.kind = kind
        self.folder = folder
        self.strictness = strictness
        hasTags = tree.hasTags
        isPlainSecret = tree.source.isSecret && !tree.hasTags && !tree.hasPoolNumbers
        isPlain = !tree.hasTags && !tree.hasSecretPaths && !tree.hasPoolNumbers && !tree.source.isSecret
    }

    // MARK: Maps

    mutating func map(_ node: NodeID, _ table: FieldTable, at place: Place) -> Fields {
        var entries: [Fields.Entry] = []
        entries.reserveCapacity(tree.count(node))
        for entry in tree.entrySequence(node) {
            let key = key(entry)
            if let (number, name, sort) = table.place(of: key) {
                if name != key, keys(of: node).contains(name) {
                    diagnostics.append(.bothNames(key, name, tree.span(entry.key)))
                    continue
                }
                if isPlainScalar(entry.value, of: sort, at: place) {
                    let origin = Origin(tree.span(entry.value), place.layer, strength: place.strength)
                    let content = Value.Content(tree.value(entry.value))
                    entries.append(Fields.Entry(name, keySpan: tree.span(entry.key), content, origin))
                    continue
                }
                if let order = plainReference(entry.value, of: sort, at: place) {
                    let text = tree.string(entry.value)
                    let span = tree.span(entry.value)
                    references.append(Reference(order: order, field: name, name: Key(text), span: span))
                    let origin = Origin(span, place.layer, strength: place.strength)
                    entries.append(Fields.Entry(name, keySpan: tree.span(entry.key), .string(text), origin))
                    continue
                }
                let field = table.fields[number]
                let inside = enter(field.name, place)
                let value = value(entry.value, field.type, named: field.name, at: inside)
                leave()
                entries.append(Fields.Entry(field.name, keySpan: tree.span(entry.key), value))
            } else {
                checkUnknown(key, entry, in: node, table, at: place)
                var inside = enter(key, place)
                // A misspelt password is one.
                if kind.isForMinions, !table.isOpen {
                    inside.isOfPassword = key.seemsToNamePassword
                    notePasswords(in: entry.value, at: inside)
                }
                let value = value(entry.value, .any, named: key, at: inside)
                leave()
                entries.append(Fields.Entry(key, keySpan: tree.span(entry.key), value))
            }
        }
        let fields = Fields(distinct: entries)
        checkRequired(fields, of: node, table)
        return fields
    }

    /// Whether the fields are there that have to be.
    private mutating func checkRequired(_ fields: Fields, of node: NodeID, _ table: FieldTable) {
        if table.requiredNames.allSatisfy({ fields.saysPlainly($0) }) { return }
        for field in table.required {
            let entry = fields.entry(field.name)
            if kind.inherits, entry?.isUnset == true {
                diagnostics.append(.badTag(.unset, entry?.value.origin.span, "\(field.name) is required"))
            }
        }
        for field in table.required where (fields[field.name]?.string ?? "?").isEmpty {
            diagnostics.append(.emptyField(field, steps, fields[field.name]?.origin.span, strictness))
        }
        for field in table.required where !fields.contains(field.name) {
            diagnostics.append(.missingField(field, in: kind, steps, tree.span(node), strictness))
        }
    }

    /// The keys of a map. Few are asked for, but some of these for each of their keys.
    private mutating func keys(of map: NodeID) -> Set<Key> {
        if let known = keysOfLast, known.map == map { return known.keys }
        let keys = Set(tree.entries(map).map { key($0) })
        keysOfLast = (map, keys)
        return keys
    }

    func key(_ entry: SyntaxTree.Entry) -> Key {
        tree.withText(entry.key) { Key(short: $0) } ?? Key(utf8: tree.text(entry.key))
    }

    private mutating func checkUnknown(
        _ key: Key, _ entry: SyntaxTree.Entry, in map: NodeID, _ table: FieldTable, at place: Place
    ) {
        guard !key.begins(with: "x-") else { return }
        let span = tree.span(entry.key)
        let isMap = tree.kind(entry.value) == .map
        let isVM = place.layer == .instance && kind == .env || [.template, .preset].contains(kind)
        if kind == .hostGroup, table.isOpen, let found = misplacedInHostGroup(key, span, isMap: isMap) {
            diagnostics.append(found)
            return
        }
        if isVM, steps.count == (kind == .env ? 2 : 0), ["vars", "components"].contains(key) {
            diagnostics.append(.dataForTofu(key, span))
            return
        }
        if let meant = table.confusions[key] {
            diagnostics.append(
                .unknownKey(key, span, near: [meant.text], in: kind, steps, strictness, tree, isOpen: false))
            return
        }
        if table.isOpen, table.refusal == nil, table.isStranger(key) { return }
        let present = keys(of: map)
        let absent = table.fields.filter {
            !present.contains($0.name) && !($0.formerName.map(present.contains) ?? false)
        }
        let candidates = absent.filter { !table.isOpen || $0.isStructural }
        let names = candidates.flatMap { [$0.name] + ($0.formerName.map { [$0] } ?? []) }.map(\.text)
        let near = Suggestions.near(key.text, among: names, includingParts: false)
        if let refusal = table.refusal {
            diagnostics.append(.refusedKey(key, span, refusal, table, tree))
        } else if !near.isEmpty {
            diagnostics.append(
                .unknownKey(key, span, near: near, in: kind, steps, strictness, tree, isOpen: table.isOpen))
        } else if !table.isOpen {
            diagnostics.append(.strangeKey(key, span, in: kind, steps))
        } else {
            let data = absent.filter { !$0.isStructural }.map(\.name.text)
            if let meant = Suggestions.near(key.text, among: data, includingParts: false).first {
                diagnostics.append(.nearMiss(key, span, meant: meant, tree))
            }
        }
    }

    // MARK: Values

    mutating func value(_ node: NodeID, _ type: FieldType, named name: Key, at place: Place) -> Value {
        if isPlain { return plainValue(node, type, named: name, at: place) }
        if isPlainSecret, case .text = type, tree.isText(node) {
            return Value(
                .secret(SecretRef(ownSteps, in: secretFile, .string)),
                Origin(tree.span(node), place.layer, strength: place.strength))
        }
        let origin = origin(of: node, at: place)
        if hasTags, let tag = tree.tag(node) {
            check(tag, node, at: place)
            if tag == .unset { return Value(.null, origin) }
        }
        if tree.secretPath(node) != nil, !type.takesSecrets {
            diagnostics.append(.shownSecret(steps, tree.span(node)))
            return Value(.null, origin)
        }
        if tree.pool(node) != nil, !type.isData { return allocation(node, type, at: place) }
        var place = place
        place.strength = origin.strength
        return plainValue(node, type, named: name, at: place)
    }

    /// A value whose tag, if it has one, has been looked at.
    private mutating func plainValue(_ node: NodeID, _ type: FieldType, named name: Key, at place: Place) -> Value {
        var place = place
        let origin = origin(of: node, at: place)
        switch type {
        case .any, .visible:
            if case .visible = type { place.isShown = true }
            inspect(node, at: place)
            return Value(content(node, at: place), origin)
        case .password:
            guard tree.secretPath(node) == nil else { return self.value(node, .any, named: name, at: place) }
            guard tree.kind(node) == .scalar, [.string, .timestamp].contains(tree.type(node)) else {
                diagnostics.append(.noPassword(steps, tree.span(node)))
                return Value(.null, origin)
            }
            return self.value(node, .any, named: name, at: place)
        case .either(_, let table):
            if tree.kind(node) == .map { return value(node, .map(table), named: name, at: place) }
            return scalar(node, type, name, place) ?? mismatch(node, type, name, place)
        case .listOrMapOf(let type):
            let isList = tree.kind(node) == .list
            guard isList || tree.kind(node) == .map else { return mismatch(node, .listOrMapOf(type), name, place) }
            return value(node, isList ? .list(type) : .mapOf(type), named: name, at: place)
        case .nullable(let type):
            let isNull = tree.kind(node) == .scalar && tree.type(node) == .null
            return isNull ? Value(.null, origin) : value(node, type, named: name, at: place)
        case .map(let table):
            guard tree.kind(node) == .map else { return mismatch(node, type, name, place) }
            return Value(.map(map(node, table, at: place)), origin)
        case .mapOf(let type):
            guard tree.kind(node) == .map else { return mismatch(node, .mapOf(type), name, place) }
            var entries: [Fields.Entry] = []
            entries.reserveCapacity(tree.count(node))
            for entry in tree.entrySequence(node) {
                let key = key(entry)
                let inside = enter(key, place)
                let value = value(entry.value, type, named: key, at: inside)
                leave()
                entries.append(Fields.Entry(key, keySpan: tree.span(entry.key), value))
            }
            return Value(.map(Fields(distinct: entries)), origin)
        case .list(let type):
            guard tree.kind(node) == .list else { return mismatch(node, .list(type), name, place) }
            var items: [Value] = []
            items.reserveCapacity(tree.count(node))
            for item in tree.itemSequence(node) {
                let inside = enter(item: items.count, place)
                items.append(value(item, type, named: name, at: inside))
                leave()
            }
            return Value(.list(items), origin)
        case .oneOrMore(let type):
            return value(node, tree.kind(node) == .list ? .list(type) : type, named: name, at: place)
        case .parents:
            let parent = FieldType.reference(.parent(kind, folder: folder))
            return value(node, tree.kind(node) == .list ? .list(parent) : parent, named: name, at: place)
        case .reference(let order):
            guard let value = scalar(node, type, name, place) else { return mismatch(node, type, name, place) }
            if let target = value.name, strictness == .lenient || value.string?.isEmpty == false {
                references.append(Reference(order: order, field: name, name: Key(target), span: tree.span(node)))
            }
            return value
        case .secret(let section, let mayNamePart):
            guard let value = scalar(node, type, name, place) else { return mismatch(node, type, name, place) }
            if let target = value.name, strictness == .lenient || value.string?.isEmpty == false {
                let key = mayNamePart ? Key(target).without(prefix: section) : Key(target)
                secretReferences.append(SecretReference(.name(section, key), span: tree.span(node)))
            }
            return value
        default:
            return scalar(node, type, name, place) ?? mismatch(node, type, name, place)
        }
    }

    /// A scalar that fits its type, or, where the Python resolver does not look, one that is passed on with a warning.
    private mutating func scalar(_ node: NodeID, _ type: FieldType, _ name: Key, _ place: Place) -> Value? {
        guard tree.kind(node) == .scalar else { return nil }
        let scalar = tree.value(node)
        let value = Value(
            isPlain && !place.isOfPassword ? .init(scalar) : content(node, at: place), origin(of: node, at: place))
        guard let complaint = type.complaint(about: scalar) else { return value }
        diagnostics.append(.wrongValue(complaint, node, type, name, steps, tree, strictness.severity))
        return value
    }

    /// A list or map where none is wanted, or none where one is: nothing could be made of it, so it is always an error.
    private mutating func mismatch(_ node: NodeID, _ type: FieldType, _ name: Key, _ place: Place) -> Value {
        notePasswords(in: node, at: place)
        let found = tree.kind(node) == .scalar ? nil : tree.kind(node) == .list ? "a list" : "a map"
        diagnostics.append(.wrongShape(found, node, type, name, steps, tree))
        return Value(.null, Origin(tree.span(node), place.layer))
    }

    /// `!secret path` and `{$secret: path}`, and tags, anywhere in a value.
    mutating func inspect(_ node: NodeID, at place: Place) {
        if tree.pool(node) != nil { return noteAllocation(node, at: place) }
        if place.isShown, tree.secretPath(node) != nil || isPassword(node, at: place) {
            diagnostics.append(.shownSecret(steps, tree.span(node)))
        }
        guard let path = tree.secretPath(node) else {
            if isPassword(node, at: place) {
                let span = tree.span(node)
                note(PasswordInClear(steps: steps, span: span, node: tree.target(node)))
                diagnostics.append(.passwordInClear(steps, span))
            }
            if tree.hasDollarKeys, tree.kind(node) == .map, let name = tree.value(of: "$alloc", in: node) {
                diagnostics.append(
                    .mapForTag(place.isOfPassword ? "" : tree.string(name), tree.span(node)).hiding(place.isOfPassword))
            }
            if let program = encryptor(of: node) {
                diagnostics.append(.strayCiphertext(program, steps, tree.span(node)))
            }
            if let tag = quotedTag(node) { diagnostics.append(.quotedTag(tag, node, tree).hiding(place.isOfPassword)) }
            if tree.kind(node) != .scalar { inspectInside(node, at: place) }
            return
        }
        let span = tree.span(node)
        if tree.kind(node) == .map, tree.count(node) != 1 {
            diagnostics.append(.badSecretMention("$secret stands alone in its map", [], span))
        } else if tree.kind(path) != .scalar || tree.type(path) != .string {
            diagnostics.append(.badSecretMention("it is no text", [], span))
        } else if let steps = SecretRef.steps(of: tree.string(path)) {
            secretReferences.append(SecretReference(.path(steps), span: span))
        } else {
            diagnostics.append(.badSecretMention("a step is empty, or a quote is not closed", [], span))
        }
    }

    /// The tag that a text in quotes begins with, if it says nothing else than the tag would.
    private func quotedTag(_ node: NodeID) -> OwnTag? {
        guard tree.kind(node) == .scalar, [.singleQuoted, .doubleQuoted].contains(tree.style(node)),
            !tree.source.isSecret, tree.text(node).first == UInt8(ascii: "!")
        else { return nil }
        let words = tree.string(node).split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, !words[1].isEmpty else { return nil }
        return [OwnTag.secret, .alloc].first { $0.text == words[0] }
    }

    private mutating func inspectInside(_ node: NodeID, at place: Place) {
        for entry in tree.entrySequence(node) {
            let inside = enter(key(entry), place)
            inspectBelow(entry.value, at: inside)
            leave()
        }
        for (index, item) in tree.itemSequence(node).enumerated() {
            let inside = enter(item: index, place)
            inspectBelow(item, at: inside)
            leave()
        }
    }

    private mutating func inspectBelow(_ node: NodeID, at place: Place) {
        if hasTags, let tag = tree.tag(node) { check(tag, node, at: place) }
        inspect(node, at: place)
    }

    private func origin(of node: NodeID, at place: Place) -> Origin {
        guard hasTags, let tag = tree.tag(node)?.forMerging else {
            var origin = Origin(tree.span(node), place.layer, strength: place.strength)
            origin.isRaw = hasTags && tree.tag(node) == .raw
            return origin
        }
        return Origin(tree.span(node), place.layer, strength: tag.strength ?? place.strength, tag: tag)
    }

    /// The value as it is written. In the secrets every scalar is held by its place, never by its text.
    mutating func content(_ node: NodeID, at place: Place) -> Value.Content {
        if let path = tree.secretPath(node), let steps = SecretRef.steps(of: tree.string(path)) {
            return .secret(SecretRef(steps, .unknown))
        }
        if let pool = tree.pool(node) { return .pooled(Key(pool)) }
        switch tree.kind(node) {
        case .map:
            var entries: [Fields.Entry] = []
            entries.reserveCapacity(tree.count(node))
            for entry in tree.entrySequence(node) {
                let key = key(entry)
                let inside = enter(key, place)
                entries.append(Fields.Entry(key, keySpan: tree.span(entry.key), data(entry.value, at: inside)))
                leave()
            }
            return .map(Fields(distinct: entries))
        case .list:
            var items: [Value] = []
            items.reserveCapacity(tree.count(node))
            for item in tree.itemSequence(node) {
                let inside = enter(item: items.count, place)
                items.append(data(item, at: inside))
                leave()
            }
            return .list(items)
        default:
            let scalar = tree.value(node)
            if tree.source.isSecret { return .secret(SecretRef(ownSteps, in: secretFile, SecretType(scalar))) }
            guard isPassword(node, at: place) else { return .init(scalar) }
            return .secret(SecretRef(ownSteps, in: Key(tree.source.path), SecretType(scalar)))
        }
    }

    /// A copy of the steps, which a value may keep: were it the array itself, the next step would have to copy it.
    private var ownSteps: [Key] { steps.map(\.self) }

    private mutating func data(_ node: NodeID, at place: Place) -> Value {
        let origin = origin(of: node, at: place)
        var place = place
        place.strength = origin.strength
        return Value(origin.tag == .unset ? .null : content(node, at: place), origin)
    }
}

extension Value.Content {
    package init(_ scalar: ScalarValue) {
        self =
            switch scalar {
            case .null: .null
            case .bool(let value): .bool(value)
            case .integer(let number): .integer(number)
            case .bigInteger(let digits): .bigInteger(digits)
            case .float(let number): .float(number)
            case .string(let text): .string(text)
            }
    }
}

extension FieldType {
    /// Whether whatever stands there is kept as it is.
    fileprivate var isData: Bool {
        switch self {
        case .any: true
        default: false
        }
    }

    /// Whether `!secret` may stand there: only where a value is data.
    fileprivate var takesSecrets: Bool {
        switch self {
        case .any, .password: true
        case .nullable(let type): type.takesSecrets
        default: false
        }
    }
}

extension SecretType {
    init(_ scalar: ScalarValue) {
        self =
            switch scalar {
            case .null: .null
            case .bool: .bool
            case .integer, .bigInteger: .integer
            case .float(let number): number.isFinite ? .float : .nonFinite
            case .string(let text): text.isEmpty ? .empty : .string
            }
    }
}

/// The whole file as data, whatever it is a file of.
package func wholeValue(of tree: SyntaxTree) -> Value {
    var binder = Binder(tree, .env, folder: "", .strict)
    return Value(binder.content(tree.root, at: Place(of: .env)), Origin(tree.span(tree.root), .env))
}
