package import Diagnostics
internal import SiteModel

/// What Ansible would make of a variable's name: R0706 for those it keeps for itself, R0707 for what is none.
func checkVariable(_ entry: Fields.Entry) -> [Diagnostic] {
    guard AnsibleName.isVariable(entry.key) else { return [.noVariable(entry)] }
    return AnsibleName.isReserved(entry.key) ? [.reservedVariable(entry)] : []
}

extension Diagnostic {
    fileprivate static func noVariable(_ entry: Fields.Entry) -> Diagnostic {
        let name = AnsibleName.group(entry.key)
        return Diagnostic(
            .noVariable, "\"\(entry.key)\" is no name for a variable of Ansible's",
            at: entry.keySpan ?? entry.value.origin.span,
            help: AnsibleName.isVariable(name) && name.text.contains { $0 != "_" }
                ? "write \(name), or begin it with x- to keep it for yourself" : "rename it")
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
            A variable's name is an identifier: letters, digits and `_`, no digit first, and not `true`, `false` or `none`. Of \
            others ansible-core 2.19 warns on every run, and 2.23 will refuse them.
            """,
        example: """
            $ resolve inventory
            -- site.yaml --
            -- groups/web.yaml --
            vars: {http-port: 8080}
            """,
        fix: "Write `_` for what is no letter or digit.")
}
