internal import Diagnostics
internal import Resolution
internal import SiteModel

/// One file that `resolve build` writes, before it is compiled.
struct PlannedOutput: Sendable {
    /// From the site's folder, in its simplest form.
    let path: String
    let target: Target
    /// The command line that writes the same.
    let command: String
    let isRedacted: Bool
    /// Where resolve.yaml says so.
    let place: Span
}

/// Reads resolve.yaml: each of its items becomes one output, or one for each name that its patterns fit.
struct OutputPlanner {
    private let site: LinkedSite
    private let minions: [Minion]
    private let jobs: [Key]
    /// How many folders the site lies below the one that no output leaves; nil if any may be written.
    private let depth: Int?
    /// The folders that lead to the site, as far as they are known.
    private let folders: [Substring]
    private let issuedAt: Int?
    /// Whether only the outputs of envs' VMs are wanted.
    private let isOfEnvs: Bool
    /// The env that alone is wanted then; nil for all.
    private let env: Key?
    private(set) var outputs: [PlannedOutput] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// The same of outputs that lead out of where they may: that depends on where the site lies.
    private(set) var outside: [Diagnostic] = []

    init(
        _ site: LinkedSite, _ minions: [Minion], jobs: [Key], depth: Int?, in folders: [Substring], issuedAt: Int?,
        isOfEnvs: Bool = false, env: Key? = nil
    ) {
        self.folders = folders
        self.site = site
        self.minions = minions
        self.jobs = jobs
        self.depth = depth
        self.issuedAt = issuedAt
        self.isOfEnvs = isOfEnvs
        self.env = env
    }

    mutating func plan() {
        for item in site.entities[.outputs]?.fields["outputs"]?.list ?? [] {
            if let fields = item.map { plan(fields, at: item.origin.span) }
        }
        findClashes()
        outputs = outputs.sorted(byBytesOf: \.path)
    }

    /// Whether no output asks for VMs but those of envs themselves.
    static func asksForEnvsAlone(_ site: LinkedSite) -> Bool {
        (site.entities[.outputs]?.fields["outputs"]?.list ?? []).allSatisfy { item in
            guard let emit = item.map?["emit"]?.string else { return false }
            return ["env", "vm", "vars", "roster", "pillar", "tops", "nodegroups", "spec", "host"].contains(emit)
        }
    }

    /// What a command takes besides `emit`, `to` and `redact`: names that may be patterns, and the rest.
    private static func options(of emit: String) -> (axes: [Key], others: [Key])? {
        switch emit {
        case "env": (["env", "node"], ["vm_id"])
        case "vm": (["node"], ["name", "vmid", "template", "preset", "image", "posture", "spec", "issued_at"])
        case "vars": (["env", "posture"], [])
        case "inventory": (["env", "host"], ["format"])
        case "roster": (["env"], ["minions", "set", "format"])
        case "pillar": (["minion"], [])
        case "tops": (["minion"], [])
        case "nodegroups": ([], [])
        case "targets": (["job", "env"], [])
        case "spec": (["spec"], [])
        case "manifest": (["manifest", "node"], ["order", "subtree", "issued_at"])
        case "host": (["host"], [])
        default: nil
        }
    }

    private mutating func plan(_ fields: Fields, at span: Span?) {
        guard let emit = fields["emit"]?.string, let options = Self.options(of: emit), !isOfEnvs || emit == "env",
            let to = fields["to"], let pattern = to.string, !pattern.isEmpty, let place = to.origin.span ?? span
        else { return }
        let known: [Key] = ["emit", "to", "redact"] + options.axes + options.others
        for entry in fields.entries where !known.contains(entry.key) && FieldTable.isOfOutputs(entry.key) {
            diagnostics.append(.foreignOption(entry, emit, options.axes + options.others))
        }
        if let missing = Self.complaint(about: fields, emit) {
            return diagnostics.append(.badOutput(missing.message, at: span, help: missing.help))
        }
        var choices = options.axes.map { (axis: $0, names: names(fields.entry($0), $0, emit)) }
        let template = PathTemplate(pattern)
        if emit == "targets", fields["job"] == nil, template.names.contains("job"),
            let job = choices.firstIndex(where: { $0.axis == "job" })
        {
            choices[job].names = jobs.map(\.text)
        }
        for name in template.names where !choices.contains(where: { $0.axis == Key(name) && $0.names != nil }) {
            diagnostics.append(.unknownPlaceholder(name, options.axes, emit, at: place))
            return
        }
        if let unused = choices.first(where: { ($0.names?.count ?? 0) > 1 && !template.names.contains($0.axis.text) }) {
            diagnostics.append(.onePath(unused.axis, unused.names?.count ?? 0, at: place))
            return
        }
        for chosen in Self.products(of: choices.map { (axis: $0.axis, names: $0.names) }) {
            guard let request = request(emit, chosen, fields) else { continue }
            let path = OutputPath(template.filled(with: chosen), from: folders)
            if let objection = template.objection(to: chosen) ?? path.objection {
                diagnostics.append(.badPath(path.text, objection, at: place))
                continue
            }
            if let border = depth.flatMap(path.border) {
                outside.append(.badPath(path.text, border, at: place))
            }
            let isRedacted = if case .bool(true) = fields["redact"]?.content { true } else { false }
            outputs.append(
                PlannedOutput(
                    path: path.text, target: request.target, command: request.command, isRedacted: isRedacted,
                    place: place))
        }
    }

    // MARK: Names

    /// The names that an option chooses; nil where it is absent. What exists under none of them has been reported.
    private mutating func names(_ entry: Fields.Entry?, _ axis: Key, _ emit: String) -> [String]? {
        guard let entry, !entry.value.isNull else { return nil }
        let existing = existing(axis, emit)
        var chosen: [String] = []
        var seen: Set<Key> = []
        for item in entry.value.list ?? [entry.value] {
            guard let text = item.string else { continue }
            let glob = Glob(text)
            // The hosts of an inventory are known when it is compiled.
            if emit == "inventory", axis == "host", !glob.isPattern {
                chosen.append(text)
                continue
            }
            let found = text == "*" ? existing : existing.filter { glob.matches(Key($0)) }
            if found.isEmpty, text != "*" {
                diagnostics.append(unknown(text, axis, emit, existing, at: item.origin.span))
            }
            let wanted = axis == "env" ? env : nil
            chosen += found.filter { (wanted == nil || Key($0) == wanted) && seen.insert(Key($0)).inserted }
        }
        return chosen
    }

    private func existing(_ axis: Key, _ emit: String) -> [String] {
        switch axis {
        case "minion": return minions.map(\.id.text)
        case "job": return jobs.map(\.text)
        case "host" where emit == "host":
            let nodes = site.catalogue.names(.node)
            return nodes + site.catalogue.names(.host).filter { !nodes.contains($0) }
        default: return Self.kind(axis).map(site.catalogue.names) ?? []
        }
    }

    private func unknown(_ name: String, _ axis: Key, _ emit: String, _ existing: [String], at span: Span?)
        -> Diagnostic
    {
        if Glob(name).isPattern {
            return .badOutput("the pattern \"\(name)\" fits no \(axis)", at: span, help: Suggestions.list(existing))
        }
        if let kind = Self.kind(axis) { return .notFound(Key(name), .kind(kind), at: span, in: site.catalogue, .error) }
        let near = Suggestions.near(name, among: existing)
        return Diagnostic(
            .dangling, "no \(axis) named \"\(name)\"", at: span,
            help: near.isEmpty ? Suggestions.list(existing) : "did you mean \(near.asChoices)?")
    }

    private static func kind(_ axis: Key) -> EntityKind? {
        switch axis {
        case "env": .env
        case "node": .node
        case "posture": .posture
        case "spec": .spec
        case "manifest": .manifest
        default: nil
        }
    }

    /// Every way to choose one name for each option; options that are absent are left out.
    private static func products(of choices: [(axis: Key, names: [String]?)]) -> [[(axis: Key, name: String)]] {
        var products: [[(axis: Key, name: String)]] = [[]]
        for case (let axis, let names?) in choices {
            products = products.flatMap { product in names.map { product + [(axis, $0)] } }
        }
        return products
    }

    // MARK: Clashes

    /// Two outputs in one file, and a file where another has a folder.
    private mutating func findClashes() {
        let sorted = outputs.sorted { Key($0.path + "/") < Key($1.path + "/") }
        for (first, second) in zip(sorted, sorted.dropFirst()) {
            if Key(first.path) == Key(second.path) {
                diagnostics.append(.samePath(first, second))
            } else if second.path.utf8.starts(with: (first.path + "/").utf8) {
                diagnostics.append(.fileAndFolder(first, second))
            }
        }
    }
}

extension OutputPlanner {
    // MARK: Requests

    /// What is missing among the options of a command, or contradicts another.
    fileprivate static func complaint(about fields: Fields, _ emit: String) -> (message: String, help: String)? {
        func has(_ key: Key) -> Bool { fields[key]?.isNull == false }
        let required: [String: [Key]] = [
            "env": ["env"], "vm": ["name", "vmid"], "pillar": ["minion"], "tops": ["minion"], "spec": ["spec"],
            "manifest": ["manifest"], "host": ["host"],
        ]
        if let missing = required[emit]?.first(where: { !has($0) }) {
            let all = missing == "name" || missing == "vmid" ? "" : "; \"*\" stands for all of them"
            return ("emit: \(emit) wants `\(missing):`", "add `\(missing): …`\(all)")
        }
        switch emit {
        case "vars" where has("env") == has("posture"):
            return ("emit: vars wants `env:` or `posture:`, and not both", "say one of them")
        case "vm" where ["posture", "spec"].contains { fields[$0]?.list != nil }:
            return ("the posture or spec of one VM is one name", "write the name alone")
        case "vm" where has("template") == has("preset"):
            return ("emit: vm wants `template:` or `preset:`, and not both", "a template names its own preset")
        case "manifest" where has("order") && has("subtree"):
            return ("`order:` and `subtree:` exclude each other", "remove one of them")
        case "manifest" where has("node") && (has("order") || has("subtree")):
            return ("`node:` gives the roots their variables, which these forms do not have", "remove `node:`")
        case "inventory" where has("host") && has("format"):
            return ("`host:` is for the script form, which needs no `format:`", "remove `format:`")
        case "inventory" where has("format") && Target.Inventory.Form(named: fields["format"]?.string) == nil:
            return ("an inventory is written as script, json or yaml", "correct `format:`")
        case "roster" where has("format") && Target.Roster.Form(rawValue: fields["format"]?.string ?? "") == nil:
            return ("a roster is written as yaml or json", "correct `format:`")
        default: return nil
        }
    }

    fileprivate func request(
        _ emit: String, _ chosen: [(axis: Key, name: String)], _ fields: Fields
    ) -> (target: Target, command: String)? {
        func name(_ axis: Key) -> String? { chosen.first { $0.axis == axis }?.name }
        func text(_ key: Key) -> String? { fields[key]?.string }
        var words = [emit]
        func option(_ name: String, _ value: String?) { if let value { words += ["--\(name)", value] } }
        switch emit {
        case "env":
            words.append(name("env") ?? "")
            option("node", name("node"))
            let numbers = (fields["vm_id"]?.map?.entries ?? []).compactMap { entry in
                entry.value.integer.map { (vm: entry.key.text, vmid: $0) }
            }
            for number in numbers { option("vm-id", "\(number.vm)=\(number.vmid)") }
            return (
                .env(.init(name: name("env") ?? "", node: name("node"), vmids: numbers)), words.joined(separator: " ")
            )
        case "vm":
            guard let vm = text("name"), let vmid = fields["vmid"]?.integer else { return nil }
            words.append(vm)
            option("vmid", String(vmid))
            for key in ["template", "preset", "image", "posture", "spec"] { option(key, text(Key(key))) }
            option("node", name("node"))
            let request = Target.VM(
                name: vm, vmid: vmid, template: text("template"), preset: text("preset"), node: name("node"),
                image: text("image"), posture: text("posture"), spec: text("spec"), issuedAt: time(fields))
            return (.vm(request), words.joined(separator: " "))
        case "vars":
            if let env = name("env") { return (.variables(.env(env)), "vars \(env)") }
            return name("posture").map { (.variables(.posture($0)), "vars --posture \($0)") }
        case "inventory":
            words += [name("env")].compactMap(\.self)
            option("host", name("host"))
            option("format", text("format"))
            let form = name("host").map { Target.Inventory.Form.host($0) } ?? .init(named: text("format")) ?? .script
            return (.inventory(.init(env: name("env"), form: form)), words.joined(separator: " "))
        case "roster":
            let patterns = (fields["minions"]?.list ?? []).compactMap(\.string)
            let addresses = (fields["set"]?.map?.entries ?? []).compactMap { entry in
                entry.value.string.map { (minion: entry.key.text, address: $0) }
            }
            words += patterns
            option("env", name("env"))
            for address in addresses { option("set", "\(address.minion)=\(address.address)") }
            option("format", text("format"))
            let form = text("format").flatMap { Target.Roster.Form(rawValue: $0) } ?? .yaml
            let request = Target.Roster(minions: patterns, env: name("env"), addresses: addresses, form: form)
            return (.roster(request), words.joined(separator: " "))
        case "targets":
            words += [name("job")].compactMap(\.self)
            option("env", name("env"))
            return (.targets(.init(job: name("job"), env: name("env"))), words.joined(separator: " "))
        case "manifest":
            guard let manifest = name("manifest") else { return nil }
            words.append(manifest)
            var form = Target.Manifest.Form.graph
            if case .bool(true) = fields["order"]?.content {
                form = .order
                words.append("--order")
            } else if let subtree = text("subtree") {
                form = .subtree(subtree)
                option("subtree", subtree)
            }
            option("node", name("node"))
            let request = Target.Manifest(.name(manifest), form: form, node: name("node"), issuedAt: time(fields))
            return (.manifest(request), words.joined(separator: " "))
        case "nodegroups": return (.nodegroups, emit)
        case "pillar": return name("minion").map { (.pillar($0), "pillar \($0)") }
        case "tops": return name("minion").map { (.tops($0), "tops \($0)") }
        case "spec": return name("spec").map { (.specification($0), "spec \($0)") }
        case "host": return name("host").map { (.host($0), "host \($0)") }
        default: return nil
        }
    }

    private func time(_ fields: Fields) -> Int? { fields["issued_at"]?.integer ?? issuedAt }
}

extension Target.Inventory.Form {
    /// As `--format` names it.
    fileprivate init?(named name: String?) {
        switch name {
        case "script": self = .script
        case "json": self = .json
        case "yaml": self = .yaml
        default: return nil
        }
    }
}

/// A path with names in braces: `dist/{env}.tfvars.json`.
private struct PathTemplate {
    private let pieces: [(text: String, isName: Bool)]

    init(_ text: String) {
        var pieces: [(text: String, isName: Bool)] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            pieces.append((String(rest[..<open]), false))
            pieces.append((String(rest[rest.index(after: open)..<close]), true))
            rest = rest[rest.index(after: close)...]
        }
        self.pieces = pieces + [(String(rest), false)]
    }

    var names: [String] { pieces.filter(\.isName).map(\.text) }

    func filled(with chosen: [(axis: Key, name: String)]) -> String {
        pieces.map { piece in
            piece.isName ? chosen.first { $0.axis == Key(piece.text) }?.name ?? "" : piece.text
        }.joined()
    }

    /// Why a name cannot stand in a path; nil if all can.
    func objection(to chosen: [(axis: Key, name: String)]) -> String? {
        for (axis, name) in chosen where names.contains(axis.text) {
            if name.isEmpty || name.hasSlash || name.contains("\0") || name.allSatisfy({ $0 == "." }) {
                return "the \(axis) \"\(name)\" cannot be part of a path"
            }
        }
        return nil
    }
}

extension FieldTable {
    /// Whether a key is one of those in an item of resolve.yaml. Others have been reported by the binder.
    fileprivate static func isOfOutputs(_ key: Key) -> Bool {
        guard case .list(.map(let table))? = outputs.fields.first?.type else { return false }
        return table.fields.contains { $0.name == key }
    }
}

extension Suggestions {
    /// What there is, for a sentence.
    fileprivate static func list(_ names: [String]) -> String {
        if names.isEmpty { return "there is none" }
        return "there \(names.count == 1 ? "is" : "are"): "
            + names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
    }
}

extension Diagnostic {
    fileprivate static func badOutput(_ message: String, at span: Span?, help: String) -> Diagnostic {
        Diagnostic(.badOutput, message, at: span, help: help)
    }

    fileprivate static func foreignOption(_ entry: Fields.Entry, _ emit: String, _ options: [Key]) -> Diagnostic {
        let known = options.map(\.text).joined(separator: ", ")
        return Diagnostic(
            .badOutput, "emit: \(emit) has no option \(entry.key)", at: entry.keySpan ?? entry.value.origin.span,
            help: known.isEmpty ? "it takes none; remove it" : "it takes: \(known)")
    }

    fileprivate static func unknownPlaceholder(_ name: String, _ axes: [Key], _ emit: String, at span: Span)
        -> Diagnostic
    {
        let isAxis = axes.contains(Key(name))
        let known = axes.map { "{\($0)}" }.joined(separator: ", ")
        return Diagnostic(
            .badOutput,
            isAxis ? "{\(name)} stands for the \(name), and none is said" : "nothing is called {\(name)} here",
            at: span,
            help: isAxis
                ? "add `\(name): \"*\"`, or a name"
                : known.isEmpty ? "emit: \(emit) writes one file" : "there are: \(known)")
    }

    fileprivate static func onePath(_ axis: Key, _ count: Int, at span: Span) -> Diagnostic {
        Diagnostic(
            .badOutput, "the outputs of \(count) \(axis)s would be written to one file", at: span,
            help: "put {\(axis)} into the path")
    }

    fileprivate static func badPath(_ path: String, _ objection: String, at span: Span) -> Diagnostic {
        let leadsOut = objection.contains("leads out")
        return Diagnostic(
            .badOutput, "nothing is written to \(path): \(objection)", at: span,
            help: leadsOut ? "choose a path inside, or say --allow-outside" : "choose another path")
    }

    fileprivate static func samePath(_ first: PlannedOutput, _ second: PlannedOutput) -> Diagnostic {
        Diagnostic(
            .badOutput, "\(first.path) would be written twice", at: second.place, second.command,
            related: first.place == second.place ? [] : [Label(first.place, first.command)],
            notes: first.place == second.place ? ["by \(first.command), and by \(second.command)"] : [],
            help: "choose another path for one of them")
    }

    fileprivate static func fileAndFolder(_ file: PlannedOutput, _ inside: PlannedOutput) -> Diagnostic {
        Diagnostic(
            .badOutput, "\(file.path) would be a file, and a folder with \(inside.path) in it", at: inside.place,
            related: file.place == inside.place ? [] : [Label(file.place, "the file")],
            help: "choose another path for one of them")
    }
}

extension Code {
    static let badOutput = Code(
        "R0716", "an output that resolve.yaml describes wrongly",
        explanation: """
            Each item of `outputs:` in resolve.yaml says with `emit:` which command's output it is, with that command's \
            options what of it, and with `to:` the file. Patterns such as "*" make one output for each name, so the name has \
            to stand in the path: {env}. No output may be written over a file of the site, over another output, or outside of \
            the git repository.
            """,
        example: """
            $ resolve validate
            -- site.yaml --
            -- envs/dev.yaml --
            vms: []
            -- envs/prod.yaml --
            vms: []
            -- resolve.yaml --
            outputs:
              - {emit: vars, env: "*", to: dist/vars.json}
            """,
        fix: "Correct the item as the message says.")
}
