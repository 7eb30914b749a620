package import Diagnostics
package import SiteModel
internal import Synchronization
package import YAMLSyntax

/// What a file of secrets says, without its values: as it would be bound, but only what is asked for.
///
/// A target needs few of a site's secrets. So a file of which the binder would have nothing to say is not bound; whoever asks for
/// one place gets the value that would stand there.
package final class SecretKeys: Sendable {
    private let keys: IndexedTree
    /// What the file's top is bound by.
    private let table: FieldTable
    /// The file, if it is a layer of pillars.
    private let file: Key?
    /// Everything, once that was needed.
    private let whole: Mutex<Fields?>

    /// Reads the site's own secrets. Reports R0401–R0406.
    package static func read(
        _ keys: IndexedTree, _ strictness: Strictness
    ) -> (keys: SecretKeys, diagnostics: [Diagnostic]) {
        let table = EntityKind.secrets.table
        if keys.tree.isQuiet(under: table) { return (SecretKeys(keys, table, named: nil, nil), []) }
        let bound = bind(keys.tree, as: .secrets, strictness)
        return (SecretKeys(keys, table, named: nil, bound.entity.fields), bound.diagnostics)
    }

    /// Reads a file that is a layer of pillars.
    package static func read(
        _ keys: IndexedTree, named file: Key
    ) -> (keys: SecretKeys, diagnostics: [Diagnostic]) {
        if keys.tree.isQuiet(under: .anyKeys) { return (SecretKeys(keys, .anyKeys, named: file, nil), []) }
        let bound = bindSecretLayer(keys.tree, named: file)
        return (SecretKeys(keys, .anyKeys, named: file, bound.fields), bound.diagnostics)
    }

    private init(_ keys: IndexedTree, _ table: FieldTable, named file: Key?, _ whole: Fields?) {
        self.keys = keys
        self.table = table
        self.file = file
        self.whole = Mutex(whole)
    }

    /// All of it.
    package var fields: Fields {
        if let known = whole.withLock(\.self) { return known }
        // Made outside of the lock, for it takes long; two that make it at once make the same.
        let made =
            file.map { bindSecretLayer(keys.tree, named: $0).fields }
            ?? bind(keys.tree, as: .secrets, .strict).entity.fields
        whole.withLock { $0 = made }
        return made
    }

    /// The value that the keys, and places in lists, lead to.
    package func value(at steps: [Key]) -> Value? {
        if let known = whole.withLock(\.self) { return known.value(at: steps) }
        return text(at: steps) ?? bound(at: steps)
    }

    /// A part of the file in which texts are looked up by their names. A reference: each VM of an env asks it.
    final class Section: Sendable {
        private let steps: [Key]
        private let file: Key?
        private let keys: IndexedTree
        private let texts: IndexedTree.Map

        fileprivate init(of steps: [Key], in file: Key?, _ keys: IndexedTree, _ texts: IndexedTree.Map) {
            self.steps = steps
            self.file = file
            self.keys = keys
            self.texts = texts
        }

        /// Whether a text stands there under that name.
        func hasText(_ name: Key) -> Bool { texts.value(of: name.text).map { keys.isText($0) } ?? false }

        /// The text that stands there under that name, as `value(at:)` says it.
        func text(_ name: Key) -> Value? {
            guard let node = texts.value(of: name.text), keys.isText(node) else { return nil }
            return Value(.secret(SecretRef(steps + [name], in: file, .string)), Origin(keys.span(node), .secrets))
        }
    }

    /// The part of texts that the keys lead to; nil where it is none, or all of the file had to be bound.
    func section(of texts: [Key]) -> Section? {
        guard whole.withLock({ $0 == nil }) else { return nil }
        var (node, type) = (IndexedTree.root, FieldType.map(table))
        for step in texts {
            guard let value = keys.value(of: step.text, in: node) else { return nil }
            (node, type) = (value, type.below(step))
        }
        guard case .mapOf(.text) = type else { return nil }
        return Section(of: texts, in: file, keys, keys.map(node))
    }

    /// What the binder makes of a text where one should stand: what all else of a site asks for.
    private func text(at steps: [Key]) -> Value? {
        var (node, type) = (IndexedTree.root, FieldType.map(table))
        for step in steps {
            guard let value = keys.value(of: step.text, in: node) else { return nil }
            (node, type) = (value, type.below(step))
        }
        guard case .text = type, keys.isText(node) else { return nil }
        return Value(.secret(SecretRef(steps, in: file, .string)), Origin(keys.span(node), .secrets))
    }

    private func bound(at steps: [Key]) -> Value? {
        guard let last = steps.last else { return nil }
        let tree = keys.tree
        var binder = Binder(tree, .secrets, folder: "", .strict)
        binder.secretFile = file
        var place = Place(of: .secrets)
        var (node, type) = (tree.root, FieldType.map(table))
        for step in steps {
            switch tree.kind(node) {
            case .map:
                guard let value = keys.value(of: step.text, in: node) else { return nil }
                place = binder.enter(step, place)
                (node, type) = (value, type.below(step))
            case .list:
                let text = step.text
                guard let item = keys.item(text, of: node), let index = Int(text) else { return nil }
                place = binder.enter(item: index, place)
                (node, type) = (item, .any)
            default: return nil
            }
        }
        return binder.value(node, type, named: last, at: place)
    }
}

extension FieldTable {
    /// Of what is data through and through.
    fileprivate static let anyKeys = FieldTable(isOpen: true, [])
}

extension FieldType {
    /// The type of what stands behind a key of a map of this type.
    fileprivate func below(_ key: Key) -> FieldType {
        switch self {
        case .map(let table): table.field(key)?.type ?? .any
        case .mapOf(let type): type
        default: .any
        }
    }
}

extension SyntaxTree {
    /// Whether it is certain that the binder has nothing to say of this file of secrets.
    fileprivate func isQuiet(under table: FieldTable) -> Bool {
        source.isSecret && !hasTags && !hasMerges && !hasAliases && !hasDollarKeys && !hasPoolNumbers
            && kind(root) == .map && isQuiet(root, under: table)
    }

    private func isQuiet(_ map: NodeID, under table: FieldTable) -> Bool {
        guard table.isOpen, table.refusal == nil, table.required.isEmpty, table.confusions.isEmpty else { return false }
        if table.fields.isEmpty { return true }
        for entry in entrySequence(map) {
            let key = Key(utf8: text(entry.key))
            if let field = table.field(key) {
                guard field.formerName == nil, isQuiet(entry.value, as: field.type) else { return false }
            } else {
                guard key.begins(with: "x-") || table.isStranger(key) else { return false }
            }
        }
        return true
    }

    private func isQuiet(_ node: NodeID, as type: FieldType) -> Bool {
        switch type {
        case .any: return true
        case .text: return kind(node) == .scalar && self.type(node) == .string
        case .map(let table): return kind(node) == .map && isQuiet(node, under: table)
        case .mapOf(let type):
            guard kind(node) == .map else { return false }
            for entry in entrySequence(node) where !isQuiet(entry.value, as: type) { return false }
            return true
        default: return false
        }
    }
}

extension Fields {
    /// The value that the keys, and places in lists, lead to.
    fileprivate func value(at steps: [Key]) -> Value? {
        guard let first = steps.first, var value = self[first] else { return nil }
        for step in steps.dropFirst() {
            switch value.content {
            case .map(let fields):
                guard let below = fields[step] else { return nil }
                value = below
            case .list(let items):
                guard let index = Int(step.text), items.indices.contains(index) else { return nil }
                value = items[index]
            default: return nil
            }
        }
        return value
    }
}
