package import Diagnostics
internal import SiteModel
internal import YAMLSyntax

// What a roster cannot hold, and what of it, or of Salt's own pillar files, stands where it would be pillar. Beside
// `Bind.swift`, which asks.

/// A key of a host group, or of an instance, that would be pillar and is hardly meant so: R0418, R0810.
///
/// - Parameter isMap: whether a map stands behind it: then it is one of those fields only if they have one.
func misplacedInHostGroup(_ key: Key, _ span: Span, isMap: Bool) -> Diagnostic? {
    if key == "include" || key == "exclude" { return .saltDirective(key, span) }
    if key == "host" { return nil }
    let holdMaps: [Key] = ["minion_opts", "grains", "mine_functions"]
    if FieldTable.roster.field(key) != nil, !isMap || holdMaps.contains(key) {
        return .misplacedKey(key, span, "write it under `ssh:` if it is the roster's")
    }
    if key.text.hasPrefix("ansible_") {
        return .misplacedKey(key, span, "Ansible has it from `ssh:`, or from `vars:`: write it under one of them")
    }
    if key == "connection", !isMap {
        return .misplacedKey(key, span, "a group has it: write it in groups/NAME.yaml")
    }
    let ofComponents: [Key] = ["states", "requires", "metrics", "ansible_group"]
    guard ofComponents.contains(key), !isMap else { return nil }
    return .misplacedKey(key, span, "a component has \(key): write it in components/NAME.yaml, and list that here")
}

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

    fileprivate static func saltDirective(_ key: Key, _ span: Span) -> Diagnostic {
        Diagnostic(
            .saltDirective, "\(key) is a directive of Salt's, and a host group is none of its files", at: span,
            "it would be data",
            help:
                "what several host groups share is a host group without instances, that they extend, or a component's pillar"
        )
    }

    fileprivate static func misplacedKey(_ key: Key, _ span: Span, _ help: String) -> Diagnostic {
        Diagnostic(
            .misplacedKey, .warning, "\(key) is pillar here", at: span,
            help: help + "; under `pillar:` it is pillar without this remark")
    }

    /// A key of a VM that reads like a minion's.
    static func dataForTofu(_ key: Key, _ span: Span) -> Diagnostic {
        Diagnostic(
            .misplacedKey, .warning, "\(key) of a VM is data for OpenTofu, and nothing else reads it", at: span,
            help: key == "vars"
                ? "variables for Ansible stand in a group that lists the VM: groups/NAME.yaml"
                : "what a machine runs is said by a minion of its name: pillar/hosts/GROUP_LABEL.sls")
    }

    /// - Parameter program: what encrypted it.
    static func strayCiphertext(_ program: String, _ steps: [Key], _ span: Span) -> Diagnostic {
        let isSOPS = program == "SOPS"
        return Diagnostic(
            .strayCiphertext,
            "\(SecretRef.path(steps)) is a value that \(program) encrypted\(isSOPS ? ", and its file is another" : "")",
            at: span,
            help: isSOPS
                ? "only the file that sops wrote can be opened: write `!secret PATH` here, or move the key there with sops"
                : "its text would be the value: move what it holds to the secrets, and write `!secret PATH` here")
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

    package static let saltDirective = Code(
        "R0418", "a directive of Salt's in a host group",
        explanation: """
            `include` and `exclude` mean something in Salt's own pillar files. A host group looks like one, but is plain data: \
            what is included would be missing from the pillar without a word.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            include: [common.users]
            instances: {1: 203.0.113.10}
            """,
        fix: """
            Put what is shared into a host group without instances and write `extends: NAME`, or into the `pillar` of a component.
            """)

    package static let misplacedKey = Code(
        "R0810", "pillar that looks like something else",
        explanation: """
            Any key of a host group that has no other meaning is pillar, and any of a VM data for OpenTofu. This one is a field of \
            the roster, which stands under `ssh`, a variable of Ansible's, which stands under `vars` of a host group or a group, or \
            a component's. One level too high it decides nothing, and salt-ssh and Ansible connect as root to port 22.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            user: admin
            instances: {1: 203.0.113.10}
            """,
        fix: "Move it under `ssh:` or `vars:`, or under `pillar:` if it is pillar.")

    package static let strayCiphertext = Code(
        "R0515", "ciphertext outside of its file",
        explanation: """
            A value that begins with `ENC[AES256_GCM,` was encrypted by SOPS, with a key that stands only in the file that it was \
            written to. Copied elsewhere it is a text that nobody can open, and a minion would get that text for its password. \
            So would what ansible-vault encrypted, which begins with `$ANSIBLE_VAULT;`.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- pillar/hosts/kt_web.sls --
            instances: {1: 203.0.113.10}
            db: {password: "ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]"}
            """,
        fix: "Write `!secret PATH` and keep the value in the file of secrets.")

    package static let passwordInClear = Code(
        "R0809", "a password in clear",
        explanation: """
            `passwd` and `priv_passwd` are passwords, and what Ansible calls so: `ansible_password`, `ansible_become_pass` and the \
            like. This one stands in a file that is not one of secrets, so it is in git, in every clone and in every backup. No message, explanation or redacted output shows it, and what needs it \
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
