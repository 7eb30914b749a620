package import Diagnostics
internal import SiteModel
internal import YAMLSyntax

// Whether a tag can stand where it stands, whatever the layers are. Beside `Bind.swift`, which asks.

extension Binder {
    /// Notes a tag that speaks of merging; says where it cannot: R0305, and R0805 where nothing is merged.
    mutating func check(_ tag: OwnTag, _ node: NodeID, at place: Place) {
        guard let merging = tag.forMerging, let span = tree.tagSpan(node) else {
            if tag == .raw, !looksLikeJinja(node, at: place) {
                diagnostics.append(.idleRaw(tree.span(node)))
            }
            return
        }
        let written = WrittenTag(
            tag: merging, span: span, value: tree.span(node), removal: tree.removal(ofTagAt: span))
        if steps.last == "extends" || steps.dropLast().last == "extends" {
            diagnostics.append(.badTag(merging, span, "extends chooses layers and is not merged"))
        } else if place.layer == .instance, let reason = choice(at: place) {
            diagnostics.append(.idleTag(written, reason))
        } else if let problem = problem(merging, node, at: place) {
            diagnostics.append(.badTag(merging, span, problem).hiding(place.isOfPassword))
        } else if steps.first?.begins(with: "x-") == true {
            // Such keys are the user's own: an anchor may stand there for other places.
            return
        } else if isMerged(place) {
            tags.append(written)
        } else {
            diagnostics.append(
                .idleTag(written, "nothing is merged \(kind == .site ? "here" : "in \(kind.withArticle)")"))
        }
    }

    /// Why a tag says nothing at that place of a VM's entry.
    private func choice(at place: Place) -> String? {
        guard steps.first == "vms" else { return nil }
        if steps.count == 2 { return "an entry is not merged with another; tag the whole list" }
        let isChooser = steps.count == 3 && FieldTable.choosers.contains(steps[2])
        return isChooser ? "\(steps[2]) chooses a layer and is not merged" : nil
    }

    /// A tag before a whole file speaks of no field.
    mutating func checkRoot() {
        guard let tag = tree.tag(tree.root)?.forMerging else { return }
        let reason = "it speaks of one field, and this is the whole file"
        diagnostics.append(.badTag(tag, tree.tagSpan(tree.root), reason))
    }

    private func problem(_ tag: MergeTag, _ node: NodeID, at place: Place) -> String? {
        if let problem = problem(tag, at: place) { return problem }
        let phrase = place.isOfPassword && tree.kind(node) == .scalar ? "a single value" : tree.phrase(node)
        switch tag {
        case .append, .union:
            return tree.kind(node) == .list ? nil : "it joins lists, and this is \(phrase)"
        case .deep: return tree.kind(node) == .map ? nil : "it merges maps, and this is \(phrase)"
        case .unset:
            let isEmpty = tree.kind(node) == .scalar && tree.text(node).isEmpty && tree.style(node) == .plain
            if !isEmpty { return "it takes no value: the field is removed" }
            if place.isItem { return "it removes a field, and this is an item of a list" }
            if kind == .site { return "site.yaml inherits nothing" }
            return kind.inherits ? nil : "\(kind.withArticle) inherits nothing"
        case .replace, .default, .force: return nil
        }
    }

    /// Why a tag says nothing of a field of a minion's that is no field of a merge.
    private func problem(_ tag: MergeTag, at place: Place) -> String? {
        let isInstance = place.layer == .instance && steps.count == 3 && kind == .hostGroup
        let isOwn = steps.count == 1 && [.hostGroup, .component].contains(kind)
        if steps.last == "pillar", isInstance || isOwn, [.replace, .unset].contains(tag) {
            return "a pillar is a layer: tag what stands in it"
        }
        return steps.last == "components" && isInstance
            ? "an instance's components are added to its group's; one that runs less belongs to another group" : nil
    }

    private func isMerged(_ place: Place) -> Bool {
        kind.inherits || (kind == .site && steps.first == "defaults" && steps.count == 2)
    }

    /// Whether it is text that Jinja would take for a template: in a host group, and in variables for Ansible.
    private func looksLikeJinja(_ node: NodeID, at place: Place) -> Bool {
        let text = tree.string(node)
        let isVariable = [.env, .group].contains(kind) && steps.first == "vars"
        return (kind == .hostGroup || isVariable) && (text.contains("{{") || text.contains("{%"))
    }
}

extension SyntaxTree {
    fileprivate func phrase(_ node: NodeID) -> String {
        switch kind(node) {
        case .map: "a map"
        case .list: "a list"
        default: Value(Value.Content(value(node)), .nowhere).phrase
        }
    }

    /// The edit that removes a tag and the blank behind it.
    fileprivate func removal(ofTagAt span: Span) -> Edit {
        let end = Int(span.end)
        let hasBlank = source.bytes.indices.contains(end) && source.bytes[end] == UInt8(ascii: " ")
        return Edit(Span(source: span.source, start: span.start, end: span.end + (hasBlank ? 1 : 0)), "")
    }
}

extension OwnTag {
    /// What it says about merging; nil for `!secret`, `!raw` and `!alloc`.
    var forMerging: MergeTag? {
        switch self {
        case .secret, .raw, .alloc: nil
        case .append: .append
        case .union: .union
        case .deep: .deep
        case .replace: .replace
        case .default: .default
        case .force: .force
        case .unset: .unset
        }
    }
}

extension Diagnostic {
    static func badTag(_ tag: MergeTag, _ span: Span?, _ reason: String) -> Diagnostic {
        let help =
            switch tag {
            case .append, .union: "write a list behind it, or remove the tag: a value without one replaces"
            case .deep: "remove the tag: what is no map replaces"
            case .unset: "remove the line, or write `KEY: !unset` where something is inherited"
            case .replace, .default, .force: "remove the tag"
            }
        return Diagnostic(.badTag, "\(tag.text) cannot stand here: \(reason)", at: span, help: help)
    }

    static func idleTag(_ written: WrittenTag, _ reason: String) -> Diagnostic {
        // Without `!unset` the key would have a value, null: the line has to go, not the tag.
        let isUnset = written.tag == .unset
        return Diagnostic(
            .idleTag, .warning, "\(written.tag.text) changes nothing", at: written.span, reason,
            help: isUnset ? "remove the line" : "remove the tag",
            fixes: isUnset ? [] : [FixIt("remove the tag", [written.removal])])
    }

    fileprivate static func idleRaw(_ span: Span) -> Diagnostic {
        Diagnostic(
            .idleTag, .warning, "!raw changes nothing", at: span,
            "it marks text with {{ or {% in a host group or in vars",
            help: "remove the tag")
    }
}

extension Code {
    package static let badTag = Code(
        "R0305", "a merge tag where it cannot stand",
        explanation: """
            `!append` and `!union` join lists, `!deep` merges maps, `!unset` removes an inherited field and has no value \
            behind it. Anywhere else they could not do what they say.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- vms/web.yaml --
            tags: !append web
            """,
        fix: "Write what the tag wants behind it, or remove the tag. `resolve explain --rules` lists all tags.")

    package static let idleTag = Code(
        "R0805", "a tag that changes nothing",
        explanation: """
            A tag says that something is to be merged in another way than usual. Here the result would be the same without \
            it, in every output that the file takes part in: perhaps nothing is inherited, perhaps a nearer layer wins anyway, \
            perhaps the tag stands inside a map that is replaced whole.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- vms/base.yaml --
            image: debian-12
            -- vms/web.yaml --
            extends: base
            tags: !append [web]
            -- envs/dev.yaml --
            vms:
              - {name: web, template: web}
            """,
        fix: "Remove the tag, or correct the name of the field that it was to meet.")
}
