package import Diagnostics
internal import SiteModel

/// What Ansible would make of a variable's name: R0706 for those it keeps for itself, R0707 for what is none.
func checkVariable(_ entry: Fields.Entry) -> [Diagnostic] {
    let inside = marks(in: entry.value)
    guard AnsibleName.isVariable(entry.key), !AnsibleName.isMark(entry.key) else {
        return [.noVariable(entry)] + inside
    }
    if entry.key == AnsibleName.priority, entry.value.integer == nil { return [.noPriority(entry.value)] }
    return (AnsibleName.isReserved(entry.key) ? [.reservedVariable(entry)] : []) + inside
}

/// Keys within a value that Ansible takes for marks of its own.
private func marks(in value: Value) -> [Diagnostic] {
    switch value.content {
    case .map(let fields):
        fields.entries.flatMap { (AnsibleName.isMark($0.key) ? [.noVariable($0)] : []) + marks(in: $0.value) }
    case .list(let items): items.flatMap { marks(in: $0) }
    default: []
    }
}

extension Diagnostic {
    fileprivate static func noVariable(_ entry: Fields.Entry) -> Diagnostic {
        let isMark = AnsibleName.isMark(entry.key)
        let better = Identifier.suggestion(for: entry.key).flatMap { AnsibleName.isVariable($0) ? $0 : nil }
        return Diagnostic(
            .noVariable,
            isMark
                ? "\"\(entry.key)\" is a mark of Ansible's own"
                : "\"\(entry.key)\" is no name for a variable of Ansible's",
            at: entry.keySpan ?? entry.value.origin.span,
            help: isMark
                ? "rename it; text that is no template is tagged `!raw`, and a secret is none"
                : better.map { "write \($0), or begin it with x- to keep it for yourself" } ?? "rename it")
    }

    fileprivate static func noPriority(_ value: Value) -> Diagnostic {
        Diagnostic(
            .badValue, "\(AnsibleName.priority) wants a number, but this is \(value.phrase)", at: value.origin.span,
            help: "write a number: of two groups at the same depth Ansible takes the one with the higher")
    }

    fileprivate static func reservedVariable(_ entry: Fields.Entry) -> Diagnostic {
        Diagnostic(
            .reservedVariable, .warning, "Ansible keeps the name \"\(entry.key)\" for itself",
            at: entry.keySpan ?? entry.value.origin.span,
            help: "rename it, such as site_\(entry.key): Ansible sets it itself, or takes it for a keyword of plays")
    }
}

extension Code {
    package static let reservedVariable = Code(
        "R0706", "a variable whose name Ansible keeps",
        explanation: """
            Keywords of plays and tasks such as `port`, `tags` and `environment`, and what Ansible sets for every host, such as \
            `groups` and `inventory_hostname`, are no names for variables: Ansible warns of some on every run, and overwrites \
            others.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- groups/web.yaml --
            vars: {port: 8080}
            """,
        fix: "Rename it, and where templates use it.")

    package static let noVariable = Code(
        "R0707", "a variable that no template could name",
        explanation: """
            A variable's name is an identifier: letters, digits and `_`, no digit first, and not `true`, `false`, `none` or `not`. Of \
            others ansible-core 2.19 warns on every run, and 2.23 will refuse them. Keys that begin with `__ansible_` are marks \
            by which Ansible tells what a map is, at any depth.
            """,
        example: """
            $ resolve inventory
            -- site.yaml --
            -- groups/web.yaml --
            vars: {http-port: 8080}
            """,
        fix: "Write `_` for what is no letter or digit.")
}
