internal import Diagnostics
internal import Resolution
internal import SiteModel
internal import YAMLSyntax

extension SiteReading {
    /// Renames fields that are known under a former name, as the tables have them.
    func planFormerNames(_ plan: inout MigrationPlan) {
        for entity in entities {
            let table = entity.id.kind.table
            guard table.hasFormerNames, let tree = tree(of: entity) else { continue }
            var walk = FormerNames(tree)
            walk.visit(tree.root, table)
            for edit in walk.edits { plan.edit(entity.path, edit) }
            plan.remarks += walk.remarks
        }
    }
}

extension FieldTable {
    fileprivate var hasFormerNames: Bool {
        fields.contains { $0.formerName != nil || $0.type.tables.contains(where: \.hasFormerNames) }
    }
}

extension FieldType {
    /// The tables of the maps within.
    fileprivate var tables: [FieldTable] {
        switch self {
        case .map(let table): [table]
        case .mapOf(let type), .list(let type), .nullable(let type): type.tables
        default: []
        }
    }
}

/// The walk through one file, along its table.
private struct FormerNames {
    private let tree: SyntaxTree
    private let lines: TextLines
    private(set) var edits: [Edit] = []
    private(set) var remarks: [Diagnostic] = []

    init(_ tree: SyntaxTree) {
        self.tree = tree
        lines = TextLines(tree.source.bytes)
    }

    mutating func visit(_ map: NodeID, _ table: FieldTable) {
        let entries = tree.entries(map)
        let present = Set(entries.map { Key(tree.string($0.key)) })
        // What comes through an alias or a merge key may be read elsewhere, too.
        let own = Set(tree.isAlias(map) ? [] : tree.writtenEntries(map).map(\.key))
        for entry in entries {
            let key = Key(tree.string(entry.key))
            guard let field = table.field(key) else { continue }
            if field.name == key {
                visit(entry.value, field.type)
            } else if !own.contains(entry.key) || !tree.isBare(entry.key) {
                remarks.append(.keepsFormerName(key, field.name, tree.span(entry.key)))
            } else if present.contains(field.name) {
                remove(entry, of: map, field.name)
            } else {
                rename(entry.key, field.name)
                visit(entry.value, field.type)
            }
        }
    }

    private mutating func visit(_ node: NodeID, _ type: FieldType) {
        switch (type, tree.kind(node)) {
        case (.map(let table), .map): visit(node, table)
        case (.mapOf(let type), .map): for entry in tree.entries(node) { visit(entry.value, type) }
        case (.list(let type), .list): for item in tree.items(node) { visit(item, type) }
        case (.nullable(let type), _): visit(node, type)
        default: break
        }
    }

    private mutating func rename(_ key: NodeID, _ name: Key) {
        edits.append(tree.renaming(key, to: name.text))
    }

    /// Removes what is not read, since the new name stands beside it. A comment behind it stays, as a line.
    private mutating func remove(_ entry: SyntaxTree.Entry, of map: NodeID, _ name: Key) {
        let key = Key(tree.string(entry.key))
        let place = tree.writtenEntries(map).firstIndex { $0.key == entry.key }
        guard let removal = place.flatMap({ MapEdits(map, in: tree, lines).removal(of: [$0]) }) else {
            remarks.append(.keepsFormerName(key, name, tree.span(entry.key)))
            return
        }
        edits += removal
        remarks.append(.formerNameGoes(key, name, tree.span(entry.key)))
    }
}

extension Diagnostic {
    fileprivate static func keepsFormerName(_ key: Key, _ name: Key, _ span: Span) -> Diagnostic {
        Diagnostic(
            .staysBehind, .warning,
            "\(key) is not renamed: it is shared through an alias, or written in an unusual way",
            at: span, "now called \(name)", help: "rename it by hand; it is read under both names")
    }

    fileprivate static func formerNameGoes(_ key: Key, _ name: Key, _ span: Span) -> Diagnostic {
        Diagnostic(
            .changedMeaning, .note, "\(key) goes: \(name) stands beside it, and is what is read", at: span,
            help: "if this is the value that is meant, write it under \(name)")
    }
}
