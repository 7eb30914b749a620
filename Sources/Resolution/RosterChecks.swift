package import Diagnostics
internal import SiteModel
internal import YAMLSyntax

// What a roster cannot hold. Beside `Bind.swift`, which asks.

extension Diagnostic {
    static func refusedKey(_ key: Key, _ span: Span, _ refusal: String, _ table: FieldTable, _ tree: SyntaxTree)
        -> Diagnostic
    {
        let near = Suggestions.near(key.text, among: table.fields.map(\.name.text), includingParts: false)
        let isCrash = ["opts", "argv", "id_", "mods", "fsclient", "thin"].contains(key)
        let isPassword = key.text.lowercased().contains("pas")
        return Diagnostic(
            .rosterField, "\(refusal) \"\(key)\"", at: span, isCrash ? "it would crash on it" : "it would ignore it",
            help: near.isEmpty
                ? "`resolve help fields` lists those it knows; pillar stands beside `ssh`, not in it"
                : "did you mean \(near.asChoices)?"
        ).hiding(isPassword)
    }

    /// - Parameter steps: where it stands.
    static func noPassword(_ steps: [Key], _ span: Span) -> Diagnostic {
        Diagnostic(
            .wrongType, "\(SecretRef.path(steps)) wants text, and YAML reads something else", at: span,
            help: "put it in the secrets and write `!secret PATH` here, or quote it"
        ).hiding(true)
    }

    /// A secret where it would be seen.
    static func shownSecret(_ steps: [Key], _ span: Span) -> Diagnostic {
        steps.contains("minion_opts") ? storedSecret(span) : badSecretMention(nil, steps, span)
    }

    private static func storedSecret(_ span: Span) -> Diagnostic {
        Diagnostic(
            .storedSecret, "a secret cannot stand in minion_opts", at: span,
            help: "hand it to the minion in its pillar, which is not stored there"
        ).hiding(true)
    }

    static func passwordInClear(_ steps: [Key], _ span: Span) -> Diagnostic {
        Diagnostic(
            .passwordInClear, .warning, "\(SecretRef.path(steps)) is a password in clear", at: span,
            help: "move it to the secrets and write `!secret PATH`; whoever has this file has the password"
        ).hiding(true)
    }
}

extension Code {
    package static let rosterField = Code(
        "R0702", "a roster field that salt-ssh does not know",
        explanation: """
            salt-ssh passes over a roster field that it does not know without a word, so a misspelt `prot` leaves the port at \
            22; on a few, such as `thin`, it crashes. So only those that Salt 3006 to 3008 read may stand under `ssh`.
            """,
        example: """
            $ resolve roster
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            instances: {1: 203.0.113.10}
            ssh: {user: admin, prot: 2222}
            """,
        fix: "Correct the name. What is meant for states is pillar: it stands beside `ssh`.")

    package static let storedSecret = Code(
        "R0703", "a secret in minion_opts",
        explanation: """
            salt-ssh writes `minion_opts` into a file on the target, in clear and readable by everybody there.
            """,
        example: """
            $ resolve roster
            -- site.yaml --
            -- secrets.yaml --
            db: {password: x}
            -- pillar/hosts/kt_web.sls --
            instances: {1: 203.0.113.10}
            ssh:
              minion_opts: {db: !secret db.password}
            """,
        fix: "Put it into the pillar, which reaches the states and is not stored.")

    package static let passwordInClear = Code(
        "R0809", "a password in clear",
        explanation: """
            `passwd` and `priv_passwd` are passwords. This one stands in a file that is not one of secrets, so it is in git, \
            in every clone and in every backup. No message, explanation or redacted output shows it, and what needs it \
            still gets it.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            instances: {1: 203.0.113.10}
            ssh: {user: admin, passwd: hunter2}
            """,
        fix: "Move it to the secrets and write `passwd: !secret PATH`; then change it, for it was readable.")
}
