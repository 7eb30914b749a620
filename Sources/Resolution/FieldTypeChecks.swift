package import Diagnostics
internal import SiteModel
internal import YAMLSyntax

// Whether a scalar fits its field, and the words and fix-its if it does not. Beside `Bind.swift`, which asks.

/// Why a scalar does not fit, as the words behind "wants …, but".
enum Complaint {
    /// Another type than the field's.
    case type
    /// The right type, but not one of the values.
    case value
}

extension FieldType {
    func complaint(about scalar: ScalarValue) -> Complaint? {
        switch (self, scalar) {
        case (.text, .string), (.boolean, .bool): nil
        case (.reference, .string(let name)), (.secret, .string(let name)): name.isEmpty ? .value : nil
        // Checked where it counts: in the merged VM, by `checkAddress`.
        case (.addressWithPrefix, _): nil
        case (.address, .string(let text)): HostAddress.isOne(text) ? nil : .value
        case (.either(let type, _), _): type.complaint(about: scalar)
        case (.portOrName, .integer(let number)): (1...65535).contains(number) ? nil : .value
        case (.portOrName, .string): nil
        case (.integer(let range), .integer(let number)): range.contains(number) ? nil : .value
        case (.integer, .bigInteger): .value
        case (.choice(let choices), .string(let text)): choices.contains(text) ? nil : .value
        case (.any, _), (.visible, _), (.nullable, .null): nil
        default: .type
        }
    }
}

extension FieldType {
    /// How a list or a map is written; nil for anything else.
    fileprivate var shape: String? {
        switch self {
        case .list: "[A, B], or one item a line, each behind `- `"
        case .map, .mapOf: "{KEY: VALUE, …}, or KEY: VALUE a line below it"
        case .nullable(let type): type.shape
        default: nil
        }
    }

    /// The texts that a single value may be; nil if any.
    fileprivate var choices: [String]? {
        switch self {
        case .choice(let choices): choices
        case .nullable(let type), .either(let type, _): type.choices
        default: nil
        }
    }

    fileprivate var isAddress: Bool {
        switch self {
        case .address: true
        case .nullable(let type), .either(let type, _): type.isAddress
        default: false
        }
    }
}

extension FixIt {
    /// Another text in the place of a scalar, in quotes if it would be no text without.
    static func writing(_ text: String, at span: Span) -> FixIt {
        let needsQuotes = YAMLText.looksLikeNoText(Array(text.utf8).span)
        return FixIt("write \(text)", [Edit(span, needsQuotes ? JSONText.quoted(text) : text)])
    }
}

extension Diagnostic {
    static func wrongValue(
        _ complaint: Complaint, _ node: NodeID, _ type: FieldType, _ name: Key, _ steps: [Key], _ tree: SyntaxTree,
        _ severity: Severity
    ) -> Diagnostic {
        let span = tree.span(node)
        let path = SecretRef.path(steps)
        let scalar = tree.value(node)
        let code: Code = complaint == .type ? .wrongType : .badValue
        guard !tree.source.isSecret else {
            // A key without a value may be a secret whose key was forgotten.
            let path = scalar == .null ? "an entry of \(SecretRef.path(steps.dropLast()))" : path
            return Diagnostic(
                code, severity, "\(path) wants \(type.wish), but YAML reads it as \(SecretType(scalar).rawValue)",
                at: span,
                help: "quote the value to make it text")
        }
        let value = Value(Value.Content(scalar), .nowhere)
        let message = "\(path) wants \(type.wish), but this is \(value.phrase)"
        var fixes = fixes(for: scalar, type, span, tree)
        var help = fixes.first?.title
        if let choices = type.choices, case .string(let text) = scalar,
            case let near = Suggestions.near(text, among: choices), !near.isEmpty
        {
            help = "did you mean \(near.asChoices)?"
            if near.count == 1 { fixes = [.writing(near[0], at: span)] }
        }
        if type.isAddress, case .string(let text) = scalar, AddressWithPrefix(text) != nil {
            help = "without the length of the prefix: \(text.prefix { $0 != "/" })"
        }
        if steps == ["connection"], help == nil {
            help = "another of Ansible's plugins is a variable: `vars: {ansible_connection: PLUGIN}`"
        }
        if scalar == .null { help = "give it a value, or remove the line" }
        return Diagnostic(code, severity, message, at: span, help: help, fixes: fixes)
    }

    /// Where the field's type shows what was meant, the edit that says it.
    private static func fixes(
        for scalar: ScalarValue, _ type: FieldType, _ span: Span, _ tree: SyntaxTree
    ) -> [FixIt] {
        let written = tree.source.text(of: span)
        let isBare = !written.isEmpty && !"!&*\"'|>".contains(written.first ?? "*")
        switch (type, scalar) {
        case (.nullable(let type), _), (.either(let type, _), _): return fixes(for: scalar, type, span, tree)
        case (.text, .bool), (.text, .integer), (.text, .bigInteger), (.text, .float), (.reference, .bool),
            (.reference, .integer), (.reference, .float), (.secret, .bool), (.secret, .integer), (.secret, .float):
            guard isBare else { return [] }
            let quoted = JSONText.quoted(written)
            return [FixIt("quote it: \(quoted)", [Edit(span, quoted)])]
        case (.choice(let choices), .bool(let value)):
            let text = choices.contains(written.lowercased()) ? written.lowercased() : value ? "yes" : "no"
            guard isBare, choices.contains(text) else { return [] }
            return [FixIt("quote it: \"\(text)\"", [Edit(span, "\"\(text)\"")])]
        case (.boolean, .string(let text)):
            guard
                let value = ["true": true, "yes": true, "on": true, "false": false, "no": false, "off": false][
                    text.lowercased()]
            else { return [] }
            return [FixIt("write \(value)", [Edit(span, "\(value)")])]
        case (.integer, .string(let text)):
            guard let number = Int(text), type.complaint(about: .integer(number)) == nil else { return [] }
            return [FixIt("write \(number)", [Edit(span, "\(number)")])]
        default: return []
        }
    }

    static func wrongShape(
        _ found: String?, _ node: NodeID, _ type: FieldType, _ name: Key, _ steps: [Key], _ tree: SyntaxTree
    ) -> Diagnostic {
        let value = Value(Value.Content(tree.value(node)), .nowhere)
        let found = found ?? (tree.source.isSecret ? "a scalar" : value.phrase)
        var help = type.shape.map { "write \(name): \($0)" }
        if case .list = type, case .string(let text) = tree.value(node), Catalogue.isName(text), !tree.source.isSecret {
            help = "write \(name): [\(text)]"
        }
        if case .list = type, steps == ["vms"] { help = "an env without VMs says `vms: []`" }
        if case .map = type, steps.last.flatMap({ Int($0.text) }) != nil {
            help = "write KEY: VALUE, or {KEY: VALUE, …}"
        }
        if name == "hosts", found == "a map", case .list = type {
            help = "list their names: [web_1, db_1]; a host's own variables are `vars` of its instance in pillar/hosts/"
        }
        return Diagnostic(
            .wrongType, "\(SecretRef.path(steps)) wants \(type.wish), but this is \(found)", at: tree.span(node),
            help: help)
    }

    static func bothNames(_ former: Key, _ name: Key, _ span: Span) -> Diagnostic {
        Diagnostic(
            .formerName, .warning, "\(former) is the former name of \(name), and both stand here", at: span,
            "this one is not read", help: "remove \(former)")
    }

    static func missingField(
        _ field: Field, in kind: EntityKind, _ steps: [Key], _ span: Span, _ strictness: Strictness
    ) -> Diagnostic {
        // Without a datastore, and over a manifest, the Python resolver stops, too.
        let severity = field.name == "datastore" || kind == .manifest ? .error : strictness.severity
        let owner = steps.isEmpty ? "this \(kind.name)" : SecretRef.path(steps)
        return Diagnostic(
            .missingField, severity, "\(owner) has no \(field.name)",
            at: Span(source: span.source, start: span.start, end: span.start),
            help: "add `\(field.name):` — \(field.summary)")
    }

    static func emptyField(_ field: Field, _ steps: [Key], _ span: Span?, _ strictness: Strictness) -> Diagnostic {
        Diagnostic(
            .badValue, strictness.severity, "\(SecretRef.path(steps + [field.name])) is empty", at: span,
            help: "give it a value — \(field.summary)")
    }

    static func unknownKey(
        _ key: Key, _ span: Span, near: [String], in kind: EntityKind, _ steps: [Key], _ strictness: Strictness,
        _ tree: SyntaxTree, isOpen: Bool
    ) -> Diagnostic {
        Diagnostic(
            .unknownKey, strictness.severity, "\(scope(kind, steps)) has no field \"\(key)\"", at: span,
            isOpen ? "it would be data, and decide nothing" : "it would be ignored",
            help: "did you mean \(near.asChoices)?", fixes: near.count == 1 ? rename(span, to: near[0], tree) : [])
    }

    static func strangeKey(_ key: Key, _ span: Span, in kind: EntityKind, _ steps: [Key]) -> Diagnostic {
        // As Ansible's own files have them, variables would be lost without a word.
        let isVariable = kind == .group && steps.isEmpty
        let isOfMachine = [.node, .host].contains(kind) && steps.isEmpty && key == "vars"
        return Diagnostic(
            .unknownKey, isVariable ? .error : .warning, "\(scope(kind, steps)) has no field \"\(key)\"", at: span,
            "nothing reads it",
            help: isVariable
                ? "a variable stands under `vars:`"
                : isOfMachine
                    ? "variables for Ansible stand in a group that lists the machine: groups/NAME.yaml"
                    : "remove it, or begin its name with x- to keep it for yourself")
    }

    /// - Parameter problem: what is wrong with the mention of a secret; without it, that it stands where it would show.
    static func badSecretMention(_ problem: String?, _ steps: [Key], _ span: Span) -> Diagnostic {
        guard let problem else {
            return Diagnostic(
                .secretShows, "\(SecretRef.path(steps)) cannot be a secret: it is shown, looked up or checked",
                at: span,
                help: "write the value itself; secrets can stand where a value is data")
        }
        return Diagnostic(
            .secretShows, "a secret's path cannot be read: \(problem)", at: span,
            help: "write `!secret db.password` or `{$secret: db.password}`; a step with a dot in it goes in quotes")
    }

    /// `{$alloc: POOL}`, as `{$secret: PATH}` is written.
    static func mapForTag(_ pool: String, _ span: Span) -> Diagnostic {
        Diagnostic(
            .quotedTag, "`{$alloc: …}` is no number of a pool", at: span,
            help: "write `!alloc \(pool.isEmpty ? "POOL" : pool)`")
    }

    static func quotedTag(_ tag: OwnTag, _ node: NodeID, _ tree: SyntaxTree) -> Diagnostic {
        let span = tree.span(node)
        let text = tree.string(node)
        let isPlain = text.utf8.allSatisfy { Catalogue.isName(String(UnicodeScalar($0))) || "!._@- ".utf8.contains($0) }
        return Diagnostic(
            .quotedTag, "in quotes, \(tag.text) is text and no tag", at: span,
            help: tag == .secret
                ? "remove the quotes; where PyYAML must read the file, too, write `{$secret: PATH}`"
                : "remove the quotes",
            fixes: isPlain ? [FixIt("remove the quotes", [Edit(span, text)])] : [])
    }

    static func nearMiss(_ key: Key, _ span: Span, meant: String, _ tree: SyntaxTree) -> Diagnostic {
        Diagnostic(
            .nearMiss, .warning, "\"\(key)\" is passed on as it is; is \"\(meant)\" meant?", at: span,
            fixes: rename(span, to: meant, tree))
    }

    private static func rename(_ span: Span, to name: String, _ tree: SyntaxTree) -> [FixIt] {
        let isBare =
            !tree.source.isSecret
            && tree.source.text(of: span).utf8.allSatisfy {
                Catalogue.isName(String(UnicodeScalar($0))) || "_-".utf8.contains($0)
            }
        return isBare ? [FixIt("rename it to \(name)", [Edit(span, name)])] : []
    }

    private static func scope(_ kind: EntityKind, _ steps: [Key]) -> String {
        steps.isEmpty ? kind.withArticle : SecretRef.path(steps)
    }
}

extension Code {
    package static let wrongType = Code(
        "R0401", "a value of the wrong type",
        explanation: """
            The field wants another type than YAML reads there. PyYAML takes `no` for a boolean, `0644` for a number and \
            `52:54:00:12:34:56` for 41135085296, so text that looks like something else must be quoted. References are \
            names, and so text.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- postures/dev.yaml --
            ssh_permit_root_login: no
            """,
        fix: "Quote what is text; write numbers and booleans without quotes. A fix-it says how where it is clear.")

    package static let badValue = Code(
        "R0402", "a value that the field does not take",
        explanation: "The type is right, but the value is outside the range, or not one of those that the field knows.",
        example: """
            $ resolve validate
            -- site.yaml --
            -- postures/dev.yaml --
            ssh_port: 222222
            """,
        fix: "Use one of the values that the message names.")

    package static let unknownKey = Code(
        "R0403", "an unknown field",
        explanation: """
            No such field exists here, so what it says would have no effect. If it is close to one that does exist and is \
            absent, it is an error: a misspelt `vms` would destroy every VM. Keys that begin with `x-` are yours.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- postures/dev.yaml --
            fail2ban_enable: true
            """,
        fix: "Correct the spelling, remove the key, or begin it with `x-`.")

    package static let missingField = Code(
        "R0404", "a required field is missing",
        explanation: "Without it nothing correct can be compiled, and no default would be safe.",
        example: """
            $ resolve validate
            -- site.yaml --
            -- nodes/pve.yaml --
            api_endpoint: https://localhost:8006
            api_token: null
            """,
        fix: "Add the field.")

    package static let formerName = Code(
        "R0405", "a field under its new and its former name",
        explanation: """
            Some fields were renamed: `ssh_user` is now `host_user`, `automation_user` `vm_user`, `spec_server` \
            `server_url`, `packer_release` `image_release`. Both names are read; where both stand, the new one wins.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            defaults:
              ssh_user: root
              host_user: admin
            """,
        fix: "Remove the former name.")

    package static let secretShows = Code(
        "R0411", "a secret where it would show, or that names none",
        explanation: """
            `!secret db.password`, or `{$secret: db.password}` in files that PyYAML must read, too, stands for a value of \
            the secrets. It may stand where a value is data: in a VM's own fields and in `vars`. A name, a reference, a \
            label, a URL, a path or an address is shown in messages and looked up by others, so it cannot be one.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- secrets.yaml --
            db: {host: db1}
            -- envs/dev.yaml --
            vms:
              - name: !secret db.host
            """,
        fix: "Write the value itself, or correct the path.")

    package static let quotedTag = Code(
        "R0415", "a tag in quotes",
        explanation: """
            `"!secret db.password"` in quotes is a text that would reach the outputs as it is: neither the secret nor a number \
            of a pool. Some write it so because PyYAML knows no such tags.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            pools: {ssh: {from: 22222, to: 22299}}
            -- envs/dev.yaml --
            vms:
              - {name: web, ssh_port: "!alloc ssh"}
            """,
        fix: "Remove the quotes.")

    package static let nearMiss = Code(
        "R0803", "data that looks like a misspelt field",
        explanation: """
            VMs, templates and presets are open: a key that is not known is data and reaches OpenTofu as it is. This one \
            is so close to a known field that it may be a slip.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- vms/presets/small.yaml --
            core: 2
            """,
        fix: "Correct the spelling if it is one.")
}
