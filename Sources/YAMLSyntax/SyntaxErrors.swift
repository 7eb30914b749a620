package import Diagnostics

// What can be wrong with a file as YAML. Nothing here quotes a secret source.

extension Diagnostic {
    package static func syntax(_ problem: LibYAMLProblem, in source: Source) -> Diagnostic {
        let start = min(Int(problem.offset), source.bytes.count)
        let end = min(start + 1, source.bytes.count)
        let place = Span(source: source.id, start: UInt32(start), end: UInt32(end))
        let isEncoding = problem.problem.contains("UTF-8") || problem.problem == "invalid Unicode character"
        if isEncoding || problem.problem.contains("control characters") {
            return Diagnostic(
                .notText, "the file is not plain UTF-8 text: \(problem.problem)", at: place,
                help: "save the file as UTF-8; write control characters as escapes in double quotes, such as \"\\e\"")
        }
        let explained = explanation(of: problem, problem.letter, in: source)
        var diagnostic = Diagnostic(
            .syntax, explained.message ?? problem.problem, at: place,
            notes: explained.message == nil ? [] : ["libyaml says: \(problem.problem)"], help: explained.help)
        guard let context = problem.context, problem.contextOffset < problem.offset else { return diagnostic }
        let opened = Span(source: source.id, start: problem.contextOffset, end: problem.contextOffset)
        if explained.beginsAtContext {
            diagnostic.primary = Label(opened, "it begins here")
        } else {
            diagnostic.related = [Label(opened, context)]
        }
        return diagnostic
    }

    private struct Explanation {
        var message: String?
        var help: String?
        /// The mistake is where the construct begins, not where the reader gave up.
        var beginsAtContext = false
    }

    /// What libyaml's words usually mean to the person who wrote the file.
    private static func explanation(of problem: LibYAMLProblem, _ letter: UInt8?, in source: Source) -> Explanation {
        let text = problem.problem
        if hasConflict(source) {
            return Explanation(
                message: "the file holds a merge conflict", help: "resolve the conflict: `git status` names the files")
        }
        if text.contains("unexpected end of stream"), problem.context?.contains("quoted") == true {
            return Explanation(message: "a quote that is never closed", help: "close it", beginsAtContext: true)
        }
        let isFlow = problem.context?.contains("flow") == true
        if text.contains("',' or ']'") || text.contains("',' or '}'") || (isFlow && text.contains("node content")) {
            return Explanation(
                message: "a bracket that is not closed, or a comma that is missing",
                help: "close the bracket, or put a comma between the entries")
        }
        if text.contains("alphabetic or numeric character") {
            return Explanation(message: "a sign that needs quotes", help: "quote a value that begins with * or &")
        }
        if text.contains("directive") {
            return Explanation(help: "remove the line: `%YAML 1.1` at the top is all that is known")
        }
        if text.contains("cannot start any token") {
            switch letter {
            case UInt8(ascii: "\t"):
                return Explanation(
                    message: "a tab where YAML wants spaces",
                    help: "indent with spaces, and put spaces behind `:` and `-`")
            case UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "%"):
                return Explanation(
                    message: "a sign that needs quotes", help: "quote a value that begins with @, ` or %")
            default: return Explanation()
            }
        }
        if text.contains("mapping values are not allowed") {
            return Explanation(
                message: "a colon where no key can be",
                help: "quote a value that contains \": \", or check the indentation of this line")
        }
        if text.contains("could not find expected ':'") {
            return Explanation(
                message: "a line without a colon, where a key is wanted",
                help: "write a colon and a space between a key and its value")
        }
        if problem.context == "while scanning a tag", letter == UInt8(ascii: "]") || letter == UInt8(ascii: "}") {
            return Explanation(
                message: "the bracket is read as part of the tag", help: "put a blank between them: `!unset }`")
        }
        if letter == UInt8(ascii: "]") || letter == UInt8(ascii: "}") {
            return Explanation(message: "a bracket that closes nothing", help: "remove it, or quote the value")
        }
        if text.contains("did not find expected") {
            return Explanation(
                message: "a line that fits no block around it",
                help: "check the indentation and the quotes (inside '…' an apostrophe is written twice)")
        }
        return Explanation()
    }

    private static func hasConflict(_ source: Source) -> Bool {
        let marker = Array("<<<<<<< ".utf8)
        return source.bytes.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: marker) }
    }

    static func tooLarge(_ source: Source) -> Diagnostic {
        Diagnostic(
            .limits, "the file has more than 16 MiB", at: .startOfFile(source.id),
            help: "split it; a site-config file is written by hand")
    }

    static func tooDeep(_ place: Span) -> Diagnostic {
        Diagnostic(.limits, "more than 128 levels of nesting, aliases followed", at: place)
    }

    static func aliasesExplode(_ place: Span) -> Diagnostic {
        Diagnostic(.limits, "the aliases of this file stand for more than 1,000,000 nodes or 64 MiB", at: place)
    }

    static func tooManyDigits(_ place: Span) -> Diagnostic {
        Diagnostic(
            .limits, "a number of more than 4300 digits", at: place, help: "quote it if it is no number")
    }

    static func severalDocuments(_ place: Span) -> Diagnostic {
        Diagnostic(
            .documents, "a second document in one file", at: place, "everything from here on would be lost",
            help: "one file is one entity: move what follows into a file of its own, or remove this line")
    }

    static func topLevel(_ place: Span, isList: Bool) -> Diagnostic {
        Diagnostic(
            .topLevel, "the file is not a map of keys and values", at: place,
            isList ? "a list" : "a single value",
            help: "a site-config file is a map: `key: value` on each line")
    }

    static func duplicateKey(
        _ key: String, _ place: Span, first: Span, in source: Source, _ strictness: Strictness
    ) -> Diagnostic {
        Diagnostic(
            .duplicateKey, strictness.severity,
            source.isSecret
                ? "a key stands twice in one map" : "the key \(JSONText.quoted(key)) stands twice in one map",
            at: place, "the second one", related: [Label(first, "the first one")],
            help: strictness == .strict ? "keep one of them" : "the last one was used")
    }

    static func twoMergeKeys(_ place: Span, first: Span) -> Diagnostic {
        Diagnostic(
            .mergeKey, "two merge keys in one map", at: place, related: [Label(first, "the first one")],
            help: "merge several maps with one key: `<<: [*a, *b]`, where a wins")
    }

    static func mergeWantsMap(_ place: Span) -> Diagnostic {
        Diagnostic(
            .mergeKey, "a merge key takes a map, or a list of maps", at: place,
            help: "write `<<: *anchor` with the anchor on a map; quote \"<<\" if it is an ordinary key")
    }

    static func keyIsNoText(_ place: Span) -> Diagnostic {
        Diagnostic(
            .keyType, "a map or a list cannot be a key", at: place,
            help: "quote a template: `\"{{ name }}\"`, not `{{ name }}`")
    }

    static func oddKey(_ place: Span, in source: Source, _ type: ScalarType, isPlain: Bool) -> Diagnostic {
        let kind =
            switch type {
            case .null: "null"
            case .bool: "a boolean"
            case .timestamp: "a date"
            default: "a float"
            }
        let written = source.text(of: place)
        let fixes =
            isPlain && !source.isSecret && !"&!*".contains(written.first ?? "*")
            ? [FixIt("quote the key", [Edit(place, JSONText.quoted(written))])] : []
        return Diagnostic(
            .oddKey, .warning, "a key that YAML reads as \(kind)", at: place, "it becomes text",
            help: "quote it if it is a name", fixes: fixes)
    }

    static func undefinedAlias(_ name: String, _ place: Span, in source: Source, known: [String]) -> Diagnostic {
        guard !source.isSecret else {
            return Diagnostic(
                .alias, "an alias without an anchor before it", at: place, help: "quote a value that begins with *")
        }
        let near = Suggestions.near(name, among: known).map { "*\($0)" }
        return Diagnostic(
            .alias, "no anchor named \"\(name)\" before this alias", at: place,
            help: near.isEmpty
                ? "quote a value that begins with *" : "did you mean \(near.joined(separator: " or "))?")
    }

    static func aliasInsideItself(_ name: String, _ place: Span, in source: Source, _ anchor: Span) -> Diagnostic {
        Diagnostic(
            .alias,
            source.isSecret ? "an alias inside its own anchor" : "the alias *\(name) stands inside its own anchor",
            at: place, "it would never end", related: [Label(anchor, "the anchor")])
    }

    static func duplicateAnchor(_ name: String, _ place: Span, in source: Source, _ first: Span) -> Diagnostic {
        Diagnostic(
            .alias, source.isSecret ? "an anchor is defined twice" : "the anchor &\(name) is defined twice", at: place,
            related: [Label(first, "the first one")], help: "rename one of them")
    }

    static func unknownTag(_ tag: String, _ place: Span, in source: Source) -> Diagnostic {
        let core = "tag:yaml.org,2002:"
        let name = tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
        if ["!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!map", "!!seq"].contains(name) {
            return Diagnostic(.tag, "the value does not fit its tag \(name)", at: place, help: "remove the tag")
        }
        if name == "!secret" {
            return Diagnostic(
                .tag,
                source.isSecret
                    ? "!secret leads into the secrets, so it cannot stand in them"
                    : "!secret stands before a path only",
                at: place, help: "write `!secret db.password`")
        }
        if name == "!alloc", !source.isSecret {
            return Diagnostic(
                .tag, "!alloc stands before the name of a pool only", at: place, help: "write `ssh_port: !alloc ssh`")
        }
        let refused = ["!!binary", "!!set", "!!omap", "!!pairs"].contains(name)
        let isVault = name.hasPrefix("!vault")
        let ours = OwnTag.allCases.map(\.text)
        let near = source.isSecret ? [] : Suggestions.near(name, among: ours, includingParts: false)
        return Diagnostic(
            .tag, source.isSecret ? "a tag that is not known here" : "the tag \(name) is not known here", at: place,
            notes: refused ? ["no tool that reads the outputs has such a type"] : [],
            help: isVault
                ? "ansible-vault values are not read: move the secret to secrets.yaml"
                : !near.isEmpty
                    ? "did you mean \(near[0])?"
                    : ours.contains(name) && !source.isSecret
                        ? "write it behind the colon, before the value: `KEY: \(name) …`"
                        : "remove the tag, or quote the value if it begins with !")
    }

    static func tagOfMerge(_ tag: String, _ place: Span) -> Diagnostic {
        Diagnostic(
            .tag, "\(tag) before what << takes in says nothing", at: place,
            help: "write it before the values that it is meant for")
    }

    static func unreadableScalar(_ place: Span, in source: Source, _ type: ScalarType, isPlain: Bool) -> Diagnostic {
        let reason =
            switch type {
            case .timestamp: "a date or time that does not exist"
            case .merge: "`<<` is a merge key and no value"
            case .sign: "a sign that YAML 1.1 keeps for itself"
            case .bool: "this is no boolean"
            case .float: "this is no number"
            default: "this is no integer"
            }
        let written = source.text(of: place)
        let fixes =
            isPlain && !source.isSecret && !written.hasPrefix("!") && !written.hasPrefix("&")
            ? [FixIt("quote the value", [Edit(place, JSONText.quoted(written))])] : []
        return Diagnostic(
            .scalar, reason, at: place, "PyYAML refuses it", help: "quote it to make it text", fixes: fixes)
    }
}

extension Code {
    package static let syntax = Code(
        "R0101", "the file is not YAML",
        explanation: """
            libyaml, which PyYAML and so Ansible and Salt read with, cannot read the file. Everything behind the place is \
            unknown, so nothing that needs this file is compiled.
            """,
        example: """
            $ resolve read broken.yaml
            -- broken.yaml --
            name: web: 1
            """,
        fix: "Mend the line. The usual causes are a missing quote, a tab, and indentation that fits no block around it."
    )

    package static let notText = Code(
        "R0102", "the file is not UTF-8 text",
        explanation: """
            A file of a site is UTF-8, with or without a byte order mark. Other encodings and raw control characters are \
            refused, because the tools that read the same file would each make something else of them.
            """,
        example: """
            $ resolve read broken.yaml
            -- broken.yaml --
            name: "\u{1}"
            """,
        fix: "Save the file as UTF-8. Write a control character as an escape in double quotes.")

    package static let duplicateKey = Code(
        "R0103", "a key stands twice in one map",
        explanation: """
            YAML forbids it, PyYAML takes the last one without a word, and the first value is lost. Two keys are also \
            equal if they are so as JSON text (`1`, `0x1` and `"1"`) or as Python's numbers (`1`, `1.0` and `true`).
            """,
        example: """
            $ resolve read broken.yaml
            -- broken.yaml --
            cores: 2
            memory: 2048
            cores: 4
            """,
        fix: "Keep one of them. With --lenient it is a warning and the last one is used.")

    package static let documents = Code(
        "R0104", "several documents in one file",
        explanation: "A line `---` in the middle of a file begins a second document, which no tool would read.",
        example: """
            $ resolve read broken.yaml
            -- broken.yaml --
            name: a
            ---
            name: b
            """,
        fix: "Give each document a file of its own.")

    package static let topLevel = Code(
        "R0105", "the file is not a map",
        explanation: "Every file of a site is a map of keys and values. An empty file is an empty map.",
        example: """
            $ resolve read broken.yaml
            -- broken.yaml --
            - name: web
            """,
        fix: "Write `key: value` lines; if it is a list, put it under the key it belongs to.")

    package static let tag = Code(
        "R0106", "an unknown tag",
        explanation: """
            A tag (`!name`) changes what a value means, so one that is not known is never ignored. YAML's own tags for \
            strings, numbers, booleans, null, times, maps and lists are read; `!!binary`, `!!set`, `!!omap` and `!!pairs` \
            are not, because no output has them.
            """,
        example: """
            $ resolve read broken.yaml
            -- broken.yaml --
            cores: !cpu 4
            """,
        fix: "Remove the tag. If the value begins with an exclamation mark, quote it.")

    package static let alias = Code(
        "R0107", "an anchor or alias that does not work",
        explanation: """
            An alias (`*name`) stands for the node with the anchor (`&name`) before it. An alias without an anchor, one \
            inside its own anchor, and two anchors of one name are errors, in PyYAML too.
            """,
        example: """
            $ resolve read broken.yaml
            -- broken.yaml --
            web: &small {cores: 1}
            db: *smal
            """,
        fix: "Name an anchor that stands earlier in the same file. Quote a text that begins with `*` or `&`.")

    package static let mergeKey = Code(
        "R0108", "a merge key that does not work",
        explanation: """
            `<<: *anchor` brings the entries of a map into another. Its value must be a map or a list of maps, and a map \
            has one merge key at most: with two, readers disagree about which wins.
            """,
        example: """
            $ resolve read broken.yaml
            -- broken.yaml --
            tags: &tags [a, b]
            web:
              <<: *tags
            """,
        fix: "Merge several maps with one key: `<<: [*a, *b]`, where a wins over b.")

    package static let scalar = Code(
        "R0109", "a value that PyYAML cannot read",
        explanation: """
            PyYAML, and so Ansible and Salt, raise an exception on this value: it looks like a date, a number or a special \
            sign of YAML 1.1, but it is none.
            """,
        example: """
            $ resolve read broken.yaml
            -- broken.yaml --
            released: 2025-13-45
            """,
        fix: "Quote it: then it is text.")

    package static let limits = Code(
        "R0110", "beyond a limit",
        explanation: """
            A file may have 16 MiB and 128 levels of nesting, its aliases may stand for 1,000,000 nodes, and a number may \
            have 4300 digits. The limits keep a hostile or generated file from exhausting the machine.
            """,
        example: """
            $ resolve read broken.yaml
            -- broken.yaml --
            deep: \(String(repeating: "[", count: 130))\(String(repeating: "]", count: 130))
            """,
        fix: "Split the file, or write the value flat.")

    package static let keyType = Code(
        "R0111", "a key that cannot be text",
        explanation:
            "A map or a list as a key fits no output. Most often a template was left unquoted: `{{ x }}` is a map.",
        example: """
            $ resolve read broken.yaml
            -- broken.yaml --
            name: {{ name }}
            """,
        fix: "Quote it: `name: \"{{ name }}\"`.")

    package static let oddKey = Code(
        "R0802", "a key that is neither text nor an integer",
        explanation: """
            Keys are text in every output. `yes: 1` becomes the key `true`, `~: 1` the key `null`, which is hardly what was \
            meant, and other readers may make something else of it.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            x-switch:
              on: 1
            """,
        fix: "Quote the key.")

    /// The codes of this module.
    package static let ofYAMLSyntax: [Code] = [
        .syntax, .notText, .duplicateKey, .documents, .topLevel, .tag, .alias, .mergeKey, .scalar, .limits, .keyType,
        .yaml12, .oddKey, .jinja,
    ]
}
